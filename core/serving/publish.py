"""From the store to the gateways: manifests made of rows, written after each commit and again at start."""

from __future__ import annotations

import threading

import structlog

from core.errors import Corrupt, StorageFull, Unavailable
from core.registry import store as registry
from core.serving import store as rows
from core.serving.manifest import LIVE, STOPPED, Entry, Manifest, Manifests
from core.serving.model import Deployment, DeploymentState, champions_before
from core.workspace import Workspace

log = structlog.get_logger(__name__)
# Commits may come in any order; the row that is read last is the newest.
_lock = threading.Lock()


def manifest_of(ws: Workspace, deployment: Deployment) -> Manifest:
    """What gateways are to serve now."""
    ladder = champions_before(rows.list_moves(ws.store, deployment.id))
    former = next((entry for leading in reversed(ladder) if (entry := _entry(ws, leading.version_id)) is not None), None)
    return Manifest(
        deployment.id,
        deployment.name,
        deployment.project_id,
        deployment.generation,
        STOPPED if deployment.state is DeploymentState.STOPPED else LIVE,
        _entry(ws, deployment.champion_id),
        _entry(ws, deployment.canary_id),
        former,
        deployment.canary_share,
        deployment.entity_column,
        tuple(rows.live_key_hashes(ws.store, deployment.id)),
        deployment.flush_ms,
    )


def _entry(ws: Workspace, version_id: str | None) -> Entry | None:
    if version_id is None:
        return None
    version, signed = registry.get_version(ws.store, version_id), registry.get_certificate(ws.store, version_id)
    if version is None or signed is None:
        return None
    return Entry(version.number, version.id, version.package_sha256, signed[0], signed[1])


def publish(ws: Workspace, deployment_id: str) -> None:
    """Write a deployment's manifest from what the store says now.

    Raises:
        Unavailable: the manifest can't be written; the change is kept, and the portal writes it as soon as it can.
    """
    with _lock:
        deployment = rows.get_deployment(ws.store, deployment_id)
        if deployment is None:
            return
        try:
            Manifests(ws.settings.artifact_root).write(manifest_of(ws, deployment))
        except (OSError, StorageFull) as error:
            log.warning("serving.manifest_unwritten", deployment=deployment.name, reason=str(error))
            raise Unavailable(
                "The change is saved, but the gateways can't be told: the artifact folder takes nothing. Free space there; Kachi tries again by itself."
            ) from error


def reconcile(ws: Workspace) -> int:
    """Write every manifest that differs from what the store says (after a crash, a restore, a full disk).

    Returns:
        how many were written.
    """
    manifests, written, before = Manifests(ws.settings.artifact_root), 0, None
    while found := rows.list_deployments(ws.store, project_id=None, before_id=before, limit=200):
        before = found[-1].id
        for deployment in found:
            with _lock:
                current = rows.get_deployment(ws.store, deployment.id)
                if current is None:
                    continue
                wanted = manifest_of(ws, current)
                if _read(manifests, wanted.name) != wanted:
                    manifests.write(wanted)
                    written += 1
    return written


def _read(manifests: Manifests, name: str) -> Manifest | None:
    try:
        return manifests.read(name)
    except (Corrupt, OSError):
        return None  # torn or gone: it is written anew
