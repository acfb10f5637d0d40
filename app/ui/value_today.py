"""The builder's step about today, for several classes and forecasts: what stands in the data about how it is decided or planned without a model."""

from __future__ import annotations

import streamlit as st

from app.ui import session
from app.ui.page import gap, note, section, t, w
from app.ui.value_desk import Desk
from app.ui.value_draft import BY_COLUMN, BY_FORMULA, NO_RULE, meaning_field, read_draft
from app.ui.value_payoffs import try_out
from app.ui.value_preview import show_statements
from app.ui.value_sheet import Sheet
from core.data.overview import list_values
from core.errors import InvalidInput
from core.impact.preview import Preview
from core.project.model import Task
from core.project.templates import read_labels
from core.project.value_model import MOST_CONDITIONS

MOST_ASKED = 24


def today_step(sheet: Sheet, desk: Desk) -> None:
    """How classes are decided on, or numbers planned, today."""
    if desk.project.task is Task.MULTICLASS:
        _deciding(sheet, desk)
    else:
        _planning(sheet, desk)
    gap()
    reading = read_draft(sheet.draft)
    sheet.complain(reading.complaints)
    preview = try_out(sheet, desk, reading.spec) if reading.spec is not None else None
    if preview is not None:
        _tell(sheet, preview)


def _tell(sheet: Sheet, preview: Preview) -> None:
    """What today's rule does on the rows, and what is wrong with it."""
    problems, remarks = ([one for one in found if one.field.startswith("rule")] for found in (preview.problems, preview.remarks))
    show_statements(sheet.nouns, problems, remarks)
    words = w()
    if preview.rule_classes:
        shares = ("、" if words.language == "ja" else ", ").join(
            t("{name} for {share}", name=name, share=words.percent(share, 1)) for name, share in preview.rule_classes
        )
        told = t("On these rows today's rule decides on {shares}.", shares=shares)
        right = preview.rule_right
        note(told if right is None else words.together(told, t("It is right for {share} of them.", share=words.percent(right, 1))))
    plan = preview.planned
    if plan is not None and plan.low is not None and plan.median is not None and plan.high is not None:
        low, middle, high = (
            words.number(value, 0 if abs(value) >= 100 or value == int(value) else 1) for value in (plan.low, plan.median, plan.high)
        )
        note(t("On these rows {low} to {high} is planned today, {middle} in the middle.", low=low, high=high, middle=middle))


def _deciding(sheet: Sheet, desk: Desk) -> None:
    section(t("How do you decide today?"), t("The model is compared with it."))
    kinds = {NO_RULE: t("The data doesn't say"), BY_COLUMN: t("A column says"), BY_FORMULA: t("Conditions say")}
    kind = sheet.choose("rule.kind", t("Today's rule"), kinds, kind="line", hidden=True)
    if kind == NO_RULE:
        note(t("Without it, the model is compared with always deciding on the same class."))
    elif kind == BY_FORMULA:
        _conditions(sheet, _labels(sheet))
    else:
        _by_column(sheet, desk, _labels(sheet))


def _labels(sheet: Sheet) -> tuple[str, ...]:
    """The classes of the payoffs; none while they can't be read."""
    try:
        return read_labels(sheet.draft.text("payoff.classes"), "payoff.classes")
    except InvalidInput:
        return ()


def _conditions(sheet: Sheet, labels: tuple[str, ...]) -> None:
    """A line for each condition and its class, and one more to fill in; the first that holds decides."""
    note(t("The first condition that holds decides."))
    filled = [i for i in range(MOST_CONDITIONS) if sheet.draft.text(f"rule.when.{i}")]
    for i in range(min(max(filled, default=-1) + 2, MOST_CONDITIONS)):
        left, right = st.columns([3, 1])
        with left:
            sheet.line(f"rule.when.{i}", t("Where"), placeholder="amount > 1000")
        with right:
            sheet.choose(f"rule.then.{i}", t("decide on"), {"": t("Choose a class"), **{name: name for name in labels}})
    sheet.choose("rule.otherwise", t("All others"), {"": t("Choose a class"), **{name: name for name in labels}})


def _by_column(sheet: Sheet, desk: Desk, labels: tuple[str, ...]) -> None:
    version = desk.version(sheet.draft)
    target = version.roles.target if version and version.roles else None
    column = _column(
        sheet, [c.name for c in version.columns if c.name != target] if version else [], t("Column that names what is decided")
    )
    if not labels or not column:
        return
    _meanings(sheet, desk, column, labels)
    sheet.choose("rule.otherwise", t("All others, and empty cells"), {"": t("There must be none"), **{name: name for name in labels}})


def _meanings(sheet: Sheet, desk: Desk, column: str, labels: tuple[str, ...]) -> None:
    """For each name in the column: which class it stands for."""
    start = meaning_field(column, "")
    known = [
        bytes.fromhex(name.removeprefix(start)).decode() for name, text in sheet.draft.typed.items() if text and name.startswith(start)
    ]
    names = list(dict.fromkeys([*_values(sheet, desk, column), *known]))[:MOST_ASKED]
    if not names:
        return
    section(t("Which class does each name stand for?"), t("A class's own name stands for it until you choose another."))
    places = st.columns(3)
    for index, name in enumerate(names):
        with places[index % len(places)]:
            first = name if name in labels else t("None of its own")
            sheet.choose(meaning_field(column, name), name, {"": first, **{label: label for label in labels if label != name}})


def _values(sheet: Sheet, desk: Desk, column: str) -> list[str]:
    """What stands in the column, the most frequent first; nothing where the reader may not see data."""
    version = desk.version(sheet.draft)
    if version is None or version.column(column) is None:
        return []
    return [value for value, _ in list_values(session.workspace(), session.principal(), version.id, column)]


def _planning(sheet: Sheet, desk: Desk) -> None:
    section(t("How do you plan today?"), t("The forecast is compared with it."))
    kinds = {NO_RULE: t("The data doesn't say"), BY_COLUMN: t("A column says"), BY_FORMULA: t("A formula gives it")}
    kind = sheet.choose("rule.kind", t("Today's planning"), kinds, kind="line", hidden=True)
    if kind == NO_RULE:
        note(t("Without it, the forecast is compared with always planning the average, and the best fixed number."))
    elif kind == BY_FORMULA:
        sheet.line(
            "rule.formula", t("Formula"), placeholder="1.1 * last_week", help=t("Gives the number that is planned for each row, from its columns.")
        )  # fmt: skip
    else:
        _column(sheet, list(desk.number_columns(sheet.draft)), t("Column that holds what is planned"))


def _column(sheet: Sheet, names: list[str], label: str) -> str:
    """A column: from a list where the reader may see data, else typed."""
    if not names:
        return sheet.line("rule.column", label)
    return sheet.choose("rule.column", label, {"": t("Choose a column"), **{name: name for name in names}})
