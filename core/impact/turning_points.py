"""Where the world would have to change for the model to stop paying: how frequent, how many, how much can be done."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from core.errors import InvalidInput
from core.impact.arrays import FloatArray
from core.impact.payoff import RowValues
from core.impact.sensitivity import Assumption, BreakEven

COSTS = ""


def break_even_prevalence(parts: Mapping[str, FloatArray], prevalence: float) -> tuple[BreakEven, ...]:
    """How frequent positive cases would have to be for an alternative to draw level, the decisions staying as they are.

    The gain is linear in the prevalence where each class keeps its hit rate (prior shift): with P and N the parts of positive
    and negative cases in it, ``p / p0 P + (1 - p) / (1 - p0) N``, zero at ``N / (1 - p0) / (N / (1 - p0) - P / p0)``.

    Args:
        parts: what each cell (tp, fp, fn, tn) has in the gain over each alternative, money a case, shape (4,), by the
            alternative's name (`Book.contributions`).
        prevalence: what is assumed, 0 to 1.

    Returns:
        The nearest above and below; empty where the model isn't ahead today.
    """
    if not 0 < prevalence < 1 or any(float(cells.sum()) <= 0 for cells in parts.values()):
        return ()
    crossings = []
    for name, cells in parts.items():
        up, down = float(cells[[0, 2]].sum()) / prevalence, float(cells[[1, 3]].sum()) / (1 - prevalence)
        if up * down < 0:
            crossings.append((down / (down - up), name))
    below = [c for c in crossings if c[0] < prevalence]
    over = [c for c in crossings if c[0] > prevalence]
    nearest = ([max(below)] if below else []) + ([min(over)] if over else [])
    return tuple(BreakEven(Assumption.PREVALENCE, at, prevalence, name, at < prevalence) for at, name in nearest)


def break_even_cases(gain_per_case: float, cases_per_period: float, needed: float) -> BreakEven | None:
    """How many cases a period must bring for the gain to cover what the model costs.

    Args:
        gain_per_case: over the best alternative, money.
        needed: gain a period at which the business case is worth nothing (`BusinessCase.needed`).

    Returns:
        None where the model costs nothing or gains nothing.
    """
    if needed <= 0 or gain_per_case <= 0:
        return None
    return BreakEven(Assumption.CASES, needed / gain_per_case, cases_per_period, COSTS, above=True)


def break_even_capacity(
    rank: FloatArray,
    values: RowValues,
    weights: FloatArray,
    decision: npt.ArrayLike,
    alternatives: Mapping[str, npt.ArrayLike],
    cases_per_period: float,
    needed: float = 0.0,
) -> BreakEven | None:
    """How many actions a period must be possible for the model to draw level with the best alternative and to cover its costs.

    With fewer actions the model treats the best ranked of those that it would treat; the alternatives, which don't know
    whom to leave out, are taken as they are.

    Args:
        rank: what the policy ranks by (a score, or an expected gain), shape (n,).
        values: each row's weighted value if treated and if left alone.
        weights: rows of production that each row stands for, shape (n,).
        decision: what the model treats today, shape (n,).
        alternatives: what would be treated without the model, by name; shape (n,) or one number.
        needed: gain a period that the model's costs take.

    Returns:
        None where even today's actions don't suffice, or where nothing needs to be earned.
    """
    treated = np.asarray(decision, dtype=np.bool_)
    if not values.rows == rank.size == weights.size == treated.size:
        raise InvalidInput("Each row needs both of its values, if treated and if left alone.", field="payoff")
    scale = cases_per_period / values.rows
    order = np.argsort(-rank[treated], kind="stable")
    earned = np.concatenate(([0.0], np.cumsum(values.gain[treated][order]))) * scale
    actions = np.concatenate(([0.0], np.cumsum(weights[treated][order]))) * scale
    others = {name: float((np.broadcast_to(np.asarray(t, dtype=np.float64), rank.shape) * values.gain).sum()) * scale for name, t in alternatives.items()}  # fmt: skip
    best = max(others, key=lambda name: others[name], default=COSTS)
    hurdle = max(others.get(best, 0.0), 0.0) + needed
    enough = np.flatnonzero(earned >= hurdle)
    if hurdle <= 0 or enough.size == 0 or earned[-1] < hurdle:
        return None
    against = best if others.get(best, 0.0) > 0 else COSTS
    return BreakEven(Assumption.CAPACITY, float(actions[enough[0]]), float(actions[-1]), against, above=True)
