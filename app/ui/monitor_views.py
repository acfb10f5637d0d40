"""What the monitoring page draws: statements of a check, features with their charts, performance, value, settings."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from app.ui.charts import (
    DayPoint,
    Estimate,
    MonthValue,
    RatePoint,
    calibration,
    category_bars,
    interval_dots,
    psi_over_time,
    show_chart,
    value_over_time,
)
from app.ui.chips import Check as Statement
from app.ui.chips import Chip, state_chip
from app.ui.forms import number_field
from app.ui.page import note, t, w
from app.ui.rows import Column, Main, Row, show_rows
from core.monitoring import telling
from core.monitoring.check import Comparison
from core.monitoring.drift import Drift
from core.monitoring.findings import FeatureDrift
from core.monitoring.ledger import Ledger
from core.monitoring.model import Check, MonitorConfig, Verdict
from core.monitoring.story import chart_note, chart_title, finished, ledger_table
from core.monitoring.wording import VERDICTS

TONES = {Verdict.GREEN: "green", Verdict.AMBER: "orange", Verdict.RED: "red", Verdict.INSUFFICIENT_DATA: "blue"}
RESULTS = {Verdict.GREEN: "pass", Verdict.AMBER: "warn", Verdict.RED: "fail", Verdict.INSUFFICIENT_DATA: "unknown"}


def verdict_chip(verdict: Verdict) -> Chip:
    """A verdict with its sign and colour."""
    return state_chip(t(VERDICTS[verdict]), TONES[verdict])  # type: ignore[arg-type]


def statements(check: Check) -> list[Statement]:
    """A check's parts as a check list."""
    return [Statement(RESULTS[v], name, reasons) for v, name, reasons in telling.statements(w(), check)]  # type: ignore[arg-type]


def feature_rows(c: Comparison) -> str | None:
    """All features, the most drifted first; returns the one that was opened."""
    words = w()
    columns = [
        Column(t("Column"), "main"),
        Column(t("State"), "chip"),
        Column(t("PSI"), "amount"),
        Column(t("Missing"), "muted"),
    ]
    rows = [
        Row(
            f.drift.name,
            (
                Main(telling.feature_name(words, f)),
                verdict_chip(f.drift.verdict),
                telling.psi_text(words, f),
                telling.missing_text(words, f),
            ),
        )
        for f in c.features
    ]
    return show_rows(columns, rows, key="features", label=t("Columns"))


def feature_chart(feature: FeatureDrift) -> None:
    """One feature: now against the training data."""
    words = w()
    now, before = telling.bin_shares(words, feature)
    chart = category_bars(words, now, before=before, write=words.percent, row_height=24)
    title = telling.feature_finding(words, feature)
    show_chart(chart, title, telling.feature_note(words, feature), None, title, key="feature")


def drift_days(name: str, days: list[tuple[str, Drift]], config: MonitorConfig) -> None:
    """One feature's PSI day by day."""
    points = [DayPoint(telling.day_of(day), found.psi) for day, found in days]
    title = t("Drift day by day")
    chart = psi_over_time(w(), points, watch=config.psi_watch, alarm=config.psi_act)
    show_chart(chart, title, t("PSI against the training data, {name}; days of few rows scatter more", name=name), None, title, key="days")


def performance(c: Comparison) -> None:
    """Reach, precision and AUC with their intervals, and the calibration."""
    words = w()
    title = telling.performance_finding(words, c)
    rows = telling.performance_rows(words, c)
    if not rows:
        note(title)
        return
    dots = []
    for name, found, then in rows:
        dots.append(Estimate(name, found.value, found.low, found.high))
        if then is not None:
            dots.append(Estimate(t("{name}, promised", name=name), then, then, then, "reference"))
    left, right = st.columns(2, gap="medium")
    with left:
        chart = interval_dots(dots, write=words.percent, row_height=40)
        about = t("Dot: estimate, line: 95% interval, gray: promised")
        show_chart(chart, title, about, telling.performance_table(words, c), title, key="performance")
    with right:
        points = [RatePoint(p.predicted, p.observed, p.low, p.high, p.n) for p in c.performance.calibration]
        said = t("Predicted against what came")
        show_chart(calibration(words, points), said, t("Ten groups of cases by score; line: 95% interval"), None, said, key="calibration")


def value(ledger: Ledger, now: datetime) -> None:
    """Earned against promised by month, for one deployment."""
    words = w()
    known = finished(ledger.months, now)
    if len(known) < 2:
        return
    months = [MonthValue(m.month, m.entry.realised, m.entry.low, m.entry.high, m.entry.promised) for m in known]
    title, about = chart_title(words, known), chart_note(words, ledger.currency, ledger.months, now)
    show_chart(
        value_over_time(words, ledger.currency, months), title, about, ledger_table(words, ledger.currency, known), title, key="value"
    )


def config_form(config: MonitorConfig) -> MonitorConfig | None:
    """The settings of a monitor; None while something in it can't be."""
    fields = {
        "window_days": number_field(t("Look back"), key="k-window", value=config.window_days, low=1, high=366, unit=t("days")),
        "min_rows": number_field(t("Fewest decisions"), key="k-rows", value=config.min_rows, low=20, high=10_000_000),
        "min_labels": number_field(t("Fewest known outcomes"), key="k-labels", value=config.min_labels, low=20, high=10_000_000),
        "psi_watch": number_field(t("Watch from PSI"), key="k-watch", value=config.psi_watch, low=0.01, high=5, decimals=2),
        "psi_act": number_field(t("Act from PSI"), key="k-act", value=config.psi_act, low=0.01, high=10, decimals=2),
        "quiet_hours": number_field(
            t("Warn when nothing comes for"), key="k-quiet", value=config.quiet_hours, low=0, high=2160, unit=t("hours; 0: never")
        ),
    }
    if any(v is None for v in fields.values()):
        return None
    return telling.changed_config(config, {name: v for name, v in fields.items() if v is not None})
