"""What an approver accepts with a version, as sentences; and what changed since the champion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.impact.fairness import FairnessMetric, GapVerdict
from core.impact.report import ImpactReport
from core.impact.sensitivity import Assumption
from core.registry.checks import ALTERNATIVES, FRESH_DAYS, Subject
from core.registry.evidence import Basis, Change, DataFacts, RunFacts, VersionFacts
from core.registry.phrases import Phrase
from core.training.model import Preset
from core.training.wording import PRESET_NAMES
from core.words import mark

MOST_RISKS = 6
# Below a hundred positive cases a share of them is known to no better than ten points either way.
FEW_POSITIVES = 100

ASSUMPTIONS = {
    Assumption.TP: mark("the value of a right action"),
    Assumption.FP: mark("the cost of an unneeded action"),
    Assumption.FN: mark("the cost of a miss"),
    Assumption.TN: mark("the value of rightly doing nothing"),
    Assumption.PREVALENCE: mark("the share of positive cases"),
    Assumption.CASES: mark("the number of cases"),
    Assumption.CAPACITY: mark("the number of possible actions"),
    Assumption.BUDGET: mark("the budget"),
    Assumption.ONE_OFF_COST: mark("the cost of the roll-out"),
    Assumption.RUNNING_COST: mark("the running cost"),
    Assumption.DISCOUNT_RATE: mark("the discount rate"),
}


def find_risks(subject: Subject) -> tuple[Phrase, ...]:
    """At most six sentences, the gravest first; the part between ``**`` is what each is about."""
    report, comparison = subject.report, subject.comparison
    found = [
        _chance(subject),
        _unlike(report),
        _loses(report),
        _groups(subject),
        _assumption(report),
        _few_cases(report),
        _age(subject.data, subject.now),
        _leaks(subject.data),
    ]
    if comparison is not None and comparison.basis is Basis.OWN_TEST_ROWS:
        found.insert(0, Phrase(mark("**Compared indirectly.** Version {version} was tested on other rows, so part of the difference may come from the data."), {"version": comparison.champion_number}))  # fmt: skip
    if subject.uncompared is not None:
        found.insert(0, Phrase(mark("**Not compared with version {version}.** Its data has no column '{column}', which the payoffs read; the gain is told against what needs no model."), {"version": subject.uncompared.champion_number, "column": subject.uncompared.column}))  # fmt: skip
    return tuple(risk for risk in found if risk is not None)[:MOST_RISKS]


def _chance(subject: Subject) -> Phrase | None:
    report, comparison = subject.report, subject.comparison
    gain = comparison.gain if comparison else report.gain
    if gain.low > 0:
        return None
    against = Phrase(mark("version {version}"), {"version": comparison.champion_number}) if comparison else None
    fields: dict[str, Any] = {"low_signed": str(gain.low), "currency": report.currency, "each_period": report.period.value}
    if against:
        template = mark("**The gain may be chance.** Against version {version} it may also be {low_signed} {each_period}.")
        return Phrase(template, {**fields, **against.fields})
    fields["alternative_word"] = ALTERNATIVES[report.reference.value]
    return Phrase(mark("**The gain may be chance.** Against {alternative_word} it may also be {low_signed} {each_period}."), fields)


def _unlike(report: ImpactReport) -> Phrase | None:
    """A gap between groups of people that is surely there and below four fifths, as the frozen report has it."""
    warned = report.details.warnings if report.details is not None else ()
    if not warned:
        return None
    gap = next(g for g in warned[0].gaps if g.verdict is GapVerdict.WARNING)
    fields = {
        "feature": warned[0].attribute, "lowest": gap.lowest.label, "highest": gap.highest.label,
        "ratio_share": gap.ratio.value if gap.ratio else 0.0,
    }  # fmt: skip
    if gap.metric is FairnessMetric.SELECTION:
        return Phrase(mark("**{feature}: not treated alike.** The group {lowest} is picked {ratio_share} as often as the group {highest}; four fifths is the usual limit."), fields)  # fmt: skip
    return Phrase(mark("**{feature}: not treated alike.** Those of the group {lowest} who need it are reached {ratio_share} as often as those of {highest}; four fifths is the usual limit."), fields)  # fmt: skip


def _loses(report: ImpactReport) -> Phrase | None:
    """The worst segment, where the model surely loses money."""
    losing = report.details.segments.losing if report.details is not None else ()
    if not losing:
        return None
    worst = losing[0]
    fields = {
        "segment": " · ".join(f"{group.feature} {group.label}" for group in worst.groups), "less_money": str(-worst.gain.value),
        "currency": report.currency, "each_period": report.period.value, "alternative_word": ALTERNATIVES[report.reference.value],
    }  # fmt: skip
    return Phrase(mark("**Loses money in a group.** {segment}: it brings {less_money} {each_period} less than {alternative_word}."), fields)


def _groups(subject: Subject) -> Phrase | None:
    left = [g for g in subject.segments.worst if g.sure_high < subject.segments.floor]
    if not left or subject.segments.overall is None:
        return None
    group, report = left[0], subject.report
    missed = (subject.segments.floor - group.reach) * group.positives * report.cases_per_period / max(report.test.rows, 1)
    fields = {
        "feature": group.feature, "group": group.group, "missed_n": round(missed), "each_period": report.period.value,
        "case_many": report.nouns.case_many,
    }  # fmt: skip
    return Phrase(mark("**{feature} {group}.** About {missed_n} {case_many} {each_period} more are missed than if this group were reached four fifths as often as everybody."), fields)  # fmt: skip


def _assumption(report: ImpactReport) -> Phrase | None:
    if not report.tornado:
        return None
    bar = min(report.tornado, key=lambda b: min(b.at_low, b.at_high))
    lower = bar.at_low <= bar.at_high
    share = bar.share or abs((bar.low if lower else bar.high) / bar.base - 1 if bar.base else 1.0)
    template = (
        mark("**An assumption.** If {assumption_word} is {share_share} lower than assumed, it brings {at_money} {each_period}.")
        if lower
        else mark("**An assumption.** If {assumption_word} is {share_share} higher than assumed, it brings {at_money} {each_period}.")
    )
    fields = {
        "assumption_word": ASSUMPTIONS[bar.assumption], "share_share": share, "at_money": str(min(bar.at_low, bar.at_high)),
        "currency": report.currency, "each_period": report.period.value,
    }  # fmt: skip
    return Phrase(template, fields)


def _few_cases(report: ImpactReport) -> Phrase | None:
    if report.test.positives >= FEW_POSITIVES:
        return None
    fields = {"positives_n": report.test.positives, "rows_n": report.test.rows, "case_many": report.nouns.case_many}
    return Phrase(mark("**Few cases.** It was tested on {rows_n} {case_many}, of whom only {positives_n} had the outcome."), fields)


def _age(data: DataFacts, now: datetime) -> Phrase | None:
    newest = data.to_at or data.created_at
    if (now - newest).days <= FRESH_DAYS:
        return None
    return Phrase(mark("**Old data.** It ends on {newest_day}; what has changed since then isn't learned."), {"newest_day": newest.isoformat()})  # fmt: skip


def _leaks(data: DataFacts) -> Phrase | None:
    if not data.warnings:
        return None
    fields = {"columns": ", ".join(data.warnings[:3])}
    return Phrase(mark("**Too good to be true.** {columns} may be known only afterwards; then the promise is too high."), fields)


@dataclass(frozen=True, slots=True)
class Side:
    """One version, as far as the table of changes tells."""

    version: VersionFacts
    data: DataFacts
    run: RunFacts
    report: ImpactReport


def find_changes(now: Side, before: Side | None) -> tuple[Change, ...]:
    """What differs from the champion; without one, what the version is. The rows' order is that of the table."""
    return tuple(
        _change(what, row(now), row(before) if before else None)
        for what, row in (
            (mark("Training data"), _data),
            (mark("Newest data"), _until),
            (mark("Columns used"), _columns),
            (mark("Way of learning"), _learning),
            (mark("Acts from this likelihood on"), _threshold),
            (mark("Value model"), _value_model),
            (mark("Registered by"), _author),
        )
    )


