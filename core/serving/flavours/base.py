"""What every flavour offers, and the rows with which a fast path must prove itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.data.frames import as_features
from core.data.model import Kind
from core.serving.package import Feature, Package, Row, Value, example_row

Scores = npt.NDArray[np.float64]


class Scorer(Protocol):
    """A loaded model. It is asked by one thread at a time."""

    @property
    def path(self) -> str:
        """How it answers: ``predictor`` (the framework's own way) or ``native`` (proven equal, and faster)."""

    def score(self, rows: Sequence[Row]) -> Scores:
        """Answers for checked rows.

        Returns:
            yes-or-no: probability of the positive class, shape (n,); multiclass: probabilities, shape (n, classes);
            regression: predictions, shape (n,).
        """


def frame_of(rows: Sequence[Row], package: Package) -> pd.DataFrame:
    """Rows as the frame that the model was trained on: the same types, the same order of columns."""
    raw = pd.DataFrame({f.name: pd.Series([row.get(f.name) for row in rows], dtype="object") for f in package.features})
    return as_features(raw, package.kinds)


def probe_rows(folder: Path, package: Package, count: int = 96, seed: int = 7) -> list[dict[str, Value]]:
    """Rows to compare two ways of scoring with: usual ones drawn from the baseline, and nasty ones.

    Nasty: every feature missing (also all at once), every category unseen, values at and beyond the ends of the training extent.
    """
    rng = np.random.default_rng(seed)
    pools = {f.name: _pool(f, folder) for f in package.features}
    rows: list[dict[str, Value]] = [{f.name: _pick(pools[f.name], rng) for f in package.features} for _ in range(count)]
    base = example_row(package)
    rows += [base, dict.fromkeys(base)]
    for feature in package.features:
        rows += [base | {feature.name: value} for value in (None, *_nasty(feature))]
    return rows


def _pick(pool: Sequence[Value], rng: np.random.Generator) -> Value:
    return pool[int(rng.integers(len(pool)))]


def _pool(feature: Feature, folder: Path) -> list[Value]:
    if feature.kind is Kind.BOOLEAN:
        return [True, False]
    if feature.kind is Kind.DATETIME:
        return ["2025-02-28T23:59:59", "2026-01-31T09:00:00", "2024-02-29T00:00:00"]
    if not feature.kind.numeric:
        return list(feature.categories) or ["text", "other text"]
    edges = _edges(folder).get(feature.name, [])
    ends = [v for v in (feature.low, feature.high) if v is not None]
    middles = [(a + b) / 2 for a, b in pairwise(edges)]
    values = [*edges, *middles, *ends] or [0.0, 1.0]
    return [round(v) for v in values] if feature.kind is Kind.INTEGER else list(values)


def _edges(folder: Path) -> dict[str, list[float]]:
    try:
        body = json.loads((folder / "baseline.json").read_text(encoding="utf-8"))
        return {f["name"]: [float(e) for e in f["edges"]] for f in body["features"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # a package without a baseline is probed over its extent alone


def _nasty(feature: Feature) -> list[Value]:
    if feature.kind is Kind.BOOLEAN:
        return [True, False]
    if feature.kind is Kind.DATETIME:
        return ["1999-12-31T23:59:59.999999", "2100-01-01T00:00:00"]
    if not feature.kind.numeric:
        return ["", " ", "never seen \u4fa1\u5024", "nan", "None", "0", *feature.categories[-2:]]
    low, high = feature.low or 0.0, feature.high or 1.0
    values = [low, high, low - 1, high + 1, 0, -1, 10 * high + 1e6]
    return [round(v) for v in values] if feature.kind is Kind.INTEGER else [float(v) for v in (*values, 1e-9, np.nextafter(high, np.inf))]
