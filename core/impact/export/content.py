"""What every export says: the report in one language, worded once, so that all formats say the same and only lay it out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.impact import economics_sentences as money
from core.impact import sentences as say
from core.impact.amounts import Amount
from core.impact.economics import business_case
from core.impact.export.content_details import DetailsContent, alerts, build_details
from core.impact.export.pieces import Finding, Table
from core.impact.export.seal_words import draft_mark, footer_of, seal_note, seal_rows
from core.impact.export.spec import ExportSpec, Origin
from core.impact.export.workings import share_positive
from core.impact.frequency_words import difference_text
from core.impact.phrases import alternative_in_text, alternative_name, assumption_name, capital, negative_cases, probability, spoken
from core.impact.policy_sentences import calibration_finding, calibration_note, policy_finding, policy_name, policy_note
from core.impact.report import ImpactReport
from core.impact.sensitivity import Assumption, Basis
from core.impact.setting import setting_of
from core.project.value_model import Formula, TodaysRule
from core.words import Language, Words


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure: what it is, how much, and its interval or what it is made of."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class People:
    """What the decisions mean for 1,000 of those who matter.

    Args:
        reach: with key figures in ``**bold**``. reached: of 1,000; None where the test rows hold none of them.
        told: further sentences.
    """

    reach: str
    reached: int | None
    squares: str
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deciding:
    """How the model decides, beside the other ways of deciding that were considered."""

    finding: Finding
    table: Table


@dataclass(frozen=True, slots=True)
class Case:
    """The business case, once all costs are taken off."""

    finding: Finding
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportContent:
    """A report, worded. Text from people is as they wrote it: each format escapes it in its own way.

    Args:
        draft: what is said of a report that isn't frozen; empty for a frozen one.
        alerts: what a reader must know before deciding: groups that aren't treated alike, and where the model loses money.
        deciding, calibration: None in reports of releases that knew one way only. case: None where nothing is spent.
        details: None in reports of releases that didn't keep them.
        sources: where the numbers come from; seal: what it is bound to and signed with, empty for a draft.
        footer: on every page.
    """

    language: Language
    title: str
    eyebrow: str
    question: str
    draft: str
    headline: str
    lead: str
    figures: tuple[Figure, ...]
    alerts: tuple[str, ...]
    people: People
    curve: Finding
    curve_axis: str
    deciding: Deciding | None
    calibration: Finding | None
    alternatives: Finding
    alternatives_table: Table
    likely: str
    in_cases: str
    sensitivity: Finding
    break_evens: tuple[str, ...]
    case: Case | None
    details: DetailsContent | None
    assumptions: Table
    sources: tuple[tuple[str, str], ...]
    seal: tuple[tuple[str, str], ...]
    seal_note: str
    footer: str


def build_content(spec: ExportSpec) -> ReportContent:
    """Word a report."""
    words, report, origin = spec.words, spec.report, spec.origin
    run = words.t("Run {number}", number=report.run_number)
    sample = (words.t("Sample data"),) if origin.is_sample else ()
    return ReportContent(
        language=words.language,
        title=f"{words.given(origin.project_name)} · {words.t('Impact report')}",
        eyebrow=" · ".join((words.given(origin.project_name), words.t("Impact report"), run, *sample)),
        question=words.given(origin.question),
        draft=draft_mark(words, spec.seal),
        headline=say.headline(words, report),
        lead=say.lead(words, report),
        figures=_figures(words, report),
        alerts=alerts(words, report),
        people=_people(words, report),
        curve=curve_finding(words, report, words.t("shaded: 95% interval")),
        curve_axis=say.axis_title(words, report),
        deciding=_deciding(words, report),
        calibration=Finding(calibration_finding(words, report), calibration_note(words, report)) if report.calibration else None,
        alternatives=Finding(
            say.alternatives_finding(words, report), say.amounts_note(words, report, words.t("dot: estimate, line: 95% interval"))
        ),
        alternatives_table=_alternatives(words, report),
        likely=say.likely_better(words, report),
        in_cases=difference_text(words, report, report.best_alternative),
        sensitivity=Finding(say.tornado_finding(words, report), say.tornado_note(words, report)),
        break_evens=_break_evens(words, report),
        case=_case(words, report),
        details=build_details(words, report, report.details) if report.details else None,
        assumptions=_assumptions(words, report),
        sources=(*say.source_rows(words, report), *_data_row(words, origin)),
        seal=seal_rows(words, spec.seal),
        seal_note=seal_note(words, spec.seal),
        footer=footer_of(words, origin, spec.seal),
    )


def curve_finding(words: Words, report: ImpactReport, how: str) -> Finding:
    """What the curve shows; where the model decides case by case, the curve is of what it could do instead."""
    note = say.amounts_note(words, report, how)
    if report.by_case:
        note = words.t("with one threshold for everybody · {note}", note=note)
    return Finding(say.curve_finding(words, report), capital(note))


def interval_text(words: Words, report: ImpactReport, amount: Amount, *, signed: bool = False) -> str:
    """An amount's 95 % interval: "95%: ¥1.2M to ¥1.9M"."""
    low, high = (words.money(end, report.currency, signed=signed) for end in (amount.low, amount.high))
    return words.t("95%: {low} to {high}", low=low, high=high)


