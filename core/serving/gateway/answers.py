"""Answers to predictions and feedback, and the spool lines that tell of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np

from core.project.model import Task
from core.serving.gateway.http import Refusal
from core.serving.gateway.live import Deployment, Model
from core.serving.gateway.rows import SERVED_KEYS, CheckedRow, Fault, invalid_rows, past_moment
from core.store.ids import new_id

MAX_FEEDBACK = 10_000
# A prediction's id as this gateway makes it: a UUID of version 7 (RFC 9562, section 5.7).
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
OPPOSITES = {"yes": "no", "no": "yes", "true": "false", "false": "true", "1": "0", "0": "1", "y": "n", "n": "y"}
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Served:
    """A checked row with who answers it."""

    row: CheckedRow
    model: Model
    arm: str
    entity: str | None
    served_at: datetime | None


@dataclass(frozen=True, slots=True)
class Context:
    """What all rows of a request share."""

    deployment: Deployment
    request_id: str
    now: datetime
    ms: float
    replay: bool


def answer(served: Served, score: Any, context: Context) -> tuple[dict[str, Any], bytes]:
    """One row's answer and its spool line.

    Args:
        score: the scorer's answer for this row: a number, or probabilities by class.
    """
    model = served.model
    moment = served.served_at or context.now
    prediction_id = new_id(int(moment.timestamp() * 1000)) if served.served_at else new_id()
    body: dict[str, Any] = {"prediction_id": prediction_id, "version": model.entry.version, "arm": served.arm}
    line: dict[str, Any] = {
        "k": "p", "id": prediction_id, "at": moment.isoformat(), "d": context.deployment.manifest.name, "v": model.entry.version,
        "mv": model.entry.model_version_id, "arm": served.arm, "e": served.entity, "x": served.row.values,
    }  # fmt: skip
    if model.decides:
        value, policy = float(score), model.certificate.policy
        found = model.decider.decide(value, served.row.values)
        expected = round(found.expected_value, 4)
        body |= {"probability": found.probability, "decision": found.decision, "expected_value": expected, "currency": policy.currency}
        line |= {"s": value, "y": int(found.decision), "ev": expected, "c": model.certificate.approval_id}
        if model.decider.adjusts:
            line["pr"] = found.probability
        if found.payoffs is not None:
            # What the case is worth is kept as it was decided with, so that what it earns is told by the same amounts.
            line["pv"] = found.payoffs
    elif model.package.task is Task.MULTICLASS:
        probabilities = dict(zip(model.package.classes, (float(p) for p in score), strict=True))
        best = model.package.classes[int(np.argmax(score))]
        body |= {"prediction": best, "probabilities": probabilities}
        line |= {"s": max(probabilities.values()), "y": best}
    else:
        body |= {"prediction": float(score)}
        line |= {"s": float(score), "y": None}
    body["warnings"] = served.row.warnings
    line |= {"ms": round(context.ms, 3), "rq": context.request_id, "rp": context.replay}
    return body, _encode(line) + b"\n"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One piece of ground truth.

    Args:
        action: what was done in fact, 0 or 1; None where it was what had been decided.
    """

    prediction_id: str
    truth: int | float | str
    at: datetime
    action: int | None = None


def read_outcomes(body: object, model: Model, *, replay: bool, now: datetime) -> tuple[Outcome, ...]:
    """Feedback of a request: one object, a list, or ``{"feedback": [...]}``.

    Raises:
        Refusal: names every fault by its place and field.
    """
    items = body
    if isinstance(body, dict):
        items = body["feedback"] if set(body) == {"feedback"} else [body]
    if not isinstance(items, list):
        raise Refusal(422, "invalid_input", 'Send one outcome as an object, several as a list or as {"feedback": [...]}.')
    if not 1 <= len(items) <= MAX_FEEDBACK:
        said = f"takes 1 to {MAX_FEEDBACK} outcomes; this request has {len(items)}"
        raise Refusal(
            422, "invalid_input", f"'feedback' {said}. Nothing was taken.", errors=[{"row": 0, "field": "feedback", "message": said}]
        )
    outcomes: list[Outcome] = []
    faults: list[dict[str, Any]] = []
    for index, item in enumerate(items):
        try:
            outcomes.append(_outcome(item, model, replay, now))
        except Fault as fault:
            faults.append({"row": index, "field": fault.args[1], "message": fault.args[0]})
    if faults:
        raise invalid_rows(faults, len(items), "Nothing was taken.")
    return tuple(outcomes)


def _outcome(item: object, model: Model, replay: bool, now: datetime) -> Outcome:
    if not isinstance(item, dict):
        raise Fault("must be an object with 'prediction_id' and 'outcome'", "")
    key = item.get("prediction_id")
    if not isinstance(key, str) or not UUID7.fullmatch(key.lower()):
        raise Fault("must be the id that came with a prediction", "prediction_id")
    if "outcome" not in item:
        raise Fault("is missing", "outcome")
    at = now
    for name in SERVED_KEYS:
        if replay and name in item:
            at = past_moment(item[name], name, now)
    allowed = {"prediction_id", "outcome", "action", *(SERVED_KEYS if replay else ())}
    for name in item:
        if name not in allowed:
            raise Fault("is not expected here: send 'prediction_id', 'outcome' and perhaps 'action'", str(name)[:200])
    return Outcome(key.lower(), read_truth(item["outcome"], model), at, _read_action(item.get("action"), model))


def _read_action(value: object, model: Model) -> int | None:
    """What was done in fact, 0 or 1; null says as much as leaving it out.

    Raises:
        Fault: neither true nor false, or the model doesn't decide.
    """
    if value is None:
        return None
    if not model.decides:
        raise Fault("is only known to models that decide yes or no", "action")
    if not isinstance(value, bool):
        raise Fault("must be true or false: whether the case was acted on in fact", "action")
    return int(value)


def read_truth(value: object, model: Model) -> int | float | str:
    """What really happened, as the spool writes it: 0 or 1, a class, or a number.

    Raises:
        Fault: not one of the model's outcomes.
    """
    package = model.package
    if package.task is Task.REGRESSION:
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1e30:
            raise Fault("must be a number", "outcome")
        return float(value)
    if package.task is Task.BINARY:
        return _happened(value, package.positive or "1")
    label = ("true" if value else "false") if isinstance(value, bool) else str(value)
    if label in package.classes and isinstance(value, str | int):
        return label
    raise Fault(f"must be one of {', '.join(repr(c) for c in package.classes[:20])}", "outcome")


def _happened(value: object, positive: str) -> int:
    """1 where the positive class came true. Text is a label; true, false, 1 and 0 say whether it did."""
    if isinstance(value, bool) or (isinstance(value, int) and value in {0, 1}):
        return int(value)
    if isinstance(value, str):
        other = OPPOSITES.get(positive.casefold())
        if value == positive:
            return 1
        if value in {"0", "1"} and other is None:
            return int(value)
        if other is not None and value.casefold() == other:
            return 0
    raise Fault(f"must be true or false: whether '{positive}' came true", "outcome")


def feedback_lines(outcomes: Sequence[Outcome], deployment: str, *, replay: bool) -> bytes:
    """Spool lines of feedback."""
    lines = []
    for outcome in outcomes:
        key = new_id(int(outcome.at.timestamp() * 1000)) if replay else new_id()
        at = outcome.at.astimezone(UTC).isoformat()
        line = {"k": "f", "id": key, "at": at, "d": deployment, "p": outcome.prediction_id, "y": outcome.truth, "rp": replay}
        lines.append(_encode(line if outcome.action is None else line | {"a": outcome.action}))
    return b"\n".join(lines) + b"\n"
