"""What people and policies do with deployments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from core.data import store as data
from core.errors import Conflict, InvalidInput, NotFound
from core.identity import Permission, Principal, require
from core.project.model import Phase
from core.project.service import move_phase, slugify
from core.registry.approvals import certificate_for, decide, get_approval
from core.registry.lineage import CHAMPION, STOPPED
from core.registry.model import ApprovalKind, ModelVersion
from core.registry.service import get_version
from core.serving import store as rows
from core.serving.model import Deployment, DeploymentState, Leading, Move, MoveKind, champions_before, check_share
from core.serving.publish import publish
from core.store import Transaction, new_id
from core.store.lineage import Edge, Node
from core.workspace import Workspace

REASON_MAX = 2000
FLUSH_MOST_MS = 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a deployment and what is remembered of it."""

    after: Deployment
    kind: MoveKind
    version: Leading | None = None
    share: float | None = None
    leads: str | None = None
    stopped: str | None = None


def deploy_version(
    ws: Workspace,
    actor: Principal,
    model_version_id: str,
    *,
    canary_share: float | None = None,
    reason: str = "",
    generation: int | None = None,
) -> Deployment:
    """Serve an approved version: as champion, or as canary beside the champion.

    Args:
        canary_share: share of traffic, 0.001 to 1; None makes it champion at once.
        generation: the generation that the actor saw; None takes the current one.

    Raises:
        Conflict: the version isn't approved, it leads already, or somebody changed the deployment in between.
        InvalidInput: a canary without a champion. NotFound: no such version.
    """
    require(actor, Permission.OPERATE_DEPLOYMENTS)
    version = get_version(ws, actor, model_version_id)
    certificate_for(ws, model_version_id)
    text = clean_reason(reason)
    if canary_share is not None:
        check_share(canary_share)
    found = rows.find_by_model(ws.store, version.model_id)
    if found is None:
        if canary_share is not None:
            raise InvalidInput(
                "There is no champion yet that a canary could run beside. Deploy this version as champion.", field="canary_share"
            )
        learned_from = data.get_version(ws.store, version.dataset_version_id)
        entity = learned_from.roles.id_column if learned_from and learned_from.roles else None
        return _first(ws, actor, version, entity, text)
    leading = Leading(version.id, version.number)
    change = _lead if canary_share is None else partial(_pilot, share=canary_share)
    return apply_change(ws, actor, found.id, partial(change, leading), text, generation)


def _lead(version: Leading, before: Deployment) -> Change:
    """Make a version the champion."""
    if before.champion_id == version.version_id and before.state is not DeploymentState.STOPPED:
        raise Conflict("Version {number} leads here already. There is nothing to deploy.", number=version.number)
    after = replace(_without_canary(before), champion_id=version.version_id, champion_number=version.number)
    kind = MoveKind.PROMOTE if before.canary_id == version.version_id else MoveKind.DEPLOY
    return Change(after, kind, version, leads=version.version_id)


def _pilot(version: Leading, before: Deployment, share: float) -> Change:
    """Let a version answer a share of the traffic."""
    if before.state is DeploymentState.STOPPED:
        raise InvalidInput("This deployment is stopped. Deploy a version as champion first.", field="canary_share")
    if before.champion_id == version.version_id:
        raise Conflict("Version {number} leads here already. There is nothing to deploy.", number=version.number)
    if before.canary_id is not None and before.canary_id != version.version_id:
        raise Conflict("Version {number} runs as canary already. Promote or abort it first.", number=before.canary_number)
    after = replace(before, canary_id=version.version_id, canary_number=version.number, canary_share=share, state=DeploymentState.PILOT)
    kind = MoveKind.CANARY_SHARE if before.canary_id == version.version_id else MoveKind.CANARY_START
    return Change(after, kind, version, share)


