"""The five parts of a check, judged: pure functions of sums, baseline, promise and limits. Too little data never alarms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.monitoring import drift as d
from core.monitoring.drift import Drift, Limits, ShareRise
from core.monitoring.ledger import Entry
from core.monitoring.model import MonitorConfig, Part, PartResult, Reason, Verdict, worst
from core.monitoring.performance import Performance, Z, is_below
from core.monitoring.served import Promise, ServedModel
from core.monitoring.summaries import SCORE
from core.monitoring.sums import FeatureSums, Traffic
from core.words import mark

# Our own convention: a share that has fallen below four fifths of the promised one, beyond chance, is red.
PERFORMANCE_ACT = 0.8
NAMES_SHOWN = 5

TOO_FEW_ROWS = mark("Only {have_n} of the {need_n} predictions that this needs have come so far.")
TOO_FEW_LABELS = mark("Only {have_n} of the {need_n} known outcomes that this needs have come so far.")
NO_BASELINE = mark("This version brought no picture of its training data, so there is nothing to compare with.")
NO_PROMISE = mark("This version has no approved promise to compare with.")
DRIFT_NONE = mark("What comes in looks like the training data.")
DRIFT_ONE = mark("What comes in looks different from the training data in 1 column: {names}.")
DRIFT_MANY = mark("What comes in looks different from the training data in {count_n} columns: {names}.")
DRIFT_SCORE = mark("The model's predictions are spread differently than at approval (PSI {value_psi}).")
MISSING = mark("In '{name}', {now_share} of the values are missing; in the training data it was {before_share}.")
UNSEEN = mark("In '{name}', {now_share} of the values were never seen in the training data (it was {before_share}).")
QUALITY_GOOD = mark("Values are as complete as in the training data.")
LOST_TRUTH = mark("{count_n} outcomes name a prediction that never came. Check the system that sends them.")
REACH_BELOW = mark("The decisions reach {now_share} of the cases that matter; {then_share} was promised.")
PRECISION_BELOW = mark("Of the cases acted on, {now_share} were worth it; {then_share} was promised.")
PERFORMANCE_GOOD = mark("The decisions reach {now_share} of the cases that matter; {then_share} was promised.")
PERFORMANCE_PLAIN = mark("The decisions are as right as promised.")
VALUE_GOOD = mark("Decisions with a known outcome earned {earned_money}; {promised_money} was promised for them.")
VALUE_BELOW = mark("Decisions with a known outcome earned {earned_money}, less than the {promised_money} that was promised for them.")
VALUE_LOSS = mark("Decisions with a known outcome lost {lost_money} against what was done before; {promised_money} was promised.")
TRAFFIC_GOOD = mark("{count_n} decisions were served.")
TRAFFIC_NONE = mark("Nothing was served in this time.")
TRAFFIC_QUIET = mark("Nothing has been served for {hours_n} hours.")


@dataclass(frozen=True, slots=True)
class FeatureDrift:
    """One feature compared: drift, missing and unseen values, and both histograms."""

    drift: Drift
    missing: ShareRise
    unseen: ShareRise | None
    reference: tuple[int, ...]
    current: tuple[int, ...]
    labels: tuple[str, ...]

    @property
    def is_score(self) -> bool:
        """Whether this is the model's own prediction."""
        return self.drift.name == SCORE


def limits_of(config: MonitorConfig, tests: int) -> Limits:
    """A config's limits for one check of so many features."""
    return Limits(config.psi_watch, config.psi_act, config.min_rows, tests)


