"""The inputs of a project: its words, and the short path to a first value model. The builder is the long one."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from app.ui import session
from app.ui.dialogs import slot
from app.ui.forms import money_field, number_field, text_field
from app.ui.page import note, section, t, w
from app.ui.value_draft import COMMON
from core.errors import InvalidInput
from core.impact.rule_words import OPERATORS
from core.impact.value_words import PERIODS, cell_name, field_name
from core.project.model import Nouns, Task
from core.project.payoffs import CELLS, ClassPayoffs, DeviationCosts
from core.project.service import ValueModelSpec
from core.project.templates import Setting, Template, draft_value_model, read_labels
from core.project.value_model import CURRENCIES, Operator, Payoff, PayoffMatrix, Period, TodaysRule

PLACEHOLDER = Nouns("customer", "customers", "would leave", "would have stayed", "call", "calls")


def nouns_fields(key: str, old: Nouns | None = None) -> Nouns | None:
    """Inputs for the project's own words; None while one is missing.

    Args:
        old: what stands there first.
    """
    section(t("Your words"), t("Every report speaks with them: “Of 1,000 customers who would leave, 820 get a call.”"))
    left, right = st.columns(2)
    with left:
        one = text_field(t("One case"), key=f"{key}-one", value=old.case_one if old else "", longest=60, placeholder=t("customer"))
        does = text_field(
            t("What you look for"), key=f"{key}-does", value=old.outcome if old else "", longest=60, placeholder=t("would leave")
        )
        action = text_field(t("One action"), key=f"{key}-act", value=old.action_one if old else "", longest=60, placeholder=t("call"))
    with right:
        many = text_field(t("Many cases"), key=f"{key}-many", value=old.case_many if old else "", longest=60, placeholder=t("customers"))
        does_not = text_field(
            t("What the others do"), key=f"{key}-not", value=old.outcome_not if old else "", longest=60, placeholder=t("would have stayed")
        )
        actions = text_field(t("Many actions"), key=f"{key}-acts", value=old.action_many if old else "", longest=60, placeholder=t("calls"))
    if not (one and many and does and does_not and action and actions):
        return None
    return Nouns(one, many, does, does_not, action, actions)


def value_fields(key: str, task: Task, nouns: Nouns | None, template: Template | None = None) -> ValueModelSpec | None:
    """Inputs for a first version of the value model, as short as can be; None while one can't be used.

    Args:
        template: whose suggestions stand in the fields first.
    """
    section(t("What decisions are worth"), t("Value of one case, compared with leaving everything as it is. Costs are negative."))
    left, middle, right = st.columns(3)
    currencies = [*COMMON, *sorted(CURRENCIES - set(COMMON))]
    with left:
        currency = st.selectbox(t("Currency"), currencies, key=slot(f"{key}-currency"))
    with middle:
        periods = list(Period)
        period = st.selectbox(
            t("Period"), periods, periods.index(Period.MONTH), format_func=lambda p: t(PERIODS[p]), key=slot(f"{key}-period")
        )
    with right:
        cases = number_field(t("Cases per period"), key=f"{key}-cases", low=1, high=10**12)
    # What is suggested depends on template and currency: so does the key, or else the old suggestion would stay.
    own = f"{key}-{template.key}-{currency}" if template else key
    payoff = _payoff_fields(own, task, Setting(currency, period, 1), nouns or PLACEHOLDER, template)
    rule_ok, rule = _rule_fields(key) if task is Task.BINARY else (True, None)
    if payoff is None or cases is None or not rule_ok:
        return None
    return ValueModelSpec(currency, period, int(cases), payoff, rule)


def _payoff_fields(key: str, task: Task, setting: Setting, nouns: Nouns, template: Template | None) -> Payoff | None:
    match task:
        case Task.BINARY:
            return _matrix_fields(key, setting, nouns, template)
        case Task.REGRESSION:
            return _cost_fields(key, setting, nouns, template)
        case Task.MULTICLASS:
            return _table_fields(key, setting, template)


def _suggested(setting: Setting, template: Template | None) -> Payoff | None:
    return draft_value_model(session.principal(), template.key, setting, {}).spec.payoff if template else None


def _matrix_fields(key: str, setting: Setting, nouns: Nouns, template: Template | None) -> PayoffMatrix | None:
    suggested = _suggested(setting, template)
    first = {c: getattr(suggested, c) for c in CELLS} if suggested else {"tp": None, "fp": None, "fn": Decimal(0), "tn": Decimal(0)}
    left, right = st.columns(2)
    found = {}
    for cell, place in (("tp", left), ("fn", left), ("fp", right), ("tn", right)):
        with place:
            found[cell] = money_field(cell_name(w(), nouns, cell), setting.currency, key=f"{key}-{cell}", value=first[cell])
    if None in found.values():
        return None
    try:
        return PayoffMatrix(*(found[cell] for cell in CELLS))  # type: ignore[arg-type]
    except InvalidInput as error:
        note(t(error.template, **error.fields))
        return None


def _cost_fields(key: str, setting: Setting, nouns: Nouns, template: Template | None) -> DeviationCosts | None:
    suggested = _suggested(setting, template)
    found = []
    for name, place in zip(("under", "over"), st.columns(2), strict=True):
        with place:
            label = field_name(w(), nouns, f"payoff.{name}")
            first = getattr(suggested, name) if suggested else None
            found.append(money_field(label, setting.currency, key=f"{key}-{name}", value=first, low=Decimal(0)))
    under, over = found
    if under is None or over is None:
        return None
    try:
        return DeviationCosts(under, over)
    except InvalidInput as error:
        note(t(error.template, **error.fields))
        return None


def _table_fields(key: str, setting: Setting, template: Template | None) -> ClassPayoffs | None:
    """The classes, and one amount for every wrong one; with a template, its amounts."""
    names = text_field(t("Classes, separated by commas"), key=f"{key}-classes", longest=2000, placeholder="urgent, normal, low")
    wrong = None if template else money_field(t("What a wrong class costs"), setting.currency, key=f"{key}-wrong", low=Decimal("0.01"))
    if names is None or (template is None and wrong is None):
        return None
    try:
        labels = read_labels(names, "payoff.classes")
        if template is not None:
            payoff = draft_value_model(session.principal(), template.key, setting, {"labels": labels}).spec.payoff
            return payoff if isinstance(payoff, ClassPayoffs) else None
        cost = -(wrong or Decimal(1))
        return ClassPayoffs(labels, tuple(tuple(Decimal(0) if i == j else cost for j in labels) for i in labels))
    except InvalidInput as error:
        note(t(error.template, **error.fields))
        return None


def _rule_fields(key: str) -> tuple[bool, TodaysRule | None]:
    if not st.toggle(t("There is a rule today"), key=slot(f"{key}-has-rule")):
        note(t("Without a rule, the model is compared with doing nothing and with treating everybody."))
        return True, None
    left, middle, right = st.columns(3)
    with left:
        column = text_field(t("Column"), key=f"{key}-rule-column", longest=200)
    with middle:
        operators = list(Operator)
        operator = st.selectbox(t("Comparison"), operators, index=0, format_func=lambda o: t(OPERATORS[o]), key=slot(f"{key}-rule-op"))
    with right:
        value = text_field(t("Compared with"), key=f"{key}-rule-value", longest=200)
    if not column or not value:
        return False, None
    try:
        return True, TodaysRule(column, operator, value)
    except InvalidInput as error:
        note(t(error.template, **error.fields))
        return False, None
