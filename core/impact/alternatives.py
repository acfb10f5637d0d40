"""What a model is compared with: doing nothing, treating everybody, chance, today's rule and the model in use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from core.impact.arrays import FloatArray
from core.impact.books import Book
from core.impact.bootstrap import Interval


class AlternativeKind(StrEnum):
    """What could decide instead of the model."""

    NOTHING = "nothing"
    EVERYBODY = "everybody"
    RANDOM = "random"
    RULE = "rule"
    CHAMPION = "champion"

    @property
    def needs_no_model(self) -> bool:
        """Whether the headline compares with it: chance borrows the model's number of actions, so it isn't one of these."""
        return self in {AlternativeKind.NOTHING, AlternativeKind.EVERYBODY, AlternativeKind.RULE}


@dataclass(frozen=True, slots=True)
class Alternative:
    """A policy on the same rows.

    Args:
        kind: which one.
        treated: probability of being treated, shape (n,), or one number for all rows.
        name: of the champion, as people know it ("version 6"); empty for the others.
    """

    kind: AlternativeKind
    treated: npt.ArrayLike
    name: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """An alternative's worth and what the model brings over it; money per case.

    Args:
        value: of the alternative.
        gain: of the model over the alternative, paired on the same rows.
        better: probability that the model is better.
        treated: share of rows that the alternative treats, 0 to 1.
    """

    kind: AlternativeKind
    name: str
    value: Interval
    gain: Interval
    better: float
    treated: float


def without_model(
    decision: npt.ArrayLike, rule: npt.ArrayLike | None, weights: FloatArray | None = None, *, everybody: bool = True
) -> tuple[Alternative, ...]:
    """The alternatives that every report holds against its model.

    Args:
        decision: what the model treats, shape (n,).
        rule: what today's rule treats, shape (n,); None where nothing is decided today.
        everybody: whether everybody could be treated; where limits forbid it, it is no alternative.
        weights: rows of production that each row stands for, shape (n,), so that chance acts as often as the model does there.
    """
    share = float(np.average(np.asarray(decision, dtype=np.float64), weights=weights))
    always: tuple[Alternative, ...] = (
        Alternative(AlternativeKind.NOTHING, 0.0),
        *((Alternative(AlternativeKind.EVERYBODY, 1.0),) if everybody else ()),
        Alternative(AlternativeKind.RANDOM, share),
    )
    return always if rule is None else (*always, Alternative(AlternativeKind.RULE, rule))


def compare_alternative(book: Book, decision: npt.ArrayLike, alternative: Alternative, seed: int) -> Compared:
    """Value an alternative and the model's gain over it.

    Args:
        book: what decisions on these rows are worth.
        decision: what the model treats, shape (n,).
        seed: the same for all alternatives of a report.
    """
    gain, better = book.difference(decision, alternative.treated, seed)
    treated = np.broadcast_to(np.asarray(alternative.treated, dtype=np.float64), book.y.shape)
    share = float(treated @ book.row_weights()) / book.y.size
    return Compared(alternative.kind, alternative.name, book.value(alternative.treated, seed), gain, better, share)
