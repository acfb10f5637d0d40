"""Proposed value models: made by whoever may read value, decided by those who edit the project."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BeforeValidator, Field

from core.api.deps import Actor, Paging, Ws
from core.api.page import In, Out, Page, next_key
from core.api.routes.scenarios import ScenarioBody
from core.api.routes.value_models import ChangeOut, Language, spoken_changes, words_for
from core.api.value_bodies import AnyPayoffOut, AnyRuleOut, EconomicsOut, LimitsOut, NewVersionBody, ValueModelOut, payoff_out
from core.errors import NotFound
from core.identity import Principal
from core.impact import scenario_service, task_scenario_service, value_saving, value_words
from core.impact.proposal_effect import effect_sentences, proposal_effect
from core.impact.source import runs
from core.project import proposals as service
from core.project.model import Task
from core.project.proposal import Proposal, ProposalState
from core.project.proposal_store import ProposalFilter
from core.project.service import get_project
from core.project.value_model import Period
from core.workspace import Workspace

router = APIRouter(tags=["value model proposals"])
PATH = "/projects/{project_id}/value-model-proposals"


class ProposedOut(Out):
    """What the next version would say."""

    currency: str
    period: Period
    cases_per_period: int
    payoff: Annotated[AnyPayoffOut, BeforeValidator(payoff_out)]
    rule: AnyRuleOut
    note: str
    limits: LimitsOut
    economics: EconomicsOut


class DecisionOut(Out):
    """Who decided, when, how; `value_model_id` is the version that it became."""

    decided_by: str
    decided_by_name: str
    decided_at: datetime
    reason: str
    value_model_id: str | None
    value_model_version: int | None


class ProposalOut(Out):
    """A proposed value model; `seen_version` was the newest when it was made."""

    id: str
    project_id: str
    state: ProposalState
    value_model: ProposedOut
    currency_change: bool
    seen_id: str | None
    seen_version: int | None
    proposed_by: str
    proposed_by_name: str
    proposed_at: datetime
    decision: DecisionOut | None


class ProposalDetailOut(ProposalOut):
    """A proposal in words, and what differs from the newest version now."""

    says: list[str]
    changes: list[ChangeOut]


class TakeBody(In):
    """Against what the proposal was compared."""

    newest_seen: str | None = Field(
        None, max_length=64, description="The newest version that you compared it with; empty: the one that it was made against."
    )


class DeclineBody(In):
    """Why not."""

    reason: str = Field(max_length=2000)


class ScenarioProposalBody(ScenarioBody):
    """Changed assumptions, and why they should hold for good."""

    note: str = Field(max_length=400)


def _out(proposal: Proposal) -> ProposalOut:
    return ProposalOut(
        id=proposal.id, project_id=proposal.project_id, state=proposal.state, value_model=ProposedOut.model_validate(proposal.spec),
        currency_change=proposal.currency_change, seen_id=proposal.seen_id, seen_version=proposal.seen_version,
        proposed_by=proposal.proposed_by, proposed_by_name=proposal.proposed_by_name, proposed_at=proposal.proposed_at,
        decision=DecisionOut.model_validate(proposal.decision) if proposal.decision else None,
    )  # fmt: skip


def _of(ws: Workspace, actor: Principal, project_id: str, proposal_id: str) -> Proposal:
    """A proposal of that project."""
    proposal = service.get_proposal(ws, actor, proposal_id)
    if proposal.project_id != get_project(ws, actor, project_id).id:
        raise NotFound("proposal", proposal_id)
    return proposal


@router.post(PATH, status_code=201)
def propose_value_model(ws: Ws, actor: Actor, project_id: str, body: NewVersionBody) -> ProposalOut:
    """Propose a next version of a project's value model; its note says why. Nothing changes until somebody takes it over."""
    return _out(value_saving.propose_value_model(ws, actor, project_id, body.spec(), currency_change=body.currency_change))


@router.get(PATH)
def list_proposals(
    ws: Ws,
    actor: Actor,
    project_id: str,
    page: Paging,
    state: Annotated[ProposalState | None, Query(description="Only those that stand so.")] = None,
) -> Page[ProposalOut]:
    """A project's proposals, newest first."""
    found = service.list_proposals(ws, actor, ProposalFilter(project_id, state), before_id=page.before, limit=page.limit)
    return Page(items=[_out(p) for p in found], next=next_key(found, page.limit))


@router.get(PATH + "/{proposal_id}")
def get_proposal(ws: Ws, actor: Actor, project_id: str, proposal_id: str, language: Language = None) -> ProposalDetailOut:
    """One proposal: what it says, and what differs from the newest version."""
    proposal, words = _of(ws, actor, project_id, proposal_id), words_for(actor, language)
    nouns = get_project(ws, actor, project_id).nouns
    says = value_words.sentences(words, nouns, proposal.spec)
    changes = spoken_changes(ws, actor, words, project_id, proposal.spec)
    return ProposalDetailOut(**dict(_out(proposal)), says=list(says), changes=changes)


@router.get(PATH + "/{proposal_id}/effect")
def get_effect(ws: Ws, actor: Actor, project_id: str, proposal_id: str, language: Language = None) -> list[str]:
    """What the newest run would bring as proposed, and what it brings by the newest version; empty where no run has finished."""
    proposal = _of(ws, actor, project_id, proposal_id)
    effect = proposal_effect(ws, actor, proposal.id)
    return list(effect_sentences(words_for(actor, language), get_project(ws, actor, project_id).nouns, effect)) if effect else []


@router.post(PATH + "/{proposal_id}/take", status_code=201)
def take_proposal(ws: Ws, actor: Actor, project_id: str, proposal_id: str, body: TakeBody) -> ValueModelOut:
    """Make a proposal the next version; refused where another version came since that you haven't named."""
    proposal = _of(ws, actor, project_id, proposal_id)
    return ValueModelOut.model_validate(value_saving.take_proposal(ws, actor, proposal.id, newest_seen=body.newest_seen))


@router.post(PATH + "/{proposal_id}/decline")
def decline_proposal(ws: Ws, actor: Actor, project_id: str, proposal_id: str, body: DeclineBody) -> ProposalOut:
    """Decline a proposal, with a reason."""
    return _out(service.decline_proposal(ws, actor, _of(ws, actor, project_id, proposal_id).id, body.reason))


@router.post(PATH + "/{proposal_id}/withdraw")
def withdraw_proposal(ws: Ws, actor: Actor, project_id: str, proposal_id: str) -> ProposalOut:
    """Take back one's own proposal."""
    return _out(service.withdraw_proposal(ws, actor, _of(ws, actor, project_id, proposal_id).id))


@router.post("/runs/{run_id}/scenarios/propose", status_code=201)
def propose_scenario(ws: Ws, actor: Actor, run_id: str, body: ScenarioProposalBody) -> ProposalOut:
    """Propose the newest value model with a scenario's assumptions, for good."""
    if runs().task(ws, run_id) is Task.BINARY:
        return _out(scenario_service.propose_scenario(ws, actor, run_id, body.scenario(), body.note))
    return _out(task_scenario_service.propose_task_scenario(ws, actor, run_id, body.task_scenario(), body.note))
