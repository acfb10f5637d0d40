"""Evidence in words and formatted figures, for pages and reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from core.impact.payoff import Cells
from core.impact.phrases import positive_cases
from core.project.wording import spoken
from core.registry.checks import ALTERNATIVES
from core.registry.evidence import Basis, Comparison, Evidence, GroupReach
from core.registry.model import Approval, ApprovalState, CheckState
from core.registry.phrases import Phrase, say
from core.training.wording import model_name
from core.words import Words, mark

Tone = Literal["auto", "good", "bad", "neutral"]

BASES = {
    Basis.SAME_TEST_ROWS: mark("{rows} test rows that neither version learned from"),
    Basis.NEWEST_LABELLED: mark("the newest {rows} served cases whose outcome is known; neither version learned from them"),
    Basis.OWN_TEST_ROWS: mark("each on its own test rows, since they learned from different data"),
}


@dataclass(frozen=True, slots=True)
class FigureText:
    """One key figure, formatted: label, value, difference, its tone, and what it is a difference from."""

    label: str
    value: str
    delta: str | None
    tone: Tone
    note: str


def headline(words: Words, evidence: Evidence) -> tuple[str, str]:
    """What the request comes to in a line, and the sentence below it with interval and warnings."""
    comparison, value = evidence.comparison, evidence.value
    gain = comparison.gain if comparison else evidence.headline.gain
    fields = {
        "version": evidence.version.number,
        "money": words.money_per(abs(gain.value), value.currency, value.period.value),
        "passed": evidence.passed,
        "judged": len(evidence.judged),
        "other": _other(words, evidence),
    }
    if gain.value >= 0 and evidence.passed == len(evidence.judged):
        title = words.t("Version {version} earns {money} more than {other}, and passes all {judged} checks", **fields)
    elif gain.value >= 0:
        title = words.t("Version {version} earns {money} more than {other}, and passes {passed} of {judged} checks", **fields)
    else:
        title = words.t("Version {version} earns {money} less than {other}, and passes {passed} of {judged} checks", **fields)
    span = words.money_range(gain.low, gain.high, value.currency, signed=True, start=True)
    sentence = words.t("{range} {period} with 95% confidence.", range=span, period=words.period(value.period.value))
    on = (
        [words.t("Told from {rows}.", rows=compared_on(words, comparison))]
        if comparison and comparison.basis is not Basis.SAME_TEST_ROWS
        else []
    )
    return title, words.together(sentence, *on, *_warnings(words, evidence))


def _other(words: Words, evidence: Evidence) -> str:
    if evidence.comparison:
        return words.t("version {version}", version=evidence.comparison.champion_number)
    return words.t(ALTERNATIVES[evidence.headline.reference])


def _warnings(words: Words, evidence: Evidence) -> list[str]:
    bad = [c for c in evidence.checks if c.state in {CheckState.WARN, CheckState.FAIL}]
    if not bad:
        return [words.t("No check asks for a second look.")]
    first = words.t("“{check}” asks for your judgement: {why}.", check=say(words, bad[0].name), why=say(words, bad[0].evidence))
    return [first] if len(bad) == 1 else [first, words.n("{n} more check does.", "{n} more checks do.", len(bad) - 1)]


def figures(words: Words, evidence: Evidence) -> tuple[FigureText, ...]:
    """The four figures that stand below the headline."""
    comparison, value, nouns = evidence.comparison, evidence.value, spoken(words, evidence.nouns)
    gain = comparison.gain if comparison else evidence.headline.gain
    worth = comparison.challenger_value.value if comparison else evidence.headline.value.value
    against = words.t("vs {other}", other=_other(words, evidence))
    reached, unneeded, base = _rates(evidence)
    return (
        FigureText(
            words.t("Value {period}", period=words.period(value.period.value)), words.money(worth, value.currency),
            words.money(gain.value, value.currency, signed=True, minus="-"), "auto", against,
        ),
        FigureText(
            words.t("We reach"), _of(words, reached, 1000), _moved(words, reached, base[0]), "auto", positive_cases(words, nouns),
        ),
        FigureText(
            _opening(words.t("{action_many} that are not needed", action_many=nouns.action_many)), _of(words, unneeded, 100),
            _moved(words, unneeded, base[1]), _fewer_is_good(unneeded, base[1]), against if base[1] is not None else "",
        ),
        FigureText(
            words.t("Difference at worst, {period}", period=words.period(value.period.value)),
            words.money(gain.low, value.currency, signed=True), None, "neutral", words.t("low end of the 95% interval"),
        ),
    )  # fmt: skip


def _opening(text: str) -> str:
    return text[:1].upper() + text[1:]


def _rates(evidence: Evidence) -> tuple[int | None, int | None, tuple[int | None, int | None]]:
    """Reached of 1,000 and unneeded of 100: ours, and the champion's."""
    if evidence.comparison is None:
        return evidence.headline.reached, evidence.headline.unneeded, (None, None)
    return *_rates_of(evidence.comparison.challenger_cells), _rates_of(evidence.comparison.champion_cells)


def _rates_of(cells: Cells) -> tuple[int | None, int | None]:
    reached = round(1000 * cells.tp / cells.positives) if cells.positives else None
    return reached, round(100 * cells.fp / cells.treated) if cells.treated else None


