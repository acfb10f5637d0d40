"""The live part of a run's page: headline, progress, figures, leaderboard and log."""

from __future__ import annotations

import streamlit as st

from app.ui.cards import Card, show_cards
from app.ui.chips import Chip, Tone, state_chip
from app.ui.page import finding, n, note, section, t, w
from app.ui.rows import Column, Main, Row, show_rows
from core.training.model import LeaderboardEntry, RunState
from core.training.view import RunView
from core.training.wording import STATES, log_text, metric_name, metric_text, model_name, natural_score

TONES: dict[RunState, Tone] = {
    RunState.QUEUED: "gray",
    RunState.RUNNING: "blue",
    RunState.SUCCEEDED: "green",
    RunState.FAILED: "red",
    RunState.CANCELLED: "gray",
}


def run_chip(state: RunState) -> Chip:
    """A run's state with its sign and colour."""
    return state_chip(t(STATES[state]), TONES[state])


def money_of(view: RunView, entry: LeaderboardEntry) -> str | None:
    """What a model's decisions bring a period, on validation rows."""
    model = view.value_model
    return w().money(entry.value, model.currency) if entry.value is not None and model else None


def live_headline(view: RunView) -> str:
    """Who leads, in money where there is any."""
    words, leader, model = w(), view.leader, view.value_model
    if leader is None:
        return t("Waiting for its turn") if view.run.state is RunState.QUEUED else t("Training its first model")
    name = model_name(words, leader.model)
    if leader.value is not None and model is not None:
        return t("{model} leads with {money}", model=name, money=words.money_per(leader.value, model.currency, model.period.value))
    metric = view.run.config.metric
    score = metric_text(words, metric, natural_score(metric, leader.score))
    return t("{model} leads with {metric} {score}", model=name, metric=metric_name(words, metric), score=score)


def show_live(view: RunView) -> None:
    """Everything of a run that is going on."""
    words, run = w(), view.run
    finding(live_headline(view), _about(view), chip=run_chip(run.state))
    done = n("{n} of {planned} models", "{n} of {planned} models", len(view.entries), planned=view.planned)
    clock = t("{elapsed} of {limit}", elapsed=words.duration(view.progress.elapsed_s), limit=words.duration(run.config.time_limit_s))
    st.progress(view.progress.share, text=f"{done} · {clock}")
    show_cards(_cards(view), key="live")
    st.space("small")
    left, right = st.columns([0.64, 0.36], gap="medium")
    with left:
        leaderboard_table(view)
    with right:
        section(t("Log"), t("Newest last"))
        show_log(view, 330)


def _about(view: RunView) -> str:
    if view.progress.current:
        return t("{model} is training now.", model=model_name(w(), view.progress.current))
    phase = {"reading": t("Reading the data."), "evaluating": t("Testing the best model on rows that no model has seen.")}
    phase |= {
        "explaining": t("Measuring what each column contributes."),
        "queued": t("One run at a time: it starts when the one before ends."),
    }
    return phase.get(view.progress.phase, "")


def _cards(view: RunView) -> list[Card]:
    words, leader, trends = w(), view.leader, view.trends
    metric = view.run.config.metric
    best = "–"
    if leader is not None:
        best = money_of(view, leader) or metric_text(words, metric, natural_score(metric, leader.score))
    to_go = n("{n} model to go", "{n} models to go", view.to_go)
    cores = n("{n} core", "{n} cores", view.progress.cores)
    label = t("Best so far, {period}", period=words.period(view.value_model.period.value)) if view.value_model else t("Best so far")
    remark = model_name(words, leader.model) if leader else None
    memory, limit = words.bytes(round(view.memory_mb * 1e6)), words.bytes(round(view.limit_mb * 1e6))
    return [
        Card(label, best, remark, "neutral", trend=trends.best),
        Card(t("Time left"), words.duration(view.progress.remaining_s), to_go, "neutral", trend=trends.left),
        Card(t("Processor"), words.percent(view.processor_pct / 100), cores, "info", trend=trends.processor),
        Card(t("Memory"), memory, t("of {limit}", limit=limit), "info", trend=trends.memory),
    ]


def leaderboard_table(view: RunView) -> None:
    """The models so far, the best by the run's metric first, with their money on validation rows."""
    words, metric, model = w(), view.run.config.metric, view.value_model
    about = t("The best {metric} on validation rows is kept.", metric=metric_name(words, metric))
    section(t("Leaderboard"), about)
    if not view.entries:
        note(t("The first model appears here as soon as it is trained."))
        return
    columns = [Column(t("Model"), "main")]
    if model is not None:
        columns.append(Column(t("Value, {period}", period=words.period(model.period.value)), "amount"))
    columns.append(Column(metric_name(words, metric), "muted" if model else "amount"))
    rows = []
    for entry in view.entries:
        speed = t("trained in {fit}", fit=words.duration(entry.fit_s))
        score = metric_text(words, metric, natural_score(metric, entry.score))
        money = [money_of(view, entry)] if model is not None else []
        rows.append(Row(entry.model, (Main(model_name(words, entry.model), speed), *money, score)))
    show_rows(columns, rows, key=f"board-{len(rows)}", label=t("Leaderboard"), opens=False)


def show_log(view: RunView, height: int) -> None:
    """The run's log, the newest line in sight."""
    words = w()
    lines = [f"{line.at.astimezone(words.timezone):%H:%M:%S}  {log_text(words, line)}" for line in view.progress.log]
    with st.container(height=height, autoscroll=True, key="k-run-log"):
        st.code("\n".join(lines) or t("Nothing yet."), language=None, wrap_lines=True)
