"""What a run is, what it was asked to do, and what it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from core.errors import InvalidInput
from core.project.model import Task


class RunState(StrEnum):
    """States of a run; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether nothing will change any more."""
        return self in {RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED}


class Preset(StrEnum):
    """How much is tried."""

    FAST = "fast"  # one configuration a family
    GOOD = "good"  # several configurations of the strong families
    BEST = "best"  # the same, each trained on five folds and averaged


class Family(StrEnum):
    """Kinds of models that AutoML tries."""

    LIGHTGBM = "lightgbm"
    CATBOOST = "catboost"
    XGBOOST = "xgboost"
    RANDOM_FOREST = "random_forest"
    EXTRA_TREES = "extra_trees"
    LINEAR = "linear"
    NEIGHBOURS = "neighbours"
    ENSEMBLE = "ensemble"  # the weighted average of the others; always made where there are two


CHOICES = tuple(family for family in Family if family is not Family.ENSEMBLE)


class SplitKind(StrEnum):
    """How rows are held out."""

    RANDOM = "random"  # stratified by class
    TIME = "time"  # train on the oldest, test on the newest


class Origin(StrEnum):
    """Who started a run."""

    USER = "user"
    RETRAINING = "retraining"
    EXTERNAL = "external"  # trained elsewhere and logged here


METRICS: dict[Task, tuple[str, ...]] = {
    Task.BINARY: ("roc_auc", "log_loss", "average_precision", "f1", "accuracy", "balanced_accuracy"),
    Task.MULTICLASS: ("log_loss", "accuracy", "balanced_accuracy", "f1_macro"),
    Task.REGRESSION: ("root_mean_squared_error", "mean_absolute_error", "r2"),
}
LOWER_IS_BETTER = frozenset({"log_loss", "brier", "root_mean_squared_error", "mean_absolute_error", "mape"})


@dataclass(frozen=True, slots=True)
class RunConfig:
    """What a run is asked to do.

    Args:
        time_limit_s: for the search, 10 s to a day.
        metric: what the models are chosen by; one of `METRICS` of the task.
        families: which kinds of models are tried.
        seed: of the split and of every model.
        validation_share, test_share: of all rows; the rest is trained on.
    """

    metric: str
    preset: Preset = Preset.FAST
    time_limit_s: int = 300
    families: tuple[Family, ...] = CHOICES
    seed: int = 1
    split: SplitKind = SplitKind.RANDOM
    validation_share: float = 0.2
    test_share: float = 0.2

    def __post_init__(self) -> None:
        if not 10 <= self.time_limit_s <= 86_400:
            raise InvalidInput("The time limit must lie between 10 seconds and one day.", field="time_limit_s")
        if not self.families or Family.ENSEMBLE in self.families or len(set(self.families)) != len(self.families):
            raise InvalidInput("Choose at least one kind of model, each once.", field="families")
        if not 0 <= self.seed < 2**31:
            raise InvalidInput("The seed must be a whole number from 0 to 2147483647.", field="seed")
        for name in ("validation_share", "test_share"):
            if not 0.05 <= getattr(self, name) <= 0.45:
                raise InvalidInput("The share '{field}' must lie between 5 % and 45 %.", field=name)

    def check(self, task: Task) -> None:
        """Refuse a metric of another task.

        Raises:
            InvalidInput: names the metrics that fit.
        """
        if self.metric not in METRICS[task]:
            raise InvalidInput(
                "The metric '{metric}' doesn't fit. Choose one of: {known}.",
                field="metric",
                metric=self.metric,
                known=", ".join(METRICS[task]),
            )


@dataclass(frozen=True, slots=True)
class Artifacts:
    """What a finished run left in the artifact root, by SHA-256."""

    package_sha256: str
    scores_sha256: str
    evaluation_sha256: str


@dataclass(frozen=True, slots=True)
class RunSummary:
    """The few figures that lists show.

    Args:
        value: of the best model at its best threshold on validation rows, a period, under `value_model_id`; an estimate for ranking.
        score: the run's metric on the test rows.
    """

    best_model: str
    score: float
    value: Decimal | None
    currency: str | None
    value_model_id: str | None
    train_rows: int
    validation_rows: int
    test_rows: int
    models: int
    stopped_early: bool


@dataclass(frozen=True, slots=True)
class Run:
    """One training run.

    Args:
        number: 1, 2, 3 … within its project.
        error: template and fields of what went wrong; empty otherwise.
        params: of a run that was logged from elsewhere.
    """

    id: str
    number: int
    project_id: str
    dataset_version_id: str
    name: str
    config: RunConfig
    task: Task
    origin: Origin
    state: RunState
    job_id: str
    value_model_id: str | None
    created_by: str
    created_by_name: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    error: str
    artifacts: Artifacts | None
    summary: RunSummary | None


@dataclass(frozen=True, slots=True)
class LeaderboardEntry:
    """A finished model of a run.

    Args:
        score: the run's metric on validation rows, higher is better (errors carry a minus sign, as AutoGluon has it).
        value: its best value a period on validation rows.
        threshold: where that value is reached.
    """

    model: str
    family: Family
    score: float
    fit_s: float
    predict_ms: float
    value: Decimal | None
    threshold: float | None
    finished_at: datetime
