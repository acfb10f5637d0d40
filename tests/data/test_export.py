"""CSV that Kachi writes runs nothing in a spreadsheet."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.export import defuse, write_csv


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_is_defused(cell: str) -> None:
    assert defuse(cell) == "'" + cell


@pytest.mark.parametrize("cell", [-3, 2.5, "plain", "a=b", True])
def test_everything_else_stays(cell: object) -> None:
    assert defuse(cell) == cell


def test_a_table_comes_out_whole(tmp_path: Path) -> None:
    pq.write_table(pa.table({"=head": ["=1", 'a,"b"\nc', None], "n": [-1, 2, None]}), tmp_path / "t.parquet")
    rows = list(csv.reader(io.StringIO("".join(write_csv(tmp_path / "t.parquet")), newline="")))
    assert rows == [["'=head", "n"], ["'=1", "-1"], ['a,"b"\nc', "2"], ["", ""]]
