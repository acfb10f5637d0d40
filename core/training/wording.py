"""How runs are told to people: names of models, metrics, presets and states, and the lines of a log."""

from __future__ import annotations

import json
from typing import Final

from core.training.families import PREFIXES
from core.training.model import LOWER_IS_BETTER, Family, Origin, Preset, Run, RunState, SplitKind
from core.training.progress import LogLine
from core.words import Words
from core.words.terms import mark

FAMILIES: Final[dict[Family, str]] = {
    Family.LIGHTGBM: mark("LightGBM"),
    Family.CATBOOST: mark("CatBoost"),
    Family.XGBOOST: mark("XGBoost"),
    Family.RANDOM_FOREST: mark("Random forest"),
    Family.EXTRA_TREES: mark("Extra trees"),
    Family.LINEAR: mark("Linear model"),
    Family.NEIGHBOURS: mark("Nearest neighbours"),
    Family.ENSEMBLE: mark("Ensemble"),
}
VARIANTS: Final = {
    "XT": mark("{family}, extra random"),
    "Large": mark("{family}, large"),
    "Shallow": mark("{family}, shallow"),
    "Unif": mark("{family}, equal weights"),
    "Dist": mark("{family}, by distance"),
}
METRICS: Final = {
    "roc_auc": mark("AUC"),
    "average_precision": mark("Average precision"),
    "log_loss": mark("Log loss"),
    "brier": mark("Brier score"),
    "accuracy": mark("Accuracy"),
    "balanced_accuracy": mark("Balanced accuracy"),
    "precision": mark("Precision"),
    "recall": mark("Recall"),
    "f1": mark("F1"),
    "f1_macro": mark("F1, mean of classes"),
    "mean_absolute_error": mark("Mean absolute error"),
    "root_mean_squared_error": mark("Root mean squared error"),
    "r2": mark("R²"),
    "mape": mark("Mean absolute percentage error"),
}
IN_TARGET_UNITS: Final = frozenset({"mean_absolute_error", "root_mean_squared_error"})
PRESETS: Final = {
    Preset.FAST: mark("Quick: one model of each kind"),
    Preset.GOOD: mark("Thorough: several variants of the strong kinds"),
    Preset.BEST: mark("Best: the same, each trained five times and averaged"),
}
PRESET_NAMES: Final = {Preset.FAST: mark("Quick"), Preset.GOOD: mark("Thorough"), Preset.BEST: mark("Best")}
SPLITS: Final = {
    SplitKind.RANDOM: mark("At random, with equal shares of each class"),
    SplitKind.TIME: mark("By time: learn from the oldest rows, test on the newest"),
}
STATES: Final = {
    RunState.QUEUED: mark("Waiting"),
    RunState.RUNNING: mark("Running"),
    RunState.SUCCEEDED: mark("Finished"),
    RunState.FAILED: mark("Ended with an error"),
    RunState.CANCELLED: mark("Cancelled"),
}


def family_name(words: Words, family: Family | str) -> str:
    """A kind of model; a name that isn't known stays as it is."""
    try:
        return words.t(FAMILIES[Family(family)])
    except ValueError:
        return str(family)


def model_name(words: Words, model: str) -> str:
    """A leaderboard model as people say it: "LightGBMLarge_BAG_L1" is "LightGBM, large"."""
    found = next(((prefix, family) for prefix, family in PREFIXES if model.startswith(prefix)), None)
    if found is None:
        return model
    prefix, family = found
    variant = VARIANTS.get(model.removeprefix(prefix).split("_")[0])
    name = words.t(FAMILIES[family])
    return words.t(variant, family=name) if variant else name


def metric_name(words: Words, metric: str) -> str:
    """A metric; a class's recall names the class, and a logged one stays as it is."""
    if metric.startswith("recall:"):
        return words.t("Recall of {name}", name=metric.removeprefix("recall:"))
    return words.t(METRICS[metric]) if metric in METRICS else metric


def metric_text(words: Words, metric: str, value: float) -> str:
    """A metric's value: errors in the target's units with as many digits as they need, shares with three decimals."""
    if metric == "mape":
        return words.percent(value, 1)
    if metric in IN_TARGET_UNITS:
        size = abs(value)
        return words.number(value, 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 1 else 4)
    return words.number(value, 3)


def natural_score(metric: str, score: float) -> float:
    """A leaderboard score without the minus sign that AutoGluon gives to errors."""
    return -score if metric in LOWER_IS_BETTER else score


def run_name(words: Words, run: Run) -> str:
    """What a run is called: its own name, else its number."""
    if run.name and run.origin is Origin.RETRAINING:
        return words.t("Retraining, {name}", name=run.name)
    return words.given(run.name) or words.t("Run {number}", number=run.number)


def run_error(words: Words, run: Run) -> str:
    """Why a run ended without a model, in the reader's language; empty where it didn't."""
    if not run.error:
        return ""
    body = json.loads(run.error)
    return words.t(str(body.get("template", "")), **body.get("fields", {}))


def log_text(words: Words, line: LogLine) -> str:
    """One line of a run's log."""
    fields = dict(line.fields)
    if "model" in fields:
        fields["model"] = model_name(words, str(fields["model"]))
    if "seconds" in fields:
        fields["seconds"] = words.number(float(str(fields["seconds"])), 1)
    if "value" in fields:
        fields["value"] = words.number(float(str(fields["value"])))
    for name in ("rows", "train", "validation", "test"):
        if name in fields:
            fields[name] = words.number(float(str(fields[name])))
    return words.t(line.template, **fields)
