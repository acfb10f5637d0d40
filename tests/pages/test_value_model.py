"""The builder of value models: from a template to a saved version, on real rows, by people with and without the right to."""

from __future__ import annotations

import html
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from core.data.model import ColumnRoles
from core.data.service import declare_roles, upload_dataset
from core.identity import Principal
from core.project import service
from core.project.model import Task
from core.project.payoffs import ClassPayoffs, DeviationCosts, Formula
from core.workspace import Workspace
from tests.browser.journey import churn_csv
from tests.pages.conftest import OpenPage
from tests.pages.conftest import texts as raw_texts
from tests.project.test_service import SPEC, VALUE


def texts(page: AppTest) -> str:
    """All that the page says, as it is read: without escapes and joiners."""
    return html.unescape(raw_texts(page)).replace("\u2060", "").replace("\\", "")


def project_with_data(ws: Workspace, scientist: Principal) -> str:
    project = service.create_project(ws, scientist, SPEC)
    version = upload_dataset(ws, scientist, project.id, "churn.csv", io.BytesIO(churn_csv(200)))
    declare_roles(ws, scientist, version.id, ColumnRoles("churn", "yes"))
    return project.id


def write(page: AppTest, name: str, text: str) -> None:
    page.text_input(key=f"vm-{name}").set_value(text).run()


def go(page: AppTest, steps: int = 1) -> None:
    for _ in range(steps):
        page.button(key="vm-next").click().run()
        assert not page.exception


def test_a_template_leads_to_a_saved_version_with_a_formula(ws: Workspace, open_page: OpenPage, scientist: Principal) -> None:
    project = project_with_data(ws, scientist)
    page = open_page("value_model", scientist, project=project, template="churn")
    assert not page.exception
    assert "A telephone company earns €200" in texts(page)
    assert page.text_input(key="vm-cases-per-period").value == "7,000"
    go(page)
    assert "Verbraken" in texts(page)
    assert "JPY, no exchange rate" in texts(page)
    write(page, "answers-accepts", "50")
    assert "0.5 × (20,000 − 1,000) − 100 = +¥9,400" in texts(page)
    go(page)
    assert page.text_input(key="vm-payoff-tp").value == "9,400"
    write(page, "payoff-tp", "0.5 * (120 * bill - 1000) - 100")
    said = texts(page)
    assert "Calls pay from a likelihood of" in said
    assert "depending on the case" in said
    assert 'class="k-tried"' in said
    go(page, 3)
    said = texts(page)
    assert "Is this what you mean?" in said
    assert "A call for one who would leave is worth 0.5 × (120 × bill − 1,000) − 100, case by case." in said
    page.text_area(key="vm-note").set_value("Agreed with sales on Monday").run()
    page.button(key="vm-save").click().run()
    newest = service.list_value_models(ws, scientist, project)[0]
    assert (newest.version, newest.note) == (2, "Agreed with sales on Monday")
    assert newest.matrix.tp == Formula("0.5 * (120 * bill - 1000) - 100")
    assert (newest.matrix.fp, newest.rule, newest.currency) == (Decimal(-1100), VALUE.rule, "JPY")  # the rule stays as it was


def test_a_later_change_outlives_going_back_and_forth(ws: Workspace, open_page: OpenPage, scientist: Principal) -> None:
    page = open_page("value_model", scientist, project=project_with_data(ws, scientist), template="churn")
    go(page, 2)
    write(page, "payoff-fp", "-1,234")
    page.button(key="vm-back").click().run()
    go(page)
    assert page.text_input(key="vm-payoff-fp").value == "-1,234"
    page.button(key="vm-back").click().run()
    write(page, "answers-contact", "300")
    go(page)
    assert page.text_input(key="vm-payoff-fp").value == "-1,300"  # other answers, other payoffs


def test_starting_over_leaves_nothing_in_the_inputs(ws: Workspace, open_page: OpenPage, scientist: Principal) -> None:
    page = open_page("value_model", scientist, project=project_with_data(ws, scientist))
    page.radio(key="vm-start").set_value("churn").run()
    write(page, "cases-per-period", "9,999")
    page.selectbox(key="vm-currency").set_value("USD").run()
    page.button(key="vm-start-over").click().run()
    assert not page.exception
    assert page.text_input(key="vm-cases-per-period").value == "7,000"
    assert (page.selectbox(key="vm-currency").value, page.radio(key="vm-start").value) == ("JPY", "version")
    go(page, 4)
    assert "Nothing differs from version 1" in texts(page)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("0.3 * income", "reads the column 'income'"),
        ("100 / (bill - bill)", "200 of 200 rows: a division by zero"),
        ("plan * 2", "200 of its cells hold text"),
        ("open('/etc/passwd')", "isn't allowed"),
        ("(select max(bill) from customers)", "looks like a database query"),
        ("$50", "carries $, but this value model counts in JPY"),
        ("bill *", "can't be read"),
        ("0", "every decision worth the same"),
        ("50 if churn == 'yes' else 0", "which is what shall be predicted"),
    ],
)
def test_what_cannot_be_is_said_while_it_is_typed(ws: Workspace, open_page: OpenPage, scientist: Principal, typed: str, says: str) -> None:
    page = open_page("value_model", scientist, project=project_with_data(ws, scientist))
    go(page)
    if typed == "0":
        write(page, "payoff-fp", "0")
    write(page, "payoff-tp", typed)
    assert not page.exception
    assert says in texts(page)


