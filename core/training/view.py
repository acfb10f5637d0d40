"""What the run pages show, worked out once: the list, the live view, confusion at a threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.data.model import DatasetVersion
from core.data.service import get_version, list_versions
from core.errors import InvalidInput, NotFound
from core.identity import Principal
from core.project.model import Project, Task
from core.project.service import get_project, get_value_model
from core.project.value_model import ValueModel
from core.training import service
from core.training.evaluation import Evaluation
from core.training.families import planned_models
from core.training.figures import TEST, Bools, Confusion, Floats, Metric, confusion_at
from core.training.model import LeaderboardEntry, Run, RunState
from core.training.progress import Progress, run_progress
from core.training.wording import natural_score
from core.workspace import Workspace

TREND_POINTS = 40


@dataclass(frozen=True, slots=True)
class Trends:
    """Values of the four sparklines, oldest first: best so far, seconds left, processor in percent of the machine, memory in MB."""

    best: tuple[float, ...]
    left: tuple[float, ...]
    processor: tuple[float, ...]
    memory: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class RunView:
    """One run with all that stands around it.

    Args:
        value_model: what its money comes from; None where money isn't asked for.
        data: None where a run that was logged from elsewhere names no data.
        leader: the model that would be kept now: the best by the run's metric on validation rows.
        planned: models that the run tries, ensemble included. processor_pct: of the machine, now. limit_mb: its memory limit.
    """

    run: Run
    project: Project
    value_model: ValueModel | None
    data: DatasetVersion | None
    progress: Progress
    entries: tuple[LeaderboardEntry, ...]
    leader: LeaderboardEntry | None
    planned: int
    trends: Trends
    processor_pct: float
    memory_mb: float
    limit_mb: int

    @property
    def to_go(self) -> int:
        """Models that have not ended yet."""
        return max(0, self.planned - len(self.entries))


def view_run(ws: Workspace, actor: Principal, run_id: str) -> RunView:
    """A run as its page shows it, live or ended.

    Raises:
        NotFound: there is none.
    """
    run = service.get_run(ws, actor, run_id)
    value_model = get_value_model(ws, actor, run.value_model_id) if run.value_model_id else None
    data = get_version(ws, actor, run.dataset_version_id) if run.dataset_version_id else None
    entries = tuple(service.leaderboard(ws, actor, run_id))
    progress = run_progress(ws, actor, run_id)
    now = progress.resources[-1] if progress.resources else None
    limit = ws.jobs.get(run.job_id).memory_mb if run.job_id else ws.settings.job_memory_mb
    return RunView(
        run, get_project(ws, actor, run.project_id), value_model, data, progress, entries, _leader(run, entries),
        planned_models(run.config.preset, run.config.families), _trends(run, entries, progress),
        now.cpu_pct / max(progress.cores, 1) if now else 0.0, now.memory_mb if now else 0.0, limit,
    )  # fmt: skip


def _leader(run: Run, entries: Sequence[LeaderboardEntry]) -> LeaderboardEntry | None:
    kept = run.summary.best_model if run.summary else ""
    return next((e for e in entries if e.model == kept), entries[0] if entries else None)


def _trends(run: Run, entries: Sequence[LeaderboardEntry], progress: Progress) -> Trends:
    best: list[float] = []
    top: LeaderboardEntry | None = None
    for entry in sorted(entries, key=lambda e: e.finished_at):
        top = entry if top is None or entry.score > top.score else top
        best.append(float(top.value) if top.value is not None else natural_score(run.config.metric, top.score))
    began = run.started_at or run.created_at
    points = progress.resources[-TREND_POINTS:]
    left = [max(0.0, run.config.time_limit_s - (p.at - began).total_seconds()) for p in points]
    cores = max(progress.cores, 1)
    return Trends(_line(best), _line(left), _line([p.cpu_pct / cores for p in points]), _line([p.memory_mb for p in points]))


def _line(values: Sequence[float]) -> tuple[float, ...]:
    """At least two points, so that there is a line to draw."""
    kept = tuple(values[-TREND_POINTS:])
    return kept if len(kept) > 1 else (kept or (0.0,)) * 2


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run in a list, with the data that it learned from and the period of its money."""

    run: Run
    data: str
    period: str


