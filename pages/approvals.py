"""Approvals: what waits for a decision and what is at stake, proposed value models among it, and what was decided."""

from app.ui import session, states
from app.ui.chips import Chip, state_chip
from app.ui.evidence import APPROVAL_STATES, CHECK_TONES
from app.ui.navigation import goto
from app.ui.page import finding, gap, n, open_page, section, t, w
from app.ui.proposal_inbox import proposals_waiting, show_proposals_waiting, waits_for_reader
from app.ui.rows import Column, Main, Row, show_rows
from core.errors import Conflict
from core.registry import approvals as registry
from core.registry.contract import Party
from core.registry.contract_sentences import request_title
from core.registry.contracts import contract_of, decision_refusal
from core.registry.model import Approval, ApprovalKind, ApprovalState
from core.registry.sentences import stake_text
from core.registry.store import ApprovalFilter


def waiting_chip(approval: Approval) -> Chip:
    """Whom a request waits for, as the reader sees it."""
    refused = decision_refusal(session.workspace(), session.principal(), approval)
    if refused is None:
        return state_chip(t("Waiting for you"), "orange")
    if approval.kind is ApprovalKind.CONTRACT and isinstance(refused, Conflict):
        return Chip(t("Waiting for the business"), "gray", "○")
    return Chip(t("Waiting for somebody else"), "gray", "○")


def name_of(approval: Approval) -> str:
    """A request as rows name it."""
    if approval.kind is ApprovalKind.VERSION:
        return f"{approval.model_name} v{approval.version_number}"
    view = contract_of(session.workspace(), session.principal(), approval.id)
    return request_title(w(), view, approval.model_name, approval.version_number)


def checks_chip(approval: Approval) -> Chip:
    """How a version's checks went; for a contract, whether the business has signed."""
    if approval.kind is ApprovalKind.VERSION:
        passed = t("{passed} of {judged} pass", passed=approval.checks_passed, judged=approval.checks_judged)
        return state_chip(passed, CHECK_TONES[approval.worst_check])
    view = contract_of(session.workspace(), session.principal(), approval.id)
    signed = view is not None and view.signature(Party.BUSINESS) is not None
    return state_chip(t("Business has signed"), "green") if signed else state_chip(t("Business hasn't signed"), "orange")


def open_request(key: str, among: list[Approval]) -> None:
    """The page of a request."""
    contract = any(a.id == key and a.kind is ApprovalKind.CONTRACT for a in among)
    goto("contract_request" if contract else "approval", approval=key)


def show_waiting(waiting: list[Approval]) -> None:
    words = w()
    section(
        t("Waiting for a decision"),
        t("At stake: what the version brings over the one in use, or over the best way without a model; of a contract, what it promises"),
    )
    columns = [Column(t("Request"), "main"), Column(t("Checks"), "chip"), Column(t("Who decides"), "chip", phone="hide"),
               Column(t("At stake"), "amount")]  # fmt: skip
    rows = [
        Row(a.id, (
            Main(name_of(a), t("{name}, {ago}", name=a.requested_by_name, ago=words.ago(a.requested_at, session.workspace().clock()))),
            checks_chip(a), waiting_chip(a), stake_text(words, a),
        ))
        for a in waiting
    ]  # fmt: skip
    if opened := show_rows(columns, rows, key="waiting", label=t("Waiting for a decision")):
        open_request(opened, waiting)


def show_decided(decided: list[Approval]) -> None:
    words = w()
    section(t("Decided"))
    columns = [Column(t("Request"), "main"), Column(t("Decision"), "chip"), Column(t("When"), "muted"),
               Column(t("At stake"), "amount")]  # fmt: skip
    rows = [
        Row(a.id, (
            Main(name_of(a), t("{name}: {reason}", name=a.decided_by_name, reason=a.reason) if a.reason else a.decided_by_name),
            state_chip(t(APPROVAL_STATES[a.state][0]), APPROVAL_STATES[a.state][1]), words.date(a.decided_at or a.requested_at), stake_text(words, a),
        ))
        for a in decided
    ]  # fmt: skip
    if opened := show_rows(columns, rows, key="decided", label=t("Decided")):
        open_request(opened, decided)


def main() -> None:
    ws, me = session.workspace(), session.principal()
    waiting = registry.list_approvals(ws, me, wanted=ApprovalFilter(state=ApprovalState.OPEN), limit=200)
    decided = [a for a in registry.list_approvals(ws, me, limit=100) if a.state is not ApprovalState.OPEN]
    proposed = proposals_waiting()
    count = len(waiting) + len(proposed)
    mine = sum(decision_refusal(ws, me, a) is None for a in waiting) + (len(proposed) if waits_for_reader() else 0)
    with open_page(t("Approvals")):
        pass
    if count:
        finding(
            n("{n} request waits for a decision", "{n} requests wait for a decision", count),
            n("{n} of them waits for you.", "{n} of them wait for you.", mine) if mine else t("None of them waits for you."),
        )
    else:
        finding(t("Nothing waits for a decision"), t("A version is deployed only after somebody other than its author has approved it."))
    if not count and not decided:
        states.empty(t("No requests yet"), t("When a data scientist asks for a version's approval, it appears here with its evidence."))
        return
    gap()
    if waiting:
        show_waiting(waiting)
        gap()
    if proposed:
        show_proposals_waiting(proposed)
        gap()
    if decided:
        show_decided(decided)


main()
