"""How alike groups are treated, in words."""

from __future__ import annotations

from core.impact.details import Details
from core.impact.fairness import FOUR_FIFTHS, MIN_ROWS, FairnessFindings, FairnessMetric, Gap, GapVerdict
from core.impact.phrases import capital, counted, positive_cases
from core.impact.segment_sentences import group_name
from core.impact.setting import Setting
from core.impact.task_details import TaskDetails
from core.impact.task_fairness import TaskFairness
from core.words import Words


def fairness_finding(words: Words, found: FairnessFindings | TaskFairness, setting: Setting) -> str:
    """The part's finding, by the gravest gap."""
    fields = {"attribute": found.attribute, "cases": setting.spoken(words).case_many}
    verdicts = {g.verdict for g in found.gaps}
    if not found.gaps:
        return words.t("Too few {cases} in the groups of {attribute} to compare them", **fields)
    if GapVerdict.WARNING in verdicts:
        return words.t("{cases} are not treated alike: the groups of {attribute} differ by more than four fifths allow", **fields | {"cases": capital(fields["cases"])})  # fmt: skip
    if GapVerdict.NOTICE in verdicts:
        return words.t("The groups of {attribute} differ, but within four fifths of each other", **fields)
    if GapVerdict.POSSIBLE in verdicts:
        return words.t("The groups of {attribute} may differ: there are too few {cases} to tell", **fields)
    return words.t("No sign that the groups of {attribute} are treated differently", **fields)


def alike_finding(words: Words, details: Details | TaskDetails, setting: Setting) -> str:
    """What all columns come to that a report compares groups by."""
    if not details.fairness:
        return words.t("No column tells groups of {cases} apart", cases=setting.spoken(words).case_many)
    if not details.people:
        return words.t("No column's name tells of people: here is where groups differ most")
    if warned := details.warnings:
        columns = ("、" if words.language == "ja" else ", ").join(found.attribute for found in warned)
        return words.t("{cases} are not treated alike: look at {columns}", cases=capital(setting.spoken(words).case_many), columns=columns)
    return words.t("No groups of people surely differ by more than four fifths allow")


def alike_note(words: Words, details: Details | TaskDetails) -> str:
    """By which columns groups are compared, and what figures can't say."""
    if not details.fairness:
        return words.t("Every column is the same for all, or different for each.")
    return words.t(
        "Compared by the columns whose name tells of people (sex, age, nationality and the like), and, where there are fewer than three, by those "
        "whose groups surely differ most. Whether a difference is fair, no figure can say: that is for you to judge.",
    )  # fmt: skip


def difference_finding(words: Words, found: FairnessFindings) -> str:
    """How far the groups of a column are apart that doesn't tell of people: what a model is for, more often than not."""
    shares = [group.selection.value for group in found.groups if group.judged]
    return words.t(
        "The groups of {attribute} are picked differently: from {low} to {high}",
        attribute=found.attribute, low=words.percent(min(shares, default=0.0)), high=words.percent(max(shares, default=0.0)),
    )  # fmt: skip


def metric_name(words: Words, metric: FairnessMetric, setting: Setting) -> str:
    """A metric as a label, without the trade's words."""
    match metric:
        case FairnessMetric.SELECTION:
            return words.t(
                "Picked, of {hundred} {cases}", hundred=counted(words, setting.spoken(words), 100), cases=setting.spoken(words).case_many
            )
        case FairnessMetric.REACH:
            return words.t(
                "Reached, of {hundred} {who}", hundred=counted(words, setting.spoken(words), 100), who=positive_cases(words, setting.nouns)
            )
        case FairnessMetric.VALUE:
            return words.t("Value of a decision")
        case FairnessMetric.RIGHT:
            return words.t("Decided rightly")
        case FairnessMetric.ENOUGH:
            return words.t("The plan is enough")
        case FairnessMetric.COST:
            return words.t("Cost of an error, per case")


