"""A run of several classes or a forecast as one self-contained web page, and the same page for paper."""

from __future__ import annotations

from core.impact.export.charts import on_screens
from core.impact.export.html import fill_template
from core.impact.export.pdf import print_page
from core.impact.export.task_charts import draw_task
from core.impact.export.task_content import build_task_content
from core.impact.export.task_groups import GroupCharts, draw_groups
from core.impact.export.task_spec import TaskSpec

TEMPLATE = "task.html"


def make_task_page(spec: TaskSpec) -> bytes:
    """A report as HTML."""
    drawn, found = {key: on_screens(svg) for key, svg in draw_task(spec.words, spec.value).items()}, draw_groups(spec.words, spec.value)
    groups = None if found is None else GroupCharts(on_screens(found.segments), tuple(map(on_screens, found.compared)))
    return fill_template(TEMPLATE, spec.words, c=build_task_content(spec), charts=drawn, groups=groups, paper=False).encode()


def make_task_pdf(spec: TaskSpec) -> bytes:
    """A report as PDF.

    Raises:
        NoPdfHere: a library or a font is missing.
    """
    charts, groups = draw_task(spec.words, spec.value), draw_groups(spec.words, spec.value)
    page = fill_template(TEMPLATE, spec.words, c=build_task_content(spec), charts=charts, groups=groups, paper=True)
    return print_page(spec.words, page)
