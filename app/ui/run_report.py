"""The finished part of a run's page: metrics with intervals, curves, confusion at a threshold, importance; and lines of lists."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.ui import session
from app.ui.cards import Card, show_cards
from app.ui.charts import Bin, CurvePoint, RatePoint, calibration, confusion, histogram, importance_bars, pr, roc, show_chart
from app.ui.page import finding, gap, n, note, section, sources, t, table, w
from app.ui.rows import Column, Main, Row, show_rows
from app.ui.run_live import run_chip, show_log
from core.project.model import Task
from core.project.wording import spoken
from core.training.evaluation import Evaluation
from core.training.figures import Metric
from core.training.model import Run, RunState
from core.training.view import ListedRun, RunView, at_threshold
from core.training.wording import PRESETS, SPLITS, family_name, metric_name, metric_text, model_name, run_error, run_name

MOST_FEATURES = 15
CARDS = {
    Task.BINARY: ("roc_auc", "average_precision", "log_loss", "brier"),
    Task.MULTICLASS: ("accuracy", "balanced_accuracy", "f1_macro", "log_loss"),
    Task.REGRESSION: ("mean_absolute_error", "root_mean_squared_error", "r2", "mape"),
}


def kept_text(listed: ListedRun) -> str:
    """The model that a run kept and its metric on test rows; a dash while there is none."""
    words, summary = w(), listed.run.summary
    if summary is None:
        return "–"
    metric = listed.run.config.metric
    return t(
        "{model} · {metric} {score}", model=model_name(words, summary.best_model), metric=metric_name(words, metric),
        score=metric_text(words, metric, summary.score),
    )  # fmt: skip


def best_text(listed: ListedRun) -> str | None:
    """What a run's kept model would bring a period."""
    words, summary = w(), listed.run.summary
    if summary is None or summary.value is None or not summary.currency:
        return None
    return words.money_per(summary.value, summary.currency, listed.period)  # type: ignore[arg-type]


def list_headline(best: ListedRun | None, count: int) -> str:
    """The finding of a list of runs: the most valuable one, where money is known."""
    money = best_text(best) if best else None
    if best is None or money is None:
        return n("{n} training run", "{n} training runs", count)
    return t("The best run so far would bring {money}", money=money)


def finished_headline(view: RunView, found: Evaluation) -> str:
    """The kept model, in money where there is any."""
    words, summary, model = w(), view.run.summary, view.value_model
    name = model_name(words, found.best_model)
    if summary is not None and summary.value is not None and model is not None:
        return t("{model} would bring {money}", model=name, money=words.money_per(summary.value, model.currency, model.period.value))
    metric = found.metric_named(found.metric)
    if metric is None:
        return t("{model} is the best model", model=name)
    return t("{model} reaches {metric} {score}", model=name, metric=metric_name(words, metric.name), score=_value(metric))


def finished_sentence(view: RunView, found: Evaluation) -> str:
    """How sure the headline is, and what it was measured on."""
    words, metric = w(), found.metric_named(found.metric)
    if metric is None:
        return ""
    score = t(
        "{metric} {score}, 95% interval {low} to {high}, on {rows} test rows that no model has seen.", metric=metric_name(words, metric.name),
        score=_value(metric), low=metric_text(words, metric.name, metric.low), high=metric_text(words, metric.name, metric.high),
        rows=words.number(metric.n),
    )  # fmt: skip
    if view.value_model is None or view.run.summary is None or view.run.summary.value is None:
        return score
    return words.together(t("Estimated on the validation rows; the impact report values it on the test rows."), score)


def _value(metric: Metric) -> str:
    return metric_text(w(), metric.name, metric.value)


def _interval(metric: Metric) -> str:
    words = w()
    return t("{low} to {high}", low=metric_text(words, metric.name, metric.low), high=metric_text(words, metric.name, metric.high))


def metric_cards(found: Evaluation) -> None:
    """The four metrics of the task, each with its interval."""
    shown = [m for name in CARDS[found.task] if (m := found.metric_named(name)) is not None]
    show_cards([Card(metric_name(w(), m.name), _value(m), _interval(m), "neutral") for m in shown], key="metrics")


def metrics_table(metrics: tuple[Metric, ...], title: str, about: str) -> None:
    """Metrics with size and interval."""
    words = w()
    section(title, about)
    table(
        {
            t("Metric"): [metric_name(words, m.name) for m in metrics],
            t("Value"): [_value(m) for m in metrics],
            t("95% interval"): [_interval(m) for m in metrics],
            t("Rows"): [words.number(m.n) for m in metrics],
        }
    )


