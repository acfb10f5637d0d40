"""Two assumptions moved together: what a period brings at each pair, for a heat map."""

from __future__ import annotations

from core.errors import InvalidInput
from core.identity import Permission, Principal, require
from core.impact.assemble import rates_from_parts, typical_amounts
from core.impact.breakdown import cut_of, reference_of
from core.impact.details import TwoWay
from core.impact.remembered import Remembered
from core.impact.report import ImpactReport
from core.impact.sensitivity import PAYOFFS, Assumption, Basis, heat_map
from core.project.payoffs import PayoffMatrix
from core.words import Words
from core.workspace import Workspace

FACTORS = (0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5)
MOVABLE = (*PAYOFFS, Assumption.PREVALENCE, Assumption.CASES)


_kept: Remembered[TwoWay] = Remembered()


def movable(report: ImpactReport) -> tuple[Assumption, ...]:
    """Assumptions that can be moved: a payoff of zero has no multiple."""
    return tuple(a for a in MOVABLE if a not in PAYOFFS or getattr(report.amounts, a.value) != 0)


def widest_pair(report: ImpactReport) -> tuple[Assumption, Assumption] | None:
    """The two assumptions that move a report's result most; None where fewer than two can be moved."""
    known = movable(report)
    bars = [bar.assumption for bar in report.tornado if bar.assumption in known]
    first, second, *_ = (*bars, *(a for a in known if a not in bars), None, None)
    return None if first is None or second is None else (first, second)


def move_two(ws: Workspace, actor: Principal, report: ImpactReport, first: Assumption, second: Assumption) -> TwoWay:
    """Move two assumptions together, decisions as they are; the pair that was frozen with a report is as it was.

    Raises:
        InvalidInput: twice the same assumption, or one that can't be moved.
    """
    require(actor, Permission.READ_VALUE)
    for wanted in (first, second):
        if wanted not in movable(report):
            raise InvalidInput(
                "'{assumption}' can't be moved here. Choose one of: {known}.", field="assumption", assumption=wanted.value,
                known=", ".join(a.value for a in movable(report)),
            )  # fmt: skip
    if first is second:
        raise InvalidInput("Choose two different assumptions.", field="assumption")
    kept = report.details.two_way if report.details is not None else None
    if kept is not None and (kept.first, kept.second) == (first, second):
        return kept
    key = (first, second, report.run_id, report.provenance.scores_sha256, report.value_model_id, report.decides, str(ws.settings.home))
    return _kept.get(key, lambda: _moved(ws, report, first, second))


def _moved(ws: Workspace, report: ImpactReport, first: Assumption, second: Assumption) -> TwoWay:
    cut = cut_of(ws, report)
    book, typical = cut.sample.book, typical_amounts(cut.sample.book)
    pay = PayoffMatrix(typical.tp, typical.fp, typical.fn, typical.tn)
    own = report.basis is Basis.VALUE
    parts = book.parts(cut.decision) if own else book.contributions(cut.decision, reference_of(ws, report, cut))
    rates = rates_from_parts(book, parts, pay)
    amounts = heat_map(rates, pay, report.cases_per_period, first, second, FACTORS)
    base = {Assumption.PREVALENCE: rates.prevalence, Assumption.CASES: float(report.cases_per_period)}
    base |= {a: float(getattr(typical, a.value)) for a in PAYOFFS}
    firsts, seconds = (tuple(base[a] * f for f in FACTORS) for a in (first, second))
    return TwoWay(
        first, second, report.basis, report.reference, FACTORS, firsts, seconds,
        tuple(tuple(float(v) for v in row) for row in amounts),
    )  # fmt: skip


def two_way_finding(words: Words, found: TwoWay) -> str:
    """Whether the result stays above zero wherever both assumptions go."""
    pairs = len(found.factors) ** 2
    if found.losing == 0:
        return words.t("It pays wherever both go, from half to one and a half times as much")
    if found.losing == pairs:
        return words.t("It pays nowhere, wherever both go")
    return words.t("It pays in {count} of {all} pairs", count=pairs - found.losing, all=pairs)
