"""What the value ledger says in words: the finding, its sentence, the figures, the way from promised to earned, and its tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from core.impact.alternatives import AlternativeKind
from core.monitoring.value_ledger import Cause, LedgerRow, Sums, Total, round_steps
from core.monitoring.value_reading import By, RestatedSeries, ValueLedger
from core.words import Words, mark
from core.words.money import currency_marks

# A gap smaller than this share of the promise is told as "as promised".
LITTLE = Decimal("0.01")
CAUSES: dict[Cause, str] = {
    Cause.VOLUME: mark("Number of cases"),
    Cause.WAITING: mark("Outcomes not known yet"),
    Cause.PREVALENCE: mark("How often the outcome happens"),
    Cause.QUALITY: mark("How well the model decides"),
    Cause.OVERRIDDEN: mark("Decisions that people changed"),
}
PLANNED = mark("Promised for the plan")
SAME_DECISIONS = mark("Promised for these decisions")
# Up to here the parts say which cases came and are known; those after it, how well they were decided.
LAST_OF_PLAN = Cause.WAITING
EXPLAINED: dict[Cause, str] = {
    Cause.VOLUME: mark("Cases that came, instead of those that were planned, at the promised gain a case"),
    Cause.WAITING: mark("Their share of the promise; what they are expected to bring stands beside, not in here"),
    Cause.PREVALENCE: mark("The outcome was more or less frequent than among the test cases"),
    Cause.QUALITY: mark("What the decisions brought, instead of what as good ones as on the test cases would have"),
    Cause.OVERRIDDEN: mark("What was done in fact, instead of what the model decided"),
}
_MOSTLY: dict[tuple[Cause, bool], str] = {
    (Cause.VOLUME, False): mark("mostly fewer cases"),
    (Cause.VOLUME, True): mark("mostly more cases"),
    (Cause.WAITING, False): mark("mostly outcomes that aren't known yet"),
    (Cause.WAITING, True): mark("mostly losses that aren't known yet"),
    # Against treating everybody a frequent outcome lowers the gain, against doing nothing it raises it: no direction is told.
    (Cause.PREVALENCE, False): mark("mostly a change in how often the outcome happens"),
    (Cause.PREVALENCE, True): mark("mostly a change in how often the outcome happens"),
    (Cause.QUALITY, False): mark("mostly weaker decisions than on the test cases"),
    (Cause.QUALITY, True): mark("mostly better decisions than on the test cases"),
    (Cause.OVERRIDDEN, False): mark("mostly decisions that people changed"),
    (Cause.OVERRIDDEN, True): mark("mostly decisions that people changed for the better"),
}
_OVER: dict[AlternativeKind, str] = {
    AlternativeKind.NOTHING: mark("against doing nothing"),
    AlternativeKind.EVERYBODY: mark("against treating everybody"),
    AlternativeKind.RULE: mark("against the rules that were in use before"),
}
Tone = Literal["auto", "good", "bad", "neutral"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the four figures: label, value, difference, its tone, and a remark."""

    label: str
    value: str
    delta: str | None = None
    tone: Tone = "neutral"
    note: str = ""


def main_total(totals: Sequence[Total]) -> Total | None:
    """The total that the headline speaks of: of the currency with the most decisions."""
    return totals[0] if totals else None


def headline(words: Words, ledger: ValueLedger) -> str:
    """The page's finding."""
    total = main_total(ledger.totals)
    if total is None:
        return words.t("Nothing has been decided yet")
    return total_headline(words, total, ledger.from_day)


def total_headline(words: Words, total: Total, since: date) -> str:
    """What was earned of what was promised since a day, and the main cause of the difference."""
    sums = total.sums
    fields = {
        "earned": words.money(abs(sums.realised), total.currency), "promised": words.money(sums.promised, total.currency),
        "gap": words.money(abs(sums.gap.total), total.currency), "day": words.date(since), "cause": cause_text(words, sums),
    }  # fmt: skip
    if not sums.labelled:
        return words.t("{promised} promised since {day}; no outcome is known yet", **fields)
    if sums.realised < 0:
        return words.t("Cost {earned} since {day} instead of earning {promised}; the gap is {cause}", **fields)
    if sums.promised <= 0:
        return words.t("Earned {earned} since {day}; no gain was promised", **fields)
    if abs(sums.gap.total) <= LITTLE * sums.promised:
        return words.t("Earned {earned} since {day}, as promised", **fields)
    if sums.gap.total > 0:
        return words.t("Earned {earned} since {day}, {gap} more than promised; the gap is {cause}", **fields)
    return words.t("Earned {earned} of {promised} promised since {day}; the gap is {cause}", **fields)


