"""One request for approval: its evidence on one page, and the decision in a bar at the bottom."""

import streamlit as st

from app.ui import session, states
from app.ui.chips import chip_html, state_chip
from app.ui.evidence import APPROVAL_STATES, show_evidence
from app.ui.forms import action_bar, confirm
from app.ui.navigation import goto
from app.ui.page import finding, note, open_page, t, w
from core.errors import Corrupt, NotFound
from core.identity import Permission
from core.registry import approvals as registry
from core.registry import duties
from core.registry import sentences as said
from core.registry.model import Approval, ApprovalKind, ApprovalState
from core.serving.service import approve_and_deploy
from core.words import error_text, mark


def act(approval: Approval, verb: str, done: str, reason: str) -> None:
    ws, me = session.workspace(), session.principal()
    if verb == "deploy":
        approve_and_deploy(ws, me, approval.id, reason)
    elif verb == "withdraw":
        registry.withdraw_approval(ws, me, approval.id, reason)
    else:
        registry.decide(ws, me, approval.id, approve=verb == "approve", reason=reason)
    session.flash(done)


def ask(approval: Approval, verb: str) -> None:
    version = f"{approval.model_name} v{approval.version_number}"
    title, what, button, done = {
        "reject": (
            t("Reject {version}?", version=version),
            t("It can't be deployed, and whoever asked for it sees your reason. Nothing that serves today changes."),
            t("Reject"),
            t("{version} is rejected.", version=version),
        ),
        "approve": (
            t("Approve {version}?", version=version),
            t("It may then be deployed. Your name, the time and this evidence are signed. Nothing that serves today changes."),
            t("Approve"),
            t("{version} is approved.", version=version),
        ),
        "deploy": (
            t("Approve and deploy {version}?", version=version),
            t("It decides **from now on**. Your name, the time and this evidence are signed. Rolling back is one click."),
            t("Approve and deploy"),
            t("{version} is approved and deployed.", version=version),
        ),
        "withdraw": (
            t("Withdraw this request?"),
            t("Nobody decides on it any more. You can ask again later."),
            t("Withdraw"),
            t("The request is withdrawn."),
        ),
    }[verb]
    needed = verb != "withdraw" and registry.needs_reason(approval, approve=verb != "reject")
    confirm(title, what, lambda reason: act(approval, verb, done, reason), button=button, reason_required=needed)


def show_actions(approval: Approval) -> None:
    me, refused = session.principal(), duties.refusal(session.workspace(), session.principal(), approval)
    why = error_text(w(), refused) if refused else None
    with action_bar(why or t("Your decision is recorded with your name, the time and this evidence.")):
        if me.user_id == approval.requested_by and st.button(t("Withdraw"), key="approval-withdraw"):
            ask(approval, "withdraw")
        if st.button(t("Reject"), key="approval-reject", disabled=bool(why), help=why):
            ask(approval, "reject")
        if st.button(t("Approve"), key="approval-approve", disabled=bool(why), help=why):
            ask(approval, "approve")
        blocked = why or states.refused_because(Permission.OPERATE_DEPLOYMENTS)
        rocket = ":material/rocket_launch:"
        if st.button(t("Approve and deploy"), key="approval-deploy", type="primary", icon=rocket, disabled=bool(blocked), help=blocked):
            ask(approval, "deploy")


def main() -> None:
    ws, me, words = session.workspace(), session.principal(), w()
    key = session.query("approval")
    if not key:
        goto("approvals")
    try:
        approval = registry.get_approval(ws, me, key)
        if approval.kind is ApprovalKind.CONTRACT:
            goto("contract_request", approval=key)
        evidence = registry.get_evidence(ws, me, key)
    except NotFound:
        states.not_found(t("request"), t("The list of approvals shows what there is."), t("All approvals"), "approvals")
        return
    except Corrupt as problem:
        states.error(problem, next_step=t("Nobody can decide on evidence that has changed."))
        return
    asked = t("requested by {name} {ago}", name=approval.requested_by_name, ago=words.ago(approval.requested_at, ws.clock()))
    text, tone = APPROVAL_STATES[approval.state]
    if duties.refusal(ws, me, approval) is None:
        text, tone = mark("Waiting for you"), "orange"
    with open_page(t("Approvals"), f"{approval.model_name} v{approval.version_number}", freshness=asked, sample=evidence.sample or None):
        st.html(chip_html(state_chip(t(text), tone)), width="content")
    finding(*said.headline(words, evidence))
    if approval.decided_at:
        note(said.decision(words, approval))
    show_evidence(approval, evidence)
    if approval.state is ApprovalState.OPEN:
        show_actions(approval)


main()
