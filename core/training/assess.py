"""After the search: every model on the held-out rows, and the three artifacts of a run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.data.baseline import Baseline, build_baseline, score_histogram
from core.jobs.protocol import JobContext
from core.project.model import Task
from core.training import curves
from core.training import evaluation as ev
from core.training.families import cross_fitted, family_of
from core.training.figures import TEST, TRAIN, VALIDATION, Metric
from core.training.importance import permutation_importance
from core.training.metrics import binary_metrics, class_metrics, class_point, point_metric, regression_metrics
from core.training.model import LOWER_IS_BETTER
from core.training.money import best_value
from core.training.package import FORMAT, Package, PackagedModel, describe_features, library_versions, write_package
from core.training.spec import STOP_FILE, FitSpec
from core.words.terms import mark


def assess(
    context: JobContext,
    spec: FitSpec,
    predictor: Any,
    features: pd.DataFrame,
    target: pd.Series,
    slices: npt.NDArray[np.str_],
    *,
    fit_s: float,
) -> dict[str, Any]:
    """Clone the best model for serving, score test rows with exactly that clone and validation rows without having learned from them.

    Validation rows are scored by the clone too, unless averaged folds learned from them: then by the folds that left each row out.
    """
    context.emit("phase", phase="evaluating", message=mark("Evaluating on held-out rows"))
    out, best = context.out, str(predictor.model_best)
    package_folder = out / "package"
    _clone(predictor, package_folder)
    learned = slices != TEST if cross_fitted(spec.config) else slices == TRAIN
    package = _describe(spec, features[learned], best, target)
    held = features[(slices == TEST) | (learned if cross_fitted(spec.config) else slices == VALIDATION)]
    write_package(package_folder, package, Baseline(()))
    model = PackagedModel(package_folder)
    scores = _scores(spec, model, predictor, held, target, slices)
    scores.to_parquet(out / "scores.parquet", index=False)
    on_validation = scores.loc[scores["split"] == VALIDATION, "score"].to_numpy(dtype=np.float64)
    histogram = score_histogram(on_validation) if spec.task is Task.BINARY else ()
    write_package(package_folder, package, Baseline(build_baseline(features[learned], spec.kinds), histogram))
    context.raise_if_cancelled()
    context.emit("phase", phase="explaining", message=mark("Measuring what each column contributes"))
    found = _evaluate(context, spec, model, predictor, features, scores, slices, fit_s)
    (out / "evaluation.json").write_bytes(ev.evaluation_to_json(found))
    value = next((row.value for row in found.leaderboard if row.model == best), None)
    score = found.metric_named(spec.config.metric)
    return {
        "best_model": best, "score": score.value if score else 0.0, "value": None if value is None else str(value),
        "train_rows": found.train_rows, "validation_rows": found.validation_rows, "test_rows": found.test_rows,
        "models": len(found.leaderboard), "stopped_early": found.stopped_early,
    }  # fmt: skip


def _clone(predictor: Any, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "predictor", ignore_errors=True)
    predictor.clone_for_deployment(str(folder / "predictor"))


def _describe(spec: FitSpec, train: pd.DataFrame, best: str, target: pd.Series) -> Package:
    if spec.task is Task.BINARY:
        classes: tuple[str, ...] = ("0", "1")
    elif spec.task is Task.MULTICLASS:
        classes = tuple(sorted(map(str, target.unique())))
    else:
        classes = ()
    features = describe_features(train, spec.kinds)
    return Package(
        FORMAT, "autogluon", spec.task, spec.roles.target, spec.roles.positive, classes, features, spec.run_id, best, library_versions()
    )  # fmt: skip


def _scores(
    spec: FitSpec, model: PackagedModel, predictor: Any, held: pd.DataFrame, target: pd.Series, slices: npt.NDArray[np.str_]
) -> pd.DataFrame:
    """One row a held-out row: slice, position, truth, score; a column a leaderboard model, or a class."""
    rows = held.index.to_numpy()
    test = slices[rows] == TEST
    made: dict[str, Any] = {
        "split": np.where(test, TEST, VALIDATION), "row": rows.astype(np.int64), "y": target.loc[held.index].to_numpy(),
    }  # fmt: skip
    unseen = _Unseen(predictor, held, test) if cross_fitted(spec.config) else None
    if spec.task is Task.MULTICLASS:
        chances = model.chances(held) if unseen is None else unseen.fill(model.package.best_model, model.chances)
        made["score"] = chances.max(axis=1)
        made |= {f"p:{name}": chances[:, k] for k, name in enumerate(model.package.classes)}
        return pd.DataFrame(made)
    made["score"] = model.score(held) if unseen is None else unseen.fill(model.package.best_model, model.score)
    for name in predictor.model_names(can_infer=True):
        ask = partial(_ask, predictor, name, spec.task)
        made[f"m:{name}"] = ask(held) if unseen is None else unseen.fill(name, ask)
    return pd.DataFrame(made)


def _ask(predictor: Any, name: str, task: Task, frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    if task is Task.BINARY:
        return np.asarray(predictor.predict_proba(frame, model=name, as_pandas=False), dtype=np.float64)[:, 1]
    return np.asarray(predictor.predict(frame, model=name, as_pandas=False), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Unseen:
    """Answers for rows that averaged folds learned from, by the folds that left each of them out.

    Args:
        held: rows that were learned from, and test rows; test: which are which.
    """

    predictor: Any
    held: pd.DataFrame
    test: npt.NDArray[np.bool_]

    def fill(self, name: str, ask: Callable[[pd.DataFrame], npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
        """One answer (or a row of class probabilities) a held row."""
        on_test = ask(self.held[self.test])
        filled = np.empty((len(self.held), *on_test.shape[1:]), dtype=np.float64)
        filled[self.test] = on_test
        filled[~self.test] = self._left_out(name, self.held.index[~self.test])
        return filled

    def _left_out(self, name: str, rows: pd.Index) -> npt.NDArray[np.float64]:
        if self.predictor.problem_type == "regression":
            return np.asarray(self.predictor.predict_oof(model=name).loc[rows], dtype=np.float64)
        chances = self.predictor.predict_proba_oof(model=name).loc[rows]
        if self.predictor.problem_type == "binary":
            return np.asarray(chances[self.predictor.positive_class], dtype=np.float64)
        return np.asarray(chances[sorted(chances.columns, key=str)], dtype=np.float64)


def _evaluate(
    context: JobContext, spec: FitSpec, model: PackagedModel, predictor: Any, features: pd.DataFrame, scores: pd.DataFrame,
    slices: npt.NDArray[np.str_], fit_s: float,
) -> ev.Evaluation:  # fmt: skip
    from core.training.fit import missing_families

    test = scores[scores["split"] == TEST]
    learned = slices != TEST if cross_fitted(spec.config) else slices == TRAIN
    seed = spec.config.seed
    metrics, shapes = _findings(spec, model, test)
    importance = permutation_importance(features.loc[test["row"]], test["y"].to_numpy(), _loss(spec, model), seed)
    return ev.Evaluation(
        task=spec.task, metric=spec.config.metric, best_model=model.package.best_model, classes=model.package.classes,
        train_rows=int(learned.sum()), validation_rows=len(scores) - len(test), test_rows=len(test),
        metrics=metrics, importance=importance,
        leaderboard=_leaderboard(spec, predictor, scores, _class_scores(spec, model.package, predictor, features, test)),
        failures=tuple(ev.Failure(*pair) for pair in missing_families(predictor, spec)),
        stopped_early=(context.folder / STOP_FILE).exists(), fit_s=fit_s, libraries=model.package.libraries, **shapes,
    )  # fmt: skip


def _findings(spec: FitSpec, model: PackagedModel, test: pd.DataFrame) -> tuple[tuple[Metric, ...], dict[str, Any]]:
    seed, score = spec.config.seed, test["score"].to_numpy(dtype=np.float64)
    nothing: dict[str, Any] = dict.fromkeys(("roc", "pr", "calibration", "scores", "class_counts", "residuals"), ())
    if spec.task is Task.BINARY:
        truth = test["y"].to_numpy() == 1
        shapes = {
            "roc": curves.roc_points(truth, score), "pr": curves.pr_points(truth, score), "calibration": curves.calibration_bins(truth, score),
            "scores": curves.score_bins(truth, score),
        }  # fmt: skip
        return binary_metrics(truth, score, TEST, seed), nothing | shapes
    if spec.task is Task.MULTICLASS:
        classes = model.package.classes
        chances = test[[f"p:{name}" for name in classes]].to_numpy(dtype=np.float64)
        labels = test["y"].to_numpy(dtype=object)
        predicted = np.asarray(classes, dtype=object)[chances.argmax(axis=1)]
        return class_metrics(labels, predicted, chances, classes, TEST, seed), nothing | {
            "class_counts": curves.class_counts(labels, predicted, classes)
        }
    numbers = test["y"].to_numpy(dtype=np.float64)
    return regression_metrics(numbers, score, TEST, seed), nothing | {"residuals": curves.residual_points(numbers, score, seed)}


def _loss(spec: FitSpec, model: PackagedModel) -> Any:
    """The loss that importance is measured in: log loss for classes, mean absolute error for numbers."""
    if spec.task is Task.REGRESSION:
        return lambda truth, frame: float(np.abs(model.score(frame) - truth.astype(float)).mean())
    if spec.task is Task.BINARY:

        def log_loss(truth: npt.NDArray[np.generic], frame: pd.DataFrame) -> float:
            p = np.clip(model.score(frame), 1e-15, 1 - 1e-15)
            return float(-np.where(truth == 1, np.log(p), np.log(1 - p)).mean())

        return log_loss
    place = {name: k for k, name in enumerate(model.package.classes)}

    def class_loss(truth: npt.NDArray[np.generic], frame: pd.DataFrame) -> float:
        chances = model.chances(frame)
        return float(-np.log(np.clip(chances[np.arange(len(frame)), [place[str(t)] for t in truth]], 1e-15, 1)).mean())

    return class_loss


def _class_scores(spec: FitSpec, package: Package, predictor: Any, features: pd.DataFrame, test: pd.DataFrame) -> dict[str, float]:
    """The metric of each leaderboard model on the test rows, where there are several classes: scores.parquet has no column a model then."""
    if spec.task is not Task.MULTICLASS:
        return {}
    rows, labels, classes = features.loc[test["row"]], test["y"].to_numpy(dtype=object), package.classes
    found = {}
    for name in predictor.model_names(can_infer=True):
        chances = predictor.predict_proba(rows, model=name)[[*classes]].to_numpy(dtype=np.float64)
        found[name] = class_point(spec.config.metric, labels, chances, classes)
    return found


def _leaderboard(spec: FitSpec, predictor: Any, scores: pd.DataFrame, of_classes: dict[str, float]) -> tuple[ev.LeaderboardRow, ...]:
    board = predictor.leaderboard(silent=True)
    validation, test = scores[scores["split"] == VALIDATION], scores[scores["split"] == TEST]
    sign = -1.0 if spec.config.metric in LOWER_IS_BETTER else 1.0
    made = []
    for row in board.itertuples():
        column = f"m:{row.model}"
        value: Decimal | None = None
        on_test = of_classes.get(row.model)
        if spec.task is Task.BINARY and spec.scale is not None and column in scores:
            value, _ = best_value(validation["y"].to_numpy() == 1, validation[column].to_numpy(dtype=np.float64), spec.scale)
        if column in scores:
            on_test = point_metric(spec.config.metric, test["y"].to_numpy(), test[column].to_numpy(dtype=np.float64))
        predict_ms = 1000 * float(row.pred_time_val or 0.0) / max(1, len(validation))
        family = family_of(row.model)
        made.append(
            ev.LeaderboardRow(
                row.model, family.value if family else "", sign * float(row.score_val), on_test, float(row.fit_time), predict_ms, value
            )
        )
    return tuple(made)
