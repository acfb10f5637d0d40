"""The impact report: what a model's decisions are worth, in money and in plain words."""

import streamlit as st

from app.ui import session, states
from app.ui.case_views import keep_scenario, propose_assumptions
from app.ui.charts import Estimate, Swing, interval_dots, show_chart, tornado
from app.ui.explorer import show_explorer
from app.ui.export_menu import export_menu
from app.ui.impact_parts import proposal_link, show_parts
from app.ui.page import finding, gap, head, note, open_page, sources, t, w
from app.ui.report_list import choose_report
from app.ui.task_value_views import show_task_report
from core.errors import Conflict, InvalidInput, NotFound
from core.identity import Permission
from core.impact import sentences as say
from core.impact.explorer_service import explore_report
from core.impact.frequency_words import difference_text
from core.impact.phrases import alternative_name, assumption_name
from core.impact.report import ImpactReport
from core.impact.reports import find_shown, print_address
from core.impact.view import chart_figures
from core.words import error_text

ws, me, words = session.workspace(), session.principal(), w()


@st.fragment
def threshold_card(report: ImpactReport) -> None:
    """The profit curve with the reader's own threshold and assumptions, and what they mean for people."""
    with st.container(border=True, key="k-impact-card"):
        table = explore_report(ws, me, report)
        keep, label = (keep_scenario, "") if me.may(Permission.EDIT_PROJECTS) else (propose_assumptions, t("Propose these assumptions"))
        show_explorer(words, report, table, on_save=lambda view: keep(report, table, view), save_label=label)


def alternatives(report: ImpactReport) -> None:
    """The model beside what could decide instead."""
    others = sorted(report.alternatives, key=lambda a: a.value.value, reverse=True)
    dots = [Estimate(t("This model"), report.value.value, report.value.low, report.value.high)]
    dots += [Estimate(alternative_name(words, report.nouns, a), a.value.value, a.value.low, a.value.high, "reference") for a in others]
    currency = report.currency
    chart = interval_dots(dots, write=lambda v: words.money(v, currency), write_tick=lambda v: words.money_tick(v, currency), zero=True)
    about = say.amounts_note(words, report, t("dot: estimate, line: 95% interval"))
    title = say.alternatives_finding(words, report)
    show_chart(chart, title, about, chart_figures(words, report), title, key="alternatives")
    if told := difference_text(words, report, report.best_alternative):
        note(told)


def assumptions(report: ImpactReport) -> None:
    """What one wrong assumption would do."""
    swings = [
        Swing(f"{assumption_name(words, report.nouns, b.assumption, b.base)} ±{words.percent(b.share)}", b.at_low, b.at_high)
        for b in report.tornado
    ]
    title = say.tornado_finding(words, report)
    chart = tornado(words, report.currency, report.tornado_center, swings)
    show_chart(chart, title, say.tornado_note(words, report), None, title, key="tornado")


def show_report(report: ImpactReport) -> None:
    """The report of yes-or-no decisions, below its heading."""
    finding(say.headline(words, report), say.lead(words, report))
    threshold_card(report)
    gap()
    left_side, right_side = st.columns(2, gap="medium")
    with left_side:
        alternatives(report)
    with right_side:
        assumptions(report)
        for point in say.told_break_evens(report, 3):
            note(say.break_even_sentence(words, report, point))
        if costs := say.before_costs_sentence(words, report.economics):
            note(costs)
        proposal_link(report)
    gap()
    show_parts(report)
    gap()
    sources(say.source_rows(words, report))


try:
    shown = find_shown(ws, me, report_id=session.query("report"), run_id=session.query("run"), project_id=session.project_id())
except NotFound as gone:
    states.error(gone)
    st.stop()
except (InvalidInput, Conflict) as unlike:
    head(t("Impact report"), finding_text=t("This run is not valued in money"), sentence=error_text(words, unlike))
    st.stop()
if shown is None:
    choose_report()
else:
    state = t("Frozen and signed") if shown.report_id else t("As of now")
    place = (shown.project.name, t("Impact report"), t("Run {number}", number=shown.report.run_number), state)
    with open_page(*place, sample=shown.project.is_sample or None):
        st.link_button(t("Print"), print_address(words, shown), icon=":material/print:", type="tertiary")
        export_menu(shown)
    if isinstance(shown.report, ImpactReport):
        show_report(shown.report)
    else:
        show_task_report(shown.report)
