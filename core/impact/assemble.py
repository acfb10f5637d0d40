"""From scored rows and a value model to an impact report: pure, seeded, nothing read or written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np

from core.errors import InvalidInput
from core.impact.alternatives import Alternative, AlternativeKind, Compared, compare_alternative, without_model
from core.impact.amounts import amount_of
from core.impact.arrays import BoolArray, FloatArray
from core.impact.books import Book
from core.impact.bootstrap import LEVEL, REPLICATES
from core.impact.choosing import Bounds, Candidate, Chosen, Sample, bounds_of, choose_within, fits_everybody, policy_of_reader
from core.impact.curve import threshold_grid
from core.impact.decision import DecisionPolicy
from core.impact.frequencies import natural_frequencies
from core.impact.parts import case_differences, curve_parts, policy_parts, treated_shares
from core.impact.payoff import Cells, as_money, count_cells
from core.impact.reliability import calibration_facts
from core.impact.report import (
    CASE_PLACES,
    FORMAT,
    AlternativeValue,
    BreakEvenPoint,
    CellAmounts,
    CurvePoint,
    ImpactReport,
    OutcomeGain,
    PolicyValue,
    Provenance,
    SliceInfo,
    ThresholdSource,
    TornadoBar,
    verdict_of,
)
from core.impact.scores import RunScores, Slice
from core.impact.sensitivity import Basis, Rates, break_evens, tornado
from core.project.model import Nouns
from core.project.payoffs import CELLS, PayoffMatrix
from core.project.value_model import ValueModel


@dataclass(frozen=True, slots=True)
class Subject:
    """What is valued.

    Args:
        scores_sha256: content of the scores; the seed of the replicates comes from it.
    """

    project_id: str
    run_id: str
    run_number: int
    dataset_version_id: str
    model_name: str
    nouns: Nouns
    scores_sha256: str


@dataclass(frozen=True, slots=True)
class Champion:
    """The model in use, on the same test rows: its name and its decisions, shape (n,)."""

    name: str
    decision: BoolArray


@dataclass(frozen=True, slots=True)
class Rows:
    """Both slices of a run, with what their decisions are worth: policies are chosen on the first and valued on the second."""

    scores: RunScores
    validation: Sample
    test: Sample


def seed_of(scores_sha256: str) -> int:
    """The seed of a report's replicates: the same content gives the same intervals."""
    return int(scores_sha256[:8] or "0", 16)


def build_report(
    subject: Subject,
    rows: Rows,
    value: ValueModel,
    *,
    rule: BoolArray | None,
    champion: Champion | None,
    threshold: float | None,
    now: datetime,
) -> ImpactReport:
    """Value a run's scores.

    Args:
        rule: what today's rule treats on the test rows, shape (n,); None without a rule.
        threshold: the reader's own, 0 to 1 (else InvalidInput); None recommends a policy.
    """
    chosen = choose_within(rows.validation, rows.test, value, seed := seed_of(subject.scores_sha256))
    policy = chosen.policy if threshold is None else policy_of_reader(threshold, chosen)
    single = policy.cut if not policy.by_case else chosen.policies[Candidate.BEST_THRESHOLD].cut
    test, book, decision, cases = rows.scores.test, rows.test.book, rows.test.decide(policy), value.cases_per_period
    cells, worth, typical = count_cells(test.y, decision), book.value(decision, seed), typical_amounts(book)
    offered = _offer(rows.test, decision, rule, champion, bounds_of(value))
    often = natural_frequencies(cells, cases, book.weights.positive, book.weights.negative)
    compared = [compare_alternative(book, decision, a, seed) for a in offered]
    best = max((c for c in compared if c.kind.needs_no_model), key=lambda c: c.value.value)
    return ImpactReport(
        FORMAT, subject.project_id, subject.run_id, subject.run_number, subject.dataset_version_id, subject.model_name,
        value.id, value.version, value.currency, value.period, cases, value.matrix, value.treats, subject.nouns,
        single, ThresholdSource.VALIDATION if threshold is None else ThresholdSource.READER, _info(rows.scores.validation), _info(test),
        amount_of(worth, cases), amount_of(worth, 1.0, CASE_PLACES),
        best.kind, amount_of(best.gain, cases), amount_of(best.gain, 1.0, CASE_PLACES), best.better,
        verdict_of(best.gain), tuple(map(partial(_alternative, book, decision, cases, seed), compared, offered)), cells, often,
        as_money(_lead(book, decision & ~test.y) * cases), as_money(-_lead(book, ~decision & test.y) * cases),
        *_curve(test, rows.test, cases, single, seed), book.curve(test.score).best_threshold,
        basis := _basis(typical), *_sensitivity(rows.test, decision, offered, best, value, basis),
        Provenance(subject.scores_sha256, seed, REPLICATES, LEVEL, now), typical, book.weights, value.limits, value.economics, policy,
        _policies(rows.test, chosen, threshold, policy, seed, cases), calibration_facts(rows.test, policy, value, seed),
        policy_parts(book, decision, cases), _outcome_gains(book, decision, offered),
    )  # fmt: skip


