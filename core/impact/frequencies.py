"""Hit rates as people count: of 1,000 customers who would leave, of 100 calls, so many a month."""

from __future__ import annotations

from dataclasses import dataclass

from core.impact.payoff import Cells

OF_CASES = 1_000
OF_ACTIONS = 100


@dataclass(frozen=True, slots=True)
class NaturalFrequencies:
    """A decision in natural frequencies (Gigerenzer and Hoffrage 1995).

    Args:
        reached, missed: of 1,000 positive cases; None where the slice has none.
        unneeded: of 100 actions; None where nobody is treated.
        actions, needed_actions, unneeded_actions, missed_cases: a period, in cases.
        positives: positive cases a period.
    """

    reached: int | None
    missed: int | None
    unneeded: int | None
    actions: float
    needed_actions: float
    unneeded_actions: float
    missed_cases: float
    positives: float


def natural_frequencies(
    cells: Cells, cases_per_period: float, positive_weight: float = 1.0, negative_weight: float = 1.0
) -> NaturalFrequencies:
    """Say a confusion matrix in natural frequencies.

    Args:
        cells: counts on the test slice.
        cases_per_period: cases that a period brings.
        positive_weight, negative_weight: rows of production that a row of the slice stands for, by outcome.

    >>> found = natural_frequencies(Cells(tp=82, fp=18, fn=18, tn=882), 10_000)
    >>> found.reached, found.missed, found.unneeded, found.actions
    (820, 180, 18, 1000.0)
    """
    scale = cases_per_period / cells.rows if cells.rows else 0.0
    up, down = scale * positive_weight, scale * negative_weight
    treated = cells.tp * up + cells.fp * down
    reached = round(OF_CASES * cells.tp / cells.positives) if cells.positives else None
    return NaturalFrequencies(
        reached,
        None if reached is None else OF_CASES - reached,
        round(OF_ACTIONS * cells.fp * down / treated) if treated else None,
        treated,
        cells.tp * up,
        cells.fp * down,
        cells.fn * up,
        cells.positives * up,
    )
