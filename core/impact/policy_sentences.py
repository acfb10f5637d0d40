"""How a report decides, in words: which way of deciding is worth most, what the simpler ones would cost, and whether likelihoods hold."""

from __future__ import annotations

from decimal import Decimal

from core.impact.calibration import Method
from core.impact.choosing import Candidate
from core.impact.phrases import capital, spoken
from core.impact.report import ImpactReport, PolicyValue
from core.impact.sentences import per, share_text
from core.project.payoffs import Formula
from core.words import Words

TOLD_FROM = 0.005


def policy_name(words: Words, report: ImpactReport, candidate: Candidate) -> str:
    """A way of deciding as a label."""
    found = report.policy_value(candidate)
    at = share_text(words, report, min(found.policy.cut, 1.0)) if found is not None else ""
    match candidate:
        case Candidate.CASE_BY_CASE:
            return words.t("Case by case, where it pays")
        case Candidate.BEST_THRESHOLD:
            return words.t("Best single threshold, {at}", at=at)
        case Candidate.BREAK_EVEN:
            return words.t("Where it breaks even, {at}", at=at)
        case Candidate.READER:
            return words.t("Your threshold, {at}", at=at)
        case Candidate.USUAL:
            return words.t("The usual 50%")


def policy_finding(words: Words, report: ImpactReport) -> str:
    """The recommended way of deciding, and what the next simpler one would cost."""
    simple = _simpler(report)
    if simple is None or abs(simple.behind.value) <= abs(report.value.value) * Decimal(str(TOLD_FROM)):
        return words.t("Decide case by case") if report.by_case else words.t("One threshold for everybody does it")
    less = per(words, report, abs(simple.behind.value))
    if report.by_case:
        if simple.behind.value > 0:
            return words.t("Decide case by case: one threshold for everybody would bring {less} less", less=less)
        if simple.candidate is Candidate.USUAL:
            return words.t("Decide case by case: on the test rows the usual 50% would have brought {less} more", less=less)
        return words.t("Decide case by case: on the test rows one threshold would have brought {less} more", less=less)
    at = share_text(words, report, report.threshold)
    if simple.behind.value > 0:
        return words.t("Act from {at} on: the usual 50% would bring {less} less", at=at, less=less)
    return words.t("Act from {at} on: on the test rows the usual 50% would have brought {less} more", at=at, less=less)


def _simpler(report: ImpactReport) -> PolicyValue | None:
    """The way that the recommended one is held against: the next simpler one, or the usual 50% where that would have brought even more."""
    usual = report.policy_value(Candidate.USUAL)
    best = report.policy_value(Candidate.BEST_THRESHOLD) if report.by_case else usual
    if best is not None and usual is not None and usual.behind.value < min(best.behind.value, Decimal(0)):
        return usual
    return best


def policy_note(words: Words, report: ImpactReport) -> str:
    """How it decides, in a sentence."""
    nouns = spoken(words, report.nouns)
    if report.by_case:
        told = words.t(
            "Each {case} is looked at by what it is worth: {action} where the likelihood times the gain outweighs the rest.",
            case=nouns.case_one, action=nouns.action_one,
        )  # fmt: skip
    else:
        at = share_text(words, report, report.threshold)
        told = words.t("{action} where the likelihood is at least {at}.", action=capital(nouns.action_one), at=at)
    return " ".join([told, *limit_sentences(words, report)]) if words.language == "en" else "".join([told, *limit_sentences(words, report)])


def limit_sentences(words: Words, report: ImpactReport) -> tuple[str, ...]:
    """What the policy keeps to, and how much of it the test rows used."""
    limits, nouns, told = report.limits, spoken(words, report.nouns), []
    actions = words.number(report.frequencies.actions)
    period = words.period(report.period.value)
    if limits.capacity is not None:
        told.append(
            words.t(
                "At most {most} {actions} {period}; the test rows come to {used}.",
                most=words.number(limits.capacity), actions=nouns.action_many, period=period, used=actions,
            )
        )  # fmt: skip
    if limits.budget is not None:
        money = words.money(limits.budget, report.currency)
        told.append(words.t("At most {money} {period} is spent on {actions}.", money=money, period=period, actions=nouns.action_many))
    if limits.least_precision is not None:
        least = words.percent(float(limits.least_precision))
        told.append(words.t("At least {least} of the {actions} must hit.", least=least, actions=nouns.action_many))
    return tuple(told)


