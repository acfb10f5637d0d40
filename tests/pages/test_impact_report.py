"""The page impact_report: finding, slider, people, alternatives; its other states; both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.ui.text import paragraph
from core.errors import InvalidInput
from core.identity import Principal
from core.impact import (
    breakdown,
    economics_sentences,
    fairness_sentences,
    metric_sentences,
    particulars,
    reports,
    segment_sentences,
    service,
    source,
)
from core.impact import policy_sentences as policies
from core.impact import sentences as say
from core.impact.economics import business_case
from core.impact.explorer_scenario import scenario_of
from core.impact.explorer_service import explore_report
from core.impact.scenario_service import save_scenario
from core.impact.sensitivity import Assumption
from core.impact.setting import setting_of
from core.impact.two_way import move_two
from core.project import service as projects
from core.project.model import Task
from core.project.service import ProjectSpec, ValueModelSpec
from core.project.value_model import Economics, Period
from core.words import Words
from core.workspace import Workspace
from tests.impact.conftest import NOUNS, PAYOFF, RULE, Runs, make_frame
from tests.impact.test_task_value import COSTS, classes_frame, finished, project_of
from tests.pages.conftest import OpenPage, texts


@pytest.fixture
def runs(ws: Workspace, tmp_path: Path) -> Iterator[Runs]:
    made, before = Runs(ws, tmp_path), source._source
    source.use_runs(made)
    yield made
    source.use_runs(before)


@pytest.fixture
def project(ws: Workspace, scientist: Principal) -> projects.Project:
    spec = ProjectSpec("Customer churn", "Whom should we call?", NOUNS, value=ValueModelSpec("JPY", Period.MONTH, 10_000, PAYOFF, RULE))
    return projects.create_project(ws, scientist, spec)


def sent(page: AppTest) -> dict[str, Any]:
    """What the interactive card gets."""
    return json.loads(page.get("bidi_component")[0].proto.json)  # type: ignore[no-any-return]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_report_of_a_project(
    ws: Workspace, open_page: OpenPage, viewer: Principal, runs: Runs, project: projects.Project, language: str
) -> None:
    run = runs.add(project.id, make_frame(2_000))
    page = open_page("impact_report", viewer, language=language, project=project.slug)
    assert not page.exception
    words = Words("ja" if language == "ja" else "en")
    report = service.compute_report(ws, viewer, run.id)
    assert page.title[0].value == say.headline(words, report).replace("$", "\\$")
    said = texts(page)
    assert say.alternatives_finding(words, report) in said.replace("&#x27;", "'")
    assert say.tornado_finding(words, report) in said.replace("&#x27;", "'")
    for told in (policies.policy_finding(words, report), policies.calibration_finding(words, report)):
        assert told in said.replace("&#x27;", "'")
    assert len(page.get("vega_lite_chart")) == 4
    card = sent(page)
    assert card["language"] == language
    assert card["report"]["finding"] == say.curve_finding(words, report)
    assert card["table"]["thresholds"][card["table"]["recommended"]] == report.threshold
    assert card["start"] == {"at": None, "assumed": card["table"]["agreed"]}
    assert (card["can_save"], card["say"]["controls"]["save"]) == (True, words.t("Propose these assumptions"))


def open_part(open_page: OpenPage, viewer: Principal, run_id: str, part: str) -> AppTest:
    return open_page("impact_report", viewer, run=run_id, **{f"part-{run_id[-6:]}": part})


def test_groups_of_a_chosen_column_are_compared(
    ws: Workspace, open_page: OpenPage, viewer: Principal, runs: Runs, project: projects.Project
) -> None:
    run = runs.add(project.id, make_frame(2_000))
    page, words = open_part(open_page, viewer, run.id, "Who gains and loses"), Words("en")
    assert not page.exception
    report = service.compute_report(ws, viewer, run.id)
    assert segment_sentences.segments_note(words, breakdown.segments_of(ws, viewer, report)) in texts(page)
    page.selectbox[0].select("tenure").run()
    assert not page.exception
    found = breakdown.assess_run_fairness(ws, viewer, report, "tenure")
    assert fairness_sentences.fairness_note(words, found) in texts(page)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_metrics_and_points_are_told_in_plain_figures(
    ws: Workspace, open_page: OpenPage, viewer: Principal, runs: Runs, project: projects.Project, language: str
) -> None:
    run = runs.add(project.id, make_frame(2_000))
    words = Words("ja" if language == "ja" else "en")
    part = f"part-{run.id[-6:]}"
    page = open_page("impact_report", viewer, language=language, run=run.id, **{part: words.t("In plain figures")})
    assert not page.exception
    report = service.compute_report(ws, viewer, run.id)
    found, setting = particulars.particulars_of(ws, viewer, report), setting_of(report)
    said = "\n".join(m.value for m in page.markdown)
    for sentence in metric_sentences.metric_sentences(words, setting, found.metrics):
        assert paragraph(sentence) in said
    assert paragraph(metric_sentences.point_sentences(words, setting, found.reach)[0]) in said


def test_the_business_case_takes_costs_off(
    ws: Workspace, open_page: OpenPage, scientist: Principal, viewer: Principal, runs: Runs, project: projects.Project
) -> None:
    economics = Economics(one_off_cost=Decimal(50_000_000), running_cost=Decimal(100_000), discount_rate=Decimal("0.05"), horizon_months=24)
    projects.add_value_model(ws, scientist, project.id, ValueModelSpec("JPY", Period.MONTH, 10_000, PAYOFF, None, "", economics=economics))
    run = runs.add(project.id, make_frame(2_000))
    page, words = open_part(open_page, viewer, run.id, "Business case"), Words("en")
    assert not page.exception
    report = service.compute_report(ws, viewer, run.id)
    case = business_case(report.gain, report.period, report.economics)
    assert economics_sentences.worth_sentence(words, case, setting_of(report)) in texts(page).replace("&#x27;", "'")
    assert len(case.flows) == 25


def test_scenarios_and_pairs_of_assumptions_are_told(
    ws: Workspace, open_page: OpenPage, scientist: Principal, viewer: Principal, runs: Runs, project: projects.Project
) -> None:
    run = runs.add(project.id, make_frame(2_000))
    page = open_part(open_page, viewer, run.id, "What if")
    assert not page.exception
    assert "No scenario is saved yet" in texts(page)
    report = service.compute_report(ws, viewer, run.id)
    table = explore_report(ws, viewer, report)
    assumed = replace(table.agreed, fp=-6_000.0, cases=5_000.0)
    save_scenario(ws, scientist, project.id, scenario_of(" A bad  winter ", assumed, table))
    page = open_part(open_page, viewer, run.id, "What if")
    assert not page.exception
    assert "A bad winter" in texts(page)
    with pytest.raises(InvalidInput, match="changed assumption"):
        scenario_of("Nothing", table.agreed, table)
    found = move_two(ws, viewer, report, Assumption.TP, Assumption.CASES)
    middle = found.factors.index(1.0)
    assert found.amounts[middle][middle] == pytest.approx(float(report.value.value), rel=1e-6)
    with pytest.raises(InvalidInput, match="different"):
        move_two(ws, viewer, report, Assumption.TP, Assumption.TP)
    with pytest.raises(InvalidInput, match="can't be moved"):
        move_two(ws, viewer, report, Assumption.TN, Assumption.TP)


def test_a_run_of_another_question_says_where_its_figures_are(
    ws: Workspace, open_page: OpenPage, viewer: Principal, scientist: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queues = projects.create_project(ws, scientist, ProjectSpec("Queues", "Which queue?", NOUNS, task=Task.MULTICLASS))
    finished(ws, tmp_path, monkeypatch, Task.MULTICLASS, queues.id, classes_frame())
    page = open_page("impact_report", viewer, run="run-1")
    assert not page.exception
    assert not page.error
    assert page.title[0].value == "This run is not valued in money"
    assert "This project has no value model yet. Add one on its page" in texts(page)


def test_a_project_of_classes_opens_its_newest_run_and_is_listed(
    ws: Workspace, open_page: OpenPage, viewer: Principal, scientist: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queues = project_of(ws, scientist, Task.MULTICLASS, COSTS)
    finished(ws, tmp_path, monkeypatch, Task.MULTICLASS, queues.id, classes_frame())
    monkeypatch.setattr("core.impact.task_service.newest_task_run", lambda ws, project: "run-1" if project.id == queues.id else None)
    shown = open_page("impact_report", viewer, project=queues.id)
    assert not shown.exception
    assert shown.title[0].value not in {"What each project is worth", "This run is not valued in money"}
    listed = open_page("impact_report", viewer)
    assert not listed.exception
    assert listed.title[0].value == "What each project is worth"
    assert len(listed.get("bidi_component")) == 1


def test_an_address_opens_the_card_where_somebody_stood(
    ws: Workspace, open_page: OpenPage, viewer: Principal, runs: Runs, project: projects.Project
) -> None:
    run = runs.add(project.id, make_frame(2_000))
    start = sent(open_page("impact_report", viewer, run=run.id, explore=f"{run.id[-6:]}~at0.6~fp-2500"))["start"]
    assert (start["at"], start["assumed"]["fp"], start["assumed"]["tp"]) == (0.6, -2_500, 12_000)
    other = open_page("impact_report", viewer, run=run.id, explore="other1~at0.6~fp-2500")
    assert not other.exception
    assert sent(other)["start"]["at"] is None


def test_frozen_report_by_its_address(
    ws: Workspace, open_page: OpenPage, viewer: Principal, scientist: Principal, runs: Runs, project: projects.Project
) -> None:
    run = runs.add(project.id, make_frame(1_000))
    frozen = reports.freeze_run(ws, scientist, run.id, threshold=0.4)
    page = open_page("impact_report", viewer, report=frozen.id)
    assert not page.exception
    table = sent(page)["table"]
    assert table["thresholds"][table["recommended"]] == 0.4


def test_list_without_a_project_and_empty_state(open_page: OpenPage, viewer: Principal, runs: Runs, project: projects.Project) -> None:
    empty = open_page("impact_report", viewer)
    assert "No impact report yet" in texts(empty)
    runs.add(project.id, make_frame(1_000))
    listed = open_page("impact_report", viewer)
    assert not listed.exception
    assert listed.title[0].value == "What each project is worth"
    assert len(listed.get("bidi_component")) == 1


def test_addresses_that_lead_nowhere(open_page: OpenPage, viewer: Principal, runs: Runs) -> None:
    for query in ({"report": "gone"}, {"run": "gone"}, {"project": "gone"}):
        page = open_page("impact_report", viewer, **query)
        assert not page.exception
        assert "gone" in page.error[0].value


def test_the_menu_offers_every_format_and_says_why_one_is_not_to_be_had(
    open_page: OpenPage, viewer: Principal, runs: Runs, project: projects.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runs.add(project.id, make_frame(1_000))
    monkeypatch.setattr("app.ui.export_menu.missing_library", lambda: "libpango-1.0.so.0")
    page = open_page("impact_report", viewer, run=run.id)
    assert not page.exception
    offered = [button.proto for button in page.get("download_button")]
    assert [proto.label.split(",")[0] for proto in offered] == ["PDF", "PowerPoint", "Excel", "Web page", "JSON"]
    assert [proto.disabled for proto in offered] == [True, False, False, False, False]
    assert "fonts-noto-cjk" in offered[0].help
    assert "Not frozen yet" in texts(page)
