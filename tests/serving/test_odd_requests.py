"""Whatever comes in, the gateway answers with a reason and never with a fault of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.settings import Settings
from tests.serving.site import KEY, ROW, Running, Site, run_gateway_here

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=12
)
NEAR = st.fixed_dictionaries({}, optional=dict.fromkeys([*ROW, "_entity", "entity", "served_at", "rows"], SCALARS))
VALID = st.fixed_dictionaries(
    {
        "tenure": st.integers(0, 72),
        "charge": st.none() | st.floats(0, 1000),
        "plan": st.text(max_size=50),
        "senior": st.booleans(),
    }
)
FINE = {200, 202, 400, 401, 404, 405, 413, 415, 422}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, packages: tuple[Path, Path]) -> Iterator[Running]:
    site = Site(Settings(home=tmp_path_factory.mktemp("odd") / "home", gateway_port=0), packages)
    site.publish(canary=site.entries[1], canary_share=0.5)
    running = run_gateway_here(site)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def client(served: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, headers={"X-API-Key": KEY}, timeout=20) as opened:
        yield opened


def sound(answer: httpx.Response) -> None:
    assert answer.status_code in FINE, answer.text
    assert "Traceback" not in answer.text
    if answer.status_code >= 400:
        assert answer.json()["status"] == answer.status_code
        assert answer.json()["detail"]


def odd(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@odd(150)
@given(body=JSON | NEAR | st.lists(NEAR, max_size=3) | st.fixed_dictionaries({"rows": JSON | st.lists(NEAR, max_size=3)}))
def test_any_json_as_rows(client: httpx.Client, body: object) -> None:
    sound(client.post("/v1/models/churn/predict", content=json.dumps(body), headers={"content-type": "application/json"}))


@odd(80)
@given(rows=st.lists(VALID, min_size=1, max_size=5))
def test_every_valid_row_is_answered(client: httpx.Client, rows: list[dict[str, object]]) -> None:
    answer = client.post("/v1/models/churn/predict", json=rows)
    assert answer.status_code == 200
    for one in answer.json()["predictions"]:
        assert 0 <= one["probability"] <= 1
        assert one["decision"] is (one["probability"] >= 0.5)


@odd(80)
@given(body=JSON | st.fixed_dictionaries({"prediction_id": SCALARS | st.uuids().map(str), "outcome": SCALARS}))
def test_any_json_as_feedback(client: httpx.Client, body: object) -> None:
    sound(client.post("/v1/models/churn/feedback", content=json.dumps(body), headers={"content-type": "application/json"}))


@odd(80)
@given(
    body=st.binary(max_size=200), kind=st.sampled_from(["application/json", "application/x+json", "text/plain", "", "text/html; charset=x"])
)
def test_any_bytes(client: httpx.Client, body: bytes, kind: str) -> None:
    sound(client.post("/v1/models/churn/predict", content=body, headers={"content-type": kind}))


@odd(60)
@given(
    path=st.text(st.characters(min_codepoint=33, max_codepoint=0x2FFF), max_size=30),
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD"]),
)
def test_any_path_and_method(client: httpx.Client, path: str, method: str) -> None:
    answer = client.request(method, f"/v1/models/{quote(path, safe='/')}")
    assert answer.status_code < 500


@odd(40)
@given(
    header=st.sampled_from(["X-Kachi-Replay", "Authorization", "X-Request-Id", "X-API-Key"]),
    value=st.text(st.characters(codec="latin-1", min_codepoint=32, exclude_characters="\x7f"), max_size=60),
)
def test_any_header(served: Running, header: str, value: str) -> None:
    with httpx.Client(base_url=served.url, timeout=20) as bare:
        sound(bare.post("/v1/models/churn/predict", json=ROW, headers={header: value.strip().encode("latin-1")}))
