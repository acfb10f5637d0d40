"""A request to copy: the address, a key's place and a row that the model takes."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from urllib.parse import quote

from core.errors import KachiError
from core.identity import Permission, Principal, require
from core.registry import store as registry
from core.serving.package import Value, example_row, read_package
from core.serving.service import get_deployment
from core.workspace import Workspace

KEY_PLACE = "YOUR_API_KEY"


@dataclass(frozen=True, slots=True)
class RequestExample:
    """A ready request.

    Args:
        row: column and value, as sent. curl, feedback_curl: commands for a shell.
    """

    url: str
    row: tuple[tuple[str, Value], ...]
    curl: str
    feedback_curl: str


def request_example(ws: Workspace, actor: Principal, deployment_id: str) -> RequestExample | None:
    """A request that the champion takes; None where nothing leads or its package can't be read.

    Raises:
        NotFound: no such deployment.
    """
    require(actor, Permission.READ_VALUE)
    deployment = get_deployment(ws, actor, deployment_id)
    version = registry.get_version(ws.store, deployment.champion_id) if deployment.champion_id else None
    if version is None:
        return None
    try:
        row = example_row(read_package(ws.artifacts.path(version.package_sha256)))
    except KachiError:
        return None  # the gateway refuses such a package and says why; an example would mislead
    if deployment.entity_column and deployment.entity_column not in row:
        row = {deployment.entity_column: "A-1001", **row}
    url = f"{ws.settings.public_gateway_url}/v1/models/{quote(deployment.name, safe='')}"
    outcome = {"prediction_id": "PREDICTION_ID", "outcome": True}
    return RequestExample(f"{url}/predict", tuple(row.items()), _curl(f"{url}/predict", row), _curl(f"{url}/feedback", outcome))


def _curl(url: str, body: object) -> str:
    lines = (
        f"curl {shlex.quote(url)}",
        f"  -H 'Authorization: Bearer {KEY_PLACE}'",
        "  -H 'Content-Type: application/json'",
        f"  -d {shlex.quote(json.dumps(body, ensure_ascii=False, indent=1))}",
    )
    return " \\\n".join(lines)
