"""Which rows train, validate and test."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import train_test_split

from core.errors import InvalidInput, NotEnoughData
from core.project.model import Task
from core.training.figures import TEST, TRAIN, VALIDATION
from core.training.model import RunConfig, SplitKind

Names = npt.NDArray[np.str_]
MIN_POSITIVES = 5


def split_rows(target: pd.Series, config: RunConfig, task: Task, when: pd.Series | None = None) -> Names:
    """Name of each row's slice, shape (rows,).

    Random splits are stratified by class. By time, the newest rows test, those before them validate, and rows of one moment stay together.

    Args:
        when: the time column; needed for a split by time.

    Raises:
        InvalidInput: a split by time without a time column. NotEnoughData: a slice would miss a class.
    """
    names = _by_time(when, config) if config.split is SplitKind.TIME else _random(target, config, task)
    if task is not Task.REGRESSION:
        _check_classes(target, names)
    return names


def _random(target: pd.Series, config: RunConfig, task: Task) -> Names:
    stratify = None if task is Task.REGRESSION else target.to_numpy()
    positions = np.arange(len(target))
    names = np.full(len(target), TRAIN, dtype="<U10")
    rest, test = train_test_split(positions, test_size=config.test_share, random_state=config.seed, stratify=stratify)
    share = config.validation_share / (1 - config.test_share)
    _, validation = train_test_split(
        rest, test_size=share, random_state=config.seed + 1, stratify=None if stratify is None else stratify[rest]
    )
    names[test], names[validation] = TEST, VALIDATION
    return names


def _by_time(when: pd.Series | None, config: RunConfig) -> Names:
    if when is None:
        raise InvalidInput("A split by time needs a time column. Declare one for this data set, or split at random.", field="split")
    moments = when.to_numpy()
    order = np.sort(moments)
    n = len(moments)
    test_from = order[int(n * (1 - config.test_share))]
    validation_from = order[int(n * (1 - config.test_share - config.validation_share))]
    names = np.full(n, TRAIN, dtype="<U10")
    names[moments >= validation_from] = VALIDATION
    names[moments >= test_from] = TEST
    if len(set(names)) < 3:
        raise NotEnoughData("Too few different moments for a split by time. Split at random, or use more data.", field="split")
    return names


def _check_classes(target: pd.Series, names: Names) -> None:
    classes = set(target.unique())
    for part in (TRAIN, VALIDATION, TEST):
        counts = target[names == part].value_counts()
        short = [c for c in classes if counts.get(c, 0) < (MIN_POSITIVES if len(classes) == 2 else 1)]
        if short:
            raise NotEnoughData(
                "The {part} rows have too few of the class '{value}'. Use more data, larger shares, or a random split.",
                field="split", part=part, value=str(short[0]),
            )  # fmt: skip
