"""Reading files: what goes in comes out, in every usual encoding; what can't be read is refused with its place."""

from __future__ import annotations

import csv
import io
import itertools
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.frames import read_frame
from core.data.model import Kind
from core.data.parse import Parsed, parse_file
from core.errors import InvalidInput, KachiError, NotEnoughData, TooLarge
from tests.data.conftest import as_csv

ENCODINGS = ("utf-8", "utf-8-sig", "cp932", "euc_jp", "utf-16", "utf-16-le", "utf-16-be")
SEPARATORS = (",", ";", "\t", "|")


def parse(content: bytes | str, *, most: int = 2000, markers: tuple[str, ...] = ()) -> tuple[Parsed, pd.DataFrame]:
    with TemporaryDirectory() as folder:
        source, table, profile = (Path(folder) / name for name in ("upload", "table.parquet", "profile.json"))
        source.write_bytes(content.encode() if isinstance(content, str) else content)
        parsed = parse_file(source, table, profile, most, markers)
        return parsed, read_frame(table)


def kinds(parsed: Parsed) -> dict[str, Kind]:
    return {column.name: column.kind for column in parsed.columns}


JAPANESE = [["氏名", "都道府県", "金額 円"], *[["高橋 一郎", "東京都", "1200"], ["サトウ花子", "大阪府", "-5"], ["田中、次郎", "", "0"]]]


@pytest.mark.parametrize(("encoding", "separator"), list(itertools.product(ENCODINGS, SEPARATORS)))
def test_japanese_is_read_in_every_encoding_and_separator(encoding: str, separator: str) -> None:
    parsed, frame = parse(as_csv(JAPANESE, separator).encode(encoding))
    assert [c.name for c in parsed.columns] == JAPANESE[0]
    assert frame["氏名"].tolist() == ["高橋 一郎", "サトウ花子", "田中、次郎"]
    assert frame["都道府県"].isna().tolist() == [False, False, True]
    assert frame["金額 円"].tolist() == [1200, -5, 0]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("ﾅﾏｴ,ｷﾝｶﾞｸ\nﾀﾅｶ ﾀﾛｳ,100\nｻﾄｳ ﾊﾅｺ,200\n", "cp932"),
        ("Straße,Größe\nMüller,1\nBär,2\n", "cp1252"),
        ("prénom,ville\nRené,Orléans\n", "cp1252"),
    ],
)
def test_half_width_kana_and_western_words_are_told_apart(text: str, encoding: str) -> None:
    parsed, frame = parse(text.encode(encoding))
    assert [c.name for c in parsed.columns] == text.split("\n", maxsplit=1)[0].split(",")
    assert frame.iloc[0, 0] == text.split("\n")[1].split(",", maxsplit=1)[0]


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from(list("\"',;\t|\n あ漢ー")), max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(2, 4).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=6)),
    separator=st.sampled_from(SEPARATORS),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16")),
)
def test_what_was_written_is_read(rows: list[list[str]], separator: str, encoding: str) -> None:
    header = [f"name {index}" for index in range(len(rows[0]))]
    # A letter before each cell keeps it text: types have tests of their own.
    cells = [[f"x{cell}" for cell in row] for row in rows]
    _, frame = parse(as_csv([header, *cells], separator, csv.QUOTE_ALL).encode(encoding))
    assert list(frame.columns) == header
    assert frame.to_numpy().tolist() == cells


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-(10**16), 10**16) | st.none(), min_size=2, max_size=20).filter(lambda v: any(x is not None for x in v)))
def test_whole_numbers_keep_every_digit(values: list[int | None]) -> None:
    parsed, _ = parse(as_csv([["n", "x"], *[["" if v is None else v, "a"] for v in values]]))
    column = next(c for c in parsed.columns if c.name == "n")
    assert (column.kind, column.missing) == (Kind.INTEGER, values.count(None))
    assert column.distinct == len({v for v in values if v is not None})


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-1e300, 1e300, allow_nan=False), min_size=2, max_size=20))
def test_numbers_round_trip(values: list[float]) -> None:
    _, frame = parse(as_csv([["n", "x"], *[[repr(v), "a"] for v in values]]))
    assert frame["n"].astype(float).tolist() == values


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    try:
        parsed, frame = parse(data)
    except KachiError as error:
        said, needs = str(error), set(re.findall(r"{(\w+)}", error.template))
        told = bool(said) and needs <= set(error.fields)
    else:
        told = parsed.rows == len(frame) > 0
    assert told


BAD = [
    (b"", InvalidInput, "empty"),
    (b"\xef\xbb\xbf", InvalidInput, "no text"),
    (b"\n\n  \n", InvalidInput, "no text"),
    (b"a,b\n", NotEnoughData, "no rows"),
    (b"a,b", NotEnoughData, "no rows"),
    (b"a,b,a\n1,2,3\n", InvalidInput, "'a' occurs twice"),
    (b"Age,b,AGE\n1,2,3\n", InvalidInput, "'Age' and 'AGE' differ only in upper and lower case"),
    (b'a,b\n1,2\n"x\ny",2\n1,2,3\n', InvalidInput, "line 5 with 3"),
    (b"a,b\n1,2\n3\n", InvalidInput, "line 3 with 1"),
    (b"a,b\nx,\x00\x01\x02\x00", InvalidInput, "isn't text"),
    (b"a,b\n1,2\n\x81,\x8d\xff\n", InvalidInput, "Line 3"),
    (b"PK\x03\x04rest", InvalidInput, "workbook"),
    (b"\x1f\x8brest", InvalidInput, "compressed"),
    (b"PAR1 and nothing else", InvalidInput, "isn't readable Parquet"),
    ((",".join(f"c{i}" for i in range(5000)) + "\n" + ",".join("1" * 5000)).encode(), TooLarge, "5000 columns"),
    (("x" * 300 + ",b\n1,2\n").encode(), InvalidInput, "longer than 200"),
]


