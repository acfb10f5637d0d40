"""The inbox: what waits, for whom, and what is at stake."""

# ruff: noqa: F811

from __future__ import annotations

import json

from core.identity import Principal
from core.project import proposals
from core.project import service as projects
from core.project.model import Project
from core.registry.approvals import decide, request_approval
from core.registry.service import register_model
from core.workspace import Workspace
from tests.pages.conftest import OpenPage, texts
from tests.project.test_proposals import DEARER
from tests.project.test_service import SPEC
from tests.registry.conftest import project, world  # noqa: F401
from tests.registry.world import World, make_frame


def rows_of(page) -> str:
    return json.dumps(
        [json.loads(c.proto.json) if getattr(c.proto, "json", "") else str(c.proto) for c in page.get("bidi_component")], ensure_ascii=False
    )


def test_an_empty_inbox_says_what_comes(open_page: OpenPage, viewer: Principal) -> None:
    page = open_page("approvals", viewer)
    assert not page.exception
    assert "Nothing waits for a decision" in texts(page)
    assert "No requests yet" in texts(page)


def test_what_waits_and_what_was_decided(
    ws: Workspace, open_page: OpenPage, scientist: Principal, approver: Principal, world: World, project: Project
) -> None:
    frame = make_frame(2_000)
    first = request_approval(ws, scientist, register_model(ws, scientist, world.add(project.id, frame, noise=0.3)).id)
    decide(ws, approver, first.id, approve=False, reason="too early")
    request_approval(ws, scientist, register_model(ws, scientist, world.add(project.id, frame)).id)
    page = open_page("approvals", approver)
    assert not page.exception
    assert "1 request waits for a decision" in texts(page)
    assert "1 of them waits for you." in texts(page)
    assert len(page.get("bidi_component")) == 2
    assert "None of them waits for you." in texts(open_page("approvals", scientist))
    assert "決裁" in texts(open_page("approvals", approver, language="ja"))


def test_proposed_value_models_wait_there_for_those_who_may_decide_on_them(
    ws: Workspace, open_page: OpenPage, scientist: Principal, approver: Principal, viewer: Principal
) -> None:
    made = projects.create_project(ws, scientist, SPEC)
    proposal = proposals.propose_value_model(ws, viewer, made.id, DEARER)
    page = open_page("approvals", scientist)
    assert not page.exception
    assert "1 request waits for a decision" in texts(page)
    assert "1 of them waits for you." in texts(page)
    assert "Proposed value models" in texts(page)
    shown = rows_of(page)
    assert made.name in shown
    assert DEARER.note in shown
    assert "Waiting for you" in shown
    for other in (approver, viewer):
        page = open_page("approvals", other)
        assert "None of them waits for you." in texts(page)
        assert "Waiting for a data scientist" in rows_of(page)
    proposals.decline_proposal(ws, scientist, proposal.id, "not yet")
    assert "Nothing waits for a decision" in texts(open_page("approvals", scientist))
