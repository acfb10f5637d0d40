"""What the portfolio says in words: the finding, its sentence, the four figures and the chart's title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.identity import Permission, Principal, require
from core.impact.alternatives import AlternativeKind
from core.monitoring.ledger import Entry, LedgerMonth
from core.monitoring.portfolio import CurrencyTotal, Portfolio, ProjectRow, Stage, Standing
from core.monitoring.sums import newest_hour
from core.monitoring.windows import Span
from core.project.value_model import Period
from core.registry.model import ApprovalKind
from core.words import Words, mark
from core.workspace import Workspace

# A difference smaller than this share of the promise is told as "as promised".
LITTLE = Decimal("0.01")
# Two months compare where at least this share of their outcomes is known.
COMPARABLE = 0.8

STAGES: dict[Stage, str] = {
    Stage.FRAMING: mark("Framing the question"),
    Stage.PREPARING: mark("Preparing data"),
    Stage.DEVELOPING: mark("In development"),
    Stage.EVALUATING: mark("Being evaluated"),
    Stage.APPROVED: mark("Approved, not live yet"),
    Stage.PILOT: mark("On trial"),
    Stage.LIVE: mark("Live"),
    Stage.STOPPED: mark("Stopped"),
}
SPANS: dict[Span, str] = {
    Span.YEAR: mark("This year"),
    Span.TWELVE_MONTHS: mark("Last 12 months"),
    Span.ALL: mark("All time"),
}
_EARNED: dict[Span, str] = {
    Span.YEAR: mark("Models have earned {money} this year"),
    Span.TWELVE_MONTHS: mark("Models have earned {money} in the last 12 months"),
    Span.ALL: mark("Models have earned {money} so far"),
}
_MORE: dict[Span, str] = {
    Span.YEAR: mark("Models have earned {money} this year, {gap} more than promised for these decisions"),
    Span.TWELVE_MONTHS: mark("Models have earned {money} in the last 12 months, {gap} more than promised for these decisions"),
    Span.ALL: mark("Models have earned {money} so far, {gap} more than promised for these decisions"),
}
_LESS: dict[Span, str] = {
    Span.YEAR: mark("Models have earned {money} this year, {gap} less than promised for these decisions"),
    Span.TWELVE_MONTHS: mark("Models have earned {money} in the last 12 months, {gap} less than promised for these decisions"),
    Span.ALL: mark("Models have earned {money} so far, {gap} less than promised for these decisions"),
}
_LOST: dict[Span, str] = {
    Span.YEAR: mark("Models have cost {money} this year instead of earning it"),
    Span.TWELVE_MONTHS: mark("Models have cost {money} in the last 12 months instead of earning it"),
    Span.ALL: mark("Models have cost {money} so far instead of earning it"),
}
_AGAINST: dict[AlternativeKind, str] = {
    AlternativeKind.NOTHING: mark("against doing nothing"),
    AlternativeKind.EVERYBODY: mark("against treating everybody"),
    AlternativeKind.RULE: mark("against the rules that were in use before"),
}


def headline(words: Words, portfolio: Portfolio, span: Span) -> str:
    """The page's finding."""
    total = portfolio.main
    if total is None or total.entry.labelled == 0:
        live = sum(1 for row in portfolio.projects if row.standing is not Standing.NOT_STARTED)
        if not live:
            return words.t("No model is live yet")
        return words.t("Models are live; what they earn shows as soon as outcomes are known")
    entry = total.entry
    money = words.money(abs(entry.realised), total.currency)
    if entry.realised < 0:
        return words.t(_LOST[span], money=money)
    if abs(entry.gap) <= LITTLE * abs(entry.promised) or entry.promised == 0:
        return words.t(_EARNED[span], money=money)
    return words.t((_MORE if entry.gap > 0 else _LESS)[span], money=money, gap=words.money(abs(entry.gap), total.currency))


def lead(words: Words, portfolio: Portfolio) -> str:
    """The muted sentences below the finding: interval, comparison, months, projects, and what isn't known yet."""
    total = portfolio.main
    count = words.n("{n} project", "{n} projects", len(portfolio.projects))
    if total is None or total.entry.labelled == 0:
        return words.t("{projects}. Nothing is counted before the outcome of a decision is known.", projects=count)
    entry = total.entry
    against = words.t(_AGAINST.get(_common(portfolio), mark("against the best that was possible without a model")))
    parts = [
        words.t(
            "{range} with 95% confidence, {against}.",
            range=words.money_range(entry.low, entry.high, total.currency, start=True),
            against=against,
        ),
        words.t("{months}, {projects}.", months=_months(words, total.months), projects=count),
    ]
    if entry.labelled < entry.served:
        known = words.percent(entry.coverage)
        more = words.money(entry.estimated, total.currency, signed=True)
        parts.append(
            words.t("Outcomes are known for {known} of the decisions; the others are expected to bring {money}.", known=known, money=more)
        )
    others = [words.money(other.entry.realised, other.currency) for other in portfolio.totals[1:]]
    parts += [words.t("Besides, {money} in another currency.", money=money) for money in others]
    return (" " if words.language == "en" else "").join(parts)


