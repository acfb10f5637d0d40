"""Array types of this step, and the checks that every entry makes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.errors import InvalidInput, NotEnoughData

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
AnyArray = npt.NDArray[np.generic]


def as_outcomes(y: npt.ArrayLike) -> BoolArray:
    """Outcomes as booleans.

    Args:
        y: shape (n,), 0 or 1.

    Raises:
        NotEnoughData: no row. InvalidInput: another value than 0 and 1.
    """
    array = np.asarray(y)
    if array.ndim != 1 or array.size == 0:
        raise NotEnoughData("There is no labelled row to value decisions on. Give at least one.", field="y")
    if array.dtype != np.bool_ and not bool(np.isin(array, (0, 1)).all()):
        raise InvalidInput("Outcomes must be 0 or 1 to be valued. Choose the positive class of the target first.", field="y")
    return array.astype(np.bool_)


def as_scores(score: npt.ArrayLike, rows: int) -> FloatArray:
    """Scores as float64.

    Raises:
        InvalidInput: another length than `rows`, or a score that is missing or infinite.
    """
    array = np.asarray(score, dtype=np.float64)
    if array.shape != (rows,):
        raise InvalidInput(
            "There are {scores} scores for {rows} rows. Score the same rows that carry the outcomes.",
            field="score",
            scores=int(array.size),
            rows=rows,
        )
    if not bool(np.isfinite(array).all()):
        raise InvalidInput("{missing} scores are missing or infinite. Score those rows again.", field="score", missing=_bad(array))
    return array


def _bad(array: FloatArray) -> int:
    return int((~np.isfinite(array)).sum())