@pytest.mark.parametrize(("content", "kind", "said"), BAD, ids=[said for _, _, said in BAD])
def test_a_bad_file_is_refused_with_its_reason(content: bytes, kind: type[KachiError], said: str) -> None:
    with pytest.raises(kind, match=said):
        parse(content)


def test_types_are_told_from_words() -> None:
    rows = [
        ["whole", "gap", "decimal", "day", "moment", "flag", "yesno", "code", "none", "mixed", "europe"],
        ["1", "", "1.5", "2026-11-24", "2026-11-24 10:30", "TRUE", "yes", "007", "None", "1", "24/11/2026"],
        ["+2", "7", "-.5", "2026/1/5", "2026-11-24T10:30:01Z", "false", "no", "012", "Labour Day", "2", "25/11/2026"],
        ["-3", "", "2e3", "2025-02-28", "2026-11-24 00:00", "true", "yes", "100", "None", "x", "01/02/2026"],
    ]
    parsed, frame = parse(as_csv(rows))
    want = [Kind.INTEGER, Kind.INTEGER, Kind.NUMBER, Kind.DATETIME, Kind.DATETIME, Kind.BOOLEAN, *[Kind.CATEGORY] * 5]
    assert list(kinds(parsed).values()) == want
    assert frame["none"].tolist() == ["None", "Labour Day", "None"]
    assert frame["gap"].isna().tolist() == [True, False, True]
    assert frame["day"].dt.strftime("%Y-%m-%d").tolist() == ["2026-11-24", "2026-01-05", "2025-02-28"]
    assert [str(w) for w in parsed.warnings] == ["The column 'mixed' mixes numbers and text (for example 'x'); it is kept as text."]


def test_a_marker_among_numbers_counts_as_missing_and_is_told() -> None:
    parsed, frame = parse("n,x\n1,a\nNA,b\n3,None\n")
    assert kinds(parsed)["n"] is Kind.INTEGER
    assert frame["n"].isna().sum() == 1
    assert frame["x"].tolist() == ["a", "b", "None"]
    assert "NA counts as missing" in str(parsed.warnings[0])


def test_words_for_missing_are_a_choice() -> None:
    parsed, frame = parse("x,y\nNone,1\nb,2\nNone,3\n", markers=("None",))
    assert frame["x"].isna().tolist() == [True, False, True]
    assert parsed.columns[0].missing == 2


def test_formulas_stay_text_and_are_told() -> None:
    parsed, frame = parse(as_csv([["note", "n"], ["=cmd|' /C calc'!A0", "1"], ["ok", "2"]]))
    assert frame["note"].iloc[0] == "=cmd|' /C calc'!A0"
    assert "begin like a formula" in str(parsed.warnings[-1])


def test_parquet_keeps_types_and_refuses_nested_ones() -> None:
    table = pa.table(
        {
            "n": [1, 2, None],
            "f": [1.5, float("nan"), 2.0],
            "d": pa.array([1, 2, 3], pa.timestamp("ns", "Asia/Tokyo")),
            "名 前": ["a", "b", "b"],
        }
    )
    out = io.BytesIO()
    pq.write_table(table, out)
    parsed, frame = parse(out.getvalue())
    assert list(kinds(parsed).values()) == [Kind.INTEGER, Kind.NUMBER, Kind.DATETIME, Kind.CATEGORY]
    assert [c.missing for c in parsed.columns] == [1, 1, 0, 0]
    assert frame["名 前"].tolist() == ["a", "b", "b"]
    nested = io.BytesIO()
    pq.write_table(pa.table({"list": [[1], [2]]}), nested)
    with pytest.raises(InvalidInput, match="'list' holds"):
        parse(nested.getvalue())
    odd = io.BytesIO()
    pq.write_table(pa.table({"u": pa.array([2**63 + 1, 1], pa.uint64()), "day": pa.array([1, 2], pa.date32())}), odd)
    assert list(kinds(parse(odd.getvalue())[0]).values()) == [Kind.NUMBER, Kind.DATETIME]
    with pytest.raises(InvalidInput, match="Parquet"):
        parse(out.getvalue()[: len(out.getvalue()) // 2])


@pytest.mark.slow
def test_50000_rows_of_20_columns_take_under_two_seconds() -> None:
    import time

    import numpy as np

    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {f"n{i}": rng.normal(size=50_000) for i in range(13)} | {f"c{i}": rng.choice(list("abcdef"), 50_000) for i in range(7)}
    )
    content = frame.to_csv(index=False).encode()
    begun = time.perf_counter()
    parsed, _ = parse(content)
    assert parsed.rows == 50_000
    assert time.perf_counter() - begun < 4.0, "1 s on an idle machine; the bound leaves room for a busy one"
