"""Runs beside each other: settings, metrics with intervals, money."""

from __future__ import annotations

import streamlit as st

from app.ui.charts import Estimate, interval_dots, show_chart
from app.ui.page import note, section, t, table, w
from app.ui.run_report import config_facts
from core.training.figures import Metric
from core.training.model import LOWER_IS_BETTER
from core.training.view import Compared, ComparisonView
from core.training.wording import metric_name, metric_text, model_name, run_name

MOST_CHARTS = 4


def title_of(run: Compared) -> str:
    """A run's name, unlike the others'."""
    return t("{name} (#{number})", name=run_name(w(), run.run), number=run.run.number) if run.run.name else run_name(w(), run.run)


def headline(view: ComparisonView) -> str:
    """Which run leads, in money where all have it."""
    words, best = w(), view.runs[view.leader]
    summary = best.run.summary
    if best.value is None or summary is None or not summary.currency:
        return t("{name} leads", name=title_of(best))
    money = words.money_per(best.value, summary.currency, best.period)  # type: ignore[arg-type]
    return t("{name} leads with {money}", name=title_of(best), money=money)


def lead(view: ComparisonView) -> str:
    """How far the comparison can be trusted."""
    if view.same_rows:
        return t("All were tested on the same rows. Where two intervals overlap widely, the runs may be equally good.")
    return t("They were tested on different rows, so small differences mean nothing.")


def show_settings(view: ComparisonView) -> None:
    """What each run was asked to do, and what it kept."""
    words = w()
    facts = [dict(config_facts(c.run)) for c in view.runs]
    labels = [t("Data"), t("Best model"), *facts[0]]
    columns: dict[str, list[str]] = {t("Setting"): labels}
    for compared, about in zip(view.runs, facts, strict=True):
        columns[title_of(compared)] = [compared.data, model_name(words, compared.evaluation.best_model), *about.values()]
    section(t("What was asked"), t("What differs explains what came of it."))
    table(columns)


def show_metrics(view: ComparisonView) -> None:
    """The first metrics as dots with intervals, all of them as a table."""
    grid = st.columns(2, gap="medium")
    for k, name in enumerate(view.metrics[:MOST_CHARTS]):
        with grid[k % 2]:
            _dots(view, name)
    section(t("All metrics"), t("Test rows; 95% intervals in brackets"))
    words = w()
    columns: dict[str, list[str]] = {t("Metric"): [metric_name(words, name) for name in view.metrics]}
    for compared in view.runs:
        columns[title_of(compared)] = [_cell(m) for name in view.metrics if (m := compared.evaluation.metric_named(name))]
    table(columns)


def _cell(m: Metric) -> str:
    words = w()
    return t(
        "{value} [{low}, {high}]", value=metric_text(words, m.name, m.value), low=metric_text(words, m.name, m.low),
        high=metric_text(words, m.name, m.high),
    )  # fmt: skip


def _dots(view: ComparisonView, name: str) -> None:
    words = w()
    found = [(title_of(c), m) for c in view.runs if (m := c.evaluation.metric_named(name)) is not None]
    dots = [Estimate(title, m.value, m.low, m.high, "main" if k == view.leader else "reference") for k, (title, m) in enumerate(found)]
    chart = interval_dots(dots, write=lambda v: metric_text(words, name, v))
    better = t("lower is better") if name in LOWER_IS_BETTER else t("higher is better")
    title = metric_name(words, name)
    show_chart(chart, title, t("{better}; dot: estimate, line: 95% interval", better=better), None, title, key=f"compare-{name}")


def show_money(view: ComparisonView) -> None:
    """What each run's kept model would bring on its validation rows."""
    words = w()
    valued = [c for c in view.runs if c.value is not None and c.run.summary is not None and c.run.summary.currency]
    if not valued:
        return
    section(t("Value of the kept model"), t("At its best threshold on validation rows; the impact report has the intervals."))
    table(
        {
            t("Run"): [title_of(c) for c in valued],
            t("Value"): [words.money_per(c.value, c.run.summary.currency, c.period) for c in valued],  # type: ignore[arg-type, union-attr]
        }
    )
    if len({c.run.value_model_id for c in valued}) > 1:
        note(t("These runs were valued by different versions of the value model."))
