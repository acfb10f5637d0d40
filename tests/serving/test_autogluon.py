"""A real AutoGluon package: the gateway answers what the predictor answers, the fast way as the slow one."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.data.baseline import Baseline, build_baseline
from core.data.frames import as_features
from core.data.model import Kind
from core.project.model import Task
from core.serving.flavours import autogluon
from core.serving.flavours.base import probe_rows
from core.serving.package import example_row, read_package
from core.store.artifacts import hash_folder
from core.training.package import FORMAT, LABEL, Package, PackagedModel, describe_features, write_package
from tests.serving.site import Running, Site

KINDS = {
    "tenure": Kind.INTEGER,
    "charge": Kind.NUMBER,
    "plan": Kind.CATEGORY,
    "senior": Kind.BOOLEAN,
    "city": Kind.CATEGORY,
    "partner": Kind.INTEGER,
    "bonus": Kind.NUMBER,
}


def make_frame(rows: int = 300) -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "tenure": rng.integers(0, 72, rows), "charge": rng.uniform(18, 120, rows).round(2),
            "plan": rng.choice(["basic", "plus", "価値"], rows), "senior": rng.random(rows) < 0.2, "city": rng.choice([f"c{i}" for i in range(20)], rows),
            "partner": rng.integers(0, 2, rows), "bonus": np.where(rng.random(rows) < 0.3, 5.0, np.nan),
        }
    )  # fmt: skip
    frame.loc[rng.random(rows) < 0.1, "charge"] = np.nan
    frame["plan"] = frame["plan"].astype("object").where(rng.random(rows) > 0.1, None)
    odds = 0.06 * frame["tenure"] - 0.02 * frame["charge"].fillna(50) - 1.5 * frame["partner"] - frame["bonus"].notna()
    y = (rng.random(rows) < 1 / (1 + np.exp(odds))).astype("int64")
    return frame, y


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ensemble of LightGBM and CatBoost, packaged as training does."""
    return make_package(tmp_path_factory.mktemp("autogluon"), {"GBM": [{"num_boost_round": 20}], "CAT": [{"iterations": 20}]})


@pytest.fixture(scope="session")
def linear(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A linear model alone."""
    return make_package(tmp_path_factory.mktemp("linear"), {"LR": {}})


def make_package(folder: Path, models: dict[str, Any]) -> Path:
    from autogluon.tabular import TabularPredictor

    frame, y = make_frame()
    table = as_features(frame, KINDS).assign(**{LABEL: y})
    with contextlib.redirect_stderr(io.StringIO()):
        predictor = TabularPredictor(label=LABEL, problem_type="binary", eval_metric="log_loss", path=str(folder / "search"), verbosity=0)
        predictor.fit(table[:200], tuning_data=table[200:], hyperparameters=models, num_cpus=1, num_gpus=0)
        predictor.clone_for_deployment(str(folder / "package" / "predictor"))
    told = Package(FORMAT, "autogluon", Task.BINARY, "churn", "yes", ("0", "1"), describe_features(frame[:200], KINDS), "run-1", "best", ())
    write_package(folder / "package", told, Baseline(build_baseline(frame[:200], KINDS)))
    return folder / "package"


def by_hand(package: Path, rows: list[dict[str, Any]]) -> np.ndarray:
    frame = pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype="object") for name in KINDS})
    return PackagedModel(package).score(frame)


@pytest.mark.parametrize("which", ["package", "linear"])
def test_the_fast_way_is_the_predictors_own_answer(which: str, request: pytest.FixtureRequest) -> None:
    package: Path = request.getfixturevalue(which)
    told = read_package(package)
    before = hash_folder(package)
    scorer = autogluon.load(package, told)
    rows = probe_rows(package, told)
    assert scorer.path == "native"
    one_by_one = np.concatenate([scorer.score([row]) for row in rows])
    np.testing.assert_allclose(one_by_one, by_hand(package, rows), atol=2e-6)
    np.testing.assert_allclose(scorer.score(rows * 2), np.tile(one_by_one, 2), atol=2e-6)
    assert hash_folder(package) == before
    example = example_row(told)
    without, having = (float(scorer.score([{**example, "partner": partner}])[0]) for partner in (0, 1))
    assert abs(having - without) > 0.01  # a number that is 0 or 1 is heard in the fast way, too


def test_a_fast_way_that_differs_is_not_taken(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong:
        def score(self, rows: list[object]) -> np.ndarray:
            return np.full(len(rows), 0.5)

    class Broken:
        def score(self, rows: list[object]) -> np.ndarray:
            raise ValueError("no")

    for other in (Wrong, Broken):
        monkeypatch.setattr(autogluon, "build_native", lambda predictor, told, made=other: made())
        scorer = autogluon.load(package, read_package(package))
        assert scorer.path == "predictor"


def test_the_gateway_answers_what_training_would(package: Path, site: Site, gateway: Callable[[], Running]) -> None:
    site.publish(champion=site.approve(1, site.artifacts.put(package).sha256))
    running = gateway()
    example = example_row(read_package(package))
    rows = [example, {**example, "plan": "never seen", "tenure": 90}, {**example, "charge": None, "plan": None}]
    answered = [p["probability"] for p in running.predict(rows).json()["predictions"]]
    np.testing.assert_allclose(answered, by_hand(package, rows), atol=2e-6)
    assert site.artifacts.verify(site.manifest.champion.package_sha256 if site.manifest.champion else "") is None
