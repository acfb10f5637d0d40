"""Errors as problem details (RFC 9457): one place maps what was raised to what is answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from core.errors import KachiError
from core.store import new_id

log = structlog.get_logger(__name__)
MEDIA = "application/problem+json"


def problem(status: int, title: str, code: str, detail: str, **extra: Any) -> JSONResponse:
    """One problem document. `type` is stable and machine-readable; `detail` is for people."""
    body = {"type": f"urn:kachi:problem:{code}", "title": title, "status": status, "code": code, "detail": detail, **extra}
    return JSONResponse(body, status_code=status, media_type=MEDIA)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value if isinstance(value, str | int | bool) or value is None else str(value)


def answer_kachi_error(_: Request, error: Exception) -> JSONResponse:
    """A typed error: its own status, its message, its fields."""
    assert isinstance(error, KachiError)
    title = error.code.replace("_", " ").capitalize()
    return problem(error.http_status, title, error.code, str(error), fields=_plain(error.fields))


def answer_validation_error(_: Request, error: Exception) -> JSONResponse:
    """A request that doesn't fit the schema: every place that is wrong, named."""
    assert isinstance(error, RequestValidationError)
    said: dict[str, list[str]] = {}
    for item in error.errors():
        messages = said.setdefault(_field(item["loc"], item["type"], error.body), [])
        messages += [item["msg"]] if item["msg"] not in messages else []
    places = [{"field": field, "message": ", or: ".join(messages)} for field, messages in said.items()]
    detail = "; ".join(f"{place['field']}: {place['message']}" for place in places[:5])
    return problem(422, "Invalid input", "invalid_input", detail, errors=places[:50])


def _field(loc: Sequence[str | int], kind: str, body: object) -> str:
    """A place as the request has it: without the names of the kinds that the schema tried there.

    >>> _field(("body", "payoff", "binary", "tp", "str"), "string_type", {"payoff": {"tp": None}})
    'payoff.tp'
    """
    if loc[0] != "body" or len(loc) == 1:
        return ".".join(map(str, loc))
    found, here = [], body
    for place, part in enumerate(loc[1:], 2):
        inside = isinstance(here, dict) and part in here
        if inside or (isinstance(here, list) and isinstance(part, int) and part < len(here)):
            here = here[part]  # type: ignore[index]
        elif not (kind == "missing" and place == len(loc)):
            continue
        found.append(str(part))
    return ".".join(found) or "body"


def answer_http_error(_: Request, error: Exception) -> JSONResponse:
    """What the framework itself refuses: no such address, no such method."""
    assert isinstance(error, HTTPException)
    response = problem(error.status_code, "Request refused", f"http_{error.status_code}", str(error.detail))
    response.headers.update(error.headers or {})
    return response


def answer_unexpected(_: Request, error: Exception) -> JSONResponse:
    """A fault of ours: logged whole, answered with nothing but its id."""
    error_id = new_id()
    log.error("api.unexpected", error_id=error_id, exc_info=error)
    return problem(500, "Unexpected error", "unexpected", f"Something went wrong on our side. Tell an admin this code: {error_id}.")


def install_handlers(api: FastAPI) -> None:
    """Attach all handlers."""
    api.add_exception_handler(KachiError, answer_kachi_error)
    api.add_exception_handler(RequestValidationError, answer_validation_error)
    api.add_exception_handler(HTTPException, answer_http_error)
    api.add_exception_handler(Exception, answer_unexpected)
