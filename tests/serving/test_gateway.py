"""The gateway over real HTTP: answers, refusals, canary, feedback, replay."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from core.registry.certificate import Policy
from core.store.ids import id_time_ms
from tests.serving.site import KEY, ROW, Running, Site, make_package, some_id

Start = Callable[[], Running]


@pytest.fixture
def served(site: Site, gateway: Start) -> Running:
    site.publish()
    return gateway()


def test_one_row_gets_probability_decision_and_its_worth(served: Running, site: Site) -> None:
    answer = served.predict(ROW)
    assert answer.status_code == 200
    (one,) = answer.json()["predictions"]
    p = one["probability"]
    assert one["decision"] is (p >= 0.5)
    worth = 90 * p - 10 * (1 - p) if one["decision"] else 0.0
    assert one["expected_value"] == pytest.approx(worth, abs=1e-4)
    assert (one["version"], one["arm"], one["currency"], one["warnings"]) == (1, "champion", "JPY", [])
    assert answer.headers["x-request-id"] == answer.json()["request_id"]


def test_the_certificates_policy_decides(site: Site, gateway: Start) -> None:
    site.publish(champion=site.approve(1, site.shas[0], Policy(0.0, "5", "-7.50", "-1", "2", "EUR", "v")))
    (one,) = gateway().predict(ROW).json()["predictions"]
    assert one["decision"] is True
    assert one["expected_value"] == pytest.approx(5 * one["probability"] - 7.5 * (1 - one["probability"]), abs=1e-4)


@pytest.mark.parametrize("body", [[ROW, ROW], {"rows": [ROW, ROW]}])
def test_many_rows_keep_their_order(served: Running, body: object) -> None:
    first, second = served.predict(body).json()["predictions"]
    assert first["probability"] == second["probability"]
    assert first["prediction_id"] < second["prediction_id"]


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"tenure": None}, "tenure", "null"),
        ({"tenure": "5"}, "tenure", "must be a number, not text"),
        ({"tenure": 5.5}, "tenure", "whole number"),
        ({"tenure": True}, "tenure", "must be a number"),
        ({"tenure": 10**400}, "tenure", "too large"),
        ({"charge": 10**9}, "charge", "must lie between"),
        ({"plan": 3}, "plan", "must be text, not a number"),
        ({"plan": "x" * 10_001}, "plan", "longer than 10000"),
        ({"senior": "perhaps"}, "senior", "true or false"),
        ({"shoe": 43}, "shoe", "not a column"),
        ({"charge": [1]}, "charge", "not a list"),
    ],
)
def test_a_wrong_value_is_named(served: Running, change: dict[str, object], field: str, says: str) -> None:
    answer = served.predict([ROW, {**ROW, **change}])
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["row"], error["field"]) == (1, field)
    assert says in error["message"]
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_missing_column_is_named(served: Running) -> None:
    answer = served.predict({k: v for k, v in ROW.items() if k != "plan"})
    assert answer.json()["errors"] == [{"row": 0, "field": "plan", "message": "is missing"}]


def test_what_training_never_saw_is_served_and_flagged(served: Running) -> None:
    (one,) = served.predict({**ROW, "plan": "never seen", "tenure": 80, "charge": None}).json()["predictions"]
    assert {w["field"] for w in one["warnings"]} == {"plan", "tenure"}
    assert 0 <= one["probability"] <= 1


@pytest.mark.parametrize(
    ("method", "path", "content", "kind", "status"),
    [
        ("POST", "/v1/models/churn/predict", b"{", "application/json", 400),
        ("POST", "/v1/models/churn/predict", b'{"tenure": NaN}', "application/json", 400),
        ("POST", "/v1/models/churn/predict", b"\xff\xfe", "application/json", 400),
        ("POST", "/v1/models/churn/predict", b"[" * 100_000, "application/json", 400),
        ("POST", "/v1/models/churn/predict", b"a=1", "application/x-www-form-urlencoded", 415),
        ("POST", "/v1/models/churn/predict", b"[]", "application/json", 422),
        ("POST", "/v1/models/churn/predict", b"[1, null]", "application/json", 422),
        ("POST", "/v1/models/churn/predict", b'"text"', "application/json", 422),
        ("POST", "/v1/models/churn/predict", b"[" + b"1," * 10_001 + b"1]", "application/json", 422),
        ("POST", "/v1/models/churn/predict", b"x" * (10 * 1024 * 1024 + 1), "application/json", 413),
        ("POST", "/v1/models/nobody/predict", b"{}", "application/json", 404),
        ("GET", "/v1/models/churn/predict", b"", "application/json", 405),
        ("POST", "/healthz", b"", "application/json", 405),
        ("GET", "/v1/models/churn/other", b"", "application/json", 404),
        ("GET", "/v1/models/%E4%BE%A1/x/y", b"", "application/json", 404),
    ],
)
def test_odd_requests_are_refused_clearly(served: Running, method: str, path: str, content: bytes, kind: str, status: int) -> None:
    with served.client() as client:
        answer = client.request(method, path, content=content, headers={"content-type": kind})
    assert answer.status_code == status
    assert answer.json()["status"] == status
    assert "Traceback" not in answer.text


def test_without_the_right_key_nothing_is_told(served: Running, site: Site) -> None:
    with httpx.Client(base_url=served.url) as client:
        assert client.post("/v1/models/churn/predict", json=ROW).status_code == 401
        assert client.get("/v1/models/churn").status_code == 401
        assert client.post("/v1/models/churn/predict", json=ROW, headers={"X-API-Key": KEY}).status_code == 200
        assert client.post("/v1/models/churn/predict", json=ROW, headers={"X-API-Key": KEY + "x"}).status_code == 401
    site.publish(key_hashes=())
    served.wait(lambda a: a["deployments"]["churn"]["generation"] == site.generation)
    assert served.predict(ROW).status_code == 401


def test_the_model_tells_what_it_takes(served: Running) -> None:
    with served.client() as client:
        told = client.get("/v1/models/churn").json()
    assert [f["name"] for f in told["features"]] == list(ROW)
    assert (told["version"], told["state"], told["threshold"], told["currency"]) == (1, "live", 0.5, "JPY")
    assert served.predict(told["example"]).status_code == 200


def test_a_canary_gets_its_share_and_keeps_its_cases(site: Site, gateway: Start) -> None:
    site.publish(canary=site.entries[1], canary_share=0.3, entity_column="customer")
    running = gateway()
    rows = [{**ROW, "customer": f"c-{i}"} for i in range(1000)]
    first = [p["arm"] for p in running.predict(rows).json()["predictions"]]
    assert first == [p["arm"] for p in running.predict(rows).json()["predictions"]]
    assert first.count("canary") == pytest.approx(300, abs=60)
    site.publish(canary_share=0.6)
    running.wait(lambda a: a["deployments"]["churn"]["generation"] == site.generation)
    wider = [p["arm"] for p in running.predict(rows).json()["predictions"]]
    assert all(after == "canary" for before, after in zip(first, wider, strict=True) if before == "canary")
    assert {p["version"] for p in running.predict(rows).json()["predictions"]} == {1, 2}


def test_without_a_key_a_request_goes_one_way(site: Site, gateway: Start) -> None:
    site.publish(canary=site.entries[1], canary_share=0.5)
    running = gateway()
    arms = [{p["arm"] for p in running.predict([ROW, ROW]).json()["predictions"]} for _ in range(30)]
    assert all(len(arm) == 1 for arm in arms)
    assert {a for arm in arms for a in arm} == {"champion", "canary"}


def test_a_row_that_doesnt_fit_the_canary_goes_to_the_champion(
    site: Site, gateway: Start, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from tests.serving.site import FEATURES

    other = make_package(tmp_path_factory.mktemp("wide") / "p", seed=3, features=[*FEATURES[:3], {**FEATURES[3], "name": "new"}])
    entry = site.approve(2, site.artifacts.put(other).sha256)
    site.publish(canary=entry, canary_share=1.0)
    running = gateway()
    assert running.predict(ROW).json()["predictions"][0]["arm"] == "champion"
    both = {**ROW, "new": True}
    assert running.predict(both).json()["predictions"][0]["arm"] == "canary"


def test_what_was_served_and_heard_is_spooled(served: Running, site: Site) -> None:
    (one,) = served.predict({**ROW, "_entity": "c-7"}, **{"X-Request-Id": "my-request"}).json()["predictions"]
    with served.client() as client:
        told = client.post("/v1/models/churn/feedback", json={"prediction_id": one["prediction_id"], "outcome": "yes"})
    assert (told.status_code, told.json()["accepted"]) == (202, 1)
    served.stop()
    (p,), (f,) = site.lines("p"), site.lines("f")
    assert (p["id"], p["d"], p["v"], p["mv"], p["e"], p["rq"], p["rp"]) == (
        one["prediction_id"],
        "churn",
        1,
        "mv-1",
        "c-7",
        "my-request",
        False,
    )
    assert p["x"] == ROW
    assert (p["s"], p["y"], p["ev"]) == (one["probability"], int(one["decision"]), one["expected_value"])
    assert (f["p"], f["y"], f["d"]) == (one["prediction_id"], 1, "churn")


@pytest.mark.parametrize(
    ("outcome", "truth"),
    [(True, 1), (False, 0), (1, 1), (0, 0), ("yes", 1), ("no", 0), ("1", None), ("maybe", None), (2, None), (None, None), ([], None)],
)
def test_outcomes_are_read_strictly(served: Running, outcome: object, truth: int | None) -> None:
    with served.client() as client:
        answer = client.post("/v1/models/churn/feedback", json=[{"prediction_id": some_id(), "outcome": outcome}])
    assert answer.status_code == (422 if truth is None else 202)
    assert truth is not None or answer.json()["errors"][0]["field"] == "outcome"


def test_feedback_may_say_what_was_done_in_fact(served: Running, site: Site) -> None:
    items = [{"prediction_id": some_id(), "outcome": True} | extra for extra in ({"action": True}, {"action": False}, {"action": None}, {})]
    with served.client() as client:
        assert client.post("/v1/models/churn/feedback", json=items).json()["accepted"] == 4
        for wrong in ("yes", 1, 0.0, []):
            answer = client.post("/v1/models/churn/feedback", json=[items[0], {**items[1], "action": wrong}])
            assert answer.json()["errors"] == [
                {"row": 1, "field": "action", "message": "must be true or false: whether the case was acted on in fact"}
            ]
    served.stop()
    assert [line.get("a") for line in site.lines("f")] == [1, 0, None, None]


@pytest.mark.parametrize("key", ["", "x", 5, None, "00000000-0000-4000-8000-000000000000"])
def test_feedback_needs_a_predictions_id(served: Running, key: object) -> None:
    with served.client() as client:
        answer = client.post("/v1/models/churn/feedback", json={"prediction_id": key, "outcome": True})
    assert answer.json()["errors"][0]["field"] == "prediction_id"


def test_replayed_rows_carry_their_time_and_a_mark(served: Running, site: Site) -> None:
    moment = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
    with httpx.Client(base_url=served.url, headers={"X-Kachi-Replay": site.grant()}) as client:
        answer = client.post("/v1/models/churn/predict", json=[{**ROW, "served_at": moment.isoformat()}])
        key = answer.json()["predictions"][0]["prediction_id"]
        client.post("/v1/models/churn/feedback", json=[{"prediction_id": key, "outcome": True, "served_at": "2026-01-09T00:00:00Z"}])
        ahead = client.post("/v1/models/churn/predict", json=[{**ROW, "served_at": "2999-01-01T00:00:00Z"}])
    assert id_time_ms(key) == int(moment.timestamp() * 1000)
    assert ahead.json()["errors"][0]["field"] == "served_at"
    served.stop()
    (p,), (f,) = site.lines("p"), site.lines("f")
    assert (p["rp"], p["at"], f["rp"], f["at"]) == (True, moment.isoformat(), True, "2026-01-09T00:00:00+00:00")


def test_only_a_fresh_grant_for_this_deployment_replays(served: Running, site: Site) -> None:
    good = site.grant()
    for grant in ("", "x.y", site.grant("other"), site.grant(minutes=-1), good[:-8] + "AAAAAAA="):
        with httpx.Client(base_url=served.url, headers={"X-Kachi-Replay": grant}) as client:
            assert client.post("/v1/models/churn/predict", json=[ROW]).status_code == 401
    assert served.predict({**ROW, "served_at": "2026-01-05T00:00:00Z"}).json()["errors"][0]["field"] == "served_at"


def test_figures_for_prometheus_and_for_people(served: Running) -> None:
    served.predict([ROW] * 3)
    text = httpx.get(f"{served.url}/metrics").text
    assert 'kachi_predictions_total{arm="champion",deployment="churn",version="1"} 3.0' in text
    assert "kachi_spool_full 0.0" in text
    minute = httpx.get(f"{served.url}/readyz").json()["deployments"]["churn"]["last_minute"]
    assert (minute["requests"], minute["rows"]) == (1, 3)
    assert 0 < minute["p50_ms"] < 1000


def test_answers_that_must_be_kept_are_on_the_disk_when_they_come(site: Site, gateway: Start) -> None:
    site.publish(flush_ms=0)
    running = gateway()
    for _ in range(5):
        (one,) = running.predict(ROW).json()["predictions"]
        assert one["prediction_id"] in {line["id"] for line in site.lines("p")}
    time.sleep(0)


@pytest.mark.parametrize(("path", "field"), [("predict", "rows"), ("feedback", "feedback")])
def test_too_few_or_too_many_name_the_field(served: Running, path: str, field: str) -> None:
    for count in (0, 10_001):
        with served.client() as client:
            answer = client.post(f"/v1/models/churn/{path}", json={field: [{}] * count})
        (fault,) = answer.json()["errors"]
        assert (answer.status_code, fault["field"], str(count) in fault["message"]) == (422, field, True)
