"""How predictors of each framework are read and asked: one module a flavour."""

from __future__ import annotations

import importlib
from pathlib import Path

from core.errors import Corrupt
from core.serving.flavours.base import Scorer
from core.serving.package import Package

FLAVOURS = {"autogluon": "core.serving.flavours.autogluon", "lightgbm": "core.serving.flavours.lightgbm"}


def load_scorer(folder: Path, package: Package) -> Scorer:
    """Read the predictor of a package whose bytes and approval have been checked.

    Raises:
        Corrupt: an unknown flavour, or a predictor that doesn't load.
    """
    module = FLAVOURS.get(package.flavour)
    if module is None:
        raise Corrupt("This gateway can't serve models of the kind '{flavour}'. Update it, or train again.", flavour=package.flavour)
    scorer: Scorer = importlib.import_module(module).load(folder, package)
    return scorer
