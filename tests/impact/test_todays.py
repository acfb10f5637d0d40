"""Today's rule of several classes and of forecasts: what it decides, kept and read again, on real rows, and where it can't be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from core.errors import InvalidInput
from core.identity import Principal
from core.impact import source, task_value
from core.impact.multiclass import ClassPolicy
from core.impact.preview import preview_value_model
from core.impact.regression import ForecastPolicy
from core.impact.rule import rule_columns
from core.impact.task_report import task_report_from_json, task_report_to_json
from core.impact.todays import decided_today, unknown_names
from core.impact.value_saving import save_value_model
from core.impact.value_words import changes, facts, sentences
from core.project import service as projects
from core.project.model import Task
from core.project.payoffs import ClassPayoffs, DeviationCosts, Formula, PayoffMatrix
from core.project.service import ValueModelSpec
from core.project.terms import Economics, Limits
from core.project.value_json import rule_from_json, rule_to_json, value_model_from_json, value_model_to_json
from core.project.value_model import DecidedBy, DecidedWhere, Operator, Period, Rule, TodaysRule, ValueModel
from core.words import Words
from core.workspace import Workspace
from tests.impact.test_preview import NOUNS, bring, table
from tests.impact.test_task_value import project_of

D = Decimal
CLASSES = ClassPayoffs(("basic", "gold"), ((D(0), D(-1)), (D(-5), D(0))))
COSTS = DeviationCosts(D(3), D(1))
BY_QUEUE = DecidedBy("queue", (("night", "L"), ("express", "VF")), "F")
RULES = [
    BY_QUEUE, DecidedBy("plan"), DecidedWhere(((Formula("fee < 3"), "F"), (Formula("plan == 'gold'"), "L")), "VF"), Formula("1.1 * `last week`"), TodaysRule("tenure", Operator.BELOW, "6"), None,
]  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_every_kind_of_rule_is_kept_as_it_is(rule: Rule | None) -> None:
    assert rule_from_json(rule_to_json(rule)) == rule
    model = ValueModel("m", "p", 1, "EUR", Period.MONTH, 10, COSTS, rule, "", "u", datetime(2026, 1, 1, tzinfo=UTC))
    assert value_model_from_json(value_model_to_json(model)).rule == rule


def test_a_cell_names_a_class_by_its_own_name_by_another_or_falls_to_the_rest() -> None:
    cells = pd.DataFrame({"queue": ["VF", " night ", "express", "?", None, ""]})
    assert decided_today(BY_QUEUE, ("VF", "F", "L"), cells).tolist() == [0, 2, 0, 1, 1, 1]
    strict = replace(BY_QUEUE, otherwise=None)
    assert unknown_names(strict, ("VF", "F", "L"), cells) == ("", "?")
    with pytest.raises(InvalidInput, match=r"finds no class in the column 'queue' for 3 of 6 rows \(–, \?\)"):
        decided_today(strict, ("VF", "F", "L"), cells)
    with pytest.raises(InvalidInput, match="names the class 'F', which the payoffs don't have"):
        decided_today(BY_QUEUE, ("VF", "L"), cells)
    with pytest.raises(InvalidInput, match="needs the column 'queue'"):
        decided_today(BY_QUEUE, ("VF", "F", "L"), cells.rename(columns={"queue": "x"}))


def test_the_first_condition_that_holds_decides() -> None:
    rule = DecidedWhere(((Formula("fee > 50"), "L"), (Formula("fee > 10"), "F"), (Formula("fee > 60"), "VF")), "VF")
    cells = pd.DataFrame({"fee": [70.0, 20.0, 5.0]})
    assert decided_today(rule, ("VF", "F", "L"), cells).tolist() == [2, 1, 0]
    assert (rule.classes, rule_columns(rule)) == (("L", "F", "VF"), ("fee",))
    with pytest.raises(InvalidInput, match="names the class 'F', which the payoffs don't have"):
        decided_today(rule, ("VF", "L"), cells)
    with pytest.raises(InvalidInput, match="'rule' can't be worked out for 1 of 3 rows"):
        decided_today(rule, ("VF", "F", "L"), pd.DataFrame({"fee": [70.0, None, 5.0]}))


def test_numbers_and_yes_or_no_are_names_too() -> None:
    assert decided_today(DecidedBy("k"), ("1", "2"), pd.DataFrame({"k": [2.0, 1.0]})).tolist() == [1, 0]
    assert decided_today(DecidedBy("k", (), "1"), ("1", "2"), pd.DataFrame({"k": [2.0, np.nan]})).tolist() == [1, 0]
    assert decided_today(DecidedBy("k"), ("false", "true"), pd.DataFrame({"k": [True, False]})).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: DecidedBy(" "), "needs a column"),
        (lambda: DecidedBy("a", (("x", "A"), ("x", "B"))), "'x' no class of its own"),
        (lambda: DecidedBy("a", ((" ", "A"),)), "no class of its own"),
        (lambda: DecidedBy("a", tuple((str(i), "A") for i in range(101))), "at most 100"),
        (lambda: DecidedWhere((), "A"), "1 to 20 conditions"),
        (lambda: DecidedWhere(((Formula("a > 1"), "A"),) * 21, "A"), "1 to 20 conditions"),
    ],
)
def test_what_is_no_rule_is_refused(make: object, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        make()  # type: ignore[operator]


MATRIX = PayoffMatrix(D(9), D(-1), D(0), D(0))
MISFITS = [
    (Task.BINARY, MATRIX, {"rule": DecidedBy("plan")}, "rule"),
    (Task.MULTICLASS, CLASSES, {"rule": Formula("fee > 3")}, "rule"),
    (Task.MULTICLASS, CLASSES, {"rule": TodaysRule("fee", Operator.ABOVE, "3")}, "rule"),
    (Task.MULTICLASS, CLASSES, {"rule": DecidedBy("plan", (("gold", "silver"),))}, "rule"),
    (Task.MULTICLASS, CLASSES, {"rule": DecidedWhere(((Formula("fee > 3"), "silver"),), "gold")}, "rule"),
    (Task.REGRESSION, COSTS, {"rule": DecidedWhere(((Formula("fee > 3"), "silver"),), "gold")}, "rule"),
    (Task.REGRESSION, COSTS, {"rule": DecidedBy("plan")}, "rule"),
    (Task.REGRESSION, COSTS, {"rule": TodaysRule("fee", Operator.ABOVE, "3")}, "rule"),
    (Task.MULTICLASS, CLASSES, {"limits": Limits(capacity=5)}, "limits.capacity"),
    (Task.REGRESSION, COSTS, {"limits": Limits(budget=D(5), action_cost=D(1))}, "limits.budget"),
    (Task.REGRESSION, COSTS, {"limits": Limits(least_precision=D("0.2"))}, "limits.least_precision"),
    (Task.MULTICLASS, CLASSES, {"economics": Economics(prevalence=D("0.2"))}, "economics.prevalence"),
]  # fmt: skip


@pytest.mark.parametrize(("task", "payoff", "more", "field"), MISFITS)
def test_what_does_not_fit_the_task_is_refused_by_name(
    ws: Workspace, scientist: Principal, task: Task, payoff: object, more: dict[str, object], field: str
) -> None:
    plain = ValueModelSpec("EUR", Period.MONTH, 100, payoff)  # type: ignore[arg-type]
    project = project_of(ws, scientist, task, payoff).id
    with pytest.raises(InvalidInput) as refused:
        save_value_model(ws, scientist, project, replace(plain, **more))  # type: ignore[arg-type]
    assert refused.value.field == field
    assert len(projects.list_value_models(ws, scientist, project)) == 1


def classes_draft(rule: Rule | None) -> ValueModelSpec:
    return ValueModelSpec("EUR", Period.MONTH, 100, CLASSES, rule)


def test_a_draft_says_what_todays_rule_decides_on_real_rows(ws: Workspace, scientist: Principal) -> None:
    data = table().assign(sort=lambda frame: np.where(frame["fee"] < 30, "G", "B"), sure=lambda frame: frame["plan"])
    project = bring(ws, scientist, data, task=Task.MULTICLASS, target="plan", value=None)

    def tried(rule: Rule) -> object:
        return preview_value_model(ws, scientist, project, classes_draft(rule))

    by_sort = tried(DecidedBy("sort", (("G", "gold"),), "basic"))
    assert by_sort.works  # type: ignore[attr-defined]
    assert by_sort.rule_classes == (("basic", 0.5), ("gold", 0.5))  # type: ignore[attr-defined]
    # By hand: every third row is gold; of the first 30, 10 are, of the others 20 are basic.
    assert by_sort.rule_right == pytest.approx(30 / 60)  # type: ignore[attr-defined]
    by_fee = tried(DecidedWhere(((Formula("fee < 30"), "gold"),), "basic"))
    assert (by_fee.rule_classes, by_fee.rule_right) == (by_sort.rule_classes, by_sort.rule_right)  # type: ignore[attr-defined]
    assert tried(DecidedBy("sure")).rule_right == 1.0  # type: ignore[attr-defined]
    for rule, says in (
        (DecidedBy("plan"), "what shall be predicted"),
        (DecidedBy("srot"), "the data doesn't have. There are: sort"),
        (DecidedBy("sort", (("G", "gold"),)), r"for 30 of 60 rows (B)"),
        (DecidedWhere(((Formula("spent > 3"), "gold"),), "basic"), "whose column 'spent' is empty"),
        (DecidedWhere(((Formula("plan == 'gold'"), "gold"),), "basic"), "what shall be predicted"),
        (DecidedWhere(((Formula("feee > 3"), "gold"),), "basic"), "There are: fee"),
        (DecidedWhere(((Formula("sort > 3"), "gold"),), "basic"), "hold text"),
    ):
        (problem,) = tried(rule).problems  # type: ignore[attr-defined]
        assert (problem.field, says in str(problem)) == ("rule", True), str(problem)
        with pytest.raises(InvalidInput) as refused:
            save_value_model(ws, scientist, project, classes_draft(rule))
        assert refused.value.field == "rule"
    (remark,) = tried(DecidedBy("sort", (), "basic")).remarks  # type: ignore[attr-defined]
    assert "'basic' for every one of these rows" in str(remark)
    assert save_value_model(ws, scientist, project, classes_draft(DecidedBy("sure"))).rule == DecidedBy("sure")


def test_a_draft_says_what_is_planned_today_on_real_rows(ws: Workspace, scientist: Principal) -> None:
    project = bring(ws, scientist, table(), task=Task.REGRESSION, target="fee", value=None)

    def spec(text: str) -> ValueModelSpec:
        return ValueModelSpec("EUR", Period.MONTH, 100, COSTS, Formula(text))

    good = preview_value_model(ws, scientist, project, spec("2 * coalesce(spent, 1)"))
    assert good.works
    assert good.planned is not None
    assert (good.planned.low, good.planned.high) == (2.0, 118.0)
    for text, says in (
        ("spent", "whose column 'spent' is empty"),
        ("fee", "what shall be predicted"),
        ("plan", "hold text"),
        ("spend", "There are: spent"),
    ):
        problems = preview_value_model(ws, scientist, project, spec(text)).problems
        assert any(p.field == "rule" and says in str(p) for p in problems), [str(p) for p in problems]
        with pytest.raises(InvalidInput) as refused:
            save_value_model(ws, scientist, project, spec(text))
        assert refused.value.field == "rule"


def run_of(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: Task, project_id: str, frame: pd.DataFrame, data: pd.DataFrame
) -> None:
    frame.to_parquet(tmp_path / "scores.parquet", index=False)
    sha256 = ws.artifacts.put(tmp_path / "scores.parquet").sha256
    run = SimpleNamespace(
        id="run-1",
        number=7,
        project_id=project_id,
        task=task,
        dataset_version_id="v",
        artifacts=SimpleNamespace(scores_sha256=sha256),
        summary=None,
    )
    monkeypatch.setattr(task_value, "finished", lambda ws, run_id: run)
    kept = SimpleNamespace(
        columns=lambda ws, version, names, at: data[[n for n in names if n in data]].iloc[at].reset_index(drop=True),
        attributes=lambda ws, version: list(data.columns),
    )
    monkeypatch.setattr(source, "_source", kept)


def test_a_run_of_classes_is_held_against_todays_decisions(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Today decides rightly in nine of ten cases, which is better than always the same class; worked out by hand."""
    rng = np.random.default_rng(4)
    rows = rng.permutation(3_000)[:2_000]
    truth = rng.random(3_000) < 0.4
    today = np.where(rng.random(3_000) < 0.9, truth, ~truth)
    data = pd.DataFrame({"queue": np.where(today, "slow", "basic")})
    p = np.where(truth, 0.8, 0.2)[rows]
    frame = pd.DataFrame({
        "split": np.where(np.arange(2_000) < 1_000, "validation", "test"), "row": rows, "y": np.where(truth[rows], "gold", "basic"),
        "p:basic": 1 - p, "p:gold": p,
    })  # fmt: skip
    project = project_of(ws, scientist, Task.MULTICLASS, CLASSES)
    projects.add_value_model(ws, scientist, project.id, classes_draft(DecidedBy("queue", (("slow", "gold"),))))
    run_of(ws, tmp_path, monkeypatch, Task.MULTICLASS, project.id, frame, data)
    report = task_value.value_task_run(ws, viewer, "run-1")
    assert task_report_from_json(task_report_to_json(report)) == report
    found = report.classes
    assert found is not None
    assert found.reference is ClassPolicy.RULE
    rule = found.policy_value(ClassPolicy.RULE)
    assert rule is not None
    of, on = truth[rows][1_000:], today[rows][1_000:]
    worth = np.where(of == on, 0.0, np.where(of, -5.0, -1.0))
    assert float(rule.value_per_case.value) == pytest.approx(worth.mean(), abs=1e-6)
    assert rule.right.value == pytest.approx((of == on).mean())
    assert found.ruled == tuple(tuple(int(((of == i) & (on == j)).sum()) for j in (0, 1)) for i in (0, 1))
    assert found.gain.value == rule.behind.value
    # A label that the rule doesn't know in an older run's rows is an error, and no row is dropped.
    data.loc[rows[1_500], "queue"] = "odd"
    task_value._kept.__init__()  # type: ignore[misc]
    with pytest.raises(InvalidInput, match=r"for 1 of 1000 rows \(odd\)"):
        task_value.value_task_run(ws, viewer, "run-1")


