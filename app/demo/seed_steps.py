"""The steps of a demo project over REST, each as the role that would do it, each done once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.demo.journey import project_body
from app.demo.seed_state import Progress
from app.demo.stories import Story, Try, write_training_file
from core.client import KachiClient
from core.errors import Unavailable

RUN_S = 240.0
FIT_S = 40
OVER = frozenset({"succeeded", "failed", "cancelled", "lost"})


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a story plays.

    Args:
        clients: a REST client by role. say: prints a line of progress.
    """

    story: Story
    progress: Progress
    clients: Mapping[str, KachiClient]
    gateway_url: str
    say: Callable[[str], None]

    @property
    def scientist(self) -> KachiClient:
        """As a data scientist."""
        return self.clients["scientist"]

    @property
    def approver(self) -> KachiClient:
        """As an approver."""
        return self.clients["approver"]

    @property
    def admin(self) -> KachiClient:
        """As an admin."""
        return self.clients["admin"]

    def step(self, name: str) -> str:
        """A step's name among all stories; also its idempotency key, so that a step cut off before it was noted isn't done twice."""
        return f"demo-{self.story.key}-{name}"

    def once(self, name: str, work: Callable[[str], Any]) -> Any:
        """Do a step at its first time; `work` gets its idempotency key."""
        return self.progress.once(self.step(name), lambda: work(self.step(name)))


def make_project(stage: Stage) -> str:
    """The project; its id."""
    body = project_body(stage.story.project)
    return str(stage.once("project", lambda key: stage.scientist.post("/projects", body, key=key)["id"]))


def upload_data(stage: Stage, *, all_columns: bool = False) -> str:
    """The training rows as a dataset version with its columns declared; its id."""
    project = make_project(stage)
    version = str(stage.once("data", lambda _: _upload(stage, project)))
    roles = asdict(stage.story.sample.roles)
    roles["leave_out"] = [*roles["leave_out"], *(() if all_columns else stage.story.left_out)]
    name = "roles-all" if all_columns else "roles"
    return str(stage.once(name, lambda _: stage.scientist.put(f"/datasets/versions/{version}/roles", roles)["id"]))


def _upload(stage: Stage, project: str) -> str:
    there = stage.scientist.get("/datasets/versions", project_id=project)["items"]
    if there:
        return str(there[-1]["id"])
    with tempfile.TemporaryDirectory(prefix="kachi-demo-") as folder:
        path = write_training_file(stage.story, Path(folder))
        return str(stage.scientist.upload("/datasets", path, {"project_id": project, "name": stage.story.dataset})["id"])


def queue_run(stage: Stage, chosen: Try) -> str:
    """A training run, queued; its id. One that failed before is started anew."""
    name = f"run {chosen.name}"
    known = stage.progress.get(stage.step(name))
    if known is not None and stage.scientist.get(f"/runs/{known}")["state"] in OVER - {"succeeded"}:
        stage.progress.forget(stage.step(name))
        return _start_run(stage, chosen, name, key="")
    return _start_run(stage, chosen, name, key=stage.step(name))


def _start_run(stage: Stage, chosen: Try, name: str, key: str) -> str:
    data = upload_data(stage, all_columns=chosen.all_columns)
    config = {"families": list(chosen.families), "time_limit_s": FIT_S, "split": "random", "seed": 7}
    body = {"project_id": make_project(stage), "dataset_version_id": data, "name": chosen.name, "config": config}
    return str(stage.once(name, lambda _: stage.scientist.post("/runs", body, key=key or None)["id"]))


def finish_run(stage: Stage, chosen: Try) -> dict[str, Any]:
    """Wait for a run's end.

    Raises:
        Unavailable: it didn't succeed.
    """
    run_id = queue_run(stage, chosen)
    run: dict[str, Any] = stage.scientist.wait(f"/runs/{run_id}", lambda found: found["state"] in OVER, RUN_S)
    if run["state"] != "succeeded":
        raise Unavailable("The run '{name}' ended as {state}: {error}", name=chosen.name, state=run["state"], error=run["error"])
    return run


def ask_for_approval(stage: Stage, name: str, run_id: str, note: str) -> dict[str, str]:
    """Register a run and request its approval: the ids of version and approval."""
    body = {"run_id": run_id, "note": note}
    version = stage.once(f"{name} version", lambda key: stage.scientist.post("/models/versions", body, key=key)["id"])
    ask = {"model_version_id": version, "note": note}
    approval = stage.once(f"{name} request", lambda key: stage.scientist.post("/approvals", ask, key=key)["id"])
    return {"version": version, "approval": approval}


def go_live(stage: Stage) -> str:
    """The first run approved and deployed; the deployment's id."""
    story = stage.story
    run = finish_run(stage, story.first)
    asked = ask_for_approval(stage, "first", run["id"], story.note)
    body = {"reason": story.reason, "deploy": True}
    address = f"/approvals/{asked['approval']}/approve"
    deployment = str(stage.once("live", lambda key: stage.approver.post(address, body, key=key)["deployment_id"]))
    if story.business_signs:
        stage.once("signed", lambda key: _sign_contract(stage, asked["version"], key))
    return deployment


def _sign_contract(stage: Stage, version_id: str, key: str) -> str:
    """The business signs the contract that came in force with the version; its id."""
    contract = stage.clients["viewer"].get("/contracts", model_version_id=version_id, state="in_force")["items"][0]
    return str(stage.clients["viewer"].post(f"/contracts/{contract['id']}/sign", {"note": ""}, key=key)["id"])
