"""Users, tokens, sessions, audit, jobs, schedules, backups over REST."""

from __future__ import annotations

import pytest

from core.identity import Role
from core.jobs.model import JobKind, JobRequest
from core.jobs.schedules import ScheduleKind

ADMIN_PATHS = ["/users", "/audit", "/audit/verify", "/backups", "/doctor"]
PERSON = {"email": "new@example.com", "name": "New", "password": "correct horse battery", "roles": ["viewer"]}


@pytest.mark.parametrize("path", [*ADMIN_PATHS, "/tokens", "/jobs", "/schedules", "/sessions", "/users/me"])
def test_nobody_gets_nothing(call_as, path):
    answer = call_as().get(path)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ADMIN_PATHS)
def test_only_admins_administer(call_as, path):
    assert call_as(Role.SCIENTIST).get(path).status_code == 403
    assert call_as(Role.ADMIN).get(path).status_code == 200


def test_a_user_is_made_changed_and_kept_out(call_as):
    admin = call_as(Role.ADMIN)
    made = admin.post("/users", json=PERSON)
    assert made.status_code == 201
    user = made.json()
    assert "password" not in made.text
    assert admin.post("/users", json=PERSON).status_code == 409
    path = f"/users/{user['id']}"
    assert admin.put(f"{path}/roles", json={"roles": ["approver", "viewer"]}).json()["roles"] == ["approver", "viewer"]
    assert admin.patch(path, json={"name": "Newer", "language": "ja"}).json()["language"] == "ja"
    assert admin.put(f"{path}/password", json={"password": "five words in a long row"}).status_code == 200
    assert admin.get("/users", params={"email": "NEW@example.com"}).json()["items"][0]["id"] == user["id"]
    token = admin.post("/tokens", json={"name": "t", "roles": ["viewer"], "user_id": user["id"]}).json()["secret"]
    headers = {"Authorization": f"Bearer {token}"}
    assert call_as().get("/users/me", headers=headers).json()["roles"] == ["viewer"]
    assert admin.post(f"{path}/disable").json()["disabled_at"]
    assert call_as().get("/users/me", headers=headers).status_code == 401
    assert admin.post(f"{path}/enable").json()["disabled_at"] is None
    assert admin.get(f"{path}/sessions").json() == []
    assert admin.delete(f"{path}/sessions").json() == {"ended": 0}


@pytest.mark.parametrize(
    "change",
    [
        {"email": "no"},
        {"name": ""},
        {"password": "x"},
        {"roles": []},
        {"roles": ["king"]},
        {"language": "fr"},
        {"extra": 1},
        {"email": None},
    ],
)
def test_a_bad_user_is_refused(call_as, change):
    admin = call_as(Role.ADMIN)
    before = len(admin.get("/users").json()["items"])
    assert admin.post("/users", json=PERSON | change).status_code == 422
    assert len(admin.get("/users").json()["items"]) == before


