"""Value by contract, and by what was done in fact: exact, whatever comes in whichever order, and never twice."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.identity import Principal
from core.monitoring import catalogue, sums
from core.monitoring.ingest import ingest_now
from core.monitoring.model import Window
from core.monitoring.predictions import list_predictions
from core.monitoring.served import ServedModel
from core.project.value_model import PayoffMatrix
from core.settings import Settings
from core.workspace import Workspace, open_workspace
from tests.monitoring.conftest import START, Gateway

ALL = Window(START - timedelta(days=1), START + timedelta(days=60))
CHANGE = START + timedelta(minutes=30)


@pytest.fixture
def contracts(versions: dict[str, ServedModel], monkeypatch: pytest.MonkeyPatch) -> tuple[ServedModel, ServedModel]:
    """Version 1 under two contracts: the second one, from half past nine on, in euro."""
    first = replace(versions["mv1"], contract_id="c-1", contract_number=1, since_ms=int(START.timestamp() * 1000))
    dearer = PayoffMatrix(Decimal(9), Decimal("-2.5"), Decimal(0), Decimal(0))
    second = replace(first, contract_id="c-2", contract_number=2, since_ms=int(CHANGE.timestamp() * 1000), payoff=dearer, currency="EUR")
    monkeypatch.setattr(catalogue.Catalogue, "contracts", lambda self, key: (first, second) if key == "mv1" else ())
    return first, second


@pytest.mark.usefixtures("contracts")
def test_each_decision_is_valued_under_the_contract_of_its_moment(ws: Workspace, gateway: Gateway) -> None:
    early = gateway.predict(START - timedelta(days=1), score=0.9)  # replayed from before the first contract
    old = gateway.predict(START + timedelta(minutes=10), score=0.9)
    new = gateway.predict(START + timedelta(minutes=40), score=0.9)
    for key in (early, old, new):
        gateway.feed_back(key, 1, START + timedelta(days=2))
    gateway.predict(START + timedelta(minutes=41), score=0.8)
    gateway.finish()
    ingest_now(ws)
    rows = [(r.contract_id, r.currency, r.served, r.realised, r.estimated) for r in sums.read_value(ws.store, ALL)]
    assert rows == [
        ("c-1", "JPY", 2, Decimal("180.0000"), Decimal(0)),
        ("c-2", "EUR", 2, Decimal("9.0000"), Decimal("6.7000")),  # 0.8 * 9 - 0.2 * 2.5
    ]


@pytest.mark.usefixtures("contracts")
def test_late_truth_is_valued_under_the_contract_of_its_decision(ws: Workspace, gateway: Gateway) -> None:
    key = gateway.predict(START + timedelta(minutes=10), score=0.9)
    gateway.finish()
    ingest_now(ws)
    gateway.feed_back(key, 0, START + timedelta(days=20))
    gateway.finish()
    ingest_now(ws)
    (row,) = sums.read_value(ws.store, ALL)
    assert (row.contract_id, row.realised, row.estimated) == ("c-1", Decimal("-10.0000"), Decimal(0))


@pytest.mark.usefixtures("versions")
def test_value_is_counted_for_what_was_done_in_fact(ws: Workspace, gateway: Gateway, scientist: Principal) -> None:
    asked = {
        "followed": (gateway.predict(START, score=0.9), 1, None),
        "said so": (gateway.predict(START, score=0.9), 1, 1),
        "held back": (gateway.predict(START, score=0.9), 1, 0),
        "acted all the same": (gateway.predict(START, score=0.1), 0, 1),
    }
    for key, truth, action in asked.values():
        gateway.feed_back(key, truth, START + timedelta(days=1), action=action)
    gateway.finish()
    ingest_now(ws)
    (row,) = sums.read_value(ws.store, ALL)
    assert (row.labelled, row.positives, row.overridden) == (4, 3, 2)
    assert (row.decided, row.realised) == (Decimal(270), Decimal(170))  # one held back: -90; one in vain: -10
    truth = sums.read_truth(ws.store, "dep-1", ALL)
    assert (truth.tp, truth.tn) == (3, 1)  # how right the model was doesn't change
    seen = {p.id: (p.decision, p.action, p.value) for p in list_predictions(ws, scientist, "churn")}
    assert seen[asked["held back"][0]] == (1, 0, Decimal(0))


@pytest.mark.usefixtures("versions")
def test_another_action_later_is_a_correction(ws: Workspace, gateway: Gateway) -> None:
    key = gateway.predict(START, score=0.9)
    gateway.feed_back(key, 1, START)
    gateway.feed_back(key, 1, START + timedelta(minutes=1), action=1)  # says nothing new
    gateway.finish()
    assert ingest_now(ws).corrections == 0
    gateway.feed_back(key, 1, START + timedelta(minutes=2), action=0)
    gateway.finish()
    assert ingest_now(ws).corrections == 1
    assert ws.store.one("SELECT first_action, later_action FROM truth_corrections") == (1, 0)
    (row,) = sums.read_value(ws.store, ALL)
    assert (row.realised, row.overridden) == (Decimal(90), 0)


@pytest.mark.usefixtures("versions")
def test_an_action_waits_with_its_truth(ws: Workspace, gateway: Gateway) -> None:
    key = gateway.predict(START, score=0.9)
    prediction, gateway.lines = gateway.lines[-1], []
    gateway.feed_back(key, 1, START + timedelta(minutes=5), action=0)
    gateway.finish()
    assert ingest_now(ws).waiting == 1
    gateway.lines = [prediction]
    gateway.finish()
    assert ingest_now(ws).labelled == 1
    (row,) = sums.read_value(ws.store, ALL)
    assert (row.realised, row.overridden) == (Decimal(0), 1)


@pytest.mark.usefixtures("versions")
def test_a_foreign_action_is_a_bad_line(ws: Workspace, gateway: Gateway) -> None:
    gateway.feed_back(gateway.predict(START), 1, START, action=7)
    gateway.finish()
    report = ingest_now(ws)
    assert (report.labelled, report.bad_lines) == (0, 1)


@pytest.mark.usefixtures("versions")
def test_files_from_before_contracts_and_actions_are_still_joined(ws: Workspace, gateway: Gateway) -> None:
    first, second = gateway.predict(START, score=0.9), gateway.predict(START, score=0.9)
    gateway.feed_back(first, 1, START)
    gateway.finish()
    ingest_now(ws)
    for path in (ws.settings.home / "artifacts").rglob("*.parquet"):
        _drop(path, {"contract_id", "action", "decided"})
    gateway.feed_back(second, 1, START + timedelta(days=1), action=0)
    gateway.feed_back(first, 0, START + timedelta(days=1))
    gateway.finish()
    report = ingest_now(ws)
    assert (report.labelled, report.corrections) == (1, 1)
    (row,) = sums.read_value(ws.store, ALL)
    assert (row.labelled, row.realised, row.overridden) == (2, Decimal(90), 1)


def _drop(path: Path, names: set[str]) -> None:
    table = pq.read_table(path)
    pq.write_table(table.drop_columns([name for name in table.column_names if name in names]), path)


CASES = st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0, 1]), st.sampled_from([None, 0, 1]), st.integers(0, 70)), min_size=1, max_size=12)  # fmt: skip


@pytest.mark.usefixtures("contracts")
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CASES, st.randoms(use_true_random=False), st.integers(1, 4))
def test_the_order_of_arrival_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, cases: list[tuple[float, int, int | None, int]], luck: random.Random, pieces: int
) -> None:
    def take_in(batches: list[list[str]]) -> list[tuple[object, ...]]:
        home = tmp_path_factory.mktemp("home")
        ws = open_workspace(Settings(home=home, port=0, gateway_port=0))
        try:
            writer = Gateway(ws.settings.spool_dir / "gateway-1")
            for batch in batches:
                writer.lines = list(batch)
                writer.finish()
                ingest_now(ws)
            return [
                (r.contract_id, r.served, r.labelled, r.positives, r.overridden, r.realised, r.decided, r.estimated)
                for r in sums.read_value(ws.store, ALL)
            ]
        finally:
            ws.store.close()

    writer = Gateway(Path())
    for score, truth, action, minutes in cases:
        key = writer.predict(START + timedelta(minutes=minutes), score=score)
        writer.feed_back(key, truth, START + timedelta(days=1), action=action)
    lines = list(writer.lines)
    luck.shuffle(lines)
    cut = -(-len(lines) // pieces)
    assert take_in([lines[i : i + cut] for i in range(0, len(lines), cut)]) == take_in([writer.lines])


@pytest.mark.usefixtures("contracts")
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CASES, st.data())
def test_late_truth_moves_value_from_estimated_to_realised_and_never_counts_twice(
    tmp_path_factory: pytest.TempPathFactory, cases: list[tuple[float, int, int | None, int]], data: st.DataObject
) -> None:
    ws = open_workspace(Settings(home=tmp_path_factory.mktemp("home"), port=0, gateway_port=0))
    try:
        writer = Gateway(ws.settings.spool_dir / "gateway-1")
        keys = [writer.predict(START + timedelta(minutes=minutes), score=score) for score, _, _, minutes in cases]
        writer.finish()
        ingest_now(ws)
        whole = {(r.contract_id, r.currency): r.estimated for r in sums.read_value(ws.store, ALL)}
        assert all(r.labelled == 0 and r.realised == 0 for r in sums.read_value(ws.store, ALL))
        told = data.draw(st.permutations(range(len(cases))))
        for place in [*told, *told[:3]]:  # some are told twice
            _, truth, action, _ = cases[place]
            writer.feed_back(keys[place], truth, moment(place), action=action)
            writer.finish()
            ingest_now(ws)
        for row in sums.read_value(ws.store, ALL):
            assert (row.labelled, row.estimated) == (row.served, Decimal(0))
        assert {(r.contract_id, r.currency) for r in sums.read_value(ws.store, ALL)} == set(whole)
    finally:
        ws.store.close()


def moment(place: int) -> datetime:
    return START + timedelta(days=1, minutes=place)
