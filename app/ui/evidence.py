"""Evidence for a model version, as its approval page and its model's page draw it."""

import streamlit as st

from app.ui.cards import Card, show_cards
from app.ui.charts import Estimate, interval_dots, show_chart
from app.ui.charts.base import Role
from app.ui.chips import Check, Tone, show_checks
from app.ui.navigation import link
from app.ui.page import gap, given, section, sentences, sources, t, table, w
from app.ui.text import md
from core.registry import sentences as said
from core.registry.evidence import Evidence
from core.registry.model import Approval, ApprovalState, CheckState, VersionState
from core.registry.phrases import say
from core.words import mark

APPROVAL_STATES: dict[ApprovalState, tuple[str, Tone]] = {
    ApprovalState.OPEN: (mark("Waiting for a decision"), "orange"),
    ApprovalState.APPROVED: (mark("Approved"), "green"),
    ApprovalState.REJECTED: (mark("Rejected"), "red"),
    ApprovalState.WITHDRAWN: (mark("Withdrawn"), "gray"),
}
VERSION_STATES: dict[VersionState, tuple[str, Tone]] = {
    VersionState.REGISTERED: (mark("Registered"), "blue"),
    VersionState.PENDING: (mark("Waiting for a decision"), "orange"),
    VersionState.APPROVED: (mark("Approved"), "green"),
    VersionState.REJECTED: (mark("Rejected"), "red"),
    VersionState.RETIRED: (mark("Retired"), "gray"),
}
CHECK_TONES: dict[CheckState, Tone] = {
    CheckState.PASS: "green",
    CheckState.WARN: "orange",
    CheckState.FAIL: "red",
    CheckState.UNKNOWN: "gray",
}


def show_evidence(approval: Approval, evidence: Evidence) -> None:
    """Draw frozen evidence: figures against the champion, checks, least reached groups, changes, risks, sources."""
    words = w()
    show_cards([Card(f.label, f.value, f.delta, f.tone, f.note or None) for f in said.figures(words, evidence)])
    gap()
    left, right = st.columns(2, gap="medium")
    with left:
        section(said.checks_title(words, evidence), t("Checked automatically on {when}", when=words.datetime(evidence.computed_at)))
        show_checks(words, [Check(c.state.value, say(words, c.name), say(words, c.evidence)) for c in evidence.checks])
    with right:
        _show_segments(evidence)
    gap()
    left, right = st.columns(2, gap="medium")
    with left:
        section(said.changes_title(words, evidence))
        table(said.changes_table(words, evidence))
    with right:
        section(t("Risks you accept"))
        sentences([say(words, risk) for risk in evidence.risks] or [t("None was found.")])
        if approval.note:
            section(t("Note of {name}", name=approval.requested_by_name))
            st.markdown(md(given(approval.note)))
    gap()
    link(t("The frozen impact report"), "impact_report", project=evidence.project_id, report=evidence.impact_report_id)
    sources(said.sources(words, evidence, approval.evidence_sha256))


def _show_segments(evidence: Evidence) -> None:
    segments, words = evidence.segments, w()
    if segments.overall is None or not segments.worst:
        section(t("Groups"), t("There are too few cases to tell groups apart."))
        return
    roles: list[tuple[str, Role]] = [(said.group_name(g), "loss" if g.sure_high < segments.floor else "main") for g in segments.worst]
    groups = list(zip([*roles, (t("Everybody"), "reference")], [*segments.worst, segments.overall], strict=True))
    dots = [Estimate(name, g.reach * 100, g.low * 100, g.high * 100, role) for (name, role), g in groups]
    chart = interval_dots(dots, write=words.number, reference=(segments.floor * 100, t("four fifths of all")))
    figures = {
        t("Group"): [name for (name, _), _ in groups],
        t("Reached"): [words.percent(g.reach) for _, g in groups],
        t("95% interval"): [f"{words.percent(g.low)} – {words.percent(g.high)}" for _, g in groups],
    }
    title = said.segments_title(words, evidence)
    show_chart(chart, title, said.segments_note(words, evidence), figures, title, key="segments")
