"""The business case: what a model's gain is worth with what it costs to roll out and to run, month by month."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from core.errors import InvalidInput
from core.impact.amounts import Amount
from core.impact.bootstrap import Interval
from core.impact.payoff import as_money
from core.project.terms import Economics
from core.project.value_model import Period

MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class MonthFlow:
    """One month of the business case; month 0 is the roll-out.

    Args:
        gain, cost: what the model brings, and what it costs, in that month.
        net, discounted: gain less cost, and its present value.
        total, total_low, total_high: sum of the present values so far, with its 95 % interval.
    """

    month: int
    gain: Decimal
    cost: Decimal
    net: Decimal
    discounted: Decimal
    total: Decimal
    total_low: Decimal
    total_high: Decimal


@dataclass(frozen=True, slots=True)
class Payback:
    """Months until the roll-out has paid for itself; None where it doesn't within the horizon.

    Args:
        soonest, latest: at the upper and the lower end of the gain's 95 % interval.
    """

    months: float | None
    soonest: float | None
    latest: float | None


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class BusinessCase:
    """What the gain over the best alternative comes to over the horizon. Each interval is what the gain's interval makes of it.

    Args:
        gain: a period. needed: the gain a period at which the net present value is zero.
        npv: net present value of all flows. net: the same, not discounted.
        roi: net over all costs, not discounted; None where nothing is spent.
        payback, discounted_payback: by plain and by discounted flows.
        flows: month 0 to the horizon.
    """

    economics: Economics
    period: Period
    gain: Amount
    needed: Decimal
    npv: Amount
    net: Amount
    roi: Ratio | None
    payback: Payback
    discounted_payback: Payback
    flows: tuple[MonthFlow, ...]

    @property
    def pays(self) -> bool | None:
        """Whether it surely pays (True) or surely doesn't (False); None where the interval allows both."""
        if self.npv.low > 0:
            return True
        return False if self.npv.high < 0 else None


def months_per_period(period: Period) -> float:
    """How many months a period is, by mean lengths.

    >>> months_per_period(Period.YEAR), months_per_period(Period.QUARTER), round(months_per_period(Period.WEEK), 4)
    (12.0, 3.0, 0.23)
    """
    return period.days / Period.MONTH.days


def monthly_rate(yearly: float) -> float:
    """The rate a month that compounds to a rate a year.

    Raises:
        InvalidInput: -100 % or less.

    >>> round(monthly_rate(0.12), 6)
    0.009489
    """
    if yearly <= -1:
        raise InvalidInput("The discount rate must lie between -99% and 1,000% a year.", field="economics.discount_rate")
    return float((1 + yearly) ** (1 / MONTHS_A_YEAR) - 1)


def annuity_factor(rate: float, months: int) -> float:
    """Present value of one unit at the end of each month (Brealey, Myers, Allen, Principles of Corporate Finance, chapter 2).

    >>> round(annuity_factor(0.01, 12), 6), annuity_factor(0.0, 12)
    (11.255077, 12.0)
    """
    return float(months) if rate == 0 else -math.expm1(-months * math.log1p(rate)) / rate


def business_case(gain: Amount, period: Period, economics: Economics) -> BusinessCase:
    """Work out a business case.

    The roll-out is paid at the start; gains and running costs come at the end of each month, the same each month. Every
    result rises with the gain (payback falls), so its interval is its value at the two ends of the gain's interval.

    Args:
        gain: of the model over what would decide without it, a period, with its interval.
        economics: costs, discount rate and horizon.
    """
    length, months = months_per_period(period), economics.horizon_months
    one_off, running = float(economics.one_off_cost), float(economics.running_cost) / length
    rate = monthly_rate(float(economics.discount_rate))
    factor = annuity_factor(rate, months)
    ends = Interval(*(float(end) / length for end in (gain.value, gain.low, gain.high)))
    spent = one_off + running * months
    plain, discounted = (_payback(ends, running, one_off, each, months) for each in (0.0, rate))

    def over(weight: float) -> Amount:
        return Amount(*(as_money((end - running) * weight - one_off) for end in (ends.value, ends.low, ends.high)))

    roi = Ratio(*(((end * months) - spent) / spent for end in (ends.value, ends.low, ends.high))) if spent > 0 else None
    needed = as_money((running + one_off / factor) * length)
    flows = _flows(ends, running, one_off, rate, months)
    return BusinessCase(economics, period, gain, needed, over(factor), over(float(months)), roi, plain, discounted, flows)


def _payback(ends: Interval, running: float, one_off: float, rate: float, months: int) -> Payback:
    return Payback(*(payback_months(end - running, one_off, rate, months) for end in (ends.value, ends.high, ends.low)))


def payback_months(net: float, one_off: float, rate: float, most: int) -> float | None:
    """Months until present values of equal flows have made up for what was paid at the start, straight lines within a month.

    Args:
        net: flow at the end of each month. rate: a month.
        most: months that are looked at.

    Returns:
        None where that isn't reached.

    >>> payback_months(100.0, 250.0, 0.0, 12), payback_months(0.0, 250.0, 0.0, 12), payback_months(-5.0, 0.0, 0.0, 12)
    (2.5, None, None)
    """
    if one_off <= 0:
        return 0.0 if net >= 0 else None
    if net <= 0 or net * annuity_factor(rate, most) < one_off * (1 - 1e-12):
        return None
    left = one_off
    for month in range(1, most + 1):
        flow = net / (1 + rate) ** month
        if flow >= left * (1 - 1e-12):
            return month - 1 + min(left / flow, 1.0)
        left -= flow
    return float(most)


def _flows(ends: Interval, running: float, one_off: float, rate: float, months: int) -> tuple[MonthFlow, ...]:
    start = as_money(-one_off)
    flows = [MonthFlow(0, as_money(0.0), as_money(one_off), start, start, start, start, start)]
    for month in range(1, months + 1):
        weight, factor = (1 + rate) ** -month, annuity_factor(rate, month)
        totals = ((end - running) * factor - one_off for end in (ends.value, ends.low, ends.high))
        flows.append(
            MonthFlow(
                month, as_money(ends.value), as_money(running), as_money(ends.value - running),
                as_money((ends.value - running) * weight), *(as_money(total) for total in totals),
            )
        )  # fmt: skip
    return tuple(flows)
