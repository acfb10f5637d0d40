"""An attempt from data to a request or a stop; every step can come twice; nothing is ever deployed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from core.data.model import ColumnRoles
from core.errors import StorageFull
from core.identity import Principal
from core.jobs.model import Job
from core.jobs.protocol import JobContext, JobResult, JobState
from core.registry.approvals import get_approval, get_evidence
from core.registry.evidence import Basis
from core.registry.model import ApprovalState, VersionOrigin
from core.registry.phrases import say
from core.registry.service import get_version
from core.retraining import attempts, compare, jobs
from core.retraining import store as rows
from core.retraining.attempts import advance_attempts
from core.retraining.model import Attempt, AttemptState, PolicySpec
from core.retraining.policy import put_policy, retrain_now
from core.retraining.rebuild import LabelledCases
from core.training.model import Artifacts, Origin, Run, RunConfig, RunState
from core.words import Words
from core.workspace import Workspace
from tests.registry.world import World, make_frame
from tests.retraining.conftest import Served

START = datetime(2026, 5, 1, tzinfo=UTC)
ROLES = ColumnRoles("y", "yes")


@dataclass
class Training:
    """Stands in for training: a run that ends when it is told to."""

    ws: Workspace
    world: World
    project_id: str
    state: RunState = RunState.RUNNING
    started: int = 0
    run: Run | None = None

    def start_run(self, ws: Workspace, actor: Principal, project_id: str, version_id: str, config: RunConfig, **_: Any) -> Run:
        self.started += 1
        key = self.world.add(project_id, make_frame(2_000), version=version_id)
        facts = self.world.runs[key]
        artifacts = Artifacts(facts.facts.package_sha256, facts.scores_sha256, "0" * 64)
        self.run = Run(
            key, 2, project_id, version_id, "", config, "binary", Origin.RETRAINING, RunState.RUNNING, "", None, "system", "Kachi",
            ws.clock(), None, None, "", artifacts, None,
        )  # fmt: skip
        return self.run

    def get_run(self, ws: Workspace, actor: Principal, run_id: str) -> Run:
        if self.run is None or run_id != self.run.id:
            return Run(run_id, 1, "", "", "", RunConfig("roc_auc"), "binary", Origin.USER, RunState.SUCCEEDED, "", None, "", "", ws.clock(), None, None, "", None, None)  # fmt: skip
        return replace(self.run, state=self.state)

    def list_runs(self, ws: Workspace, actor: Principal, **_: Any) -> list[Run]:
        return [self.run] if self.run else []


@dataclass(frozen=True)
class Version:
    """As much of a dataset version as an attempt reads."""

    id: str = "dv-2"
    name: str = "Customers"
    number: int = 1
    roles: ColumnRoles | None = ROLES


def cases(n: int = 1_000) -> LabelledCases:
    rng = np.random.default_rng(4)
    score = rng.random(n)
    truth = (rng.random(n) < score).astype(np.int64)
    at = tuple(START + timedelta(minutes=i) for i in range(n))
    return LabelledCases(pd.DataFrame({"hint": score}), truth, at, tuple(f"p{i}" for i in range(n)), ("other",) * n, score)


@pytest.fixture
def training(ws: Workspace, served: Served, world: World, monkeypatch: pytest.MonkeyPatch) -> Training:
    made = Training(ws, world, served.version.project_id)
    for name in ("start_run", "get_run", "list_runs"):
        monkeypatch.setattr(attempts.training, name, getattr(made, name))
    table = pa.table({"hint": [0.1, 0.9] * 50, "y": ["no", "yes"] * 50})
    monkeypatch.setattr(attempts.source, "training_table", lambda ws, key: (Version("dv-1"), table))
    monkeypatch.setattr(attempts.source, "new_cases", lambda *_: cases())
    monkeypatch.setattr(attempts.data, "add_derived_version", lambda *_, **__: Version())
    for kind in jobs.kinds(ws):
        ws.jobs.register(kind)
    return made


class Model:
    """A package that scores a column as it is, or upside down."""

    def __init__(self, folder: Path, champion: Path, better: bool) -> None:
        self._keeps = (folder != champion) == better

    def score(self, frame: pd.DataFrame) -> np.ndarray:
        hint = frame["hint"].to_numpy(dtype=np.float64)
        return hint if self._keeps else 1 - hint


def run_compare(ws: Workspace, attempt: Attempt, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, better: bool) -> None:
    """Do what the job's process does, and take its result in as the portal does."""
    job: Job = ws.jobs.get(attempt.job_id)
    champion = Path(job.spec["champion"])
    monkeypatch.setattr(compare, "PackagedModel", lambda folder: Model(folder, champion, better))
    (tmp_path / "job").mkdir(exist_ok=True)
    with (tmp_path / "job" / "events").open("wb") as stream:
        result = compare.run(JobContext(tmp_path / "job", dict(job.spec), stream.fileno(), lambda: False))
    ws.store.write(lambda tx: jobs._record(tx, job, JobResult(JobState.SUCCEEDED, result, {}), None))


def now(ws: Workspace, attempt: Attempt) -> Attempt:
    found = rows.get_attempt(ws.store, attempt.id)
    assert found is not None
    return found


def to_comparing(ws: Workspace, scientist: Principal, served: Served, training: Training) -> Attempt:
    attempt = retrain_now(ws, scientist, served.id)
    assert advance_attempts(ws) == 1
    assert now(ws, attempt).state is AttemptState.TRAINING
    assert advance_attempts(ws) == 0  # the run goes on
    training.state = RunState.SUCCEEDED
    assert advance_attempts(ws) == 1
    found = now(ws, attempt)
    assert (found.state, found.rows_original, found.rows_added, found.rows_held_out) == (AttemptState.COMPARING, 100, 700, 300)
    return found


