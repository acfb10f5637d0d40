"""The automatic checks of a request: each asserts one thing and names the figure that decided it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.impact.report import ImpactReport, Verdict
from core.registry.evidence import Basis, CheckResult, Comparison, DataFacts, RunFacts, SegmentFacts, Uncompared
from core.registry.model import CheckState
from core.registry.phrases import Phrase
from core.words import mark

# A year: seasons come round once; older data has not seen the last one.
FRESH_DAYS = 365
# A twentieth of the cells empty is common and harmless to trees; more deserves a look.
MISSING_SHARE = 0.05
# One row answered within a tenth of a second feels immediate (Nielsen 1993, chapter 5); beyond half a second callers time out.
FAST_MS, SLOW_MS = 100.0, 500.0

ALTERNATIVES = {
    "nothing": mark("doing nothing"),
    "everybody": mark("treating everybody"),
    "random": mark("choosing by chance"),
    "rule": mark("today's rule"),
    "champion": mark("the version in use"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """All that the checks look at; `comparison` is None for a model's first version, and where `uncompared` says why."""

    report: ImpactReport
    comparison: Comparison | None
    data: DataFacts
    run: RunFacts
    segments: SegmentFacts
    now: datetime
    uncompared: Uncompared | None = None


def run_checks(subject: Subject) -> tuple[CheckResult, ...]:
    """All checks, in the order in which an approver reads them."""
    return (
        _beats_alternatives(subject.report),
        _not_compared(subject.uncompared) if subject.uncompared else _gain_is_real(subject.comparison, subject.report),
        _data_is_fresh(subject.data, subject.now),
        _no_leak(subject.data),
        _no_group_left_behind(subject.segments),
        _answers_fast(subject.run),
        _can_be_rolled_back(subject.comparison or subject.uncompared),
    )


def _beats_alternatives(report: ImpactReport) -> CheckResult:
    gain = report.gain
    state = {Verdict.BETTER: CheckState.PASS, Verdict.WORSE: CheckState.FAIL}.get(report.verdict, CheckState.WARN)
    template = {
        CheckState.PASS: mark("{gain_signed} {each_period} against {alternative_word}"),
        CheckState.FAIL: mark("{gain_signed} {each_period} against {alternative_word}"),
        CheckState.WARN: mark("{gain_signed} against {alternative_word}, between {low_signed} and {high_signed}"),
    }[state]
    fields = {
        "gain_signed": str(gain.value), "low_signed": str(gain.low), "high_signed": str(gain.high), "currency": report.currency,
        "each_period": report.period.value, "alternative_word": ALTERNATIVES[report.reference.value],
    }  # fmt: skip
    return CheckResult("beats_alternatives", state, Phrase(mark("Beats every alternative")), Phrase(template, fields))


def _gain_is_real(comparison: Comparison | None, report: ImpactReport) -> CheckResult:
    key = "gain_is_real"
    if comparison is None:
        return CheckResult(
            key, CheckState.UNKNOWN, Phrase(mark("Gain over the version in use is real")), Phrase(mark("first version: nothing to compare"))
        )
    name = Phrase(mark("Gain over version {version} is real"), {"version": comparison.champion_number})
    gain = comparison.gain
    amounts = {
        "gain_signed": str(gain.value), "low_signed": str(gain.low), "high_signed": str(gain.high), "currency": report.currency,
    }  # fmt: skip
    if comparison.basis is Basis.OWN_TEST_ROWS:
        state = CheckState.FAIL if gain.high < 0 else CheckState.WARN
        return CheckResult(key, state, name, Phrase(mark("{gain_signed}, but tested on different rows"), amounts))
    if gain.high < 0:
        return CheckResult(key, CheckState.FAIL, name, Phrase(mark("it earns less: between {low_signed} and {high_signed}"), amounts))
    if gain.low <= 0:
        return CheckResult(key, CheckState.WARN, name, Phrase(mark("not sure: between {low_signed} and {high_signed}"), amounts))
    chances = round((1 - comparison.better) * 1000)
    if chances == 0:
        return CheckResult(key, CheckState.PASS, name, Phrase(mark("less than 1 chance in 1,000 of no gain")))
    return CheckResult(key, CheckState.PASS, name, Phrase(mark("{chances_n} chances in 1,000 of no gain"), {"chances_n": chances}))


