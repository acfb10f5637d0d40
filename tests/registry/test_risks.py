"""What an approver accepts with a frozen report: groups that aren't treated alike, and where the model loses money."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.identity import Principal
from core.impact import service
from core.impact.detailing import detail_report
from core.impact.report import ImpactReport
from core.registry.checks import Subject
from core.registry.evidence import DataFacts, RunFacts, SegmentFacts
from core.registry.phrases import say
from core.registry.risks import find_risks
from core.words import Words
from core.workspace import Workspace
from tests.impact.conftest import Runs
from tests.impact.conftest import runs as runs  # noqa: PLC0414 - the fixture
from tests.impact.test_detailing import make_run, unequal

NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture
def report(ws: Workspace, scientist: Principal, runs: Runs) -> ImpactReport:
    return service.compute_report(ws, scientist, make_run(ws, scientist, runs, unequal()).id)


def told(report: ImpactReport, language: str) -> list[str]:
    data = DataFacts("d1", "Customers", 1, "ab" * 32, 8_000, ("age",), 0.0, NOW, None, None, ())
    run = RunFacts("r1", 1, {}, "LightGBM", 0, NOW, 1.0, None, "cd" * 32)
    subject = Subject(report, None, data, run, SegmentFacts(None, 0.0, (), 0), NOW)
    return [say(Words("ja" if language == "ja" else "en"), risk) for risk in find_risks(subject)]


def test_an_approver_reads_the_warning_and_the_worst_segment(ws: Workspace, scientist: Principal, report: ImpactReport) -> None:
    detailed = detail_report(ws, scientist, report)
    english, japanese = (told(detailed, language) for language in ("en", "ja"))
    assert english[0].startswith("**age: not treated alike.** The group 18 – ")
    assert english[0].endswith("four fifths is the usual limit.")
    assert english[1].startswith("**Loses money in a group.** ")
    assert "region north" in english[1]
    assert "less than" in english[1]
    assert japanese[0].startswith("**ageによる扱いの差。**")
    assert japanese[1].startswith("**損失が出るグループ。**")


def test_a_report_of_an_earlier_release_says_neither(report: ImpactReport) -> None:
    assert not [risk for risk in told(report, "en") if "alike" in risk or "Loses" in risk]
