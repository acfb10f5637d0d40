"""Reading CSV: separator, header, ragged rows; every cell as text, nothing guessed yet."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from core.data.encoding import detect_encoding, rewrite_as_utf8
from core.errors import InvalidInput, NotEnoughData, TooLarge

SEPARATORS = (",", "\t", ";", "|")
FIELD_LIMIT = 1 << 20


def read_csv(path: Path, scratch: Path, max_columns: int, markers: tuple[str, ...] = ()) -> pa.Table:
    """A CSV file as a table of text columns; empty cells and those that say one of `markers` are null, and nothing else is.

    Args:
        scratch: folder for the file rewritten as UTF-8.
        max_columns: more are refused.

    Raises:
        InvalidInput: empty, no header, names twice, ragged rows. NotEnoughData: a header and no rows. TooLarge: too many columns.
    """
    if path.stat().st_size == 0:
        raise InvalidInput("This file is empty. Choose a file with a header and rows.", field="file")
    encoding = detect_encoding(path)
    if encoding != "utf-8":
        clean = scratch / "utf8.csv"
        rewrite_as_utf8(path, clean, encoding)
        path = clean
    separator = _separator(path)
    names, skip = _header(path, separator, max_columns)
    return _rows(path, separator, names, skip, markers)


def _head(path: Path, count: int) -> str:
    with path.open("r", encoding="utf-8", newline="") as stream:
        return stream.read(count)


def _separator(path: Path) -> str:
    """The separator that cuts the first records into the most, and equally many, cells."""
    text = _head(path, 200_000)
    best, best_score = ",", 0.0
    for separator in SEPARATORS:
        try:
            counts = [
                len(record) for _, record in zip(range(50), csv.reader(io.StringIO(text), delimiter=separator), strict=False) if record
            ]
        except csv.Error:
            continue
        if not counts or counts[0] < 2:
            continue
        agree = sum(count == counts[0] for count in counts[: max(1, len(counts) - 1)]) / max(1, len(counts) - 1)
        score = min(agree, 1.0) * counts[0]
        if score > best_score:
            best, best_score = separator, score
    return best


def _header(path: Path, separator: str, max_columns: int) -> tuple[list[str], int]:
    """Column names and how many records come before the rows (blank lines ahead of the header included)."""
    csv.field_size_limit(FIELD_LIMIT)
    with path.open("r", encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream, delimiter=separator)
        try:
            record = next((r for r in reader if any(cell.strip() for cell in r)), None)
        except csv.Error as error:
            raise InvalidInput(
                "The first line can't be read as CSV ({problem}). Check its quotes.", field="file", problem=str(error)
            ) from error
        if record is None:
            raise InvalidInput("This file has no text. Choose a file with a header and rows.", field="file")
        lines = reader.line_num
    if len(record) > max_columns:
        raise TooLarge(
            "This file has {have} columns; at most {most} are taken. Leave out what the model can't use.",
            have=len(record),
            most=max_columns,
        )
    names = [cell.strip() or f"column_{index}" for index, cell in enumerate(record, 1)]
    check_names(names)
    return names, lines


def check_names(names: list[str]) -> None:
    """Refuse names that occur twice, also in other letters' case: databases and formulas would take one for the other.

    Raises:
        InvalidInput: names the first that does.
    """
    seen: dict[str, str] = {}
    for name in names:
        other = seen.get(name.casefold())
        seen[name.casefold()] = name
        if other is None:
            continue
        if other == name:
            raise InvalidInput("The column '{name}' occurs twice. Rename one of them and upload the file again.", field="file", name=name)
        raise InvalidInput(
            "The columns '{other}' and '{name}' differ only in upper and lower case. Rename one of them and upload the file again.",
            field="file", other=other, name=name,
        )  # fmt: skip
    long = next((name for name in names if len(name) > 200), None)
    if long is not None:
        raise InvalidInput(
            "The column name '{name}…' is longer than 200 characters. Is the first line a header?", field="file", name=long[:60]
        )


def _rows(path: Path, separator: str, names: list[str], skip: int, markers: tuple[str, ...]) -> pa.Table:
    first_ragged: pa_csv.InvalidRow | None = None
    ragged = 0

    def note(row: pa_csv.InvalidRow) -> str:
        nonlocal first_ragged, ragged
        first_ragged, ragged = first_ragged or row, ragged + 1
        return "skip"

    try:
        table = pa_csv.read_csv(
            path,
            read_options=pa_csv.ReadOptions(column_names=names, skip_rows=skip, block_size=8 << 20, use_threads=False),
            parse_options=pa_csv.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=note),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=["", *markers],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error) or "Could not skip" in str(error):
            raise NotEnoughData("This file has a header but no rows. Add rows and upload it again.", field="file") from error
        raise InvalidInput("This file can't be read as CSV: {problem}", field="file", problem=str(error)[:200]) from error
    if first_ragged is not None:
        _say_ragged(path, separator, first_ragged, ragged, len(names))
    if table.num_rows == 0:
        raise NotEnoughData("This file has a header but no rows. Add rows and upload it again.", field="file")
    return table


def _say_ragged(path: Path, separator: str, first: pa_csv.InvalidRow, count: int, expected: int) -> None:
    raise InvalidInput(
        "Rows without the header's {expected} cells: {count}. The first is line {line} with {found} ({text}). Mend the file and upload it again.",
        field="file", count=count, expected=expected, line=_line_of_ragged(path, separator, expected), found=first.actual_columns,
        text=str(first.text)[:80],
    )  # fmt: skip


def _line_of_ragged(path: Path, separator: str, expected: int) -> int:
    """Line on which the first record with another number of cells begins; cells may span lines, so records are no lines."""
    with path.open("r", encoding="utf-8", newline="") as stream:
        reader, begins, header_seen = csv.reader(stream, delimiter=separator), 1, False
        for record in reader:
            if header_seen and record and len(record) != expected:
                return begins
            header_seen = header_seen or any(cell.strip() for cell in record)
            begins = reader.line_num + 1
    return begins
