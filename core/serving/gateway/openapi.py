"""The gateway's description of itself (OpenAPI 3.1)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec

from core.serving.gateway.http import TITLES, Reply

_NULL_TEXT = {"type": ["string", "null"]}
_ID = {"type": "string", "format": "uuid"}
_VALUE = {"type": ["string", "number", "boolean", "null"]}
_ROW = {
    "type": "object",
    "description": "A value for each column of the model, see GET /v1/models/{name}. The entity column, or `_entity`, keeps a case on one arm.",
    "additionalProperties": _VALUE,
    "minProperties": 1,
}
_ROWS = {
    "type": "object",
    "properties": {"rows": {"type": "array", "items": _ROW, "minItems": 1, "maxItems": 10_000}},
    "required": ["rows"],
}
_OUTCOME = {
    "type": "object",
    "properties": {
        "prediction_id": _ID,
        "outcome": {"type": ["string", "number", "boolean"], "description": "What really happened: true or false, or the class or number."},
        "action": {
            "type": ["boolean", "null"],
            "description": "What was done in fact, where somebody decided otherwise than the model; value is counted for what was done.",
        },
    },
    "required": ["prediction_id", "outcome"],
}
_LIST = {"type": "array", "minItems": 1, "maxItems": 10_000}
_WARNING = {"type": "object", "properties": {"field": {"type": "string"}, "message": {"type": "string"}}, "required": ["field", "message"]}
_PREDICTION = {
    "type": "object",
    "properties": {
        "prediction_id": _ID, "version": {"type": "integer"}, "arm": {"enum": ["champion", "canary"]},
        "probability": {"type": "number", "minimum": 0, "maximum": 1}, "decision": {"type": "boolean"},
        "expected_value": {"type": "number", "description": "What this decision is expected to earn, in `currency`."},
        "currency": {"type": "string"}, "prediction": {"type": ["string", "number"]},
        "probabilities": {"type": "object", "additionalProperties": {"type": "number"}},
        "warnings": {"type": "array", "items": _WARNING},
    },
    "required": ["prediction_id", "version", "arm", "warnings"],
}  # fmt: skip
_PREDICTIONS = {
    "type": "object",
    "properties": {"model": {"type": "string"}, "request_id": {"type": "string"}, "predictions": {"type": "array", "items": _PREDICTION}},
    "required": ["model", "request_id", "predictions"],
}
_ACCEPTED = {
    "type": "object",
    "properties": {"accepted": {"type": "integer"}, "request_id": {"type": "string"}},
    "required": ["accepted", "request_id"],
}
_FEATURE = {
    "type": "object",
    "properties": {
        "name": {"type": "string"}, "type": {"type": "string"}, "nullable": {"type": "boolean"},
        "categories": {"type": "array", "items": {"type": "string"}}, "low": {"type": ["number", "null"]}, "high": {"type": ["number", "null"]},
    },
    "required": ["name", "type", "nullable"],
}  # fmt: skip
_MODEL = {
    "type": "object",
    "properties": {
        "model": {"type": "string"}, "state": {"enum": ["live", "stopped", "refused"]}, "version": {"type": ["integer", "null"]},
        "canary_version": {"type": ["integer", "null"]}, "canary_share": {"type": "number"}, "entity_column": _NULL_TEXT,
        "refused": {"type": "array", "items": {"type": "string"}}, "task": {"type": "string"}, "threshold": {"type": "number"},
        "classes": {"type": "array", "items": {"type": "string"}}, "positive": _NULL_TEXT, "features": {"type": "array", "items": _FEATURE},
        "currency": {"type": "string"}, "approved_at": {"type": "string"}, "example": _ROW,
    },
    "required": ["model", "state", "version", "canary_version", "canary_share", "refused"],
}  # fmt: skip
_PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "code": {"type": "string"},
        "detail": {"type": "string"}, "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"row": {"type": "integer"}, "field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
    "required": ["type", "title", "status", "code", "detail", "request_id"],
}  # fmt: skip
_STATUS = {
    "type": "object",
    "properties": {
        "ready": {"type": "boolean"},
        "manifests": {"type": "string"},
        "spool": {"type": "object"},
        "deployments": {"type": "object"},
    },
    "required": ["ready", "spool", "deployments"],
}
_NAME = {
    "name": "name",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "minLength": 1},
    "description": "The deployment's name.",
}
_REPLAY = {
    "name": "X-Kachi-Replay", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "A replay grant of the portal: rows may then carry `served_at`, a time in the past.",
}  # fmt: skip
_SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"key": []}]


def _content(schema: dict[str, Any], kind: str = "application/json") -> dict[str, Any]:
    return {kind: {"schema": schema}}


def _answers(status: int, schema: dict[str, Any], problems: tuple[int, ...]) -> dict[str, Any]:
    ok = {"description": "Answered.", "content": _content(schema)}
    told = {
        str(s): {"description": TITLES[s], "content": _content({"$ref": "#/components/schemas/Problem"}, "application/problem+json")}
        for s in problems
    }
    return {str(status): ok, **told}


def _operation(summary: str, answers: dict[str, Any], body: dict[str, Any] | None = None, *, open_to_all: bool = False) -> dict[str, Any]:
    made: dict[str, Any] = {"summary": summary, "responses": answers}
    if body is not None:
        made["requestBody"] = {"required": True, "content": _content(body)}
    if not open_to_all:
        made |= {"security": _SECURITY, "parameters": [_NAME, *([_REPLAY] if body else [])]}
    return made


@lru_cache(1)
def describe() -> Reply:
    """The OpenAPI document."""
    common = (400, 401, 404, 413, 415, 422, 503, 507)
    predict = _operation(
        "Predict one row or many.", _answers(200, _PREDICTIONS, (*common, 429, 500)), {"anyOf": [_ROW, _ROWS, {**_LIST, "items": _ROW}]}
    )
    told = {"type": "object", "properties": {"feedback": {**_LIST, "items": _OUTCOME}}, "required": ["feedback"]}
    feedback = _operation(
        "Say what really happened. Sending it again changes nothing; the first word on a prediction counts.",
        _answers(202, _ACCEPTED, (*common, 500)), {"anyOf": [_OUTCOME, told, {**_LIST, "items": _OUTCOME}]},
    )  # fmt: skip
    plain = {"200": {"description": "Prometheus' text format.", "content": _content({"type": "string"}, "text/plain")}}
    ready = _answers(200, _STATUS, ()) | {"503": {"description": "Still loading.", "content": _content(_STATUS)}}
    paths = {
        "/v1/models/{name}/predict": {"post": predict},
        "/v1/models/{name}/feedback": {"post": feedback},
        "/v1/models/{name}": {"get": _operation("What the model takes, and what is served.", _answers(200, _MODEL, (401, 404, 413, 500)))},
        "/healthz": {"get": _operation("The process answers.", _answers(200, {"type": "object"}, ()), open_to_all=True)},
        "/readyz": {"get": _operation("What is served, and whether the disk has room.", ready, open_to_all=True)},
        "/metrics": {"get": _operation("Figures for Prometheus.", plain, open_to_all=True)},
        "/openapi.json": {"get": _operation("This document.", _answers(200, {"type": "object"}, ()), open_to_all=True)},
    }
    schemes = {"bearer": {"type": "http", "scheme": "bearer"}, "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Kachi gateway", "version": "1", "summary": "Predictions of approved models, and what became of them."},
        "paths": paths,
        "components": {"schemas": {"Problem": _PROBLEM}, "securitySchemes": schemes},
    }
    return Reply(200, msgspec.json.encode(document))
