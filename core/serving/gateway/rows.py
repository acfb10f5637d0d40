"""Rows as they come in: strictly checked, every fault named by row and field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.data.model import Kind
from core.serving.gateway.http import Refusal
from core.serving.package import Feature, Value

MAX_ROWS = 10_000
MAX_FAULTS = 50
MAX_TEXT = 10_000
MAX_ENTITY = 200
# Beyond this a JSON number is no longer a whole number in double precision (IEEE 754).
MAX_WHOLE = 2**53
# Frameworks compute in single precision, which ends at 3.4e38.
MAX_NUMBER = 1e30
# A value so many training extents outside of the training extent is a mistake of units, not drift; nearer ones are served and flagged.
RANGE_SPANS = 1000
FIRST_YEAR, LAST_YEAR = 1700, 2200  # what nanosecond timestamps hold, with room
ENTITY_KEYS, SERVED_KEYS = ("_entity", "entity"), ("_served_at", "served_at")
Checked = tuple[Value, str | None]
Check = Callable[[object], Checked]


class Fault(Exception):
    """A value that can't be used."""


@dataclass(frozen=True, slots=True)
class Case:
    """A row of a request, not yet checked against a model: its values, its case's key, its time where it is replayed."""

    values: Mapping[str, Any]
    entity: str | None
    served_at: datetime | None


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """Values as the model takes them, and what is odd but served."""

    values: dict[str, Value]
    warnings: tuple[dict[str, str], ...]


class Schema:
    """What a version takes."""

    def __init__(self, features: Sequence[Feature]) -> None:
        self.features = features
        self.names = frozenset(f.name for f in features)
        self._checks = [(f.name, make_check(f)) for f in features]

    def check(self, values: Mapping[str, Any], known: frozenset[str]) -> tuple[CheckedRow | None, list[tuple[str, str]]]:
        """Check one row.

        Args:
            known: other columns that may be there and aren't looked at.

        Returns:
            the row, or None and its faults by field.
        """
        clean: dict[str, Value] = {}
        warnings: list[dict[str, str]] = []
        faults: list[tuple[str, str]] = []
        for name, check in self._checks:
            if name not in values:
                faults.append((name, "is missing"))
                continue
            try:
                clean[name], warning = check(values[name])
            except Fault as fault:
                faults.append((name, str(fault)))
                continue
            if warning is not None:
                warnings.append({"field": name, "message": warning})
        if len(values) > len(clean):
            faults += [(name, "is not a column of this model") for name in values if name not in self.names and name not in known]
        return (None if faults else CheckedRow(clean, tuple(warnings))), faults


def make_check(feature: Feature) -> Check:
    """The check of one feature: it returns the value and a warning, or raises `Fault`."""
    check: Check
    if feature.kind is Kind.BOOLEAN:
        check = _boolean
    elif feature.kind is Kind.DATETIME:
        check = _moment
    elif feature.kind.numeric:
        check = _number_check(feature)
    else:
        check = _text_check(feature)

    def guarded(value: object) -> Checked:
        if value is None:
            if not feature.nullable:
                raise Fault("must not be null: it was never missing in training")
            return None, None
        return check(value)

    return guarded


def _boolean(value: object) -> Checked:
    if isinstance(value, bool):
        return value, None
    if value in {"true", "false"}:
        return value == "true", None
    raise Fault(f"must be true or false, not {_name(value)}")


def _moment(value: object) -> Checked:
    if not isinstance(value, str) or len(value) > 40:
        raise Fault(f"must be a date or time such as 2026-01-31T09:00:00, not {_name(value)}")
    try:
        moment = datetime.fromisoformat(value)
        moment = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError) as error:
        raise Fault("must be a date or time such as 2026-01-31T09:00:00") from error
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Fault(f"must lie in the years {FIRST_YEAR} to {LAST_YEAR}")
    return moment.isoformat(), None


def _number_check(feature: Feature) -> Check:
    whole = feature.kind is Kind.INTEGER
    low, high = feature.low, feature.high
    known = low is not None and high is not None
    span = RANGE_SPANS * max((high or 0.0) - (low or 0.0), abs(high or 0.0), abs(low or 0.0), 1.0)
    least, most = (low or 0.0) - span, (high or 0.0) + span

    def check(value: object) -> Checked:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Fault(f"must be a number, not {_name(value)}")
        if not abs(value) <= (MAX_WHOLE if whole else MAX_NUMBER):  # also what isn't a number
            raise Fault("is too large a number")
        if whole and value != int(value):
            raise Fault("must be a whole number")
        if known and not least <= value <= most:
            raise Fault(f"must lie between {least:g} and {most:g}: training saw {low:g} to {high:g}")
        odd = known and not (low or 0.0) <= value <= (high or 0.0)
        clean = int(value) if whole else float(value)
        return clean, (f"is outside of what training saw, {low:g} to {high:g}" if odd else None)

    return check