def cause_text(words: Words, sums: Sums) -> str:
    """What the gap mostly is; empty where there is none."""
    cause = sums.gap.main_cause
    return words.t(_MOSTLY[cause, sums.gap.total > 0]) if cause else ""


def lead(words: Words, ledger: ValueLedger) -> str:
    """Interval, what it is counted over, how much is known, and what else is expected."""
    total = main_total(ledger.totals)
    if total is None:
        return words.t("As soon as a version decides, this page tells what was promised and what came of it.")
    sums, parts = total.sums, []
    if sums.labelled:
        low, high = sums.realised - total.realised_half, sums.realised + total.realised_half
        span = words.money_range(low, high, total.currency, start=True)
        parts.append(words.t("{range} with 95% confidence, {over}.", range=span, over=over_text(words, ledger.references)))
    known = words.percent(sums.labelled_share)
    if sums.delay_days is None:
        parts.append(words.t("No outcome is known yet for {n} decisions.", n=words.number(sums.served)))
    else:
        fields = {"known": known, "n": words.number(sums.served), "days": words.number(sums.delay_days, 0 if sums.delay_days >= 10 else 1)}
        parts.append(words.t("Outcomes are known for {known} of {n} decisions, {days} days after the decision on average.", **fields))
    if sums.labelled < sums.served:
        low, high = sums.estimated - total.estimated_half, sums.estimated + total.estimated_half
        span = words.money_range(low, high, total.currency)
        money = words.money(sums.estimated, total.currency, signed=True)
        parts.append(words.t("The others are expected to bring {money}, {range} with 95% confidence.", money=money, range=span))
    parts.append(contracts_text(words, ledger))
    others = [words.money(other.sums.realised, other.currency) for other in ledger.totals[1:]]
    parts += [words.t("Besides, {money} in another currency.", money=money) for money in others]
    return words.together(*parts)


def contracts_text(words: Words, ledger: ValueLedger) -> str:
    """Under which contracts the main currency's figures were counted; empty where that is the one in force alone."""
    total = main_total(ledger.totals)
    keys = {row.key for row in ledger.rows if total and row.key.currency == total.currency and (row.sums.served or row.sums.promised)}
    numbers = sorted({key.contract_number for key in keys} - {0})
    if not numbers or (ledger.contract is not None and numbers == [ledger.contract.contract_number]):
        return ""
    *first, last = map(str, numbers)
    if not first:
        return words.t("Counted under contract {number}.", number=last)
    return words.t(
        "Counted under contracts {first} and {last}.", first=("、契約" if words.language == "ja" else ", ").join(first), last=last
    )


def over_text(words: Words, references: Sequence[AlternativeKind]) -> str:
    """What amounts are counted over: the alternative, or the best of each contract where they differ."""
    if len(references) == 1 and references[0] in _OVER:
        return words.t(_OVER[references[0]])
    return words.t("against the best that was possible without a model")


