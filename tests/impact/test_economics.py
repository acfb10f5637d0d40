"""Business cases against textbook formulas written out by hand, and what must hold for every one of them."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from core.errors import InvalidInput
from core.impact.alternatives import AlternativeKind
from core.impact.amounts import Amount
from core.impact.economics import BusinessCase, annuity_factor, business_case, monthly_rate, payback_months
from core.impact.economics_sentences import case_finding, needed_sentence, payback_sentence, return_sentence, worth_sentence
from core.impact.setting import Setting
from core.project.terms import Economics
from core.project.value_model import Period
from core.words import Words
from tests.impact.conftest import NOUNS

EN, JA = Words("en"), Words("ja")
SETTING = Setting(NOUNS, "JPY", Period.MONTH, 10_000, AlternativeKind.NOTHING)


def amount(value: float, low: float | None = None, high: float | None = None) -> Amount:
    return Amount(*(Decimal(str(v)) for v in (value, value if low is None else low, value if high is None else high)))


def terms(one_off: float = 0, running: float = 0, rate: float = 0, months: int = 12) -> Economics:
    return Economics(Decimal(str(one_off)), Decimal(str(running)), None, Decimal(str(rate)), months)


def npv(rate: float, flows: list[float]) -> float:
    """numpy-financial's npv, written out: the first flow is today's."""
    return sum(flow / (1 + rate) ** t for t, flow in enumerate(flows))


def test_present_value_is_the_textbooks() -> None:
    """A project of 10,000 that brings 3,000 a month less 500, for 6 months, at 12 % a year."""
    case = business_case(amount(3_000, 2_000, 4_000), Period.MONTH, terms(10_000, 500, 0.12, 6))
    rate = 1.12 ** (1 / 12) - 1
    assert float(case.npv.value) == pytest.approx(npv(rate, [-10_000] + [2_500] * 6), abs=0.01)
    assert float(case.npv.low) == pytest.approx(npv(rate, [-10_000] + [1_500] * 6), abs=0.01)
    assert float(case.npv.high) == pytest.approx(npv(rate, [-10_000] + [3_500] * 6), abs=0.01)
    assert case.net.value == Decimal("5000.00")
    # return on investment: (18,000 - 13,000) / 13,000
    assert case.roi is not None
    assert case.roi.value == pytest.approx(5_000 / 13_000)
    assert case.roi.low == pytest.approx((12_000 - 13_000) / 13_000)
    assert case.payback.months == pytest.approx(4.0)  # 10,000 / 2,500
    assert (case.payback.soonest, case.payback.latest) == (pytest.approx(10_000 / 3_500), None)
    assert case.pays is None


def test_annuities_and_rates_are_the_closed_forms() -> None:
    assert annuity_factor(0.01, 12) == pytest.approx((1 - 1.01**-12) / 0.01)
    assert annuity_factor(1e-12, 120) == pytest.approx(120)
    assert (1 + monthly_rate(0.07)) ** 12 == pytest.approx(1.07)
    assert monthly_rate(-0.5) < 0
    with pytest.raises(InvalidInput):
        monthly_rate(-1.0)


def test_discounted_payback_is_the_closed_form_at_whole_months() -> None:
    """-ln(1 - C r / F) / ln(1 + r): for C = F times the annuity factor of 7 months it is 7."""
    rate, flow = 0.01, 200.0
    cost = flow * (1 - 1.01**-7) / 0.01
    assert payback_months(flow, cost, rate, 12) == pytest.approx(7)
    assert -math.log(1 - cost * rate / flow) / math.log(1 + rate) == pytest.approx(7)
    assert payback_months(flow, cost, rate, 7) == pytest.approx(7)
    assert payback_months(flow, cost, rate, 6) is None
    within = payback_months(flow, cost + flow / 1.01**8 / 2, rate, 12)
    assert within == pytest.approx(7.5)


@pytest.mark.parametrize(
    ("period", "monthly"), [(Period.DAY, 30.436875), (Period.WEEK, 30.436875 / 7), (Period.QUARTER, 1 / 3), (Period.YEAR, 1 / 12)]
)
def test_periods_are_converted(period: Period, monthly: float) -> None:
    case = business_case(amount(1_200), period, terms(0, 200, 0, 12))
    assert float(case.net.value) == pytest.approx(1_000 * monthly * 12, abs=0.01)
    assert float(case.flows[1].gain) == pytest.approx(1_200 * monthly, abs=0.01)


def test_the_table_adds_up() -> None:
    case = business_case(amount(3_000, 2_000, 4_000), Period.MONTH, terms(10_000, 500, 0.12, 24))
    assert [f.month for f in case.flows] == list(range(25))
    assert case.flows[0].net == -10_000
    assert all(f.gain - f.cost == f.net for f in case.flows)
    assert case.flows[-1].total == case.npv.value
    assert (case.flows[-1].total_low, case.flows[-1].total_high) == (case.npv.low, case.npv.high)
    running = 0.0
    for flow in case.flows:
        running += float(flow.discounted)
        assert float(flow.total) == pytest.approx(running, abs=0.01 * (flow.month + 1))
    paid = next(f.month for f in case.flows if f.total >= 0)
    assert case.discounted_payback.months is not None
    assert paid - 1 < case.discounted_payback.months <= paid


MONEY = st.floats(0, 1e7).map(lambda v: round(v, 2))


@settings(deadline=None, max_examples=150)
@given(
    st.floats(-1e7, 1e7).map(lambda v: round(v, 2)),
    MONEY,
    MONEY,
    st.floats(-0.5, 3).map(lambda v: round(v, 3)),
    st.integers(1, 120),
    st.sampled_from(Period),
)
def test_what_holds_for_every_case(gain: float, one_off: float, running: float, rate: float, months: int, period: Period) -> None:
    economics = terms(one_off, running, rate, months)
    case = business_case(amount(gain, gain - 100, gain + 100), period, economics)
    scale = abs(float(case.npv.value)) + one_off + 1_000 * months
    assert case.npv.low <= case.npv.value <= case.npv.high
    assert len(case.flows) == months + 1
    # the needed gain is where the present value is zero
    at_needed = business_case(amount(float(case.needed)), period, economics)
    assert float(at_needed.npv.value) == pytest.approx(0, abs=max(1.0, 0.01 * annuity_factor(monthly_rate(rate), months) * 31))
    # paid back within the horizon exactly where the present value isn't negative
    if abs(float(case.npv.value)) > 1e-6 * scale:
        assert (case.discounted_payback.months is not None) == (case.npv.value > 0) or one_off == 0
    if case.payback.months is not None and rate >= 0 and case.discounted_payback.months is not None:
        assert case.discounted_payback.months >= case.payback.months - 1e-9
    # twice the money is twice the value
    double = business_case(amount(2 * gain), period, terms(2 * one_off, 2 * running, rate, months))
    assert float(double.npv.value) == pytest.approx(2 * float(case.npv.value), abs=0.02 + 1e-9 * scale)


def test_words_of_a_case_that_pays() -> None:
    case = business_case(amount(3_000_000, 2_500_000, 3_500_000), Period.MONTH, terms(10_000_000, 500_000, 0.12, 36))
    assert case.pays is True
    assert case_finding(EN, case) == "The roll-out has paid for itself after 4.1 months"
    assert case_finding(JA, case) == "導入費用は4.1か月で回収できます"
    assert (
        payback_sentence(EN, case)
        == "It has paid for itself after 4 months (95% confidence: 3.3 months to 5 months); with interest after 4.1 months."
    )
    assert worth_sentence(EN, case, SETTING).startswith("Over 36 months and after all costs, the model is worth ¥")
    assert "discounted by 12% a year" in worth_sentence(EN, case, SETTING)
    assert (
        return_sentence(EN, case, SETTING)
        == "For every ¥100 spent, ¥386 come back over 36 months (95% confidence: ¥321 to ¥450): a return of +286%."
    )
    assert needed_sentence(JA, case, SETTING).startswith("何もしない場合に比べて月あたり")
    assert "doing nothing; we expect ¥3.0M" in needed_sentence(EN, case, SETTING)


@pytest.mark.parametrize(
    ("gain", "economics", "said"),
    [
        (amount(100, 90, 110), terms(), "The model pays from the first month"),
        (amount(100, 90, 110), terms(5_000), "The roll-out doesn't pay within 12 months"),
        (amount(100, 10, 190), terms(1_000), "Whether the roll-out pays within 12 months is open"),
        (amount(-5, -9, -1), terms(), "The roll-out doesn't pay within 12 months"),
    ],
)
def test_findings_of_other_cases(gain: Amount, economics: Economics, said: str) -> None:
    case = business_case(gain, Period.MONTH, economics)
    assert case_finding(EN, case) == said
    assert case_finding(JA, case) != said


def test_paybacks_that_are_not_reached_are_told() -> None:
    never = business_case(amount(10, 5, 15), Period.MONTH, terms(1_000))
    assert payback_sentence(EN, never) == "It doesn't pay for itself within 12 months."
    late = business_case(amount(101, 80, 120), Period.MONTH, terms(1_200, 0, 0.2))
    assert payback_sentence(EN, late) == (
        "It has paid for itself after 11.9 months (95% confidence: 10 months at best, not within 12 months at worst), "
        "but with interest not within 12 months."
    )
    assert payback_sentence(EN, business_case(amount(10), Period.MONTH, terms())) == ""
    assert return_sentence(EN, business_case(amount(10), Period.MONTH, terms()), SETTING) == ""


def test_cases_survive_json() -> None:
    case = business_case(amount(3_000, 2_000, 4_000), Period.WEEK, terms(10_000, 500, 0.12, 6))
    adapter = TypeAdapter(BusinessCase)
    assert adapter.validate_json(adapter.dump_json(case)) == case
