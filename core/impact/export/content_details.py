"""A report's details in one language: where it loses money, whether groups are treated alike, scenarios, and plain figures."""

from __future__ import annotations

from dataclasses import dataclass

from core.impact import fairness_sentences as fair
from core.impact import metric_sentences as plain
from core.impact import scenario_sentences as told
from core.impact import segment_sentences as where
from core.impact.amounts import Amount
from core.impact.details import Details, TwoWay
from core.impact.export.pieces import Finding, Part, Table
from core.impact.fairness import FairnessFindings
from core.impact.phrases import assumption_name, capital, counted
from core.impact.report import ImpactReport
from core.impact.scenarios import ScenarioResult
from core.impact.segments import SegmentFindings
from core.impact.setting import Setting, setting_of
from core.impact.two_way import two_way_finding
from core.words import Words

MOST_ALERTS = 3


@dataclass(frozen=True, slots=True)
class Compared:
    """The groups of one column beside each other.

    Args:
        warning: whether it tells of people, and the gap is surely there and below four fifths.
    """

    attribute: str
    warning: bool
    part: Part


@dataclass(frozen=True, slots=True)
class DetailsContent:
    """Details, worded.

    Args:
        alike: what all compared columns come to. compared: one for each, those that tell of people first.
        scenarios: None where none is saved. swings: what one wrong assumption makes of the business case; None where nothing moves it.
        two_way: None where fewer than two assumptions can be moved. turning: where the model stops paying, one assumption at a time.
        metrics, points: sentences.
    """

    segments: Part
    alike: Finding
    compared: tuple[Compared, ...]
    scenarios: Part | None
    swings: Finding | None
    two_way: Part | None
    turning: tuple[str, ...]
    metrics: tuple[str, ...]
    points: tuple[str, ...]


def alerts(words: Words, report: ImpactReport) -> tuple[str, ...]:
    """What nobody should overlook: columns of people that warn, and the worst segment that surely loses money."""
    if report.details is None:
        return ()
    setting, found = setting_of(report), report.details.segments
    unlike = [fair.fairness_finding(words, warned, setting) for warned in report.details.warnings]
    losing = [where.segment_sentence(words, segment, setting, found.gain_per_case) for segment in found.losing[:1]]
    return (*unlike[:MOST_ALERTS], *losing)


def build_details(words: Words, report: ImpactReport, details: Details) -> DetailsContent:
    """Word a report's details."""
    setting, figures = setting_of(report), details.particulars
    points = [sentence for worth in (figures.reach, figures.hits) for sentence in plain.point_sentences(words, setting, worth)]
    return DetailsContent(
        segments=segments_part(words, setting, details.segments),
        alike=Finding(fair.alike_finding(words, details, setting), fair.alike_note(words, details)),
        compared=tuple(_compared(words, setting, details, found) for found in details.fairness),
        scenarios=_scenarios(words, report, details),
        swings=_swings(words, report, details),
        two_way=_two_way(words, report, details.two_way) if details.two_way else None,
        turning=tuple(told.turning_sentence(words, setting, point) for point in figures.turning),
        metrics=plain.metric_sentences(words, setting, figures.metrics),
        points=tuple(points),
    )


def segments_part(words: Words, setting: Setting, found: SegmentFindings) -> Part:
    """The worst segments, with what is said of those that lose money."""
    currency = setting.currency
    rows = tuple(
        (
            where.segment_name(words, s.groups), where.verdict_name(words, s), counted(words, setting.spoken(words), s.cases),
            words.money(s.gain.value, currency, signed=True), _range(words, s.gain, currency),
        )
        for s in found.segments
    )  # fmt: skip
    period = words.period(setting.period.value)
    headings = (
        words.t("Group"), words.t("Verdict"), words.t("Cases {period}", period=period), words.t("Against {against}", against=setting.against(words)),
        words.t("95% interval"),
    )  # fmt: skip
    return Part(
        Finding(where.segments_finding(words, found, setting), where.segments_note(words, found)),
        Table(headings, rows) if rows else None,
        tuple(where.segment_sentence(words, s, setting, found.gain_per_case) for s in found.losing),
    )


def _range(words: Words, found: Amount, currency: str) -> str:
    low, high = (words.money(end, currency, signed=True) for end in (found.low, found.high))
    return words.t("{low} to {high}", low=low, high=high)


