"""AutoGluon predictors."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from core.errors import Corrupt
from core.project.model import Task
from core.serving.flavours.base import Scorer, Scores, frame_of, probe_rows
from core.serving.flavours.native import build_native
from core.serving.package import Package, Row

log = structlog.get_logger(__name__)
# AutoGluon answers in float32: what lies nearer than this is the same answer.
TOLERANCE = 2e-6
# Loading touches process-wide state of the frameworks; one at a time.
_loading = threading.Lock()


class PredictorScorer:
    """Asks the predictor itself, kept in memory."""

    path = "predictor"

    def __init__(self, predictor: Any, package: Package) -> None:
        self.predictor = predictor
        self._package = package
        self._columns = _columns(predictor, package)

    def score(self, rows: Sequence[Row]) -> Scores:
        """See `Scorer.score`."""
        frame = frame_of(rows, self._package)
        if self._package.task is Task.REGRESSION:
            return np.asarray(self.predictor.predict(frame), dtype=np.float64)
        table = self.predictor.predict_proba(frame, as_multiclass=True)
        found = table[self._columns].to_numpy(dtype=np.float64)
        return np.asarray(found[:, 0] if self._package.task is Task.BINARY else found)


def _columns(predictor: Any, package: Package) -> list[Any]:
    """The predictor's labels of the package's classes; for a yes-or-no model that of the positive one alone."""
    if package.task is Task.REGRESSION:
        return []
    labels = {_text(label): label for label in predictor.class_labels}
    if package.task is Task.BINARY:
        if set(labels) == {"0", "1"}:  # how Kachi's own training codes the target: 1 is the positive class, whatever its label
            return [labels["1"]]
        if package.positive in labels:
            return [labels[package.positive]]
        raise Corrupt("The model doesn't know its positive class '{positive}'. Train it again.", positive=str(package.positive))
    try:
        return [labels[name] for name in package.classes]
    except KeyError as error:
        raise Corrupt("The model doesn't know its class {name}. Train it again.", name=str(error)) from error


def _text(label: object) -> str:
    return ("true" if label else "false") if isinstance(label, bool | np.bool_) else str(label)


class FastScorer:
    """Few rows go the native way, many through the predictor, whose cost then spreads."""

    path = "native"
    MOST = 64

    def __init__(self, native: Any, plain: PredictorScorer) -> None:
        self._native = native
        self._plain = plain

    def score(self, rows: Sequence[Row]) -> Scores:
        """See `Scorer.score`."""
        if len(rows) > self.MOST:
            return self._plain.score(rows)
        return np.asarray(self._native.score(rows), dtype=np.float64)


def load(folder: Path, package: Package) -> Scorer:
    """Read a predictor, keep it in memory, and take the native way where it gives the same answers.

    Raises:
        Corrupt: it doesn't load.
    """
    from autogluon.tabular import TabularPredictor

    with _loading:
        try:
            predictor = TabularPredictor.load(str(folder / "predictor"), verbosity=0)
            predictor.persist(max_memory=0.6)
        except Exception as error:  # the frameworks raise whatever they like on a damaged folder
            raise Corrupt(
                "The model can't be loaded ({reason}). Train it again.", reason=f"{type(error).__name__}: {error}"[:200]
            ) from error
        plain = PredictorScorer(predictor, package)
        return _faster(plain, folder, package)


def _faster(plain: PredictorScorer, folder: Path, package: Package) -> Scorer:
    """The native way if it agrees with the predictor on every probe, else the predictor."""
    probes = probe_rows(folder, package)
    expected = plain.score(probes)
    try:
        native = build_native(plain.predictor, package)
        if native is None:
            return plain
        found = np.concatenate([native.score([row]) for row in probes])
    except Exception as error:
        log.info("serving.native_refused", run=package.run_id, reason=f"{type(error).__name__}: {error}"[:200])
        return plain
    apart = float(np.max(np.abs(found - expected), initial=0.0))
    if not np.all(np.isfinite(found)) or apart > TOLERANCE:
        log.info("serving.native_differs", run=package.run_id, apart=apart)
        return plain
    return FastScorer(native, plain)