def _change(what: str, after: Phrase, before: Phrase | None) -> Change:
    return Change(Phrase(what), before, after, before == after)


def _data(side: Side) -> Phrase:
    return Phrase(mark("{name} v{number}, {rows_n} rows"), {"name": side.data.name, "number": side.data.number, "rows_n": side.data.rows})


def _until(side: Side) -> Phrase:
    if side.data.to_at:
        return Phrase(mark("to {newest_day}"), {"newest_day": side.data.to_at.isoformat()})
    return Phrase(mark("uploaded {newest_day}"), {"newest_day": side.data.created_at.isoformat()})


def _columns(side: Side) -> Phrase:
    return Phrase(mark("{count_n} columns"), {"count_n": len(side.data.columns)})


def _learning(side: Side) -> Phrase:
    config: Mapping[str, Any] = side.run.config
    preset = str(config.get("preset", "–"))
    name = PRESET_NAMES[Preset(preset)] if preset in set(Preset) else preset
    return Phrase("{preset_word} · {kept_model}", {"preset_word": name, "kept_model": side.run.best_model or "–"})


def _threshold(side: Side) -> Phrase:
    return Phrase("{threshold_pct1}", {"threshold_pct1": round(side.version.threshold, 6)})


def _value_model(side: Side) -> Phrase:
    return Phrase(mark("version {version}"), {"version": side.report.value_model_version})


def _author(side: Side) -> Phrase:
    return Phrase("{name}", {"name": side.version.registered_by})
