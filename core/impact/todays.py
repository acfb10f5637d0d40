"""What is decided and planned today where no model helps: classes named by a column, and planned numbers, on rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.data.baseline import as_texts
from core.errors import InvalidInput
from core.impact.arrays import FloatArray, IntArray
from core.project.expression import evaluate
from core.project.payoffs import Formula
from core.project.value_model import ClassRule, DecidedBy, DecidedWhere

NAMED = 5
OPEN = -1


def decided_today(rule: ClassRule, classes: tuple[str, ...], frame: pd.DataFrame) -> IntArray:
    """The class that today's rule decides on for each row, as an index, shape (n,).

    Args:
        frame: holds the rule's columns.

    Raises:
        InvalidInput: a column isn't there, the rule names a class that the payoffs don't have, a cell names none and no default is given,
            or a condition can't be worked out on some row.

    >>> frame = pd.DataFrame({"queue": ["VF", "night", None]})
    >>> decided_today(DecidedBy("queue", (("night", "L"),), "F"), ("VF", "F", "L"), frame).tolist()
    [0, 2, 1]
    """
    if isinstance(rule, DecidedWhere):
        return _where(rule, classes, frame)
    found = known_classes(rule, classes, frame)
    bad = int((found == OPEN).sum())
    if bad:
        raise InvalidInput(
            "Today's rule finds no class in the column '{column}' for {bad} of {rows} rows ({names}). Say which class each name stands for, "
            "or choose a class for all others.",
            field="rule", column=rule.column, bad=bad, rows=len(frame), names=listed(unknown_names(rule, classes, frame)),
        )  # fmt: skip
    return found


def _where(rule: DecidedWhere, classes: tuple[str, ...], frame: pd.DataFrame) -> IntArray:
    """The class of the first condition that holds on each row."""
    place = _places(rule, classes)
    decided = np.full(len(frame), place[rule.otherwise], dtype=np.int64)
    for when, given in reversed(rule.cases):
        decided[evaluate(when.expression, frame, "rule") != 0] = place[given]
    return decided


def _places(rule: ClassRule, classes: tuple[str, ...]) -> dict[str, int]:
    """Index of each class; the rule must name no other."""
    place = {name: index for index, name in enumerate(classes)}
    unknown = next((name for name in rule.classes if name not in place), None)
    if unknown is not None:
        raise InvalidInput(
            "Today's rule names the class '{name}', which the payoffs don't have. There are: {known}.",
            field="rule", name=unknown, known=", ".join(classes),
        )  # fmt: skip
    return place


def known_classes(rule: DecidedBy, classes: tuple[str, ...], frame: pd.DataFrame) -> IntArray:
    """The same where a cell names a class; `OPEN` where it names none and there is no default.

    Raises:
        InvalidInput: the column isn't there, or the rule names a class that the payoffs don't have.
    """
    if rule.column not in frame.columns:
        raise InvalidInput(
            "Today's rule needs the column '{column}', which these rows don't have. Choose another column in the value model.",
            field="rule", column=rule.column,
        )  # fmt: skip
    place = _places(rule, classes)
    stands_for = place | {said: place[name] for said, name in rule.names}
    other = OPEN if rule.otherwise is None else place[rule.otherwise]
    found = cell_names(frame[rule.column]).map(stands_for).fillna(other)
    return np.asarray(found.to_numpy(), dtype=np.int64)


def unknown_names(rule: DecidedBy, classes: tuple[str, ...], frame: pd.DataFrame) -> tuple[str, ...]:
    """What cells say that names no class, the most frequent first; the empty text for empty cells."""
    said = cell_names(frame[rule.column]).fillna("")
    known = {*classes, *(name for name, _ in rule.names)}
    return tuple(str(name) for name in said[~said.isin(known)].value_counts().index)


def listed(names: tuple[str, ...]) -> str:
    """Some names for a message; empty cells as a dash."""
    return ", ".join(name[:40] or "–" for name in names[:NAMED]) + (" …" if len(names) > NAMED else "")


def cell_names(cells: pd.Series) -> pd.Series:
    """Cells as people write them in a rule: without spaces around, whole numbers without decimals, and empty where nothing stands.

    >>> cell_names(pd.Series([1.0, None, 2.0])).tolist()
    ['1', nan, '2']
    """
    if pd.api.types.is_float_dtype(cells):
        whole = cells.dropna()
        if bool((whole == whole.round()).all()):
            cells = cells.astype("Int64")
    texts = as_texts(cells).astype("object")
    texts = texts.where(texts.isna(), texts.astype(str).str.strip())
    return texts.where(texts.notna() & (texts != ""), np.nan)


def planned_today(rule: Formula, frame: pd.DataFrame) -> FloatArray:
    """The number that is planned today for each row, shape (n,).

    Args:
        frame: the columns that the formula reads.

    Raises:
        InvalidInput: it can't be worked out on some row; says how many.

    >>> planned_today(Formula("1.1 * last_week"), pd.DataFrame({"last_week": [10.0, 20.0]})).round(1).tolist()
    [11.0, 22.0]
    """
    return evaluate(rule.expression, frame, "rule")
