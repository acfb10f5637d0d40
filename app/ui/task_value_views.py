"""What a run of several classes, or a forecast, is worth: its policies beside each other in money."""

from app.ui import session
from app.ui.charts import Estimate, interval_dots, show_chart
from app.ui.page import finding, head, note, open_page, t, w
from core.errors import Conflict, InvalidInput, NotFound
from core.impact import class_sentences as say
from core.impact.task_value import TaskValue, value_task_run
from core.words import error_text

ERRORS = 4


def show_other_task(run_id: str, unlike: InvalidInput) -> None:
    """A run that isn't a yes-or-no one: in money where the project says what its errors cost, else why not.

    Args:
        unlike: why it has no report like that of a yes-or-no run.
    """
    try:
        found = value_task_run(session.workspace(), session.principal(), run_id)
    except (InvalidInput, Conflict, NotFound):
        head(t("Impact report"), finding_text=t("This run is not valued in money"), sentence=error_text(w(), unlike))
        return
    with open_page(
        found.project.name, t("Impact report"), t("Run {number}", number=found.run_number), sample=found.project.is_sample or None
    ):
        note(t("Value model version {version}; chosen on validation rows, valued on test rows.", version=found.value_model.version))
    if found.classes is not None:
        _classes(found)
    elif found.forecast is not None:
        _forecast(found)


def _classes(found: TaskValue) -> None:
    words, setting, classes, currency = w(), found.setting, found.classes, found.value_model.currency
    assert classes is not None
    finding(say.classes_finding(words, setting, classes), say.likely_sentence(words, setting, classes))
    dots = [
        Estimate(
            say.class_policy_name(words, p), p.value.value, p.value.low, p.value.high,
            "main" if p.policy is classes.recommended else "reference",
        )
        for p in classes.policies
    ]  # fmt: skip
    figures = {
        t("Way of deciding"): [say.class_policy_name(words, p) for p in classes.policies],
        t("Value"): [words.money_exact(p.value.value, currency, signed=True) for p in classes.policies],
        t("95% interval"): [words.money_range(p.value.low, p.value.high, currency, signed=True) for p in classes.policies],
        t("Right"): [words.percent(p.right.value, 1) for p in classes.policies],
    }
    _dots(found, dots, figures, say.classes_finding(words, setting, classes))
    for error in classes.errors[:ERRORS]:
        note(say.error_sentence(words, setting, error))


def _forecast(found: TaskValue) -> None:
    words, setting, forecast, currency = w(), found.setting, found.forecast, found.value_model.currency
    assert forecast is not None
    finding(say.forecast_finding(words, setting, forecast), say.quantile_sentence(words, setting, forecast))
    dots = [
        Estimate(
            say.forecast_policy_name(words, p.policy), p.cost.value, p.cost.low, p.cost.high,
            "main" if p.policy is forecast.recommended else "reference",
        )
        for p in forecast.policies
    ]  # fmt: skip
    figures = {
        t("Planned by"): [say.forecast_policy_name(words, p.policy) for p in forecast.policies],
        t("Cost"): [words.money_exact(p.cost.value, currency) for p in forecast.policies],
        t("95% interval"): [words.money_range(p.cost.low, p.cost.high, currency) for p in forecast.policies],
        t("Too little"): [words.money_exact(p.under.value, currency) for p in forecast.policies],
        t("Too much"): [words.money_exact(p.over.value, currency) for p in forecast.policies],
        t("Enough"): [words.percent(p.covered, 1) for p in forecast.policies],
    }
    _dots(found, dots, figures, say.forecast_finding(words, setting, forecast))


def _dots(found: TaskValue, dots: list[Estimate], figures: dict[str, list[str]], title: str) -> None:
    words, currency, period = w(), found.value_model.currency, found.value_model.period
    chart = interval_dots(dots, write=lambda v: words.money(v, currency), write_tick=lambda v: words.money_tick(v, currency), zero=True)
    about = t("{period} · {currency} · dot: estimate, line: 95% interval", period=words.period(period.value), currency=currency)
    show_chart(chart, title, about, figures, title, key="task-value")