def compare_features(served: ServedModel, sums: Sequence[FeatureSums], config: MonitorConfig) -> tuple[FeatureDrift, ...]:
    """Every feature against its baseline, the most drifted first; the score stands among them."""
    by_name = {s.feature: s for s in sums}
    bins = [*served.features, *([served.score] if served.score else [])]
    limits = limits_of(config, len(bins))
    found = []
    for b in bins:
        s = by_name.get(b.name)
        if s is None or b.n == 0:
            continue
        current = (*s.counts, *([0] * (b.size - len(s.counts))))[: b.size]
        missing = d.compare_share(b.name, (b.missing, b.n), (s.missing, s.n), config.missing_watch, config.missing_act, limits)
        others = (b.counts[-1] if b.counts else 0, b.n)
        unseen = None if b.numeric else d.compare_share(b.name, others, (s.unseen, s.n), config.missing_watch, config.missing_act, limits)
        found.append(
            FeatureDrift(d.compare(b.name, b.counts, current, limits, ordered=b.numeric), missing, unseen, b.counts, current, b.labels)
        )
    return tuple(sorted(found, key=lambda f: -f.drift.psi))


def judge_drift(features: Sequence[FeatureDrift], traffic: Traffic, config: MonitorConfig) -> PartResult:
    """Drift of what comes in and of what is predicted."""
    if traffic.n < config.min_rows:
        return _too_few(Part.DRIFT, TOO_FEW_ROWS, traffic.n, config.min_rows)
    if not features:
        return PartResult(Part.DRIFT, Verdict.INSUFFICIENT_DATA, (Reason(NO_BASELINE),))
    moved = [f for f in features if f.drift.verdict in {Verdict.AMBER, Verdict.RED}]
    columns = [f.drift.name for f in moved if not f.is_score]
    reasons = []
    if columns:
        fields = {"count_n": len(columns), "names": columns[:NAMES_SHOWN]}
        reasons.append(Reason(DRIFT_ONE if len(columns) == 1 else DRIFT_MANY, fields))
    reasons += [Reason(DRIFT_SCORE, {"value_psi": f.drift.psi}) for f in moved if f.is_score]
    figures = {
        "features": [
            {"name": f.drift.name, "psi": round(f.drift.psi, 5), "noise": round(f.drift.noise, 5), "verdict": f.drift.verdict.value}
            for f in features
        ]
    }
    return PartResult(Part.DRIFT, worst(tuple(f.drift.verdict for f in features)), tuple(reasons) or (Reason(DRIFT_NONE),), figures)


def judge_quality(features: Sequence[FeatureDrift], traffic: Traffic, lost: int, config: MonitorConfig) -> PartResult:
    """Missing and unseen values, and outcomes that name no prediction.

    Args:
        lost: outcomes that have waited too long for their prediction.
    """
    verdicts, reasons = [], []
    if lost:
        verdicts.append(Verdict.AMBER)
        reasons.append(Reason(LOST_TRUTH, {"count_n": lost}))
    for template, rises in ((MISSING, [f.missing for f in features]), (UNSEEN, [f.unseen for f in features if f.unseen])):
        bad = [r for r in rises if r.verdict in {Verdict.AMBER, Verdict.RED}]
        verdicts += [r.verdict for r in bad]
        fields = [{"name": r.name, "now_share": r.current_share, "before_share": r.reference_share} for r in bad]
        reasons += [Reason(template, f) for f in fields[:NAMES_SHOWN]]
    if verdicts:
        return PartResult(Part.QUALITY, worst(tuple(verdicts)), tuple(reasons))
    if traffic.n < config.min_rows or not features:
        return _too_few(Part.QUALITY, TOO_FEW_ROWS, traffic.n, config.min_rows)
    return PartResult(Part.QUALITY, Verdict.GREEN, (Reason(QUALITY_GOOD),))