def _not_compared(found: Uncompared) -> CheckResult:
    name = Phrase(mark("Gain over version {version} is real"), {"version": found.champion_number})
    text = Phrase(mark("can't be told: that version's data has no column '{column}', which the payoffs read"), {"column": found.column})
    return CheckResult("gain_is_real", CheckState.WARN, name, text)


def _data_is_fresh(data: DataFacts, now: datetime) -> CheckResult:
    newest = data.to_at or data.created_at
    old, patchy = (now - newest).days > FRESH_DAYS, data.missing > MISSING_SHARE
    template = mark("to {newest_day}, {missing_pct1} missing") if data.to_at else mark("uploaded {newest_day}, {missing_pct1} missing")
    fields = {"newest_day": newest.isoformat(), "missing_pct1": round(data.missing, 6)}
    state = CheckState.WARN if old or patchy else CheckState.PASS
    return CheckResult("data_is_fresh", state, Phrase(mark("Data is fresh and complete")), Phrase(template, fields))


def _no_leak(data: DataFacts) -> CheckResult:
    name = Phrase(mark("Nothing gives the answer away"))
    if data.warnings:
        text = Phrase(mark("look at {columns}"), {"columns": ", ".join(data.warnings[:3])})
        return CheckResult("no_leak", CheckState.WARN, name, text)
    return CheckResult("no_leak", CheckState.PASS, name, Phrase(mark("{columns_n} columns looked at"), {"columns_n": len(data.columns)}))


def _no_group_left_behind(segments: SegmentFacts) -> CheckResult:
    key, name = "no_group_left_behind", Phrase(mark("No group is left behind"))
    if segments.overall is None or not segments.worst:
        return CheckResult(key, CheckState.UNKNOWN, name, Phrase(mark("too few cases to tell groups apart")))
    worst = min(segments.worst, key=lambda g: g.sure_high)
    left_behind = worst.sure_high < segments.floor
    shown = worst if left_behind else segments.worst[0]
    fields = {"feature": shown.feature, "group": shown.group, "reach_share": shown.reach, "floor_share": segments.floor}
    template = mark("{feature} {group}: {reach_share} reached, four fifths of all is {floor_share}") if left_behind else mark(
        "least: {feature} {group}, {reach_share} reached"
    )  # fmt: skip
    return CheckResult(key, CheckState.WARN if left_behind else CheckState.PASS, name, Phrase(template, fields))


def _answers_fast(run: RunFacts) -> CheckResult:
    key, name = "answers_fast", Phrase(mark("Answers fast enough"))
    if run.predict_ms is None:
        return CheckResult(key, CheckState.UNKNOWN, name, Phrase(mark("not measured")))
    state = CheckState.PASS if run.predict_ms <= FAST_MS else CheckState.WARN if run.predict_ms <= SLOW_MS else CheckState.FAIL
    fields = {"took": f"{run.predict_ms:.2g}", "limit": f"{FAST_MS:.0f}"}
    if run.predict_ms < 1:
        return CheckResult(key, state, name, Phrase(mark("under 1 ms a case, limit {limit} ms"), fields))
    return CheckResult(key, state, name, Phrase(mark("{took} ms a case in batches, limit {limit} ms"), fields))


def _can_be_rolled_back(comparison: Comparison | Uncompared | None) -> CheckResult:
    key, name = "can_be_rolled_back", Phrase(mark("Can be rolled back"))
    if comparison is None:
        return CheckResult(key, CheckState.UNKNOWN, name, Phrase(mark("first version: stopping it brings back today's way")))
    return CheckResult(key, CheckState.PASS, name, Phrase(mark("version {version} is kept"), {"version": comparison.champion_number}))
