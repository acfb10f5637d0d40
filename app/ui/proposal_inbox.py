"""Proposed value models in the inbox of approvals: what waits, for whom, and the way to where it is taken over or declined."""

from app.ui import session
from app.ui.chips import Chip, state_chip
from app.ui.navigation import goto
from app.ui.page import section, t, w
from app.ui.rows import Column, Main, Row, show_rows
from core.identity import Permission
from core.project import service as projects
from core.project.proposal import Proposal, ProposalState
from core.project.proposal_store import ProposalFilter
from core.project.proposals import list_proposals

MOST = 200


def proposals_waiting() -> list[Proposal]:
    """All that wait for a decision, newest first."""
    return list_proposals(session.workspace(), session.principal(), ProposalFilter(state=ProposalState.OPEN), limit=MOST)


def waits_for_reader() -> bool:
    """Whether the reader may take proposals over or decline them."""
    return session.may(Permission.EDIT_PROJECTS)


def show_proposals_waiting(waiting: list[Proposal]) -> None:
    """A row for each; it opens its project's value model, where it is decided on."""
    ws, me, words = session.workspace(), session.principal(), w()
    names = {key: projects.get_project(ws, me, key).name for key in {p.project_id for p in waiting}}
    section(
        t("Proposed value models"),
        t("A row opens the project's value model: what would differ, and what it would bring. It is taken over or declined there."),
    )
    chip = state_chip(t("Waiting for you"), "orange") if waits_for_reader() else Chip(t("Waiting for a data scientist"), "gray", "○")
    columns = [Column(t("Project"), "main"), Column(t("Why"), "text", phone="hide"), Column(t("Who decides"), "chip")]
    rows = [
        Row(p.id, (
            Main(names[p.project_id], t("{name}, {ago}", name=p.proposed_by_name, ago=words.ago(p.proposed_at, ws.clock()))),
            words.given(p.spec.note), chip,
        ))
        for p in waiting
    ]  # fmt: skip
    if opened := show_rows(columns, rows, key="proposals", label=t("Proposed value models")):
        goto("value_model", project=next(p.project_id for p in waiting if p.id == opened))
