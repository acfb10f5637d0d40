"""What gateways spooled is taken in exactly once, whatever comes in whichever order."""

from __future__ import annotations

import errno
import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from core.errors import StorageFull
from core.identity import Principal
from core.monitoring import lake as lake_module
from core.monitoring import spool, sums
from core.monitoring.ingest import ingest_now
from core.monitoring.model import Window
from core.project.value_model import Formula, PayoffMatrix
from core.store.doctor import Health, examine
from core.workspace import Workspace
from tests.monitoring.conftest import AGE, RULE, START, Gateway, make_served

ALL = Window(START - timedelta(days=1), START + timedelta(days=60))
pytestmark = pytest.mark.usefixtures("versions")


def test_counts_and_money_of_a_small_day_are_known(ws: Workspace, gateway: Gateway) -> None:
    a = gateway.predict(START, score=0.9, x={"age": 60, "job": "admin"})
    b = gateway.predict(START, score=0.8, x={"age": 20, "job": "cook"})
    gateway.predict(START + timedelta(hours=1), score=0.1, x={"age": None, "job": None})
    gateway.feed_back(a, 1, START + timedelta(days=2))
    gateway.feed_back(b, 0, START + timedelta(days=4))
    gateway.finish()
    report = ingest_now(ws)
    assert (report.segments, report.predictions, report.feedback, report.labelled, report.bad_lines) == (1, 3, 2, 2, 0)

    traffic = sums.read_traffic(ws.store, "dep-1", ALL)
    assert (traffic.n, traffic.treated, traffic.latency_ms_mean) == (3, 2, 2.0)
    features = {f.feature: f for f in sums.read_features(ws.store, "dep-1", ALL, "mv1")}
    assert features["age"].counts == (1, 0, 0, 1)
    assert features["age"].missing == 1
    assert (features["job"].counts, features["job"].unseen, features["job"].missing) == ((1, 0, 1), 1, 1)
    truth = sums.read_truth(ws.store, "dep-1", ALL)
    assert (truth.n, truth.tp, truth.fp, truth.fn, truth.tn) == (2, 1, 1, 0, 0)
    (row,) = sums.read_value(ws.store, ALL)
    assert (row.served, row.labelled, row.realised, row.currency) == (3, 2, Decimal("80.0000"), "JPY")
    assert row.squares == 90**2 + 10**2
    assert row.estimated == 0  # the third was left alone, as the reference would have done
    assert row.delay_s_sum == pytest.approx(6 * 86_400, abs=2)


def test_value_is_counted_against_todays_rule(ws: Workspace, gateway: Gateway, versions: dict) -> None:
    versions["mv1"] = make_served(**RULE)
    old = gateway.predict(START, score=0.9, x={"age": 60, "job": "admin"})
    young = gateway.predict(START, score=0.9, x={"age": 20, "job": "admin"})
    missed = gateway.predict(START, score=0.1, x={"age": 55, "job": "admin"})
    gateway.predict(START, score=0.6, x={"age": 20, "job": "admin"})
    for key in (old, young, missed):
        gateway.feed_back(key, 1, START)
    gateway.finish()
    ingest_now(ws)
    (row,) = sums.read_value(ws.store, ALL)
    assert row.realised == Decimal("0.0000")  # old: both act; young: +90; missed: the rule would have earned 90
    assert row.squares == 2 * 90**2
    assert row.estimated == Decimal("50.0000")  # 0.6 * 90 - 0.4 * 10, unlabelled
    assert row.estimated_var == pytest.approx(0.24 * 100**2)


def test_value_is_told_by_what_each_case_was_decided_with(ws: Workspace, gateway: Gateway, versions: dict) -> None:
    payoff = PayoffMatrix(Formula("0.5 * limit"), Decimal(-10), Decimal(0), Decimal(0))
    versions["mv1"] = make_served(payoff=payoff)
    small = gateway.predict(START, score=0.9, pv=[20, -10, 0, 0], x={"age": 30, "job": "admin", "limit": 40})
    large = gateway.predict(START, score=0.9, pv=[700, -10, 0, 0], x={"age": 30, "job": "admin", "limit": 1400})
    gateway.predict(START, score=0.9, pr=0.25, pv=[100, -10, 0, 0], x={"age": 30, "job": "admin", "limit": 200})
    gateway.feed_back(small, 1, START)
    gateway.feed_back(large, 0, START)
    gateway.finish()
    ingest_now(ws)
    (row,) = sums.read_value(ws.store, ALL)
    assert row.realised == Decimal("10.0000")  # 20 won, 10 lost
    assert float(row.estimated) == pytest.approx(0.25 * 100 - 0.75 * 10)  # by the calibrated likelihood, not by the score
    # Truth that comes later finds the payoffs in the file of its prediction.
    late = gateway.predict(START, score=0.9, pv=[55, -10, 0, 0], x={"age": 30, "job": "admin", "limit": 110})
    gateway.finish()
    ingest_now(ws)
    gateway.feed_back(late, 1, START + timedelta(days=9))
    gateway.finish()
    ingest_now(ws)
    (row,) = sums.read_value(ws.store, ALL)
    assert row.realised == Decimal("65.0000")