def show_curves(found: Evaluation) -> None:
    """ROC and precision-recall side by side, then calibration beside all metrics."""
    words = w()
    auc, precision = found.metric_named("roc_auc"), found.metric_named("average_precision")
    base_rate = next((p.y for p in found.pr if p.x >= 1), 0.0)
    left, right = st.columns(2, gap="medium")
    about = t("{rows} test rows", rows=words.number(found.test_rows))
    with left:
        title = t("AUC is {value}", value=_value(auc)) if auc else t("ROC")
        show_chart(roc(words, [CurvePoint(p.x, p.y) for p in found.roc]), title, about, None, title, key="roc")
    with right:
        title = t("Average precision is {value}", value=_value(precision)) if precision else t("Precision and recall")
        chart = pr(words, [CurvePoint(p.x, p.y) for p in found.pr], base_rate=base_rate)
        show_chart(chart, title, about, None, title, key="pr")
    gap()
    left, right = st.columns(2, gap="medium")
    with left:
        bins = [RatePoint(b.score, b.share, b.low, b.high, b.n) for b in found.calibration]
        title = t("How far predicted likelihoods can be taken at their word")
        show_chart(calibration(words, bins), title, t("dot: observed share, line: 95% interval (Wilson)"), None, title, key="calibration")
    with right:
        metrics_table(found.metrics, t("All metrics"), t("Test rows; yes-or-no decisions at a threshold of 50%"))


def show_scores(found: Evaluation) -> None:
    """How the scores of both kinds of cases are spread, or how far numbers are off."""
    words = w()
    if found.task is Task.MULTICLASS:
        show_classes(found)
    elif found.task is Task.REGRESSION:
        show_residuals(found)
    else:
        yes = [Bin(b.low, b.high, b.positives) for b in found.scores]
        no = [Bin(b.low, b.high, b.negatives) for b in found.scores]
        title = t("Where both kinds of cases are scored")
        chart = histogram(words, yes, before=no, title=t("Score"), height=300)
        show_chart(chart, title, t("filled: positive cases, outline: negative cases"), None, title, key="scores")


@st.fragment
def show_threshold(view: RunView) -> None:
    """Confusion and its metrics at a threshold that the reader moves."""
    words = w()
    nouns = spoken(words, view.project.nouns)
    leader = view.leader
    first = min(99, max(1, round(leader.threshold * 100))) if leader and leader.threshold is not None else 50
    section(t("What happens at a threshold"), t("Test rows; the slider begins where validation rows were worth most."))
    left, right = st.columns([0.5, 0.5], gap="medium")
    with left:
        percent = st.slider(t("Act from this likelihood on"), 0, 100, first, 1, "%d%%", key="run-threshold")
        at = at_threshold(session.workspace(), session.principal(), view.run.id, percent / 100)
        chart = confusion(
            words, hit=at.cells.tp, missed=at.cells.fn, unneeded=at.cells.fp, left_alone=at.cells.tn, said_yes=t("Act"), said_no=t("Leave alone"),
            was_yes=nouns.outcome, was_no=nouns.outcome_not,
        )  # fmt: skip
        title = t("{hit} of {all} are found", hit=words.number(at.cells.tp), all=words.number(at.cells.tp + at.cells.fn))
        show_chart(chart, title, t("rows: what happened, columns: what is decided"), None, title, key="confusion")
    with right:
        metrics_table(at.metrics, t("Metrics at {percent}", percent=words.percent(percent / 100)), t("{slice} rows", slice=t("Test")))


def show_classes(found: Evaluation) -> None:
    """The confusion matrix of a run with classes."""
    words = w()
    section(t("Which classes are taken for which"), t("rows: what it was, columns: what was predicted; test rows"))
    cells = {(c.truth, c.predicted): c.count for c in found.class_counts}
    columns = {t("Was"): list(found.classes)}
    table(columns | {p: [words.number(cells.get((truth, p), 0)) for truth in found.classes] for p in found.classes})


def show_residuals(found: Evaluation) -> None:
    """Predicted against true numbers."""
    title = t("Predicted and true numbers")
    section(title, t("A sample of the test rows; the closer to the diagonal, the better."))
    data = {t("True"): [r.truth for r in found.residuals], t("Predicted"): [r.predicted for r in found.residuals]}
    st.scatter_chart(data, x=t("True"), y=t("Predicted"), height=320)


def show_importance(found: Evaluation) -> None:
    """What each column contributes, with its interval."""
    words, items = w(), found.importance[:MOST_FEATURES]
    if not items:
        return
    title = t("{name} matters most", name=items[0].feature)
    about = t("Rise of the error when a column's values are shuffled on test rows; line: 95% interval")
    show_chart(importance_bars(words, [(i.feature, i.drop, i.low, i.high) for i in items]), title, about, None, title, key="importance")


