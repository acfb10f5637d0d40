"""The what-if card of a run of classes or a forecast: the reader's own assumptions, and what follows from them at once."""

from __future__ import annotations

import math

import streamlit as st

from app.ui import session, states
from app.ui.charts import Estimate, interval_dots, show_chart
from app.ui.dialogs import close, dialog, slot
from app.ui.page import note, t, w
from app.ui.task_scenarios import save_button
from core.errors import KachiError
from core.identity import Permission
from core.impact import task_explorer as explorer
from core.impact import task_what_if_words as say
from core.impact.amounts import Amount
from core.impact.plan_table import PlanTable
from core.impact.setting import Setting
from core.impact.task_proposing import Moved, propose_moved
from core.impact.task_report import TaskReport
from core.words import Words

STEPS = 200
CENT = 0.01
PERCENT = 100.0


@st.fragment
def show_what_if(report: TaskReport) -> None:
    """The card; nothing where every payoff differs from case to case."""
    with st.container(border=True, key="k-what-if"):
        if report.forecast is not None:
            _plan(report)
        elif explorer.movable_payoffs(report):
            _payoff(report)
        else:
            note(t("Every payoff differs from case to case, so there is no single one to move."))


def _plan(report: TaskReport) -> None:
    ws, me, words, setting, found = session.workspace(), session.principal(), w(), report.setting, report.forecast
    assert found is not None
    table = explorer.explore_plan(ws, me, report)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        under = _unit(report, table, "under", t("Cost of each unit too few"))
        over = _unit(report, table, "over", t("Cost of each unit too many"))
        cases = _cases(report, table.cases)
        amount = _amount(report, found.adjustment.kind.is_share, table)
        moved = Moved(_changed(cases, table.cases), _changed(under, table.under), _changed(over, table.over))
        save_button(report, moved, table)
        _propose_button(report, moved)
    if under == over == 0:
        note(t("At least one of the two costs must be above zero."))
        return
    answer = explorer.answer_plan(ws, me, report, under=under, over=over, cases=cases, amount=amount)
    with right:
        rows = [(t("As assumed"), found.saving), (t("As you assume"), answer.saving), (t("Best adjustment"), answer.best_saving)]
        _dots(words, setting, say.plan_finding(words, setting, answer), rows)
        for sentence in say.plan_sentences(words, setting, found, table, answer):
            note(sentence)


def _payoff(report: TaskReport) -> None:
    ws, me, words, setting = session.workspace(), session.principal(), w(), report.setting
    pairs = {f"{truth}/{decided}": (truth, decided) for truth, decided in explorer.movable_payoffs(report)}
    left, right = st.columns([2, 3], gap="medium")
    with left:
        chosen = st.selectbox(
            t("What is moved"), list(pairs), key=_key(report, "pair"), bind="query-params",
            format_func=lambda key: _pair_name(words, *pairs[key]),
        )  # fmt: skip
        truth, decided = pairs[chosen]
        table = explorer.explore_payoff(ws, me, report, truth, decided)
        payoff = _slider(report, f"payoff-{chosen}", t("What it is worth"), table.low, table.high, table.agreed)
        note(words.money_exact(payoff, setting.currency, signed=bool(payoff)))
        cases = _cases(report, table.cases)
        moved = Moved(_changed(cases, table.cases), pair=(truth, decided), payoff=_changed(payoff, table.agreed))
        save_button(report, moved)
        _propose_button(report, moved)
    answer = explorer.answer_payoff(ws, me, report, truth, decided, payoff=payoff, cases=cases)
    with right:
        assert report.classes is not None
        rows = [(t("As assumed"), report.gain), (t("Decided as approved"), answer.gain), (t("Decided anew by value"), answer.anew)]
        _dots(words, setting, say.payoff_finding(words, setting, answer), rows)
        for sentence in say.payoff_sentences(words, setting, answer):
            note(sentence)


def _changed(value: float, agreed: float) -> float | None:
    """What the reader moved; None where it stands as agreed, so that a proposal leaves it as the newest value model has it."""
    return None if abs(value - agreed) < CENT / 2 else value


