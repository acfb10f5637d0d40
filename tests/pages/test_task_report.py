"""The impact page of runs with several classes and of forecasts: finding, pictures, tables, and what is said where nothing can be valued."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.identity import Principal
from core.impact.class_sentences import moved_by
from core.impact.scenario_service import list_scenarios
from core.impact.segment_sentences import segments_note
from core.impact.task_breakdown import task_segments
from core.impact.task_explorer import answer_payoff, answer_plan, explore_plan
from core.impact.task_scenario_service import evaluate_usual
from core.impact.task_scenario_words import task_scenario_sentence
from core.impact.task_value import value_task_run
from core.impact.task_what_if_words import payoff_finding, payoff_sentences, plan_sentences
from core.project.model import Task
from core.project.payoffs import ClassPayoffs
from core.words import Words
from core.workspace import Workspace
from tests.impact.test_task_breakdown import short_north
from tests.impact.test_task_value import COSTS, DEVIATIONS, classes_frame, finished, project_of
from tests.pages.conftest import OpenPage, texts

EN = Words("en")
MANY = tuple(f"class {i:02d}" for i in range(12))


def charts(page: AppTest) -> str:
    return json.dumps([json.loads(chart.proto.spec) for chart in page.get("vega_lite_chart")], ensure_ascii=False)


def forecast_frame(rows: int = 2_000, *, share: bool = False) -> pd.DataFrame:
    """Errors that are as wide everywhere, or that grow with the forecast."""
    rng = np.random.default_rng(5)
    forecast = rng.uniform(10 if share else 50, 150, rows)
    split = np.where(np.arange(rows) < rows // 2, "validation", "test")
    errors = rng.normal(0, 1, rows) * (forecast / 4 if share else 10)
    return pd.DataFrame({"split": split, "y": forecast + errors, "score": forecast})


def test_classes_are_shown_in_counts_and_in_money(
    ws: Workspace, open_page: OpenPage, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_of(ws, scientist, Task.MULTICLASS, COSTS)
    finished(ws, tmp_path, monkeypatch, Task.MULTICLASS, project.id, classes_frame())
    page = open_page("impact_report", viewer, run="run-1")
    assert not page.exception
    assert page.title[0].value.replace("\u2060", "").startswith("The model brings €")
    said = texts(page)
    assert "with 95% confidence; it is above zero with a probability of over" in said
    assert "Of 1,000 customers," in said
    assert "is the costliest error: €" in said
    assert "All decisions together still cost €" in said
    assert "Where these numbers come from" in str(page.expander)
    assert "Matters most: " in said
    assert "pays off while it stays " in said
    assert "The model pays from the first month" in said
    assert len(page.get("vega_lite_chart")) == 6
    assert len(page.dataframe) == 6
    counts = next(frame.value for frame in page.dataframe if "What it is" in frame.value and "F" in frame.value)
    assert sum(float(v) for name in ("F", "L") for v in counts[name]) == pytest.approx(1_000, abs=1)
    japanese = open_page("impact_report", viewer, language="ja", run="run-1")
    assert "最も損失が大きい誤りは" in texts(japanese)
    assert "すべての判断を合わせた損失" in texts(japanese)
    assert "採算が合います" in texts(japanese)


def test_of_many_classes_ten_are_drawn_and_all_stand_in_the_table(
    ws: Workspace, open_page: OpenPage, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(2)
    p = rng.dirichlet(np.ones(12), 600)
    frame = pd.DataFrame(p, columns=[f"p:{name}" for name in MANY])
    frame["split"], frame["y"] = np.where(np.arange(600) < 300, "validation", "test"), [MANY[i] for i in p.argmax(axis=1)]
    payoff = ClassPayoffs(MANY, tuple(tuple(Decimal(0 if i == j else -1 - (i + j) % 3) for j in range(12)) for i in range(12)))
    finished(ws, tmp_path, monkeypatch, Task.MULTICLASS, project_of(ws, scientist, Task.MULTICLASS, payoff).id, frame)
    page = open_page("impact_report", viewer, run="run-1")
    assert not page.exception
    assert "The first 10 of 12 classes; the table holds all." in texts(page)
    assert any(len(frame.value) == 12 for frame in page.dataframe)


def test_a_forecast_shows_its_cost_over_the_adjustment(
    ws: Workspace, open_page: OpenPage, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_of(ws, scientist, Task.REGRESSION, DEVIATIONS)
    finished(ws, tmp_path, monkeypatch, Task.REGRESSION, project.id, forecast_frame())
    page = open_page("impact_report", viewer, run="run-1")
    assert not page.exception
    assert page.title[0].value.replace("\u2060", "").startswith("Planning by the model saves €")
    said = texts(page)
    assert "more than the forecast says saves €" in said
    assert "**100 customers**, the plan is enough for" in said
    assert "Planned too little costs €" in said
    drawn = charts(page)
    assert "as forecast" in drawn
    assert "chosen, +" in drawn
    japanese = open_page("impact_report", viewer, language="ja", run="run-1")
    assert "多く計画すると" in texts(japanese)


def test_where_payoffs_and_run_differ_the_page_says_what_to_do(
    ws: Workspace, open_page: OpenPage, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = ClassPayoffs(("F", "M"), COSTS.values)
    finished(ws, tmp_path, monkeypatch, Task.MULTICLASS, project_of(ws, scientist, Task.MULTICLASS, other).id, classes_frame())
    page = open_page("impact_report", viewer, run="run-1")
    assert page.title[0].value == "This run is not valued in money"
    assert "The payoffs know the classes F, M, the run has F, L." in texts(page)


def test_where_it_loses_and_whom_it_treats_unlike_is_told_when_it_is_opened(
    ws: Workspace, open_page: OpenPage, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, data = short_north(4_000)
    finished(ws, tmp_path, monkeypatch, Task.REGRESSION, project_of(ws, scientist, Task.REGRESSION, DEVIATIONS).id, frame, data)
    for language in ("en", "ja"):
        words = Words("ja" if language == "ja" else "en")
        page = open_page("impact_report", viewer, language=language, run="run-1", **{"part-run-1": words.t("Who gains and loses")})
        assert not page.exception
        found = task_segments(ws, viewer, value_task_run(ws, viewer, "run-1"))
        assert segments_note(words, found) in texts(page)
        page.selectbox[0].select("region").run()
        assert not page.exception
        assert any(words.t("Cost of an error, per case") in frame.value for frame in page.dataframe)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_other_costs_and_another_plan_are_told_at_once(
    ws: Workspace,
    open_page: OpenPage,
    scientist: Principal,
    viewer: Principal,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
) -> None:
    words = Words("ja" if language == "ja" else "en")
    finished(ws, tmp_path, monkeypatch, Task.REGRESSION, project_of(ws, scientist, Task.REGRESSION, DEVIATIONS).id, forecast_frame())
    page = open_page("impact_report", viewer, language=language, run="run-1", **{"part-run-1": words.t("What if")})
    assert not page.exception
    report = value_task_run(ws, viewer, "run-1")
    assert words.t("No other adjustment would save noticeably more.") in texts(page)
    page.number_input[0].set_value(9.0).run()
    assert not page.exception
    answer = answer_plan(ws, viewer, report, under=9.0)
    assert answer.best > report.forecast.adjustment.amount  # type: ignore[union-attr]
    said = texts(page)
    for sentence in plan_sentences(words, report.setting, report.forecast, explore_plan(ws, viewer, report), answer):  # type: ignore[arg-type]
        assert sentence in said
    page.number_input[0].set_value(0.0).run()
    page.number_input[1].set_value(0.0).run()
    assert words.t("At least one of the two costs must be above zero.") in texts(page)


@pytest.mark.parametrize("share", [True, False])
def test_the_slider_itself_says_what_is_added_and_says_it_once(
    ws: Workspace,
    open_page: OpenPage,
    scientist: Principal,
    viewer: Principal,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    share: bool,
) -> None:
    finished(
        ws, tmp_path, monkeypatch, Task.REGRESSION, project_of(ws, scientist, Task.REGRESSION, DEVIATIONS).id, forecast_frame(share=share)
    )
    page = open_page("impact_report", viewer, run="run-1", **{"part-run-1": "What if"})
    report = value_task_run(ws, viewer, "run-1")
    found, slider = report.forecast, page.slider[0]
    assert found is not None
    assert found.adjustment.kind.is_share == share
    assert slider.proto.format == ("%+.1f%%" if share else "%+.1f")
    assert slider.value == pytest.approx(found.adjustment.amount * (100 if share else 1))
    assert f">{moved_by(EN, found, found.adjustment.amount)}</p>" not in texts(page)
    slider.set_value(slider.max).run()
    assert not page.exception
    answer = answer_plan(ws, viewer, report, amount=explore_plan(ws, viewer, report).reach[1])
    said = texts(page)
    for sentence in plan_sentences(EN, report.setting, found, explore_plan(ws, viewer, report), answer):
        assert sentence in said


@pytest.mark.parametrize("language", ["en", "ja"])
def test_another_payoff_is_told_as_approved_and_decided_anew(
    ws: Workspace,
    open_page: OpenPage,
    scientist: Principal,
    viewer: Principal,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
) -> None:
    words = Words("ja" if language == "ja" else "en")
    finished(ws, tmp_path, monkeypatch, Task.MULTICLASS, project_of(ws, scientist, Task.MULTICLASS, COSTS).id, classes_frame())
    page = open_page("impact_report", viewer, language=language, run="run-1", **{"part-run-1": words.t("What if")})
    assert not page.exception
    report = value_task_run(ws, viewer, "run-1")
    page.selectbox[0].select("L/F").run()
    page.slider[0].set_value(-20.0).run()
    assert not page.exception
    answer = answer_payoff(ws, viewer, report, "L", "F", payoff=-20.0)
    assert answer.anew.value > answer.gain.value
    said = texts(page)
    for sentence in (payoff_finding(words, report.setting, answer), *payoff_sentences(words, report.setting, answer)):
        assert sentence in said


def test_what_was_moved_can_be_proposed_to_the_team(
    ws: Workspace, open_page: OpenPage, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_of(ws, scientist, Task.REGRESSION, DEVIATIONS)
    finished(ws, tmp_path, monkeypatch, Task.REGRESSION, project.id, forecast_frame())
    page = open_page("impact_report", viewer, run="run-1", **{"part-run-1": "What if"})
    page.number_input[0].set_value(9.0).run()
    next(b for b in page.button if b.label == "Propose these assumptions").click().run()
    assert not page.exception
    assert page.text_area[0].label == "Why you propose this"
    assert "Propose to the team" in [b.label for b in page.button]


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.REGRESSION])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_scenarios_start_with_two_and_are_kept_and_removed(
    ws: Workspace, open_page: OpenPage, scientist: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: Task, language: str
) -> None:  # fmt: skip
    words, classes = Words("ja" if language == "ja" else "en"), task is Task.MULTICLASS
    project = project_of(ws, scientist, task, COSTS if classes else DEVIATIONS)
    finished(ws, tmp_path, monkeypatch, task, project.id, classes_frame() if classes else forecast_frame())
    address = {"run": "run-1", "part-run-1": words.t("What if")}
    page = open_page("impact_report", scientist, language=language, **address)
    assert not page.exception
    report = value_task_run(ws, scientist, "run-1")
    usual = evaluate_usual(ws, scientist, words, report)
    for result in usual.results:
        assert task_scenario_sentence(words, report.setting, result) in texts(page)
    assert words.t("Remove a scenario") not in [b.label for b in page.button]
    next(b for b in page.button if b.label == words.t("Keep these two")).click().run()
    assert not page.exception
    kept = list_scenarios(ws, scientist, project.id)
    assert [s.name for s in kept] == [words.t("Pessimistic"), words.t("Optimistic")]
    page = open_page("impact_report", scientist, language=language, **address)
    assert words.t("Keep these two") not in [b.label for b in page.button]
    next(b for b in page.button if b.label == words.t("Remove a scenario")).click().run()
    assert not page.exception
    assert page.selectbox[-1].options == [s.name for s in kept]


def test_what_was_moved_can_be_saved_by_who_edits(
    ws: Workspace, open_page: OpenPage, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_of(ws, scientist, Task.REGRESSION, DEVIATIONS)
    finished(ws, tmp_path, monkeypatch, Task.REGRESSION, project.id, forecast_frame())
    page = open_page("impact_report", scientist, run="run-1", **{"part-run-1": "What if"})
    assert "Save as a scenario" not in [b.label for b in page.button]
    page.number_input[0].set_value(9.0).run()
    next(b for b in page.button if b.label == "Save as a scenario").click().run()
    assert not page.exception
    assert page.text_input[-1].label == "Name"
    assert "Save" in [b.label for b in page.button]
    others = open_page("impact_report", viewer, run="run-1", **{"part-run-1": "What if"})
    others.number_input[0].set_value(9.0).run()
    labels = [b.label for b in others.button]
    assert "Save as a scenario" not in labels
    assert "Remove a scenario" not in labels
