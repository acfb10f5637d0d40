"""The parts of an impact report below its card and alternatives, one at a time: only the one that is open is worked out."""

import streamlit as st

from app.ui import session
from app.ui.breakdown_views import show_fairness, show_segments
from app.ui.case_views import show_business_case, show_scenarios, show_two_way
from app.ui.navigation import link
from app.ui.page import gap, n, t
from app.ui.plain_views import show_plain_figures, show_turning_points
from app.ui.policy_views import show_policies
from core.identity import Permission
from core.impact.any_report import AnyReport
from core.impact.report import ImpactReport
from core.project.proposals import count_waiting


def proposal_link(report: AnyReport) -> None:
    """The way to other assumptions: to propose some, or to the proposals that wait for the reader's decision."""
    if not session.may(Permission.EDIT_PROJECTS):
        link(t("Propose other assumptions"), "value_model", project=report.project_id)
        return
    waiting = count_waiting(session.workspace(), session.principal()).get(report.project_id, 0)
    if waiting:
        link(
            n("{n} proposal waits for your decision.", "{n} proposals wait for your decision.", waiting),
            "value_model",
            project=report.project_id,
        )


@st.fragment
def show_parts(report: ImpactReport) -> None:
    """Tabs; which one is open stands in the address."""
    names = [t("How it decides"), t("Business case"), t("What if"), t("Who gains and loses"), t("In plain figures")]
    decides, case, what_if, who, plain = st.tabs(names, key=f"part-{report.run_id[-6:]}", bind="query-params")
    if decides.open:
        with decides:
            show_policies(report)
    if case.open:
        with case:
            show_business_case(report)
    if what_if.open:
        with what_if:
            show_scenarios(report)
            gap()
            show_two_way(report)
            gap()
            show_turning_points(report)
    if who.open:
        with who:
            show_segments(report)
            gap()
            show_fairness(report)
    if plain.open:
        with plain:
            show_plain_figures(report)
