"""What is wrong with a draft of a value model on real rows, and what a person should know of it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd

from core.data.baseline import as_texts
from core.data.model import DatasetVersion
from core.errors import InvalidInput
from core.impact.arrays import BoolArray, FloatArray
from core.impact.rule import rule_columns, rule_mask
from core.project.model import Task
from core.project.payoffs import LIMIT, ClassPayoffs, Formula, PayoffMatrix
from core.project.service import ValueModelSpec
from core.project.value_model import TodaysRule
from core.words import mark

NAMED, MOST_NAMED = 5, 12
READS_TARGET = mark(
    "Today's rule reads '{column}', which is what shall be predicted: nobody knows it when the case is decided on. Use another column."
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One statement about a field of the draft.

    Args:
        field: dotted, as errors name it. template, fields: as in an error; numbers are plain digits.
        rows: how many rows it concerns; 0 where it concerns the draft as a whole.
    """

    field: str
    template: str
    fields: tuple[tuple[str, str], ...] = ()
    rows: int = 0

    def __str__(self) -> str:
        return self.template.format(**dict(self.fields))


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What the data's outcomes say of a draft."""

    positive_share: float | None = None
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """What today's rule does on the rows."""

    share: float | None = None
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()


def problem_of(error: InvalidInput, version: DatasetVersion) -> Problem:
    """An error of evaluating, as a statement; where a column is missing, those that may be meant are named, the likeliest first."""
    fields = {name: str(value) for name, value in error.fields.items()}
    if "known" in fields:
        target = version.roles.target if version.roles else None
        names = [column.name for column in version.columns if column.name != target]
        close = get_close_matches(fields.get("column", ""), names, n=3, cutoff=0.6)
        fields["known"] = ", ".join([*close, *(name for name in names if name not in close)][:MOST_NAMED])
    return Problem(error.field, error.template, tuple(fields.items()), int(error.fields.get("bad", 0)))


def cell_problems(cell: Formula, field: str, version: DatasetVersion, frame: pd.DataFrame, values: FloatArray) -> tuple[Problem, ...]:
    """Why a formula can't be worked out on some rows, or wouldn't be known when a case is decided on."""
    found = []
    if version.roles is not None and version.roles.target in cell.expression.columns:
        found.append(
            Problem(
                field, mark("'{field}' reads '{column}', which is what shall be predicted: nobody knows it when the case is decided on. Use another column."),
                (("field", field), ("column", version.roles.target)),
            )
        )  # fmt: skip
    open_rows = np.isnan(values)
    for name in cell.expression.columns:
        empty = open_rows & frame[name].isna().to_numpy(dtype=np.bool_)
        if empty.any():
            found.append(_rows_problem(
                field, mark("'{field}' can't be worked out for {bad} of {rows} rows, whose column '{column}' is empty. Write coalesce({column}, 0), say."),
                empty, name if name.isidentifier() else f"`{name}`",
            ))  # fmt: skip
            open_rows = open_rows & ~empty
    if open_rows.any():
        found.append(_rows_problem(
            field, mark("'{field}' can't be worked out for {bad} of {rows} rows: a division by zero or too large a number. Write max(column, 1), say."), open_rows,
        ))  # fmt: skip
    huge = np.abs(values) > float(LIMIT)
    if huge.any():
        found.append(
            _rows_problem(
                field, mark("'{field}' comes to more than 10^12 either way for {bad} of {rows} rows. Is the column an amount?"), huge
            )
        )
    return tuple(found)


def _rows_problem(field: str, template: str, rows: BoolArray, column: str = "") -> Problem:
    bad = int(rows.sum())
    return Problem(field, template, (("field", field), ("bad", str(bad)), ("rows", str(rows.size)), ("column", column)), bad)


def rule_share(rule: TodaysRule | Formula | None, version: DatasetVersion, frame: pd.DataFrame) -> RuleCheck:
    """What today's rule acts on, or why it can't be carried out: it would know what shall be predicted, or lacks a column."""
    if rule is None:
        return RuleCheck()
    target = version.roles.target if version.roles else None
    if target in rule_columns(rule):
        return RuleCheck(problems=(Problem("rule", READS_TARGET, (("column", str(target)),)),))
    try:
        treated = rule_mask(rule, frame[[name for name in rule_columns(rule) if name in frame.columns]])
    except InvalidInput as error:
        return RuleCheck(problems=(problem_of(error, version),))
    share = float(treated.mean()) if treated.size else None
    remarks: tuple[Problem, ...] = ()
    if share == 0:
        remarks = (Problem("rule", mark("Today's rule picks none of these rows. Is its value written as in the data?")),)
    elif share == 1:
        remarks = (Problem("rule", mark("Today's rule picks every one of these rows. Is that how you decide today?")),)
    return RuleCheck(share, (), remarks)