def test_a_tokens_secret_is_told_once_even_with_an_idempotency_key(call_as, portal):
    viewer = call_as(Role.VIEWER)
    body = {"name": "mine", "roles": ["viewer"], "days": 3}
    before = len(viewer.get("/tokens").json()["items"])
    first = viewer.post("/tokens", json=body, headers={"Idempotency-Key": "k1"})
    assert first.status_code == 201
    assert first.headers["cache-control"] == "no-store"
    secret = first.json()["secret"]
    assert portal.ws.store.rows("SELECT body FROM idempotency_keys") == [(b"",)]
    again = viewer.post("/tokens", json=body, headers={"Idempotency-Key": "k1"})
    assert (again.status_code, secret in again.text) == (409, False)
    assert "told once" in again.json()["detail"]
    assert len(viewer.get("/tokens", params={"limit": 50}).json()["items"]) == before + 1
    assert secret not in viewer.get("/tokens").text
    assert viewer.post("/tokens", json=body | {"name": "up", "roles": ["admin"]}).status_code == 422
    assert viewer.delete(f"/tokens/{first.json()['id']}").json()["revoked_at"]
    assert viewer.get("/users/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert viewer.delete("/tokens/nothing").status_code == 404


def test_the_trail_pages_filters_and_verifies(call_as):
    admin = call_as(Role.ADMIN)
    admin.post("/users", json=PERSON)
    first = admin.get("/audit", params={"limit": 2}).json()
    assert [event["seq"] for event in first["items"]] == sorted((event["seq"] for event in first["items"]), reverse=True)
    second = admin.get("/audit", params={"limit": 2, "before": first["next"]}).json()
    assert second["items"][0]["seq"] == first["items"][-1]["seq"] - 1
    assert {event["action"] for event in admin.get("/audit", params={"action": "user."}).json()["items"]} == {"user.create"}
    assert admin.get("/audit", params={"since": "2100-01-01T00:00:00Z"}).json()["items"] == []
    assert admin.get("/audit", params={"before": "x"}).status_code == 422
    assert admin.get("/audit/verify").json()["broken_seq"] is None


def test_jobs_are_listed_told_and_stopped(call_as, portal):
    ws = portal.ws
    ws.jobs.register(JobKind("probe", "core.jobs.probe:run"))
    scientist = call_as(Role.SCIENTIST)
    key = ws.store.write(lambda tx: ws.jobs.submit(tx, _principal(), JobRequest("probe", {"steps": []}, "run", "r1")))
    assert [job["id"] for job in scientist.get("/jobs", params={"state": "queued", "kind": "probe"}).json()["items"]] == [key]
    assert scientist.get(f"/jobs/{key}").json()["state"] == "queued"
    assert scientist.get(f"/jobs/{key}/events").json() == {"events": [], "offset": 0}
    assert scientist.get(f"/jobs/{key}/log").text == ""
    assert call_as(Role.VIEWER).get(f"/jobs/{key}").status_code == 403
    assert scientist.post(f"/jobs/{key}/cancel").json()["state"] == "cancelled"
    assert scientist.post(f"/jobs/{key}/cancel").status_code == 409
    assert scientist.get("/jobs/nothing").status_code == 404
    assert scientist.get(f"/jobs/{key}/events", params={"offset": -1}).status_code == 422


def test_schedules_are_made_changed_and_run(call_as, portal):
    portal.schedules.register(ScheduleKind("probe", lambda subject: f"looked at {subject}"))
    scientist = call_as(Role.SCIENTIST)
    body = {"kind": "probe", "subject_kind": "deployment", "subject_id": "d1", "cron": "0 6 * * 1"}
    made = scientist.post("/schedules", json=body)
    assert made.status_code == 201
    assert made.json()["in_words"] == "Every Monday at 06:00 UTC"
    path = f"/schedules/{made.json()['id']}"
    assert scientist.post("/schedules", json=body).status_code == 409
    assert scientist.post("/schedules", json=body | {"subject_id": "d2", "cron": "x"}).status_code == 422
    assert scientist.patch(path, json={"cron": "*/5 * * * *", "enabled": False}).json()["next_at"] is None
    assert scientist.post(f"{path}/run").status_code == 202
    assert scientist.get(path).json()["last_note"] == "looked at d1"
    assert call_as(Role.APPROVER).patch(path, json={"enabled": True}).status_code == 403
    assert scientist.get("/schedules/nothing").status_code == 404


def test_a_backup_is_made_listed_and_downloaded(call_as):
    admin = call_as(Role.ADMIN)
    made = admin.post("/backups")
    assert made.status_code == 201
    assert [found["id"] for found in admin.get("/backups").json()["items"]] == [made.json()["id"]]
    archive = admin.get(f"/backups/{made.json()['id']}/download")
    assert len(archive.content) == made.json()["size_bytes"]
    assert call_as(Role.APPROVER).get(f"/backups/{made.json()['id']}/download").status_code == 403
    assert admin.get("/backups/..%2f..%2fkachi.duckdb/download").status_code == 404
    assert {check["name"] for check in admin.get("/doctor").json()} >= {"store", "audit", "artifacts", "disk"}


def _principal():
    from core.identity import Principal

    return Principal("user-x", "X", "x@example.com", frozenset({Role.SCIENTIST}))