def _first(ws: Workspace, actor: Principal, version: ModelVersion, entity_column: str | None, reason: str) -> Deployment:
    def work(tx: Transaction) -> str:
        if rows.find_by_model(tx, version.model_id) is not None:
            raise _stale()
        made = Deployment(
            new_id(), _free_name(tx, version.model_name), version.project_id, version.model_id, version.model_name, DeploymentState.LIVE, 1,
            version.id, version.number, None, None, 0.0, entity_column, None, actor.user_id, actor.name, tx.at, tx.at,
        )  # fmt: skip
        rows.insert_deployment(tx, made)
        _remember(tx, actor, None, Change(made, MoveKind.DEPLOY, Leading(version.id, version.number), leads=version.id), reason)
        return made.id

    made_id = ws.store.write(work)
    publish(ws, made_id)
    return _get(ws, made_id)


def _free_name(tx: Transaction, model_name: str) -> str:
    base = slugify(model_name)[:56]
    number = 1
    while rows.name_taken(tx, name := base if number == 1 else f"{base}-{number}"):
        number += 1
    return name


def apply_change(
    ws: Workspace, actor: Principal, deployment_id: str, change: Callable[[Deployment], Change], reason: str, generation: int | None
) -> Deployment:
    """Change a deployment in one transaction, remember who and why, then tell the gateways.

    Raises:
        Conflict: somebody changed it since the generation that was seen. NotFound: no such deployment.
    """
    seen = _get(ws, deployment_id)
    expected = seen.generation if generation is None else generation

    def work(tx: Transaction) -> None:
        before = rows.get_deployment(tx, seen.id)
        if before is None:
            raise NotFound("deployment", deployment_id)
        if before.generation != expected:
            raise _stale()
        made = change(before)
        after = replace(made.after, generation=before.generation + 1)
        rows.update_deployment(tx, after)
        _remember(tx, actor, before, replace(made, after=after), reason)

    ws.store.write(work)
    publish(ws, seen.id)
    return _get(ws, seen.id)


def _stale() -> Conflict:
    return Conflict("Somebody else changed this deployment a moment ago. Look at what it serves now, then decide again.")


def _remember(tx: Transaction, actor: Principal, before: Deployment | None, change: Change, reason: str) -> None:
    d, version = change.after, change.version
    rows.insert_move(
        tx,
        Move(
            new_id(), d.id, d.generation, tx.at, actor.user_id, actor.name, actor.via, change.kind, version.version_id if version else None,
            version.number if version else None, before.champion_number if before else None, change.share, reason,
        ),
    )  # fmt: skip
    if change.leads is not None:
        tx.edge(Edge(Node.MODEL_VERSION, change.leads, Node.DEPLOYMENT, d.id, CHAMPION, {"kind": change.kind.value}))
        move_phase(tx, actor, d.project_id, Phase.DEPLOYMENT, f"{d.model_name} v{d.champion_number}")
    elif change.kind is MoveKind.CANARY_START and version is not None:
        tx.edge(Edge(Node.MODEL_VERSION, version.version_id, Node.DEPLOYMENT, d.id, "canary"))
    if change.stopped is not None:
        tx.edge(Edge(Node.MODEL_VERSION, change.stopped, Node.DEPLOYMENT, d.id, STOPPED))
        move_phase(tx, actor, d.project_id, Phase.EVALUATION, f"{d.model_name} stopped", out_of_use=True)
    details = {"name": d.name, "generation": d.generation, "reason": reason}
    details |= {"number": version.number} if version else {}
    details |= {"share": change.share} if change.share is not None else {}
    tx.audit(actor.event(f"deployment.{change.kind.value}", Node.DEPLOYMENT, d.id, project_id=d.project_id, details=details))


def _without_canary(deployment: Deployment) -> Deployment:
    return replace(deployment, canary_id=None, canary_number=None, canary_share=0.0, state=DeploymentState.LIVE)


def _canary(deployment: Deployment) -> Leading:
    if deployment.canary_id is None or deployment.canary_number is None:
        raise Conflict("No canary runs here (any more). Look at what it serves now.")
    return Leading(deployment.canary_id, deployment.canary_number)