def sample_problems(task: Task, version: DatasetVersion, frame: pd.DataFrame, spec: ValueModelSpec) -> Outcomes:
    """What the outcomes in the data say: one outcome only, or another prevalence than the draft's."""
    if version.roles is None or version.roles.target not in frame.columns or task is Task.REGRESSION:
        return Outcomes()
    outcomes = as_texts(frame[version.roles.target]).dropna()
    values = outcomes.unique()
    if len(values) == 1:
        problem = Problem(
            "dataset_version_id", mark("All rows of this data have the same outcome, '{value}'. Nothing can be learned or valued on it; choose data with both."),
            (("value", str(values[0])[:60]),),
        )  # fmt: skip
        return Outcomes(problems=(problem,))
    if task is not Task.BINARY or version.roles.positive is None or outcomes.empty:
        return Outcomes()
    share = float((outcomes == version.roles.positive).mean())
    wanted = spec.economics.prevalence
    if wanted is None:
        return Outcomes(share)
    remark = Problem(
        "economics.prevalence", mark("In this data {data} of cases are of the kind that is looked for, in production {production}: every amount is weighted by that."),
        (("data", f"{share * 100:.1f}%"), ("production", f"{float(wanted) * 100:.1f}%")),
    )  # fmt: skip
    return Outcomes(share, remarks=(remark,))


def matrix_problems(payoff: PayoffMatrix, amounts: FloatArray | None = None) -> tuple[Problem, ...]:
    """Payoffs under which no model is needed: acting is worth the same as not acting, always pays, or never pays.

    Args:
        amounts: of rows, shape (n, 4) in the order of the cells; None for constant payoffs.
    """
    if amounts is None and payoff.is_constant:
        amounts = np.array([[float(payoff.tp), float(payoff.fp), float(payoff.fn), float(payoff.tn)]])  # type: ignore[arg-type]
    if amounts is None or not len(amounts):
        return ()
    tp, fp, fn, tn = amounts.T
    hit, vain = tp - fn, fp - tn
    if not (hit.any() or vain.any()):
        return (
            Problem(
                "payoff",
                mark("On every row, acting and not acting are worth the same, so no model can earn anything. Change at least one payoff."),
            ),
        )
    if bool(((hit >= 0) & (vain >= 0)).all()):
        return (
            Problem(
                "payoff",
                mark("With these payoffs acting pays on every row, however unlikely the case. Is the cost of acting in vain missing?"),
            ),
        )
    if bool(((hit <= 0) & (vain <= 0)).all()):
        return (
            Problem(
                "payoff", mark("With these payoffs acting pays on no row, however likely the case. Is what a right action brings missing?")
            ),
        )
    if bool((hit < 0).any()):
        return (_rows_remark(hit < 0),)
    return ()


def _rows_remark(rows: BoolArray) -> Problem:
    bad = int(rows.sum())
    return Problem(
        "payoff", mark("For {bad} of {rows} rows even a right action costs more than it brings, so they are left alone."),
        (("bad", str(bad)), ("rows", str(rows.size))), bad,
    )  # fmt: skip


def class_problems(payoff: ClassPayoffs, version: DatasetVersion, frame: pd.DataFrame) -> Outcomes:
    """Classes of the data that the table lacks, and the other way round."""
    if version.roles is None or version.roles.target not in frame.columns:
        return Outcomes()
    there = {str(value) for value in as_texts(frame[version.roles.target]).dropna().unique()}
    lacking, unknown = sorted(there - set(payoff.classes)), [name for name in payoff.classes if name not in there]
    template = mark("The data has classes that the table doesn't: {names}. Add them.")
    problems = (Problem("payoff.classes", template, (("names", _listed(lacking)),)),) if lacking else ()
    template = mark("The table has classes that don't occur in the data: {names}. Are they written alike?")
    remarks = (Problem("payoff.classes", template, (("names", _listed(unknown)),)),) if unknown else ()
    return Outcomes(problems=problems, remarks=remarks)


def _listed(names: list[str]) -> str:
    return ", ".join(name[:40] for name in names[:NAMED]) + (" …" if len(names) > NAMED else "")
