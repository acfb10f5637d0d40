"""The training job: a dataset version in, model package, scores and evaluation out. It never touches the store."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.data.baseline import as_texts
from core.data.frames import as_features, read_frame
from core.errors import KachiError
from core.jobs.protocol import JobContext
from core.project.model import Task
from core.training.families import KEYS, cross_fitted, family_of, fit_options, hyperparameters
from core.training.figures import TEST, TRAIN, VALIDATION
from core.training.package import LABEL
from core.training.spec import FitSpec, spec_from_json
from core.training.split import split_rows
from core.words.terms import mark

PROBLEM = {Task.BINARY: "binary", Task.MULTICLASS: "multiclass", Task.REGRESSION: "regression"}


def run(context: JobContext) -> dict[str, Any]:
    """Train, choose, evaluate on rows that no model has seen.

    Raises:
        KachiError: no model could be trained, and why. JobCancelled: it was asked to stop.
    """
    spec = spec_from_json(context.spec)
    context.emit("phase", phase="reading", message=mark("Reading the data"))
    # Imported only now: these libraries take seconds to load, and whoever watches should see that the run has begun.
    from core.training.assess import assess

    frame = read_frame(Path(spec.table_path))
    target = make_target(frame[spec.roles.target], spec)
    when = frame[spec.roles.time_column] if spec.roles.time_column else None
    slices = split_rows(target, spec.config, spec.task, when)
    counts = {part: int((slices == part).sum()) for part in (TRAIN, VALIDATION, TEST)}
    context.emit(
        "log",
        message=mark("{rows} rows: {train} to learn from, {validation} to choose by, {test} held out"),
        fields={"rows": len(frame), **counts},
    )
    context.raise_if_cancelled()
    features = as_features(frame, spec.kinds)
    began = time.monotonic()
    predictor = _fit(context, spec, features, target, slices)
    context.raise_if_cancelled()
    return assess(context, spec, predictor, features, target, slices, fit_s=time.monotonic() - began)


def make_target(column: pd.Series, spec: FitSpec) -> pd.Series:
    """The target as models take it: 0 and 1 for yes-or-no, text for classes, floats for numbers."""
    if spec.task is Task.BINARY:
        return (as_texts(column) == spec.roles.positive).astype("int64")
    if spec.task is Task.MULTICLASS:
        return as_texts(column)
    return pd.to_numeric(column).astype("float64")


def _fit(context: JobContext, spec: FitSpec, features: pd.DataFrame, target: pd.Series, slices: npt.NDArray[np.str_]) -> Any:
    from autogluon.tabular import TabularPredictor

    from core.training.live import LiveCallback

    table = features.assign(**{LABEL: target})
    folder = context.folder / "tmp" / "search"
    shutil.rmtree(folder, ignore_errors=True)
    callback = LiveCallback(context.events_fd, str(context.folder), spec.scale)
    context.emit("phase", phase="training", message=mark("Training models"))
    predictor = TabularPredictor(
        label=LABEL, problem_type=PROBLEM[spec.task], eval_metric=spec.config.metric, path=str(folder), verbosity=2
    )
    learned = slices != TEST if cross_fitted(spec.config) else slices == TRAIN
    predictor.fit(
        table[learned],
        tuning_data=None if cross_fitted(spec.config) else table[slices == VALIDATION],
        time_limit=spec.config.time_limit_s,
        hyperparameters=hyperparameters(spec.config.preset, spec.config.families, spec.config.seed),
        # One thread each: on small or shared machines more threads make boosting many times slower.
        num_cpus=spec.threads,
        num_gpus=0,
        callbacks=[callback],
        raise_on_no_models_fitted=False,
        **fit_options(spec.config),
    )
    context.raise_if_cancelled()
    names = predictor.model_names()
    if not names:
        raise KachiError(
            "No model could be trained: {reasons}. Give it more time, more rows, or other kinds of models.", reasons=_reasons(predictor)
        )
    if len(names) > 1 and not any(name.startswith("WeightedEnsemble") for name in names):
        # A soft stop skips the ensemble; it costs a second and is usually the best.
        predictor.fit_weighted_ensemble()
    return predictor


def _reasons(predictor: Any) -> str:
    failures = predictor.model_failures()
    if len(failures) == 0:
        return "the time limit was too short"
    return "; ".join(f"{row.model}: {str(row.exc_str)[:120]}" for row in failures.itertuples())


def missing_families(predictor: Any, spec: FitSpec) -> list[tuple[str, str]]:
    """Families that were asked for and brought no model, with the reason."""
    found = {family_of(name) for name in predictor.model_names()}
    failures = predictor.model_failures()
    told: dict[str, str] = {}
    for row in failures.itertuples():
        family = family_of(row.model)
        if family is not None:
            told[family.value] = f"{row.exc_type}: {str(row.exc_str)[:200]}"
    missing = [family for family in spec.config.families if family in KEYS and family not in found]
    return [(family.value, told.get(family.value, "not reached within the time limit")) for family in missing]
