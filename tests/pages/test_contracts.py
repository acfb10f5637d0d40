"""The pages of contracts: what is in force, signing for the business, proposing another one, and deciding on it."""

# ruff: noqa: F811 - fixtures are imported by name
from __future__ import annotations

from decimal import Decimal

import pytest

from core.identity import Principal
from core.project.service import ValueModelSpec, add_value_model
from core.project.value_model import PayoffMatrix, Period
from core.registry.approvals import get_approval
from core.registry.contract import ContractState, Party
from core.registry.contract_sentences import terms_rows
from core.registry.contracts import contract_in_force, list_contracts, propose_contract, sign_for_business
from core.registry.model import ApprovalState, ModelVersion
from core.serving.model import Deployment
from core.words import Words
from core.workspace import Workspace
from tests.monitoring.test_value_reading import deployment, version  # noqa: F401
from tests.pages.conftest import OpenPage, rows_of, texts
from tests.pages.people import press
from tests.serving.conftest import models, packages, world  # noqa: F401
from tests.serving.world import Models


@pytest.fixture
def dearer(ws: Workspace, models: Models) -> str:
    payoff = PayoffMatrix(Decimal(12_000), Decimal(-2_500), Decimal(0), Decimal(0))
    return add_value_model(ws, models.scientist, models.project.id, ValueModelSpec("JPY", Period.MONTH, 10_000, payoff, None, "dearer")).id


@pytest.fixture
def proposed(ws: Workspace, models: Models, version: ModelVersion, dearer: str) -> str:
    """Id of the request for another contract."""
    return propose_contract(ws, models.scientist, version.id, dearer, "Calls became <b>dearer</b>").contract.approval_id


def test_the_contract_in_force_is_told(open_page: OpenPage, deployment: Deployment, viewer: Principal) -> None:
    page = open_page("contracts", viewer, deployment=deployment.id)
    assert not page.exception
    said = texts(page).replace("\u2060", "")  # amounts don't break after their sign
    assert "Contract 1 says what the decisions of version 1 are worth" in page.title[0].value
    for sentence in ("¥12,000", "−¥1,500", "nobody has signed for the business yet", "business hasn&#x27;t signed"):
        assert sentence in said or sentence.replace("&#x27;", "'") in said
    assert {b.label: b.disabled for b in page.button}["Propose another value model"]
    assert "Contract 1 for version 1" in rows_of(page)


def test_cases_are_told_in_the_order_of_the_language(ws: Workspace, deployment: Deployment, viewer: Principal) -> None:
    view = list_contracts(ws, viewer)[0]
    assert dict(terms_rows(Words("ja"), view))["件数"] == "月あたり10,000件"
    assert dict(terms_rows(Words("en"), view))["Cases"] == "10,000 a month"


def test_somebody_from_the_business_signs(ws: Workspace, open_page: OpenPage, deployment: Deployment, viewer: Principal) -> None:
    page = open_page("contracts", viewer, deployment=deployment.id)
    press(page, "contract-sign")
    press(page, "contract-sign", "k-confirm-go")
    assert not page.exception
    view = list_contracts(ws, viewer)[0]
    signature = view.signature(Party.BUSINESS)
    assert signature is not None
    assert signature.user_name == "Sato"


def test_who_approved_reads_why_they_cannot_sign(open_page: OpenPage, deployment: Deployment, approver: Principal) -> None:
    page = open_page("contracts", approver, deployment=deployment.id)
    button = page.button(key="contract-sign")
    assert button.disabled
    assert "somebody else must sign" in button.help


def test_a_scientist_proposes_another_value_model(
    ws: Workspace, open_page: OpenPage, deployment: Deployment, dearer: str, scientist: Principal
) -> None:
    page = open_page("contracts", scientist, deployment=deployment.id)
    press(page, "contract-propose")
    page.text_area(key="propose-reason").set_value("new rates")
    press(page, "contract-propose", "propose-go")
    assert not page.exception
    newest = list_contracts(ws, scientist)[0].contract
    assert (newest.state, newest.value_model_id, newest.reason) == (ContractState.PROPOSED, dearer, "new rates")


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", ["would promise", "instead of", "Value model 2 (proposed)", "−¥2,500", "Nobody has signed it yet."]),
        ("ja", ["同じ判断のまま", "価値モデル2（提案）", "まだ誰も署名していません。"]),
    ],
)
def test_a_request_values_the_same_decisions_both_ways(
    open_page: OpenPage, proposed: str, approver: Principal, language: str, says: list[str]
) -> None:
    page = open_page("contract_request", approver, language=language, approval=proposed)
    assert not page.exception
    said = texts(page) + "".join(frame.value.to_string() for frame in page.table)
    for sentence in says:
        assert sentence in said.replace("\\", "")
    assert len(page.metric) == 4
    assert "<b>" not in said


def test_an_approver_decides_once_business_has_signed(
    ws: Workspace, open_page: OpenPage, proposed: str, approver: Principal, viewer: Principal, version: ModelVersion
) -> None:
    page = open_page("contract_request", approver, approval=proposed)
    assert page.button(key="contract-approve").disabled
    sign_for_business(ws, viewer, list_contracts(ws, viewer)[0].contract.id)
    page = open_page("contract_request", approver, approval=proposed)
    press(page, "contract-approve")
    press(page, "contract-approve", "k-confirm-go")
    assert not page.exception
    assert get_approval(ws, approver, proposed).state is ApprovalState.APPROVED
    view = contract_in_force(ws, viewer, version.id)
    assert view is not None
    assert view.contract.number == 2


def test_a_rejection_needs_its_reason(ws: Workspace, open_page: OpenPage, proposed: str, approver: Principal) -> None:
    page = open_page("contract_request", approver, approval=proposed)
    press(page, "contract-reject")
    page.text_area(key="k-confirm-reason").set_value("keep the rates")
    press(page, "contract-reject", "k-confirm-go")
    assert get_approval(ws, approver, proposed).reason == "keep the rates"


def test_the_inbox_shows_the_request_and_leads_to_it(open_page: OpenPage, proposed: str, approver: Principal) -> None:
    page = open_page("approvals", approver)
    assert not page.exception
    rows = rows_of(page)
    assert "Contract 2 for Customer churn v1" in rows
    assert "Business hasn't signed" in rows
    assert "Waiting for the business" in rows
    assert "None of them waits for you." in texts(page)
    page = open_page("approval", approver, approval=proposed)
    assert not page.exception


def test_pages_of_nothing_say_so(open_page: OpenPage, viewer: Principal) -> None:
    for key, query in (("contracts", {"deployment": "none"}), ("contract_request", {"approval": "none"})):
        page = open_page(key, viewer, **query)
        assert not page.exception
        assert "shows what there is" in texts(page)
