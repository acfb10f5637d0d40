"""What the gateway needs of a model package beyond what training wrote into it: values as JSON, and a row to try it with."""

from __future__ import annotations

from collections.abc import Mapping

from core.data.model import Kind
from core.training.package import Feature, Package, read_package

Value = str | int | float | bool | None
Row = Mapping[str, Value]

__all__ = ["Feature", "Package", "Row", "Value", "example_row", "read_package", "value_feature"]


def example_row(package: Package) -> dict[str, Value]:
    """A row as a request would send it: values of one training row where the package has them, else typical ones."""
    return {f.name: _example(f) for f in package.features}


def value_feature(name: str, example: float | str | None) -> Feature:
    """A column that only payoffs read, as a request brings it: a number, or text where its example is text."""
    kind = Kind.TEXT if isinstance(example, str) else Kind.NUMBER
    return Feature(name, kind, nullable=True, categories=(), low=None, high=None, example=example)


def _example(feature: Feature) -> Value:
    match feature.kind:
        case Kind.BOOLEAN:
            return str(feature.example).lower() == "true"
        case Kind.DATETIME:
            return str(feature.example) if feature.example is not None else "2026-01-31T09:00:00"
        case Kind.CATEGORY | Kind.TEXT:
            return str(feature.example) if feature.example is not None else next(iter(feature.categories), "text")
        case Kind.INTEGER:
            return round(_number(feature))
        case _:
            return _number(feature)


def _number(feature: Feature) -> float:
    return float(feature.example) if feature.example is not None else feature.low or 0.0
