"""The scores artifact: read right, and refused with the reason where it isn't what it should be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import Corrupt, InvalidInput, NotEnoughData
from core.impact.scores import read_scores

GOOD = pd.DataFrame(
    {
        "split": ["validation", "test", "test", "validation"],
        "row": [0, 3, 1, 2],
        "y": [1, 0, 1, 0],
        "score": np.array([0.9, 0.2, 0.8, 0.1], dtype=np.float32),
        "m:a b": [0.1, 0.2, 0.3, 0.4],
    }
)


def write(folder: Path, frame: pd.DataFrame) -> Path:
    path = folder / "scores.parquet"
    frame.to_parquet(path, index=False)
    return path


def test_slices_keep_their_rows_in_order(tmp_path: Path) -> None:
    found = read_scores(write(tmp_path, GOOD), models=True)
    assert found.test.rows.tolist() == [3, 1]
    assert found.test.y.tolist() == [False, True]
    assert found.test.score == pytest.approx([0.2, 0.8])
    assert found.test.models["a b"].tolist() == [0.2, 0.3]
    assert found.validation.positives == 1
    assert read_scores(write(tmp_path, GOOD)).test.models == {}


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"split": "test"}, NotEnoughData, "no validation rows"),
        ({"split": "validation"}, NotEnoughData, "no test rows"),
        ({"y": ["a", "b", "a", "b"]}, InvalidInput, "yes-or-no"),
        ({"y": [0, 1, 2, 0]}, InvalidInput, "0 or 1"),
        ({"score": [0.1, np.nan, 0.2, 0.3]}, InvalidInput, "missing or infinite"),
    ],
)
def test_what_cannot_be_valued_is_refused(tmp_path: Path, change: dict[str, object], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        read_scores(write(tmp_path, GOOD.assign(**change)))


def test_broken_files_are_corrupt(tmp_path: Path) -> None:
    with pytest.raises(Corrupt, match="score"):
        read_scores(write(tmp_path, GOOD.drop(columns="score")))
    torn = tmp_path / "torn.parquet"
    torn.write_bytes(write(tmp_path, GOOD).read_bytes()[:-20])
    with pytest.raises(Corrupt, match="can't be read"):
        read_scores(torn)
    with pytest.raises(Corrupt):
        read_scores(tmp_path / "none.parquet")
