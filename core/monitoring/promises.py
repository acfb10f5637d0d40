"""What an approved report promises, as monitoring counts it: per case, and apart for both outcomes."""

from __future__ import annotations

from core.impact.alternatives import AlternativeKind
from core.impact.report import ImpactReport
from core.monitoring.served import Promise

# Share of the cases that an alternative treats, whatever the case.
ALWAYS = {AlternativeKind.NOTHING: 0.0, AlternativeKind.EVERYBODY: 1.0}


def make_promise(report: ImpactReport, kind: AlternativeKind) -> Promise:
    """What a report promises over an alternative, per case."""
    cells, cases = report.cells, report.cases_per_period
    found = report.alternative(kind)
    gain = report.gain if kind is report.reference or found is None else found.gain
    if_positive, if_negative = outcome_gains(report, kind) or (None, None)
    return Promise(
        float(gain.value) / cases,
        float(gain.low) / cases,
        float(gain.high) / cases,
        cells.rows,
        cells.positives,
        cells.treated,
        report.period,
        cases,
        cells.tp / cells.positives if cells.positives else None,
        cells.tp / cells.treated if cells.treated else None,
        if_positive,
        if_negative,
    )


def outcome_gains(report: ImpactReport, kind: AlternativeKind) -> tuple[float, float] | None:
    """Gain per case over an alternative among the test slice's positives and among its negatives.

    Reports of the first format don't hold them; over doing nothing or treating everybody they follow from the cells: with t1, t0
    the shares of positives and negatives that the model treats and r that of the alternative, (t1 - r) (tp - fn) and
    (t0 - r) (fp - tn).

    Returns:
        None where the report doesn't tell: one outcome never came, or it is an old report held against a rule.
    """
    told = next((gain for gain in report.outcome_gains if gain.kind is kind), None)
    if told is not None:
        return float(told.if_positive), float(told.if_negative)
    cells, pay = report.cells, report.payoff
    positives, negatives = cells.positives, cells.rows - cells.positives
    if not positives or not negatives or not pay.is_constant or kind not in ALWAYS:
        return None
    act, spare = float(pay.amount("tp") - pay.amount("fn")), float(pay.amount("fp") - pay.amount("tn"))
    return (cells.tp / positives - ALWAYS[kind]) * act, (cells.fp / negatives - ALWAYS[kind]) * spare