def test_what_reports_could_not_be_made_with_is_not_saved(ws: Workspace, open_page: OpenPage, scientist: Principal) -> None:
    project = project_with_data(ws, scientist)
    page = open_page("value_model", scientist, project=project)
    go(page)
    write(page, "payoff-tp", "0.3 * income")
    go(page, 3)
    assert page.button(key="vm-save").disabled
    assert "newest data couldn't be made with it" in page.button(key="vm-save").help
    page.button(key="vm-back").click().run()
    page.button(key="vm-back").click().run()
    page.button(key="vm-back").click().run()
    write(page, "payoff-tp", "0.3 * bill")
    go(page, 3)
    assert not page.button(key="vm-save").disabled


def test_another_currency_wants_a_word(ws: Workspace, open_page: OpenPage, scientist: Principal) -> None:
    project = project_with_data(ws, scientist)
    page = open_page("value_model", scientist, project=project)
    page.selectbox(key="vm-currency").set_value("USD").run()
    go(page, 4)
    assert "So far this project counts in JPY" in texts(page)
    assert page.button(key="vm-save").disabled
    page.checkbox(key="vm-currency-change").check().run()
    assert page.button(key="vm-save").disabled
    page.text_area(key="vm-note").set_value("Reported in dollars from April on").run()
    page.button(key="vm-save").click().run()
    assert [m.currency for m in service.list_value_models(ws, scientist, project)] == ["USD", "JPY"]


def test_limits_and_costs_are_kept_and_named_when_wrong(ws: Workspace, open_page: OpenPage, scientist: Principal) -> None:
    project = project_with_data(ws, scientist)
    page = open_page("value_model", scientist, project=project)
    go(page, 2)
    write(page, "limits-capacity", "-5")
    assert "Write a whole number of at least 0." in texts(page)
    write(page, "limits-capacity", "800")
    write(page, "limits-budget", "120万")
    assert "A budget needs the cost of one action." in texts(page)
    write(page, "limits-action-cost", "0.1 * bill")
    write(page, "limits-least-precision", "25")
    go(page)
    write(page, "economics-prevalence", "0")
    assert "both excluded" in texts(page)
    write(page, "economics-prevalence", "5")
    write(page, "economics-one-off-cost", "5,000,000")
    write(page, "economics-discount-rate", "5")
    go(page)
    page.button(key="vm-save").click().run()
    saved = service.list_value_models(ws, scientist, project)[0]
    limits, economics = saved.limits, saved.economics
    assert (limits.capacity, limits.budget, limits.action_cost) == (800, Decimal(1_200_000), Formula("0.1 * bill"))
    assert (limits.least_precision, economics.prevalence) == (Decimal("0.25"), Decimal("0.05"))
    assert (economics.one_off_cost, economics.discount_rate, economics.horizon_months) == (5_000_000, Decimal("0.05"), 36)


def test_todays_rule_may_be_a_formula(ws: Workspace, open_page: OpenPage, scientist: Principal) -> None:
    project = project_with_data(ws, scientist)
    page = open_page("value_model", scientist, project=project)
    go(page, 2)
    page.button_group(key="vm-rule-kind").set_value("formula").run()
    write(page, "rule-formula", "tenure < 12")
    assert "Today's rule picks" in texts(page)
    go(page, 2)
    page.button(key="vm-save").click().run()
    assert service.list_value_models(ws, scientist, project)[0].rule == Formula("tenure < 12")


@pytest.mark.parametrize(
    ("task", "template", "kind"), [(Task.REGRESSION, "demand", DeviationCosts), (Task.MULTICLASS, "triage", ClassPayoffs)]
)
def test_forecasts_and_classes_are_built_too(
    ws: Workspace, open_page: OpenPage, scientist: Principal, task: Task, template: str, kind: type
) -> None:
    project = service.create_project(ws, scientist, replace(SPEC, task=task, value=None)).id
    page = open_page("value_model", scientist, project=project, template=template)
    write(page, "cases-per-period", "500")
    go(page, 5)
    page.button(key="vm-save").click().run()
    assert not page.exception
    saved = service.list_value_models(ws, scientist, project)[0]
    assert isinstance(saved.payoff, kind)
    assert saved.cases_per_period == 500
    shown = open_page("project", scientist, project=project)
    assert not shown.exception
    assert "Value model, version 1" in texts(shown)


def test_what_is_missing_is_listed_with_the_way_there(ws: Workspace, open_page: OpenPage, scientist: Principal) -> None:
    project = service.create_project(ws, scientist, replace(SPEC, task=Task.REGRESSION, value=None)).id
    page = open_page("value_model", scientist, project=project, template="demand")
    go(page, 5)
    assert "Not yet complete" in texts(page)
    assert page.button(key="vm-save").disabled
    page.button(key="vm-go-cases_per_period").click().run()
    assert page.text_input(key="vm-cases-per-period").value == ""


def test_a_viewer_may_try_and_propose_but_neither_see_rows_nor_save(
    ws: Workspace, open_page: OpenPage, scientist: Principal, viewer: Principal
) -> None:
    page = open_page("value_model", viewer, project=project_with_data(ws, scientist), template="churn")
    go(page, 2)
    assert "Rows of data are shown to" in texts(page)
    assert 'class="k-tried"' not in texts(page)
    go(page, 3)
    keys = [button.key for button in page.button]
    assert page.button(key="vm-propose").label == "Propose to the team"
    assert "vm-save" not in keys


def test_it_speaks_japanese(ws: Workspace, open_page: OpenPage, scientist: Principal) -> None:
    page = open_page("value_model", scientist, language="ja", project=project_with_data(ws, scientist), template="churn")
    assert "ある電話会社では" in texts(page)
    go(page, 2)
    write(page, "payoff-tp", "0.3 × bill × 100 − 20")
    assert "見合う確率の下限は" in texts(page)


def test_an_unknown_project_is_said_so(open_page: OpenPage, viewer: Principal) -> None:
    page = open_page("value_model", viewer, project="nothing")
    assert not page.exception
    assert "There is no such project" in texts(page)
