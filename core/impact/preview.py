"""A draft of a value model on real rows: what its formulas give, where they can't be worked out and why, and what it would decide.

Bounded: at most `MOST_ROWS` rows are read, spread evenly over the data, and only the columns that formulas read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from core.data import store as data_rows
from core.data.baseline import as_texts
from core.data.frames import read_spread
from core.data.model import DatasetVersion
from core.errors import InvalidInput, NotFound
from core.identity import Permission, Principal, require
from core.impact.arrays import BoolArray, FloatArray
from core.impact.deviations import RowCosts, best_shift
from core.impact.preview_checks import Problem, cell_problems, class_problems, matrix_problems, problem_of, rule_share, sample_problems
from core.impact.preview_today import check_classes
from core.impact.rule import rule_columns
from core.project.expression import evaluate_partly
from core.project.model import Project, Task
from core.project.payoffs import CELLS, Cell, ClassPayoffs, DeviationCosts, Formula, PayoffMatrix, class_field
from core.project.service import ValueModelSpec, check_spec, get_project
from core.project.terms import Limits
from core.project.value_model import ClassRule, check_currency
from core.words import mark
from core.workspace import Workspace

MOST_ROWS = 100_000
SHOWN = 8
LIKELIHOODS = (0.1, 0.5, 0.9)
ACTION_COST = "limits.action_cost"


@dataclass(frozen=True, slots=True)
class Spread:
    """What a payoff comes to on the rows: the least, the middle and the greatest; None where no row can be worked out.

    Args:
        field: ``payoff.tp``, …, ``limits.action_cost``.
        worked: rows that it could be worked out for.
    """

    field: str
    low: float | None
    median: float | None
    high: float | None
    worked: int


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row of the data under the draft.

    Args:
        row: its 0-based number in the version. read: the cells of `Preview.columns`, as text; None where empty.
        amounts: in the order of `Preview.fields`; None where one can't be worked out.
        acts: what the draft suggests at each of `LIKELIHOODS`; None where it can't be told.
    """

    row: int
    read: tuple[str | None, ...]
    amounts: tuple[float | None, ...]
    acts: tuple[bool | None, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """The rows that were looked at: every `stride`-th of the version's `rows`, `read` of them."""

    dataset_version_id: str
    name: str
    number: int
    rows: int
    read: int

    @property
    def sampled(self) -> bool:
        """Whether rows were left out."""
        return self.read < self.rows


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft on real rows.

    Args:
        source: None where the project has no data yet; then only what can be told without is checked.
        columns: what the formulas read.
        fields: what `PreviewRow.amounts` are of: all four payoffs of yes-or-no decisions, else the entries that are formulas.
        likelihoods: the least likelihood from which acting pays, over the rows: least, middle, greatest; None where it always or never pays.
        act_shares: share of rows that the draft would act on at each of `LIKELIHOODS`.
        rule_share: share of rows that today's rule acts on. rule_classes: of several classes the share that it decides each for, and
            rule_right the share in which that is the true one. planned: of forecasts what is planned today. positive_share: share of positive rows in the data.
        demand: of forecasts: the mean of what is forecast and the quantity to plan for without any forecast.
        problems: what can't stay; remarks: what a person should know.
    """

    source: Source | None
    columns: tuple[str, ...] = ()
    rows: tuple[PreviewRow, ...] = ()
    spreads: tuple[Spread, ...] = ()
    likelihoods: Spread | None = None
    act_shares: tuple[float, ...] = ()
    rule_share: float | None = None
    rule_classes: tuple[tuple[str, float], ...] = ()
    rule_right: float | None = None
    planned: Spread | None = None
    positive_share: float | None = None
    demand: tuple[float, float] | None = None
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()
    fields: tuple[str, ...] = ()

    @property
    def works(self) -> bool:
        """Whether reports can be made with this draft on this data."""
        return not self.problems


def preview_value_model(
    ws: Workspace, actor: Principal, project_id: str, spec: ValueModelSpec, dataset_version_id: str | None = None
) -> Preview:
    """Work out a draft on a data set's rows; nothing is saved.

    Args:
        spec: the draft; it must be one that could be saved.
        dataset_version_id: a version of the project's data; None takes the newest.

    Raises:
        InvalidInput: the kind of payoff doesn't fit, or the data is another project's. NotFound: no such project or version.
    """
    require(actor, Permission.READ_DETAILS)
    project = get_project(ws, actor, project_id)
    check_currency(spec.currency)
    check_spec(project.task, spec)
    version = find_version(ws, project, dataset_version_id)
    if version is None:
        remarks = matrix_problems(spec.payoff) if isinstance(spec.payoff, PayoffMatrix) else ()
        return Preview(None, columns=_columns(spec), remarks=remarks)
    return preview_on(ws.artifacts.path(version.sha256), project.task, version, spec)


def find_version(ws: Workspace, project: Project, dataset_version_id: str | None) -> DatasetVersion | None:
    """The version to look at: the one that is asked for, else the project's newest; None where it has no data."""
    if dataset_version_id is None:
        return next(iter(data_rows.list_newest_versions(ws.store, project_id=project.id, limit=1)), None)
    found = data_rows.get_version(ws.store, dataset_version_id)
    if found is None:
        raise NotFound("data set version", dataset_version_id)
    if found.project_id != project.id:
        raise InvalidInput("That data belongs to another project. Choose one of this project's data sets.", field="dataset_version_id")
    return found


def preview_on(path: Path, task: Task, version: DatasetVersion, spec: ValueModelSpec) -> Preview:
    """Work out a draft on the rows of a file.

    Args:
        path: the version's Parquet artifact.
    """
    columns = _columns(spec)
    known = tuple(name for name in columns if version.column(name) is not None)
    target = (version.roles.target,) if version.roles else ()
    frame = _spread_rows(path, tuple(dict.fromkeys((*known, *target))))
    source = Source(version.id, version.name, version.number, version.rows, len(frame))
    outcomes = sample_problems(task, version, frame, spec)
    preview = Preview(source, columns, positive_share=outcomes.positive_share, problems=outcomes.problems, remarks=outcomes.remarks)
    match spec.payoff:
        case PayoffMatrix():
            return _matrix(preview, spec.payoff, spec, version, frame)
        case ClassPayoffs():
            names, classes = spec.payoff.classes, class_problems(spec.payoff, version, frame)
            today = check_classes(spec.rule if isinstance(spec.rule, ClassRule) else None, names, version, frame)
            preview = replace(
                preview, rule_classes=today.shares, rule_right=today.right, problems=(*preview.problems, *classes.problems, *today.problems),
                remarks=(*preview.remarks, *classes.remarks, *today.remarks),
            )  # fmt: skip
            entries = [(class_field(names[i], names[j]), cell) for i, j, cell in spec.payoff.formulas]
            return _entries(preview, [_work(cell, field, version, frame) for field, cell in entries], frame)
        case DeviationCosts():
            worked = [_cost(getattr(spec.payoff, name), f"payoff.{name}", version, frame) for name in ("under", "over")]
            formulas = [one for one in worked if isinstance(getattr(spec.payoff, one.field.removeprefix("payoff.")), Formula)]
            plan = _work(spec.rule, "rule", version, frame) if isinstance(spec.rule, Formula) else None
            preview = replace(
                preview, planned=plan.spread if plan else None, problems=(*preview.problems, *(plan.problems if plan else ()))
            )
            return replace(_entries(preview, formulas, frame), demand=_demand(spec.payoff, worked, version, frame))


def _entries(preview: Preview, worked: list[_Worked], frame: pd.DataFrame) -> Preview:
    """What formulas of classes or costs come to on the rows."""
    if not worked:
        return preview
    amounts = np.column_stack([one.values for one in worked])
    return replace(
        preview, fields=tuple(one.field for one in worked),
        rows=_rows(frame, preview.columns, amounts, np.empty((len(frame), 0), dtype=np.bool_)),
        spreads=tuple(one.spread for one in worked), problems=(*preview.problems, *(p for one in worked for p in one.problems)),
    )  # fmt: skip


@lru_cache(maxsize=8)  # content never changes; a page asks again with every stroke
def _spread_rows(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    return read_spread(path, columns, MOST_ROWS)


def _columns(spec: ValueModelSpec) -> tuple[str, ...]:
    """All columns that a draft reads: payoffs, the cost of an action, today's rule."""
    rule = () if spec.rule is None else rule_columns(spec.rule)
    return tuple(dict.fromkeys((*spec.payoff.columns, *spec.limits.columns, *rule)))


@dataclass(frozen=True, slots=True)
class _Worked:
    """One payoff on the rows; NaN where it can't be worked out."""

    field: str
    values: FloatArray
    problems: tuple[Problem, ...]

    @property
    def spread(self) -> Spread:
        good = self.values[~np.isnan(self.values)]
        if not good.size:
            return Spread(self.field, None, None, None, 0)
        return Spread(self.field, float(good.min()), float(np.median(good)), float(good.max()), int(good.size))


def _matrix(preview: Preview, payoff: PayoffMatrix, spec: ValueModelSpec, version: DatasetVersion, frame: pd.DataFrame) -> Preview:
    worked = [_work(getattr(payoff, cell), f"payoff.{cell}", version, frame) for cell in CELLS]
    costs = _costs(spec.limits, version, frame)
    treats = rule_share(None if isinstance(spec.rule, ClassRule) else spec.rule, version, frame)
    amounts = np.column_stack([one.values for one in worked]) if len(frame) else np.empty((0, 4))
    acts = np.column_stack([_gain(amounts, p) > 0 for p in LIKELIHOODS]) if len(frame) else np.empty((0, 3), dtype=np.bool_)
    told = ~np.isnan(amounts).any(axis=1)
    return replace(
        preview,
        fields=tuple(f"payoff.{cell}" for cell in CELLS),
        rows=_rows(frame, preview.columns, amounts, acts),
        spreads=tuple(one.spread for one in (*worked, *costs)),
        likelihoods=_break_even(amounts),
        act_shares=tuple(float(acts[told, i].mean()) for i in range(len(LIKELIHOODS))) if told.any() else (),
        rule_share=treats.share,
        problems=(*preview.problems, *(p for one in (*worked, *costs) for p in one.problems), *treats.problems),
        remarks=(*preview.remarks, *treats.remarks, *matrix_problems(payoff, amounts[told])),
    )


def _work(cell: Cell, field: str, version: DatasetVersion, frame: pd.DataFrame) -> _Worked:
    if not isinstance(cell, Formula):
        return _Worked(field, np.full(len(frame), float(cell)), ())
    try:
        values = evaluate_partly(cell.expression, frame[[n for n in cell.expression.columns if n in frame.columns]], field)
    except InvalidInput as error:
        return _Worked(field, np.full(len(frame), np.nan), (problem_of(error, version),))
    return _Worked(field, values, cell_problems(cell, field, version, frame, values))


def _costs(limits: Limits, version: DatasetVersion, frame: pd.DataFrame) -> list[_Worked]:
    if limits.action_cost is None:
        return []
    template = mark("The cost of one action is negative for {bad} of {rows} rows. Guard it, for example with max(cost, 0).")
    return [_cost(limits.action_cost, ACTION_COST, version, frame, template)]


def _cost(
    cell: Cell, field: str, version: DatasetVersion, frame: pd.DataFrame,
    template: str = mark("The cost '{field}' comes out negative for {bad} of {rows} rows. Guard it, for example with max(cost, 0)."),
) -> _Worked:  # fmt: skip
    """One cost on the rows, which must not be negative."""
    worked = _work(cell, field, version, frame)
    below = int((worked.values < 0).sum())
    if not below:
        return worked
    bad = Problem(field, template, (("field", field), ("bad", str(below)), ("rows", str(len(frame)))), below)
    return _Worked(worked.field, worked.values, (*worked.problems, bad))


def _gain(amounts: FloatArray, likelihood: float) -> FloatArray:
    """What acting brings over leaving alone at a likelihood, shape (n,) (Elkan 2001, section 2)."""
    tp, fp, fn, tn = amounts.T
    gain: FloatArray = likelihood * (tp - fn) + (1 - likelihood) * (fp - tn)
    return gain


def _break_even(amounts: FloatArray) -> Spread | None:
    """The likelihood above which acting pays, over the rows where there is one (Elkan 2001, equation 2)."""
    tp, fp, fn, tn = amounts.T
    against, total = tn - fp, (tn - fp) + (tp - fn)
    turns: BoolArray = (against > 0) & (tp - fn > 0)
    if not turns.any():
        return None
    return _Worked("likelihood", against[turns] / total[turns], ()).spread


def _rows(frame: pd.DataFrame, columns: tuple[str, ...], amounts: FloatArray, acts: BoolArray) -> tuple[PreviewRow, ...]:
    """A few rows, spread over those that were read."""
    places = np.unique(np.linspace(0, max(len(frame) - 1, 0), min(SHOWN, len(frame))).astype(int)).tolist()
    shown = []
    for place in places:
        read = tuple(_text(frame[name].iloc[place]) if name in frame.columns else None for name in columns)
        money = tuple(None if np.isnan(value) else float(value) for value in amounts[place])
        whole = None not in money
        shown.append(PreviewRow(int(frame.index[place]), read, money, tuple(bool(act) if whole else None for act in acts[place])))
    return tuple(shown)


def _text(value: object) -> str | None:
    found = as_texts(pd.Series([value], dtype=object)).iloc[0]
    return None if found is None or found != found else str(found)[:60]  # noqa: PLR0124  # NaN differs from itself


def _demand(costs: DeviationCosts, worked: list[_Worked], version: DatasetVersion, frame: pd.DataFrame) -> tuple[float, float] | None:
    """Mean of what is forecast, and the quantile to plan for without a forecast; where costs differ by row, weighted by them."""
    if version.roles is None or version.roles.target not in frame.columns:
        return None
    values = pd.to_numeric(frame[version.roles.target], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    known = np.isfinite(values)
    if costs.quantile is not None:
        values = values[known]
        return (float(values.mean()), float(np.quantile(values, costs.quantile))) if values.size else None
    under, over = (one.values for one in worked)
    known &= (under >= 0) & (over >= 0)
    if not (under[known].any() or over[known].any()):
        return None
    return float(values[known].mean()), best_shift(values[known], RowCosts(under[known], over[known]))