def view_runs(
    ws: Workspace,
    actor: Principal,
    project_id: str,
    *,
    sort: str = "created",
    state: RunState | None = None,
    offset: int = 0,
    limit: int = 50,
) -> list[ListedRun]:
    """A page of a project's runs, ready to be shown."""
    found = service.list_runs(ws, actor, project_id=project_id, state=state, sort=sort, offset=offset, limit=limit)
    versions = {v.id: f"{v.name} v{v.number}" for v in list_versions(ws, actor, project_id=project_id, limit=500)}
    models = {key: get_value_model(ws, actor, key) for key in {run.value_model_id for run in found} if key}
    return [
        ListedRun(run, versions.get(run.dataset_version_id, ""), models[run.value_model_id].period.value if run.value_model_id else "")
        for run in found
    ]


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """What a yes-or-no run's best model does on its test rows at one threshold."""

    threshold: float
    cells: Confusion
    metrics: tuple[Metric, ...]


def at_threshold(ws: Workspace, actor: Principal, run_id: str, threshold: float) -> AtThreshold:
    """Confusion and the metrics that depend on a threshold, on the test rows.

    Raises:
        InvalidInput: not a yes-or-no run, or a threshold outside 0 to 1. Conflict: the run has no model.
    """
    run = service.get_run(ws, actor, run_id)
    if run.task is not Task.BINARY:
        raise InvalidInput("Only yes-or-no runs have a threshold.", field="threshold")
    if not 0 <= threshold <= 1:
        raise InvalidInput("The threshold must lie between 0 and 1.", field="threshold")
    truth, score = _test_scores(service.scores_path(ws, actor, run_id))
    wanted = {"accuracy", "balanced_accuracy", "precision", "recall", "f1"}
    from core.training.metrics import binary_metrics  # brings the statistics libraries, which lists and live pages do without

    metrics = binary_metrics(truth, score, TEST, run.config.seed, threshold)
    return AtThreshold(threshold, confusion_at(truth, score, threshold), tuple(m for m in metrics if m.name in wanted))


@lru_cache(maxsize=8)
def _test_scores(path: Path) -> tuple[Bools, Floats]:
    """Outcomes and scores of the test rows; the file never changes, since its name is its content."""
    table = pq.read_table(path, columns=["split", "y", "score"])
    table = table.filter(pc.equal(table["split"], TEST))
    return np.asarray(table["y"]) == 1, np.asarray(table["score"], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Compared:
    """One run beside others: its findings, and the metrics that all of them have, by name."""

    run: Run
    evaluation: Evaluation
    data: str
    period: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """Runs side by side.

    Args:
        metrics: names that every run has, in order.
        leader: position of the run with the best value (by the first metric, where there is no money).
        same_rows: whether all were tested on rows of the same data, split the same way.
    """

    runs: tuple[Compared, ...]
    metrics: tuple[str, ...]
    leader: int
    same_rows: bool


def compare_view(ws: Workspace, actor: Principal, run_ids: Sequence[str]) -> ComparisonView:
    """Two to four finished runs side by side.

    Raises:
        InvalidInput: too few, too many, or of different tasks. Conflict: one hasn't finished well.
    """
    found = service.compare_runs(ws, actor, list(run_ids))
    if len({run.task for run, _ in found}) > 1:
        raise InvalidInput("These runs predict different kinds of things and can't be compared.", field="runs")
    made = []
    for run, evaluation in found:
        version = get_version(ws, actor, run.dataset_version_id)
        period = get_value_model(ws, actor, run.value_model_id).period.value if run.value_model_id else ""
        value = run.summary.value if run.summary else None
        made.append(Compared(run, evaluation, f"{version.name} v{version.number}", period, value))
    names = tuple(m.name for m in made[0].evaluation.metrics if all(c.evaluation.metric_named(m.name) for c in made))
    splits = {(c.run.dataset_version_id, c.run.config.seed, c.run.config.split, c.run.config.test_share) for c in made}
    return ComparisonView(tuple(made), names, _best_of(made, names), len(splits) == 1)


def _best_of(runs: Sequence[Compared], names: Sequence[str]) -> int:
    if all(c.value is not None for c in runs):
        return max(range(len(runs)), key=lambda k: runs[k].value or Decimal(0))
    if not names:
        raise NotFound("metric", "shared")
    figures = [m.value for c in runs if (m := c.evaluation.metric_named(names[0])) is not None]
    return max(range(len(runs)), key=lambda k: natural_score(names[0], figures[k]))
