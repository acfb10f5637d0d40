"""What a run of several classes, or a forecast, is worth: its policies in money, its errors, and what was decided where what was true."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.ui.charts import (
    ClassCell,
    CurveSpot,
    Estimate,
    Parts,
    adjustment_curve,
    class_heat,
    interval_bars,
    interval_dots,
    part_bars,
    show_chart,
)
from app.ui.charts.base import Chart, Role
from app.ui.frequencies import Share, show_frequencies
from app.ui.page import finding, gap, note, sources, t, w
from app.ui.task_parts import show_swings, show_task_parts
from core.impact import class_sentences as say
from core.impact import task_sentences as tell
from core.impact import task_tables as figures
from core.impact.multiclass import ClassFindings
from core.impact.regression import ForecastFindings
from core.impact.setting import Setting
from core.impact.task_report import TaskReport

MOST_SHOWN = 10


def show_task_report(report: TaskReport) -> None:
    """The report of several classes or of a forecast, below its heading."""
    if report.classes is not None:
        _classes(report.setting, report.classes)
    elif report.forecast is not None:
        _forecast(report.setting, report.forecast)
    show_swings(report)
    gap()
    show_task_parts(report)
    gap()
    sources(tell.source_rows(w(), report))


def _draw(chart: Chart, shown: figures.Figures, legend: Sequence[tuple[Role, str]] = ()) -> None:
    show_chart(chart, shown.title, shown.note, shown.by_column(), shown.title, key=f"task-{shown.key}", legend=legend)


def _classes(setting: Setting, found: ClassFindings) -> None:
    words, currency = w(), setting.currency
    finding(say.classes_finding(words, setting, found), tell.classes_lead(words, setting, found))
    left, right = st.columns(2, gap="medium")
    with left:
        dots = [
            Estimate(
                say.class_policy_name(words, p), p.value.value, p.value.low, p.value.high,
                "main" if p.policy is found.recommended else "reference",
            )
            for p in found.policies
        ]  # fmt: skip
        chart = interval_dots(dots, write=lambda v: words.money(v, currency), write_tick=lambda v: words.money_tick(v, currency), zero=True)
        _draw(chart, figures.class_policies(words, setting, found))
    with right:
        _errors(setting, found)
    gap()
    left, right = st.columns(2, gap="medium")
    with left:
        _heat(figures.class_counts(words, setting, found), found, [[float(c) for c in row] for row in found.counts], money=False)
    with right:
        _heat(figures.class_worth(words, setting, found), found, [[float(v) for v in row] for row in found.worth], money=True)


def _errors(setting: Setting, found: ClassFindings) -> None:
    words, currency = w(), setting.currency
    shown = figures.class_errors(words, setting, found)
    if not found.errors:
        note(shown.title)
        return
    bars = [Estimate(tell.error_name(words, e), e.cost.value, e.cost.low, e.cost.high, "loss") for e in found.errors]
    chart = interval_bars(bars, write=lambda v: words.money(v, currency), write_tick=lambda v: words.money_tick(v, currency))
    _draw(chart, shown)
    note(say.error_sentence(words, setting, found.errors[0]))


def _heat(shown: figures.Figures, found: ClassFindings, values: Sequence[Sequence[float]], *, money: bool) -> None:
    """The table as colours; of many classes the first ones, all of them stand in the table behind it."""
    size = min(len(found.classes), MOST_SHOWN)
    most = max((abs(v) for row in values for v in row), default=1.0) or 1.0

    def role(i: int, j: int) -> Role:
        if money:
            return "gain" if values[i][j] >= 0 else "loss"
        return "main" if i == j else "loss"

    cells = [[ClassCell(shown.rows[i][j + 1], (abs(values[i][j]) / most) ** 0.6, role(i, j)) for j in range(size)] for i in range(size)]
    chart = class_heat(w(), found.classes[:size], cells, row_title=t("What it is"), column_title=t("Taken for"))
    _draw(chart, shown)
    if size < len(found.classes):
        note(t("The first {shown} of {all} classes; the table holds all.", shown=size, all=len(found.classes)))


def _forecast(setting: Setting, found: ForecastFindings) -> None:
    words = w()
    finding(say.forecast_finding(words, setting, found), tell.forecast_lead(words, setting, found))
    with st.container(border=True, key="k-impact-card"):
        left, right = st.columns([3, 2], gap="medium")
        with left:
            _curve(setting, found)
        with right:
            ours = found.policy_value(found.recommended)
            covered = round(100 * (ours.covered if ours else 0))
            shares = [Share(t("enough"), covered), Share(t("too little"), 100 - covered, "loss")]
            show_frequencies(
                tell.covered_sentence(words, setting, found), shares, of=100, note=say.adjustment_sentence(words, setting, found)
            )
    gap()
    left, right = st.columns(2, gap="medium")
    with left:
        _plans(setting, found)
    with right:
        _sides(setting, found)


def _curve(setting: Setting, found: ForecastFindings) -> None:
    words = w()
    spots = [
        CurveSpot(p.amount, float(p.cost.value), float(p.cost.low), float(p.cost.high), float(p.under), float(p.over)) for p in found.curve
    ]
    marks: list[tuple[float, str, Role]] = [
        (m.amount, m.name, "main" if m.is_chosen else "reference") for m in tell.curve_marks(words, found)
    ]
    chart = adjustment_curve(
        words, setting.currency, spots, marks, write_x=lambda v: say.moved_by(words, found, v),
        sides=(t("too little"), t("too much")),
    )  # fmt: skip
    _draw(chart, figures.forecast_curve(words, setting, found))


def _plans(setting: Setting, found: ForecastFindings) -> None:
    words, currency = w(), setting.currency
    dots = [
        Estimate(
            say.forecast_policy_name(words, p.policy), p.cost.value, p.cost.low, p.cost.high,
            "main" if p.policy is found.recommended else "reference",
        )
        for p in found.policies
    ]  # fmt: skip
    chart = interval_dots(dots, write=lambda v: words.money(v, currency), write_tick=lambda v: words.money_tick(v, currency), zero=True)
    _draw(chart, figures.forecast_policies(words, setting, found))


def _sides(setting: Setting, found: ForecastFindings) -> None:
    words, currency = w(), setting.currency
    parts = [Parts(say.forecast_policy_name(words, p.policy), float(p.under.value), float(p.over.value)) for p in found.policies]
    roles: tuple[Role, Role] = ("loss", "alternative")
    chart = part_bars(parts, roles, write=lambda v: words.money(v, currency), write_tick=lambda v: words.money_tick(v, currency))
    _draw(chart, figures.forecast_sides(words, setting, found), [(roles[0], t("Too little")), (roles[1], t("Too much"))])