def final_leaderboard(view: RunView, found: Evaluation) -> None:
    """All models on validation and test rows, with money; and the kinds that brought none."""
    words, model = w(), view.value_model
    name = metric_name(words, found.metric)
    section(t("Leaderboard"), t("{metric} on validation rows chooses; test rows confirm.", metric=name))
    columns = [Column(t("Model"), "main")]
    if model is not None:
        columns.append(Column(t("Value, {period}", period=words.period(model.period.value)), "amount"))
    columns += [Column(t("Validation"), "muted"), Column(t("Test"), "muted")]
    rows = []
    for r in found.leaderboard:
        kept = t("kept") if r.model == found.best_model else ""
        about = t("trained in {fit}", fit=words.duration(r.fit_s))
        money = [words.money(r.value, model.currency) if r.value is not None else None] if model is not None else []
        test = metric_text(words, found.metric, r.score_test) if r.score_test is not None else None
        sub = " · ".join(filter(None, (kept, about)))
        rows.append(
            Row(r.model, (Main(model_name(words, r.model), sub), *money, metric_text(words, found.metric, r.score_validation), test))
        )
    show_rows(columns, rows, key="final-board", label=t("Leaderboard"), opens=False)
    for failure in found.failures:
        note(t("{family} brought no model: {reason}", family=family_name(words, failure.family), reason=failure.reason))


def config_facts(run: Run) -> list[tuple[str, str]]:
    """What a run was asked to do."""
    words, config = w(), run.config
    shares = t(
        "{validation} to choose by, {test} to test",
        validation=words.percent(config.validation_share),
        test=words.percent(config.test_share),
    )
    return [
        (t("How much to try"), t(PRESETS[config.preset])),
        (t("Time limit"), words.duration(config.time_limit_s)),
        (t("Kinds of models"), ", ".join(family_name(words, f) for f in config.families)),
        (t("How rows are held out"), t(SPLITS[config.split])),
        (t("Held out"), shares),
        (t("Seed"), str(config.seed)),
    ]


def show_sources(view: RunView, found: Evaluation | None) -> None:
    """Where a run's numbers come from, enough to make them again."""
    words, run, data = w(), view.run, view.data
    rows = [(t("Run"), run.id), (t("Started by"), t("{name}, {when}", name=run.created_by_name, when=words.datetime(run.created_at)))]
    if data is not None:
        rows += [(t("Data"), t("{name}, version {number} · {rows} rows", name=data.name, number=data.number, rows=words.number(data.rows)))]
        rows += [(t("Fingerprint of the data"), data.sha256)]
    if view.value_model is not None:
        rows += [(t("Value model"), t("Version {version}", version=view.value_model.version))]
    rows += config_facts(run)
    if found is not None:
        sizes = (found.train_rows, found.validation_rows, found.test_rows)
        rows += [(t("Rows to learn from, to choose by, to test"), " / ".join(words.number(size) for size in sizes))]
        rows += [(t("Libraries"), ", ".join(f"{name} {version}" for name, version in found.libraries))]
    sources(rows)


def show_finished(view: RunView, found: Evaluation) -> None:
    """Everything of a run that has ended with a model."""
    finding(finished_headline(view, found), finished_sentence(view, found), chip=run_chip(view.run.state))
    metric_cards(found)
    gap()
    final_leaderboard(view, found)
    gap()
    left, right = st.columns(2, gap="medium")
    with left:
        show_importance(found)
    with right:
        show_scores(found)
    gap()
    if found.task is Task.BINARY:
        show_curves(found)
        gap()
        show_threshold(view)
    else:
        metrics_table(found.metrics, t("All metrics"), t("Test rows"))
    gap()
    if view.progress.log:
        with st.expander(t("Log"), type="compact"):
            show_log(view, 300)
    show_sources(view, found)


def show_ended(view: RunView, logged: Sequence[Metric]) -> None:
    """A run that was cancelled, failed, or was logged from elsewhere."""
    words, run = w(), view.run
    if run.state is RunState.SUCCEEDED:
        finding(run_name(words, run), t("This run was trained elsewhere and logged here."), chip=run_chip(run.state))
        metrics_table(tuple(logged), t("Metrics"), t("As logged"))
    else:
        title = t("This run was cancelled") if run.state is RunState.CANCELLED else t("This run ended without a model")
        finding(title, run_error(words, run), chip=run_chip(run.state))
        section(t("Log"))
        show_log(view, 300)
    show_sources(view, None)