def policy_rows(words: Words, report: ImpactReport) -> dict[str, list[str]]:
    """All candidates as a table, the most valuable first."""
    found = sorted(report.policies, key=lambda p: -p.value.value)
    nouns = spoken(words, report.nouns)
    period = words.period(report.period.value)
    return {
        words.t("Way of deciding"): [policy_name(words, report, p.candidate) for p in found],
        words.t("Worth {period}", period=period): [words.money_exact(p.value.value, report.currency) for p in found],
        words.t("95% interval"): [words.money_range(p.value.low, p.value.high, report.currency) for p in found],
        words.t("The recommended one brings more by"): [_behind(words, report, p) for p in found],
        words.t("{actions} {period}", actions=capital(nouns.action_many), period=period): [words.number(p.actions) for p in found],
        words.t("Reached"): [words.percent(p.reached) for p in found],
    }


def _behind(words: Words, report: ImpactReport, found: PolicyValue) -> str:
    if found.policy == report.decides:
        return words.t("recommended")
    between = words.money_range(found.behind.low, found.behind.high, report.currency, signed=True)
    return f"{words.money(found.behind.value, report.currency, signed=True)} ({between})"


def calibration_finding(words: Words, report: ImpactReport) -> str:
    """Whether likelihoods come true, and what setting them right is worth."""
    facts = report.calibration
    if facts is None:
        return ""
    worth = per(words, report, abs(facts.worth.value))
    if facts.method is Method.NONE:
        return words.t("Likelihoods come true as the model says them")
    if facts.worth.low > 0:
        return words.t("Setting likelihoods right is worth {worth}", worth=worth)
    return words.t("Likelihoods are set right before they decide")


def calibration_note(words: Words, report: ImpactReport) -> str:
    """How likelihoods were set right, and what that brings with its interval."""
    facts = report.calibration
    if facts is None:
        return ""
    how = {
        Method.NONE: words.t("no correction helped on validation rows"),
        Method.PLATT: words.t("corrected by a sigmoid (Platt), chosen on validation rows"),
        Method.ISOTONIC: words.t("corrected step by step (isotonic), chosen on validation rows"),
    }[facts.method]
    if facts.method is Method.NONE:
        return words.t("On {rows} test rows; {how}.", rows=words.number(report.test.rows), how=how)
    between = words.money_range(facts.worth.low, facts.worth.high, report.currency, signed=True)
    return words.t(
        "On {rows} test rows; {how}. Effect on decisions: {between} {period}.",
        rows=words.number(report.test.rows), how=how, between=between, period=words.period(report.period.value),
    )  # fmt: skip


def formula_sentences(words: Words, report: ImpactReport) -> tuple[str, ...]:
    """Payoffs that differ from case to case, as they were typed, with their mean."""
    nouns = spoken(words, report.nouns)
    names = {
        "tp": words.t("A {act} to one who {who}", act=nouns.action_one, who=nouns.outcome),
        "fp": words.t("A {act} to one who {who}", act=nouns.action_one, who=nouns.outcome_not),
        "fn": words.t("No {act}, though it {who}", act=nouns.action_one, who=nouns.outcome),
        "tn": words.t("No {act}, and none was needed", act=nouns.action_one),
    }
    cells = {key: cell for key in names if isinstance(cell := getattr(report.payoff, key), Formula)}
    means = {key: words.money_exact(getattr(report.amounts, key), report.currency) for key in cells}
    return tuple(
        words.t("{what}: {formula}, on average {mean}", what=names[key], formula=cell.text, mean=means[key]) for key, cell in cells.items()
    )
