"""What runs of several classes and forecasts are worth: policies chosen on validation rows, valued on test rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.errors import Conflict, InvalidInput, NotFound
from core.identity import Permission, Principal, require
from core.impact.arrays import IntArray
from core.impact.assemble import seed_of
from core.impact.blocks import day_blocks
from core.impact.bootstrap import LEVEL, REPLICATES
from core.impact.class_pays import row_pays
from core.impact.deviations import row_costs
from core.impact.multiclass import ClassSlice, value_classes
from core.impact.regression import ForecastSlice, value_forecast
from core.impact.remembered import Remembered
from core.impact.report import Provenance
from core.impact.scores import TEST, VALIDATION
from core.impact.task_report import FORMAT, TaskReport
from core.impact.todays import decided_today, planned_today
from core.impact.valued import value_columns
from core.project import service as projects
from core.project.model import Project, Task
from core.project.service import RULES
from core.project.value_model import ClassPayoffs, ClassRule, DeviationCosts, Formula, Rule, ValueModel
from core.training.service import finished
from core.workspace import Workspace

CLASS_PREFIX = "p:"


_kept: Remembered[TaskReport] = Remembered()


def value_task_run(ws: Workspace, actor: Principal, run_id: str, value_model_id: str | None = None) -> TaskReport:
    """A run of several classes, or a forecast, under a value model of its project.

    Args:
        value_model_id: None takes the newest.

    Raises:
        NotFound: no such run or value model. Conflict: it hasn't finished. InvalidInput: the project has no value model of the
            run's kind, the payoffs know other classes than the run, or a formula can't be worked out on the run's rows.
    """
    require(actor, Permission.READ_VALUE)
    project = projects.get_project(ws, actor, finished(ws, run_id).project_id)
    return value_task_as(ws, actor, run_id, _value_model(ws, actor, project, value_model_id))


def value_task_as(ws: Workspace, actor: Principal, run_id: str, value: ValueModel) -> TaskReport:
    """The same under any value model, also one that isn't kept, such as a proposal.

    Raises:
        as `value_task_run`.
    """
    require(actor, Permission.READ_VALUE)
    run = finished(ws, run_id)
    if run.artifacts is None:
        raise Conflict("This run has left no scores. Train it again.")
    project = projects.get_project(ws, actor, run.project_id)
    scores, model = run.artifacts.scores_sha256, run.summary.best_model if run.summary else ""
    path, seed = ws.artifacts.path(scores), seed_of(scores)

    def columns(rows: IntArray) -> pd.DataFrame:
        return value_columns(ws, run.dataset_version_id, value, rows, rule=isinstance(value.rule, RULES[run.task]))

    key = (run.id, scores, value.id, project.nouns, str(ws.settings.home))

    def compute() -> TaskReport:
        payoff, cases = value.payoff, value.cases_per_period
        told = (FORMAT, project.id, run.id, run.number, run.dataset_version_id, model, value, project.nouns)
        source = Provenance(scores, seed, REPLICATES, LEVEL, ws.clock())
        if run.task is Task.MULTICLASS and isinstance(payoff, ClassPayoffs):
            known, fresh = (_classes(path, split, payoff, value.rule, columns) for split in (VALIDATION, TEST))
            return TaskReport(*told, known.truth.size, value_classes(known, fresh, payoff, cases, seed), None, source)
        if run.task is Task.REGRESSION and isinstance(payoff, DeviationCosts):
            before, after = (_numbers(path, split, payoff, value.rule, columns) for split in (VALIDATION, TEST))
            after = replace(after, blocks=blocks_of(ws, run.dataset_version_id, path))
            return TaskReport(*told, before.actual.size, None, value_forecast(before, after, payoff, cases), source)
        raise InvalidInput("This value model doesn't fit the run's kind of prediction. Add one that does on the project's page.", field="value_model_id")  # fmt: skip

    return _kept.get(key, compute)


def task_slices(ws: Workspace, report: TaskReport) -> tuple[ClassSlice, ClassSlice] | tuple[ForecastSlice, ForecastSlice]:
    """The validation and the test rows that a report was made of, read without a permission.

    Raises:
        NotFound: its data is gone. InvalidInput: a formula can't be worked out any more.
    """
    path, value = ws.artifacts.path(report.provenance.scores_sha256), report.value_model

    def columns(rows: IntArray) -> pd.DataFrame:
        return value_columns(ws, report.dataset_version_id, value, rows, rule=isinstance(value.rule, RULES[report.task]))

    payoff, rule = value.payoff, value.rule
    if isinstance(payoff, ClassPayoffs):
        return _classes(path, VALIDATION, payoff, rule, columns), _classes(path, TEST, payoff, rule, columns)
    assert isinstance(payoff, DeviationCosts)
    after = replace(_numbers(path, TEST, payoff, rule, columns), blocks=blocks_of(ws, report.dataset_version_id, path))
    return _numbers(path, VALIDATION, payoff, rule, columns), after


def test_rows(ws: Workspace, report: TaskReport) -> IntArray:
    """Places of a report's test rows in its data set version, shape (n,), in the order of its scores.

    Raises:
        InvalidInput: scores of an earlier release, which don't say.
    """
    return _rows(_part(ws.artifacts.path(report.provenance.scores_sha256), TEST, [], by_row=True))


def _value_model(ws: Workspace, actor: Principal, project: Project, value_model_id: str | None) -> ValueModel:
    versions = projects.list_value_models(ws, actor, project.id)
    found = next((v for v in versions if value_model_id in {None, v.id}), None)
    if found is None and value_model_id is not None:
        raise NotFound("value model", value_model_id)
    if found is None:
        raise InvalidInput("This project has no value model yet. Add one on its page, then look again.", field="value_model_id")
    return found


Columns = Callable[[IntArray], pd.DataFrame]


def _classes(path: Path, split: str, payoff: ClassPayoffs, rule: Rule | None, columns: Columns) -> ClassSlice:
    names = [name for name in pq.read_schema(path).names if name.startswith(CLASS_PREFIX)]
    known = {name.removeprefix(CLASS_PREFIX) for name in names}
    if known != set(payoff.classes):
        raise InvalidInput(
            "The payoffs know the classes {ours}, the run has {theirs}. Add a version of the value model with the same classes.",
            field="payoff.classes", ours=", ".join(payoff.classes), theirs=", ".join(sorted(known)),
        )  # fmt: skip
    todays = rule if isinstance(rule, ClassRule) and split == TEST else None
    by_row = todays is not None or not payoff.is_constant
    part = _part(path, split, ["y", *names], by_row=by_row)
    place = {name: k for k, name in enumerate(payoff.classes)}
    truth = np.array([place[str(label)] for label in part["y"].to_pylist()], dtype=np.int64)
    chances = np.column_stack([part[CLASS_PREFIX + name].to_numpy() for name in payoff.classes]).astype(np.float64)
    frame = columns(_rows(part)) if by_row else pd.DataFrame()
    pays = None if payoff.is_constant else row_pays(payoff, frame)
    decided = None if todays is None else decided_today(todays, payoff.classes, frame)
    return ClassSlice(truth, chances / chances.sum(axis=1, keepdims=True), decided, pays)


def _numbers(path: Path, split: str, payoff: DeviationCosts, rule: Rule | None, columns: Columns) -> ForecastSlice:
    todays = rule if isinstance(rule, Formula) and split == TEST else None
    by_row = todays is not None or not payoff.is_constant
    part = _part(path, split, ["y", "score"], by_row=by_row)
    actual, forecast = (part[name].to_numpy().astype(np.float64) for name in ("y", "score"))
    frame = columns(_rows(part)) if by_row else pd.DataFrame()
    costs = None if payoff.is_constant else row_costs(payoff, frame)
    planned = None if todays is None else planned_today(todays, frame)
    return ForecastSlice(_plain(actual), _plain(forecast), planned, costs=costs)


def names_rows(path: Path) -> bool:
    """Whether scores say which rows of the data they are of; those of earlier releases don't."""
    return "row" in pq.read_schema(path).names


def blocks_of(ws: Workspace, dataset_version_id: str, path: Path) -> IntArray | None:
    """Days of the test rows; None where the scores of earlier releases don't say which rows they are."""
    if not names_rows(path):
        return None
    table = pq.read_table(path, columns=["split", "row"])
    return day_blocks(ws, dataset_version_id, _rows(table.filter(pc.equal(table["split"], TEST))))


def _part(path: Path, split: str, names: list[str], *, by_row: bool) -> pa.Table:
    """Columns of the rows of one split, with their places in the data where these are needed."""
    if by_row and "row" not in pq.read_schema(path).names:
        raise InvalidInput("The scores of this run don't say which rows they are of. Train it again.", field="run_id")
    table = pq.read_table(path, columns=["split", *names, *(["row"] if by_row else [])])
    return table.filter(pc.equal(table["split"], split))


def _rows(part: pa.Table) -> IntArray:
    rows: IntArray = part["row"].to_numpy().astype(np.int64)
    return rows


def _plain(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.ascontiguousarray(values)
