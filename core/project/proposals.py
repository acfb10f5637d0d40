"""What people do with proposed value models: propose, take over, decline, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from core.identity import Permission, Principal, require
from core.project import proposal_store as rows
from core.project import service as projects
from core.project import store as versions
from core.project.proposal import Decision, Proposal, ProposalState
from core.project.proposal_store import ProposalFilter
from core.project.service import ValueModelSpec, add_version, as_spec, check_same_currency, check_spec, make_version
from core.project.value_model import ValueModel
from core.store import Transaction, new_id
from core.store.lineage import Edge, Node
from core.workspace import Workspace

MOST_OPEN = 10
REASON_MAX = 400


def propose_value_model(
    ws: Workspace, actor: Principal, project_id: str, spec: ValueModelSpec, *, currency_change: bool = False
) -> Proposal:
    """Propose a next version of a project's value model to those who may change the project.

    Args:
        spec: what it would say; its note is why, and whoever decides reads it.
        currency_change: that another currency than before is meant.

    Raises:
        InvalidInput: what `add_value_model` would refuse, no note, or nothing differs from the newest version.
        Conflict: ten proposals of the project wait already. NotFound: no such project.
    """
    require(actor, Permission.PROPOSE_VALUE)
    project = projects.get_project(ws, actor, project_id)
    check_spec(project.task, spec)

    def work(tx: Transaction) -> Proposal:
        newest = versions.newest_value_model(tx, project.id)
        check_same_currency(newest.currency if newest else None, spec, currency_change=currency_change)
        clean = as_spec(make_version(tx, actor, project.id, spec))
        _check_worth_reading(clean, newest)
        if rows.count_open(tx, project.id) >= MOST_OPEN:
            raise Conflict("{most} proposals for this project wait already. Ask for a decision on those first.", most=MOST_OPEN)
        proposal = Proposal(
            new_id(), project.id, clean, currency_change, newest.id if newest else None, newest.version if newest else None,
            actor.user_id, actor.name, tx.at,
        )  # fmt: skip
        rows.insert_proposal(tx, proposal)
        tx.edge(Edge(Node.PROJECT, project.id, Node.VALUE_PROPOSAL, proposal.id, "has"))
        details = {"name": clean.note, "against": proposal.seen_version, "currency": clean.currency}
        tx.audit(actor.event("value_proposal.create", Node.VALUE_PROPOSAL, proposal.id, project_id=project.id, details=details))
        return proposal

    return ws.store.write(work)


def _check_worth_reading(spec: ValueModelSpec, newest: ValueModel | None) -> None:
    if not spec.note:
        raise InvalidInput("Write why you propose this. Whoever decides on it reads that.", field="note")
    if newest is not None and replace(as_spec(newest), note="") == replace(spec, note=""):
        raise InvalidInput("This says what version {version} says already. Change something, then propose it.", field="payoff", version=newest.version)  # fmt: skip


def take_proposal(ws: Workspace, actor: Principal, proposal_id: str, *, newest_seen: str | None = None) -> ValueModel:
    """Make a proposal the next version of its project's value model.

    Args:
        newest_seen: id of the newest version that the actor compared it with; None: the one that it was made against.

    Returns:
        The version, created by the actor; who proposed it is recorded with it.

    Raises:
        Conflict: it is decided on already, another version came since, or the project counts in another currency by now.
        InvalidInput: it can't be any more. NotFound: no such proposal.
    """
    require(actor, Permission.EDIT_PROJECTS)

    def work(tx: Transaction) -> ValueModel:
        proposal = _open(tx, proposal_id)
        newest = versions.newest_value_model(tx, proposal.project_id)
        _check_seen(proposal, newest, newest_seen)
        model = add_version(tx, actor, proposal.project_id, proposal.spec, proposed_by=proposal.proposed_by)
        decision = Decision(
            ProposalState.TAKEN, actor.user_id, actor.name, tx.at, value_model_id=model.id, value_model_version=model.version
        )  # fmt: skip
        rows.close_proposal(tx, proposal.id, decision)
        tx.edge(Edge(Node.VALUE_PROPOSAL, proposal.id, Node.VALUE_MODEL, model.id, "became"))
        _tell(tx, actor, "take", replace(proposal, decision=decision))
        return model

    return ws.store.write(work)


def _check_seen(proposal: Proposal, newest: ValueModel | None, newest_seen: str | None) -> None:
    """Nothing is taken over against a version that nobody compared it with, nor one that changes the currency without a word."""
    if newest is None:
        return
    if newest.id != (newest_seen or proposal.seen_id):
        raise Conflict(
            "Version {version} of the value model came since. Look at what would differ from it, then decide again.", version=newest.version
        )
    if newest.currency != proposal.spec.currency and not proposal.currency_change:
        raise Conflict(
            "This proposal counts in {after}, but the project counts in {before} by now. Decline it, and ask for one in {before}.",
            before=newest.currency, after=proposal.spec.currency,
        )  # fmt: skip


def decline_proposal(ws: Workspace, actor: Principal, proposal_id: str, reason: str) -> Proposal:
    """Decline a proposal; whoever made it reads why.

    Raises:
        InvalidInput: no reason. Conflict: it is decided on already. NotFound: no such proposal.
    """
    require(actor, Permission.EDIT_PROJECTS)
    text = reason.strip()
    if not 1 <= len(text) <= REASON_MAX:
        raise InvalidInput("Write a reason of at most {most} characters. Whoever proposed it reads it.", field="reason", most=REASON_MAX)
    return _close(ws, actor, proposal_id, "decline", lambda _, tx: Decision(ProposalState.DECLINED, actor.user_id, actor.name, tx.at, text))


def withdraw_proposal(ws: Workspace, actor: Principal, proposal_id: str) -> Proposal:
    """Take back one's own proposal.

    Raises:
        PermissionDenied: somebody else made it. Conflict: it is decided on already. NotFound: no such proposal.
    """
    require(actor, Permission.PROPOSE_VALUE)

    def decide(proposal: Proposal, tx: Transaction) -> Decision:
        if proposal.proposed_by != actor.user_id:
            raise PermissionDenied("Only {name}, who made this proposal, can withdraw it.", name=proposal.proposed_by_name)
        return Decision(ProposalState.WITHDRAWN, actor.user_id, actor.name, tx.at)

    return _close(ws, actor, proposal_id, "withdraw", decide)


def _close(ws: Workspace, actor: Principal, proposal_id: str, verb: str, decide: Callable[[Proposal, Transaction], Decision]) -> Proposal:
    def work(tx: Transaction) -> Proposal:
        proposal = _open(tx, proposal_id)
        closed = replace(proposal, decision=decide(proposal, tx))
        assert closed.decision is not None
        rows.close_proposal(tx, proposal.id, closed.decision)
        _tell(tx, actor, verb, closed)
        return closed

    return ws.store.write(work)


def _open(tx: Transaction, proposal_id: str) -> Proposal:
    proposal = rows.get_proposal(tx, proposal_id)
    if proposal is None:
        raise NotFound("proposal", proposal_id)
    decision = proposal.decision
    if decision is None:
        return proposal
    match decision.state:
        case ProposalState.TAKEN:
            raise Conflict("{name} has taken this proposal over already, as version {version}.", name=decision.decided_by_name, version=decision.value_model_version)  # fmt: skip
        case ProposalState.WITHDRAWN:
            raise Conflict("{name} has withdrawn this proposal. There is nothing to decide any more.", name=decision.decided_by_name)
        case _:
            raise Conflict("{name} has declined this proposal already. There is nothing to decide any more.", name=decision.decided_by_name)


def _tell(tx: Transaction, actor: Principal, verb: str, proposal: Proposal) -> None:
    decision = proposal.decision
    details: dict[str, Any] = {"proposed_by": proposal.proposed_by}
    if decision is not None and decision.value_model_version is not None:
        details["version"] = decision.value_model_version
    if decision is not None and decision.reason:
        details["reason"] = decision.reason
    tx.audit(actor.event(f"value_proposal.{verb}", Node.VALUE_PROPOSAL, proposal.id, project_id=proposal.project_id, details=details))


def get_proposal(ws: Workspace, actor: Principal, proposal_id: str) -> Proposal:
    """One proposal.

    Raises:
        NotFound: there is none.
    """
    require(actor, Permission.READ_VALUE)
    found = rows.get_proposal(ws.store, proposal_id)
    if found is None:
        raise NotFound("proposal", proposal_id)
    return found


def list_proposals(
    ws: Workspace, actor: Principal, wanted: ProposalFilter, *, before_id: str | None = None, limit: int = 100
) -> list[Proposal]:
    """Proposals, newest first.

    Raises:
        NotFound: no such project.
    """
    require(actor, Permission.READ_VALUE)
    if wanted.project_id is not None:
        wanted = replace(wanted, project_id=projects.get_project(ws, actor, wanted.project_id).id)
    return rows.list_proposals(ws.store, wanted, before_id=before_id, limit=limit)


def count_waiting(ws: Workspace, actor: Principal) -> dict[str, int]:
    """How many proposals wait for a decision, by project."""
    require(actor, Permission.READ_VALUE)
    return rows.open_by_project(ws.store)
