"""From an uploaded file to one clean Parquet file, its columns, its profile and its warnings; pure, run inline or in a process of its own."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from core.data.csv_file import read_csv
from core.data.kinds import TypedColumn, count_distinct, type_arrow_column, type_column
from core.data.model import Column, DataWarning, Kind
from core.data.parquet_file import read_parquet
from core.data.profile import build_profile, profile_to_json
from core.errors import InvalidInput, KachiError, NotEnoughData, TooLarge

PARQUET_MAGIC = b"PAR1"


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was read."""

    rows: int
    columns: tuple[Column, ...]
    warnings: tuple[DataWarning, ...]


def parse_file(source: Path, table_path: Path, profile_path: Path, max_columns: int, markers: tuple[str, ...] = ()) -> Parsed:
    """Read CSV (any usual encoding and separator) or Parquet; write the table and its profile.

    Args:
        source: the upload. table_path: Parquet to write. profile_path: JSON to write.
        markers: words that say "missing" in a CSV; empty cells always do.

    Raises:
        InvalidInput, NotEnoughData, TooLarge: with the place in the file and what to do.
    """
    with source.open("rb") as stream:
        magic = stream.read(4)
    if magic[:2] in {b"PK", b"\x1f\x8b"}:
        raise InvalidInput("This is a compressed file or a workbook. Unpack it, or save the sheet as CSV, and upload that.", field="file")
    if magic == PARQUET_MAGIC:
        table = read_parquet(source, max_columns)
        typed = [type_arrow_column(name, table.column(name)) for name in table.column_names]
    else:
        with TemporaryDirectory(dir=table_path.parent) as scratch:
            table = read_csv(source, Path(scratch), max_columns, markers)
        typed = [type_column(name, table.column(name)) for name in table.column_names]
    return write_typed(typed, table_path, profile_path)


def write_typed(typed: list[TypedColumn], table_path: Path, profile_path: Path) -> Parsed:
    """Write typed columns as Parquet with their profile."""
    clean = pa.table({column.name: column.values for column in typed})
    columns = tuple(Column(c.name, c.kind, c.values.null_count, count_distinct(c.values)) for c in typed)
    warnings = [c.warning for c in typed if c.warning is not None]
    formulas = [c.name for c in typed if c.kind in {Kind.CATEGORY, Kind.TEXT} and _has_formulas(c)]
    if formulas:
        warnings.append(
            DataWarning(
                "Cells of {columns} begin like a formula; they are kept as plain text and exports defuse them.",
                (("columns", ", ".join(formulas[:3])),),
            )
        )
    pq.write_table(clean, table_path, compression="zstd", row_group_size=100_000)
    profile_path.write_bytes(profile_to_json(build_profile(clean, columns)))
    return Parsed(clean.num_rows, columns, tuple(warnings))


def _has_formulas(column: TypedColumn) -> bool:
    values = column.values.dictionary_encode()
    for chunk in values.chunks:
        for value in chunk.dictionary.to_pylist()[:5000]:
            if value and value[0] in "=+-@" and len(value) > 1 and not value[1].isdigit():
                return True
    return False


def parsed_to_json(parsed: Parsed) -> str:
    """For the parent of a parsing process."""
    return json.dumps(asdict(parsed), ensure_ascii=False)


def parsed_from_json(text: str) -> Parsed:
    """What a parsing process told.

    Raises:
        KachiError: the error that it met.
    """
    body = json.loads(text)
    if "error" in body:
        kinds: dict[str, type[KachiError]] = {"InvalidInput": InvalidInput, "NotEnoughData": NotEnoughData, "TooLarge": TooLarge}
        raise kinds.get(body["error"], InvalidInput)(body["template"], **body["fields"])
    columns = tuple(Column(c["name"], Kind(c["kind"]), c["missing"], c["distinct"]) for c in body["columns"])
    warnings = tuple(DataWarning(item["template"], tuple((k, v) for k, v in item["fields"])) for item in body["warnings"])
    return Parsed(body["rows"], columns, warnings)


def main(arguments: list[str]) -> int:
    """Parse in a process of its own; the answer is one line of JSON on standard output."""
    source, table_path, profile_path, max_columns, *markers = arguments
    try:
        print(parsed_to_json(parse_file(Path(source), Path(table_path), Path(profile_path), int(max_columns), tuple(markers))))
    except KachiError as error:
        print(json.dumps({"error": type(error).__name__, "template": error.template, "fields": error.fields}, default=str))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