def _propose_button(report: TaskReport, moved: Moved) -> None:
    """The way from the reader's assumptions to the team's."""
    if session.may(Permission.PROPOSE_VALUE) and st.button(t("Propose these assumptions"), key=_key(report, "propose"), type="tertiary"):
        _propose(report, moved)


@dialog(t("Propose these assumptions"))
def _propose(report: TaskReport, moved: Moved) -> None:
    """Ask why, and propose a value model with the reader's assumptions to those who edit the project."""
    note(t("Somebody who edits the project decides on your proposal; until then nothing changes."))
    why = st.text_area(
        t("Why you propose this"), max_chars=400, key=slot("propose-why"), placeholder=t("Why, and where the figures come from")
    )
    if st.button(t("Propose to the team"), type="primary", key=slot("propose-now")):
        try:
            propose_moved(session.workspace(), session.principal(), report, moved, why or "")
        except KachiError as error:
            states.error(error)
        else:
            session.flash(t("Your proposal is with the team. Until somebody takes it over, nothing changes."))
            close()


def _pair_name(words: Words, truth: str, decided: str) -> str:
    if truth == decided:
        return words.t("{truth} decided rightly", truth=truth)
    return words.t("{truth} taken for {decided}", truth=truth, decided=decided)


def _unit(report: TaskReport, table: PlanTable, name: str, label: str) -> float:
    """What a unit costs; a multiple of what is agreed where it differs from case to case."""
    agreed, by_row = (table.under, table.by_row[0]) if name == "under" else (table.over, table.by_row[1])
    if by_row:
        label = t("{assumption}, times what is agreed", assumption=label)
    return float(st.number_input(label, 0.0, 1e12, agreed, step=max(agreed / 10, 0.01), key=_key(report, name), format="%.2f"))


def _cases(report: TaskReport, agreed: float) -> float:
    spoken = report.setting.spoken(w())
    label = t("Number of {cases}", cases=spoken.case_many)
    return float(st.number_input(label, 1, 10**12, int(agreed), step=max(int(agreed) // 10, 1), key=_key(report, "cases")))


def _amount(report: TaskReport, is_share: bool, table: PlanTable) -> float:
    """What is added to each forecast; a share stands on the slider as per cent."""
    unit = PERCENT if is_share else 1.0
    low, high, start = (amount * unit for amount in (*table.reach, table.approved))
    step = (high - low) / STEPS or 1.0
    written = f"%+.{max(0, -math.floor(math.log10(step)))}f" + ("%%" if is_share else "")
    chosen = float(st.slider(t("Adjusted by"), low, high, start, step=step, key=_key(report, "amount"), format=written))
    return table.approved if chosen == start else chosen / unit


def _slider(report: TaskReport, name: str, label: str, low: float, high: float, start: float) -> float:
    """A slider whose steps meet what is agreed."""
    step = (high - low) / STEPS or 1.0
    return float(st.slider(label, low, high, start, step=step, key=_key(report, name), format="%.2f"))


def _dots(words: Words, setting: Setting, title: str, rows: list[tuple[str, Amount]]) -> None:
    currency = setting.currency
    dots = [
        Estimate(name, a.value, a.low, a.high, "main" if place == 1 else "reference") for place, (name, a) in enumerate(rows)
    ]  # fmt: skip
    chart = interval_dots(
        dots, write=lambda v: words.money(v, currency, signed=True), write_tick=lambda v: words.money_tick(v, currency), zero=True
    )
    about = t(
        "gain {period} against the best way without a model · {currency}", period=words.period(setting.period.value), currency=currency
    )
    figures = {
        t("What is assumed"): [name for name, _ in rows],
        t("Gain"): [words.money_exact(a.value, currency, signed=True) for _, a in rows],
        t("95% interval"): [words.money_range(a.low, a.high, currency, signed=True) for _, a in rows],
    }
    show_chart(chart, title, about, figures, title, key="what-if")


def _key(report: TaskReport, name: str) -> str:
    return f"if-{name}-{report.run_id[-6:]}"
