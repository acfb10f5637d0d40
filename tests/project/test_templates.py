"""Templates: whatever is answered in range makes a value model that can be saved; the worked examples are right."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput, NotFound, PermissionDenied
from core.identity import SYSTEM, Principal
from core.project.model import Task
from core.project.payoffs import ClassPayoffs, DeviationCosts, Formula, PayoffMatrix
from core.project.service import KINDS, ProjectSpec, create_project
from core.project.templates import Kind, Question, Setting, Template, draft_value_model, example_draft, list_templates, rough_size
from core.project.templates.catalogue import TEMPLATES
from core.project.value_model import CURRENCIES, Period
from core.workspace import Workspace

EUR = Setting("EUR", Period.MONTH, 1000)
FORMULAS = ("12 * fee", "-fee", "fee + 1", "`monthly fee` / 2", "max(fee, 1)", "fee if fee > 0 else 1", "coalesce(fee, 0) - 3")


def answer_to(question: Question) -> st.SearchStrategy[Any]:
    """Anything that may be answered."""
    match question.kind:
        case Kind.CHOICE:
            return st.sampled_from([option.key for option in question.options])
        case Kind.LABELS:
            names = st.text("abcdefgh あ緊急_-", min_size=1, max_size=8).map(str.strip).filter(bool)
            return st.lists(names, min_size=2, max_size=30, unique=True)
        case Kind.MONEY if question.by_row:
            return st.one_of(_number(question), st.sampled_from(FORMULAS))
        case _:
            return _number(question)


def _number(question: Question) -> st.SearchStrategy[Any]:
    numbers = st.decimals(question.low, question.high, allow_nan=False, allow_infinity=False, places=2)
    edges = st.sampled_from([question.low, question.high])
    return st.one_of(numbers.filter(lambda n: question.low <= n <= question.high), edges).map(str)


def answers_to(template: Template) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={question.key: answer_to(question) for question in template.questions})


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.key)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_answers_in_range_make_a_model_that_can_be_saved(template: Template, data: st.DataObject) -> None:
    currency = data.draw(st.sampled_from(sorted(CURRENCIES)))
    draft = draft_value_model(SYSTEM, template.key, Setting(currency, Period.YEAR, 1), data.draw(answers_to(template)))
    assert isinstance(draft.spec.payoff, KINDS[template.task])
    assert draft.working
    for one in draft.working:
        assert isinstance(one.result, Formula) or one.result.is_finite()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.key)
def test_a_template_can_start_a_project(ws: Workspace, scientist: Principal, template: Template) -> None:
    draft = draft_value_model(scientist, template.key, EUR, {})
    project = create_project(ws, scientist, ProjectSpec("A name", "Why?", template.nouns, template.task, draft.spec))
    assert project.task is template.task


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.key)
def test_each_default_lies_in_its_range_in_every_currency(template: Template) -> None:
    for currency in CURRENCIES:
        draft_value_model(SYSTEM, template.key, Setting(currency, Period.DAY, 5), {})
    keys = [question.key for question in template.questions]
    assert len(set(keys)) == len(keys)
    asked = [q.asked_if for q in template.questions if q.asked_if]
    assert all(any(o.key == need.option for o in template.find(need.question).options) for need in asked)  # type: ignore[union-attr]


def test_the_seven_usual_cases_are_there() -> None:
    kinds = {template.key: template.task for template in TEMPLATES}
    binary = dict.fromkeys(("churn", "credit", "marketing", "fraud", "maintenance"), Task.BINARY)
    assert kinds == {**binary, "demand": Task.REGRESSION, "triage": Task.MULTICLASS}
    assert all(any(q.source for q in template.questions) or template.key == "demand" for template in TEMPLATES)


def test_churn_is_worked_out_as_its_source_says() -> None:
    # Verbraken et al. 2013 with CLV 200, d 10, f 1, mean acceptance 0.3: 0.3 (200 - 10) - 1, and -10 - 1.
    draft = draft_value_model(SYSTEM, "churn", EUR, {})
    assert draft.spec.payoff == PayoffMatrix(Decimal(56), Decimal(-11), Decimal(0), Decimal(0))
    assert draft.working[0].arithmetic == "0.3 × (200 − 10) − 1"


def test_credit_recovers_its_threshold() -> None:
    payoff = draft_value_model(SYSTEM, "credit", EUR, {"lost": "45%", "earned": "15%"}).spec.payoff
    assert isinstance(payoff, PayoffMatrix)
    assert payoff.bayes_threshold == pytest.approx(0.15 / 0.60)


def test_an_answer_from_the_data_makes_a_formula() -> None:
    answers = {"basis": "monthly", "monthly": "monthly_charges", "months": "6", "margin": "100%", "offer": "40", "contact": "10"}
    with pytest.raises(InvalidInput, match="backquotes"):  # a column alone would be a typo as often as not
        draft_value_model(SYSTEM, "churn", EUR, answers)
    draft = draft_value_model(SYSTEM, "churn", EUR, {**answers, "monthly": "`monthly_charges`"})
    assert draft.spec.payoff.tp == Formula("0.3 * (6 * 1 * monthly_charges - 40) - 10")  # type: ignore[union-attr]
    summed = draft_value_model(SYSTEM, "churn", EUR, {**answers, "monthly": "fee + 5"})
    assert summed.spec.payoff.tp == Formula("0.3 * (6 * 1 * (fee + 5) - 40) - 10")  # type: ignore[union-attr]


def test_the_newsvendor_follows_from_what_happens_with_the_rest() -> None:
    thrown = draft_value_model(SYSTEM, "demand", EUR, {"margin": "9", "cost": "1"}).spec.payoff
    assert isinstance(thrown, DeviationCosts)
    assert thrown.quantile == pytest.approx(0.9)
    kept = draft_value_model(SYSTEM, "demand", EUR, {"left": "kept", "holding": "1", "short": "express", "express": "3"}).spec.payoff
    assert kept == DeviationCosts(Decimal(3), Decimal(1))
    sold = draft_value_model(SYSTEM, "demand", EUR, {"left": "discount", "salvage": "80%"}).spec.payoff
    assert sold == DeviationCosts(Decimal(3), Decimal(1))


def test_a_ticket_costs_more_the_further_off_it_goes() -> None:
    table = draft_value_model(SYSTEM, "triage", EUR, {"hourly": "40", "minutes": "15", "wait": "50", "rush": "5"}).spec.payoff
    assert isinstance(table, ClassPayoffs)
    assert table.values[0] == (Decimal(0), Decimal(-60), Decimal(-110))  # urgent: right, one class too low, two
    assert table.values[2] == (Decimal(-20), Decimal(-15), Decimal(0))
    teams = draft_value_model(
        SYSTEM, "triage", EUR, {"labels": "billing、network", "order": "none", "hourly": "40", "minutes": "15"}
    ).spec.payoff
    assert teams == ClassPayoffs(("billing", "network"), ((Decimal(0), Decimal(-10)), (Decimal(-10), Decimal(0))))


@pytest.mark.parametrize(
    ("key", "answers", "field", "says"),
    [
        ("churn", {"accepts": "130%"}, "answers.accepts", "between 1% and 100%"),
        ("churn", {"contact": "-1"}, "answers.contact", "between 0.01 and"),
        ("churn", {"contact": "ten"}, "answers.contact", "'ten' is not a number"),
        ("churn", {"contact": "nan"}, "answers.contact", "not a number"),
        ("churn", {"contact": "1e999999999"}, "answers.contact", "between"),
        ("churn", {"nothing": "1"}, "answers.nothing", "no question"),
        ("churn", {"basis": "yearly"}, "answers.basis", "lump, monthly"),
        ("churn", {"worth": "open('/etc/passwd')"}, "answers.worth", "isn't allowed"),
        ("churn", {"worth": "(select max(fee) from customers)"}, "answers.worth", "database query"),
        ("triage", {"labels": "one"}, "answers.labels", "2 to 30"),
        ("triage", {"labels": "a, a"}, "answers.labels", "2 to 30"),
        ("credit", {"amount": "`" + "c " * 142 + "c` + 1"}, "payoff", "1 to 300 characters"),
    ],
)
def test_answers_that_cannot_be_are_refused_by_name(key: str, answers: dict[str, str], field: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as refused:
        draft_value_model(SYSTEM, key, EUR, answers)
    assert refused.value.field == field


def test_unknown_templates_and_currencies_are_said_so(viewer: Principal) -> None:
    with pytest.raises(NotFound, match="template"):
        draft_value_model(viewer, "astrology", EUR, {})
    with pytest.raises(InvalidInput, match="XXX"):
        draft_value_model(viewer, "churn", Setting("XXX", Period.MONTH, 1), {})
    with pytest.raises(PermissionDenied):
        list_templates(Principal("nobody", "Nobody", "n@example.com", frozenset()))


def test_defaults_have_the_size_of_the_currency() -> None:
    assert {rough_size(currency) for currency in CURRENCIES} == {1, 10, 100, 1000, 10_000}
    yen = draft_value_model(SYSTEM, "churn", Setting("JPY", Period.MONTH, 1), {}).spec.payoff
    assert yen == PayoffMatrix(Decimal(5600), Decimal(-1100), Decimal(0), Decimal(0))
    assert example_draft(TEMPLATES[0]).spec.currency == "EUR"
