"""Proposing a value model in the builder, and deciding on one there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.identity import Principal
from core.project import proposals, service
from core.project.proposal import Proposal, ProposalState
from core.project.proposal_store import ProposalFilter
from core.workspace import Workspace
from tests.pages.conftest import OpenPage, rows_of
from tests.pages.test_value_model import go, project_with_data, texts, write
from tests.project.test_proposals import DEARER
from tests.project.test_service import SPEC, VALUE


@pytest.fixture
def project_id(ws: Workspace, scientist: Principal) -> str:
    return service.create_project(ws, scientist, SPEC).id


@pytest.fixture
def proposal(ws: Workspace, viewer: Principal, project_id: str) -> Proposal:
    return proposals.propose_value_model(ws, viewer, project_id, DEARER)


def press(page: AppTest, verb: str, proposal: Proposal, *also: str) -> None:
    """Press a button of a card; with buttons of the dialog that it opens, which this runner only draws while its button is pressed."""
    for key in also:
        page.button(key=key).click()
    page.button(key=f"vm-{verb}-{proposal.id[-8:]}").click().run()
    assert not page.exception


def test_a_viewer_proposes_in_the_builders_last_step(ws: Workspace, open_page: OpenPage, scientist: Principal, viewer: Principal) -> None:
    project = project_with_data(ws, scientist)
    page = open_page("value_model", viewer, project=project)
    write(page, "cases-per-period", "9,000")
    go(page, 4)
    assert "Somebody who edits the project decides on your proposal" in texts(page)
    assert "vm-save" not in [b.key for b in page.button]
    page.button(key="vm-propose").click().run()
    assert "Write why you propose this." in texts(page)
    page.text_area(key="vm-note").set_value("We took over a competitor").run()
    page.button(key="vm-propose").click().run()
    assert not page.exception
    (made,) = proposals.list_proposals(ws, viewer, ProposalFilter(project))
    assert made.spec == replace(VALUE, cases_per_period=9000, note="We took over a competitor")
    said = texts(page)
    assert "Your proposal is with the team." in said
    assert "You propose another value model" in said
    assert "Waiting for a decision" in said
    assert page.table[0].value.to_dict("list") == {"": ["Cases per month"], "Version 1": ["7,000"], "As proposed": ["9,000"]}
    keys = [b.key for b in page.button]
    assert f"vm-withdraw-{made.id[-8:]}" in keys
    assert f"vm-take-{made.id[-8:]}" not in keys


def test_a_viewer_withdraws_and_reads_what_became_of_the_others(
    ws: Workspace, open_page: OpenPage, scientist: Principal, viewer: Principal, project_id: str, proposal: Proposal
) -> None:
    declined = proposals.propose_value_model(ws, viewer, project_id, replace(DEARER, cases_per_period=1, note="Fewer cases"))
    proposals.decline_proposal(ws, scientist, declined.id, "That was a bad month")
    page = open_page("value_model", viewer, project=project_id)
    assert "“Fewer cases” – declined by Mori: That was a bad month" in texts(page)
    press(page, "withdraw", proposal)
    press(page, "withdraw", proposal, "k-confirm-go")
    assert proposals.get_proposal(ws, viewer, proposal.id).state is ProposalState.WITHDRAWN
    assert "The proposal is withdrawn." in texts(page)


def test_a_scientist_takes_over_what_the_page_shows(
    ws: Workspace, open_page: OpenPage, scientist: Principal, project_id: str, proposal: Proposal
) -> None:
    service.add_value_model(ws, scientist, project_id, replace(VALUE, cases_per_period=9000))
    page = open_page("value_model", scientist, project=project_id)
    said = texts(page)
    assert "Sato proposes another value model" in said
    assert "“Calls cost more since April”" in said
    assert "since then version 2 has come" in said
    rows = dict(
        zip(page.table[0].value[""], zip(page.table[0].value["Version 2"], page.table[0].value["As proposed"], strict=True), strict=True)
    )
    assert rows["Cases per month"] == ("9,000", "7,000")
    assert rows["Most actions a period"] == ("None", "800")
    press(page, "effect", proposal)
    assert "Nothing has been trained yet" in texts(page)
    press(page, "take", proposal)
    newest = service.list_value_models(ws, scientist, project_id)[0]
    assert (newest.version, newest.proposed_by, newest.created_by) == (3, proposal.proposed_by, scientist.user_id)
    assert page.button(key="project-value").label == "Change value model"  # as after saving, the project shows it
    assert "Version 3 of the value model is saved, as Sato proposed." in texts(page)


def test_what_somebody_else_saved_meanwhile_is_not_run_over(
    ws: Workspace, open_page: OpenPage, scientist: Principal, other_scientist: Principal, project_id: str, proposal: Proposal
) -> None:
    page = open_page("value_model", scientist, project=project_id)
    proposals.take_proposal(ws, other_scientist, proposal.id)
    press(page, "take", proposal)
    assert "Ito has taken this proposal over already, as version 2." in texts(page)
    assert page.radio(key="vm-start").value == "version"
    go(page, 4)
    assert "Nothing differs from version 2" in texts(page)  # a draft that nobody had touched starts from it
    assert len(service.list_value_models(ws, scientist, project_id)) == 2


def test_a_scientist_declines_with_a_reason(
    ws: Workspace, open_page: OpenPage, scientist: Principal, project_id: str, proposal: Proposal
) -> None:
    page = open_page("value_model", scientist, project=project_id)
    press(page, "decline", proposal)
    press(page, "decline", proposal, "k-confirm-go")
    assert "Write a reason first." in texts(page)
    page.text_area(key="k-confirm-reason").set_value("Ask the call centre first")
    press(page, "decline", proposal, "k-confirm-go")
    decision = proposals.get_proposal(ws, scientist, proposal.id).decision
    assert decision is not None
    assert (decision.state, decision.reason) == (ProposalState.DECLINED, "Ask the call centre first")


def test_further_steps_lead_back_to_what_waits(open_page: OpenPage, scientist: Principal, project_id: str, proposal: Proposal) -> None:
    page = open_page("value_model", scientist, project=project_id)
    go(page, 1)
    assert "1 proposal waits for your decision." in texts(page)
    page.button(key="vm-proposals").click().run()
    assert proposal.spec.note in texts(page)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_it_waits_where_work_waits(
    open_page: OpenPage, scientist: Principal, viewer: Principal, project_id: str, proposal: Proposal, language: str
) -> None:
    shown = rows_of(open_page("project", scientist, project=project_id, language=language))
    assert ("1 proposal by Sato" if language == "en" else "提案1件（Sato）") in shown
    portfolio = open_page("portfolio", viewer, language=language)
    assert ("decision waiting" if language == "en" else "判断待ち") in rows_of(portfolio)
    assert proposal.state is ProposalState.OPEN


def test_a_viewer_finds_the_way_on_the_project(open_page: OpenPage, viewer: Principal, project_id: str) -> None:
    page = open_page("project", viewer, project=project_id)
    assert page.button(key="project-value").label == "Propose other assumptions"
