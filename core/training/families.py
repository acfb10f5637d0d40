"""Which AutoGluon configurations stand behind a preset and the chosen families."""

from __future__ import annotations

from typing import Any, Final

from core.training.model import Family, Preset, RunConfig, SplitKind

KEYS: Final = {
    Family.LIGHTGBM: "GBM",
    Family.CATBOOST: "CAT",
    Family.XGBOOST: "XGB",
    Family.RANDOM_FOREST: "RF",
    Family.EXTRA_TREES: "XT",
    Family.LINEAR: "LR",
    Family.NEIGHBOURS: "KNN",
}
PREFIXES: Final = (
    ("LightGBM", Family.LIGHTGBM),
    ("CatBoost", Family.CATBOOST),
    ("XGBoost", Family.XGBOOST),
    ("RandomForest", Family.RANDOM_FOREST),
    ("ExtraTrees", Family.EXTRA_TREES),
    ("LinearModel", Family.LINEAR),
    ("KNeighbors", Family.NEIGHBOURS),
    ("WeightedEnsemble", Family.ENSEMBLE),
)
SEVERAL: Final[dict[Family, list[dict[str, Any]]]] = {
    Family.LIGHTGBM: [
        {"extra_trees": True, "ag_args": {"name_suffix": "XT"}},
        {},
        {"learning_rate": 0.03, "num_leaves": 128, "feature_fraction": 0.9, "min_data_in_leaf": 3, "ag_args": {"name_suffix": "Large"}},
    ],
    Family.CATBOOST: [{}, {"depth": 4, "l2_leaf_reg": 6, "ag_args": {"name_suffix": "Shallow"}}],
    Family.XGBOOST: [{}, {"max_depth": 4, "learning_rate": 0.05, "ag_args": {"name_suffix": "Shallow"}}],
    Family.NEIGHBOURS: [
        {"weights": "uniform", "ag_args": {"name_suffix": "Unif"}},
        {"weights": "distance", "ag_args": {"name_suffix": "Dist"}},
    ],
}
FOLDS: Final = 5


def hyperparameters(preset: Preset, families: tuple[Family, ...], seed: int) -> dict[str, Any]:
    """AutoGluon's `hyperparameters`: configurations by its family key, all with the run's seed."""
    made: dict[str, Any] = {}
    for family in families:
        chosen = SEVERAL.get(family, [{}]) if preset is not Preset.FAST else [{}]
        made[KEYS[family]] = [
            {**config, "ag_args_fit": {"random_seed": seed}} if family is not Family.NEIGHBOURS else dict(config) for config in chosen
        ]
    return made


def planned_models(preset: Preset, families: tuple[Family, ...]) -> int:
    """How many models a run tries: every configuration, and the ensemble of them."""
    return sum(len(configs) for configs in hyperparameters(preset, families, 0).values()) + 1


def cross_fitted(config: RunConfig) -> bool:
    """Whether a run's models learn from validation rows too and are judged there by the folds that left each row out.

    Averaged folds can; where time splits the rows they must not, since a fold would learn from what came later.
    """
    return config.preset is Preset.BEST and config.split is SplitKind.RANDOM


def fit_options(config: RunConfig) -> dict[str, Any]:
    """What a preset adds to AutoGluon's fit."""
    if config.preset is Preset.BEST:
        # Folds in sequence: in parallel they need a cluster library that costs more than it gains on one machine.
        return {
            "num_bag_folds": FOLDS,
            "num_stack_levels": 0,
            "use_bag_holdout": not cross_fitted(config),
            "ag_args_ensemble": {"fold_fitting_strategy": "sequential_local"},
        }
    return {}


def family_of(model: str) -> Family | None:
    """Family of a leaderboard model's name."""
    return next((family for prefix, family in PREFIXES if model.startswith(prefix)), None)
