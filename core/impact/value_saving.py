"""Saving and proposing value models that work on the project's data: what can't be worked out there is refused before it is kept."""

from __future__ import annotations

from core.errors import InvalidInput
from core.identity import Permission, Principal, require
from core.impact.preview import find_version, preview_on
from core.project import proposals
from core.project import service as projects
from core.project.proposal import Proposal
from core.project.service import ValueModelSpec
from core.project.value_model import ValueModel
from core.workspace import Workspace


def save_value_model(
    ws: Workspace, actor: Principal, project_id: str, spec: ValueModelSpec, *, currency_change: bool = False
) -> ValueModel:
    """Add a version of a project's value model, if it works on the project's newest data; without data its form alone is checked.

    Args:
        currency_change: that another currency than the version's before is meant.

    Raises:
        InvalidInput: what `add_value_model` refuses, or a formula reads a column that the data doesn't have or can't be worked out.
    """
    require(actor, Permission.EDIT_PROJECTS)
    check_on_data(ws, actor, project_id, spec)
    return projects.add_value_model(ws, actor, project_id, spec, currency_change=currency_change)


def propose_value_model(
    ws: Workspace, actor: Principal, project_id: str, spec: ValueModelSpec, *, currency_change: bool = False
) -> Proposal:
    """Propose a next version, if it works on the project's newest data.

    Raises:
        InvalidInput: as `save_value_model`. Conflict: too many proposals wait.
    """
    require(actor, Permission.PROPOSE_VALUE)
    check_on_data(ws, actor, project_id, spec)
    return proposals.propose_value_model(ws, actor, project_id, spec, currency_change=currency_change)


def take_proposal(ws: Workspace, actor: Principal, proposal_id: str, *, newest_seen: str | None = None) -> ValueModel:
    """Make a proposal the next version, if it still works on the project's newest data.

    Raises:
        InvalidInput: it doesn't. Conflict: it is decided on already, or another version came since.
    """
    require(actor, Permission.EDIT_PROJECTS)
    proposal = proposals.get_proposal(ws, actor, proposal_id)
    check_on_data(ws, actor, proposal.project_id, proposal.spec)
    return proposals.take_proposal(ws, actor, proposal_id, newest_seen=newest_seen)


def check_on_data(ws: Workspace, actor: Principal, project_id: str, spec: ValueModelSpec) -> None:
    """Refuse what can't be worked out on rows of the project's newest data; says the first of what is wrong."""
    project = projects.get_project(ws, actor, project_id)
    projects.check_spec(project.task, spec)
    version = find_version(ws, project, None)
    if version is None:
        return
    found = preview_on(ws.artifacts.path(version.sha256), project.task, version, spec).problems
    if found:
        raise InvalidInput(found[0].template, **{**dict(found[0].fields), "field": found[0].field})
