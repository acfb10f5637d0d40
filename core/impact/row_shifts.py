"""How far a forecast must be moved for each critical ratio: the residuals' quantiles as a table, also where small deviations are free."""

from __future__ import annotations

import numpy as np

from core.impact.arrays import FloatArray

STEPS = 500
LEVEL = 1e-9


def ratio_shifts(residuals: FloatArray, tolerance: float = 0.0, scale: FloatArray | None = None, steps: int = STEPS) -> tuple[float, ...]:
    """The shift that costs least for each of `steps` + 1 critical ratios from 0 to 1 in even steps.

    A row with the ratio q = under / (under + over) is planned best where ``q (S - A) = (1 - q) B``: A counts the rows that no longer
    fall short there, B those that already are too much, S all. So the best shift is the inverse of ``B / (B + S - A)``, which without
    tolerance is the residuals' empirical distribution and the shift their quantile. Of several equally good shifts, the one in the
    middle; at the ratios 0 and 1 the limit.

    Args:
        residuals: actual less forecast, shape (n,). tolerance: deviations up to this many units cost nothing.
        scale: positive, shape (n,), of forecasts that are moved by a share of it; rows weigh by it. None for ones.

    Returns:
        Never falling; `shifts_at` reads it.

    Source: the newsvendor's critical ratio (Arrow, Harris, Marschak 1951); quantiles as minima of piecewise linear losses: Koenker and
    Bassett 1978.

    >>> ratio_shifts(np.array([1.0, 2.0, 3.0, 4.0]), steps=4)
    (1.0, 1.5, 2.5, 3.5, 4.0)
    """
    size = np.ones(residuals.size) if scale is None else scale
    places = np.concatenate(((residuals - tolerance) / size, (residuals + tolerance) / size))
    order, none = np.argsort(places, kind="stable"), np.zeros(residuals.size)
    places, total = places[order], float(size.sum())
    short = np.maximum(total - np.cumsum(np.concatenate((size, none))[order]), 0.0)
    much = np.cumsum(np.concatenate((none, size))[order])
    short[short < LEVEL * total], much[much < LEVEL * total] = 0.0, 0.0
    whole, free = short + much, short + much == 0
    ratio = np.divide(much, whole, out=np.zeros_like(much), where=~free)
    # The ends stand for the limits: a row whose cost is all on one side is planned just where the other side would begin.
    wanted = np.clip(np.linspace(0.0, 1.0, steps + 1), 2 * LEVEL, 1 - 2 * LEVEL)
    # Where no row costs anything every ratio is content: it ends the search from the left and doesn't stop the one from the right.
    first = places[np.searchsorted(np.where(free, 1.0, ratio), wanted - LEVEL, side="left")]
    second = places[np.searchsorted(ratio, wanted + LEVEL, side="right")]
    found = first + (second - first) / 2
    return tuple(np.maximum.accumulate(found).tolist())


def shifts_at(table: tuple[float, ...], ratios: FloatArray) -> FloatArray:
    """What `ratio_shifts` gives at some ratios, between its steps in a straight line, shape as `ratios`.

    >>> shifts_at((0.0, 10.0, 30.0), np.array([0.25, 0.75])).tolist()
    [5.0, 20.0]
    """
    found: FloatArray = np.interp(ratios, np.linspace(0.0, 1.0, len(table)), np.array(table))
    return found
