"""The parts of an impact report below its card and alternatives, one at a time: only the one that is open is worked out."""

import streamlit as st

from app.ui.breakdown_views import show_fairness, show_segments
from app.ui.case_views import show_business_case, show_scenarios, show_two_way
from app.ui.page import gap, t
from app.ui.plain_views import show_plain_figures, show_turning_points
from app.ui.policy_views import show_policies
from core.impact.report import ImpactReport


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
