"""Where the model loses money, in words."""

from __future__ import annotations

from core.impact.amounts import Amount
from core.impact.groups import Group, GroupKind, write_number
from core.impact.phrases import counted
from core.impact.segments import Segment, SegmentFindings, SegmentVerdict
from core.impact.setting import Setting
from core.words import Words


def group_name(words: Words, group: Group) -> str:
    """A group without its column, as a label: "18 to 27", "missing"."""
    match group.kind:
        case GroupKind.RANGE:
            return _span(words, write_number(group.low or 0.0), write_number(group.high or 0.0))
        case GroupKind.DATES:
            first, last = (words.date(day) if day else "" for day in (group.first, group.last))
            return _span(words, first, last)
        case GroupKind.MISSING:
            return words.t("missing")
        case GroupKind.OTHERS:
            return words.t("other values")
        case GroupKind.VALUE:
            return group.value


def _span(words: Words, low: str, high: str) -> str:
    return low if low == high else words.t("{first} to {last}", first=low, last=high)


def group_text(words: Words, group: Group) -> str:
    """A group with its column: "age: 18 to 27"."""
    return words.t("{feature}: {group}", feature=group.feature, group=group_name(words, group))


def segment_name(words: Words, groups: tuple[Group, ...]) -> str:
    """One or two groups: "age: 18 to 27 and region: north"."""
    if len(groups) == 1:
        return group_text(words, groups[0])
    return words.t("{first} and {second}", first=group_text(words, groups[0]), second=group_text(words, groups[1]))


def segments_finding(words: Words, found: SegmentFindings, setting: Setting) -> str:
    """The part's finding: whether there is a segment in which the model loses money, and what that costs."""
    losing = found.losing
    if not found.segments:
        return words.t("No group of {cases} stands out", cases=setting.spoken(words).case_many)
    if losing:
        return words.t("The model loses money where {segment}", segment=segment_name(words, losing[0].groups))
    if any(s.verdict is SegmentVerdict.WEAK for s in found.segments):
        return words.t(
            "The model surely loses money in no group of {cases}, but brings less in some", cases=setting.spoken(words).case_many
        )
    return words.t("The model surely loses money in no group of {cases}", cases=setting.spoken(words).case_many)


def verdict_name(words: Words, segment: Segment) -> str:
    """A segment's verdict as a label."""
    match segment.verdict:
        case SegmentVerdict.LOSES:
            return words.t("Loses money")
        case SegmentVerdict.WEAK:
            return words.t("Below average")
        case SegmentVerdict.OPEN:
            return words.t("Not sure")


def segment_sentence(words: Words, segment: Segment, setting: Setting, average: Amount) -> str:
    """How large a segment is, what deciding by the model brings there, and how sure that is.

    Args:
        average: gain per case over all cases (`SegmentFindings.gain_per_case`).
    """
    nouns, currency = setting.spoken(words), setting.currency
    fields = {
        "segment": segment_name(words, segment.groups), "count": counted(words, nouns, segment.cases), "cases": nouns.case_many,
        "period": words.period(setting.period.value), "against": setting.against(words),
    }  # fmt: skip
    gain, each = segment.gain, segment.gain_per_case
    match segment.verdict:
        case SegmentVerdict.LOSES if setting.plans:
            return words.t(
                "{segment} ({count} {cases} {period}): planning by the model costs {more} more than {against}, with 95% confidence {range}.",
                more=words.money(-gain.value, currency), range=words.money_range(-gain.high, -gain.low, currency), **fields,
            )  # fmt: skip
        case SegmentVerdict.LOSES:
            return words.t(
                "{segment} ({count} {cases} {period}): deciding by the model brings {less} less than {against}, with 95% confidence {range}.",
                less=words.money(-gain.value, currency), range=words.money_range(-gain.high, -gain.low, currency), **fields,
            )  # fmt: skip
        case SegmentVerdict.WEAK:
            return words.t(
                "{segment} ({count} {cases} {period}): {each} a case against {against}, with 95% confidence {range}; the average is {average}.",
                each=words.money(each.value, currency, signed=True), range=words.money_range(each.low, each.high, currency, signed=True),
                average=words.money(average.value, currency, signed=True), **fields,
            )  # fmt: skip
        case SegmentVerdict.OPEN:
            return words.t(
                "{segment} ({count} {cases} {period}): {each} a case against {against}, but with 95% confidence anything {range}.",
                each=words.money(each.value, currency, signed=True), range=words.money_range(each.low, each.high, currency, signed=True),
                **fields,
            )  # fmt: skip


def segments_note(words: Words, found: SegmentFindings) -> str:
    """How the segments were found, so that nobody takes chance for a finding."""
    if found.looked_at == 0:
        return words.t("There are too few test cases, or too few columns with groups, to look for segments.")
    return words.t(
        "{looked} groups from {features} columns were compared on one half of the test cases. The {tested} worst were valued on the other half, "
        "which had no part in choosing them; their intervals hold together with 95% confidence.",
        looked=words.number(found.looked_at), features=words.number(found.features), tested=words.number(found.tested),
    )  # fmt: skip
