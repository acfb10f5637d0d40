"""A model package as the gateway reads it: what it predicts, from which columns, and rows to try it with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.model import Kind
from core.errors import Corrupt
from core.project.model import Task

Value = str | int | float | bool | None
Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Feature:
    """A column that the model needs.

    Args:
        nullable: whether training saw it missing.
        categories: values that training saw, the most frequent first; empty for numbers and moments.
        low, high: extent in training; None where it had none (moments: seconds since 1970).
    """

    name: str
    kind: Kind
    nullable: bool = True
    categories: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Package:
    """What ``package.json`` says.

    Args:
        flavour: which reader its ``predictor`` needs.
        positive: label of the class whose probability is the score; None but for yes-or-no models.
        classes: labels as text, in the order of multiclass probabilities.
    """

    flavour: str
    task: Task
    target: str
    positive: str | None
    classes: tuple[str, ...]
    features: tuple[Feature, ...]
    run_id: str = ""

    @property
    def kinds(self) -> dict[str, Kind]:
        """Kind by feature."""
        return {f.name: f.kind for f in self.features}


def read_package(folder: Path) -> Package:
    """Read ``package.json`` of a package folder.

    Raises:
        Corrupt: it is missing or says something impossible.
    """
    try:
        body: dict[str, Any] = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        positive = body.get("positive")
        return Package(
            str(body.get("flavour", "autogluon")),
            Task(body["task"]),
            str(body["target"]),
            None if positive is None else _text(positive),
            tuple(_text(c) for c in body.get("classes") or ()),
            tuple(_feature(f) for f in body["features"]),
            str(body.get("run_id") or ""),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Corrupt("The model package can't be read ({reason}). Train the model again.", reason=type(error).__name__) from error


def _feature(body: Mapping[str, Any]) -> Feature:
    low, high = body.get("low"), body.get("high")
    return Feature(
        str(body["name"]),
        Kind(body["kind"]),
        bool(body.get("nullable", True)),
        tuple(_text(c) for c in body.get("categories") or ()),
        None if low is None or isinstance(low, str) else float(low),
        None if high is None or isinstance(high, str) else float(high),
    )


def _text(label: object) -> str:
    return ("true" if label else "false") if isinstance(label, bool) else str(label)


def example_row(package: Package) -> dict[str, Value]:
    """A typical row: the most frequent category and the middle of the training extent of each column."""
    return {f.name: _typical(f) for f in package.features}


def _typical(feature: Feature) -> Value:
    match feature.kind:
        case Kind.BOOLEAN:
            return True
        case Kind.DATETIME:
            return "2026-01-31T09:00:00"
        case Kind.CATEGORY | Kind.TEXT:
            return feature.categories[0] if feature.categories else "text"
        case Kind.INTEGER:
            return round(_middle(feature))
        case _:
            return round(_middle(feature), 2)


def _middle(feature: Feature) -> float:
    if feature.low is None or feature.high is None:
        return 0.0
    # A quarter up from the low end: most amounts and counts are skewed, so the true middle would be an odd customer.
    return feature.low + 0.25 * (feature.high - feature.low)
