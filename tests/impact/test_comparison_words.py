"""What a comparison of runs says, in both languages, sure or not, comparable or not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from core.errors import PermissionDenied
from core.identity import Principal
from core.impact import comparison_words as tell
from core.impact import service
from core.impact.comparison import Comparison, Obstacle
from core.impact.explorer_service import compare_curves
from core.impact.report import Amount
from core.project import service as projects
from core.words import Words
from core.workspace import Workspace
from tests.impact.conftest import Runs, make_frame

EN, JA = Words("en"), Words("ja")


@pytest.fixture
def found(ws: Workspace, viewer: Principal, project: projects.Project, runs: Runs) -> Comparison:
    """A good run, a worse one and a poor one on the same rows."""
    ids = [runs.add(project.id, make_frame(6_000), noise=noise).id for noise in (0.25, 0.0, 1.0)]
    return service.compare_reports(ws, viewer, ids)


def told(found: Comparison, value: int, low: int, high: int, better: float) -> Comparison:
    first = replace(found.differences[0], gain=Amount(Decimal(value), Decimal(low), Decimal(high)), better=better)
    return replace(found, differences=(first, *found.differences[1:]))


def test_the_headline_states_the_finding(found: Comparison) -> None:
    first, second = (r.run_number for r in found.reports[:2])
    assert first == 2
    sure = told(found, 1_200_000, 300_000, 2_100_000, 0.97)
    assert tell.comparison_headline(EN, sure) == f"Run {first} brings ¥1.2M a month more than run {second}; we are 97% sure"
    assert tell.comparison_headline(JA, sure) == f"学習{first}は学習{second}を月あたり120万円上回ります（確からしさ97%）"
    assert tell.comparison_lead(EN, sure) == "Between ¥300K and ¥2.1M with 95% confidence, on the same 3,000 test cases."
    open_ = told(found, 200_000, -300_000, 700_000, 0.72)
    assert tell.comparison_headline(EN, open_) == f"Too early to say whether run {first} brings more than run {second}"
    assert "+¥200K a month" in tell.comparison_lead(EN, open_)
    assert "72%" in tell.comparison_lead(JA, open_)
    same = told(found, 0, 0, 0, 0.5)
    assert tell.comparison_headline(EN, same) == f"Run {first} and run {second} decide alike"
    assert "no decision differs" in tell.comparison_lead(EN, same)


def test_differences_are_told_in_cases_as_the_cells_have_them(found: Comparison) -> None:
    first, scale = found.reports[0], 10_000 / 3_000
    for report, difference in zip(found.reports[1:], found.differences, strict=True):
        reached, unneeded = difference.more_reached, difference.more_unneeded
        assert reached is not None
        assert unneeded is not None
        assert reached.value == pytest.approx((first.cells.tp - report.cells.tp) * scale)
        assert unneeded.value == pytest.approx((first.cells.fp - report.cells.fp) * scale)
        assert reached.low < reached.value < reached.high
    said = tell.differences_in_cases(EN, found)
    assert len(said) == 2
    assert said[0].startswith(f"In cases a month, against run {found.reports[1].run_number}: ")
    assert "学習" in tell.differences_in_cases(JA, found)[0]


@pytest.mark.parametrize("obstacle", list(Obstacle))
def test_runs_that_cannot_be_paired_say_why(found: Comparison, obstacle: Obstacle) -> None:
    apart = replace(found, differences=tuple(replace(d, obstacle=obstacle, gain=None, better=None) for d in found.differences))
    for words in (EN, JA):
        assert words.money(found.reports[0].value.value, "JPY") in tell.comparison_headline(words, apart)
        assert tell.comparison_lead(words, apart) == tell.obstacle_text(words, obstacle)
        assert tell.differences_finding(words, apart) == words.t("The differences can't be told")
        assert [line.behind for line in tell.side_by_side(words, apart)] == ["–", "–", "–"]


def test_each_run_has_a_line(found: Comparison) -> None:
    lines = tell.side_by_side(EN, found)
    best = found.reports[0]
    assert [line.name for line in lines] == [f"Run {r.run_number}" for r in found.reports]
    assert lines[0].value == EN.money(best.value.value, "JPY")
    assert (lines[0].behind, lines[2].behind[:2]) == ("–", "−¥")
    assert lines[0].decides == f"from {best.threshold:.0%} on, {EN.number(best.frequencies.actions)} calls a month"
    assert tell.differences_finding(EN, found).startswith(f"Run {best.run_number} is surely ahead of")


def test_two_runs_are_named_where_neither_is_surely_ahead(found: Comparison) -> None:
    first, second = (r.run_number for r in found.reports[:2])
    open_ = told(found, 200_000, -300_000, 700_000, 0.72)
    two = replace(open_, reports=open_.reports[:2], differences=open_.differences[:1])
    assert tell.differences_finding(EN, two) == f"Run {first} is not surely ahead of run {second}"
    assert tell.differences_finding(JA, two) == f"学習{first}が学習{second}を明確に上回るとは言えません"
    nobody = replace(open_, differences=(open_.differences[0], open_.differences[0]))
    assert tell.differences_finding(EN, nobody) == f"Run {first} is not surely ahead of any"


def test_curves_share_the_number_of_actions(ws: Workspace, viewer: Principal, found: Comparison) -> None:
    curves = compare_curves(ws, viewer, found.reports)
    for curve, report in zip(curves, found.reports, strict=True):
        actions = np.array([point.actions for point in curve.points])
        assert (np.diff(actions) > 0).all()
        assert len(actions) <= 122
        assert actions[-1] == pytest.approx(report.cases_per_period)
        assert curve.chosen in curve.points
        assert curve.chosen.value == pytest.approx(float(report.value.value))
        assert curve.points[-1].value == pytest.approx(curves[0].points[-1].value)
    finding = tell.curves_finding(EN, found, curves)
    assert finding.startswith("With ")
    assert f"run {found.reports[0].run_number} brings most" in finding
    with pytest.raises(PermissionDenied):
        compare_curves(ws, replace(viewer, roles=frozenset()), found.reports)
