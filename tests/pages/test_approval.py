"""The approval page: the evidence in words, who may decide, and what deciding does."""

# ruff: noqa: F811

from __future__ import annotations

import pytest

from core.errors import Conflict
from core.identity import Principal
from core.registry.approvals import decide, get_approval, request_approval
from core.registry.model import Approval, ApprovalState
from core.registry.service import register_model
from core.serving.service import list_deployments
from core.workspace import Workspace
from tests.pages.conftest import OpenPage, texts
from tests.pages.people import press
from tests.registry.conftest import both, project, second_approver, world  # noqa: F401
from tests.registry.world import Project, World, make_frame


@pytest.fixture
def waiting(ws: Workspace, scientist: Principal, approver: Principal, world: World, project: Project) -> Approval:
    """A second version that waits, better than the first."""
    frame = make_frame(4_000)
    first = request_approval(ws, scientist, register_model(ws, scientist, world.add(project.id, frame, noise=0.35)).id)
    decide(ws, approver, first.id, approve=True, reason="fine")
    version = register_model(ws, scientist, world.add(project.id, frame))
    return request_approval(ws, scientist, version.id, "Learned <b>more</b>.")


@pytest.mark.parametrize(
    ("language", "says"),
    [
        (
            "en",
            [
                "Version 2 earns",
                "a month more than version 1",
                "What changed since version 1",
                "Risks you accept",
                "Beats every alternative",
            ],
        ),
        ("ja", ["バージョン2", "バージョン1", "承知していただくリスク", "どの選択肢よりも優れている"]),
    ],
)
def test_the_evidence_is_told(open_page: OpenPage, approver: Principal, waiting: Approval, language: str, says: list[str]) -> None:
    page = open_page("approval", approver, language=language, approval=waiting.id)
    assert not page.exception
    said = texts(page)
    for sentence in says:
        assert sentence in said
    assert len(page.metric) == 4
    assert "<b>" not in said.replace("&lt;b&gt;", "")


def test_an_approver_decides_in_a_dialog(ws: Workspace, open_page: OpenPage, approver: Principal, waiting: Approval) -> None:
    page = open_page("approval", approver, approval=waiting.id)
    press(page, "approval-reject")
    page.text_area(key="k-confirm-reason").set_value("not now")
    press(page, "approval-reject", "k-confirm-go")
    assert not page.exception
    decided = get_approval(ws, approver, waiting.id)
    assert (decided.state, decided.reason) == (ApprovalState.REJECTED, "not now")


def test_a_rejection_without_a_reason_stays_open(ws: Workspace, open_page: OpenPage, approver: Principal, waiting: Approval) -> None:
    page = open_page("approval", approver, approval=waiting.id)
    press(page, "approval-reject")
    press(page, "approval-reject", "k-confirm-go")
    assert "Write a reason first." in texts(page)
    assert get_approval(ws, approver, waiting.id).state is ApprovalState.OPEN


def test_who_asked_sees_why_the_buttons_are_off(
    open_page: OpenPage, both: Principal, ws: Workspace, world: World, project: Project
) -> None:
    own = request_approval(ws, both, register_model(ws, both, world.add(project.id, make_frame(2_000))).id)
    page = open_page("approval", both, approval=own.id)
    for key in ("approval-reject", "approval-approve", "approval-deploy"):
        assert page.button(key=key).disabled
        assert page.button(key=key).help.startswith("You requested this; somebody else must approve.")
    assert not page.button(key="approval-withdraw").disabled


def test_a_viewer_reads_but_does_not_decide(open_page: OpenPage, viewer: Principal, waiting: Approval) -> None:
    page = open_page("approval", viewer, approval=waiting.id)
    assert not page.exception
    assert page.button(key="approval-approve").disabled
    assert "Approver" in str(page.button(key="approval-approve").help)
    for word in ("recall", "precision", "AUC"):
        assert word not in texts(page)


def test_somebody_else_was_first(
    ws: Workspace, open_page: OpenPage, approver: Principal, second_approver: Principal, waiting: Approval
) -> None:
    page = open_page("approval", approver, approval=waiting.id)
    press(page, "approval-reject")
    decide(ws, second_approver, waiting.id, approve=True, reason="quick")
    page.run()
    assert not [b for b in page.button if b.key == "approval-reject"]
    assert "Approved by Kato" in texts(page)


def test_a_decided_request_has_no_buttons(ws: Workspace, open_page: OpenPage, approver: Principal, waiting: Approval) -> None:
    decide(ws, approver, waiting.id, approve=True, reason="worth it")
    page = open_page("approval", approver, approval=waiting.id)
    assert "Approved by Tanaka" in texts(page)
    assert not [b for b in page.button if b.key and b.key.startswith("approval-")]
    with pytest.raises(Conflict):
        decide(ws, approver, waiting.id, approve=True, reason="again")


def test_evidence_that_changed_stops_the_page(ws: Workspace, open_page: OpenPage, approver: Principal, waiting: Approval) -> None:
    path = ws.artifacts.path(waiting.evidence_sha256)
    path.chmod(0o644)
    path.write_text("{}")
    page = open_page("approval", approver, approval=waiting.id)
    assert "Nobody can decide on evidence that has changed." in page.error[0].value
    assert not [b for b in page.button if b.key == "approval-approve"]


def test_an_unknown_request_is_said_so(open_page: OpenPage, viewer: Principal) -> None:
    page = open_page("approval", viewer, approval="nothing")
    assert not page.exception
    assert "There is no such request" in texts(page)


def test_approve_and_deploy_is_one_click(
    ws: Workspace, open_page: OpenPage, approver: Principal, waiting: Approval, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[tuple[str, str]] = []
    monkeypatch.setattr("core.serving.service.approve_and_deploy", lambda ws, me, key, reason: called.append((key, reason)))
    page = open_page("approval", approver, approval=waiting.id)
    press(page, "approval-deploy")
    press(page, "approval-deploy", "k-confirm-go")
    assert not page.exception
    assert [key for key, _ in called] == [waiting.id]
    assert list_deployments(ws, approver) == []
