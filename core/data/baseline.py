"""How values were distributed when a model was trained: the reference of every later comparison."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.data.model import Kind
from core.errors import Corrupt

BINS = 10
TOP_CATEGORIES = 50
SCORE_BINS = 100
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FeatureBaseline:
    """One feature's reference.

    Args:
        edges: inner edges of a number's bins, ascending; bin i holds edges[i-1] < value <= edges[i], the ends are open.
        categories: values of anything else, the most frequent first; one more bin takes all others.
        counts: rows of the reference in each bin, as many as there are bins.
        missing: its rows without a value.
    """

    name: str
    kind: Kind
    edges: tuple[float, ...]
    categories: tuple[str, ...]
    counts: tuple[int, ...]
    missing: int

    @property
    def binned_by_edges(self) -> bool:
        """Whether values fall between edges; else into categories."""
        return self.kind in {Kind.NUMBER, Kind.INTEGER, Kind.DATETIME}

    @property
    def bins(self) -> int:
        """Number of bins, missing aside."""
        return len(self.edges) + 1 if self.binned_by_edges else len(self.categories) + 1

    @property
    def rows(self) -> int:
        """Rows of the reference."""
        return sum(self.counts) + self.missing


@dataclass(frozen=True, slots=True)
class Baseline:
    """A model's reference: its features, and its scores on the validation slice in `SCORE_BINS` equal bins of [0, 1]."""

    features: tuple[FeatureBaseline, ...]
    score_counts: tuple[int, ...] = ()

    def feature(self, name: str) -> FeatureBaseline | None:
        """A feature by name."""
        return next((f for f in self.features if f.name == name), None)


def build_baseline(frame: pd.DataFrame, kinds: Mapping[str, Kind], bins: int = BINS) -> tuple[FeatureBaseline, ...]:
    """The reference of each column of `kinds`.

    Args:
        frame: rows of the training slice.
        bins: most bins of a number; equal-frequency edges, so that every bin has weight (Siddiqi 2006, chapter 10, deciles).
    """
    made = []
    for name, kind in kinds.items():
        column = frame[name]
        if kind in {Kind.NUMBER, Kind.INTEGER, Kind.DATETIME}:
            edges = quantile_edges(as_numbers(column), bins)
            empty = FeatureBaseline(name, kind, edges, (), (), 0)
        else:
            texts = as_texts(column)
            top = texts.dropna().value_counts().head(TOP_CATEGORIES)
            empty = FeatureBaseline(name, kind, (), tuple(str(v) for v in top.index), (), 0)
        counts = bin_values(empty, column)
        made.append(FeatureBaseline(name, kind, empty.edges, empty.categories, tuple(int(c) for c in counts[:-1]), int(counts[-1])))
    return tuple(made)


def quantile_edges(values: npt.NDArray[np.float64], bins: int) -> tuple[float, ...]:
    """Inner edges at the quantiles 1/bins, 2/bins …, equal ones once; few distinct values keep one bin each."""
    known = values[~np.isnan(values)]
    if known.size == 0:
        return ()
    distinct = np.unique(known)
    if distinct.size <= bins:
        return tuple(float(v) for v in distinct[:-1])
    quantiles = np.quantile(known, np.linspace(0, 1, bins + 1)[1:-1], method="inverted_cdf")
    edges = np.unique(quantiles)
    return tuple(float(e) for e in edges[edges < distinct[-1]])


def bin_values(feature: FeatureBaseline, column: pd.Series) -> Counts:
    """Rows in each bin, then the missing ones, shape (bins + 1,)."""
    if feature.binned_by_edges:
        numbers = as_numbers(column)
        missing = np.isnan(numbers)
        codes = np.searchsorted(np.asarray(feature.edges), numbers[~missing], side="left")
        counts = np.bincount(codes, minlength=feature.bins)
        return np.append(counts, missing.sum()).astype(np.int64)
    texts = as_texts(column)
    place = {name: index for index, name in enumerate(feature.categories)}
    tallied = texts.value_counts(dropna=True)
    counts = np.zeros(feature.bins + 1, dtype=np.int64)
    for value, count in tallied.items():
        counts[place.get(str(value), len(feature.categories))] += int(count)
    counts[-1] = int(texts.isna().sum())
    return counts


def score_histogram(scores: npt.NDArray[np.float64]) -> tuple[int, ...]:
    """Scores in `SCORE_BINS` equal bins of [0, 1]; bin i holds i/n <= score < (i+1)/n, the last one also 1."""
    codes = np.clip((scores * SCORE_BINS).astype(np.int64), 0, SCORE_BINS - 1)
    return tuple(int(c) for c in np.bincount(codes, minlength=SCORE_BINS))


def as_numbers(column: pd.Series) -> npt.NDArray[np.float64]:
    """Values as floats, missing as NaN; moments as seconds since 1970."""
    if pd.api.types.is_datetime64_any_dtype(column):
        seconds = column.astype("datetime64[us]").astype("int64").to_numpy() / 1e6
        return np.where(column.isna().to_numpy(), np.nan, seconds)
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)


def as_texts(column: pd.Series) -> pd.Series:
    """Values as text, missing ones as missing; booleans as true and false."""
    if pd.api.types.is_bool_dtype(column):
        return column.map({True: "true", False: "false"}).astype("object")
    known = column.notna()
    return column.astype("object").where(known).map(_text, na_action="ignore")


def _text(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    return str(value)


def baseline_to_json(baseline: Baseline) -> bytes:
    """As written into a model package."""
    return json.dumps(asdict(baseline), ensure_ascii=False).encode()


def baseline_from_json(data: bytes) -> Baseline:
    """As read from a model package.

    Raises:
        Corrupt: it isn't one.
    """
    try:
        body = json.loads(data)
        features = tuple(
            FeatureBaseline(f["name"], Kind(f["kind"]), tuple(f["edges"]), tuple(f["categories"]), tuple(f["counts"]), f["missing"])
            for f in body["features"]
        )
        return Baseline(features, tuple(body["score_counts"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Corrupt("The baseline of this model can't be read. Train the model again.") from error
