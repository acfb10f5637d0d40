"""A faster way through AutoGluon's models: rows are encoded directly, and members are asked without its feature pipeline.

It is built from what the predictor learned and is used only where it gives the predictor's own answers on every probe row
(`core.serving.flavours.autogluon`). Whatever it doesn't know makes it decline.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.data.model import Kind
from core.project.model import Task
from core.serving.flavours.base import Scores, frame_of
from core.serving.package import Package, Row, Value, example_row

Matrix = npt.NDArray[np.float64]
Member = Callable[[Matrix], Scores]
Encode = Callable[[Value], float]
# Generators of AutoGluon whose effect on a value is known here; text and moments go through the predictor.
KNOWN = frozenset(
    {
        "AsTypeFeatureGenerator",
        "FillNaFeatureGenerator",
        "IdentityFeatureGenerator",
        "CategoryFeatureGenerator",
        "DropUniqueFeatureGenerator",
        "DropDuplicatesFeatureGenerator",
    }
)


class Declined(Exception):
    """The predictor has a part that isn't known here."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """Turns rows into the matrix that the feature pipeline would make: numbers, 0 or 1, places of categories, NaN for missing.

    Args:
        columns: name and encoding of each, in the pipeline's order. dtypes: what the pipeline makes of them.
    """

    columns: tuple[tuple[str, Encode], ...]
    dtypes: tuple[Any, ...]

    def matrix(self, rows: Sequence[Row]) -> Matrix:
        """Encoded rows, shape (rows, columns)."""
        return np.array([[encode(row.get(name)) for name, encode in self.columns] for row in rows], dtype=np.float64)

    def frame(self, matrix: Matrix) -> pd.DataFrame:
        """The same as the pipeline's frame, for members that want one."""
        made: dict[str, Any] = {}
        for place, ((name, _), dtype) in enumerate(zip(self.columns, self.dtypes, strict=True)):
            values = matrix[:, place]
            if isinstance(dtype, pd.CategoricalDtype):
                codes = np.where(np.isnan(values), -1, values).astype(np.int64)
                made[name] = pd.Categorical.from_codes(codes, dtype=dtype)
            else:
                made[name] = values.astype(dtype)
        return pd.DataFrame(made)


class NativeScorer:
    """Weighted mean of members, each asked in its fastest known way."""

    def __init__(self, encoder: Encoder, members: Sequence[tuple[float, Member]]) -> None:
        self._encoder = encoder
        self._members = members

    def score(self, rows: Sequence[Row]) -> Scores:
        """Probabilities of the positive class, shape (rows,)."""
        matrix = self._encoder.matrix(rows)
        return np.asarray(sum(weight * member(matrix) for weight, member in self._members), dtype=np.float64)


def build_native(predictor: Any, package: Package) -> NativeScorer | None:
    """A faster way for a yes-or-no predictor; None where a part of it isn't known here."""
    if package.task is not Task.BINARY or any(f.kind in {Kind.TEXT, Kind.DATETIME} for f in package.features):
        return None
    try:
        encoder = _encoder(predictor, package)
        trainer = predictor._trainer
        best = trainer.load_model(predictor.model_best)
        weights = best._get_model_weights() if hasattr(best, "_get_model_weights") else {predictor.model_best: 1.0}
        members = [(float(weight), _member(trainer.load_model(name), encoder)) for name, weight in weights.items()]
    except Declined:
        return None
    return NativeScorer(encoder, members)


def _encoder(predictor: Any, package: Package) -> Encoder:
    pipeline = predictor._learner.feature_generator
    stages = [generator for stage in pipeline.generators for generator in stage]
    if any(type(generator).__name__ not in KNOWN for generator in stages):
        raise Declined
    truths: dict[str, Any] = {}
    places: dict[str, dict[str, float]] = {}
    for generator in stages:
        truths |= getattr(generator, "_bool_features", None) or {}
        for name, categories in (getattr(generator, "category_map", None) or {}).items():
            places[name] = {str(category): float(place) for place, category in enumerate(categories)}
    out = predictor.transform_features(frame_of([example_row(package)], package))
    columns = tuple((name, _encoding(name, truths, places)) for name in out.columns)
    return Encoder(columns, tuple(out.dtypes))


def _encoding(name: str, truths: dict[str, Any], places: dict[str, dict[str, float]]) -> Encode:
    if name in truths:
        truth = truths[name]
        if isinstance(truth, numbers.Real):  # a column of two numbers, such as 0 and 1, is compared as numbers: 1 is 1.0
            return lambda value: float(value is not None and float(value) == truth)
        return lambda value: float(_text(value) == truth)
    if name in places:
        found = places[name]
        return lambda value: found.get(_text(value), np.nan)
    return lambda value: np.nan if value is None else float(value)


def _text(value: Value) -> str:
    if value is None:
        return ""  # what the pipeline fills a missing text with
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _member(model: Any, encoder: Encoder) -> Member:
    """One member's fastest known way; the last one asks the model itself with a ready frame."""
    names = [name for name, _ in encoder.columns]
    takes = list(getattr(model, "features", None) or names)
    if type(model).__name__ == "LGBModel" and not set(takes) - set(names):
        return _lightgbm(model, [names.index(name) for name in takes])
    if type(model).__name__ == "CatBoostModel" and not set(takes) - set(names):
        return _catboost(model, encoder, takes)
    return lambda matrix: np.asarray(model.predict_proba(encoder.frame(matrix)), dtype=np.float64)


def _lightgbm(model: Any, places: list[int]) -> Member:
    booster = model.model
    whole = places == list(range(len(places)))

    def score(matrix: Matrix) -> Scores:
        return np.asarray(booster.predict(matrix if whole else matrix[:, places], num_threads=1), dtype=np.float64)

    return score


def _catboost(model: Any, encoder: Encoder, takes: list[str]) -> Member:
    """CatBoost takes plain lists; its categories are numbered once more, missing ones have a number of their own."""
    booster, numbered = model.model, model._category_mapping or {}
    names = [name for name, _ in encoder.columns]
    plan: list[tuple[int, dict[int, int] | None, int]] = []
    for name in takes:
        place = names.index(name)
        dtype = encoder.dtypes[place]
        if not isinstance(dtype, pd.CategoricalDtype):
            plan.append((place, None, 0))
            continue
        mapping = numbered.get(name)
        if mapping is None:
            raise Declined
        unseen = len(mapping)
        codes = {code: mapping.get(category, unseen) for code, category in enumerate(dtype.categories)}
        plan.append((place, codes, mapping.get("__NaN__", unseen)))

    def score(matrix: Matrix) -> Scores:
        rows = [[_catboost_value(row[place], codes, missing) for place, codes, missing in plan] for row in matrix]
        return np.asarray(booster.predict(rows, prediction_type="Probability", thread_count=1), dtype=np.float64)[:, 1]

    return score


def _catboost_value(value: float, codes: dict[int, int] | None, missing: int) -> float | int:
    if codes is None:
        return value
    return missing if np.isnan(value) else codes[int(value)]