def figures(words: Words, total: Total) -> tuple[Figure, ...]:
    """The four figures below the headline."""
    sums, currency = total.sums, total.currency
    gap = words.money(sums.gap.total, currency, signed=True, minus="-") if sums.labelled else None
    waiting = sums.served - sums.labelled
    delay = "" if sums.delay_days is None else words.t("after {days} days on average", days=words.number(sums.delay_days, 1))
    return (
        Figure(words.t("Earned"), words.money(sums.realised, currency) if sums.labelled else "–", gap, "auto", words.t("against the promise")),
        Figure(
            words.t("Promised"), words.money(sums.promised, currency), None, "neutral",
            words.t("for {n} planned cases; {served} came", n=words.number(sums.planned), served=words.number(sums.served)),
        ),
        Figure(
            words.t("Expected besides"), words.money(sums.estimated, currency, signed=True) if waiting else "–", None, "neutral",
            words.n("from {n} decision without outcome", "from {n} decisions without outcome", waiting),
        ),
        Figure(words.t("Outcomes known"), words.percent(sums.labelled_share) if sums.served else "–", None, "neutral", delay),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """A bar on the way from the plan to what was earned: a part from one level to the next, or a level from zero."""

    label: str
    start: Decimal
    end: Decimal
    amount: str
    level: bool


def steps(words: Words, total: Total) -> tuple[Step, ...]:
    """Plan, parts of the gap, earned; in whole units of the currency, so that they add up as they are read.

    Between them stands what was promised for the decisions whose outcome is known, which is what the portfolio compares with.
    """
    found = round_steps(total.sums, currency_marks(total.currency, "en").decimals)

    def level(label: str, amount: Decimal) -> Step:
        return Step(label, Decimal(0), amount, words.money(amount, total.currency), level=True)

    told, reached = [level(words.t(PLANNED), found.promised)], found.promised
    for cause, amount in found.parts:
        money = words.money(amount, total.currency, signed=True)
        told.append(Step(words.t(CAUSES[cause]), reached, reached + amount, money, level=False))
        reached += amount
        if cause is LAST_OF_PLAN:
            told.append(level(words.t(SAME_DECISIONS), reached))
    return (*told, level(words.t("Earned"), found.realised))


def steps_title(words: Words, total: Total) -> str:
    """What the way from the plan to what was earned shows."""
    if not total.sums.gap.total:
        return words.t("Nothing parts what was earned from what was promised")
    plan, earned = (words.money(amount, total.currency) for amount in (total.sums.promised, total.sums.realised))
    return words.t("From {plan} planned to {earned} earned: {cause}", plan=plan, earned=earned, cause=cause_text(words, total.sums))


def steps_note(words: Words, currency: str) -> str:
    """The gray line of the way from promised to earned."""
    return words.t("{currency} · one thing changes at a time, in this order; the parts add up exactly", currency=currency)


def steps_table(words: Words, total: Total) -> dict[str, list[str]]:
    """The way from promised to earned, every digit, and what each part tells."""
    found, currency = round_steps(total.sums, currency_marks(total.currency, "en").decimals), total.currency
    rows = [
        (
            words.t(PLANNED),
            words.money_exact(found.promised, currency),
            words.t("Gain a case of the approved report, for the cases planned in this time"),
        )
    ]
    reached = found.promised
    for cause, amount in found.parts:
        rows.append((words.t(CAUSES[cause]), words.money_exact(amount, currency, signed=True), words.t(EXPLAINED[cause])))
        reached += amount
        if cause is LAST_OF_PLAN:
            why = words.t("Gain a case of the approved report, for the decisions whose outcome is known")
            rows.append((words.t(SAME_DECISIONS), words.money_exact(reached, currency), why))
    earned = words.t("What decisions with a known outcome brought, by what was done in fact")
    rows.append((words.t("Earned"), words.money_exact(found.realised, currency), earned))
    names, amounts, why_all = zip(*rows, strict=True)
    return {words.t("Step"): list(names), words.t("Amount"): list(amounts), words.t("What it tells"): list(why_all)}


def rows_title(words: Words, rows: Sequence[tuple[date, Sums]], by: By) -> str:
    """What the periods show: how many of them come up to their promise, counting what is still expected."""
    good = sum(sums.realised + sums.estimated >= sums.promised for _, sums in rows)
    fields = {"kept": words.number(good), "n": words.number(len(rows))}
    if len(rows) == 1:
        if good:
            return words.t("Comes up to its promise, with what is still expected")
        return words.t("Stays below its promise, with what is still expected")
    if by is By.DAY:
        return words.t("{kept} of {n} days come up to their promise, with what is still expected", **fields)
    return words.t("{kept} of {n} months come up to their promise, with what is still expected", **fields)


def rows_note(words: Words, currency: str, by: By) -> str:
    """The gray line of the chart of periods."""
    if by is By.DAY:
        return words.t("Value per day · {currency} · light: expected from decisions without outcome · upright line: 95% interval of what was earned", currency=currency)  # fmt: skip
    return words.t("Value per month · {currency} · light: expected from decisions without outcome · upright line: 95% interval of what was earned", currency=currency)  # fmt: skip


def rows_table(words: Words, rows: Sequence[LedgerRow], by: By) -> dict[str, list[str]]:
    """Rows of a ledger, every digit, the parts of each gap among them."""
    write = words.date if by is By.DAY else words.month
    columns: dict[str, list[str]] = {
        words.t("Period"): [write(row.day) for row in rows],
        words.t("Contract"): [contract_name(words, row.key.contract_number) for row in rows],
        words.t("Promised"): [words.money_exact(row.sums.promised, row.key.currency) for row in rows],
        words.t("Earned"): [words.money_exact(row.sums.realised, row.key.currency) for row in rows],
        words.t("95% interval"): [_interval(words, row) for row in rows],
        words.t("Expected besides"): [words.money_exact(row.sums.estimated, row.key.currency) for row in rows],
        words.t("Outcomes known"): [words.percent(row.sums.labelled_share) if row.sums.served else "–" for row in rows],
        words.t("Days to outcome"): ["–" if row.sums.delay_days is None else words.number(row.sums.delay_days, 1) for row in rows],
    }
    parts = [dict(round_steps(row.sums, currency_marks(row.key.currency, "en").decimals).parts) for row in rows]
    for cause in Cause:
        signed = [words.money_exact(part[cause], row.key.currency, signed=True) for part, row in zip(parts, rows, strict=True)]
        columns[words.t(CAUSES[cause])] = signed
    columns[words.t("Earned since the start")] = [words.money_exact(row.since_go_live.realised, row.key.currency) for row in rows]
    columns[words.t("Promised since the start")] = [words.money_exact(row.since_go_live.promised, row.key.currency) for row in rows]
    return columns


def _interval(words: Words, row: LedgerRow) -> str:
    half = row.sums.realised_half
    return words.money_range(row.sums.realised - half, row.sums.realised + half, row.key.currency) if row.sums.labelled else "–"


def contract_name(words: Words, number: int) -> str:
    """A contract as rows name it."""
    return words.t("Contract {number}", number=number) if number else words.t("No contract")


def restated_title(words: Words, series: RestatedSeries) -> str:
    """What a restated series says beside the records."""
    recorded, restated = main_total(series.recorded), main_total(series.totals)
    fields = {"number": series.key.contract_number}
    if recorded is None or restated is None:
        return words.t("Restated under contract {number}", **fields)
    money = {"was": words.money(recorded.sums.realised, recorded.currency), "now": words.money(restated.sums.realised, restated.currency)}
    return words.t("Restated under contract {number}: {now} instead of the recorded {was}", **fields, **money)


def restated_note(words: Words, series: RestatedSeries) -> str:
    """Who restated what when; the records stay. Says where both are counted over different alternatives."""
    said = words.t(
        "The same {n} decisions valued once more, by {name} on {when}. The records above stay as they are.",
        n=words.number(series.made.decisions), name=series.made.made_by_name, when=words.datetime(series.made.made_at),
    )  # fmt: skip
    if series.recorded_over == (series.reference,):
        return said
    return words.together(said, words.t("Both are counted over different alternatives, so they don't compare directly."))


def restated_table(words: Words, series: RestatedSeries) -> dict[str, list[str]]:
    """Recorded and restated beside each other."""
    sides = [(words.t("Recorded"), total) for total in series.recorded] + [(words.t("Restated"), total) for total in series.totals]
    over = [over_text(words, series.recorded_over)] * len(series.recorded) + [over_text(words, (series.reference,))] * len(series.totals)
    return {
        words.t("Figures"): [name for name, _ in sides],
        words.t("Counted"): over,
        words.t("Promised"): [words.money_exact(t.sums.promised, t.currency) for _, t in sides],
        words.t("Earned"): [words.money_exact(t.sums.realised, t.currency) for _, t in sides],
        words.t("Expected besides"): [words.money_exact(t.sums.estimated, t.currency) for _, t in sides],
    }


def sources(words: Words, ledger: ValueLedger) -> list[tuple[str, str]]:
    """Where the numbers come from."""
    last = date.fromordinal(ledger.to_day.toordinal() - 1)
    return [
        (words.t("Period"), f"{words.date(ledger.from_day)} – {words.date(last)}"),
        (words.t("Promised"), words.t("Gain per case of the contract's approved report, for the cases that its value model plans in the time in charge; days without a case count too.")),
        (words.t("Earned"), words.t("Value of each decision with a known outcome, by what was done in fact, less what the alternative would have brought for the same case.")),
        (words.t("Expected besides"), words.t("Calibrated probability times payoffs, for the decisions whose outcome isn't known; it moves to what was earned as outcomes come.")),
        (words.t("Contract"), words.t("Each decision is valued under the contract that was in force when it was made.")),
    ]  # fmt: skip
