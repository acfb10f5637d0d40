"""LightGBM boosters saved as text (``predictor/model.txt``): numbers as they are, categories as their place in the package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import lightgbm
import numpy as np

from core.data.model import Kind
from core.errors import Corrupt
from core.serving.flavours.base import Scorer, Scores
from core.serving.package import Feature, Package, Row, Value


class BoosterScorer:
    """Encodes rows to a matrix and asks the booster in this thread."""

    path = "native"

    def __init__(self, booster: lightgbm.Booster, package: Package) -> None:
        self._booster = booster
        self._features = [(f.name, f.kind, {c: float(i) for i, c in enumerate(f.categories)}) for f in package.features]

    def score(self, rows: Sequence[Row]) -> Scores:
        """See `Scorer.score`."""
        matrix = np.array([[_code(row.get(n), k, places) for n, k, places in self._features] for row in rows], dtype=np.float64)
        return np.asarray(self._booster.predict(matrix, num_threads=1), dtype=np.float64)


def _code(value: Value, kind: Kind, places: dict[str, float]) -> float:
    if value is None:
        return np.nan
    if kind.numeric:
        return float(value)
    if isinstance(value, bool):
        return float(value)
    return places.get(str(value), np.nan)


def _supported(feature: Feature) -> bool:
    return feature.kind in {Kind.NUMBER, Kind.INTEGER, Kind.BOOLEAN, Kind.CATEGORY}


def load(folder: Path, package: Package) -> Scorer:
    """Read a booster.

    Raises:
        Corrupt: it doesn't load, or needs text or moments.
    """
    if not all(_supported(f) for f in package.features):
        raise Corrupt("A bare LightGBM model takes numbers, yes or no, and categories only. Train it through a run instead.")
    try:
        booster = lightgbm.Booster(model_file=str(folder / "predictor" / "model.txt"))
    except (lightgbm.basic.LightGBMError, OSError) as error:
        raise Corrupt("The model can't be loaded ({reason}). Train it again.", reason=type(error).__name__) from error
    if booster.num_feature() != len(package.features):
        raise Corrupt("The model and its list of columns don't fit together. Train it again.")
    return BoosterScorer(booster, package)