def test_truth_finds_predictions_in_files_of_the_first_release(ws: Workspace, gateway: Gateway) -> None:
    key = gateway.predict(START, score=0.9)
    gateway.finish()
    ingest_now(ws)
    (file,) = (Path(ws.settings.artifact_root) / "predictions" / "dep-1").rglob("*.parquet")
    table = pq.read_table(file)
    pq.write_table(table.drop_columns([name for name in table.column_names if name.startswith("pv_")]), file)
    gateway.feed_back(key, 1, START)
    gateway.finish()
    ingest_now(ws)
    (row,) = sums.read_value(ws.store, ALL)
    assert row.realised == Decimal("90.0000")


def test_a_segment_counts_once_however_often_it_lies_there(ws: Workspace, gateway: Gateway) -> None:
    key = gateway.predict(START)
    gateway.feed_back(key, 1, START)
    path = gateway.finish()
    copy = path.read_bytes()
    assert ingest_now(ws).predictions == 1
    assert not path.exists()
    path.write_bytes(copy)
    assert ingest_now(ws).segments == 0
    assert not path.exists()
    assert sums.read_traffic(ws.store, "dep-1", ALL).n == 1
    assert sums.read_truth(ws.store, "dep-1", ALL).n == 1


def test_first_truth_wins_the_same_again_is_ignored_another_is_a_correction(ws: Workspace, gateway: Gateway) -> None:
    key = gateway.predict(START, score=0.9)
    gateway.feed_back(key, 1, START)
    gateway.feed_back(key, 0, START + timedelta(minutes=1))
    gateway.finish()
    assert (ingest_now(ws).corrections, sums.read_truth(ws.store, "dep-1", ALL).tp) == (1, 1)
    gateway.feed_back(key, 1, START + timedelta(minutes=2))
    gateway.feed_back(key, 0, START + timedelta(minutes=3))
    gateway.finish()
    report = ingest_now(ws)
    assert (report.labelled, report.corrections) == (0, 1)
    assert sums.read_truth(ws.store, "dep-1", ALL).n == 1
    assert ws.store.one("SELECT count(*), min(first_truth), max(later_truth) FROM truth_corrections") == (2, 1, 0)


def test_truth_before_its_prediction_waits_and_is_found(ws: Workspace, gateway: Gateway) -> None:
    key = gateway.predict(START, score=0.9)
    prediction, gateway.lines = gateway.lines[-1], []
    gateway.feed_back(key, 1, START + timedelta(minutes=5))
    gateway.finish()
    assert (ingest_now(ws).waiting, sums.read_truth(ws.store, "dep-1", ALL).n) == (1, 0)
    gateway.lines = [prediction]
    gateway.finish()
    assert ingest_now(ws).labelled == 1
    assert ws.store.one("SELECT count(*) FROM pending_truths") == (0,)
    assert sums.read_truth(ws.store, "dep-1", ALL).tp == 1


def test_late_truth_counts_in_the_hour_of_its_prediction(ws: Workspace, gateway: Gateway) -> None:
    key = gateway.predict(START, score=0.9)
    gateway.finish()
    ingest_now(ws)
    gateway.feed_back(key, 1, START + timedelta(days=300))
    gateway.finish()
    assert ingest_now(ws).labelled == 1
    hour = ws.store.one("SELECT hour, delay_s_sum FROM value_hours WHERE labelled > 0")
    assert hour is not None
    assert hour[0] == START
    assert hour[1] == pytest.approx(300 * 86_400, abs=2)


def test_torn_and_foreign_lines_are_counted_and_left_out(ws: Workspace, gateway: Gateway) -> None:
    gateway.predict(START)
    gateway.predict(START, deployment="never-heard-of")
    gateway.lines += [
        '{"k": "p", "id": "not-an-id"}',
        '{"k": "z"}',
        "[1, 2]",
        '{"k":"p","id":"ffffffff-ffff-7fff-8fff-ffffffffffff","d":"churn","v":1,"mv":"mv1","s":0.5,"y":1}',
    ]
    gateway.finish(tail='{"k": "p", "id": "018f')
    report = ingest_now(ws)
    assert (report.predictions, report.bad_lines) == (2, 5)
    assert sums.read_traffic(ws.store, "dep-1", ALL).n == 1
    assert sums.read_traffic(ws.store, "unknown-never-heard-of", ALL).n == 1


