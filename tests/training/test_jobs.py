"""The job and the portal around it: taken up again after a restart, split by time, families that fail are named."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pandas as pd

from core.jobs.protocol import read_result
from core.project.model import Task
from core.training import service
from core.training.fit import missing_families
from core.training.model import Family, RunState, SplitKind
from core.training.view import view_run
from tests.training.conftest import make_case, quick


def test_a_restarted_portal_takes_in_what_ended_meanwhile(live, scientist) -> None:
    case = make_case(live, scientist, Task.BINARY)
    run = service.start_run(live, scientist, case.project.id, case.version.id, quick(split=SplitKind.TIME), name="By time")
    _until(lambda: service.get_run(live, scientist, run.id).state is RunState.RUNNING)
    live.jobs.stop()
    _until(lambda: read_result(live.jobs.folder(run.job_id)) is not None, 120)
    assert service.get_run(live, scientist, run.id).state is RunState.RUNNING
    live.jobs.start()
    live.jobs.wait(run.job_id, 60)
    view = view_run(live, scientist, run.id)
    assert view.run.state is RunState.SUCCEEDED
    assert [e.model for e in view.entries] != []
    scores = pd.read_parquet(service.scores_path(live, scientist, run.id))
    by_split = scores.groupby("split")["row"]
    assert by_split.max()["validation"] < by_split.min()["test"], "rows are in order of time, the newest test"


def test_families_that_brought_nothing_are_named() -> None:
    failures = pd.DataFrame({"model": ["XGBoost"], "exc_type": ["ImportError"], "exc_str": ["no library"]})
    predictor = SimpleNamespace(model_names=lambda: ["LightGBM", "WeightedEnsemble_L2"], model_failures=lambda: failures)
    config = quick(families=(Family.LIGHTGBM, Family.XGBOOST, Family.CATBOOST))
    found = missing_families(predictor, SimpleNamespace(config=config))
    assert found == [("xgboost", "ImportError: no library"), ("catboost", "not reached within the time limit")]


def _until(condition, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)