def set_canary_share(
    ws: Workspace, actor: Principal, deployment_id: str, share: float, *, reason: str = "", generation: int | None = None
) -> Deployment:
    """Send another share of traffic to the canary; cases that went to it before still do when the share rises.

    Raises:
        Conflict: no canary runs, or somebody changed the deployment. InvalidInput: not a share.
    """
    require(actor, Permission.OPERATE_DEPLOYMENTS)
    check_share(share)
    text = clean_reason(reason)

    def change(before: Deployment) -> Change:
        return Change(replace(before, canary_share=share), MoveKind.CANARY_SHARE, _canary(before), share)

    return apply_change(ws, actor, deployment_id, change, text, generation)


def promote_canary(ws: Workspace, actor: Principal, deployment_id: str, *, reason: str = "", generation: int | None = None) -> Deployment:
    """Make the canary the champion.

    Raises:
        Conflict: no canary runs, its approval is gone, or somebody changed the deployment.
    """
    require(actor, Permission.OPERATE_DEPLOYMENTS)
    text = clean_reason(reason)
    certificate_for(ws, _canary(_get(ws, deployment_id)).version_id)

    def change(before: Deployment) -> Change:
        canary = _canary(before)
        after = replace(_without_canary(before), champion_id=canary.version_id, champion_number=canary.number)
        return Change(after, MoveKind.PROMOTE, canary, leads=canary.version_id)

    return apply_change(ws, actor, deployment_id, change, text, generation)


def abort_canary(ws: Workspace, actor: Principal, deployment_id: str, *, reason: str = "", generation: int | None = None) -> Deployment:
    """End the canary; the champion answers everything again.

    Raises:
        Conflict: no canary runs, or somebody changed the deployment.
    """
    require(actor, Permission.OPERATE_DEPLOYMENTS)
    text = clean_reason(reason)
    return apply_change(
        ws, actor, deployment_id, lambda before: Change(_without_canary(before), MoveKind.ABORT, _canary(before)), text, generation
    )


def roll_back(
    ws: Workspace,
    actor: Principal,
    deployment_id: str,
    *,
    reason: str = "",
    to_version_id: str | None = None,
    generation: int | None = None,
) -> Deployment:
    """Bring the champion before back, or an earlier one; a running canary ends.

    Raises:
        Conflict: there is none to go back to, its approval is gone, or somebody changed the deployment.
    """
    require(actor, Permission.OPERATE_DEPLOYMENTS)
    text = clean_reason(reason)
    target = roll_back_target(ws, actor, deployment_id, to_version_id)
    if target is None:
        raise Conflict("No earlier version has led here, so there is nothing to roll back to. Deploy another approved version instead.")
    certificate_for(ws, target.version_id)

    def change(before: Deployment) -> Change:
        after = replace(_without_canary(before), champion_id=target.version_id, champion_number=target.number)
        return Change(after, MoveKind.ROLL_BACK, target, leads=target.version_id)

    return apply_change(ws, actor, deployment_id, change, text, generation)


def roll_back_target(ws: Workspace, actor: Principal, deployment_id: str, to_version_id: str | None = None) -> Leading | None:
    """The version that rolling back would bring; None where there is none. Versions whose approval is gone are passed over."""
    require(actor, Permission.READ_VALUE)
    ladder = champions_before(rows.list_moves(ws.store, _get(ws, deployment_id).id))
    for leading in reversed(ladder):
        if to_version_id not in {None, leading.version_id}:
            continue
        try:
            certificate_for(ws, leading.version_id)
        except Conflict:
            continue
        return leading
    return None


