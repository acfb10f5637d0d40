"""With nothing faked between registry, serving and monitoring: an approved, deployed version is served, taken in, checked and valued."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.data.baseline import Baseline, baseline_to_json, build_baseline, score_histogram
from core.data.model import Kind
from core.identity import Principal
from core.jobs.schedules import Schedules
from core.monitoring import schedules as monitoring_schedules
from core.monitoring.background import watch_deployments
from core.monitoring.catalogue import Catalogue
from core.monitoring.check import compare, run_check
from core.monitoring.ingest import ingest_now
from core.monitoring.model import Part, Verdict
from core.monitoring.portfolio import Stage, get_portfolio
from core.monitoring.service import CHECK_KIND, all_time, check_on_schedule, list_monitors
from core.serving.service import deploy_version
from core.workspace import Workspace
from tests.monitoring.conftest import Gateway
from tests.serving import conftest as serving
from tests.serving.world import Models

packages, world = serving.packages, serving.world
__all__ = ["packages", "world"]
KINDS = {"tenure": Kind.INTEGER, "charge": Kind.NUMBER, "plan": Kind.CATEGORY, "senior": Kind.BOOLEAN}


@pytest.fixture
def with_baseline(packages: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    """The packages with the baseline that training writes."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "tenure": rng.integers(0, 72, 1000).astype(float),
            "charge": rng.uniform(18, 120, 1000),
            "plan": rng.choice(["basic", "plus", "premium"], 1000),
            "senior": rng.choice(["true", "false"], 1000),
        }
    )
    body = baseline_to_json(Baseline(build_baseline(frame, KINDS), score_histogram(rng.random(1000))))
    made = []
    for i, package in enumerate(packages):
        folder = tmp_path / f"with-baseline-{i}"
        shutil.copytree(package, folder)
        (folder / "baseline.json").write_bytes(body)
        made.append(folder)
    return made[0], made[1]


models = pytest.fixture(
    lambda ws, world, with_baseline, scientist, approver: Models(
        ws, world, serving.new_project(ws, scientist), with_baseline, scientist, approver
    ),
    name="models",
)


def test_from_approval_to_portfolio(
    ws: Workspace, models: Models, gateway: Gateway, scientist: Principal, approver: Principal, viewer: Principal
) -> None:
    version = models.approve()
    deployment = deploy_version(ws, approver, version.id, reason="Go")
    rng = np.random.default_rng(5)
    start = ws.clock() - timedelta(days=3)
    for i in range(400):
        x = {
            "tenure": int(rng.integers(0, 72)),
            "charge": 400.0,
            "plan": str(rng.choice(["basic", "plus", "premium"])),
            "senior": bool(i % 2),
        }
        key = gateway.predict(
            start + timedelta(minutes=i),
            version_id=version.id,
            number=version.number,
            deployment=deployment.name,
            x=x,
            score=float(rng.random()),
        )
        gateway.feed_back(key, i % 2, start + timedelta(days=1), deployment=deployment.name)
    gateway.finish()
    assert ingest_now(ws).labelled == 400

    served = Catalogue(ws).served(version.id)
    assert served is not None
    assert served.promise is not None
    assert served.promise.per_case != 0
    assert {b.name for b in served.features} == set(KINDS)
    drifted = {f.drift.name: f.drift.verdict for f in compare(ws, deployment.name).features}
    assert drifted["charge"] is Verdict.RED
    assert {drifted[name] for name in ("tenure", "plan", "senior", ":score")} == {Verdict.GREEN}
    check = run_check(ws, scientist, deployment.id)
    assert check.part(Part.DRIFT).verdict is Verdict.RED  # type: ignore[union-attr]

    found = get_portfolio(ws, viewer, all_time(ws))
    (row,) = found.projects
    assert row.stage is Stage.LIVE
    assert row.entry is not None
    assert (row.entry.served, row.entry.labelled) == (400, 400)
    assert row.report_id == version.impact_report_id


def test_each_new_deployment_is_watched_once(ws: Workspace, models: Models, scientist: Principal, approver: Principal) -> None:
    deployment = deploy_version(ws, approver, models.approve().id, reason="Go")
    schedules = Schedules(ws.store, ws.clock)
    for kind in monitoring_schedules.kinds(ws):
        schedules.register(kind)
    assert watch_deployments(ws, schedules) == 1
    assert watch_deployments(ws, schedules) == 0
    (schedule,) = schedules.list(scientist, kind=CHECK_KIND)
    assert schedule.subject_id == deployment.id
    assert check_on_schedule(ws, deployment.id).fields["version"] == 1
    assert [m.live.name for m in list_monitors(ws, scientist)] == [deployment.name]
