"""A request for another contract: the same decisions valued both ways, and the decision in a bar at the bottom."""

import streamlit as st

from app.ui import session, states
from app.ui.cards import Card, show_cards
from app.ui.chips import chip_html, state_chip
from app.ui.contract_views import show_terms, sign_button
from app.ui.evidence import APPROVAL_STATES
from app.ui.forms import action_bar, confirm
from app.ui.navigation import goto, link
from app.ui.page import finding, gap, given, note, open_page, section, t, table, w
from app.ui.text import md
from core.errors import KachiError, NotFound
from core.identity import Permission
from core.registry import approvals as registry
from core.registry import contract_sentences as said
from core.registry import duties
from core.registry.contract_flow import refuse_approver
from core.registry.contracts import ContractView, contract_of, get_contract_evidence
from core.registry.model import Approval, ApprovalState
from core.registry.sentences import decision
from core.serving.decisions import decide_request
from core.words import error_text


def act(approval: Approval, verb: str, done: str, reason: str) -> None:
    ws, me = session.workspace(), session.principal()
    if verb == "withdraw":
        registry.withdraw_approval(ws, me, approval.id, reason)
    else:
        decide_request(ws, me, approval.id, approve=verb == "approve", reason=reason)
    session.flash(done)


def ask(approval: Approval, name: str, verb: str) -> None:
    title, what, button, done = {
        "reject": (t("Reject {name}?", name=name), t("The contract in force stays. Whoever proposed this one sees your reason."), t("Reject"), t("{name} is rejected.", name=name)),
        "approve": (t("Approve {name}?", name=name), t("Decisions from now on are **valued by it**; how they are made doesn't change, and what was counted stays."), t("Approve"), t("{name} is in force.", name=name)),
        "withdraw": (t("Withdraw this request?"), t("Nobody decides on it any more. You can ask again later."), t("Withdraw"), t("The request is withdrawn.")),
    }[verb]  # fmt: skip
    confirm(title, what, lambda reason: act(approval, verb, done, reason), button=button, reason_required=verb == "reject")


def refusal(approval: Approval, view: ContractView) -> KachiError | None:
    """Why the reader can't decide; None where they can."""
    ws, me = session.workspace(), session.principal()
    return duties.refusal(ws, me, approval) or refuse_approver(me, approval, view.contract, view.signatures)


def show_actions(approval: Approval, view: ContractView, name: str) -> None:
    me = session.principal()
    refused, closed = refusal(approval, view), duties.refusal(session.workspace(), me, approval)
    why, why_not_reject = (error_text(w(), e) if e else None for e in (refused, closed))
    with action_bar(why or t("Your decision is recorded and signed with your name and the time.")):
        if me.user_id == approval.requested_by and st.button(t("Withdraw"), key="contract-withdraw"):
            ask(approval, name, "withdraw")
        sign_button(view, primary=not session.may(Permission.DECIDE_APPROVAL))
        if st.button(t("Reject"), key="contract-reject", disabled=bool(closed), help=why_not_reject):
            ask(approval, name, "reject")
        if st.button(t("Approve"), key="contract-approve", type="primary", disabled=bool(why), help=why):
            ask(approval, name, "approve")


def main() -> None:
    ws, me, words = session.workspace(), session.principal(), w()
    key = session.query("approval")
    try:
        approval, evidence = registry.get_approval(ws, me, key), get_contract_evidence(ws, me, key)
    except NotFound:
        states.not_found(t("request"), t("The list of approvals shows what there is."))
        link(t("All approvals"), "approvals")
        return
    view = contract_of(ws, me, key)
    assert view is not None
    name = t("Contract {number}", number=view.contract.number)
    text, tone = APPROVAL_STATES[approval.state]
    asked = t("proposed by {name} {ago}", name=approval.requested_by_name, ago=words.ago(approval.requested_at, ws.clock()))
    with open_page(t("Approvals"), name, given(evidence.project_name), freshness=asked, sample=evidence.sample or None):
        st.html(chip_html(state_chip(t(text), tone)), width="content")
    finding(said.change_headline(words, evidence), said.change_lead(words, evidence))
    if approval.decided_at:
        note(decision(words, approval))
    show_cards([Card(f.label, f.value, f.delta, "auto", f.note) for f in said.change_figures(words, evidence)])
    gap()
    left, right = st.columns([1.3, 1], gap="medium")
    with left:
        section(t("What changes"), t("The same decisions on the same test cases, valued both ways"))
        table(said.change_table(words, evidence))
        section(t("Why"), "")
        st.markdown(md(given(approval.note)))
    with right:
        show_terms(view, with_request=False)
    if approval.state is ApprovalState.OPEN:
        show_actions(approval, view, name)


if not session.query("approval"):
    goto("approvals")
main()
