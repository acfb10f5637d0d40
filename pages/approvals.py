"""Approvals: what waits for a decision and what is at stake, and what was decided."""

from app.ui import session, states
from app.ui.chips import Chip, state_chip
from app.ui.evidence import APPROVAL_STATES, CHECK_TONES
from app.ui.navigation import goto
from app.ui.page import finding, gap, n, open_page, section, t, w
from app.ui.rows import Column, Main, Row, show_rows
from core.registry import approvals as registry
from core.registry.model import Approval, ApprovalState
from core.registry.sentences import stake_text
from core.registry.store import ApprovalFilter


def waiting_chip(approval: Approval) -> Chip:
    """Whom a request waits for, as the reader sees it."""
    if registry.refusal(session.principal(), approval) is None:
        return state_chip(t("Waiting for you"), "orange")
    return Chip(t("Waiting for somebody else"), "gray", "○")


def show_waiting(waiting: list[Approval]) -> None:
    words = w()
    section(t("Waiting for a decision"), t("At stake: what the version brings over the one in use, or over the best way without a model"))
    columns = [Column(t("Request"), "main"), Column(t("Checks"), "chip"), Column(t("Who decides"), "chip", phone="hide"),
               Column(t("At stake"), "amount")]  # fmt: skip
    rows = [
        Row(a.id, (
            Main(f"{a.model_name} v{a.version_number}", t("{name}, {ago}", name=a.requested_by_name, ago=words.ago(a.requested_at, session.workspace().clock()))),
            state_chip(t("{passed} of {judged} pass", passed=a.checks_passed, judged=a.checks_judged), CHECK_TONES[a.worst_check]),
            waiting_chip(a), stake_text(words, a),
        ))
        for a in waiting
    ]  # fmt: skip
    if opened := show_rows(columns, rows, key="waiting", label=t("Waiting for a decision")):
        goto("approval", approval=opened)


def show_decided(decided: list[Approval]) -> None:
    words = w()
    section(t("Decided"))
    columns = [Column(t("Request"), "main"), Column(t("Decision"), "chip"), Column(t("When"), "muted"),
               Column(t("At stake"), "amount")]  # fmt: skip
    rows = [
        Row(a.id, (
            Main(f"{a.model_name} v{a.version_number}", t("{name}: {reason}", name=a.decided_by_name, reason=a.reason) if a.reason else a.decided_by_name),
            state_chip(t(APPROVAL_STATES[a.state][0]), APPROVAL_STATES[a.state][1]), words.date(a.decided_at or a.requested_at), stake_text(words, a),
        ))
        for a in decided
    ]  # fmt: skip
    if opened := show_rows(columns, rows, key="decided", label=t("Decided")):
        goto("approval", approval=opened)


def main() -> None:
    ws, me = session.workspace(), session.principal()
    waiting = registry.list_approvals(ws, me, wanted=ApprovalFilter(state=ApprovalState.OPEN), limit=200)
    decided = [a for a in registry.list_approvals(ws, me, limit=100) if a.state is not ApprovalState.OPEN]
    mine = [a for a in waiting if registry.refusal(me, a) is None]
    with open_page(t("Approvals")):
        pass
    if waiting:
        finding(
            n("{n} request waits for a decision", "{n} requests wait for a decision", len(waiting)),
            n("{n} of them waits for you.", "{n} of them wait for you.", len(mine)) if mine else t("None of them waits for you."),
        )
    else:
        finding(t("Nothing waits for a decision"), t("A version is deployed only after somebody other than its author has approved it."))
    if not waiting and not decided:
        states.empty(t("No requests yet"), t("When a data scientist asks for a version's approval, it appears here with its evidence."))
        return
    gap()
    if waiting:
        show_waiting(waiting)
        gap()
    if decided:
        show_decided(decided)


main()
