"""What today's rule of several classes does on real rows, and why it can't be carried out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.model import DatasetVersion
from core.errors import InvalidInput
from core.impact.preview_checks import READS_TARGET, Problem, cell_problems, problem_of
from core.impact.rule import rule_columns
from core.impact.todays import OPEN, cell_names, decided_today, known_classes, listed, unknown_names
from core.project.expression import evaluate_partly
from core.project.value_model import ClassRule, DecidedBy, DecidedWhere
from core.words import mark


@dataclass(frozen=True, slots=True)
class TodaysClasses:
    """What today's rule decides on the rows.

    Args:
        shares: share of rows that each class is decided for, in the order of the payoffs. right: share in which that is the true class.
    """

    shares: tuple[tuple[str, float], ...] = ()
    right: float | None = None
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()


def check_classes(rule: ClassRule | None, classes: tuple[str, ...], version: DatasetVersion, frame: pd.DataFrame) -> TodaysClasses:
    """Carry today's rule out on rows.

    Args:
        frame: holds the rule's columns, and the target where the version has one.
    """
    if rule is None:
        return TodaysClasses()
    target = version.roles.target if version.roles else None
    if target in rule_columns(rule):
        return TodaysClasses(problems=(Problem("rule", READS_TARGET, (("column", str(target)),)),))
    lacking = next((name for name in rule_columns(rule) if name not in frame.columns), None)
    if lacking is not None:
        error = InvalidInput(
            "Today's rule reads the column '{column}', which the data doesn't have. There are: {known}.",
            field="rule",
            column=lacking,
            known="",
        )
        return TodaysClasses(problems=(problem_of(error, version),))
    try:
        problems = _open_conditions(rule, version, frame) if isinstance(rule, DecidedWhere) else _open_names(rule, classes, frame)
        decided = None if problems else decided_today(rule, classes, frame)
    except InvalidInput as error:
        return TodaysClasses(problems=(problem_of(error, version),))
    if decided is None:
        return TodaysClasses(problems=problems)
    shares = tuple((name, float((decided == index).mean())) for index, name in enumerate(classes)) if len(frame) else ()
    always = next((name for name, share in shares if share == 1), None)
    template = mark("Today's rule decides on '{name}' for every one of these rows. Is that how you decide today?")
    remarks = (Problem("rule", template, (("name", always),)),) if always is not None else ()
    return TodaysClasses(shares, _right(decided, classes, target, frame), (), remarks)


def _open_names(rule: DecidedBy, classes: tuple[str, ...], frame: pd.DataFrame) -> tuple[Problem, ...]:
    """Cells that name no class where every cell must."""
    bad = int((known_classes(rule, classes, frame) == OPEN).sum())
    if not bad:
        return ()
    template = mark(
        "Today's rule finds no class in the column '{column}' for {bad} of {rows} rows ({names}). Say which class each name stands for, or choose a class for all others."
    )
    names = listed(unknown_names(rule, classes, frame))
    return (Problem("rule", template, (("column", rule.column), ("bad", str(bad)), ("rows", str(len(frame))), ("names", names)), bad),)


def _open_conditions(rule: DecidedWhere, version: DatasetVersion, frame: pd.DataFrame) -> tuple[Problem, ...]:
    """Conditions that can't be worked out on some row."""
    worked = ((when, evaluate_partly(when.expression, frame, "rule")) for when, _ in rule.cases)
    return tuple(problem for when, values in worked for problem in cell_problems(when, "rule", version, frame, values))


def _right(
    decided: np.ndarray[tuple[int], np.dtype[np.int64]], classes: tuple[str, ...], target: str | None, frame: pd.DataFrame
) -> float | None:
    """Share of rows with a known outcome in which the rule decides on it."""
    if target is None or target not in frame.columns:
        return None
    truth = cell_names(frame[target])
    known = truth.notna().to_numpy(dtype=np.bool_)
    names = np.array(classes, dtype=object)[decided]
    return float((names[known] == truth[known].to_numpy(dtype=object)).mean()) if known.any() else None