def test_a_better_challenger_is_asked_for_and_not_deployed(
    ws: Workspace,
    scientist: Principal,
    approver: Principal,
    served: Served,
    training: Training,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    attempt = to_comparing(ws, scientist, served, training)
    run_compare(ws, attempt, monkeypatch, tmp_path, better=True)
    assert advance_attempts(ws) == 1
    done = now(ws, attempt)
    assert done.state is AttemptState.REQUESTED, done.outcome
    assert done.outcome is not None
    assert "waits for approval" in say(Words("en"), done.outcome)
    assert get_version(ws, approver, done.model_version_id).origin is VersionOrigin.RETRAINING
    request = get_approval(ws, approver, done.approval_id)
    assert (request.state, request.barred, request.champion_number) == (ApprovalState.OPEN, (scientist.user_id,), 1)
    evidence = get_evidence(ws, approver, done.approval_id)
    assert evidence.comparison is not None
    assert (evidence.comparison.basis, evidence.comparison.rows) == (Basis.NEWEST_LABELLED, 300)
    assert advance_attempts(ws) == 0
    assert served.lives[0].champion_id == served.version.id


def test_a_worse_challenger_stops_with_its_reason(
    ws: Workspace, scientist: Principal, served: Served, training: Training, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    attempt = to_comparing(ws, scientist, served, training)
    run_compare(ws, attempt, monkeypatch, tmp_path, better=False)
    advance_attempts(ws)
    done = now(ws, attempt)
    assert (done.state, done.model_version_id, done.approval_id) == (AttemptState.STOPPED, "", "")
    assert done.outcome is not None
    assert "version 1" in say(Words("en"), done.outcome)


def test_a_policy_may_leave_the_request_to_people(
    ws: Workspace, scientist: Principal, served: Served, training: Training, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put_policy(ws, scientist, served.id, PolicySpec(auto_request=False))
    attempt = to_comparing(ws, scientist, served, training)
    run_compare(ws, attempt, monkeypatch, tmp_path, better=True)
    ws.store.write(lambda tx: tx.execute("UPDATE retraining_attempts SET trigger = 'drift' WHERE id = ?", [attempt.id]))
    advance_attempts(ws)
    done = now(ws, attempt)
    assert (done.state, done.approval_id, bool(done.model_version_id)) == (AttemptState.STOPPED, "", True)


def test_a_step_cut_off_by_a_crash_is_taken_up(
    ws: Workspace, scientist: Principal, served: Served, training: Training, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    attempt = retrain_now(ws, scientist, served.id)
    whole = attempts.rows.set_built
    monkeypatch.setattr(attempts.rows, "set_built", lambda tx, a: (_ for _ in ()).throw(StorageFull("x")) if a.run_id else whole(tx, a))
    assert advance_attempts(ws) == 0  # the run was started, but the store was full
    assert now(ws, attempt).state is AttemptState.BUILDING
    monkeypatch.setattr(attempts.rows, "set_built", whole)
    assert advance_attempts(ws) == 1
    assert training.started == 1
    training.state = RunState.SUCCEEDED
    advance_attempts(ws)
    run_compare(ws, now(ws, attempt), monkeypatch, tmp_path, better=True)
    ask = attempts.approvals.request_approval
    monkeypatch.setattr(attempts.approvals, "request_approval", lambda *_, **__: (_ for _ in ()).throw(StorageFull("x")))
    assert advance_attempts(ws) == 0
    registered = now(ws, attempt).model_version_id
    monkeypatch.setattr(attempts.approvals, "request_approval", ask)
    assert advance_attempts(ws) == 1
    assert (now(ws, attempt).state, now(ws, attempt).model_version_id) == (AttemptState.REQUESTED, registered)


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.CANCELLED])
def test_a_run_without_a_model_ends_the_attempt(
    ws: Workspace, scientist: Principal, served: Served, training: Training, state: RunState
) -> None:
    attempt = retrain_now(ws, scientist, served.id)
    advance_attempts(ws)
    training.state = state
    advance_attempts(ws)
    assert now(ws, attempt).state is AttemptState.FAILED


def test_too_few_labels_stop_before_training(
    ws: Workspace, scientist: Principal, served: Served, training: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts.source, "new_cases", lambda *_: cases(120))
    attempt = retrain_now(ws, scientist, served.id)
    advance_attempts(ws)
    done = now(ws, attempt)
    assert (done.state, training.started) == (AttemptState.STOPPED, 0)
    assert done.outcome is not None
    assert say(Words("en"), done.outcome) == "Only 120 labelled cases are new; 200 are needed."


def test_an_unexpected_fault_does_not_block_the_policy_for_ever(
    ws: Workspace, scientist: Principal, served: Served, training: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts.source, "training_table", lambda *_: 1 / 0)
    attempt = retrain_now(ws, scientist, served.id)
    advance_attempts(ws)
    done = now(ws, attempt)
    assert done.state is AttemptState.FAILED
    assert done.outcome is not None
    assert "ZeroDivisionError" in say(Words("en"), done.outcome)


def test_a_comparison_that_broke_off_is_told(ws: Workspace, scientist: Principal, served: Served, training: Training) -> None:
    attempt = to_comparing(ws, scientist, served, training)
    job = ws.jobs.get(attempt.job_id)
    error = {"template": "The job needed more memory than its limit. Use fewer rows or columns, or raise the limit.", "fields": {}}
    ws.store.write(lambda tx: jobs._record(tx, job, JobResult(JobState.FAILED, {}, error), None))
    assert now(ws, attempt).state is AttemptState.FAILED
