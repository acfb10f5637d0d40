"""How a deployment stands where it is served: asked of the gateway, told beside what the portal wants."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import KachiError
from core.identity import Permission, Principal, require
from core.serving.client import GatewayClient
from core.serving.model import Deployment, DeploymentState
from core.serving.service import get_deployment
from core.workspace import Workspace

ASK_S = 2.0


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """The last minute at the gateway; milliseconds are None without requests."""

    requests: int
    rows: int
    p50_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True, slots=True)
class DeploymentStatus:
    """What a gateway serves.

    Args:
        reachable: whether a gateway answers at all.
        in_step: whether it serves what the portal wants.
        refused: why it doesn't serve a version.
        disk_full: whether what it answers waits in its memory for room.
    """

    deployment: Deployment
    reachable: bool
    in_step: bool
    serving: int | None
    canary: int | None
    generation: int | None
    refused: tuple[str, ...]
    disk_full: bool
    figures: LiveFigures


NOTHING = LiveFigures(0, 0, None, None)


def deployment_status(ws: Workspace, actor: Principal, deployment_id: str) -> DeploymentStatus:
    """Ask the gateway what it serves under a deployment's name.

    Raises:
        NotFound: no such deployment.
    """
    require(actor, Permission.READ_VALUE)
    deployment = get_deployment(ws, actor, deployment_id)
    try:
        with GatewayClient(ws.settings.public_gateway_url, timeout_s=ASK_S) as client:
            answer = client.ready()
    except KachiError:
        return DeploymentStatus(deployment, False, False, None, None, None, (), False, NOTHING)
    full = bool(answer.get("spool", {}).get("full", False))
    told = answer.get("deployments", {}).get(deployment.name)
    if told is None:
        return DeploymentStatus(deployment, True, False, None, None, None, (), full, NOTHING)
    minute = told["last_minute"]
    figures = LiveFigures(minute["requests"], minute["rows"], minute["p50_ms"], minute["p95_ms"])
    wanted = (deployment.champion_number, deployment.canary_number)
    stopped = deployment.state is DeploymentState.STOPPED
    in_step = told["generation"] == deployment.generation and (stopped or (told["version"], told["canary_version"]) == wanted)
    return DeploymentStatus(
        deployment, True, in_step, told["version"], told["canary_version"], told["generation"], tuple(told["refused"]), full, figures
    )  # fmt: skip
