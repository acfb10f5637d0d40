"""Columns that know the answer: what a single column says about the target, measured on held-out rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.data.baseline import as_numbers, as_texts, quantile_edges
from core.data.model import ColumnRoles, Kind

SURE = 0.98  # a single column that separates the classes this well hardly ever is honest
LIKELY = 0.90
HINT = 0.70  # below that, a name alone is no evidence
# Words of names that often stand for what is known only afterwards.
AFTERWARDS = re.compile(
    r"duration|result|outcome|after|closed|cancel|terminat|refund|churn|resolved|actual|final|終了|結果|解約|完了|退会|確定|実績",
    re.IGNORECASE,
)
MAX_ROWS = 50_000
BINS = 30
MIN_GROUP = 5


class LeakLevel(StrEnum):
    """How strong the evidence is."""

    SURE = "sure"
    LIKELY = "likely"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Leak:
    """A column that may give the answer away.

    Args:
        power: on rows not used for learning it: AUC for yes-or-no targets, share of variance explained for numbers, share right beyond
            guessing for classes; 1 is a perfect answer from this column alone.
        rows: rows that it was measured on.
    """

    column: str
    level: LeakLevel
    power: float
    rows: int


def find_leaks(frame: pd.DataFrame, kinds: dict[str, Kind], roles: ColumnRoles, seed: int = 0) -> tuple[Leak, ...]:
    """Look at each feature alone: learn the target's mean by bin on one half of the rows, judge it on the other.

    Args:
        frame: rows with all columns of `kinds`. seed: of the halves.

    Returns:
        suspicious columns, the strongest first.
    """
    known = frame[frame[roles.target].notna()]
    if len(known) > MAX_ROWS:
        known = known.sample(MAX_ROWS, random_state=seed)
    if len(known) < 40:
        return ()
    target = _target(known[roles.target], kinds[roles.target], roles)
    half = np.random.default_rng(seed).permutation(len(known)) % 2 == 0
    found = []
    for name, kind in kinds.items():
        if name in roles.not_features:
            continue
        power = _power(_codes(known[name], kind), target, half, binary=roles.positive is not None)
        level = leak_level(name, power)
        if level is not None:
            found.append(Leak(name, level, round(power, 4), int((~half).sum())))
    return tuple(sorted(found, key=lambda leak: -leak.power))


def leak_level(name: str, power: float) -> LeakLevel | None:
    """What a column's power says of it; its name counts only where the power is high enough to matter.

    >>> leak_level("duration", 0.8), leak_level("balance", 0.8), leak_level("balance", 0.99)
    (<LeakLevel.HINT: 'hint'>, None, <LeakLevel.SURE: 'sure'>)
    """
    if power >= LIKELY:
        return LeakLevel.SURE if power >= SURE else LeakLevel.LIKELY
    return LeakLevel.HINT if power >= HINT and AFTERWARDS.search(name) else None


def _target(column: pd.Series, kind: Kind, roles: ColumnRoles) -> npt.NDArray[np.float64]:
    """Columns of 0 and 1, one a class, shape (rows, classes); or the number itself, shape (rows, 1)."""
    if roles.positive is not None:
        return np.asarray(as_texts(column) == roles.positive, dtype=np.float64)[:, None]
    if kind.numeric and column.nunique() > 20:
        return as_numbers(column)[:, None]
    return pd.get_dummies(as_texts(column)).to_numpy(dtype=np.float64)


def _codes(column: pd.Series, kind: Kind) -> npt.NDArray[np.int64]:
    if kind.numeric or kind is Kind.DATETIME:
        numbers = as_numbers(column)
        codes = np.searchsorted(np.asarray(quantile_edges(numbers, BINS)), numbers, side="left") + 1
        return np.where(np.isnan(numbers), 0, codes).astype(np.int64)
    codes, _ = pd.factorize(as_texts(column))
    return (codes + 1).astype(np.int64)


def _power(codes: npt.NDArray[np.int64], target: npt.NDArray[np.float64], half: npt.NDArray[np.bool_], *, binary: bool) -> float:
    size = int(codes.max()) + 1
    counts = np.bincount(codes[half], minlength=size)
    overall = target[half].mean(axis=0)
    predicted = np.empty((int((~half).sum()), target.shape[1]))
    for k in range(target.shape[1]):
        sums = np.bincount(codes[half], weights=target[half, k], minlength=size)
        means = np.where(counts >= MIN_GROUP, sums / np.maximum(counts, 1), overall[k])
        predicted[:, k] = means[codes[~half]]
    truth = target[~half]
    if binary:
        return _auc(predicted[:, 0], truth[:, 0])
    if target.shape[1] == 1:
        total = float(((truth - overall) ** 2).sum())
        return 1 - float(((truth - predicted) ** 2).sum()) / total if total > 0 else 0.0
    right = float((predicted.argmax(1) == truth.argmax(1)).mean())
    guess = float(overall.max())
    return (right - guess) / (1 - guess) if guess < 1 else 0.0


def _auc(score: npt.NDArray[np.float64], truth: npt.NDArray[np.float64]) -> float:
    """Mann-Whitney statistic with ties counted half."""
    positives, negatives = truth.sum(), (1 - truth).sum()
    if positives == 0 or negatives == 0:
        return 0.5
    ranks = pd.Series(score).rank().to_numpy()
    return float((ranks[truth == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))
