"""What a template of a value model is: questions in the words of the business, and how their answers become payoffs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.project.model import Nouns, Task
from core.project.payoffs import Cell
from core.project.value_model import Period

CENT = Decimal("0.01")
MOST_MONEY = Decimal(10) ** 9


class Kind(StrEnum):
    """What answers a question: an amount of money, a share of one, a number, one of some options, or names of classes."""

    MONEY = "money"
    SHARE = "share"
    NUMBER = "number"
    CHOICE = "choice"
    LABELS = "labels"


Answer = Cell | str | tuple[str, ...]
"""Money, shares and numbers are decimals (money also a formula where the question allows it), an option is its key, labels a tuple."""


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers to choose from."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds where a question of choice was answered by an option."""

    question: str
    option: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question about the business.

    Args:
        key: its name in the rules' expressions.
        text, help, unit: messages of the catalogue.
        default: what stands there first; money in `currency`.
        low, high: what can be answered, both included.
        source: where the default comes from, as it is cited; empty where it is an assumption of ours.
        by_row: whether money may differ from row to row, as an expression over the data's columns.
        asked_if: only asked then.
    """

    key: str
    text: str
    kind: Kind
    default: Decimal | str | tuple[str, ...]
    help: str = ""
    low: Decimal = Decimal(0)
    high: Decimal = MOST_MONEY
    unit: str = ""
    source: str = ""
    by_row: bool = False
    currency: str = "EUR"
    options: tuple[Option, ...] = ()
    asked_if: Condition | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """How a payoff follows from the answers.

    Args:
        cell: ``tp``, ``fp``, ``fn``, ``tn``; ``under``, ``over``, ``tolerance``; ``right``, ``lower``, ``higher``.
        expression: arithmetic over the questions' keys.
        when: only then; of several rules of a cell, the first that holds.
    """

    cell: str
    expression: str
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: the answers of one business, and the story that is told with the payoffs that follow.

    Args:
        answers: those that differ from the defaults.
        story: a message of the catalogue with places for payoffs, named by cell.
    """

    currency: str
    answers: Mapping[str, str | tuple[str, ...]]
    story: str


@dataclass(frozen=True, slots=True)
class Template:
    """A value model to start from.

    Args:
        name, audience, question: messages of the catalogue: what it is called, who it is for, what such a project asks.
        nouns: words of such a project, messages of the catalogue.
        method: where the form of the payoffs comes from, as it is cited.
    """

    key: str
    name: str
    audience: str
    question: str
    task: Task
    nouns: Nouns
    method: str
    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]
    example: Example

    def find(self, key: str) -> Question | None:
        """A question by its key."""
        return next((q for q in self.questions if q.key == key), None)


@dataclass(frozen=True, slots=True)
class Setting:
    """What every value model says before its payoffs: money, period, volume."""

    currency: str
    period: Period
    cases_per_period: int


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers to all questions that are asked, by key; see `Answer`."""

    values: Mapping[str, Answer]

    def holds(self, condition: Condition | None) -> bool:
        """Whether a condition is met."""
        return condition is None or self.values.get(condition.question) == condition.option
