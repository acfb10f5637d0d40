"""The page of a data set: declared or not, with leaks, in both languages."""

from __future__ import annotations

import io

import pytest

from core.data import samples, service
from core.data.model import ColumnRoles, DatasetVersion
from core.identity import Principal
from core.project.service import create_project
from core.workspace import Workspace
from tests.data.conftest import churn_frame
from tests.pages.conftest import OpenPage, texts
from tests.project.test_service import SPEC


@pytest.fixture
def version(ws: Workspace, scientist: Principal) -> DatasetVersion:
    project = create_project(ws, scientist, SPEC)
    content = io.BytesIO(churn_frame().to_csv(index=False).encode())
    return service.upload_dataset(ws, scientist, project.id, "customers.csv", content)


def test_dataset_asks_what_to_predict_and_shows_leaks_at_once(open_page: OpenPage, scientist: Principal, version: DatasetVersion) -> None:
    page = open_page("dataset", scientist, version=version.id)
    assert not page.exception
    said = texts(page)
    assert "now say what to predict" in said
    assert "goodbye_letter&#x27; nearly is the answer" in said or "'goodbye_letter' nearly is the answer" in said
    assert page.selectbox(key=f"target-{version.id}").value == "churn"
    assert [b.label for b in page.button if b.key == "declare"] == ["Declare"]


def test_declaring_makes_it_ready(ws: Workspace, open_page: OpenPage, scientist: Principal, version: DatasetVersion) -> None:
    page = open_page("dataset", scientist, version=version.id)
    page.selectbox(key=f"id-{version.id}").select("customer")
    page.multiselect(key=f"leave-{version.id}").select("goodbye_letter").run()
    page.selectbox(key=f"positive-{version.id}-churn").select("Yes")
    page.button(key="declare").click().run()
    assert not page.exception
    stored = service.get_version(ws, scientist, version.id)
    assert stored.roles == ColumnRoles("churn", "Yes", "customer", None, ("goodbye_letter",))
    said = texts(open_page("dataset", scientist, version=version.id))
    assert "400 customers, 6 columns: ready to train" in said.replace("\\", "")
    assert "No single column gives the answer away" in said


def test_a_bad_declaration_is_said_on_the_page(ws: Workspace, open_page: OpenPage, scientist: Principal, version: DatasetVersion) -> None:
    page = open_page("dataset", scientist, version=version.id)
    page.selectbox(key=f"time-{version.id}").select("plan").run()
    page.button(key="declare").click().run()
    assert not page.exception
    assert "holds no dates" in texts(page)
    assert service.get_version(ws, scientist, version.id).roles is None


@pytest.mark.parametrize(
    ("language", "says"), [("en", "1,000 applications, 21 columns: ready to train"), ("ja", "申込み1,000件・21列：学習を始められます")]
)
def test_a_declared_sample_is_ready(ws: Workspace, open_page: OpenPage, scientist: Principal, language: str, says: str) -> None:
    sample = samples.start_sample_project(ws, scientist, "german_credit", language)
    page = open_page("dataset", scientist, language=language, version=sample.id)
    assert not page.exception
    assert says in texts(page).replace("\\", "")


def test_declared_leaks_are_the_finding(
    ws: Workspace, open_page: OpenPage, scientist: Principal, approver: Principal, version: DatasetVersion
) -> None:
    service.declare_roles(ws, scientist, version.id, ColumnRoles("churn", "Yes"))
    page = open_page("dataset", approver, version=version.id)
    assert not page.exception
    assert "1 column may give the answer away" in texts(page)
    assert page.button(key="declare").disabled


def test_an_unknown_dataset_is_said_so(open_page: OpenPage, scientist: Principal) -> None:
    page = open_page("dataset", scientist, version="nothing")
    assert not page.exception
    assert "There is no such data set" in texts(page)