def test_an_unknown_version_keeps_its_features_as_they_came(ws: Workspace, gateway: Gateway) -> None:
    gateway.predict(START, version_id="lost", x={"age": 30, "新": "値"})
    gateway.finish()
    assert ingest_now(ws).predictions == 1
    (path,) = (ws.settings.home / "artifacts" / "predictions" / "dep-1").rglob("*.parquet")
    ((raw,),) = duckdb.sql("SELECT raw FROM read_parquet(?)", params=[str(path)]).fetchall()
    assert "新" in raw


def test_a_full_disk_is_told_and_nothing_is_lost(ws: Workspace, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway.predict(START)
    path = gateway.finish()

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(lake_module.pq, "write_table", full)
        with pytest.raises(StorageFull):
            ingest_now(ws)
    assert path.exists()
    assert sums.read_traffic(ws.store, "dep-1", ALL).n == 0
    assert ingest_now(ws).predictions == 1


def test_a_portal_that_stops_leaves_the_rest_to_the_next_round(ws: Workspace, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.monitoring.ingest.BATCH_SEGMENTS", 1)
    for _ in range(3):
        gateway.predict(START)
        gateway.finish()
    assert ingest_now(ws, halted=lambda: sums.read_traffic(ws.store, "dep-1", ALL).n == 2).predictions == 2
    assert (ingest_now(ws).predictions, sums.read_traffic(ws.store, "dep-1", ALL).n) == (1, 3)


def test_a_segment_that_breaks_everything_is_put_aside_alone(ws: Workspace, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway.predict(START)
    bad = gateway.finish()
    gateway.predict(START)
    gateway.finish()
    real = spool.load

    def load(con: object, segments: list[spool.Segment]) -> list[spool.SegmentCount]:
        if any(s.path == bad for s in segments):
            raise duckdb.InvalidInputException("unreadable")
        return real(con, segments)  # type: ignore[arg-type]

    monkeypatch.setattr(spool, "load", load)
    assert ingest_now(ws).predictions == 1
    assert not bad.exists()
    assert bad.with_suffix(".rejected").read_text().count("\n") == 1
    assert sums.read_traffic(ws.store, "dep-1", ALL).n == 1


def test_a_deployment_that_breaks_takes_nobody_elses_decisions_with_it(
    ws: Workspace, gateway: Gateway, versions: dict, admin: Principal
) -> None:
    versions["twins"] = make_served("twins", features=(replace(AGE, name="age"), replace(AGE, name="AGE")))  # no table has both
    gateway.predict(START)
    lost = gateway.predict(START, deployment="other", version_id="twins", x={"age": 30, "AGE": 40})
    kept = gateway.predict(START)
    gateway.feed_back(kept, 1, START)
    gateway.feed_back(lost, 1, START, deployment="other")
    segment = gateway.finish(tail="{torn")
    assert ingest_now(ws).segments == 1
    assert sums.read_traffic(ws.store, "dep-1", ALL).n == 2
    assert sums.read_truth(ws.store, "dep-1", ALL).n == 1
    assert not segment.exists()
    (aside,) = segment.parent.glob("*.rejected")
    put_aside = [json.loads(line) for line in aside.read_text(encoding="utf-8").splitlines()]
    assert [(line["k"], line["d"]) for line in put_aside] == [("p", "other"), ("f", "other")]
    assert ingest_now(ws).segments == 0
    spool_check = next(check for check in examine(ws, admin, sample=1) if check.name == "spool")
    assert (spool_check.health, spool_check.fields["count"]) == (Health.FAIL, 1)
    versions["twins"] = make_served("twins")  # once it can be taken in, its name is all that it needs
    aside.rename(aside.with_suffix(".jsonl"))
    assert (ingest_now(ws).predictions, ingest_now(ws).segments) == (1, 0)


def test_answers_that_are_no_decision_are_kept_as_they_are(ws: Workspace, gateway: Gateway) -> None:
    gateway.predict(START, score=0.7, decision="class ü")
    gateway.predict(START, score=812.5, decision=None)
    gateway.finish()
    assert (ingest_now(ws).predictions, sums.read_traffic(ws.store, "dep-1", ALL).treated) == (2, 0)
    (path,) = (ws.settings.home / "artifacts" / "predictions" / "dep-1").rglob("*.parquet")
    stored = duckdb.sql("SELECT score, decision, answer FROM read_parquet(?) ORDER BY score", params=[str(path)]).fetchall()
    assert stored == [(0.7, 0, "class ü"), (812.5, 0, None)]
