"""Proposed value models: a card for each that waits, with what it would change; and what became of the reader's own."""

from __future__ import annotations

import streamlit as st

from app.ui import session, states
from app.ui.chips import chip_html, state_chip
from app.ui.forms import confirm
from app.ui.navigation import goto
from app.ui.page import facts, gap, given, n, note, section, sentences, t, w
from app.ui.text import md, whole_amounts
from app.ui.value_desk import Desk, is_untouched, open_desk, start_over
from app.ui.value_draft import Draft, Step
from app.ui.value_review import show_changes
from app.ui.value_sheet import KEPT, go_to, kept_draft, write_anew
from core.errors import KachiError
from core.identity import Permission
from core.impact import value_words
from core.impact.proposal_effect import effect_sentences, proposal_effect
from core.impact.value_saving import take_proposal
from core.project.model import Project
from core.project.proposal import Proposal, ProposalState
from core.project.proposal_store import ProposalFilter
from core.project.proposals import decline_proposal, list_proposals, withdraw_proposal
from core.project.service import as_spec
from core.words import error_text

DECIDED_SHOWN, DECIDED_READ = 3, 20
TAKEN = "value-taken"
"""Kept for one run: the project of the proposal that was just taken over."""


def go_on(project: Project) -> None:
    """After a proposal was taken over, go to the project, as after saving; before anything of the page is drawn."""
    if session.kept(TAKEN, str) == project.id:
        session.forget(TAKEN)
        goto("project", project=project.id)


def show_proposals(desk: Desk, draft: Draft) -> None:
    """What waits, on the builder's first step; on the others a line that leads there."""
    ws, me = session.workspace(), session.principal()
    waiting = list_proposals(ws, me, ProposalFilter(desk.project.id, ProposalState.OPEN))
    decides = session.may(Permission.EDIT_PROJECTS)
    if draft.step is not Step.START:
        if waiting and decides:
            _lead_back(len(waiting))
        return
    for proposal in waiting:
        _card(desk, proposal)
    decided = [] if decides else _decided(desk)
    if decided:
        _show_decided(decided)
    if waiting or decided:
        gap()