def judge_performance(measured: Performance, promise: Promise | None, config: MonitorConfig) -> PartResult:
    """Reach and precision of the labelled decisions against the approved report's."""
    figures = {"labelled": measured.n, "coverage": round(measured.coverage, 4)}
    if measured.n < config.min_labels:
        return _too_few(Part.PERFORMANCE, TOO_FEW_LABELS, measured.n, config.min_labels)
    if promise is None:
        return PartResult(Part.PERFORMANCE, Verdict.INSUFFICIENT_DATA, (Reason(NO_PROMISE),), figures)
    verdicts, reasons = [], []
    pairs = (
        (REACH_BELOW, measured.reach, promise.reach, promise.positives),
        (PRECISION_BELOW, measured.precision, promise.precision, promise.treated),
    )
    for template, now, then, then_n in pairs:
        if now is not None and then is not None and is_below(now, then, then_n):
            verdicts.append(Verdict.RED if now.high < PERFORMANCE_ACT * then else Verdict.AMBER)
            reasons.append(Reason(template, {"now_share": now.value, "then_share": then}))
    if verdicts:
        return PartResult(Part.PERFORMANCE, worst(tuple(verdicts)), tuple(reasons), figures)
    good = Reason(PERFORMANCE_PLAIN)
    if measured.reach is not None and promise.reach is not None:
        good = Reason(PERFORMANCE_GOOD, {"now_share": measured.reach.value, "then_share": promise.reach})
    return PartResult(Part.PERFORMANCE, Verdict.GREEN, (good,), figures)


def judge_value(entry: Entry | None, promise: Promise | None, config: MonitorConfig) -> PartResult:
    """Earned against promised for the same decisions; below only where both intervals together show it.

    The difference's standard error joins that of the realised sum and that of the promise, which was measured on a sample too.
    """
    labelled = entry.labelled if entry else 0
    if entry is None or labelled < config.min_labels:
        return _too_few(Part.VALUE, TOO_FEW_LABELS, labelled, config.min_labels)
    if promise is None:
        return PartResult(Part.VALUE, Verdict.INSUFFICIENT_DATA, (Reason(NO_PROMISE),))
    earned, promised = float(entry.realised), float(entry.promised)
    figures = {
        "labelled": labelled,
        "realised": str(entry.realised),
        "low": str(entry.low),
        "high": str(entry.high),
        "promised": str(entry.promised),
        "currency": entry.currency,
    }
    own = float(entry.high - entry.realised) / Z
    theirs = (promise.high - promise.low) / 2 / Z * labelled
    ahead = earned - promised + Z * math.hypot(own, theirs)
    fields = {"earned_money": earned, "promised_money": promised, "lost_money": -earned, "currency": entry.currency}
    if ahead >= 0:
        return PartResult(Part.VALUE, Verdict.GREEN, (Reason(VALUE_GOOD, fields),), figures)
    red = float(entry.high) < max(0.0, config.value_act_share * promised)
    template = VALUE_LOSS if earned < 0 else VALUE_BELOW
    return PartResult(Part.VALUE, Verdict.RED if red else Verdict.AMBER, (Reason(template, fields),), figures)


def judge_traffic(traffic: Traffic, config: MonitorConfig, last_at: datetime | None, now: datetime) -> PartResult:
    """Whether anything is served at all.

    Args:
        last_at: last hour with a prediction, whenever that was.
    """
    figures = {"n": traffic.n, "treated": traffic.treated}
    idle_h = int((now - last_at).total_seconds() // 3600) if last_at is not None else 0
    if config.quiet_hours and last_at is not None and idle_h >= config.quiet_hours:
        return PartResult(Part.TRAFFIC, Verdict.AMBER, (Reason(TRAFFIC_QUIET, {"hours_n": idle_h}),), figures)
    if traffic.n == 0:
        return PartResult(Part.TRAFFIC, Verdict.INSUFFICIENT_DATA, (Reason(TRAFFIC_NONE),), figures)
    return PartResult(Part.TRAFFIC, Verdict.GREEN, (Reason(TRAFFIC_GOOD, {"count_n": traffic.n}),), figures)


def _too_few(part: Part, template: str, have: int, need: int) -> PartResult:
    return PartResult(part, Verdict.INSUFFICIENT_DATA, (Reason(template, {"have_n": have, "need_n": need}),), {"have": have, "need": need})