def _of(words: Words, count: int | None, whole: int) -> str:
    return "–" if count is None else words.t("{count} of {whole}", count=words.number(count), whole=words.number(whole))


def _moved(words: Words, ours: int | None, theirs: int | None) -> str | None:
    if ours is None or theirs is None:
        return None
    return words.number(ours - theirs, signed=True).replace("−", "-")


def _fewer_is_good(ours: int | None, theirs: int | None) -> Tone:
    if ours is None or theirs is None or ours == theirs:
        return "neutral"
    return "good" if ours < theirs else "bad"


def checks_title(words: Words, evidence: Evidence) -> str:
    """What the checks come to."""
    asking = sum(c.state in {CheckState.WARN, CheckState.FAIL} for c in evidence.checks)
    if not asking:
        return words.n("The one check passes", "All {n} checks pass", len(evidence.judged))
    return words.n(
        "{n} of {judged} checks asks for your judgement",
        "{n} of {judged} checks ask for your judgement",
        asking,
        judged=len(evidence.judged),
    )


def group_name(group: GroupReach) -> str:
    """A group as its rows call it: ``age 61 – 95``."""
    return f"{group.feature}: {group.group}"


def segments_title(words: Words, evidence: Evidence) -> str:
    """What the chart of groups shows."""
    return words.t("{group} is reached least", group=group_name(evidence.segments.worst[0]))


def segments_note(words: Words, evidence: Evidence) -> str:
    """Unit, interval, and how many groups were looked at: with many, one looks bad by chance."""
    return words.t(
        "Of 100 {who} among {rows} test rows, how many we reach · line: 95% interval · least of {groups} groups; one in twenty looks unusual by chance",
        who=positive_cases(words, evidence.nouns),
        rows=words.number(evidence.headline.rows),
        groups=evidence.segments.looked_at,
    )


def changes_title(words: Words, evidence: Evidence) -> str:
    """Heading of the table of changes."""
    if evidence.champion_number is not None:
        return words.t("What changed since version {version}", version=evidence.champion_number)
    return words.t("What this version is")


def changes_table(words: Words, evidence: Evidence) -> Mapping[str, list[str]]:
    """The table of changes, by column; without a champion it has no column for it."""
    what = [say(words, change.what) for change in evidence.changes]
    after = [say(words, change.after) for change in evidence.changes]
    number = evidence.version.number
    if evidence.champion_number is None or any(change.before is None for change in evidence.changes):
        return {words.t("Item"): what, f"v{number}": after}
    before = [say(words, change.before or Phrase("–")) for change in evidence.changes]
    return {words.t("Item"): what, f"v{evidence.champion_number}": before, f"v{number}": after}


def sources(words: Words, evidence: Evidence, sha256: str) -> list[tuple[str, str]]:
    """Where the numbers come from."""
    data, run, value = evidence.data, evidence.run, evidence.value
    rows = [
        (words.t("Data"), words.t("{name} v{number}, {rows_n} rows", name=data.name, number=data.number, rows_n=words.number(data.rows))),
        (words.t("Training run"), f"#{run.number} · {model_name(words, run.best_model)} · {words.t('seed')} {run.seed}"),
        (words.t("Tested on"), _tested_on(words, evidence)),
        (words.t("Value model"), words.t("version {version}", version=value.version)),
        (
            words.t("Cases"),
            words.t("{count} {period}", count=words.number(value.cases_per_period), period=words.period(value.period.value)),
        ),
        (words.t("Model package"), run.package_sha256),
        (words.t("Evidence"), sha256),
        (words.t("Computed"), words.datetime(evidence.computed_at)),
    ]
    if evidence.comparison:
        rows.insert(3, (words.t("Compared on"), compared_on(words, evidence.comparison)))
    return rows


def _tested_on(words: Words, evidence: Evidence) -> str:
    head = evidence.headline
    return words.t("{rows} rows, {positives} of them positive", rows=words.number(head.rows), positives=words.number(head.positives))


def compared_on(words: Words, comparison: Comparison) -> str:
    """Which rows a comparison rests on."""
    return words.t(BASES[comparison.basis], rows=words.number(comparison.rows))


def stake_text(words: Words, approval: Approval) -> str:
    """What is at stake in a request: an amount a period, signed."""
    stake = approval.stake
    return words.money_per(Decimal(stake.value), stake.currency, stake.period.value, signed=True)


def decision(words: Words, approval: Approval) -> str:
    """Who decided what when, and why."""
    if approval.decided_at is None:
        return ""
    said = {
        ApprovalState.APPROVED: words.t("Approved by {name} on {when}.", name=approval.decided_by_name, when=words.datetime(approval.decided_at)),
        ApprovalState.REJECTED: words.t("Rejected by {name} on {when}.", name=approval.decided_by_name, when=words.datetime(approval.decided_at)),
    }.get(approval.state) or words.t("Withdrawn by {name} on {when}.", name=approval.decided_by_name, when=words.datetime(approval.decided_at))  # fmt: skip
    return words.together(said, words.t("Reason: {reason}", reason=approval.reason)) if approval.reason else said
