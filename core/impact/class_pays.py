"""What deciding one class where another is true was worth, for tables of amounts and for those whose entries differ from row to row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import InvalidInput
from core.impact.arrays import FloatArray, IntArray
from core.impact.bootstrap import Interval, bootstrap_means, bootstrap_row_means, make_rng, percentile_interval, share_above_zero
from core.project.expression import evaluate
from core.project.payoffs import ClassPayoffs, Formula, class_field


@dataclass(frozen=True, slots=True)
class RowCell:
    """One entry of the table that differs from row to row.

    Args:
        truth, decided: indices of the classes. values: money, shape (n,); also of rows whose truth or decision is another.
    """

    truth: int
    decided: int
    values: FloatArray


@dataclass(frozen=True, slots=True)
class ClassPays:
    """A table of payoffs for the rows of one slice.

    Args:
        table: shape (k, k): truth by decision; zero where a row cell stands.
        cells: the entries that differ from row to row. A table of k x k columns would need k times the memory of the probabilities.
    """

    table: FloatArray
    cells: tuple[RowCell, ...] = ()

    def expected(self, probabilities: FloatArray) -> FloatArray:
        """What each decision is expected to be worth for each row, shape (n, k) (Elkan 2001, equation 1, with x's own costs)."""
        found = expected_values(probabilities, self.table)
        for cell in self.cells:
            found[:, cell.decided] += probabilities[:, cell.truth] * cell.values
        return found

    def decide(self, probabilities: FloatArray) -> IntArray:
        """The Bayes decision of each row: the class with the largest expected value; the first among equals."""
        decided: IntArray = np.argmax(self.expected(probabilities), axis=1).astype(np.int64)
        return decided

    def of(self, truth: IntArray, decided: IntArray) -> FloatArray:
        """What each row's decision was worth, given its truth, shape (n,)."""
        worth: FloatArray = self.table[truth, decided]
        for cell in self.cells:
            here = (truth == cell.truth) & (decided == cell.decided)
            worth[here] = cell.values[here]
        return worth

    def best(self, truth: IntArray) -> FloatArray:
        """What the best decision would have been worth for each row, given its truth, shape (n,)."""
        if not self.cells:
            most: FloatArray = self.table.max(axis=1)[truth]
            return most
        each = self.table[truth]
        for cell in self.cells:
            here = truth == cell.truth
            each[here, cell.decided] = cell.values[here]
        best: FloatArray = each.max(axis=1)
        return best

    def best_single(self, truth: IntArray) -> int:
        """The class that is worth most if it is always decided on."""
        totals = np.bincount(truth, minlength=self.table.shape[0]) @ self.table
        for cell in self.cells:
            totals[cell.decided] += cell.values[truth == cell.truth].sum()
        return int(np.argmax(totals))

    def mean(self, truth: IntArray, decided: IntArray, seed: int) -> Interval:
        """Mean value a case with its 95 % interval."""
        if not self.cells:
            return mean_value(truth, decided, self.table, seed)
        each = self.of(truth, decided)
        return percentile_interval(float(each.mean()), bootstrap_row_means(each, make_rng(seed)))

    def difference(self, truth: IntArray, first: IntArray, second: IntArray, seed: int) -> tuple[Interval, float]:
        """Mean difference a case of two policies on the same rows, paired, and the probability that the first is better."""
        if not self.cells:
            return mean_difference(truth, first, second, self.table, seed)
        each = self.of(truth, first) - self.of(truth, second)
        drawn = bootstrap_row_means(each, make_rng(seed))
        return percentile_interval(float(each.mean()), drawn), share_above_zero(drawn)


def row_pays(payoff: ClassPayoffs, frame: pd.DataFrame) -> ClassPays:
    """A table of payoffs worked out on rows.

    Args:
        frame: the columns that its formulas read, a row for each of the slice.

    Raises:
        InvalidInput: a formula can't be worked out on some row; names the entry.
    """
    table = np.array([[0.0 if isinstance(value, Formula) else float(value) for value in row] for row in payoff.values])
    cells = tuple(
        RowCell(i, j, evaluate(formula.expression, frame, class_field(payoff.classes[i], payoff.classes[j])))
        for i, j, formula in payoff.formulas
    )
    return ClassPays(table, cells)


def payoff_table(payoff: ClassPayoffs) -> FloatArray:
    """Constant payoffs as floats, shape (k, k): truth by decision.

    Raises:
        InvalidInput: an entry differs from row to row.
    """
    for i, j, _ in payoff.formulas:
        field = class_field(payoff.classes[i], payoff.classes[j])
        raise InvalidInput("'{field}' differs from case to case, so it has no single amount.", field=field)
    return np.array([[float(value) for value in row] for row in payoff.values])  # type: ignore[arg-type]


def expected_values(probabilities: FloatArray, table: FloatArray) -> FloatArray:
    """What each decision is expected to be worth for each case, shape (n, k).

    Source: ``sum over truths i of p_i table[i, j]`` (Elkan 2001, equation 1).

    >>> expected_values(np.array([[0.7, 0.3]]), np.array([[0.0, -1.0], [-5.0, 0.0]]))
    array([[-1.5, -0.7]])
    """
    expected: FloatArray = probabilities @ table
    return expected


def best_single_class(truth: IntArray, table: FloatArray) -> int:
    """The class that is worth most if it is always decided on."""
    return ClassPays(table).best_single(truth)


def count_classes(truth: IntArray, decided: IntArray, classes: int) -> IntArray:
    """Rows by truth and decision, shape (k, k)."""
    return np.bincount(truth * classes + decided, minlength=classes * classes).reshape(classes, classes).astype(np.int64)


def sum_classes(truth: IntArray, decided: IntArray, values: FloatArray, classes: int) -> FloatArray:
    """Sum of the rows' values by truth and decision, shape (k, k)."""
    sums: FloatArray = np.bincount(truth * classes + decided, weights=values, minlength=classes * classes).astype(np.float64)
    return sums.reshape(classes, classes)


def mean_value(truth: IntArray, decided: IntArray, table: FloatArray, seed: int) -> Interval:
    """Mean value a case with its 95 % interval: replicates of the k x k counts (multinomial)."""
    counts = count_classes(truth, decided, table.shape[0]).ravel().astype(np.float64)
    values = table.ravel()
    return percentile_interval(float(counts @ values / counts.sum()), bootstrap_means(counts, values, make_rng(seed)))


def mean_difference(truth: IntArray, first: IntArray, second: IntArray, table: FloatArray, seed: int) -> tuple[Interval, float]:
    """Mean difference a case of two policies on the same rows, paired, and the probability that the first is better."""
    size = table.shape[0]
    cells, counts = np.unique((truth * size + first) * size + second, return_counts=True)
    of, one, two = cells // size**2, cells // size % size, cells % size
    values = table[of, one] - table[of, two]
    drawn = bootstrap_means(counts.astype(np.float64), values, make_rng(seed))
    return percentile_interval(float(counts @ values / counts.sum()), drawn), share_above_zero(drawn)
