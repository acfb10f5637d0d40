"""How the portal runs training jobs and takes in what they tell and leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.errors import Corrupt
from core.identity import SYSTEM
from core.jobs.model import Job, JobKind
from core.jobs.protocol import JobResult, JobState, JsonObject
from core.project.model import Phase
from core.project.service import move_back, move_phase
from core.project.store import get_value_model
from core.store import Transaction
from core.store.lineage import Edge, Node
from core.training import store as rows
from core.training.evaluation import Evaluation, evaluation_from_json
from core.training.model import Artifacts, Family, LeaderboardEntry, RunState, RunSummary
from core.workspace import Workspace

KIND = "training.fit"


@dataclass(frozen=True, slots=True)
class Collected:
    """What a finished job left, stored."""

    artifacts: Artifacts
    evaluation: Evaluation


def kinds(ws: Workspace) -> list[JobKind]:
    """The training job."""

    def collect(job: Job, result: JobResult, folder: Path) -> Collected:
        out = folder / "out"
        document = (out / "evaluation.json").read_bytes() if (out / "evaluation.json").exists() else b""
        if not document:
            raise Corrupt("The run ended without its evaluation. Start it again.")
        package = ws.artifacts.put(out / "package")
        scores = ws.artifacts.put(out / "scores.parquet")
        evaluation = ws.artifacts.put(out / "evaluation.json")
        return Collected(Artifacts(package.sha256, scores.sha256, evaluation.sha256), evaluation_from_json(document))

    def record(tx: Transaction, job: Job, result: JobResult, collected: Any) -> None:
        _record(ws, tx, job, result, collected)

    return [JobKind(KIND, "core.training.fit:run", on_start=_on_start, on_events=_on_events, collect=collect, record=record)]


def _on_start(tx: Transaction, job: Job) -> None:
    rows.mark_running(tx, job.subject_id, tx.at)


def _on_events(tx: Transaction, job: Job, events: Sequence[JsonObject]) -> None:
    for event in events:
        if event.get("event") == "model_finished" and event.get("score") is not None and event.get("family"):
            value = Decimal(event["value"]) if event.get("value") is not None else None
            entry = LeaderboardEntry(
                event["model"], Family(event["family"]), float(event["score"]), float(event["fit_s"]), float(event.get("predict_ms", 0.0)),
                value, event.get("threshold"), datetime.fromisoformat(event["at"]),
            )  # fmt: skip
            rows.add_model(tx, job.subject_id, entry)


def _record(ws: Workspace, tx: Transaction, job: Job, result: JobResult, collected: Collected | None) -> None:
    run = rows.get_run(tx, job.subject_id)
    if run is None:
        return
    if collected is None:
        state = RunState.CANCELLED if result.state is JobState.CANCELLED else RunState.FAILED
        rows.mark_ended(tx, run.id, state, tx.at, rows.error_to_text(result.error))
        details = {"state": state.value, "template": str(result.error.get("template", ""))[:300]}
        tx.audit(SYSTEM.event("run.end", Node.RUN, run.id, project_id=run.project_id, details=details))
        if not rows.count_unfinished(tx, run.project_id):
            move_back(tx, SYSTEM, run.project_id, Phase.MODELING, f"run {run.number} {state.value}")
        return
    value_model = get_value_model(ws.store, run.value_model_id) if run.value_model_id else None
    found, told = collected.evaluation, result.result
    value = Decimal(str(told["value"])) if told.get("value") is not None else None
    summary = RunSummary(
        found.best_model, float(told["score"]), value, value_model.currency if value_model else None, run.value_model_id, found.train_rows,
        found.validation_rows, found.test_rows, len(found.leaderboard), found.stopped_early,
    )  # fmt: skip
    rows.mark_succeeded(tx, run.id, tx.at, collected.artifacts, summary)
    rows.add_metrics(tx, run, found.metrics)
    tx.edge(Edge(Node.DATASET_VERSION, run.dataset_version_id, Node.RUN, run.id, "trained_on"))
    move_phase(tx, SYSTEM, run.project_id, Phase.EVALUATION, f"run {run.number} finished")
    details = {
        "state": "succeeded",
        "best_model": found.best_model,
        "score": f"{summary.score:.6g}",
        "package_sha256": collected.artifacts.package_sha256,
    }
    tx.audit(SYSTEM.event("run.end", Node.RUN, run.id, project_id=run.project_id, details=details))
