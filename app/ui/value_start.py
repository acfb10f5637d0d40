"""The first two steps of the value model builder: what to start from, and the template's questions."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from app.ui import session
from app.ui.page import facts, note, section, t, w
from app.ui.text import md, whole_amounts
from app.ui.value_desk import AMOUNT, COLUMN, FORMULA, Desk, asked, given_answers, start_from
from app.ui.value_draft import BLANK, COMMON, VERSION, amount_text, payoff_texts, read_draft, read_setting
from app.ui.value_sheet import START, Sheet, keep_draft, kept_draft
from core.errors import InvalidInput
from core.impact.value_words import PERIODS, error_words, example_story, result_text, rule_label
from core.project.model import Nouns
from core.project.payoffs import Formula
from core.project.templates import Draft as Worked
from core.project.templates import Kind, Question, Setting, Template, answer_text, default_answer, draft_value_model, example_draft
from core.project.value_model import CURRENCIES, Period
from core.project.wording import spoken


def start_step(sheet: Sheet, desk: Desk) -> None:
    """Choose what to start from; currency, period and volume."""
    starts = {
        **({VERSION: t("Version {version}, as it stands", version=desk.newest.version)} if desk.newest else {}),
        **{template.key: t(template.name) for template in desk.templates},
        BLANK: t("A blank sheet"),
    }
    said = {
        VERSION: t("Change single figures."),
        BLANK: t("You know the payoffs already."),
        **{x.key: t(x.audience) for x in desk.templates},
    }
    left, right = st.columns([3, 2], gap="large")
    with left:
        keys = list(starts)
        first = keys.index(sheet.draft.start) if sheet.draft.start in keys else 0
        st.radio(
            t("What do you start from?"), keys, first, format_func=lambda key: md(starts[key]), captions=[md(said[key]) for key in keys],
            key=START, on_change=_start_anew, args=(desk,),
        )  # fmt: skip
    with right:
        template = desk.template(sheet.draft)
        if template is not None:
            _example(template)
    _setting_fields(sheet)


def _start_anew(desk: Desk) -> None:
    draft = kept_draft(desk.project)
    if draft is not None:
        keep_draft(start_from(desk, draft, str(st.session_state[START])))


def _setting_fields(sheet: Sheet) -> None:
    section(t("Money and volume"), t("In which currency you count, and how many cases there are to decide on."))
    left, middle, right = st.columns(3)
    with left:
        codes = [*COMMON, *sorted(CURRENCIES - set(COMMON))]
        sheet.choose("currency", t("Currency"), {code: code for code in codes})
    with middle:
        sheet.choose("period", t("Period"), {period.value: t(PERIODS[period]) for period in Period})
    with right:
        sheet.line("cases_per_period", t("Cases per period"), placeholder="10,000")
    sheet.complain(read_draft(sheet.draft).complaints)


def _example(template: Template) -> None:
    """A template's worked example."""
    draft, words = example_draft(template), w()
    with st.container(border=True, key="k-vm-example"):
        section(t("An example"))
        st.markdown(md(example_story(words, template, draft)))
        show_working(draft, spoken(words, template.nouns))
        note(t("The form follows {source}.", source=template.method))


def show_working(draft: Worked, nouns: Nouns) -> None:
    """How each payoff follows from the answers."""
    words = w()
    rows = []
    for one in draft.working:
        result = result_text(words, one, draft.spec.currency)
        told = one.arithmetic if isinstance(one.result, Formula) else f"{one.arithmetic} = {result}" if " " in one.arithmetic else result
        rows.append((rule_label(words, nouns, one.cell), whole_amounts(told)))
    facts(rows)


def questions_step(sheet: Sheet, desk: Desk) -> None:
    """The template's questions, and what follows from the answers."""
    template, setting = desk.template(sheet.draft), read_setting(sheet.draft)
    if template is None:
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        for question in asked(sheet.draft, template):
            _ask(sheet, desk, question)
    currency = sheet.draft.text("currency")
    worked, wrong = _work_out(sheet, template, setting or Setting(currency, Period.MONTH, 1))
    with right, st.container(border=True, key="k-vm-worked"):
        section(t("What follows"), t("From your answers, for one case."))
        if worked is not None:
            show_working(worked, desk.project.nouns)
        elif wrong is not None:
            note(error_words(w(), desk.project.nouns, wrong))
    if wrong is not None:
        key = wrong.field.rsplit(".", 1)[-1]
        sheet.complain(dict.fromkeys((wrong.field, f"formula.{key}", f"times.{key}", f"column.{key}"), wrong))


