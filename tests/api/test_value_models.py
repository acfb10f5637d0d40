"""Value models over REST: templates, drafts, previews on real rows, versions; everything that can't be is named."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from core.identity import Role
from tests.api.conftest import Caller
from tests.api.test_projects import BODY
from tests.browser.journey import churn_csv

DRAFT = {"currency": "JPY", "period": "month", "cases_per_period": 7000, "answers": {"offer": 4000, "contact": "1500"}}


def make(call_as: Caller, *, data: bool = True) -> str:
    """A project, with data; its id."""
    client = call_as(Role.SCIENTIST)
    project = client.post("/projects", json=BODY).json()["id"]
    if data:
        made = client.post("/datasets", data={"project_id": project}, files={"file": ("churn.csv", churn_csv(200))})
        assert made.status_code == 201, made.text
    return str(project)


def test_templates_say_questions_sources_and_an_example(call_as: Caller) -> None:
    viewer = call_as(Role.VIEWER)
    found = viewer.get("/value-model-templates").json()
    assert [t["key"] for t in found] == ["churn", "credit", "marketing", "fraud", "maintenance", "demand", "triage"]
    churn = found[0]
    accepts = next(q for q in churn["questions"] if q["key"] == "accepts")
    assert (accepts["kind"], accepts["default"], accepts["by_row"]) == ("share", "0.3", False)
    assert "Verbraken" in accepts["source"]
    assert next(q for q in churn["questions"] if q["key"] == "months")["source"] is None
    assert "+€56.00" in churn["example"]
    assert churn["example_working"][0] == {"cell": "tp", "arithmetic": "0.3 × (200 − 10) − 1", "result": "56.00"}
    assert [t["key"] for t in viewer.get("/value-model-templates", params={"task": "regression"}).json()] == ["demand"]
    assert viewer.get("/value-model-templates", params={"language": "ja"}).json()[0]["name"] != churn["name"]
    assert call_as().get("/value-model-templates").status_code == 401


def test_a_draft_can_be_saved_as_it_is(call_as: Caller) -> None:
    project, client = make(call_as, data=False), call_as(Role.SCIENTIST)
    answers = {**DRAFT["answers"], "basis": "monthly", "monthly": "100 * bill", "months": 6, "margin": "50%"}  # type: ignore[dict-item]
    made = client.post("/value-model-templates/churn/draft", json={**DRAFT, "answers": answers})
    assert made.status_code == 200, made.text
    draft = made.json()
    assert draft["value_model"]["payoff"]["tp"] == "=0.3 * (6 * 0.5 * 100 * bill - 4000) - 1500"
    assert any("7,000 customers" in said for said in draft["says"])
    saved = client.post(f"/projects/{project}/value-models", json=draft["value_model"])
    assert saved.status_code == 201, saved.text
    assert (saved.json()["payoff"], saved.json()["version"]) == (draft["value_model"]["payoff"], 2)


@pytest.mark.parametrize(("key", "task"), [("demand", "regression"), ("triage", "multiclass")])
def test_drafts_of_other_kinds_can_be_saved_too(call_as: Caller, key: str, task: str) -> None:
    client = call_as(Role.SCIENTIST)
    project = client.post("/projects", json={**BODY, "task": task, "value": None}).json()["id"]
    draft = client.post(f"/value-model-templates/{key}/draft", json={**DRAFT, "answers": {}}).json()["value_model"]
    saved = client.post(f"/projects/{project}/value-models", json=draft)
    assert saved.status_code == 201, saved.text
    assert saved.json()["payoff"] == draft["payoff"]


def test_a_preview_works_out_real_rows(call_as: Caller) -> None:
    project = make(call_as)
    body = {**BODY["value"], "payoff": {"tp": "= 2 * bill - 20", "fp": -10, "fn": 0, "tn": 0}, "limits": {"capacity": 500}}
    answer = call_as(Role.SCIENTIST).post(f"/projects/{project}/value-models/preview", json=body)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["works"]
    assert (found["source"]["rows"], found["source"]["read"]) == (200, 200)
    row = found["rows"][0]
    assert row["payoffs"]["tp"] == pytest.approx(2 * float(row["read"]["bill"]) - 20)
    assert set(row["acts"]) == {"0.1", "0.5", "0.9"}
    assert 0 < found["pays_from"]["low"] < found["pays_from"]["high"] < 1
    assert found["rule_share"] is not None
    assert {c["label"] for c in found["changes"]} == {
        "A call for one who would leave",
        "A call for one who would have stayed",
        "Most actions a period",
    }
    assert any("At most 500 calls a month." in said for said in found["says"])
    with_problem = {**body, "payoff": {**body["payoff"], "tp": "100 / (bill - bill)"}}
    told = call_as(Role.APPROVER).post(f"/projects/{project}/value-models/preview", params={"language": "ja"}, json=with_problem).json()
    assert not told["works"]
    assert (told["problems"][0]["field"], told["problems"][0]["rows"]) == ("payoff.tp", 200)
    assert "200行" in told["problems"][0]["message"]


def test_nothing_is_saved_by_a_preview_and_not_everybody_may_look(call_as: Caller) -> None:
    project = make(call_as)
    for roles, status in (((Role.VIEWER,), 403), ((), 401), ((Role.SCIENTIST,), 200)):
        assert call_as(*roles).post(f"/projects/{project}/value-models/preview", json=BODY["value"]).status_code == status
    assert len(call_as(Role.VIEWER).get(f"/projects/{project}/value-models").json()) == 1
    nothing = call_as(Role.SCIENTIST).post(
        f"/projects/{project}/value-models/preview", params={"dataset_version_id": "x"}, json=BODY["value"]
    )
    assert nothing.status_code == 404


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("payoff",), {"tp": 1, "fp": -1, "tn": 0}, "payoff.fn: Field required"),
        (("payoff",), {"under": 1}, "payoff.over: Field required"),
        (("payoff",), None, "payoff"),
        (("payoff", "tp"), "income *", "payoff.tp"),
        (("payoff", "tp"), "'gold'", "isn't allowed"),
        (("payoff", "tp"), "(SELECT sum(bill) FROM churn)", "database query"),
        (("payoff", "tp"), "open('/etc/passwd').read()", "isn't allowed"),
        (("payoff", "tp"), "1e999999999", "payoff.tp"),
        (("payoff",), {"tp": 5, "fp": 0, "fn": 5, "tn": 0}, "every decision worth the same"),
        (("limits",), {"capacity": -1}, "must not be negative"),
        (("limits",), {"budget": "-0.01", "action_cost": 1}, "must not be negative"),
        (("limits",), {"budget": 10}, "cost of one action"),
        (("limits",), {"capacity": 10**13}, "at most 10^12"),
        (("limits",), {"least_precision": "1.2"}, "between 0 and 1"),
        (("limits",), {"least_precision": "50%"}, "'50%' is not a share"),
        (("economics",), {"discount_rate": "0,05"}, "'0,05' is not a share"),
        (("payoff", "tp"), "0.004", "'0.004' would count as nothing"),
        (("payoff", "tp"), "12,50", "'12,50' is not an amount"),
        (("economics",), {"prevalence": 0}, "both excluded"),
        (("economics",), {"horizon_months": 0}, "1 to 120 months"),
        (("rule",), {"formula": "import os"}, "can't be read"),
        (("payoff", "tp"), None, "payoff.tp: Give a number"),
        (("payoff", "tp"), True, "payoff.tp: Give a number"),
        (("limits",), {"budget": False, "action_cost": 1}, "limits.budget: Give a number"),
        (("payoff", "tp"), "50 if plan = 'gold' else 20", "Two equals signs compare"),
        (("currency",), "XYZ", "'XYZ' is not a currency that Kachi knows"),
        (("currency",), "USD", "counts in JPY; this version counts in USD"),
    ],
)
def test_bad_input_is_named(call_as: Caller, path: tuple[str, ...], value: Any, says: str) -> None:
    project, client = make(call_as, data=False), call_as(Role.SCIENTIST)
    body = copy.deepcopy(BODY["value"])
    place = body
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    answer = client.post(f"/projects/{project}/value-models", json=body)
    assert answer.status_code == 422, answer.text
    assert says in answer.json()["detail"]
    assert len(client.get(f"/projects/{project}/value-models").json()) == 1


def test_a_currency_changes_only_with_a_word(call_as: Caller) -> None:
    project, client = make(call_as, data=False), call_as(Role.SCIENTIST)
    body = {**BODY["value"], "currency": "USD", "currency_change": True}
    assert "Say in the note why" in client.post(f"/projects/{project}/value-models", json=body).json()["detail"]
    told = client.post(f"/projects/{project}/value-models", json={**body, "note": "Reported in dollars from April on"})
    assert (told.status_code, told.json()["currency"]) == (201, "USD")


@pytest.mark.parametrize(
    ("key", "body", "status", "says"),
    [
        ("nothing", DRAFT, 404, "template"),
        ("churn", {**DRAFT, "answers": {"accepts": "200%"}}, 422, "between 1% and 100%"),
        ("churn", {**DRAFT, "answers": {"color": "red"}}, 422, "no question 'color'"),
        ("churn", {**DRAFT, "currency": "XXX"}, 422, "XXX"),
        ("churn", {**DRAFT, "cases_per_period": 0}, 422, "cases_per_period"),
        ("triage", {**DRAFT, "answers": {"labels": ["a"]}}, 422, "2 to 30"),
    ],
)
def test_answers_that_cannot_be_are_named(call_as: Caller, key: str, body: dict[str, Any], status: int, says: str) -> None:
    answer = call_as(Role.VIEWER).post(f"/value-model-templates/{key}/draft", json=body)
    assert answer.status_code == status, answer.text
    assert says in answer.json()["detail"]


QUEUES = {
    "kind": "classes",
    "classes": ["basic", "plus", "pro"],
    "values": [["0", "-0.1 * bill", "-1"], ["=-bill", 0, "-2.50"], [-9, "-3", 0]],
}
UNITS = {"kind": "deviation", "under": "0.1 * tenure", "over": "2", "tolerance": "1"}


@pytest.mark.parametrize(
    ("task", "target", "payoff", "paid"),
    [("multiclass", "plan", QUEUES, {"values.basic.plus", "values.plus.basic"}), ("regression", "bill", UNITS, {"under"})],
)
def test_classes_and_forecasts_take_formulas_too(call_as: Caller, task: str, target: str, payoff: dict[str, Any], paid: set[str]) -> None:
    client = call_as(Role.SCIENTIST)
    project = client.post("/projects", json={**BODY, "task": task, "value": None}).json()["id"]
    version = client.post("/datasets", data={"project_id": project}, files={"file": ("churn.csv", churn_csv(200))}).json()["id"]
    assert client.put(f"/datasets/versions/{version}/roles", json={"target": target}).status_code == 200
    body = {"currency": "EUR", "period": "month", "cases_per_period": 500, "payoff": payoff}
    tried = client.post(f"/projects/{project}/value-models/preview", json=body).json()
    assert tried["works"] is True, tried["problems"]
    assert {name for row in tried["rows"] for name in row["payoffs"]} == paid
    assert {spread["field"] for spread in tried["spreads"]} == {f"payoff.{name}" for name in paid}
    row = tried["rows"][0]
    if task == "regression":
        assert row["payoffs"]["under"] == pytest.approx(0.1 * float(row["read"]["tenure"]))
        assert tried["planned_demand"] > tried["mean_demand"]
        assert any("case by case" in said for said in tried["says"])
    else:
        assert row["payoffs"]["values.plus.basic"] == pytest.approx(-float(row["read"]["bill"]))
    saved = client.post(f"/projects/{project}/value-models", json=body)
    assert saved.status_code == 201, saved.text
    told = saved.json()["payoff"]
    if task == "regression":
        assert (told["under"], told["over"], told["quantile"]) == ("=0.1 * tenure", "2.00", None)
    else:
        assert told["values"] == [["0.00", "=-0.1 * bill", "-1.00"], ["=-bill", "0.00", "-2.50"], ["-9.00", "-3.00", "0.00"]]
    again = client.post(f"/projects/{project}/value-models", json={**body, "payoff": told})
    assert again.json()["payoff"] == told


@pytest.mark.parametrize(
    ("task", "target", "payoff", "field", "says"),
    [
        ("regression", "bill", {**UNITS, "under": "tenure - 1000"}, "payoff.under", "comes out negative for 200 of 200 rows"),
        ("regression", "bill", {**UNITS, "over": "income"}, "payoff.over", None),
        ("regression", "bill", {**UNITS, "over": "1 / (tenure - tenure)"}, "payoff.over", "a division by zero"),
        ("regression", "bill", {**UNITS, "over": "2 * bill"}, "payoff.over", "which is what shall be predicted"),
        ("multiclass", "plan", {**QUEUES, "values": [["0", "2 * churn", "-1"], [-1, 0, -1], [-1, -1, 0]]}, "payoff.values.basic.plus", "hold text"),
        ("multiclass", "plan", {**QUEUES, "values": [["0", "2 * income", "-1"], [-1, 0, -1], [-1, -1, 0]]}, "payoff.values.basic.plus", "the data doesn't have"),
    ],
)  # fmt: skip
def test_formulas_that_cannot_be_are_named(
    call_as: Caller, task: str, target: str, payoff: dict[str, Any], field: str, says: str | None
) -> None:
    client = call_as(Role.SCIENTIST)
    project = client.post("/projects", json={**BODY, "task": task, "value": None}).json()["id"]
    version = client.post("/datasets", data={"project_id": project}, files={"file": ("churn.csv", churn_csv(200))}).json()["id"]
    client.put(f"/datasets/versions/{version}/roles", json={"target": target})
    body = {"currency": "EUR", "period": "month", "cases_per_period": 500, "payoff": payoff}
    tried = client.post(f"/projects/{project}/value-models/preview", json=body)
    if says is None:  # a column alone stands in backquotes
        assert tried.status_code == 422
        assert f"'{payoff['over']}' is not an amount" in tried.text
        return
    found = next(p for p in tried.json()["problems"] if p["field"] == field)
    assert says in found["message"]


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"payoff": {"tp": "0.3 * premium", "fp": -10, "fn": 0, "tn": 0}}, "payoff.tp", "reads the column 'premium', which the data doesn't have. There are: "),
        ({"payoff": {"tp": "bill / (tenure - tenure)", "fp": -10, "fn": 0, "tn": 0}}, "payoff.tp", "can't be worked out for 200 of 200 rows"),
        ({"payoff": {"tp": "bill / 0", "fp": -10, "fn": 0, "tn": 0}}, "payoff.tp", "can't be worked out"),
        ({"rule": {"column": "nothing", "operator": "=", "value": "1"}}, "rule", "nothing"),
        ({"rule": {"formula": "tenur > 3"}}, "rule", "which the data doesn't have. There are: tenure, "),
    ],
)  # fmt: skip
def test_what_the_data_cannot_answer_is_neither_saved_nor_proposed(call_as: Caller, change: dict[str, Any], field: str, says: str) -> None:
    project, client = make(call_as), call_as(Role.SCIENTIST)
    body = {**copy.deepcopy(BODY["value"]), "note": "Other figures", **change}
    for path in ("value-models", "value-model-proposals"):
        answer = client.post(f"/projects/{project}/{path}", json=body)
        assert answer.status_code == 422, answer.text
        assert field in answer.text
        assert says in answer.json()["detail"]
    assert len(client.get(f"/projects/{project}/value-models").json()) == 1


CLASSES = {"kind": "classes", "classes": ["basic", "plus", "pro"], "values": [[0, -1, -1], [-2, 0, -1], [-9, -3, 0]]}
DEVIATION = {"kind": "deviation", "under": 3, "over": 1}


@pytest.mark.parametrize(
    ("task", "payoff", "rule"),
    [
        ("multiclass", CLASSES, {"decided_by": "churn", "names": {"yes": "basic", "no": "pro"}, "otherwise": "plus"}),
        (
            "multiclass",
            CLASSES,
            {"where": [{"when": "tenure < 6", "decide": "basic"}, {"when": "bill > 60", "decide": "pro"}], "otherwise": "plus"},
        ),
        ("multiclass", CLASSES, {"decided_by": "churn", "otherwise": "pro"}),
        ("regression", DEVIATION, {"formula": "1.1 * tenure"}),
        ("regression", DEVIATION, {"formula": "`tenure`"}),
    ],
)
def test_todays_rule_of_classes_and_forecasts_goes_in_and_comes_out(call_as: Caller, task: str, payoff: Any, rule: Any) -> None:
    client = call_as(Role.SCIENTIST)
    project = client.post("/projects", json={**BODY, "task": task, "value": {**BODY["value"], "payoff": payoff, "rule": rule}}).json()["id"]
    (saved,) = client.get(f"/projects/{project}/value-models").json()
    assert {name: saved["rule"][name] for name in rule} == rule
    again = client.post(f"/projects/{project}/value-models", json={**BODY["value"], "payoff": payoff, "rule": saved["rule"]})
    assert again.status_code == 201, again.text
    assert again.json()["rule"] == saved["rule"]
    client.post("/datasets", data={"project_id": project}, files={"file": ("churn.csv", churn_csv(200))})
    tried = client.post(f"/projects/{project}/value-models/preview", json={**BODY["value"], "payoff": payoff, "rule": rule}).json()
    assert tried["works"], tried["problems"]
    assert (tried["planned_today"] is None) is (task == "multiclass")
    assert sum(tried["rule_classes"].values()) == pytest.approx(1 if task == "multiclass" else 0)
    proposed = client.post(
        f"/projects/{project}/value-model-proposals",
        json={**BODY["value"], "payoff": payoff, "rule": rule, "cases_per_period": 9, "note": "Fewer"},
    )
    assert proposed.status_code == 201, proposed.text
    assert {name: proposed.json()["value_model"]["rule"][name] for name in rule} == rule


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"rule": BODY["value"]["rule"]}, "rule"),
        ({"rule": {"formula": "tenure"}}, "rule"),
        ({"rule": {"decided_by": "churn", "names": {"yes": "gold"}}}, "rule"),
        ({"rule": {"decided_by": "churn", "formula": "tenure"}}, "rule"),
        ({"rule": {"names": {"yes": "basic"}}}, "rule"),
        ({"rule": {"otherwise": "basic"}}, "rule"),
        ({"rule": {"where": [], "otherwise": "basic"}}, "rule.where"),
        ({"rule": {"where": [{"when": "tenure < 6", "decide": "basic"}]}}, "rule.otherwise"),
        ({"rule": {"where": [{"when": "tenure <", "decide": "basic"}], "otherwise": "pro"}}, "rule"),
        ({"limits": {"capacity": 5}}, "limits.capacity"),
        ({"economics": {"prevalence": 0.1}}, "economics.prevalence"),
    ],
)
def test_what_does_not_fit_classes_is_refused_with_its_field(call_as: Caller, more: dict[str, Any], field: str) -> None:
    client, value = call_as(Role.SCIENTIST), {**BODY["value"], "payoff": CLASSES, "rule": None}
    project = client.post("/projects", json={**BODY, "task": "multiclass", "value": value}).json()["id"]
    for path in ("value-models", "value-models/preview", "value-model-proposals"):
        answer = client.post(f"/projects/{project}/{path}", json={**value, **more, "note": "Why"})
        assert (answer.status_code, answer.json()["fields"]["field"]) == (422, field), answer.text
