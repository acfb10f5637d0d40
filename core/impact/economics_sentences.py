"""A business case in words."""

from __future__ import annotations

from decimal import Decimal

from core.impact.economics import BusinessCase, Payback
from core.impact.setting import Setting
from core.words import Words


def case_finding(words: Words, case: BusinessCase) -> str:
    """The part's finding: when the roll-out has paid for itself, or that it doesn't."""
    horizon = _months(words, case.economics.horizon_months)
    match case.pays:
        case True if case.economics.one_off_cost == 0:
            return words.t("The model pays from the first month")
        case True if case.discounted_payback.months is not None:
            return words.t("The roll-out has paid for itself after {months}", months=_months(words, case.discounted_payback.months))
        case True:
            return words.t("The roll-out pays within {months}", months=horizon)
        case False:
            return words.t("The roll-out doesn't pay within {months}", months=horizon)
        case _:
            return words.t("Whether the roll-out pays within {months} is open", months=horizon)


def worth_sentence(words: Words, case: BusinessCase, setting: Setting) -> str:
    """The net present value, plainly."""
    npv = case.npv
    return words.t(
        "Over {months} and after all costs, the model is worth {npv} in today's money, with 95% confidence {range} (discounted by {rate} a year).",
        months=_months(words, case.economics.horizon_months), npv=words.money(npv.value, setting.currency),
        range=words.money_range(npv.low, npv.high, setting.currency), rate=_rate(words, case.economics.discount_rate),
    )  # fmt: skip


def payback_sentence(words: Words, case: BusinessCase) -> str:
    """When the roll-out has paid for itself, with and without discounting; empty where it costs nothing."""
    if case.economics.one_off_cost == 0:
        return ""
    plain, discounted, horizon = case.payback, case.discounted_payback, case.economics.horizon_months
    if plain.months is None:
        return words.t("It doesn't pay for itself within {months}.", months=_months(words, horizon))
    between = _between(words, plain, horizon)
    if discounted.months is None:
        return words.t("It has paid for itself after {months} ({range}), but with interest not within {horizon}.", months=_months(words, plain.months), range=between, horizon=_months(words, horizon))  # fmt: skip
    return words.t("It has paid for itself after {months} ({range}); with interest after {later}.", months=_months(words, plain.months), range=between, later=_months(words, discounted.months))  # fmt: skip


def _between(words: Words, payback: Payback, horizon: int) -> str:
    soonest = _months(words, payback.soonest or 0.0)
    if payback.latest is None:
        return words.t("95% confidence: {soonest} at best, not within {horizon} at worst", soonest=soonest, horizon=_months(words, horizon))
    return words.t("95% confidence: {soonest} to {latest}", soonest=soonest, latest=_months(words, payback.latest))


def return_sentence(words: Words, case: BusinessCase, setting: Setting) -> str:
    """Return on investment as what comes back for a hundred spent; empty where nothing is spent."""
    if case.roi is None:
        return ""
    back, low, high = (words.money(100 * (1 + share), setting.currency) for share in (case.roi.value, case.roi.low, case.roi.high))
    return words.t(
        "For every {hundred} spent, {back} come back over {months} (95% confidence: {low} to {high}): a return of {roi}.",
        hundred=words.money(100, setting.currency), back=back, low=low, high=high, roi=words.percent(case.roi.value, signed=True),
        months=_months(words, case.economics.horizon_months),
    )  # fmt: skip


def needed_sentence(words: Words, case: BusinessCase, setting: Setting) -> str:
    """The gain a period from which the business case pays; where nothing is spent: that the costs of the model itself are missing."""
    if case.roi is None:
        return words.t("No costs of the model itself are assumed yet: the value model can name what it costs to bring in and to run.")
    return words.t(
        "It pays as long as the model brings at least {needed} more than {against}; we expect {gain}.",
        needed=words.money_per(case.needed, setting.currency, setting.period.value), against=setting.against(words),
        gain=words.money(case.gain.value, setting.currency),
    )  # fmt: skip


def case_sentences(words: Words, case: BusinessCase, setting: Setting) -> tuple[str, ...]:
    """All that is said of a case, in reading order."""
    told = (
        worth_sentence(words, case, setting), payback_sentence(words, case), return_sentence(words, case, setting),
        needed_sentence(words, case, setting),
    )  # fmt: skip
    return tuple(sentence for sentence in told if sentence)


def case_note(words: Words, setting: Setting) -> str:
    """The gray line of the running total."""
    return words.t("running total after all costs, in today's money · {currency} · shaded: 95% interval", currency=setting.currency)


def _rate(words: Words, yearly: Decimal) -> str:
    return words.percent(yearly, 0 if yearly * 100 == round(yearly * 100) else 1)


def _months(words: Words, months: float) -> str:
    """A number of months: "1 month", "2.5 months", "36か月"."""
    whole = round(months)
    if abs(months - whole) < 0.05:
        return words.n("{n} month", "{n} months", whole)
    return words.t("{count} months", count=words.number(months, 1))
