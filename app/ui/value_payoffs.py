"""The builder's third step: what each decision is worth, as amounts or formulas, tried on real rows while they are typed."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import streamlit as st

from app.ui import session, states
from app.ui.page import gap, note, section, sentences, t, w
from app.ui.text import md
from app.ui.value_desk import Desk, given_answers
from app.ui.value_draft import COSTS, Draft, Reading, amount_text, read_draft, read_setting, value_field
from app.ui.value_preview import show_entries, show_matrix, show_preview, show_statements
from app.ui.value_sheet import LONGEST, Sheet, keep_draft
from core.errors import InvalidInput, KachiError
from core.identity import Permission
from core.impact.preview import Preview, preview_value_model
from core.impact.value_words import cell_name, error_words, field_name, payoff_sentences
from core.project.model import Task
from core.project.payoffs import CELLS, PayoffMatrix
from core.project.service import ValueModelSpec
from core.project.templates import Working, draft_value_model, read_labels

HINTS = {"under": "0.3 * price", "over": "2", "tp": "0.3 * monthly_charges - 20", "fp": "-20", "fn": "-loan_amount", "tn": "0"}


def payoffs_step(sheet: Sheet, desk: Desk) -> None:
    """Inputs at the left, the table in words at the right, real rows below."""
    match desk.project.task:
        case Task.BINARY:
            _matrix_step(sheet, desk)
        case Task.REGRESSION:
            _costs_step(sheet, desk)
        case Task.MULTICLASS:
            _table_step(sheet, desk)


def _matrix_step(sheet: Sheet, desk: Desk) -> None:
    words, nouns, currency = w(), desk.project.nouns, sheet.draft.text("currency")
    worked = {one.cell: one for one in _working(sheet.draft, desk)}
    left, right = st.columns([1, 1], gap="large")
    with left:
        for cell in CELLS:
            name = f"payoff.{cell}"
            sheet.line(
                name, f"{cell_name(words, nouns, cell)} ({currency})", first="" if cell in {"tp", "fp"} else "0", placeholder=HINTS[cell],
                below=lambda typed, one=worked.get(cell): _arithmetic(typed, one),  # type: ignore[misc]
            )  # fmt: skip
        _formula_help(sheet, desk)
    reading = read_draft(_with_zeros(sheet.draft))
    with right:
        payoff = reading.spec.payoff if reading.spec else None
        if reading.spec is not None and isinstance(payoff, PayoffMatrix):
            show_matrix(nouns, reading.spec, payoff)
            gap()
            sentences(payoff_sentences(words, nouns, reading.spec))
        elif "payoff" in reading.complaints:
            note(error_words(words, nouns, reading.complaints["payoff"]))
        else:
            note(t("Fill in all four, and you see here what they say."))
    sheet.complain(reading.complaints)
    if reading.spec is not None:
        gap()
        preview = try_out(sheet, desk, reading.spec)
        if preview is not None:
            show_preview(nouns, reading.spec, preview)


def _with_zeros(draft: Draft) -> Draft:
    """Leaving somebody alone is worth nothing unless something else is said."""
    kept = draft.with_texts({f"payoff.{cell}": "0" for cell in ("fn", "tn") if f"payoff.{cell}" not in draft.typed})
    if kept.typed != draft.typed:
        keep_draft(kept)
    return kept


def _working(draft: Draft, desk: Desk) -> tuple[Working, ...]:
    """How the template came to its payoffs; nothing where it wasn't started from one."""
    template, setting = desk.template(draft), read_setting(draft)
    if template is None or setting is None:
        return ()
    try:
        return draft_value_model(session.principal(), template.key, setting, given_answers(draft, template)).working
    except InvalidInput:
        return ()


def _arithmetic(typed: str, one: Working | None) -> None:
    if one is not None and isinstance(one.result, Decimal) and typed == amount_text(one.result) and " " in one.arithmetic:
        note(t("From your answers: {arithmetic}", arithmetic=one.arithmetic))


def _formula_help(sheet: Sheet, desk: Desk) -> None:
    """What may stand in a formula, and the columns that there are."""
    with st.popover(t("How to write a formula"), icon=":material/function:"):
        st.markdown(
            "\n".join(
                f"- {line}"
                for line in (
                    md(t("A formula is worked out for each row, from its columns:")) + " `0.3 * premium - 20`, `-loan_amount`",
                    md(t("Numbers and columns, with + - * / and parentheses")),
                    md(t("Names with spaces or signs stand in backquotes:")) + " `` 12 * `monthly charges` ``",
                    "`min(a, b)` `max(a, b)` `abs(a)`",
                    md(t("Instead of an empty cell another value:")) + " `coalesce(income, 0)`",
                    md(t("One value or another:")) + " `50 if plan == 'gold' else 20`",
                )
            )
        )
        columns = desk.number_columns(sheet.draft)
        if columns:
            section(t("Columns with numbers"))
            st.markdown(" ".join(f"`{name}`" if name.isidentifier() else f"`` `{name}` ``" for name in columns[:40]))


