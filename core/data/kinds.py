"""What a text column holds: numbers, dates, yes or no, categories or free text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.data.model import DataWarning, Kind
from core.errors import InvalidInput

# Seen as missing only where all other cells of the column are numbers or dates: elsewhere "None" or "NA" may be a category.
MARKERS = pa.array(["na", "n/a", "nan", "null", "none", "-", "?", "missing", "#n/a"])
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
DATE = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$"
CODE = r"^0\d+$"
TRUE_FALSE = frozenset({"true", "false"})
FIRST_LOOK = 1000  # values that a cheap look refuses a column by, before all of it is read as numbers
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
    uniques = pc.unique(column).drop_null()
    trimmed = pc.utf8_trim_whitespace(uniques)
    missing = pc.or_(pc.is_in(pc.utf8_lower(trimmed), value_set=MARKERS), pc.equal(trimmed, ""))
    known, markers = trimmed.filter(pc.invert(missing)), uniques.filter(missing)
    if len(known):
        typed = _numbers(name, column, known, markers) or _dates(name, column, known, markers) or _booleans(name, column, known, markers)
        if typed is not None:
            return typed
    return _words(name, column, known, len(uniques))


def _all_match(values: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(values, pattern)).as_py())


def _any_match(values: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(values, pattern)).as_py())


def _nulled(column: pa.ChunkedArray, markers: pa.Array) -> pa.ChunkedArray:
    trimmed = pc.utf8_trim_whitespace(column)
    if not len(markers):
        return trimmed
    return pc.if_else(pc.is_in(column, value_set=markers), pa.scalar(None, pa.string()), trimmed)


def _marker_warning(name: str, markers: pa.Array) -> DataWarning | None:
    told = sorted(m for m in markers.to_pylist() if m.strip())
    if not told:
        return None
    return DataWarning(
        "In the column '{name}', {markers} counts as missing, since all other cells are of one kind.",
        (("name", name), ("markers", ", ".join(told))),
    )


def _numbers(name: str, column: pa.ChunkedArray, known: pa.Array, markers: pa.Array) -> TypedColumn | None:
    if not _all_match(known[:FIRST_LOOK], NUMBER) or _any_match(known, CODE):
        return None
    clean = pc.replace_substring_regex(_nulled(column, markers), "^[+]", "")
    for kind, type_ in ((Kind.INTEGER, pa.int64()), (Kind.NUMBER, pa.float64())):
        try:
            values = clean.cast(type_)
        except pa.ArrowInvalid:
            continue
        if bool(pc.all(pc.is_finite(values.drop_null())).as_py()):
            return TypedColumn(name, kind, values, _marker_warning(name, markers))
    return None


def _dates(name: str, column: pa.ChunkedArray, known: pa.Array, markers: pa.Array) -> TypedColumn | None:
    if not _all_match(known, DATE):
        return None
    clean = pc.replace_substring(_nulled(column, markers), "/", "-").to_pandas()
    for style in ("ISO8601", "mixed"):  # the first is many times faster, the second takes 2026-1-5
        try:
            moments = pd.to_datetime(clean, format=style, utc=True, errors="raise")
            array = pa.array(moments.dt.tz_localize(None).astype("datetime64[us]"), pa.timestamp("us"))
        except (ValueError, OverflowError):
            continue
        return TypedColumn(name, Kind.DATETIME, pa.chunked_array([array]), _marker_warning(name, markers))
    return None


def _booleans(name: str, column: pa.ChunkedArray, known: pa.Array, markers: pa.Array) -> TypedColumn | None:
    if set(pc.unique(pc.utf8_lower(known)).to_pylist()) != TRUE_FALSE:
        return None
    lowered = pc.utf8_lower(_nulled(column, markers))
    return TypedColumn(name, Kind.BOOLEAN, pc.equal(lowered, "true"), _marker_warning(name, markers))


def _words(name: str, column: pa.ChunkedArray, known: pa.Array, distinct: int) -> TypedColumn:
    numeric = pc.match_substring_regex(known, NUMBER)
    share = (pc.mean(numeric.cast(pa.float64())).as_py() or 0.0) if len(known) else 0.0
    warning = None
    if MIXED_SHARE <= share < 1 and not _any_match(known, CODE):
        odd = known.filter(pc.invert(numeric))[0].as_py()
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

    Raises:
        InvalidInput: a type that can't be said in words.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return type_arrow_column(name, column.cast(kind.value_type))
    if pa.types.is_boolean(kind):
        return TypedColumn(name, Kind.BOOLEAN, column)
    if pa.types.is_integer(kind) and not pa.types.is_uint64(kind):
        return TypedColumn(name, Kind.INTEGER, column.cast(pa.int64()))
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_uint64(kind):
        floats = column.cast(pa.float64(), safe=False)
        finite = pc.if_else(pc.is_finite(floats), floats, pa.scalar(None, pa.float64()))
        return TypedColumn(name, Kind.NUMBER, finite)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        moments = column.cast(pa.timestamp("us", tz="UTC" if getattr(kind, "tz", None) else None), safe=False)  # finer parts are cut
        return TypedColumn(name, Kind.DATETIME, moments.cast(pa.timestamp("us")))
    try:
        text = column.cast(pa.string())
    except pa.ArrowException as error:
        raise InvalidInput(
            "The column '{name}' holds {kind}, not single values. Flatten it or leave it out.", field="file", name=name, kind=str(kind)[:60]
        ) from error
    return TypedColumn(name, word_kind(text, len(pc.unique(text))), text)


def count_distinct(values: pa.ChunkedArray) -> int:
    """Distinct values, missing ones aside."""
    return int(np.int64(pc.count_distinct(values, mode="only_valid").as_py()))
