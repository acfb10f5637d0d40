"""The builder's steps about limits and costs: how it is decided today, what can be done at most, what it costs to run."""

from __future__ import annotations

import streamlit as st

from app.ui.page import gap, note, section, t, w
from app.ui.value_desk import Desk
from app.ui.value_draft import BY_COLUMN, BY_FORMULA, NO_RULE, read_draft
from app.ui.value_payoffs import try_out
from app.ui.value_preview import show_statements
from app.ui.value_sheet import Sheet
from core.impact.phrases import positive_cases
from core.impact.rule_words import OPERATORS
from core.project.model import Task
from core.project.value_model import Operator, Period


def limits_step(sheet: Sheet, desk: Desk) -> None:
    """Today's rule, and what a policy must keep to."""
    nouns, currency = desk.project.nouns, sheet.draft.text("currency")
    section(t("How do you decide today?"), t("The model is compared with it."))
    _rule_fields(sheet, desk)
    gap()
    period = w().period(Period(sheet.draft.text("period")).value)
    section(t("What can be done at most {period}?", period=period), t("What stays empty isn't limited."))
    left, right = st.columns(2, gap="large")
    with left:
        sheet.line("limits.capacity", t("Most {actions} {period}", actions=nouns.action_many, period=period), placeholder="800")
        sheet.line(
            "limits.least_precision", t("Of a hundred {actions}, at least so many must be needed (%)", actions=nouns.action_many), placeholder="25",
            help=t("So that people trust it: with 25, three of four may be in vain."),
        )  # fmt: skip
    with right:
        sheet.line(
            "limits.budget",
            t("Most money for {actions} {period} ({currency})", actions=nouns.action_many, period=period, currency=currency),
        )
        sheet.line(
            "limits.action_cost", t("What one {action} takes from the budget ({currency})", action=nouns.action_one, currency=currency),
            help=t("An amount, or a formula over the data's columns."),
        )  # fmt: skip
    reading = read_draft(sheet.draft)
    sheet.complain(reading.complaints, empty_too=("limits.action_cost",) if sheet.draft.text("limits.budget") else ())
    if reading.spec is None:
        return
    preview = try_out(sheet, desk, reading.spec)
    if preview is None:
        return
    about = ("rule", "limits")
    show_statements(
        nouns, [p for p in preview.problems if p.field.startswith(about)], [r for r in preview.remarks if r.field.startswith(about)]
    )
    if preview.rule_share is not None:
        note(t("Today's rule picks {share} of the rows.", share=w().percent(preview.rule_share, 1)))


def _rule_fields(sheet: Sheet, desk: Desk) -> None:
    kinds = {NO_RULE: t("By no rule"), BY_COLUMN: t("By a column"), BY_FORMULA: t("By a formula")}
    kind = sheet.choose("rule.kind", t("Today's rule"), kinds, kind="line", hidden=True)
    if kind == NO_RULE:
        note(t("Without a rule, the model is compared with doing nothing and with treating everybody."))
    elif kind == BY_FORMULA:
        sheet.line(
            "rule.formula", t("Formula"), placeholder="tenure < 6", help=t("Acted on wherever it isn't zero; a comparison is 1 or 0.")
        )
    else:
        left, middle, right = st.columns(3)
        version = desk.version(sheet.draft)
        with left:
            names = [c.name for c in version.columns] if version else []
            if names:
                sheet.choose("rule.column", t("Column"), {"": t("Choose a column"), **{name: name for name in names}})
            else:
                sheet.line("rule.column", t("Column"))
        with middle:
            sheet.choose("rule.operator", t("Comparison"), {o.value: t(OPERATORS[o]) for o in Operator})
        with right:
            sheet.line("rule.value", t("Compared with"))


def costs_step(sheet: Sheet, desk: Desk) -> None:
    """What it costs to bring and to run, and how production differs from the data."""
    currency, period = sheet.draft.text("currency"), w().period(Period(sheet.draft.text("period")).value)
    section(t("What does the model itself cost?"), t("For return on investment and payback. What stays empty costs nothing."))
    left, right = st.columns(2, gap="large")
    with left:
        sheet.line(
            "economics.one_off_cost", t("To bring it in, once ({currency})", currency=currency), help=t("Projects, systems, training.")
        )
        sheet.line(
            "economics.discount_rate",
            t("Discount rate a year (%)"),
            help=t("What your company asks of investments; its finance department knows it."),
        )
    with right:
        sheet.line(
            "economics.running_cost",
            t("To run it, {period} ({currency})", period=period, currency=currency),
            help=t("Machines, licences, people who look after it."),
        )
        sheet.line("economics.horizon_months", t("How many months ahead the business case looks"))
    if desk.project.task is Task.BINARY:
        _prevalence_field(sheet, desk)
    reading = read_draft(sheet.draft)
    sheet.complain(reading.complaints, empty_too=("economics.horizon_months",))


def _prevalence_field(sheet: Sheet, desk: Desk) -> None:
    who = positive_cases(w(), desk.project.nouns)
    gap()
    section(t("How many are there really?"), t("Data is often made with more of the rare cases than there are in production."))
    left, right = st.columns(2, gap="large")
    with left:
        sheet.line("economics.prevalence", t("Share of {who} in production (%)", who=who), placeholder=t("as in the data"))
    with right:
        reading = read_draft(sheet.draft)
        preview = try_out(sheet, desk, reading.spec) if reading.spec else None
        if preview is not None and preview.positive_share is not None:
            note(t("In your data it is {share}.", share=w().percent(preview.positive_share, 1)))
