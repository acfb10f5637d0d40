"""Rows of a run with what decisions on them are worth under a value model: scores, payoffs of each row, costs of actions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.errors import InvalidInput, NotFound
from core.impact.arrays import BoolArray, FloatArray, IntArray
from core.impact.assemble import Rows
from core.impact.books import open_book
from core.impact.choosing import Sample
from core.impact.policy import RowPayoffs
from core.impact.rule import rule_columns, rule_mask
from core.impact.scores import RunScores, Slice, read_scores
from core.impact.source import FinishedRun, runs, scores_path
from core.project import store as project_rows
from core.project.expression import evaluate
from core.project.payoffs import CELLS, Cell, Formula, PayoffMatrix
from core.project.value_model import ValueModel
from core.workspace import Workspace


def valued_rows(ws: Workspace, run: FinishedRun, value: ValueModel, *, models: bool = False) -> Rows:
    """Both slices of a run under a value model.

    Args:
        models: with the scores of each leaderboard model.

    Raises:
        InvalidInput: a formula can't be worked out on these rows, or the value model is of another kind of prediction.
    """
    scores = read_scores(scores_path(ws, run), models=models)
    return Rows(scores, valued_slice(ws, run, value, scores.validation), valued_slice(ws, run, value, scores.test))


def valued_slice(ws: Workspace, run: FinishedRun, value: ValueModel, part: Slice) -> Sample:
    """One slice of a run under a value model."""
    return make_sample(value, part.y, part.score, value_columns(ws, run.dataset_version_id, value, part.rows))


def value_columns(ws: Workspace, dataset_version_id: str, value: ValueModel, rows: IntArray, *, rule: bool = False) -> pd.DataFrame:
    """The columns that a value model's formulas read, on rows of a data set version.

    Args:
        rule: with those that today's rule reads.

    Raises:
        InvalidInput: that version lacks one; says which there are.
    """
    of_rule = rule_columns(value.rule) if rule and value.rule is not None else ()
    names = tuple(dict.fromkeys((*value.columns, *of_rule)))
    frame = runs().columns(ws, dataset_version_id, names, rows) if names else pd.DataFrame(index=range(rows.size))
    lacking = next((name for name in names if name not in frame.columns), None)
    if lacking is not None:
        known = runs().attributes(ws, dataset_version_id)
        raise InvalidInput(
            "'{field}' reads the column '{column}', which the data doesn't have. There are: {known}.",
            field="payoff" if lacking in value.columns else "rule", column=lacking, known=", ".join(known[:12]),
        )  # fmt: skip
    return frame


def valued_test(ws: Workspace, run_id: str, value_model_id: str) -> tuple[Slice, Sample]:
    """A run's test rows, scored and valued; read without a permission, for the steps that put evidence together.

    Raises:
        NotFound: the run or the value model is gone.
    """
    run = runs().find(ws, run_id)
    value = project_rows.get_value_model(ws.store, value_model_id)
    if value is None:
        raise NotFound("value model", value_model_id)
    part = read_scores(scores_path(ws, run)).test
    return part, valued_slice(ws, run, value, part)


def make_sample(value: ValueModel, y: BoolArray, score: FloatArray, frame: pd.DataFrame) -> Sample:
    """Labelled, scored rows with what decisions on them are worth.

    Args:
        frame: the columns that the value model's formulas read, a row for each of `y`.

    Raises:
        InvalidInput: a formula can't be worked out, or a cost is negative.
    """
    matrix = value.matrix
    payoffs = None if matrix.is_constant else row_payoffs(matrix, frame)
    prevalence = None if value.economics.prevalence is None else float(value.economics.prevalence)
    cost = value.limits.action_cost
    costs = None if cost is None else _amounts(cost, frame, "limits.action_cost")
    if costs is not None and bool((costs < 0).any()):
        raise InvalidInput("The cost of one action must not be negative.", field="limits.action_cost")
    return Sample(open_book(y, matrix, payoffs, prevalence), score, costs)


def row_payoffs(matrix: PayoffMatrix, frame: pd.DataFrame) -> RowPayoffs:
    """A matrix's payoffs for each row.

    Args:
        frame: the columns that its formulas read.
    """
    return RowPayoffs(*(_amounts(getattr(matrix, cell), frame, f"payoff.{cell}") for cell in CELLS))


def _amounts(cell: Cell, frame: pd.DataFrame, field: str) -> FloatArray:
    if isinstance(cell, Formula):
        return evaluate(cell.expression, frame, field)
    return np.full(len(frame), float(cell))


def ruled_rows(ws: Workspace, run: FinishedRun, value: ValueModel, scores: RunScores) -> BoolArray | None:
    """What today's rule treats on the test rows; None without a rule."""
    rule = value.treats
    if rule is None:
        return None
    return rule_mask(rule, runs().columns(ws, run.dataset_version_id, rule_columns(rule), scores.test.rows))


def paired(first: IntArray, second: IntArray) -> tuple[IntArray, IntArray] | None:
    """The orders in which two lists of rows are the same list; None where they aren't the same rows."""
    one, two = np.argsort(first), np.argsort(second)
    return (one, two) if np.array_equal(first[one], second[two]) else None
