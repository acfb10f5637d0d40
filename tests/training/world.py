"""Finished and running runs made of known scores, so that pages and REST are tested without training anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from core.identity import Principal
from core.project.model import Task
from core.store import new_id
from core.training import curves
from core.training import evaluation as ev
from core.training import store as rows
from core.training.metrics import binary_metrics
from core.training.model import Artifacts, Family, LeaderboardEntry, Origin, Run, RunConfig, RunState, RunSummary
from core.workspace import Workspace

MODELS = (("LightGBM", Family.LIGHTGBM, 0.84), ("CatBoost", Family.CATBOOST, 0.83), ("WeightedEnsemble_L2", Family.ENSEMBLE, 0.85))
CONFIG = RunConfig("roc_auc", families=(Family.LIGHTGBM, Family.CATBOOST, Family.XGBOOST))


def add_run(
    ws: Workspace, actor: Principal, project_id: str, version_id: str = "", *, state: RunState = RunState.QUEUED, name: str = "",
    error: str = "", value_model_id: str | None = None, config: RunConfig = CONFIG,
) -> Run:  # fmt: skip
    """A run in some state, without a job."""

    def work(tx) -> Run:
        began = tx.at - timedelta(minutes=2) if state is not RunState.QUEUED else None
        run = Run(
            new_id(), rows.next_number(tx, project_id), project_id, version_id, name, config, Task.BINARY, Origin.USER, state, "",
            value_model_id, actor.user_id, actor.name, tx.at, began, tx.at if state.final else None, error, None, None,
        )  # fmt: skip
        rows.insert_run(tx, run)
        return run

    return ws.store.write(work)


def add_models(ws: Workspace, run: Run, count: int = 3) -> None:
    """Some finished models of a run."""

    def work(tx) -> None:
        for k, (model, family, score) in enumerate(MODELS[:count]):
            value = Decimal(1_000_000 + 10_000 * k) if run.value_model_id else None
            rows.add_model(tx, run.id, LeaderboardEntry(model, family, score, 2.5, 0.1, value, 0.3, tx.at + timedelta(seconds=k)))

    ws.store.write(work)


def finish(ws: Workspace, run: Run, folder: Path, *, seed: int = 5, value: Decimal | None = Decimal("1250000.00")) -> Run:
    """Give a run the scores, evaluation and summary of one that ended well."""
    scores = make_scores(seed)
    test = scores[scores["split"] == "test"]
    truth, score = test["y"].to_numpy() == 1, test["score"].to_numpy()
    metrics = binary_metrics(truth, score, "test", 1)
    board = tuple(ev.LeaderboardRow(m, f.value, s, s - 0.01, 2.5, 0.1, value) for m, f, s in MODELS)
    found = ev.Evaluation(
        Task.BINARY, "roc_auc", "WeightedEnsemble_L2", ("0", "1"), 600, 200, len(test), metrics, curves.roc_points(truth, score),
        curves.pr_points(truth, score), curves.calibration_bins(truth, score), curves.score_bins(truth, score), (), (),
        (ev.Importance("tenure", 0.08, 0.05, 0.11), ev.Importance("bill", 0.02, 0.01, 0.03)), board,
        (ev.Failure("xgboost", "ImportError: no such library"),), False, 12.5, (("autogluon.tabular", "1.6.3"),),
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "evaluation.json").write_bytes(ev.evaluation_to_json(found))
    scores.to_parquet(folder / "scores.parquet", index=False)
    put = ws.artifacts.put
    artifacts = Artifacts("0" * 64, put(folder / "scores.parquet").sha256, put(folder / "evaluation.json").sha256)
    summary = RunSummary(
        "WeightedEnsemble_L2", metrics[0].value, value, "JPY" if value else None, run.value_model_id, 600, 200, 200, 3, False
    )

    def work(tx) -> None:
        rows.mark_running(tx, run.id, tx.at)
        rows.mark_succeeded(tx, run.id, tx.at, artifacts, summary)
        rows.add_metrics(tx, run, metrics)

    ws.store.write(work)
    add_models(ws, run)
    return replace(run, state=RunState.SUCCEEDED, artifacts=artifacts, summary=summary)


def make_scores(seed: int, count: int = 200) -> pd.DataFrame:
    """Calibrated scores of validation and test rows."""
    rng = np.random.default_rng(seed)
    score = rng.beta(1.5, 3, 2 * count)
    y = (rng.random(2 * count) < score).astype(np.int64)
    split = np.repeat(["validation", "test"], count)
    return pd.DataFrame({"split": split, "row": np.arange(2 * count), "y": y, "score": score, "m:LightGBM": score})
