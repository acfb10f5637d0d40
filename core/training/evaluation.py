"""What a finished run found on its held-out rows, as a typed document."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pydantic import TypeAdapter, ValidationError

from core.errors import Corrupt
from core.project.model import Task
from core.training.figures import Metric


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A point of ROC (x false-positive rate, y recall) or PR (x recall, y precision) and its threshold."""

    x: float
    y: float
    threshold: float


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Cases of similar score: their mean score, the share that turned out positive with its 95 % interval, how many."""

    score: float
    share: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class ScoreBin:
    """How many positives and negatives have a score in [low, high)."""

    low: float
    high: float
    positives: int
    negatives: int


@dataclass(frozen=True, slots=True)
class Importance:
    """How much the metric drops when a feature's values are shuffled, with the 95 % interval over shuffles."""

    feature: str
    drop: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LeaderboardRow:
    """A model on validation and test rows."""

    model: str
    family: str
    score_validation: float
    score_test: float | None
    fit_s: float
    predict_ms: float
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A family that was asked for and brought no model, and why."""

    family: str
    reason: str


@dataclass(frozen=True, slots=True)
class Residual:
    """A held-out case of a regression: what was, what was predicted."""

    truth: float
    predicted: float


@dataclass(frozen=True, slots=True)
class ClassCount:
    """Held-out cases of one true class predicted as another."""

    truth: str
    predicted: str
    count: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run's findings. Curves belong to binary runs, class counts to multiclass ones, residuals to regressions."""

    task: Task
    metric: str
    best_model: str
    classes: tuple[str, ...]
    train_rows: int
    validation_rows: int
    test_rows: int
    metrics: tuple[Metric, ...]
    roc: tuple[CurvePoint, ...]
    pr: tuple[CurvePoint, ...]
    calibration: tuple[CalibrationBin, ...]
    scores: tuple[ScoreBin, ...]
    class_counts: tuple[ClassCount, ...]
    residuals: tuple[Residual, ...]
    importance: tuple[Importance, ...]
    leaderboard: tuple[LeaderboardRow, ...]
    failures: tuple[Failure, ...]
    stopped_early: bool
    fit_s: float
    libraries: tuple[tuple[str, str], ...]

    def metric_named(self, name: str) -> Metric | None:
        """A metric by name."""
        return next((m for m in self.metrics if m.name == name), None)


_ADAPTER = TypeAdapter(Evaluation)


def evaluation_to_json(evaluation: Evaluation) -> bytes:
    """As stored."""
    return _ADAPTER.dump_json(evaluation, indent=1)


def evaluation_from_json(data: bytes) -> Evaluation:
    """As read back.

    Raises:
        Corrupt: it isn't one.
    """
    try:
        return _ADAPTER.validate_json(data)
    except ValidationError as error:
        raise Corrupt("The evaluation of this run can't be read. Train it again.") from error