def typical_amounts(book: Book) -> CellAmounts:
    """Each payoff on average over the rows whose outcome it is for; over all rows where none has that outcome."""
    found = {}
    for cell in CELLS:
        of = book.y if cell in {"tp", "fn"} else ~book.y
        amounts: FloatArray = getattr(book.payoffs, cell)
        found[cell] = as_money(float(amounts[of].mean() if of.any() else amounts.mean()))
    return CellAmounts(**found)


def _basis(typical: CellAmounts) -> Basis:
    return Basis.VALUE if typical.fn == 0 and typical.tn == 0 else Basis.GAIN


def _outcome_gains(book: Book, decision: BoolArray, offered: Sequence[Alternative]) -> tuple[OutcomeGain, ...]:
    """Mean gain a case over each alternative without a model among the positive rows and among the negative ones, not weighted."""
    y, pay = book.y, book.payoffs
    if not y.any() or y.all():
        return ()
    acting = np.where(y, pay.tp - pay.fn, pay.fp - pay.tn)
    found = []
    for other in (a for a in offered if a.kind.needs_no_model):
        gain = (decision - np.broadcast_to(np.asarray(other.treated, dtype=np.float64), y.shape)) * acting
        found.append(OutcomeGain(other.kind, as_money(float(gain[y].mean()), CASE_PLACES), as_money(float(gain[~y].mean()), CASE_PLACES)))
    return tuple(found)


def _lead(book: Book, mask: BoolArray) -> float:
    """What treating these rows brings over leaving them alone, spread over all rows."""
    return float(book.values().gain[mask].sum()) / mask.size


def _policies(
    test: Sample, chosen: Chosen, threshold: float | None, policy: DecisionPolicy, seed: int, cases: int
) -> tuple[PolicyValue, ...]:
    """All candidates beside the policy that the report stands on, which is the reader's own where a threshold was given."""
    offered, decision = dict(chosen.policies), test.decide(policy)
    if threshold is not None:
        offered[Candidate.READER] = policy
    told = []
    for candidate, found in offered.items():
        other = test.decide(found)
        behind, _ = test.book.difference(decision, other, seed)
        positives = int(test.book.y.sum())
        reached = int((other & test.book.y).sum()) / positives if positives else 0.0
        actions = float(test.book.row_weights() @ other) / other.size * cases
        worth = amount_of(test.book.value(other, seed), cases)
        told.append(PolicyValue(candidate, found, worth, amount_of(behind, cases), actions, reached))
    return tuple(told)


def _offer(test: Sample, decision: BoolArray, rule: BoolArray | None, champion: Champion | None, bounds: Bounds) -> tuple[Alternative, ...]:
    offered = without_model(decision, rule, test.book.row_weights(), everybody=fits_everybody(test, bounds))
    return offered if champion is None else (*offered, Alternative(AlternativeKind.CHAMPION, champion.decision, champion.name))


