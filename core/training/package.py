"""The model package: what a run hands to serving, and how it is loaded again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import TypeAdapter, ValidationError

from core.data.baseline import Baseline, baseline_from_json, baseline_to_json
from core.data.frames import as_features
from core.data.model import Kind
from core.errors import Corrupt
from core.project.model import Task

FORMAT = 1
LABEL = "__target__"
LIBRARIES = ("autogluon.tabular", "lightgbm", "catboost", "xgboost-cpu", "scikit-learn", "pandas", "numpy", "kachi")
MAX_CATEGORIES = 200


@dataclass(frozen=True, slots=True)
class Feature:
    """One input of a model.

    Args:
        nullable: whether the training rows had gaps.
        categories: values that were seen, where there are few; others are answered with a warning.
        low, high: of a number in the training rows.
        example: a value from a training row, for generated requests.
    """

    name: str
    kind: Kind
    nullable: bool
    categories: tuple[str, ...]
    low: float | None
    high: float | None
    example: str | float | None


@dataclass(frozen=True, slots=True)
class Package:
    """What stands in ``package.json``."""

    format: int
    flavour: str
    task: Task
    target: str
    positive: str | None
    classes: tuple[str, ...]
    features: tuple[Feature, ...]
    run_id: str
    best_model: str
    libraries: tuple[tuple[str, str], ...]

    @property
    def kinds(self) -> dict[str, Kind]:
        """Kind by feature."""
        return {feature.name: feature.kind for feature in self.features}


_ADAPTER = TypeAdapter(Package)


def library_versions() -> tuple[tuple[str, str], ...]:
    """Versions of what a package needs to be loaded."""
    found = []
    for name in LIBRARIES:
        try:
            found.append((name, installed(name)))
        except ModuleNotFoundError:
            continue
    return tuple(found)


def describe_features(frame: pd.DataFrame, kinds: Mapping[str, Kind]) -> tuple[Feature, ...]:
    """What the training rows say about each input."""
    made = []
    for name, kind in kinds.items():
        column = frame[name]
        known = column.dropna()
        categories: tuple[str, ...] = ()
        low = high = None
        if kind.numeric and len(known):
            low, high = float(known.min()), float(known.max())
        elif kind in {Kind.CATEGORY, Kind.BOOLEAN}:
            seen = known.astype(str).unique()
            categories = tuple(sorted(seen)) if len(seen) <= MAX_CATEGORIES else ()
        made.append(Feature(name, kind, bool(column.isna().any()), categories, low, high, _example(known, kind)))
    return tuple(made)


def _example(known: pd.Series, kind: Kind) -> str | float | None:
    if not len(known):
        return None
    value = known.iloc[0]
    if kind.numeric:
        return float(value)
    return value.isoformat() if kind is Kind.DATETIME else str(value)


def write_package(folder: Path, package: Package, baseline: Baseline) -> None:
    """Write everything but the predictor, which is in ``folder/predictor`` already."""
    (folder / "package.json").write_bytes(_ADAPTER.dump_json(package, indent=1))
    (folder / "baseline.json").write_bytes(baseline_to_json(baseline))


def read_package(folder: Path) -> Package:
    """Read ``package.json``; nothing is unpickled.

    Raises:
        Corrupt: it isn't one, or of a format that this release doesn't know.
    """
    try:
        package = _ADAPTER.validate_json((folder / "package.json").read_bytes())
    except (OSError, ValidationError, json.JSONDecodeError) as error:
        raise Corrupt("The model package {folder} can't be read. Deploy another version, or train again.", folder=str(folder)) from error
    if package.format != FORMAT:
        raise Corrupt("The model package has format {found}; this release reads {known}.", found=package.format, known=FORMAT)
    return package


def read_baseline(folder: Path) -> Baseline:
    """Read ``baseline.json``."""
    try:
        return baseline_from_json((folder / "baseline.json").read_bytes())
    except OSError as error:
        raise Corrupt("The model package {folder} has no baseline. Train again.", folder=str(folder)) from error


class PackagedModel:
    """A loaded package that scores rows, the same in training, comparison and serving.

    Loading unpickles: give it only folders whose hash was checked against what Kachi's own training stored.
    """

    def __init__(self, folder: Path) -> None:
        from autogluon.tabular import TabularPredictor

        self.package = read_package(folder)
        self.predictor: Any = TabularPredictor.load(str(folder / "predictor"), verbosity=0)

    def persist(self) -> None:
        """Keep the models in memory."""
        self.predictor.persist()

    def score(self, frame: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Probability of the positive class, or the predicted number, shape (rows,); for classes use `chances`."""
        inputs = as_features(frame, self.package.kinds)
        if self.package.task is Task.REGRESSION:
            return np.asarray(self.predictor.predict(inputs, as_pandas=False), dtype=np.float64)
        return np.asarray(self.predictor.predict_proba(inputs, as_pandas=False), dtype=np.float64)[:, 1]

    def chances(self, frame: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Probability of each class, shape (rows, classes), in the order of the package's classes."""
        inputs = as_features(frame, self.package.kinds)
        table = self.predictor.predict_proba(inputs)
        return np.asarray(table[[*self.package.classes]] if self.package.task is Task.MULTICLASS else table, dtype=np.float64)
