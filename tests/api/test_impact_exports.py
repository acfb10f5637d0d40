"""Impact reports as files over REST: media types, names, signatures, who may, and what is kept of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.api.portal import Portal
from core.identity import SYSTEM, Role
from core.impact import source
from core.impact.export import process
from core.impact.seal import is_genuine
from core.project import service as projects
from core.project.service import ProjectSpec, ValueModelSpec
from core.project.value_model import Period
from core.signing import public_key
from core.store.audit import verify_chain
from tests.api.conftest import Caller
from tests.impact.conftest import NOUNS, PAYOFF, RULE, Runs, make_frame

OFFICE = "application/vnd.openxmlformats-officedocument"


@pytest.fixture
def runs(portal: Portal, tmp_path: Path) -> Iterator[Runs]:
    made, before = Runs(portal.ws, tmp_path), source._source
    source.use_runs(made)
    yield made
    source.use_runs(before)


@pytest.fixture
def run_id(portal: Portal, runs: Runs) -> str:
    spec = ProjectSpec("解約 予測", "Whom should we call?", NOUNS, value=ValueModelSpec("JPY", Period.MONTH, 10_000, PAYOFF, RULE))
    return runs.add(projects.create_project(portal.ws, SYSTEM, spec).id, make_frame(1_000)).id


@pytest.fixture
def report_id(run_id: str, call_as: Caller) -> str:
    frozen = call_as(Role.SCIENTIST).post(f"/runs/{run_id}/impact-reports", json={}).json()
    return str(frozen["id"])


@pytest.mark.parametrize(
    ("form", "media", "begins"),
    [
        ("pdf", "application/pdf", b"%PDF-1.7"),
        ("pptx", f"{OFFICE}.presentationml.presentation", b"PK"),
        ("xlsx", f"{OFFICE}.spreadsheetml.sheet", b"PK"),
        ("html", "text/html; charset=utf-8", b"<!doctype html>"),
    ],
)
def test_files_of_a_frozen_report(report_id: str, call_as: Caller, form: str, media: str, begins: bytes) -> None:
    viewer = call_as(Role.VIEWER)
    answer = viewer.get(f"/impact-reports/{report_id}/export", params={"format": form, "language": "ja"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == media
    assert answer.content.startswith(begins)
    name = answer.headers["content-disposition"]
    assert name.startswith("attachment; filename=")
    assert name.endswith(f"-impact-run-1-ja.{form}")
    # asked with its hash, the portal knows its own file, and no other
    known = viewer.get(f"/impact-exports/{hashlib.sha256(answer.content).hexdigest()}").json()
    assert [(k["report_id"], k["format"], k["language"]) for k in known] == [(report_id, form, "ja")]
    assert viewer.get(f"/impact-exports/{hashlib.sha256(answer.content + b' ').hexdigest()}").status_code == 404


def test_json_can_be_checked_by_anybody_with_the_public_key(portal: Portal, report_id: str, call_as: Caller) -> None:
    viewer = call_as(Role.VIEWER)
    answer = viewer.get(f"/impact-reports/{report_id}/export", params={"format": "json"})
    assert answer.headers["content-type"] == "application/json"
    seal = json.loads(answer.content)["seal"]
    report = answer.content.partition(b',"report":')[2][:-1]
    assert seal["statement"]["report_sha256"] == hashlib.sha256(report).hexdigest()
    key = public_key(portal.ws.settings.keys_dir / "approval.pub")
    assert is_genuine(key, seal["signed_text"], seal["signature"], report)
    assert json.loads(report)["run_number"] == 1
    told = viewer.get(f"/impact-reports/{report_id}/signature").json()
    assert told["genuine"] is True
    assert told["seal"]["signature"] == seal["signature"]
    assert told["public_key"] == (portal.ws.settings.keys_dir / "approval.pub").read_text()
    frozen = next(r for r in viewer.get("/impact-reports").json()["items"] if r["id"] == report_id)
    bound = told["seal"]["statement"]
    assert (bound["report_sha256"], bound["run_id"], bound["value_model_id"]) == (
        frozen["sha256"],
        frozen["run_id"],
        frozen["value_model_id"],
    )
    assert (bound["dataset_version_id"], bound["value_model_version"]) == ("version-1", 1)


def test_a_report_that_was_changed_is_not_exported_as_signed(portal: Portal, report_id: str, call_as: Caller) -> None:
    viewer = call_as(Role.VIEWER)
    assert viewer.get(f"/impact-reports/{report_id}/signature").json()["genuine"] is True
    row = portal.ws.store.one("SELECT sha256 FROM impact_reports WHERE id = ?", [report_id])
    path = portal.ws.artifacts.path(row[0])
    path.write_bytes(path.read_bytes().replace(b'"run_number":1', b'"run_number":2'))
    assert viewer.get(f"/impact-reports/{report_id}/signature").json()["genuine"] is False
    refused = viewer.get(f"/impact-reports/{report_id}/export", params={"format": "json"})
    assert refused.status_code == 500
    assert "signature" in refused.json()["detail"]
    assert viewer.get(f"/impact-reports/{report_id}/print").status_code == 500


def test_a_report_from_before_seals_is_sealed_only_if_the_audit_trail_knows_it(
    portal: Portal, run_id: str, report_id: str, call_as: Caller
) -> None:
    ws, viewer = portal.ws, call_as(Role.VIEWER)
    ws.store.write(lambda tx: tx.execute("DELETE FROM impact_report_seals"))
    assert viewer.get(f"/impact-reports/{report_id}/signature").json()["genuine"] is True
    other = call_as(Role.SCIENTIST).post(f"/runs/{run_id}/impact-reports", json={"threshold": 0.5}).json()
    ws.store.write(lambda tx: tx.execute("DELETE FROM impact_report_seals"))
    ws.store.write(lambda tx: tx.execute("UPDATE impact_reports SET sha256 = ? WHERE id = ?", [other["sha256"], report_id]))
    refused = viewer.get(f"/impact-reports/{report_id}/export", params={"format": "json"})
    assert refused.status_code == 500
    assert "audit trail" in refused.json()["detail"]


def test_an_export_is_audited_and_a_look_is_not(portal: Portal, report_id: str, call_as: Caller) -> None:
    viewer = call_as(Role.VIEWER)
    viewer.get(f"/impact-reports/{report_id}/print")
    viewer.get(f"/impact-reports/{report_id}/export", params={"format": "json"})
    events = portal.ws.store.rows("SELECT target_id, details FROM audit_events WHERE action = 'impact_report.export'")
    assert [event[0] for event in events] == [report_id]
    assert json.loads(events[0][1])["format"] == "json"
    assert verify_chain(portal.ws.store).broken_seq is None


def test_a_draft_is_no_evidence(portal: Portal, run_id: str, call_as: Caller) -> None:
    viewer = call_as(Role.VIEWER)
    answer = viewer.get(f"/runs/{run_id}/impact/export", params={"format": "html", "language": "en", "threshold": 0.5})
    assert answer.status_code == 200
    assert "Draft: not frozen, not signed" in answer.text
    assert answer.headers["content-disposition"].endswith("-impact-run-1-draft-en.html")
    assert viewer.get(f"/impact-exports/{hashlib.sha256(answer.content).hexdigest()}").status_code == 404
    assert "seal" not in viewer.get(f"/runs/{run_id}/impact/export", params={"format": "json"}).json()
    assert portal.ws.store.rows("SELECT 1 FROM audit_events WHERE action = 'impact_report.export'") == []


def test_bad_requests(report_id: str, run_id: str, call_as: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = call_as(Role.VIEWER)
    for params in ({}, {"format": "docx"}, {"format": "pdf", "language": "fr"}):
        assert viewer.get(f"/impact-reports/{report_id}/export", params=params).status_code == 422
    assert viewer.get("/impact-reports/none/export", params={"format": "pdf"}).status_code == 404
    assert viewer.get("/impact-reports/none/signature").status_code == 404
    assert viewer.get("/runs/none/impact/export", params={"format": "pdf"}).status_code == 404
    assert viewer.get("/impact-exports/%00").status_code == 404
    for path in (
        f"/impact-reports/{report_id}/export?format=json",
        f"/impact-reports/{report_id}/signature",
        f"/runs/{run_id}/impact/export?format=json",
    ):
        assert call_as().get(path).status_code == 401
    monkeypatch.setattr(process, "TIME_LIMIT_S", 0.01)
    late = viewer.get(f"/impact-reports/{report_id}/export", params={"format": "pptx"})
    assert (late.status_code, late.json()["code"]) == (503, "not_made")