def try_out(sheet: Sheet, desk: Desk, spec: ValueModelSpec) -> Preview | None:
    """The draft on the data that was chosen; None where the reader may not see data, or it can't be tried."""
    if not session.may(Permission.READ_DETAILS):
        note(t("Rows of data are shown to data scientists, approvers and administrators only."))
        return None
    if len(desk.data) > 1:
        labels = {v.id: t("{name}, version {version}", name=v.name, version=v.number) for v in desk.data}
        sheet.choose("data", t("Tried on"), labels)
    version = desk.version(sheet.draft)
    try:
        return preview_value_model(session.workspace(), session.principal(), desk.project.id, spec, version.id if version else None)
    except KachiError as error:
        states.error(error)
        return None


def preview_quietly(sheet: Sheet, desk: Desk, reading: Reading) -> Preview | None:
    """The draft on its data, without a word; None where it can't be tried."""
    if reading.spec is None or not session.may(Permission.READ_DETAILS):
        return None
    version = desk.version(sheet.draft)
    try:
        return preview_value_model(session.workspace(), session.principal(), desk.project.id, reading.spec, version.id if version else None)
    except KachiError:
        return None


def _costs_step(sheet: Sheet, desk: Desk) -> None:
    words, nouns, currency = w(), desk.project.nouns, sheet.draft.text("currency")
    left, right = st.columns([1, 1], gap="large")
    with left:
        for cost in COSTS:
            unit = t("units") if cost == "tolerance" else currency
            sheet.line(
                f"payoff.{cost}", f"{field_name(words, nouns, f'payoff.{cost}')} ({unit})", first="0" if cost == "tolerance" else "",
                placeholder=HINTS.get(cost, ""),
            )  # fmt: skip
        _formula_help(sheet, desk)
    reading = read_draft(sheet.draft)
    sheet.complain(reading.complaints)
    if reading.spec is None:
        return
    with right:
        sentences(payoff_sentences(words, nouns, reading.spec))
        preview = try_out(sheet, desk, reading.spec)
        if preview is not None:
            show_statements(nouns, preview.problems, preview.remarks)
            _show_demand(preview)
    if preview is not None:
        show_entries(nouns, reading.spec.currency, preview)


def _show_demand(preview: Preview) -> None:
    if preview.demand is None or preview.source is None:
        return
    words, (mean, planned) = w(), preview.demand
    section(
        t("Without any forecast it would pay to plan for {planned} each time; the average is {mean}", planned=words.number(planned, 0 if planned >= 100 else 1), mean=words.number(mean, 0 if mean >= 100 else 1)),
        t("On all {rows} rows of {name}.", rows=words.number(preview.source.rows), name=preview.source.name),
    )  # fmt: skip


def _table_step(sheet: Sheet, desk: Desk) -> None:
    words, nouns = w(), desk.project.nouns
    sheet.line(
        "payoff.classes", t("Classes, separated by commas"), help=t("As your data names them, separated by commas; the most urgent first.")
    )
    try:
        labels = read_labels(sheet.draft.text("payoff.classes"), "payoff.classes")
    except InvalidInput:
        labels = ()
    if labels:
        note(
            t(
                "What it is worth to take a case of the row for the class of the column, in {currency}: an amount, or a formula over the case's "
                "columns. Costs are negative.",
                currency=sheet.draft.text("currency"),
            )
        )
        _edit_table(sheet, labels)
        _formula_help(sheet, desk)
    reading = read_draft(sheet.draft)
    sheet.complain(reading.complaints)
    if "payoff.values" in reading.complaints or "payoff" in reading.complaints:
        note(error_words(words, nouns, reading.complaints.get("payoff.values") or reading.complaints["payoff"]))
    if reading.spec is None:
        return
    section(t("The most costly mix-ups"))
    sentences(payoff_sentences(words, nouns, reading.spec))
    preview = try_out(sheet, desk, reading.spec)
    if preview is not None:
        show_statements(nouns, preview.problems, preview.remarks)
        show_entries(nouns, reading.spec.currency, preview)


def _edit_table(sheet: Sheet, labels: tuple[str, ...]) -> None:
    """The table as a sheet of amounts and formulas."""
    size = range(len(labels))
    cells = [[sheet.draft.text(value_field(i, j)) or "0" for j in size] for i in size]
    columns = [t("taken for “{name}”", name=name) for name in labels]
    frame = pd.DataFrame(cells, index=pd.Index(labels, name=t("What it is")), columns=columns)
    text = {name: st.column_config.TextColumn(max_chars=LONGEST) for name in columns}
    edited = st.data_editor(frame, key=f"vm-table-{len(labels)}", num_rows="fixed", column_config=text, alt=t("Payoff table"))
    typed = edited.fillna("").to_numpy(dtype=object)
    texts = {value_field(i, j): str(typed[i, j]).strip() or "0" for i in size for j in size}
    changed = {name: text for name, text in texts.items() if (sheet.draft.text(name) or "0") != text}
    if changed:
        sheet.draft = sheet.draft.with_texts(changed)
        keep_draft(sheet.draft)