def _common(portfolio: Portfolio) -> AlternativeKind:
    kinds = {row.reference for row in portfolio.projects if row.reference is not None}
    return kinds.pop() if len(kinds) == 1 else AlternativeKind.RANDOM


def _months(words: Words, months: Sequence[LedgerMonth]) -> str:
    first, last = months[0].month, months[-1].month
    if first == last:
        return words.month(first, full=True)
    apart = first.year != last.year
    ja = words.language == "ja"  # the year stands once: at the end in English, at the start in Japanese
    return words.t(
        "{first} to {last}", first=words.month(first, year=apart or ja, full=True), last=words.month(last, year=apart or not ja, full=True)
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the four figures."""

    label: str
    value: str
    delta: str | None = None
    tone: str = "neutral"
    note: str | None = None


def figures(words: Words, portfolio: Portfolio) -> tuple[Figure, ...]:
    """The four figures: earned in the newest month, promise kept, waiting, needs attention."""
    return (_newest(words, portfolio), _kept(words, portfolio), _waiting(words, portfolio), _attention(words, portfolio))


def finished(months: Sequence[LedgerMonth], now: datetime) -> tuple[LedgerMonth, ...]:
    """Months with known outcomes that are over; the month that runs would look like a fall. Where nothing else is known, it stays."""
    known = tuple(m for m in months if m.entry.labelled)
    over = tuple(m for m in known if (m.month.year, m.month.month) < (now.year, now.month))
    return over or known


def _newest(words: Words, portfolio: Portfolio) -> Figure:
    total = portfolio.main
    known = finished(total.months, portfolio.window.to_at) if total else ()
    if total is None or not known:
        return Figure(words.t("Earned so far"), "–", None, "neutral", words.t("no outcome known yet"))
    last = known[-1]
    label = words.t("Earned in {month}", month=words.month(last.month, year=False, full=True))
    value = words.money(last.entry.realised, total.currency)
    if len(known) == 1 or min(last.entry.coverage, known[-2].entry.coverage) < COMPARABLE:
        return Figure(label, value, None, "neutral", words.t("{share} of the outcomes known", share=words.percent(last.entry.coverage)))
    before = known[-2]
    step = words.money(last.entry.realised - before.entry.realised, total.currency, signed=True, minus="-")
    return Figure(label, value, step, "auto", words.t("vs {month}", month=words.month(before.month, year=False, full=True)))


def _kept(words: Words, portfolio: Portfolio) -> Figure:
    total = portfolio.main
    if total is None or total.entry.kept is None or not total.entry.labelled:
        return Figure(words.t("Promise kept"), "–", None, "neutral", words.t("too early to say"))
    gap = words.money(total.entry.gap, total.currency, signed=True, minus="-")
    return Figure(words.t("Promise kept"), words.percent(total.entry.kept), gap, "auto", words.t("against the promise"))


def _waiting(words: Words, portfolio: Portfolio) -> Figure:
    label, count = words.t("Waiting for a decision"), len(portfolio.approvals)
    if not count and portfolio.proposals:
        return Figure(
            label, words.n("{n} proposal", "{n} proposals", portfolio.proposals), None, "neutral", words.t("of another value model")
        )
    value = words.n("{n} request", "{n} requests", count)
    stake = stake_a_year(portfolio)
    if stake is None:
        return Figure(label, value)
    return Figure(label, value, words.money_per(stake[0], stake[1], "year"), "neutral", words.t("at stake"))


def stake_a_year(portfolio: Portfolio) -> tuple[Decimal, str] | None:
    """What the versions that wait are expected to bring in a year, where they all speak of one currency (which stands second).

    Another contract for a version in use brings nothing by itself, so it isn't counted.
    """
    stakes = [approval.stake for approval in portfolio.approvals if approval.kind is ApprovalKind.VERSION]
    if not stakes or len({stake.currency for stake in stakes}) > 1:
        return None
    year = sum((stake.value * Decimal(str(Period.YEAR.days / stake.period.days)) for stake in stakes), Decimal(0))
    return year.quantize(Decimal("0.01")), stakes[0].currency


def _attention(words: Words, portfolio: Portfolio) -> Figure:
    rows = portfolio.attention
    label, value = words.t("Needs attention"), words.n("{n} project", "{n} projects", len(rows))
    short = [row for row in rows if row.standing is Standing.BELOW and row.entry is not None]
    if not short or len({row.currency for row in short}) > 1:
        return Figure(label, value)
    gap = sum((row.entry.gap for row in short if row.entry), Decimal(0))
    return Figure(label, value, words.money(gap, short[0].currency, signed=True, minus="-"), "auto", words.t("below promise"))


def chart_title(words: Words, months: Sequence[LedgerMonth]) -> str:
    """What the months show."""
    known = [m for m in months if m.entry.labelled]
    good = [m.entry.realised >= m.entry.promised for m in known]
    if not known:
        return words.t("Promised value, month by month")
    streak = 0
    for kept in reversed(good):
        if not kept:
            break
        streak += 1
    if streak == len(known):
        return words.t("Every month has kept its promise")
    if streak >= 2:
        return words.t("Every month since {month} has kept its promise", month=words.month(known[-streak].month, year=False, full=True))
    return words.t("{kept} of {n} months have kept their promise", kept=words.number(sum(good)), n=words.number(len(good)))


def stage_text(words: Words, row: ProjectRow) -> str:
    """Where a project is; a trial beside the live version and a waiting decision are said too."""
    stage = words.t(STAGES[row.stage])
    share = max((live.canary_share for live in row.deployments), default=0.0)
    if row.stage is Stage.LIVE and share > 0:
        stage = words.t("Live, trial at {share}", share=words.percent(share))
    return words.t("{stage}, decision waiting", stage=stage) if row.decision_waits else stage


def earned_text(words: Words, entry: Entry | None) -> str:
    """What a project has earned; a dash before the first outcome."""
    return words.money(entry.realised, entry.currency) if entry and entry.labelled else "–"


def promised_text(words: Words, row: ProjectRow) -> str:
    """What was promised for the same decisions; before the first outcome, what is at stake a year."""
    if row.entry and row.entry.labelled:
        return words.money(row.entry.promised, row.entry.currency)
    if row.approvals:
        stake = row.approvals[0].stake
        return words.money_per(stake.value, stake.currency, stake.period.value)
    return "–"


def sources(words: Words, portfolio: Portfolio) -> list[tuple[str, str]]:
    """Where the numbers come from."""
    total = portfolio.main
    found = [(words.t("Period"), f"{words.date(portfolio.window.from_at)} – {words.date(portfolio.window.to_at)}")]
    if total is not None and total.months:
        found[0] = (words.t("Period"), _months(words, total.months))
        found.append(
            (
                words.t("Decisions"),
                words.t(
                    "{served} served, {known} with a known outcome",
                    served=words.number(total.entry.served),
                    known=words.number(total.entry.labelled),
                ),
            )
        )
    found += [
        (
            words.t("Earned"),
            words.t(
                "Value of each decision with a known outcome, less what the alternative would have brought for the same case, by the value model of the approved version."
            ),
        ),
        (
            words.t("Promised for these decisions"),
            words.t("Gain per case of the approved impact report, times the decisions whose outcome is known."),
        ),
        (
            words.t("Promised for the plan"),
            words.t("The same gain per case, times the cases planned for the time in use, whether or not they came."),
        ),
        (words.t("Interval"), words.t("95%, from the spread between cases.")),
    ]
    return found


def freshness(ws: Workspace, actor: Principal, words: Words) -> str | None:
    """How old the newest figures are; None before the first decision."""
    require(actor, Permission.READ_VALUE)
    newest = newest_hour(ws.store)
    return None if newest is None else words.t("updated {ago}", ago=words.ago(newest, ws.clock()))


def trend(row: ProjectRow, now: datetime) -> tuple[float, ...]:
    """A project's finished months as a small line; flat before the first outcome."""
    known = tuple(float(m.entry.realised) for m in finished(row.months, now))
    return known[-24:] if len(known) > 1 else (0.0, 0.0)


def month_table(words: Words, total: CurrencyTotal) -> dict[str, list[str]]:
    """The chart's figures, every digit."""
    return ledger_table(words, total.currency, [m for m in total.months if m.entry.labelled])


def chart_note(words: Words, currency: str, months: Sequence[LedgerMonth], now: datetime) -> str:
    """The gray line of the chart; says where the running month is left out."""
    about = words.t("Value per month · {currency} · decisions with a known outcome · shaded: 95% interval", currency=currency)
    left_out = len(finished(months, now)) < len([m for m in months if m.entry.labelled])
    return f"{about} · {words.t('the running month is left out')}" if left_out else about


def ledger_table(words: Words, currency: str, months: Sequence[LedgerMonth]) -> dict[str, list[str]]:
    """Months of a ledger as a table."""
    return {
        words.t("Month"): [words.month(m.month) for m in months],
        words.t("Earned"): [words.money_exact(m.entry.realised, currency) for m in months],
        words.t("95% interval"): [words.money_range(m.entry.low, m.entry.high, currency) for m in months],
        words.t("Promised"): [words.money_exact(m.entry.promised, currency) for m in months],
        words.t("Outcomes known"): [words.percent(m.entry.coverage) for m in months],
    }
