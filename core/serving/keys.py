"""API keys of deployments, and grants to replay."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta

from core.errors import Conflict, DuplicateName, InvalidInput, NotFound
from core.identity import Permission, Principal, require
from core.serving import store as rows
from core.serving.model import Deployment, DeploymentKey, IssuedKey, Move, MoveKind, ReplayGrant
from core.serving.publish import publish
from core.serving.replay import Grant, sign_grant
from core.serving.service import get_deployment
from core.store import Transaction, new_id
from core.store.lineage import Node
from core.workspace import Workspace

PREFIX = "kgw_"
KEYS_MOST = 50
GRANT_MOST_MINUTES = 240


def issue_api_key(ws: Workspace, actor: Principal, deployment_id: str, name: str) -> IssuedKey:
    """Make a key for programs that ask a deployment. Its secret is shown this once.

    Raises:
        DuplicateName: a live key has that name. InvalidInput: not a name, or too many keys. NotFound: no such deployment.
    """
    require(actor, Permission.OPERATE_DEPLOYMENTS)
    deployment, cleaned = get_deployment(ws, actor, deployment_id), " ".join(name.split())
    if not 1 <= len(cleaned) <= 80:
        raise InvalidInput("'{field}' needs 1 to {most} characters.", field="name", most=80)
    secret = PREFIX + secrets.token_urlsafe(32)

    def work(tx: Transaction) -> DeploymentKey:
        live = [k for k in rows.list_keys(tx, deployment.id) if k.revoked_at is None]
        if any(k.name == cleaned for k in live):
            raise DuplicateName("key", cleaned)
        if len(live) >= KEYS_MOST:
            raise InvalidInput("This deployment has {most} keys. Revoke one first.", field="name", most=KEYS_MOST)
        key = DeploymentKey(new_id(), deployment.id, cleaned, secret[: len(PREFIX) + 4], actor.name, tx.at, None)
        rows.insert_key(tx, key, hashlib.sha256(secret.encode()).hexdigest())
        _note(tx, actor, deployment, MoveKind.KEY_ISSUE, cleaned)
        return key

    key = ws.store.write(work)
    publish(ws, deployment.id)
    return IssuedKey(key, secret)


def revoke_api_key(ws: Workspace, actor: Principal, deployment_id: str, key_id: str) -> DeploymentKey:
    """Close a key; gateways refuse it within a second.

    Raises:
        Conflict: it is revoked already. NotFound: no such key.
    """
    require(actor, Permission.OPERATE_DEPLOYMENTS)
    deployment = get_deployment(ws, actor, deployment_id)

    def work(tx: Transaction) -> None:
        key = next((k for k in rows.list_keys(tx, deployment.id) if k.id == key_id), None)
        if key is None:
            raise NotFound("key", key_id)
        if key.revoked_at is not None:
            raise Conflict("The key '{name}' is revoked already.", name=key.name)
        rows.revoke_key(tx, key.id)
        _note(tx, actor, deployment, MoveKind.KEY_REVOKE, key.name)

    ws.store.write(work)
    publish(ws, deployment.id)
    return next(k for k in rows.list_keys(ws.store, deployment.id) if k.id == key_id)


def list_api_keys(ws: Workspace, actor: Principal, deployment_id: str) -> list[DeploymentKey]:
    """All keys of a deployment, newest first; their secrets are not stored."""
    require(actor, Permission.READ_DETAILS)
    return rows.list_keys(ws.store, get_deployment(ws, actor, deployment_id).id)


def _note(tx: Transaction, actor: Principal, deployment: Deployment, kind: MoveKind, name: str) -> None:
    """Remember a change of keys; it raises the generation, since the manifest changes."""
    current = rows.get_deployment(tx, deployment.id)
    if current is None:
        raise NotFound("deployment", deployment.id)
    after = replace(current, generation=current.generation + 1)
    rows.update_deployment(tx, after)
    rows.insert_move(
        tx, Move(new_id(), after.id, after.generation, tx.at, actor.user_id, actor.name, actor.via, kind, None, None, None, None, name)
    )
    details = {"name": after.name, "key": name}
    tx.audit(actor.event(f"deployment.{kind.value}", Node.DEPLOYMENT, after.id, project_id=after.project_id, details=details))


def issue_replay_grant(ws: Workspace, actor: Principal, deployment_id: str, *, minutes: int = 30) -> ReplayGrant:
    """Let history be replayed into a deployment for a while: rows may carry the time at which they were served, and are marked so.

    Raises:
        InvalidInput: not 1 to 240 minutes. NotFound: no such deployment.
    """
    require(actor, Permission.REPLAY)
    deployment = get_deployment(ws, actor, deployment_id)
    if not 1 <= minutes <= GRANT_MOST_MINUTES:
        raise InvalidInput("A grant lasts 1 to {most} minutes.", field="minutes", most=GRANT_MOST_MINUTES)
    expires = ws.clock() + timedelta(minutes=minutes)
    token = sign_grant(ws.settings.keys_dir, Grant(deployment.name, actor.user_id, expires))
    details = {"name": deployment.name, "minutes": minutes}
    ws.store.write(
        lambda tx: tx.audit(
            actor.event("deployment.replay_grant", Node.DEPLOYMENT, deployment.id, project_id=deployment.project_id, details=details)
        )
    )
    return ReplayGrant(token, deployment.name, expires)
