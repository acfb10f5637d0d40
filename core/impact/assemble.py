"""From scored rows and a value model to an impact report: pure, seeded, nothing read or written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from core.errors import InvalidInput
from core.impact.alternatives import Alternative, AlternativeKind, Compared, compare_alternative, without_model
from core.impact.arrays import BoolArray, FloatArray
from core.impact.bootstrap import LEVEL, REPLICATES, bootstrap_band, bootstrap_value, make_rng, pair_cells, percentile_interval
from core.impact.curve import profit_curve, threshold_grid
from core.impact.frequencies import natural_frequencies
from core.impact.payoff import Cells, as_money, count_cells, decide, total_value
from core.impact.report import (
    CASE_PLACES,
    FORMAT,
    AlternativeValue,
    Basis,
    BreakEvenPoint,
    CurvePoint,
    ImpactReport,
    Provenance,
    SliceInfo,
    ThresholdSource,
    TornadoBar,
    Verdict,
    amount_of,
)
from core.impact.scores import RunScores, Slice
from core.impact.sensitivity import break_evens, rates_of, tornado
from core.project.model import Nouns
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


def choose_threshold(validation: Slice, value: ValueModel) -> float:
    """The most valuable threshold of the validation slice (no row of it is valued later, so the choice adds no optimism)."""
    return profit_curve(validation.y, validation.score, value.payoff).best_threshold


def _checked(threshold: float) -> float:
    if not 0 <= threshold <= 1:
        raise InvalidInput("The threshold {threshold} must lie between 0 and 1.", field="threshold", threshold=threshold)
    return threshold


def seed_of(scores_sha256: str) -> int:
    """The seed of a report's replicates: the same content gives the same intervals."""
    return int(scores_sha256[:8] or "0", 16)


def build_report(
    subject: Subject,
    scores: RunScores,
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
        threshold: the reader's own, 0 to 1 (else InvalidInput); None chooses the best on the validation slice.
    """
    chosen = choose_threshold(scores.validation, value) if threshold is None else _checked(threshold)
    test, seed, cases = scores.test, seed_of(subject.scores_sha256), value.cases_per_period
    decision = decide(test.score, chosen)
    cells = count_cells(test.y, decision)
    offered = _offer(decision, rule, champion)
    compared = [compare_alternative(test.y, decision, a, value.payoff, seed) for a in offered]
    best = max((c for c in compared if c.kind.needs_no_model), key=lambda c: c.value.value)
    mean = float(total_value(cells, value.payoff)) / cells.rows
    worth = percentile_interval(mean, bootstrap_value(cells, value.payoff, make_rng(seed)))
    basis = Basis.VALUE if value.payoff.fn == 0 and value.payoff.tn == 0 else Basis.GAIN
    often = natural_frequencies(cells, cases)
    return ImpactReport(
        FORMAT, subject.project_id, subject.run_id, subject.run_number, subject.dataset_version_id, subject.model_name,
        value.id, value.version, value.currency, value.period, cases, value.payoff, value.rule, subject.nouns,
        chosen, ThresholdSource.VALIDATION if threshold is None else ThresholdSource.READER, _info(scores.validation), _info(test),
        amount_of(worth, cases), amount_of(worth, 1.0, CASE_PLACES),
        best.kind, amount_of(best.gain, cases), amount_of(best.gain, 1.0, CASE_PLACES), best.better,
        _verdict(best), tuple(_alternative(c, cases) for c in compared), cells, often,
        as_money(often.unneeded_actions * float(value.payoff.fp - value.payoff.tn)),
        as_money(often.missed_cases * float(value.payoff.fn - value.payoff.tp)),
        *_curve(test, value, chosen, seed), profit_curve(test.y, test.score, value.payoff).best_threshold,
        basis, *_sensitivity(test, decision, offered, best, value, basis),
        Provenance(subject.scores_sha256, seed, REPLICATES, LEVEL, now),
    )  # fmt: skip


def _offer(decision: BoolArray, rule: BoolArray | None, champion: Champion | None) -> tuple[Alternative, ...]:
    offered = without_model(decision, rule)
    return offered if champion is None else (*offered, Alternative(AlternativeKind.CHAMPION, champion.decision, champion.name))


def _info(part: Slice) -> SliceInfo:
    return SliceInfo(part.name, int(part.y.size), part.positives)


def _verdict(reference: Compared) -> Verdict:
    gain = reference.gain
    if gain.low == gain.high == 0:
        return Verdict.SAME
    if gain.low > 0:
        return Verdict.BETTER
    return Verdict.WORSE if gain.high < 0 else Verdict.UNCERTAIN


def _alternative(found: Compared, cases: int) -> AlternativeValue:
    return AlternativeValue(
        found.kind, found.name, amount_of(found.value, cases), amount_of(found.gain, cases), found.better, found.treated * cases
    )


def _curve(test: Slice, value: ValueModel, chosen: float, seed: int) -> tuple[tuple[CurvePoint, ...], float]:
    grid, step = threshold_grid(float(test.score.max()))
    thresholds = np.union1d(grid, [chosen]) if chosen <= 1 else grid
    band = bootstrap_band(test.y, test.score, thresholds, value.payoff, make_rng(seed))
    cases = value.cases_per_period
    points = [
        CurvePoint(float(at), cells, as_money(worth * cases), as_money(low * cases), as_money(high * cases))
        for at, cells, worth, low, high in zip(thresholds, cells_at(test, thresholds), band.value, band.low, band.high, strict=True)
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
    test: Slice, decision: BoolArray, offered: Sequence[Alternative], reference: Compared, value: ValueModel, basis: Basis
) -> tuple[tuple[TornadoBar, ...], tuple[BreakEvenPoint, ...]]:
    gains = {a.kind: rates_of(pair_cells(test.y, decision, a.treated))[1] for a in offered if a.kind.needs_no_model}
    own = rates_of(pair_cells(test.y, decision, 0.0))[0]
    swings = tornado(own if basis is Basis.VALUE else gains[reference.kind], value.payoff, value.cases_per_period)
    bars = tuple(TornadoBar(s.assumption, s.share, s.low, s.base, s.high, as_money(s.at_low), as_money(s.at_high)) for s in swings)
    evens = tuple(
        BreakEvenPoint(b.assumption, as_money(b.at), as_money(b.base), AlternativeKind(b.against), b.above)
        for b in break_evens({kind.value: rates for kind, rates in gains.items()}, value.payoff)
    )
    return bars, evens
