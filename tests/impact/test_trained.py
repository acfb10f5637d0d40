"""A run that was really trained: its scores, its data's column for today's rule, its leaderboard in money."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from core.data.model import ColumnRoles
from core.data.service import declare_roles, upload_dataset
from core.errors import Conflict, InvalidInput, NotFound
from core.identity import Principal
from core.impact import service
from core.impact.alternatives import AlternativeKind
from core.impact.rule import rule_mask
from core.impact.scores import read_scores
from core.project import service as projects
from core.project.service import ProjectSpec, ValueModelSpec
from core.project.value_model import Operator, Period, TodaysRule
from core.training import service as training
from core.training.jobs import kinds
from core.training.model import Family, RunConfig
from core.workspace import Workspace
from tests.impact.conftest import NOUNS, PAYOFF

CONFIG = RunConfig("roc_auc", time_limit_s=30, families=(Family.LIGHTGBM,))


def table(rows: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    tenure, bill = rng.integers(1, 72, rows), rng.normal(60, 15, rows).round(2)
    chance = 1 / (1 + np.exp((tenure - 30) / 8 - (bill - 60) / 20))
    return pd.DataFrame({"tenure": tenure, "bill": bill, "churn": np.where(rng.random(rows) < chance, "yes", "no")})


@pytest.fixture
def live(ws: Workspace) -> Iterator[Workspace]:
    for kind in kinds(ws):
        ws.jobs.register(kind)
    ws.jobs.start()
    yield ws
    ws.jobs.stop()


def start(ws: Workspace, actor: Principal) -> training.Run:
    value = ValueModelSpec("JPY", Period.MONTH, 10_000, PAYOFF, TodaysRule("tenure", Operator.BELOW, "24"))
    project = projects.create_project(ws, actor, ProjectSpec("Churn", "Whom should we call?", NOUNS, value=value))
    version = upload_dataset(ws, actor, project.id, "churn.csv", io.BytesIO(table().to_csv(index=False).encode()))
    declare_roles(ws, actor, version.id, ColumnRoles("churn", "yes"))
    return training.start_run(ws, actor, project.id, version.id, CONFIG)


def test_a_trained_run_is_valued(live: Workspace, scientist: Principal, viewer: Principal) -> None:
    run = start(live, scientist)
    with pytest.raises(Conflict, match="has no model"):
        service.compute_report(live, viewer, run.id)
    live.jobs.wait(run.job_id, 120)
    report = service.compute_report(live, viewer, run.id)
    scores = read_scores(training.scores_path(live, scientist, run.id), models=True)
    assert (report.test.rows, report.validation.rows) == (scores.test.y.size, scores.validation.y.size)
    assert report.model_name in scores.test.models
    np.testing.assert_array_equal(scores.test.models[report.model_name], scores.test.score)
    rule = report.alternative(AlternativeKind.RULE)
    assert rule is not None
    mask = rule_mask(TodaysRule("tenure", Operator.BELOW, "24"), table().iloc[scores.test.rows])
    assert rule.actions == pytest.approx(mask.mean() * 10_000)
    assert scores.test.y.tolist() == (table()["churn"] == "yes").iloc[scores.test.rows].tolist()
    best = service.list_model_values(live, viewer, run.id)[0]
    assert best.value.value >= report.value.value
    latest = service.find_latest(live, viewer, run.project_id)
    assert latest is not None
    assert latest.report.run_id == run.id
    # the same run, had it been of another task
    live.store.write(lambda tx: tx.execute("UPDATE runs SET task = 'multiclass' WHERE id = ?", [run.id]))
    with pytest.raises(InvalidInput, match="yes-or-no"):
        service.compute_report(live, viewer, run.id)
    assert service.find_latest(live, viewer, run.project_id) is None
    with pytest.raises(NotFound):
        service.compute_report(live, viewer, "no-such-run")
