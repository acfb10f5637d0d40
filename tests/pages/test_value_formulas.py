"""The builder's formulas for classes and forecasts, worked out on real rows."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

from app.ui.value_draft import meaning_field
from app.ui.value_sheet import key_of
from core.data.model import ColumnRoles
from core.data.service import declare_roles, upload_dataset
from core.identity import Principal
from core.project import service
from core.project.model import Task
from core.project.payoffs import ClassPayoffs, DeviationCosts, Formula
from core.project.service import ValueModelSpec
from core.project.value_model import DecidedBy, DecidedWhere, Period
from core.workspace import Workspace
from tests.browser.journey import churn_csv
from tests.pages.conftest import OpenPage
from tests.pages.test_value_model import go, texts, write
from tests.project.test_service import SPEC

PLANS = ("basic", "plus", "pro")


def project_of(ws: Workspace, scientist: Principal, task: Task, target: str, value: ValueModelSpec | None = None) -> str:
    project = service.create_project(ws, scientist, replace(SPEC, task=task, value=value))
    version = upload_dataset(ws, scientist, project.id, "churn.csv", io.BytesIO(churn_csv(200)))
    declare_roles(ws, scientist, version.id, ColumnRoles(target))
    return project.id


def test_a_forecasts_costs_may_be_formulas(ws: Workspace, open_page: OpenPage, scientist: Principal) -> None:
    project = project_of(ws, scientist, Task.REGRESSION, "bill")
    page = open_page("value_model", scientist, project=project, template="demand")
    write(page, "cases-per-period", "500")
    go(page, 2)
    write(page, "payoff-over", "2")
    write(page, "payoff-under", "tenure - 1000")
    assert "comes out negative for 200 of 200 rows" in texts(page)
    write(page, "payoff-under", "0.1 * tenure")
    said = texts(page)
    assert not page.exception
    assert "Each unit too little costs 0.1 × tenure, each unit too much" in said
    assert "1 formula, worked out on the data" in said
    assert 'class="k-tried"' in said
    assert "Without any forecast it would pay to plan for" in said
    go(page, 3)
    page.button(key="vm-save").click().run()
    saved = service.list_value_models(ws, scientist, project)[0].payoff
    assert saved == DeviationCosts(Formula("0.1 * tenure"), Decimal(2))


def test_a_table_of_classes_may_hold_formulas(ws: Workspace, open_page: OpenPage, scientist: Principal) -> None:
    rows = (
        (Decimal(0), Formula("-0.1 * bill"), Decimal(-1)),
        (Formula("-bill"), Decimal(0), Decimal(-2)),
        (Decimal(-9), Decimal(-3), Decimal(0)),
    )
    value = ValueModelSpec("EUR", Period.MONTH, 500, ClassPayoffs(PLANS, rows))
    project = project_of(ws, scientist, Task.MULTICLASS, "plan", value)
    page = open_page("value_model", scientist, project=project)
    go(page)
    said = texts(page)
    assert not page.exception
    assert "plus taken for basic" in said
    assert "2 formulas, worked out on the data" in said
    go(page, 3)
    page.button(key="vm-save").click().run()
    assert service.list_value_models(ws, scientist, project)[0].payoff == value.payoff


def test_formulas_speak_japanese(ws: Workspace, open_page: OpenPage, scientist: Principal) -> None:
    value = ValueModelSpec("JPY", Period.MONTH, 500, DeviationCosts(Formula("0.1 * tenure"), Decimal(2)))
    page = open_page("value_model", scientist, language="ja", project=project_of(ws, scientist, Task.REGRESSION, "bill", value))
    go(page)
    said = texts(page)
    assert "案件ごとに計算します" in said
    assert "数式1件をデータで計算した結果" in said


def test_today_of_classes_is_a_column_whose_names_stand_for_classes(ws: Workspace, open_page: OpenPage, scientist: Principal) -> None:
    rows = tuple(tuple(Decimal(0 if i == j else -1 - i) for j in range(3)) for i in range(3))
    project = project_of(ws, scientist, Task.MULTICLASS, "plan", ValueModelSpec("EUR", Period.MONTH, 500, ClassPayoffs(PLANS, rows)))
    page = open_page("value_model", scientist, project=project)
    go(page, 2)
    assert "How you decide today" in texts(page)
    assert "compared with always deciding on the same class" in texts(page)
    page.button_group(key="vm-rule-kind").set_value("column").run()
    page.selectbox(key="vm-rule-column").set_value("churn").run()
    said = texts(page)
    assert "Today's rule finds no class in the column 'churn' for 200 of 200 rows" in said
    assert "Which class does each name stand for?" in said
    page.selectbox(key=key_of(meaning_field("churn", "yes"))).set_value("basic").run()
    assert page.selectbox(key=key_of(meaning_field("churn", "no"))).options[0] == "None of its own"
    assert "finds no class" in texts(page)
    page.selectbox(key="vm-rule-otherwise").set_value("plus").run()
    said = texts(page)
    assert not page.exception
    assert "finds no class" not in said
    assert "On these rows today's rule decides on basic for" in said
    go(page, 2)
    assert "Today it is decided like this: churn (yes means basic, all others plus)." in texts(page)
    page.button(key="vm-save").click().run()
    rule = DecidedBy("churn", (("yes", "basic"),), "plus")
    assert service.list_value_models(ws, scientist, project)[0].rule == rule
    again = open_page("value_model", scientist, project=project)
    go(again, 2)
    assert again.selectbox(key=key_of(meaning_field("churn", "yes"))).value == "basic"
    assert again.selectbox(key="vm-rule-otherwise").value == "plus"


def test_today_of_a_forecast_is_a_column_or_a_formula(ws: Workspace, open_page: OpenPage, scientist: Principal) -> None:
    value = ValueModelSpec("EUR", Period.MONTH, 500, DeviationCosts(Decimal(3), Decimal(1)))
    project = project_of(ws, scientist, Task.REGRESSION, "bill", value)
    page = open_page("value_model", scientist, project=project)
    go(page, 2)
    page.button_group(key="vm-rule-kind").set_value("formula").run()
    write(page, "rule-formula", "2 * bill")
    assert "what shall be predicted" in texts(page)
    write(page, "rule-formula", "tenure +")
    assert "can't be read" in texts(page)
    page.button_group(key="vm-rule-kind").set_value("column").run()
    assert "bill" not in page.selectbox(key="vm-rule-column").options
    page.selectbox(key="vm-rule-column").set_value("tenure").run()
    assert "is planned today" in texts(page)
    go(page, 2)
    assert "Today this is planned: tenure." in texts(page)
    page.button(key="vm-save").click().run()
    assert service.list_value_models(ws, scientist, project)[0].rule == Formula("`tenure`")
    again = open_page("value_model", scientist, language="ja", project=project)
    go(again, 2)
    assert again.selectbox(key="vm-rule-column").value == "tenure"
    assert "現在の計画方法" in texts(again)


def test_today_of_classes_may_be_conditions(ws: Workspace, open_page: OpenPage, scientist: Principal) -> None:
    rows = tuple(tuple(Decimal(0 if i == j else -1 - i) for j in range(3)) for i in range(3))
    project = project_of(ws, scientist, Task.MULTICLASS, "plan", ValueModelSpec("EUR", Period.MONTH, 500, ClassPayoffs(PLANS, rows)))
    page = open_page("value_model", scientist, project=project)
    go(page, 2)
    page.button_group(key="vm-rule-kind").set_value("formula").run()
    write(page, "rule-when-0", "tenure <")
    assert "can't be read" in texts(page)
    write(page, "rule-when-0", "tenure < 6")
    page.selectbox(key="vm-rule-then-0").set_value("basic").run()
    write(page, "rule-when-1", "bill > 60")
    page.selectbox(key="vm-rule-then-1").set_value("pro").run()
    page.selectbox(key="vm-rule-otherwise").set_value("plus").run()
    said = texts(page)
    assert not page.exception
    assert page.text_input(key="vm-rule-when-2").value == ""
    assert "On these rows today's rule decides on basic for" in said
    go(page, 2)
    assert "Today it is decided like this: basic where tenure < 6, pro where bill > 60, all others plus." in texts(page)
    page.button(key="vm-save").click().run()
    rule = DecidedWhere(((Formula("tenure < 6"), "basic"), (Formula("bill > 60"), "pro")), "plus")
    assert service.list_value_models(ws, scientist, project)[0].rule == rule
    again = open_page("value_model", scientist, project=project)
    go(again, 2)
    assert (again.text_input(key="vm-rule-when-1").value, again.selectbox(key="vm-rule-then-1").value) == ("bill > 60", "pro")