def _figures(words: Words, report: ImpactReport) -> tuple[Figure, ...]:
    nouns, period = spoken(words, report.nouns), words.period(report.period.value)
    against = alternative_in_text(words, nouns, report.reference)
    worth = words.t("Profit {period}", period=period) if report.basis is Basis.VALUE else words.t("All decisions {period}", period=period)
    unneeded, actions = report.frequencies.unneeded, words.t("{actions} {period}", actions=capital(nouns.action_many), period=period)
    of_100 = (
        "" if unneeded is None
        else words.t("{unneeded} of every 100 go to {who}", unneeded=unneeded, who=negative_cases(words, nouns))
    )  # fmt: skip
    return (
        Figure(worth, words.money(report.value.value, report.currency), interval_text(words, report, report.value)),
        Figure(
            words.t("Compared with {against}", against=against),
            words.money(report.gain.value, report.currency, signed=True),
            interval_text(words, report, report.gain, signed=True),
        ),
        Figure(words.t("Chance that it is better"), probability(words, report.better), words.t("than {against}", against=against)),
        Figure(actions, words.number(report.frequencies.actions), of_100),
    )


def _people(words: Words, report: ImpactReport) -> People:
    has = report.cells.positives > 0
    told = [say.unneeded_sentence(words, report), say.missed_sentence(words, report)]
    if has:
        told.append(say.reach_point_sentence(words, report))
    return People(
        say.reach_sentence(words, report),
        say.reached_of_1000(report) if has else None,
        say.squares_note(words, report) if has else "",
        tuple(told),
    )


def _alternatives(words: Words, report: ImpactReport) -> Table:
    nouns, currency = spoken(words, report.nouns), report.currency
    own = (words.t("This model"), words.money_exact(report.value.value, currency), "", "", words.number(report.frequencies.actions))
    others = sorted(report.alternatives, key=lambda a: -a.value.value)
    rows = [
        (
            alternative_name(words, nouns, a),
            words.money_exact(a.value.value, currency),
            words.money_exact(a.gain.value, currency, signed=True),
            words.t(
                "{low} to {high}", low=words.money(a.gain.low, currency, signed=True), high=words.money(a.gain.high, currency, signed=True)
            ),
            words.number(a.actions),
        )
        for a in others
    ]
    headings = (
        words.t("Alternative"), words.t("Its value"), words.t("What the model adds"), words.t("95% interval"), capital(nouns.action_many),
    )  # fmt: skip
    return Table(headings, (own, *rows), own=0)


def _deciding(words: Words, report: ImpactReport) -> Deciding | None:
    if not report.policies:
        return None
    nouns, currency = spoken(words, report.nouns), report.currency
    found = sorted(report.policies, key=lambda p: -p.value.value)
    rows = [
        (
            policy_name(words, report, p.candidate),
            words.money_exact(p.value.value, currency),
            words.t("recommended") if p.policy == report.decides else words.money(-p.behind.value, currency, signed=True),
            words.number(p.actions),
            words.percent(p.reached),
        )
        for p in found
    ]
    headings = (
        words.t("Way of deciding"), words.t("Value"), words.t("Against the recommended one"), capital(nouns.action_many), words.t("Reached"),
    )  # fmt: skip
    own = next((place for place, p in enumerate(found) if p.policy == report.decides), None)
    return Deciding(Finding(policy_finding(words, report), policy_note(words, report)), Table(headings, tuple(rows), own))


