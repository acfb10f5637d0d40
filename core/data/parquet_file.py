"""Reading Parquet: the schema is checked before any row is read."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.data.csv_file import check_names
from core.errors import InvalidInput, NotEnoughData, TooLarge

MAX_CELLS = 400_000_000


def read_parquet(path: Path, max_columns: int) -> pa.Table:
    """A Parquet file as an Arrow table.

    Raises:
        InvalidInput: not Parquet, nested columns, names twice. NotEnoughData: no rows. TooLarge: too many columns or cells.
    """
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise InvalidInput(
            "This file isn't readable Parquet ({problem}). Write it again, or upload CSV.", field="file", problem=str(error)[:120]
        ) from error
    schema, rows = file.schema_arrow, file.metadata.num_rows
    if len(schema) > max_columns:
        raise TooLarge(
            "This file has {have} columns; at most {most} are taken. Leave out what the model can't use.",
            have=len(schema),
            most=max_columns,
        )
    if rows * len(schema) > MAX_CELLS:
        raise TooLarge(
            "This file has {have} cells; at most {most} are taken. Use fewer rows or columns.", have=rows * len(schema), most=MAX_CELLS
        )
    check_names(list(schema.names))
    for field in schema:
        if pa.types.is_nested(field.type) or pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type):
            raise InvalidInput(
                "The column '{name}' holds {kind}, not single values. Flatten it or leave it out.",
                field="file",
                name=field.name,
                kind=str(field.type)[:60],
            )
    if rows == 0:
        raise NotEnoughData("This file has columns but no rows. Add rows and upload it again.", field="file")
    try:
        return file.read(use_threads=False)
    except (pa.ArrowInvalid, OSError) as error:
        raise InvalidInput("This Parquet file is damaged ({problem}). Write it again.", field="file", problem=str(error)[:120]) from error
