"""What a text column holds: numbers, dates, yes or no, categories or free text."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.data.model import DataWarning, Kind

# Seen as missing only where all other cells of the column are numbers or dates: elsewhere "None" or "NA" may be a category.
MARKERS = frozenset({"na", "n/a", "nan", "null", "none", "-", "?", "missing", "#n/a"})
NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
DATE = re.compile(r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$")
CODE = re.compile(r"^0\d+$")
TRUE_FALSE = frozenset({"true", "false"})
MIXED_SHARE = 0.5
MAX_CATEGORIES = 1000


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """A column in its own type."""

    name: str
    kind: Kind
    values: pa.ChunkedArray
    warning: DataWarning | None = None


def type_column(name: str, column: pa.ChunkedArray) -> TypedColumn:
    """Give a text column its type.

    Numbers with leading zeros stay text (they are codes). A column that is mostly numbers but not only stays text,
    with a warning. Dates are read where they are written year first; other orders are ambiguous and stay text.
    """
    uniques = [value for value in pc.unique(column).to_pylist() if value is not None]
    stripped = {value: value.strip() for value in uniques}
    markers = {value for value, text in stripped.items() if text.casefold() in MARKERS or not text}
    known = [text for value, text in stripped.items() if value not in markers]
    if known:
        typed = _numbers(name, column, known, markers) or _dates(name, column, known, markers) or _booleans(name, column, known, markers)
        if typed is not None:
            return typed
    return _words(name, column, known, len(uniques))


def _nulled(column: pa.ChunkedArray, markers: set[str]) -> pa.ChunkedArray:
    trimmed = pc.utf8_trim_whitespace(column)
    if not markers:
        return trimmed
    hit = pc.is_in(column, value_set=pa.array(sorted(markers), pa.string()))
    return pc.if_else(hit, pa.scalar(None, pa.string()), trimmed)


def _marker_warning(name: str, markers: set[str]) -> DataWarning | None:
    told = sorted(m for m in markers if m.strip())
    if not told:
        return None
    return DataWarning(
        "In the column '{name}', {markers} counts as missing, since all other cells are of one kind.",
        (("name", name), ("markers", ", ".join(told))),
    )


def _numbers(name: str, column: pa.ChunkedArray, known: list[str], markers: set[str]) -> TypedColumn | None:
    if any(CODE.match(text) for text in known) or not all(NUMBER.match(text) for text in known):
        return None
    clean = _nulled(column, markers)
    floats = clean.cast(pa.float64())
    if not bool(pc.all(pc.is_finite(floats.drop_null())).as_py()):
        return None
    whole = all(text.lstrip("+-").isdigit() and len(text) < 18 for text in known)
    values = clean.cast(pa.int64()) if whole else floats
    return TypedColumn(name, Kind.INTEGER if whole else Kind.NUMBER, values, _marker_warning(name, markers))


def _dates(name: str, column: pa.ChunkedArray, known: list[str], markers: set[str]) -> TypedColumn | None:
    if not all(DATE.match(text) for text in known):
        return None
    clean = pc.replace_substring(_nulled(column, markers), "/", "-").to_pandas()
    try:
        moments = pd.to_datetime(clean, format="mixed", utc=True, errors="raise")
    except (ValueError, OverflowError):
        return None
    array = pa.array(moments.dt.tz_localize(None).astype("datetime64[us]"), pa.timestamp("us"))
    return TypedColumn(name, Kind.DATETIME, pa.chunked_array([array]), _marker_warning(name, markers))


def _booleans(name: str, column: pa.ChunkedArray, known: list[str], markers: set[str]) -> TypedColumn | None:
    if {text.casefold() for text in known} != TRUE_FALSE:
        return None
    lowered = pc.utf8_lower(_nulled(column, markers))
    return TypedColumn(name, Kind.BOOLEAN, pc.equal(lowered, "true"), _marker_warning(name, markers))


def _words(name: str, column: pa.ChunkedArray, known: list[str], distinct: int) -> TypedColumn:
    numeric = sum(bool(NUMBER.match(text)) for text in known)
    warning = None
    if known and MIXED_SHARE <= numeric / len(known) < 1 and not any(CODE.match(text) for text in known):
        odd = next(text for text in known if not NUMBER.match(text))
        warning = DataWarning(
            "The column '{name}' mixes numbers and text (for example '{odd}'); it is kept as text.", (("name", name), ("odd", odd[:40]))
        )
    return TypedColumn(name, word_kind(column, distinct), column, warning)


def word_kind(column: pa.ChunkedArray, distinct: int) -> Kind:
    """Category or free text: text where nearly every cell differs or cells are long."""
    filled = len(column) - column.null_count
    if distinct > MAX_CATEGORIES or (distinct > 50 and distinct > 0.5 * filled):
        return Kind.TEXT
    lengths = pc.utf8_length(column)
    mean = pc.mean(lengths).as_py() or 0
    return Kind.TEXT if mean > 60 else Kind.CATEGORY


def type_arrow_column(name: str, column: pa.ChunkedArray) -> TypedColumn:
    """Give a typed Arrow column (from Parquet) one of Kachi's kinds.

    Nested columns are the caller's to refuse.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return type_arrow_column(name, column.cast(kind.value_type))
    if pa.types.is_boolean(kind):
        return TypedColumn(name, Kind.BOOLEAN, column)
    if pa.types.is_integer(kind) and not pa.types.is_uint64(kind):
        return TypedColumn(name, Kind.INTEGER, column.cast(pa.int64()))
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_uint64(kind):
        floats = column.cast(pa.float64())
        finite = pc.if_else(pc.is_finite(floats), floats, pa.scalar(None, pa.float64()))
        return TypedColumn(name, Kind.NUMBER, finite)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        moments = column.cast(pa.timestamp("us", tz="UTC")) if getattr(kind, "tz", None) else column.cast(pa.timestamp("us"))
        return TypedColumn(name, Kind.DATETIME, moments.cast(pa.timestamp("us")))
    text = column.cast(pa.string())
    return TypedColumn(name, word_kind(text, len(pc.unique(text))), text)


def count_distinct(values: pa.ChunkedArray) -> int:
    """Distinct values, missing ones aside."""
    return int(np.int64(pc.count_distinct(values, mode="only_valid").as_py()))
