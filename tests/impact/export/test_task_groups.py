"""Segments and groups of classes and forecasts in every format: each says what the report holds, and warns on its first page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.impact.export.formats import ExportFormat
from core.impact.export.task_content import build_task_content
from core.impact.export.task_html import make_task_page
from core.impact.export.task_slides import make_task_slides
from core.impact.export.task_spec import TaskSpec, task_spec_from_json, task_spec_to_json
from core.impact.export.task_workbook import make_task_workbook
from core.impact.fairness import FairnessMetric
from core.impact.payoff import RowValues
from core.impact.segments import find_segments
from core.impact.task_details import TaskDetails
from core.impact.task_fairness import assess_task_fairness
from tests.impact.export.spreadsheet import read
from tests.impact.export.test_html import pictures, plain
from tests.impact.export.test_slides import opened, texts
from tests.impact.export.test_task_case import SPENT
from tests.impact.export.test_task_exports import spec

ROWS = 4_000


def details(kind: str) -> TaskDetails:
    """The north loses, and women are served worse."""
    rng = np.random.default_rng(3)
    data = pd.DataFrame(
        {"region": rng.choice(["north", "south"], ROWS), "gender": rng.choice(["f", "m"], ROWS), "load": rng.normal(0, 1, ROWS)}
    )
    own = rng.normal(5, 1, ROWS) - np.where(data["region"] == "north", 9, 0)
    good = rng.random(ROWS) < np.where(data["gender"] == "f", 0.4, 0.9)
    segments = find_segments(data, RowValues(own, np.zeros(ROWS)), np.ones(ROWS), 0.0, 10_000, 1)
    metrics = (FairnessMetric.RIGHT, FairnessMetric.VALUE) if kind == "classes" else (FairnessMetric.ENOUGH, FairnessMetric.COST)
    groups = tuple(assess_task_fairness(data[name], good, np.abs(own), metrics) for name in ("gender", "region"))
    return TaskDetails(segments, groups, ("gender",))


def detailed(kind: str, language: str = "en", form: ExportFormat = ExportFormat.PAGE) -> TaskSpec:
    made = spec(kind, form, language)
    value = replace(made.value, details=details(kind), value_model=replace(made.value.value_model, economics=SPENT))
    return replace(made, value=value)


@pytest.mark.parametrize("kind", ["classes", "forecast"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_page_and_slides_warn_first_and_show_groups(kind: str, language: str) -> None:
    made = detailed(kind, language)
    content = build_task_content(made)
    assert content.groups is not None
    unlike, losing = content.alerts
    assert "gender" in unlike
    assert "north" in losing
    page = make_task_page(made).decode()
    assert len(pictures(page)) == (6 if kind == "classes" else 5) + 3
    said = plain(page)
    assert said.index(unlike) < said.index(content.parts[0][1].finding.title)
    for told in (
        content.groups.segments.finding.title,
        content.groups.alike.title,
        *(c.part.finding.title for c in content.groups.compared),
    ):
        assert told in said
    deck = opened(make_task_slides(made))
    assert len(deck.slides) == 8
    assert unlike in texts(deck.slides[0])
    assert any(content.groups.alike.title in texts(slide) for slide in deck.slides)
    assert task_spec_from_json(task_spec_to_json(made)) == made


@pytest.mark.parametrize("kind", ["classes", "forecast"])
def test_the_workbook_holds_segments_and_groups_as_numbers(kind: str) -> None:
    made = detailed(kind, form=ExportFormat.WORKBOOK)
    book, found = read(make_task_workbook(made)), made.value.details
    assert found is not None
    worst = found.segments.segments[0]
    assert book.row("Segments", "region: north", "E") == pytest.approx(float(worst.gain.value), abs=0.01)
    women = next(g for g in found.fairness[0].groups if g.group.value == "f")
    assert book.row("Segments", "f", "C") == pytest.approx(women.good.value)
    assert book.row("Segments", "f", "F") == pytest.approx(float(women.per_case.value))
