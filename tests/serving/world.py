"""Approved versions with real packages in a portal's workspace, without any training."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from core.identity import Principal
from core.project.model import Project
from core.registry.approvals import decide, request_approval
from core.registry.model import ModelVersion
from core.registry.service import get_version, register_model
from core.workspace import Workspace
from tests.registry.world import World, make_frame


@dataclass
class Models:
    """Makes versions of one project's model."""

    ws: Workspace
    world: World
    project: Project
    packages: tuple[Path, Path]
    scientist: Principal
    approver: Principal

    def register(self, noise: float = 0.0) -> ModelVersion:
        """A version that nobody has approved."""
        run_id = self.world.add(self.project.id, make_frame(600), noise=noise)
        run = self.world.runs[run_id]
        package = self.ws.artifacts.put(self.packages[len(self.world.runs) % 2]).sha256
        self.world.runs[run_id] = replace(run, facts=replace(run.facts, package_sha256=package))
        return register_model(self.ws, self.scientist, run_id)

    def request(self, noise: float = 0.0) -> str:
        """Id of an open request for a new version."""
        return request_approval(self.ws, self.scientist, self.register(noise).id, "please").id

    def approve(self, noise: float = 0.0) -> ModelVersion:
        """An approved version."""
        approval = decide(self.ws, self.approver, self.request(noise), True, "earns more")
        return get_version(self.ws, self.approver, approval.model_version_id)