def _work_out(sheet: Sheet, template: Template, setting: Setting) -> tuple[Worked | None, InvalidInput | None]:
    """What the answers make; changed answers fill the payoffs anew."""
    try:
        given = given_answers(sheet.draft, template)
        worked = draft_value_model(session.principal(), template.key, setting, given)
    except InvalidInput as error:
        return None, error
    mark = repr((template.key, setting.currency, sorted(given.items())))
    if mark != sheet.draft.filled:
        sheet.draft = replace(sheet.draft.with_texts(payoff_texts(worked.spec.payoff)), filled=mark)
        keep_draft(sheet.draft)
    return worked, None


def _ask(sheet: Sheet, desk: Desk, question: Question) -> None:
    """One question."""
    name, currency = f"answers.{question.key}", sheet.draft.text("currency")
    first = first_text(question, currency)
    text, hint = t(question.text), t(question.help) if question.help else ""
    match question.kind:
        case Kind.CHOICE:
            sheet.choose(name, text, {o.key: t(o.text) for o in question.options}, first=first, kind="line", help=hint)
        case Kind.MONEY if question.by_row:
            _ask_by_row(sheet, desk, question)
        case Kind.LABELS:
            sheet.line(name, text, first=first, help=hint)
        case _:
            unit = currency if question.kind is Kind.MONEY else "%" if question.kind is Kind.SHARE else t(question.unit)
            sheet.line(name, f"{text} ({unit})", first=first, help=hint, below=lambda typed: _source(question, typed, first, currency))


def first_text(question: Question, currency: str) -> str:
    """What stands in a question first, as a person writes it."""
    default = default_answer(question, currency)
    if isinstance(default, tuple | str):
        return answer_text(default)
    return amount_text(default * 100 if question.kind is Kind.SHARE else default)


def _source(question: Question, typed: str, first: str, currency: str) -> None:
    """Where the default comes from, or, once it was replaced, what it was."""
    rough = (
        question.kind is Kind.MONEY
        and question.source
        and currency != question.currency
        and default_answer(question, currency) != question.default
    )
    if typed not in {"", first}:
        note(t("Your own figure; suggested was {first}.", first=first))
    elif rough:
        note(
            t(
                "Source: {source}; the size of {currency}, no exchange rate. Put in your own figure.",
                source=question.source,
                currency=currency,
            )
        )
    elif question.source:
        note(t("Source: {source}.", source=question.source))
    else:
        note(t("An assumption; put in your own figure."))


def _ask_by_row(sheet: Sheet, desk: Desk, question: Question) -> None:
    """An amount that may differ from case to case."""
    key, currency = question.key, sheet.draft.text("currency")
    columns = desk.number_columns(sheet.draft)
    ways = {AMOUNT: t("One amount"), **({COLUMN: t("A column")} if columns else {}), FORMULA: t("A formula")}
    chosen = sheet.choose(f"way.{key}", t(question.text), ways, kind="line", help=t(question.help) if question.help else "")
    if chosen == COLUMN:
        left, right = st.columns([2, 1])
        with left:
            sheet.choose(f"column.{key}", t("Column"), {"": t("Choose a column"), **{name: name for name in columns}})
        with right:
            sheet.line(f"times.{key}", t("times"), first="1")
        note(t("Read from each row of the data."))
    elif chosen == FORMULA:
        known = ", ".join(columns[:6])
        sheet.line(f"formula.{key}", t("Formula"), placeholder="12 * monthly_charges", help=t("Numbers, columns, + - * / and comparisons."))
        note(t("Columns: {columns}", columns=known) if known else t("Column names as in your data; in backquotes where they hold spaces."))
    else:
        first = first_text(question, currency)
        sheet.line(f"answers.{key}", currency, first=first, below=lambda typed: _source(question, typed, first, currency))