def has_costs(report: ImpactReport) -> bool:
    """Whether rolling out or running the model costs anything."""
    return report.economics.one_off_cost > 0 or report.economics.running_cost > 0


def _case(words: Words, report: ImpactReport) -> Case | None:
    if not has_costs(report):
        return None
    case, setting = business_case(report.gain, report.period, report.economics), setting_of(report)
    return Case(
        Finding(money.case_finding(words, case), capital(money.case_note(words, setting))), money.case_sentences(words, case, setting)
    )


def _costs(words: Words, report: ImpactReport) -> list[tuple[str, str, str]]:
    """What rolling out and running costs, where it costs anything."""
    if not has_costs(report):
        return []
    given, currency = report.economics, report.currency
    return [
        (words.t("Cost of the roll-out, once"), words.money_exact(given.one_off_cost, currency), ""),
        (words.t("Cost of running it"), words.money_per(given.running_cost, currency, report.period.value), ""),
        (words.t("Discount rate, a year"), words.percent(given.discount_rate, 1), ""),
    ]


def _assumptions(words: Words, report: ImpactReport) -> Table:
    nouns, payoff = spoken(words, report.nouns), report.amounts
    rows = []
    for assumption, amount in (
        (Assumption.TP, payoff.tp), (Assumption.FP, payoff.fp), (Assumption.FN, payoff.fn), (Assumption.TN, payoff.tn),
    ):  # fmt: skip
        # The sign is in the name: a cost of 1,500.
        rows.append(
            (
                assumption_name(words, nouns, assumption, amount),
                _payoff(words, report, assumption, amount),
                _limit(words, report, assumption),
            )
        )
    period = words.period(report.period.value)
    cases = words.t("{count} {period}", count=words.number(report.cases_per_period), period=period)
    share = share_positive(report)
    rows += [
        (assumption_name(words, nouns, Assumption.CASES), cases, ""),
        (assumption_name(words, nouns, Assumption.PREVALENCE), words.percent(share, 1), ""),
        *_costs(words, report),
        (words.t("Today's rule"), rule_text(words, report.rule), ""),
    ]
    if not report.by_case:
        rows.append((say.axis_title(words, report), say.share_text(words, report, report.threshold), ""))
    return Table((words.t("Assumption"), words.t("Assumed"), words.t("Pays off while it stays")), tuple(rows))


def _payoff(words: Words, report: ImpactReport, assumption: Assumption, amount: Decimal) -> str:
    """A payoff; one that differs from case to case with its formula."""
    told, typed = words.money_exact(abs(amount), report.currency), getattr(report.payoff, assumption.value)
    return words.t("{amount} on average ({formula})", amount=told, formula=typed.text) if isinstance(typed, Formula) else told


def _break_evens(words: Words, report: ImpactReport) -> tuple[str, ...]:
    told = tuple(say.break_even_sentence(words, report, b) for b in say.told_break_evens(report))
    costs = say.before_costs_sentence(words, report.economics)
    return (*told, costs) if costs else told


def _limit(words: Words, report: ImpactReport, assumption: Assumption) -> str:
    """Up to where a payoff may move; a cost is told without its sign."""
    point = next((b for b in say.told_break_evens(report) if b.assumption is assumption), None)
    if point is None:
        return ""
    at = words.money_exact(abs(point.at), report.currency)
    return words.t("above {at}", at=at) if point.above == (point.base > 0) else words.t("below {at}", at=at)


def rule_text(words: Words, rule: TodaysRule | Formula | None) -> str:
    """Today's rule as it was typed."""
    if isinstance(rule, Formula):
        return rule.text
    return words.t("None") if rule is None else f"{rule.column} {rule.operator.value} {rule.value}"


def _data_row(words: Words, origin: Origin) -> tuple[tuple[str, str], ...]:
    if not origin.dataset_number:
        return ()
    named = words.t("{name}, version {number}", name=origin.dataset_name, number=origin.dataset_number)
    return ((words.t("Data"), named),)