def _info(part: Slice) -> SliceInfo:
    return SliceInfo(part.name, int(part.y.size), part.positives)


def _alternative(book: Book, decision: BoolArray, cases: int, seed: int, found: Compared, offered: Alternative) -> AlternativeValue:
    return AlternativeValue(
        found.kind, found.name, amount_of(found.value, cases), amount_of(found.gain, cases), found.better, found.treated * cases,
        *treated_shares(book, offered.treated), policy_parts(book, offered.treated, cases),
        *case_differences(book, decision, offered.treated, cases, seed),
    )  # fmt: skip


def _curve(test: Slice, sample: Sample, cases: int, chosen: float, seed: int) -> tuple[tuple[CurvePoint, ...], float]:
    grid, step = threshold_grid(float(test.score.max()))
    thresholds = np.union1d(grid, [chosen]) if chosen <= 1 else grid
    band = sample.book.band(test.score, thresholds, seed)
    parts: Sequence[CellAmounts | None] = curve_parts(sample.book, test.score, thresholds, cases) or [None] * thresholds.size
    points = [
        CurvePoint(float(at), cells, as_money(worth * cases), as_money(low * cases), as_money(high * cases), each)
        for at, cells, worth, low, high, each in zip(
            thresholds, cells_at(test, thresholds), band.value, band.low, band.high, parts, strict=True
        )
    ]
    return tuple(points), step


def cells_at(part: Slice, thresholds: FloatArray) -> list[Cells]:
    """The cells of many thresholds at once.

    Args:
        thresholds: rising, shape (m,).
    """
    bins = np.searchsorted(thresholds, part.score, side="right")
    hits = np.bincount(bins[part.y], minlength=thresholds.size + 1)[::-1].cumsum()[::-1][1:]
    treated = np.bincount(bins, minlength=thresholds.size + 1)[::-1].cumsum()[::-1][1:]
    positives, rows = part.positives, int(part.y.size)
    return [
        Cells(int(tp), int(all_ - tp), positives - int(tp), rows - positives - int(all_ - tp))
        for tp, all_ in zip(hits, treated, strict=True)
    ]


def _sensitivity(
    test: Sample, decision: BoolArray, offered: Sequence[Alternative], reference: Compared, value: ValueModel, basis: Basis
) -> tuple[tuple[TornadoBar, ...], tuple[BreakEvenPoint, ...]]:
    """The tornado and the break-even points; of payoffs that differ by row, as if all of a kind moved together."""
    typical = typical_amounts(test.book)
    try:
        pay = PayoffMatrix(typical.tp, typical.fp, typical.fn, typical.tn)
    except InvalidInput:
        return (), ()
    gains = {
        a.kind: rates_from_parts(test.book, test.book.contributions(decision, a.treated), pay) for a in offered if a.kind.needs_no_model
    }
    own = rates_from_parts(test.book, test.book.parts(decision), pay)
    swings = tornado(own if basis is Basis.VALUE else gains[reference.kind], pay, value.cases_per_period)
    bars = tuple(TornadoBar(s.assumption, s.share, s.low, s.base, s.high, as_money(s.at_low), as_money(s.at_high)) for s in swings)
    evens = tuple(
        BreakEvenPoint(b.assumption, as_money(b.at), as_money(b.base), AlternativeKind(b.against), b.above)
        for b in break_evens({kind.value: rates for kind, rates in gains.items()}, pay)
    )
    return bars, evens


def rates_from_parts(book: Book, parts: FloatArray, pay: PayoffMatrix) -> Rates:
    """Parts of a result as rates of typical payoffs: a rate times its payoff is its part, exactly."""
    each = np.array([float(pay.amount(cell)) for cell in CELLS])
    rates = np.divide(parts, each, out=np.zeros(4), where=each != 0)
    return Rates(rates, float(book.row_weights() @ book.y) / book.y.size)