def _compared(words: Words, setting: Setting, details: Details, found: FairnessFindings) -> Compared:
    rows = tuple(
        (
            where.group_name(words, g.group), words.number(g.rows), words.percent(g.selection.value, 1),
            "–" if g.reach is None else words.percent(g.reach.value, 1), words.money_exact(g.value_per_case.value, setting.currency, signed=True),
        )
        for g in found.groups
    )  # fmt: skip
    headings = (words.t("Group"), words.t("Test rows"), words.t("Picked"), words.t("Reached"), words.t("Value of a decision"))
    of_people = found.attribute in details.people
    told_gaps = found.gaps if of_people else found.warnings
    gaps = [words.together(fair.gap_sentence(words, g, setting), fair.verdict_sentence(words, g) if of_people else "") for g in told_gaps]
    small = fair.small_groups_sentence(words, found)
    title = fair.fairness_finding(words, found, setting) if of_people else fair.difference_finding(words, found)
    finding = Finding(title, words.t("share that is picked; line: 95% interval (Wilson)"))
    part = Part(finding, Table(headings, rows), tuple([*gaps, small] if small else gaps))
    return Compared(found.attribute, found in details.warnings, part)


def _scenarios(words: Words, report: ImpactReport, details: Details) -> Part | None:
    table, currency = details.scenarios, report.currency
    unfit = told.unfit_sentence(words, table)
    if len(table.results) == 1:
        return None
    months = words.number(table.results[0].case.economics.horizon_months)
    period = words.period(report.period.value)
    headings = (
        words.t("Scenario"), words.t("What it assumes"), words.t("Gain {period}", period=period), words.t("95% interval"),
        words.t("Worth over {months} months", months=months),
    )  # fmt: skip
    rows = tuple(
        (
            scenario_name(words, r), scenario_changes(words, report, r), words.money(r.held.gain.value, currency, signed=True),
            _range(words, r.held.gain, currency), words.money(r.case.npv.value, currency, signed=True),
        )
        for r in table.results
    )  # fmt: skip
    about = words.t("gain {period} against the best alternative · {currency}", period=period, currency=currency)
    finding = Finding(told.scenarios_finding(words, table.results), capital(about))
    turned = told.turned_sentences(words, table.results, currency)
    return Part(finding, Table(headings, rows, own=0), (*turned, *((unfit,) if unfit else ())))


def scenario_name(words: Words, result: ScenarioResult) -> str:
    """A scenario as a label."""
    return result.name or words.t("As assumed")


def scenario_changes(words: Words, report: ImpactReport, result: ScenarioResult) -> str:
    """What a scenario assumes instead: "Cost of each call +20% · Number of customers: 8,000"."""
    setting, payoffs = setting_of(report), report.amounts
    changed = [told.change_text(words, setting, o, getattr(payoffs, o.assumption.value, 0)) for o in result.overrides]
    return " · ".join(changed) or words.t("the value model as it is")


def _swings(words: Words, report: ImpactReport, details: Details) -> Finding | None:
    found = details.scenarios.tornado
    if not found:
        return None
    months = words.number(report.economics.horizon_months)
    about = words.t("worth over {months} months after all costs, in today's money · {currency}", months=months, currency=report.currency)
    return Finding(told.swings_finding(words, setting_of(report), found), capital(about))


def _two_way(words: Words, report: ImpactReport, found: TwoWay) -> Part:
    names = two_way_names(words, report, found)
    rows, columns = two_way_labels(words, report, found)
    table = Table(
        (f"{names[0]} \\ {names[1]}", *columns),
        tuple((row, *(words.money(a, report.currency, signed=True) for a in each)) for row, each in zip(rows, found.amounts, strict=True)),
    )
    about = words.t(
        "{period} · {currency} · decisions as they are, before what the model itself costs",
        period=words.period(report.period.value),
        currency=report.currency,
    )
    return Part(Finding(two_way_finding(words, found), capital(about)), table, ())


def two_way_names(words: Words, report: ImpactReport, found: TwoWay) -> tuple[str, str]:
    """Both assumptions as labels, rows first."""
    middle = found.factors.index(1.0)
    first, second = (
        assumption_name(words, report.nouns, a, values[middle])
        for a, values in ((found.first, found.first_values), (found.second, found.second_values))
    )
    return first, second


def two_way_labels(words: Words, report: ImpactReport, found: TwoWay) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The values of both assumptions, as people write them; a cost is told without its sign."""
    setting = setting_of(report)
    rows, columns = (
        tuple(told.assumption_text(words, setting, a, abs(v)) for v in values)
        for a, values in ((found.first, found.first_values), (found.second, found.second_values))
    )
    return rows, columns
