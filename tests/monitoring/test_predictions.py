"""Labelled rows for retraining, single predictions, and files that are joined and swept without losing a row."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import InvalidInput, PermissionDenied
from core.identity import Principal
from core.monitoring import intake, upkeep
from core.monitoring.ingest import ingest_now
from core.monitoring.lake import Lake
from core.monitoring.predictions import META, count_labelled, feature_columns, labelled_rows, list_predictions, meta_column
from core.workspace import Workspace
from tests.monitoring.conftest import START, Gateway

pytestmark = pytest.mark.usefixtures("versions")


def _serve(ws: Workspace, gateway: Gateway, days: int, per_day: int = 4, segments: int = 1) -> list[str]:
    keys = []
    for day in range(days):
        for i in range(per_day):
            at = START + timedelta(days=day, hours=i)
            keys.append(gateway.predict(at, score=0.6, x={"age": 20 + i, "job": "admin"}, version_id="mv1"))
            if i % 2:
                gateway.feed_back(keys[-1], 1, at + timedelta(days=30))
            if i % max(1, per_day // segments) == 0:
                gateway.finish()
                ingest_now(ws)
    gateway.finish()
    ingest_now(ws)
    return keys


def test_labelled_rows_hold_features_outcome_and_time(ws: Workspace, gateway: Gateway) -> None:
    keys = _serve(ws, gateway, 3)
    frame = labelled_rows(ws, "dep-1")
    assert frame[meta_column(frame, "prediction_id")].tolist() == [k for i, k in enumerate(keys) if i % 4 in {1, 3}]
    assert set(feature_columns(frame)) == {"age", "job"}
    assert frame["age"].tolist() == [21.0, 23.0] * 3
    assert frame["y"].tolist() == [1] * 6
    assert frame["predicted_at"].is_monotonic_increasing
    assert abs(frame["predicted_at"].iloc[0] - (START + timedelta(hours=1))) < timedelta(seconds=1)
    assert count_labelled(ws, "dep-1") == 6


def test_labelled_rows_since_and_the_newest_first(ws: Workspace, gateway: Gateway) -> None:
    _serve(ws, gateway, 5)
    since = START + timedelta(days=2)
    assert len(labelled_rows(ws, "dep-1", since=since)) == 6
    newest = labelled_rows(ws, "dep-1", limit=3)
    assert newest["predicted_at"].min() > START + timedelta(days=3)
    assert len(newest) == 3
    empty = labelled_rows(ws, "dep-1", since=START + timedelta(days=99))
    assert len(empty) == 0
    assert set(META) <= set(empty.columns)


def test_features_named_like_ours_keep_their_name(ws: Workspace, gateway: Gateway, versions: dict) -> None:
    from dataclasses import replace

    from tests.monitoring.conftest import AGE, make_served

    versions["mv1"] = make_served(features=(replace(AGE, name="score"), replace(AGE, name="y")))
    key = gateway.predict(START, score=0.7, x={"score": 5, "y": 6})
    gateway.feed_back(key, 1, START)
    gateway.finish()
    ingest_now(ws)
    frame = labelled_rows(ws, "dep-1")
    assert (frame["score"].iloc[0], frame["y"].iloc[0]) == (5.0, 6.0)
    assert (frame[meta_column(frame, "score")].iloc[0], frame[meta_column(frame, "y")].iloc[0]) == (0.7, 1)
    assert feature_columns(frame) == ["score", "y"]


def test_single_predictions_page_by_page(ws: Workspace, gateway: Gateway, scientist: Principal, viewer: Principal) -> None:
    keys = _serve(ws, gateway, 4, per_day=6, segments=3)
    seen: list[str] = []
    before = None
    while page := list_predictions(ws, scientist, "dep-1", before_id=before, limit=5):
        seen += [p.id for p in page]
        before = page[-1].id
    assert seen == sorted(keys, reverse=True)
    newest = list_predictions(ws, scientist, "churn", limit=1)[0]
    assert (newest.truth, newest.value, dict(newest.features)["job"]) == (1, 90, "admin")
    with pytest.raises(PermissionDenied):
        list_predictions(ws, viewer, "dep-1")
    with pytest.raises(InvalidInput):
        list_predictions(ws, scientist, "dep-1", before_id="nonsense")


def test_small_files_of_past_days_are_joined_and_nothing_is_lost(
    ws: Workspace, gateway: Gateway, scientist: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "CROWD", 2)
    keys = _serve(ws, gateway, 2, per_day=8, segments=4)
    before = labelled_rows(ws, "dep-1")
    assert upkeep.join_small_files(ws) > 0
    assert len(intake.list_files(ws.store, "predictions", "dep-1")) == 2
    assert labelled_rows(ws, "dep-1").equals(before)
    assert [p.id for p in list_predictions(ws, scientist, "dep-1", limit=100)] == sorted(keys, reverse=True)
    orphans = [p for kind in ("predictions", "truth") for p in Lake(ws.settings).find(kind) if p not in intake.listed_paths(ws.store)]
    assert orphans
    moment = [ws.clock()]
    keeper = upkeep.Upkeep(replace(ws, clock=lambda: moment[0]))
    assert keeper.sweep() == 0
    moment[0] += timedelta(minutes=59)
    assert keeper.sweep() == 0  # a page or a backup that read the list before the join may still want them
    moment[0] += timedelta(minutes=1)
    assert keeper.sweep() == len(orphans)
    assert keeper.sweep() == 0
    assert labelled_rows(ws, "dep-1").equals(before)


def test_feedback_still_finds_its_prediction_after_a_join(ws: Workspace, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "CROWD", 2)
    keys = _serve(ws, gateway, 1, per_day=8, segments=4)
    upkeep.join_small_files(ws)
    gateway.feed_back(keys[0], 1, START + timedelta(days=40))
    gateway.feed_back(keys[1], 1, START + timedelta(days=40))
    gateway.finish()
    report = ingest_now(ws)
    assert (report.labelled, report.corrections, report.waiting) == (1, 0, 0)
