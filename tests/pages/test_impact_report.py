"""The page impact_report: finding, slider, people, alternatives; its other states; both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.identity import Principal
from core.impact import sentences as say
from core.impact import service, source
from core.project import service as projects
from core.project.service import ProjectSpec, ValueModelSpec
from core.project.value_model import Period
from core.words import Words
from core.workspace import Workspace
from tests.impact.conftest import NOUNS, PAYOFF, RULE, Runs, make_frame
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
    assert len(page.get("vega_lite_chart")) == 3
    assert page.metric[0].value == words.money(report.value.value, "JPY")
    assert page.slider[0].value == pytest.approx(report.threshold * 100, abs=0.5)


def test_slider_shows_another_threshold(
    ws: Workspace, open_page: OpenPage, viewer: Principal, runs: Runs, project: projects.Project
) -> None:
    run = runs.add(project.id, make_frame(2_000))
    page = open_page("impact_report", viewer, run=run.id)
    report = service.compute_report(ws, viewer, run.id)
    page.slider[0].set_value(60.0).run()
    assert not page.exception
    there = say.nearest_point(report, 0.6)
    assert page.metric[0].value == Words("en").money(there.value, "JPY")
    assert say.reach_sentence(Words("en"), report, there) in texts(page)
    assert page.metric[0].delta.startswith("-")


def test_frozen_report_by_its_address(
    ws: Workspace, open_page: OpenPage, viewer: Principal, scientist: Principal, runs: Runs, project: projects.Project
) -> None:
    run = runs.add(project.id, make_frame(1_000))
    frozen = service.freeze_run_report(ws, scientist, run.id, threshold=0.4)
    page = open_page("impact_report", viewer, report=frozen.id)
    assert not page.exception
    assert page.slider[0].value == pytest.approx(40)


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