def gap_sentence(words: Words, gap: Gap, setting: Setting) -> str:
    """Both groups' figures, and how far apart they are."""
    groups = {"lowest": group_name(words, gap.lowest), "highest": group_name(words, gap.highest)}
    if gap.metric.is_money:
        low, high, apart = (words.money(v, setting.currency) for v in (gap.low_value, gap.high_value, gap.difference.value))
        between = words.money_range(gap.difference.low, gap.difference.high, setting.currency)
        if gap.metric is FairnessMetric.COST:
            return words.t("Errors cost {low} a case for {lowest}, and {high} for {highest}: {apart} apart, with 95% confidence {range}.", low=low, high=high, apart=apart, range=between, **groups)  # fmt: skip
        return words.t("A decision is worth {low} for {lowest}, and {high} for {highest}: {apart} apart, with 95% confidence {range}.", low=low, high=high, apart=apart, range=between, **groups)  # fmt: skip

    def of_hundred(share: float) -> str:
        return counted(words, setting.spoken(words), 100 * share)

    fields = groups | {
        "hundred": of_hundred(1.0), "low": of_hundred(gap.low_value), "high": of_hundred(gap.high_value),
        "apart": of_hundred(gap.difference.value), "from": words.number(100 * gap.difference.low),
        "to": words.number(100 * gap.difference.high),
    }  # fmt: skip
    if gap.metric is FairnessMetric.RIGHT:
        return words.t("Of {hundred} {cases}, {low} are decided rightly for {lowest}, and {high} for {highest}: {apart} apart, with 95% confidence {from} to {to}.", cases=setting.spoken(words).case_many, **fields)  # fmt: skip
    if gap.metric is FairnessMetric.ENOUGH:
        return words.t("Of {hundred} {cases}, the plan is enough in {low} for {lowest}, and in {high} for {highest}: {apart} apart, with 95% confidence {from} to {to}.", cases=setting.spoken(words).case_many, **fields)  # fmt: skip
    if gap.metric is FairnessMetric.SELECTION:
        return words.t("Of {hundred} {cases}, {low} are picked for {lowest}, and {high} for {highest}: {apart} apart, with 95% confidence {from} to {to}.", cases=setting.spoken(words).case_many, **fields)  # fmt: skip
    return words.t("Of {hundred} {who}, {low} are reached for {lowest}, and {high} for {highest}: {apart} apart, with 95% confidence {from} to {to}.", who=positive_cases(words, setting.nouns), **fields)  # fmt: skip


def verdict_sentence(words: Words, gap: Gap) -> str:
    """What the gap comes to, and by which yardstick."""
    fields = {"ratio": words.percent(gap.ratio.value) if gap.ratio else "", "least": words.percent(FOUR_FIFTHS)}
    match gap.verdict:
        case GapVerdict.WARNING:
            return words.t(
                "The lower rate is {ratio} of the higher. Below {least} (four fifths) US guidelines on hiring see a sign of adverse impact "
                "(29 CFR 1607.4(D)), and chance doesn't explain this gap.", **fields,
            )  # fmt: skip
        case GapVerdict.NOTICE if gap.ratio is None:
            return words.t("Chance doesn't explain this gap.")
        case GapVerdict.NOTICE:
            return words.t(
                "Chance doesn't explain this gap, but the lower rate is {ratio} of the higher: at least {least} (four fifths).", **fields
            )
        case GapVerdict.POSSIBLE:
            return words.t(
                "The lower rate is {ratio} of the higher, below {least} (four fifths), but with so few cases chance may explain it.",
                **fields,
            )
        case GapVerdict.NONE:
            return words.t("Chance may explain this gap.")


def small_groups_sentence(words: Words, found: FairnessFindings | TaskFairness) -> str:
    """Which groups aren't judged; empty where all are."""
    if not found.too_small:
        return ""
    names = ("、" if words.language == "ja" else ", ").join(group_name(words, g.group) for g in found.too_small)
    return words.t("Too small to judge (fewer than {least} test cases): {groups}.", least=MIN_ROWS, groups=names)


def fairness_note(words: Words, found: FairnessFindings) -> str:
    """What the intervals allow for, and what figures can't say."""
    return words.t(
        "The intervals allow for all {pairs} comparisons. Whether being picked is good or bad for somebody, and whether a difference is fair, "
        "no figure can say: that is for you to judge.",
        pairs=words.number(found.pairs),
    )  # fmt: skip
