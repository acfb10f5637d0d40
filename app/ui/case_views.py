"""What a report comes to as a business case: costs taken off over the months, under each scenario, and with two assumptions moved."""

from collections.abc import Callable

import streamlit as st

from app.ui import session, states
from app.ui.charts import CashPoint, Estimate, cash_flow, interval_dots, money_heat, show_chart
from app.ui.dialogs import close, dialog, slot
from app.ui.page import note, section, t, w
from app.ui.scenario_removal import remove_scenario
from core.errors import KachiError
from core.identity import Permission
from core.impact import economics_sentences as money
from core.impact import scenario_sentences as told
from core.impact.economics import BusinessCase, business_case
from core.impact.explorer import Explorer
from core.impact.explorer_fields import View
from core.impact.explorer_scenario import scenario_of
from core.impact.phrases import assumption_name
from core.impact.report import ImpactReport
from core.impact.scenario_service import propose_scenario, save_scenario, scenarios_of
from core.impact.sensitivity import Assumption
from core.impact.setting import Setting, setting_of
from core.impact.two_way import movable, move_two, two_way_finding, widest_pair
from core.words import Words

Tell = Callable[[Words, BusinessCase, Setting], tuple[str, ...]]
PROPOSED = "proposed"
"""A scenario has a name; that of one that is proposed for good is not kept."""


def show_business_case(report: ImpactReport) -> None:
    """The business case of a yes-or-no report."""
    show_case(setting_of(report), business_case(report.gain, report.period, report.economics))


def show_case(setting: Setting, case: BusinessCase, tell: Tell = money.case_sentences) -> None:
    """When the roll-out has paid for itself, month by month, in today's money.

    Args:
        tell: what is said of it.
    """
    words, currency = w(), setting.currency
    points = [CashPoint(f.month, f.total, f.total_low, f.total_high) for f in case.flows]
    figures = {
        t("Month"): [words.number(f.month) for f in case.flows],
        t("Gain"): [words.money_exact(f.gain, currency, signed=True) for f in case.flows],
        t("Cost"): [words.money_exact(f.cost, currency) for f in case.flows],
        t("Total in today's money"): [words.money_exact(f.total, currency, signed=True) for f in case.flows],
        t("95% interval"): [words.money_range(f.total_low, f.total_high, currency, signed=True) for f in case.flows],
    }
    title = money.case_finding(words, case)
    show_chart(cash_flow(words, currency, points), title, money.case_note(words, setting), figures, title, key="cash")
    for sentence in tell(words, case, setting):
        note(sentence)


def show_scenarios(report: ImpactReport) -> None:
    """The gain in each saved scenario beside the one as assumed; those who may can remove one."""
    ws, me, words, setting = session.workspace(), session.principal(), w(), setting_of(report)
    table = scenarios_of(ws, me, report)
    if len(table.results) == 1 and report.details is not None:
        section(t("No scenario was saved when this report was frozen"))
        return
    if len(table.results) == 1:
        section(
            t("No scenario is saved yet"), t("Change an assumption on the card above and save it under a name: pessimistic, optimistic.")
        )
        return
    dots = [
        Estimate(r.name or t("As assumed"), r.held.gain.value, r.held.gain.low, r.held.gain.high, "reference" if r.name else "main")
        for r in table.results
    ]
    currency = report.currency
    chart = interval_dots(
        dots, write=lambda v: words.money(v, currency, signed=True), write_tick=lambda v: words.money_tick(v, currency), zero=True
    )
    title = told.scenarios_finding(words, table.results)
    about = t("gain {period} against the best alternative · {currency}", period=words.period(report.period.value), currency=currency)
    show_chart(chart, title, about, None, title, key="scenarios")
    for result in table.results:
        note(told.scenario_sentence(words, setting, result))
    for sentence in told.turned_sentences(words, table.results, currency):
        note(sentence)
    if table.unfit:
        note(told.unfit_sentence(words, table))
    if (
        report.details is None
        and me.may(Permission.EDIT_PROJECTS)
        and st.button(t("Remove a scenario"), key="scenario-remove", type="tertiary")
    ):
        remove_scenario(report.project_id)


@dialog(t("Save as a scenario"))
def keep_scenario(report: ImpactReport, table: Explorer, view: View) -> None:
    """Ask for a name and keep the reader's assumptions under it."""
    name = st.text_input(t("Name"), max_chars=60, key=slot("scenario-name"), placeholder=t("Pessimistic"))
    if st.button(t("Save"), type="primary", key=slot("scenario-save"), disabled=not name.strip()):
        try:
            save_scenario(session.workspace(), session.principal(), report.project_id, scenario_of(name, view.assumed, table))
        except KachiError as error:
            states.error(error)
        else:
            session.flash(t("Scenario “{name}” is saved.", name=name.strip()))
            close()


@dialog(t("Propose these assumptions"))
def propose_assumptions(report: ImpactReport, table: Explorer, view: View) -> None:
    """Ask why, and propose a value model with the reader's assumptions to those who edit the project."""
    if view.assumed == table.agreed:
        note(t("Change an assumption on the card first."))
        return
    note(t("Somebody who edits the project decides on your proposal; until then nothing changes."))
    why = st.text_area(
        t("Why you propose this"), max_chars=400, key=slot("propose-why"), placeholder=t("Why, and where the figures come from")
    )
    if st.button(t("Propose to the team"), type="primary", key=slot("propose-now")):
        try:
            scenario = scenario_of(PROPOSED, view.assumed, table)
            propose_scenario(session.workspace(), session.principal(), report.run_id, scenario, why or "")
        except KachiError as error:
            states.error(error)
        else:
            session.flash(t("Your proposal is with the team. Until somebody takes it over, nothing changes."))
            close()


@st.fragment
def show_two_way(report: ImpactReport) -> None:
    """Two assumptions of the reader's choice, moved together."""
    words, known, starts = w(), list(movable(report)), widest_pair(report)
    if starts is None:
        return
    left, right = st.columns(2)
    with left:
        first = _choice(t("First assumption"), report, known, starts[0], "two-first")
    with right:
        second = _choice(t("Second assumption"), report, known, starts[1], "two-second")
    if first is second:
        note(t("Choose two different assumptions."))
        return
    found = move_two(session.workspace(), session.principal(), report, first, second)
    setting = setting_of(report)
    middle = found.factors.index(1.0)
    sides = ((first, found.first_values), (second, found.second_values))
    names = [assumption_name(words, report.nouns, a, values[middle]) for a, values in sides]
    rows, columns = ([told.assumption_text(words, setting, a, abs(v)) for v in values] for a, values in sides)
    chart = money_heat(words, report.currency, found.amounts, rows, columns, row_title=names[0], column_title=names[1])
    title = two_way_finding(words, found)
    figures = {names[0]: rows} | {
        f"{names[1]}: {column}": [words.money_exact(row[j], report.currency, signed=True) for row in found.amounts]
        for j, column in enumerate(columns)
    }
    about = t(
        "{period} · {currency} · decisions as they are, before what the model itself costs",
        period=words.period(report.period.value),
        currency=report.currency,
    )
    show_chart(chart, title, about, figures, title, key="two-way")


def _choice(label: str, report: ImpactReport, known: list[Assumption], start: Assumption, key: str) -> Assumption:
    words = w()
    return st.selectbox(
        label,
        known,
        index=known.index(start),
        key=f"{key}-{report.run_id[-6:]}",
        format_func=lambda a: assumption_name(words, report.nouns, a),
    )