def _lead_back(count: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(md(n("{n} proposal waits for your decision.", "{n} proposals wait for your decision.", count)), width="content")
        st.button(t("Look at them"), key="vm-proposals", type="tertiary", on_click=go_to, args=(Step.START,))


def _card(desk: Desk, proposal: Proposal) -> None:
    """One that waits: who, when, why, what would differ."""
    me, words = session.principal(), w()
    mine, short = proposal.proposed_by == me.user_id, proposal.id[-8:]
    with st.container(border=True, key=f"k-proposal-{short}"):
        with st.container(horizontal=True, vertical_alignment="top", horizontal_alignment="distribute"):
            title = (
                t("You propose another value model") if mine else t("{name} proposes another value model", name=proposal.proposed_by_name)
            )
            section(title, words.datetime(proposal.proposed_at))
            st.html(chip_html(state_chip(t("Waiting for a decision"), "orange")), width="content")
        st.markdown(md(t("“{note}”", note=given(proposal.spec.note))))
        _difference(desk, proposal)
        with st.container(horizontal=True, horizontal_alignment="right", gap="xsmall", key=f"k-proposal-acts-{short}"):
            asked = st.button(t("What it would bring"), key=f"vm-effect-{short}", type="tertiary")
            if mine:
                _withdraw_button(proposal, short)
            if session.may(Permission.EDIT_PROJECTS):
                _decide_buttons(desk, proposal, short)
        if asked:
            _show_effect(desk, proposal)


def _difference(desk: Desk, proposal: Proposal) -> None:
    """What differs from the newest version, or all that it says where there is none."""
    newest = desk.newest
    if newest is None:
        facts([(f.label, whole_amounts(f.value)) for f in value_words.facts(w(), desk.project.nouns, proposal.spec)])
        return
    if newest.id != proposal.seen_id and proposal.seen_version is not None:
        note(
            t("It was made against version {seen}; since then version {version} has come, which the table compares with.",
              seen=proposal.seen_version, version=newest.version)
        )  # fmt: skip
    found = value_words.changes(w(), desk.project.nouns, as_spec(newest), proposal.spec)
    show_changes(found, t("Version {version}", version=newest.version), t("As proposed"))


def _show_effect(desk: Desk, proposal: Proposal) -> None:
    try:
        effect = proposal_effect(session.workspace(), session.principal(), proposal.id)
    except KachiError as error:
        states.error(error)
        return
    if effect is None:
        note(t("Nothing has been trained yet that could be valued with it."))
    else:
        sentences([whole_amounts(said) for said in effect_sentences(w(), desk.project.nouns, effect)])


def _withdraw_button(proposal: Proposal, short: str) -> None:
    if st.button(t("Withdraw"), key=f"vm-withdraw-{short}"):
        what = t("Nobody decides on it any more. You can propose again later.")
        confirm(t("Withdraw this proposal?"), what, lambda _: _withdraw(proposal), button=t("Withdraw"))


def _withdraw(proposal: Proposal) -> None:
    withdraw_proposal(session.workspace(), session.principal(), proposal.id)
    session.flash(t("The proposal is withdrawn."))


def _decide_buttons(desk: Desk, proposal: Proposal, short: str) -> None:
    if st.button(t("Decline"), key=f"vm-decline-{short}"):
        what = t("The value model stays as it is, and {name} reads your reason.", name=proposal.proposed_by_name)
        confirm(t("Decline this proposal?"), what, lambda reason: _decline(proposal, reason), button=t("Decline"), reason_required=True)
    st.button(t("Take over"), key=f"vm-take-{short}", on_click=_take, args=(desk, proposal))


def _decline(proposal: Proposal, reason: str) -> None:
    decline_proposal(session.workspace(), session.principal(), proposal.id, reason)
    session.flash(t("The proposal is declined."))


def _take(desk: Desk, proposal: Proposal) -> None:
    """Take it over as compared on this page; a callback, so that whoever was second is told, though its card is gone by then."""
    draft, seen = kept_draft(desk.project), desk.newest.id if desk.newest else None
    try:
        made = take_proposal(session.workspace(), session.principal(), proposal.id, newest_seen=seen)
    except KachiError as error:
        session.flash(error_text(w(), error), "error")
        if draft is not None:
            _draw_anew(desk, draft)
        return
    if draft is None or is_untouched(desk, draft):
        session.forget(KEPT)  # a draft that nobody has touched starts from the new version
    session.keep(TAKEN, desk.project.id)
    session.flash(
        t("Version {version} of the value model is saved, as {name} proposed.", version=made.version, name=proposal.proposed_by_name)
    )


def _draw_anew(desk: Desk, draft: Draft) -> None:
    """After somebody else was faster: a draft that nobody has touched starts from what there is now; one that was stays as it is."""
    if is_untouched(desk, draft):
        start_over(open_desk(desk.project))
    else:
        write_anew(draft)


def _decided(desk: Desk) -> list[Proposal]:
    """The reader's own latest proposals that somebody decided on."""
    wanted = ProposalFilter(desk.project.id, proposed_by=session.principal().user_id)
    mine = list_proposals(session.workspace(), session.principal(), wanted, limit=DECIDED_READ)
    return [p for p in mine if p.state in {ProposalState.TAKEN, ProposalState.DECLINED}][:DECIDED_SHOWN]


def _show_decided(decided: list[Proposal]) -> None:
    """What became of them."""
    gap()
    section(t("What became of your proposals"))
    facts([(w().date(p.proposed_at), _outcome(p)) for p in decided])


def _outcome(proposal: Proposal) -> str:
    decision = proposal.decision
    assert decision is not None
    if decision.state is ProposalState.TAKEN:
        return t("“{note}” – taken over by {name} as version {version}.", note=proposal.spec.note, name=decision.decided_by_name,
                 version=decision.value_model_version)  # fmt: skip
    return t("“{note}” – declined by {name}: {reason}", note=proposal.spec.note, name=decision.decided_by_name, reason=decision.reason)