def _text_check(feature: Feature) -> Check:
    seen = frozenset(feature.categories) if feature.kind is Kind.CATEGORY else frozenset()

    def check(value: object) -> Checked:
        if not isinstance(value, str):
            raise Fault(f"must be text, not {_name(value)}")
        if len(value) > MAX_TEXT:
            raise Fault(f"is longer than {MAX_TEXT} characters")
        return value, ("was never seen in training" if seen and value not in seen else None)

    return check


def _name(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case dict():
            return "an object"
        case _:
            return "a list"


def read_cases(body: object, columns: frozenset[str], entity_column: str | None, *, replay: bool, now: datetime) -> tuple[Case, ...]:
    """The rows of a request: one object, a list, or ``{"rows": [...]}``.

    Args:
        columns: columns of the served versions; a column wins over a reserved key of the same name.
        entity_column: column that names a row's case.
        replay: whether rows may carry the time at which they were served.

    Raises:
        Refusal: no rows, too many, or something that isn't a row.
    """
    rows = _list_rows(body, columns)
    cases: list[Case] = []
    faults: list[dict[str, Any]] = []
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            faults.append({"row": index, "field": "", "message": f"must be an object of column and value, not {_name(row)}"})
            continue
        try:
            cases.append(_case(row, columns, entity_column, replay, now))
        except Fault as fault:
            faults.append({"row": index, "field": fault.args[1], "message": fault.args[0]})
    if faults:
        raise invalid_rows(faults, len(rows))
    return tuple(cases)


def _list_rows(body: object, columns: frozenset[str]) -> Sequence[object]:
    rows = body
    if isinstance(body, dict):
        rows = body["rows"] if set(body) == {"rows"} and "rows" not in columns else [body]
    if not isinstance(rows, list):
        raise Refusal(422, "invalid_input", 'Send one row as an object, several as a list or as {"rows": [...]}.')
    if not 1 <= len(rows) <= MAX_ROWS:
        said = f"takes 1 to {MAX_ROWS} rows; this request has {len(rows)}"
        raise Refusal(422, "invalid_input", f"'rows' {said}. Nothing was predicted.", errors=[{"row": 0, "field": "rows", "message": said}])
    return rows


def _case(row: dict[str, Any], columns: frozenset[str], entity_column: str | None, replay: bool, now: datetime) -> Case:
    values = dict(row)
    entity: str | None = None
    for key in (*((entity_column,) if entity_column else ()), *ENTITY_KEYS):
        if key in values and (key == entity_column or key not in columns):
            raw = values[key] if key in columns else values.pop(key)
            entity = _entity(raw, key)
            break
    moment: datetime | None = None
    if replay:
        for key in SERVED_KEYS:
            if key in values and key not in columns:
                moment = past_moment(values.pop(key), key, now)
                break
    return Case(values, entity, moment)


def _entity(value: object, key: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int) or not 1 <= len(str(value)) <= MAX_ENTITY:
        raise Fault(f"must be text or a whole number of at most {MAX_ENTITY} characters", key)
    return str(value)


def past_moment(value: object, key: str, now: datetime) -> datetime:
    """A back-dated time.

    Raises:
        Fault: not a time, or not in the past.
    """
    if not isinstance(value, str):
        raise Fault("must be a time such as 2026-01-31T09:00:00Z", key)
    try:
        moment = datetime.fromisoformat(value)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Fault("must be a time such as 2026-01-31T09:00:00Z", key) from error
    if moment.year < 2000 or moment > now:
        raise Fault("must lie in the past, after 2000", key)
    return moment


def invalid_rows(faults: Sequence[Mapping[str, Any]], rows: int, remark: str = "Nothing was predicted.") -> Refusal:
    """A refusal that names each fault by row and field."""
    first = faults[0]
    place = f"Row {first['row']}: " if rows > 1 else ""
    named = f"'{first['field']}' {first['message']}" if first["field"] else str(first["message"])
    rest = f" There are {len(faults) - 1} more faults." if len(faults) > 1 else ""
    return Refusal(422, "invalid_input", f"{place}{named}.{rest} {remark}", errors=list(faults[:MAX_FAULTS]))