def test_a_forecast_is_held_against_todays_plan(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(6)
    rows = rng.permutation(3_000)[:2_000]
    actual = rng.uniform(50, 150, 3_000)
    data = pd.DataFrame({"last week": actual + rng.normal(0, 8, 3_000)})
    frame = pd.DataFrame({
        "split": np.where(np.arange(2_000) < 1_000, "validation", "test"), "row": rows, "y": actual[rows],
        "score": actual[rows] + rng.normal(0, 4, 2_000),
    })  # fmt: skip
    project = project_of(ws, scientist, Task.REGRESSION, COSTS)
    run_of(ws, tmp_path, monkeypatch, Task.REGRESSION, project.id, frame, data)
    before = task_value.value_task_run(ws, viewer, "run-1").forecast
    projects.add_value_model(ws, scientist, project.id, ValueModelSpec("EUR", Period.MONTH, 1_000, COSTS, Formula("`last week` + 2")))
    found = task_value.value_task_run(ws, viewer, "run-1").forecast
    assert before is not None
    assert found is not None
    assert before.policy_value(ForecastPolicy.TODAY) is None
    assert found.reference is ForecastPolicy.TODAY
    today = found.policy_value(ForecastPolicy.TODAY)
    assert today is not None
    gap = (actual[rows] - data["last week"].to_numpy()[rows] - 2)[1_000:]
    assert float(today.cost_per_case.value) == pytest.approx(np.where(gap > 0, 3 * gap, -gap).mean(), abs=1e-5)
    assert found.saving.low > 0
    assert found.saving.value < before.saving.value


def test_it_is_said_in_words_of_both_languages() -> None:
    english, japanese = Words("en"), Words("ja")
    by_queue, plan = classes_draft(BY_QUEUE), ValueModelSpec("EUR", Period.MONTH, 100, COSTS, Formula("`last week`"))
    assert "Today it is decided like this: queue (night means L, express means VF, all others F)." in sentences(english, NOUNS, by_queue)
    assert "Today this is planned: last week." in sentences(english, NOUNS, plan)
    (fact,) = [fact for fact in facts(english, NOUNS, plan) if fact.field == "rule"]
    assert (fact.label, fact.value) == ("What is planned today", "last week")
    (change,) = changes(english, NOUNS, classes_draft(None), by_queue)
    assert (change.label, change.before) == ("How it is decided today", "None")
    many = classes_draft(DecidedBy("queue", tuple((str(n), "gold") for n in range(6))))
    assert "3 means gold, 2 more names)" in sentences(english, NOUNS, many)[-1]
    where = classes_draft(DecidedWhere(((Formula("fee > 50"), "gold"),), "basic"))
    assert sentences(english, NOUNS, where)[-1] == "Today it is decided like this: gold where fee > 50, all others basic."
    assert "fee > 50ならgold、その他はbasic" in sentences(japanese, NOUNS, where)[-1]
    assert all(said.endswith("。") for spec in (by_queue, plan) for said in sentences(japanese, NOUNS, spec)[-1:])


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.REGRESSION])
def test_scores_that_do_not_say_which_rows_they_are_of_are_an_error_and_not_a_guess(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: Task
) -> None:
    frame = pd.DataFrame(
        {"split": ["validation", "test"] * 20, "y": ["basic", "gold"] * 20 if task is Task.MULTICLASS else np.arange(40.0)}
    )
    frame = frame.assign(**{"p:basic": 0.5, "p:gold": 0.5, "score": 1.0})
    project = project_of(ws, scientist, task, CLASSES if task is Task.MULTICLASS else COSTS)
    spec = classes_draft(DecidedBy("plan")) if task is Task.MULTICLASS else ValueModelSpec("EUR", Period.MONTH, 9, COSTS, Formula("fee"))
    projects.add_value_model(ws, scientist, project.id, spec)
    run_of(ws, tmp_path, monkeypatch, task, project.id, frame, table())
    with pytest.raises(InvalidInput, match="don't say which rows they are of"):
        task_value.value_task_run(ws, viewer, "run-1")