def stop_deployment(ws: Workspace, actor: Principal, deployment_id: str, *, reason: str = "", generation: int | None = None) -> Deployment:
    """Answer nothing any more until a version is deployed again; a running canary ends.

    Raises:
        Conflict: it is stopped already, or somebody changed it.
    """
    require(actor, Permission.OPERATE_DEPLOYMENTS)
    text = clean_reason(reason)

    def change(before: Deployment) -> Change:
        if before.state is DeploymentState.STOPPED:
            raise Conflict("This deployment is stopped already.")
        after = replace(_without_canary(before), state=DeploymentState.STOPPED)
        last = Leading(before.champion_id, before.champion_number or 0) if before.champion_id else None
        return Change(after, MoveKind.STOP, last, stopped=before.champion_id)

    return apply_change(ws, actor, deployment_id, change, text, generation)


def set_durability(
    ws: Workspace, actor: Principal, deployment_id: str, flush_ms: int | None, *, reason: str = "", generation: int | None = None
) -> Deployment:
    """Choose how long an answer may stay unflushed: 0 flushes before it is sent, None takes the gateway's setting.

    Raises:
        InvalidInput: not 0 to 10,000. Conflict: somebody changed the deployment.
    """
    require(actor, Permission.OPERATE_DEPLOYMENTS)
    if flush_ms is not None and not 0 <= flush_ms <= FLUSH_MOST_MS:
        raise InvalidInput("'{field}' must lie between 0 and {most} milliseconds.", field="flush_ms", most=FLUSH_MOST_MS)
    return apply_change(
        ws,
        actor,
        deployment_id,
        lambda before: Change(replace(before, flush_ms=flush_ms), MoveKind.SETTINGS),
        clean_reason(reason),
        generation,
    )


def approve_and_deploy(
    ws: Workspace, actor: Principal, approval_id: str, reason: str = "", *, canary_share: float | None = None
) -> Deployment:
    """Approve a request and serve its version at once. Where deploying fails, the approval stands and can be deployed later.

    Raises:
        PermissionDenied, Conflict, InvalidInput, NotFound: as deciding and deploying do.
    """
    require(actor, Permission.DECIDE_APPROVAL)
    require(actor, Permission.OPERATE_DEPLOYMENTS)
    if get_approval(ws, actor, approval_id).kind is ApprovalKind.CONTRACT:
        raise InvalidInput("A contract isn't deployed: approving it puts it in force wherever its version serves.", field="deploy")
    approval = decide(ws, actor, approval_id, True, reason)
    return deploy_version(ws, actor, approval.model_version_id, canary_share=canary_share, reason=reason)


def get_deployment(ws: Workspace, actor: Principal, deployment_id: str) -> Deployment:
    """One deployment, by id or name.

    Raises:
        NotFound: there is none.
    """
    require(actor, Permission.READ_VALUE)
    return _get(ws, deployment_id)


def _get(ws: Workspace, key: str) -> Deployment:
    found = rows.get_deployment(ws.store, key)
    if found is None:
        raise NotFound("deployment", key)
    return found


def deployment_of_model(ws: Workspace, actor: Principal, model_id: str) -> Deployment | None:
    """The deployment of a model, if it has one."""
    require(actor, Permission.READ_VALUE)
    return rows.find_by_model(ws.store, model_id)


def list_deployments(
    ws: Workspace, actor: Principal, *, project_id: str | None = None, before_id: str | None = None, limit: int = 100
) -> list[Deployment]:
    """Newest first."""
    require(actor, Permission.READ_VALUE)
    return rows.list_deployments(ws.store, project_id=project_id, before_id=before_id, limit=limit)


def timeline(ws: Workspace, actor: Principal, deployment_id: str) -> list[Move]:
    """Who did what to a deployment, when and why, the newest first."""
    require(actor, Permission.READ_VALUE)
    return rows.list_moves(ws.store, _get(ws, deployment_id).id)[::-1]


def clean_reason(text: str) -> str:
    """A reason as stored.

    Raises:
        InvalidInput: it is too long.
    """
    if len(text.strip()) > REASON_MAX:
        raise InvalidInput("'{field}' is longer than {most} characters. Shorten it.", field="reason", most=REASON_MAX)
    return text.strip()
