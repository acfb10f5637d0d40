"""Histograms that add up: a feature's bins from its baseline, the score's and the latency's fixed ones."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

SCORE_BINS = 100
# Upper ends of the latency bins in milliseconds; a last bin takes what is slower.
LATENCY_EDGES_MS = (0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 50, 75, 100, 200, 500, 1000, 5000)

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FeatureBins:
    """How one feature's values fall into bins, and how the training data did.

    Args:
        edges: inner edges of a number's bins, ascending; bin i holds edges[i-1] < value <= edges[i].
        categories: values of a category, bin by bin; one more bin takes all others.
        counts: the reference's rows per bin (as many as `size`). missing: its rows without a value.
        left_closed: bin i holds edges[i-1] <= value < edges[i] instead (scores).
        moment: a point in time; it always moves on, so that it is kept but never compared.
    """

    name: str
    numeric: bool
    edges: tuple[float, ...]
    categories: tuple[str, ...]
    counts: tuple[int, ...]
    missing: int
    left_closed: bool = False
    moment: bool = False

    @property
    def size(self) -> int:
        """Number of bins."""
        return len(self.edges) + 1 if self.numeric else len(self.categories) + 1

    @property
    def n(self) -> int:
        """Rows of the reference."""
        return sum(self.counts) + self.missing

    @property
    def labels(self) -> tuple[str, ...]:
        """A name for each bin: a category, or a range of numbers; the category bin of all others has an empty one."""
        if not self.numeric:
            return (*self.categories, "")
        if not self.edges:
            return ("",)
        marks = [f"{edge:.4g}" for edge in self.edges]
        middle = [f"{low}\u2013{high}" for low, high in itertools.pairwise(marks)]
        return (f"\u2264 {marks[0]}", *middle, f"> {marks[-1]}")

    def codes(self, column: pa.ChunkedArray | pa.Array) -> Ints:
        """Bin of each value; -1 where it is missing."""
        if self.numeric:
            values = _numbers(column)
            found = np.searchsorted(np.asarray(self.edges), values, side="right" if self.left_closed else "left").astype(np.int64)
            return np.where(np.isnan(values), -1, found)
        return self._category_codes(column)

    def _category_codes(self, column: pa.ChunkedArray | pa.Array) -> Ints:
        encoded = (pa.chunked_array([column]) if isinstance(column, pa.Array) else column).combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        place = {name: index for index, name in enumerate(self.categories)}
        lookup = np.asarray(
            [place.get(str(value), len(self.categories)) for value in encoded.dictionary.to_pylist()] + [-1], dtype=np.int64
        )
        indices = encoded.indices.fill_null(len(lookup) - 1).to_numpy(zero_copy_only=False)
        return np.asarray(lookup[indices], dtype=np.int64)


def _numbers(column: pa.ChunkedArray | pa.Array) -> Floats:
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)
    # Two versions may hold a feature as number and as category; the file then keeps text.
    numbers: Floats = pd.to_numeric(column.to_pandas(), errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    return numbers


def group_scores(name: str, counts: Sequence[int], groups: int = 10) -> FeatureBins | None:
    """A reference histogram of scores in equal bins of [0, 1], joined into at most `groups` bins of similar weight.

    None where it holds nothing.

    >>> group_scores(":score", [50, 30, 10, 10], 2).edges
    (0.25,)
    """
    total, size = sum(counts), len(counts)
    if total == 0:
        return None
    edges, sums, run = [], [], 0
    for place, count in enumerate(counts):
        run += count
        if run * groups >= total and place < size - 1:
            edges.append((place + 1) / size)
            sums.append(run)
            run = 0
    return FeatureBins(name, True, tuple(edges), (), (*sums, run), 0, left_closed=True)


def score_codes(scores: Floats) -> Ints:
    """Bin of each probability, 0 to `SCORE_BINS` - 1.

    The bins are equal in (2 / pi) arcsin(sqrt(p)), the scale on which a share's variance is constant
    (Anscombe 1948), so they are narrow near 0 and 1 where rare outcomes live.

    >>> [int(code) for code in score_codes(np.array([0.0, 0.005, 0.5, 1.0]))]
    [0, 4, 50, 99]
    """
    clipped = np.clip(np.nan_to_num(scores, nan=0.0), 0.0, 1.0)
    scaled: Floats = np.arcsin(np.sqrt(clipped)) * (2 / np.pi) * SCORE_BINS
    return np.asarray(np.minimum(scaled + 1e-9, SCORE_BINS - 1), dtype=np.int64)


def score_edges() -> Floats:
    """The `SCORE_BINS` + 1 edges of the score's bins, as probabilities."""
    return np.asarray(np.sin(np.linspace(0, 1, SCORE_BINS + 1) * np.pi / 2) ** 2, dtype=np.float64)


def latency_codes(latency_ms: Floats) -> Ints:
    """Bin of each latency; a missing one counts as the fastest."""
    return np.asarray(np.searchsorted(np.asarray(LATENCY_EDGES_MS), np.nan_to_num(latency_ms, nan=0.0), side="left"), dtype=np.int64)


def latency_quantile(counts: Sequence[int], share: float) -> float | None:
    """Upper end of the bin in which that share of the requests was answered, milliseconds; None without requests.

    >>> latency_quantile([0, 0, 90, 10] + [0] * 15, 0.5), latency_quantile([0] * 19, 0.5)
    (1.0, None)
    """
    total = sum(counts)
    if total == 0:
        return None
    place = int(np.searchsorted(np.cumsum(counts), share * total, side="left"))
    return float(LATENCY_EDGES_MS[min(place, len(LATENCY_EDGES_MS) - 1)])


def count_by_group(groups: Ints, codes: Ints, group_count: int, size: int) -> npt.NDArray[np.int64]:
    """Counts per group and bin; codes below zero (missing) are left out.

    Returns:
        Array of shape (group_count, size).
    """
    seen = codes >= 0
    flat = np.bincount(groups[seen] * size + codes[seen], minlength=group_count * size)
    return np.asarray(flat.reshape(group_count, size), dtype=np.int64)
