"""A deployment that serves an approved version, without gateway and without training."""

# ruff: noqa: F811

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from core.identity import Principal
from core.monitoring import catalogue, monitor_store
from core.monitoring.catalogue import Live, LiveState
from core.monitoring.model import Check, Part, PartResult, Verdict
from core.project.model import Project
from core.registry.approvals import decide, request_approval
from core.registry.model import ModelVersion
from core.registry.service import register_model
from core.retraining import policy
from core.store import new_id
from core.workspace import Workspace
from tests.registry.conftest import project, world  # noqa: F401
from tests.registry.world import World, make_frame


@dataclass
class Served:
    """The deployment, and what is known of its traffic."""

    ws: Workspace
    version: ModelVersion
    labelled: int = 5_000
    lives: list[Live] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.lives[0].id

    def check(self, **verdicts: Verdict) -> Check:
        """Record a check with the given verdicts; parts that aren't named are green."""
        now = self.ws.clock()
        parts = tuple(PartResult(part, verdicts.get(part.value, Verdict.GREEN), ()) for part in Part)
        made = Check(
            new_id(), self.id, self.version.project_id, self.version.id, 1, now, "Kachi", datetime(2026, 1, 1, tzinfo=UTC), now,
            Verdict.RED, parts,
        )  # fmt: skip
        self.ws.store.write(lambda tx: monitor_store.insert_check(tx, made))
        return made


@pytest.fixture
def served(
    ws: Workspace, scientist: Principal, approver: Principal, world: World, project: Project, monkeypatch: pytest.MonkeyPatch
) -> Served:
    version = register_model(ws, scientist, world.add(project.id, make_frame(2_000)))
    decide(ws, approver, request_approval(ws, scientist, version.id).id, approve=True, reason="fine")
    live = Live("dep-1", "churn", project.id, LiveState.LIVE, version.id, 1, 0.0, ws.clock())
    made = Served(ws, version, lives=[live])
    monkeypatch.setattr(catalogue, "list_live", lambda ws: made.lives)
    monkeypatch.setattr(policy, "count_labelled", lambda ws, deployment_id, since=None: made.labelled)
    return made
