"""Projects over REST: the same function, the same permission, problem details for what can't be."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from httpx import Response

from core.api.idempotency import BodyDigest
from core.api.portal import Portal
from core.identity import SYSTEM, Role
from core.identity.tokens import list_tokens, revoke_token
from tests.api.conftest import Caller

BODY: dict[str, Any] = {
    "name": "Customer churn",
    "question": "Whom should we call before they leave?",
    "nouns": {
        "case_one": "customer", "case_many": "customers", "outcome": "would leave", "outcome_not": "would have stayed",
        "action_one": "call", "action_many": "calls",
    },
    "value": {
        "currency": "JPY", "period": "month", "cases_per_period": 7000,
        "payoff": {"tp": "90", "fp": "-10.50", "fn": 0, "tn": 0},
        "rule": {"column": "tenure", "operator": "<", "value": "6"},
    },
}  # fmt: skip


def test_a_scientist_creates_and_a_viewer_reads(call_as: Caller) -> None:
    made = call_as(Role.SCIENTIST).post("/projects", json=BODY)
    assert made.status_code == 201
    project = made.json()
    viewer = call_as(Role.VIEWER)
    assert viewer.get(f"/projects/{project['id']}").json() == project
    (value,) = viewer.get(f"/projects/{project['slug']}/value-models").json()
    assert (value["payoff"]["fp"], value["version"]) == ("-10.50", 1)


@pytest.mark.parametrize(("roles", "status"), [((), 401), ((Role.VIEWER,), 403), ((Role.APPROVER,), 403)])
def test_who_may_not_is_told_why(call_as: Caller, roles: tuple[Role, ...], status: int) -> None:
    answer = call_as(*roles).post("/projects", json=BODY)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("value", "payoff", "tp"), "ten", "ten"),
        (("value", "payoff", "tp"), None, "payoff"),
        (("value", "currency"), "XXX", "XXX"),
        (("value", "cases_per_period"), 0, "cases_per_period"),
        (("value", "cases_per_period"), 10**30, "cases_per_period"),
        (("name",), "   ", "name"),
        (("nouns", "outcome"), "", "outcome"),
        (("surprise",), 1, "surprise"),
    ],
)
def test_bad_input_names_the_field(call_as: Caller, path: tuple[str, ...], value: Any, says: str) -> None:
    body = copy.deepcopy(BODY)
    place = body
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    client = call_as(Role.SCIENTIST)
    answer = client.post("/projects", json=body)
    assert answer.status_code == 422
    assert says in answer.text
    assert client.get("/projects").json()["items"] == []


def test_lists_come_in_pages(call_as: Caller) -> None:
    client = call_as(Role.SCIENTIST)
    for number in range(5):
        assert client.post("/projects", json={**BODY, "name": f"Project {number}"}).status_code == 201
    first = client.get("/projects", params={"limit": 3}).json()
    second = client.get("/projects", params={"limit": 3, "before": first["next"]}).json()
    names = [p["name"] for p in first["items"] + second["items"]]
    assert names == [f"Project {number}" for number in (4, 3, 2, 1, 0)]
    assert second["next"] is None


def test_a_post_sent_twice_with_its_key_happens_once(call_as: Caller) -> None:
    client = call_as(Role.SCIENTIST)
    answers = [client.post("/projects", json=BODY, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotent-replayed"] == "true"
    other = client.post("/projects", json={**BODY, "name": "Another"}, headers={"Idempotency-Key": "k1"})
    assert other.status_code == 422
    assert len(client.get("/projects").json()["items"]) == 1


@pytest.mark.parametrize("size", [10, 3_000_000])
def test_a_file_sent_twice_with_its_key_arrives_once(call_as: Caller, size: int) -> None:
    client = call_as(Role.SCIENTIST)
    project = client.post("/projects", json=BODY).json()["id"]

    def send(cell: str) -> Response:  # each time with a boundary of its own, as clients draw it
        file = ("t.csv", b"a,b\n" + b"1,%s\n" % cell.encode() * (size // 4), "text/csv")
        return client.post("/datasets", data={"project_id": project}, files={"file": file}, headers={"Idempotency-Key": "file"})

    first, second, other = send("2"), send("2"), send("3")
    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == second.json()
    assert len(client.get("/datasets/versions", params={"project_id": project}).json()["items"]) == 1


@pytest.mark.parametrize("step", [1, 7, 64, 10_000])
def test_a_boundary_is_left_out_wherever_the_pieces_end(step: int) -> None:
    def digest(boundary: str) -> str:
        made = BodyDigest(f'multipart/form-data; boundary="{boundary}"')
        body = f"--{boundary}\r\nhead\r\n\r\n{'x' * 500}-{boundary[:5]}\r\n--{boundary}--\r\n".replace(
            boundary[:5] + "\r", "same\r"
        ).encode()
        for start in range(0, len(body), step):
            made.add(body[start : start + step])
        return made.hex()

    assert digest("a1b2c3d4e5f6") == digest("0f9e8d7c6b5a4")
    assert digest("a1b2c3d4e5f6") != BodyDigest("text/plain").hex()


def test_the_openapi_document_names_the_key_of_whatever_creates(call_as: Caller) -> None:
    paths = call_as(Role.VIEWER).get("/openapi.json").json()["paths"]
    posts = {path: methods["post"] for path, methods in paths.items() if "post" in methods}
    without = [path for path, post in posts.items() if "Idempotency-Key" not in {p["name"] for p in post.get("parameters", [])}]
    assert (without, len(posts) > 30) == ([], True)
    assert [p["name"] for p in paths["/projects"]["get"]["parameters"]].count("limit") == 1


def test_unknown_addresses_and_methods_are_problems_too(call_as: Caller) -> None:
    client = call_as(Role.VIEWER)
    for answer, status in ((client.get("/nothing"), 404), (client.put("/projects", json={}), 405), (client.get("/projects/none"), 404)):
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_over_the_limit_is_refused_by_its_own_word_and_by_count(call_as: Caller) -> None:
    client = call_as(Role.SCIENTIST)
    large = b'{"name": "' + b"x" * 9_000_000 + b'"}'
    told = client.post("/projects", content=large, headers={"Content-Type": "application/json"})
    silent = client.post("/projects", content=iter([large]), headers={"Content-Type": "application/json"})
    assert (told.status_code, silent.status_code) == (413, 413)
    assert client.get("/projects").json()["items"] == []


def test_an_answer_from_memory_needs_a_valid_token(call_as: Caller, portal: Portal) -> None:
    client = call_as(Role.SCIENTIST)
    assert client.post("/projects", json=BODY, headers={"Idempotency-Key": "k2"}).status_code == 201
    (token,) = list_tokens(portal.ws, SYSTEM, user_id=None)
    revoke_token(portal.ws, SYSTEM, token.id)
    assert client.post("/projects", json=BODY, headers={"Idempotency-Key": "k2"}).status_code == 401
