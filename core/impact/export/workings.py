"""How each policy decides, per positive and per negative case: what its value is worked out from once assumptions change."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.impact.alternatives import AlternativeKind
from core.impact.payoff import Cells
from core.impact.report import AlternativeValue, CellAmounts, CurvePoint, ImpactReport

HALF_A_CENT = 0.005


@dataclass(frozen=True, slots=True)
class Rates:
    """A policy's decisions as shares of the cases of either outcome.

    Args:
        reached, missed: of the positive cases; unneeded, left: of the negative ones. Where payoffs differ from case to case, these
            are weighted by them: a share times the average payoff is exactly what the policy gets of it.
        rest: value of a case that no average payoff explains (payoffs that cancel out on average); all but always 0.
    """

    reached: float
    missed: float
    unneeded: float
    left: float
    rest: float = 0.0


def share_positive(report: ImpactReport) -> float:
    """Share of positive cases that the report assumes in production."""
    return report.test.positives * report.weights.positive / report.test.rows


def model_rates(report: ImpactReport) -> Rates:
    """How the model decides."""
    return _weighted(report, _of_cells(report.cells), report.parts, report.value.value)


def point_rates(report: ImpactReport, point: CurvePoint) -> Rates:
    """How "treat from this threshold on" decides."""
    return _weighted(report, _of_cells(point.cells), point.parts, point.value)


def alternative_rates(report: ImpactReport, alternative: AlternativeValue) -> Rates | None:
    """How an alternative decides.

    Returns:
        None where its value and its number of actions don't tell it, in reports that keep no more.
    """
    plain = _plain(report, alternative)
    return None if plain is None else _weighted(report, plain, alternative.parts, alternative.value.value)


def _plain(report: ImpactReport, alternative: AlternativeValue) -> Rates | None:
    if alternative.reached is not None and alternative.unneeded is not None:
        return _acting(alternative.reached, alternative.unneeded)
    match alternative.kind:
        case AlternativeKind.NOTHING:
            return _acting(0.0, 0.0)
        case AlternativeKind.EVERYBODY:
            return _acting(1.0, 1.0)
        case AlternativeKind.RANDOM:
            share = alternative.actions / report.cases_per_period
            return _acting(share, share)
        case _:
            cells = _solved(report, alternative)
            return None if cells is None else _of_cells(cells)


def _acting(positive: float, negative: float) -> Rates:
    """A policy that acts on these shares of the positive and of the negative cases."""
    return Rates(positive, 1 - positive, negative, 1 - negative)


def _of_cells(cells: Cells) -> Rates:
    """The rates of a confusion matrix; 0 where an outcome doesn't occur."""
    negatives = cells.rows - cells.positives
    return _acting(cells.tp / cells.positives if cells.positives else 0.0, cells.fp / negatives if negatives else 0.0)


def _weighted(report: ImpactReport, plain: Rates, parts: CellAmounts | None, value: Decimal) -> Rates:
    """Rates that give a policy's parts at the average payoffs; the plain ones where all cases of a kind are worth the same."""
    if report.payoff.is_constant or parts is None:
        return plain
    share, cases = share_positive(report), report.cases_per_period

    def rate(part: Decimal, average: Decimal, of: float, otherwise: float) -> float:
        return float(part) / (cases * of * float(average)) if average and of else otherwise

    pay = report.amounts
    reached, missed = rate(parts.tp, pay.tp, share, plain.reached), rate(parts.fn, pay.fn, share, plain.missed)
    unneeded, left = rate(parts.fp, pay.fp, 1 - share, plain.unneeded), rate(parts.tn, pay.tn, 1 - share, plain.left)
    positive, negative = reached * float(pay.tp) + missed * float(pay.fn), unneeded * float(pay.fp) + left * float(pay.tn)
    rest = float(value) / cases - share * positive - (1 - share) * negative
    return Rates(reached, missed, unneeded, left, rest if abs(rest * cases) > 1 else 0.0)


def _solved(report: ImpactReport, alternative: AlternativeValue) -> Cells | None:
    """The cells of a policy from its value and its actions: two equations, two unknowns, whole numbers of rows.

    value = tp * (v_tp - v_fn) + fp * (v_fp - v_tn) + the value of doing nothing; actions = tp + fp; of reports that knew no weights.
    """
    rows, positives, pay = report.test.rows, report.test.positives, report.amounts
    scale = Decimal(report.cases_per_period) / rows
    up, down = pay.tp - pay.fn, pay.fp - pay.tn
    if up == down:
        return None
    treated = round(alternative.actions / float(scale))
    idle = positives * pay.fn + (rows - positives) * pay.tn
    hits = (alternative.value.value / scale - idle - treated * down) / (up - down)
    tp = round(hits)
    # The report rounds amounts to cents: a whole number of rows must lie within what that can have moved.
    unsure = HALF_A_CENT / float(scale * abs(up - down)) + 1e-6
    if unsure > 0.5 or abs(float(hits) - tp) > unsure or not 0 <= tp <= positives or not 0 <= treated - tp <= rows - positives:
        return None
    return Cells(tp, treated - tp, positives - tp, rows - positives - (treated - tp))
