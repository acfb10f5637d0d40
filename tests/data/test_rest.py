"""Data over REST: every page action, as each role and as nobody."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from core.identity import Role
from tests.api.conftest import Caller, call_as, portal  # noqa: F401
from tests.api.test_projects import BODY
from tests.data.conftest import churn_frame

ROLES = {"target": "churn", "positive": "Yes", "id_column": "customer", "time_column": "since", "leave_out": ["goodbye_letter"]}


@pytest.fixture
def client(call_as: Caller) -> TestClient:  # noqa: F811
    return call_as(Role.SCIENTIST)


@pytest.fixture
def project_id(client: TestClient) -> str:
    return str(client.post("/projects", json=BODY).json()["id"])


def upload(client: TestClient, project_id: str, content: bytes | None = None, **form: Any) -> Any:
    data = churn_frame().to_csv(index=False).encode() if content is None else content
    return client.post("/datasets", files={"file": ("顧客.csv", data)}, data={"project_id": project_id, **form})


def test_upload_profile_declare_preview_download(client: TestClient, project_id: str) -> None:
    made = upload(client, project_id)
    assert made.status_code == 201
    version = made.json()
    assert (version["name"], version["number"], version["rows"], version["roles"]) == ("顧客", 1, 400, None)
    at = f"/datasets/versions/{version['id']}"
    assert client.get(at).json() == version
    profile = client.get(f"{at}/profile").json()
    assert [c["name"] for c in profile["columns"]] == list(churn_frame().columns)
    assert client.get(f"{at}/leaks").json() == []
    declared = client.put(f"{at}/roles", json={**ROLES, "leave_out": []})
    assert declared.status_code == 200
    assert [leak["column"] for leak in client.get(f"{at}/leaks").json()] == ["goodbye_letter"]
    assert client.put(f"{at}/roles", json=ROLES).json()["roles"] == ROLES
    rows = client.get(f"{at}/rows", params={"start": 1, "count": 2}).json()
    assert rows["rows"][0][:2] == ["C00001", "2026-01-01T01:00:00"]
    download = client.get(f"{at}/csv")
    assert download.headers["content-type"].startswith("text/csv")
    assert len(download.text.splitlines()) == 401


def test_lists_are_paged_and_filtered(client: TestClient, project_id: str) -> None:
    ids = [upload(client, project_id, f"a,b\n{i},2\n{i},3\n".encode(), name=f"set {i % 2}").json()["id"] for i in range(4)]
    page = client.get("/datasets/versions", params={"project_id": project_id, "limit": 3}).json()
    rest = client.get("/datasets/versions", params={"project_id": project_id, "limit": 3, "before": page["next"]}).json()
    assert [v["id"] for v in [*page["items"], *rest["items"]]] == ids[::-1]
    assert [d["name"] for d in client.get("/datasets").json()["items"]] == ["set 1", "set 0"]
    assert client.get("/datasets", params={"project_id": "other"}).json() == {"items": [], "next": None}


def test_the_same_content_again_is_said_so(client: TestClient, project_id: str) -> None:
    first, again = upload(client, project_id).json(), upload(client, project_id).json()
    assert again["id"] == first["id"]
    assert "here already" in again["warnings"][-1]


def test_words_for_missing_travel(client: TestClient, project_id: str) -> None:
    version = upload(client, project_id, b"x,y\nNone,1\nb,2\n-,3\n", markers=["None", "-"]).json()
    assert version["columns"][0]["missing"] == 2


def test_samples_are_listed_and_imported(client: TestClient, project_id: str) -> None:
    keys = [s["key"] for s in client.get("/datasets/samples").json()]
    assert {"telco_churn_ibm", "bank_marketing", "german_credit", "hpc_data", "bikesharing_hourly"} == set(keys)
    made = client.post("/datasets/samples", json={"project_id": project_id, "sample": "telco_churn_ibm"})
    assert (made.status_code, made.json()["source"], made.json()["roles"]["target"]) == (201, "sample", "churn")
    assert client.post("/datasets/samples", json={"project_id": project_id, "sample": "x"}).status_code == 404


@pytest.mark.parametrize(("language", "name"), [("en", "Customer churn"), ("ja", "顧客の解約防止")])
def test_a_sample_starts_its_own_project(client: TestClient, language: str, name: str) -> None:
    body = {"sample": "telco_churn_ibm", "language": language}
    made = client.post("/datasets/samples", json=body)
    assert made.status_code == 201, made.text
    project = client.get(f"/projects/{made.json()['project_id']}").json()
    assert (project["name"], project["is_sample"]) == (name, True)
    again = client.post("/datasets/samples", json=body).json()
    assert (again["project_id"], again["id"]) == (project["id"], made.json()["id"])
    assert client.post("/datasets/samples", json={"sample": "x"}).status_code == 404
    assert client.post("/datasets/samples", json={"sample": "x", "language": "fr"}).status_code == 422


@pytest.mark.parametrize(
    ("content", "status", "says"),
    [
        (b"", 422, "empty"),
        (b"a,b\n", 422, "no rows"),
        (b"a,a\n1,2\n", 422, "twice"),
        (b"a,b\n1,2\n1\n", 422, "line 3"),
        (b"PAR1", 422, "Parquet"),
        (",".join(f"c{i}" for i in range(5000)).encode(), 413, "5000 columns"),
    ],
)
def test_bad_files_are_problems_in_words(client: TestClient, project_id: str, content: bytes, status: int, says: str) -> None:
    answer = upload(client, project_id, content)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert says in answer.json()["detail"]
    assert client.get("/datasets/versions").json()["items"] == []


@pytest.mark.parametrize(("roles", "status"), [((), 401), ((Role.VIEWER,), 403), ((Role.APPROVER,), 403), ((Role.ADMIN,), 403)])
def test_only_scientists_bring_data(call_as: Caller, project_id: str, roles: tuple[Role, ...], status: int) -> None:  # noqa: F811
    answer = upload(call_as(*roles), project_id)
    assert (answer.status_code, answer.json()["status"]) == (status, status)


def test_bad_declarations_name_the_field(client: TestClient, project_id: str) -> None:
    at = f"/datasets/versions/{upload(client, project_id).json()['id']}/roles"
    wrong = client.put(at, json={**ROLES, "positive": "perhaps"})
    assert (wrong.status_code, "perhaps" in wrong.json()["detail"]) == (422, True)
    assert client.put(at, json={**ROLES, "surprise": 1}).status_code == 422
    assert client.put(at, json={**ROLES, "target": None}).status_code == 422
    assert client.get("/datasets/versions/nothing").status_code == 404
    assert client.get("/datasets/versions/nothing/csv").status_code == 404
