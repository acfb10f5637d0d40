"""What a project is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import InvalidInput


class Task(StrEnum):
    """What is predicted."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"


class Phase(StrEnum):
    """CRISP-DM's phases (Wirth and Hipp 2000); moves back are allowed and recorded."""

    BUSINESS_UNDERSTANDING = "business_understanding"
    DATA_UNDERSTANDING = "data_understanding"
    DATA_PREPARATION = "data_preparation"
    MODELING = "modeling"
    EVALUATION = "evaluation"
    DEPLOYMENT = "deployment"


@dataclass(frozen=True, slots=True)
class Nouns:
    """The project's own words, as its people say them, in any language.

    Args:
        case_one, case_many: ``customer``, ``customers``.
        outcome: what the positive class does, after "who": ``would leave``.
        outcome_not: what the others do: ``would have stayed``.
        action_one, action_many: what is done to those that the model picks: ``call``, ``calls``.
    """

    case_one: str
    case_many: str
    outcome: str
    outcome_not: str
    action_one: str
    action_many: str

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not 1 <= len(getattr(self, name).strip()) <= 60:
                raise InvalidInput("The word for '{field}' needs 1 to 60 characters.", field=f"nouns.{name}")


@dataclass(frozen=True, slots=True)
class Project:
    """A business question and all that belongs to it."""

    id: str
    slug: str
    name: str
    question: str
    task: Task
    nouns: Nouns
    owner_id: str
    owner_name: str
    is_sample: bool
    phase: Phase
    created_at: datetime
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PhaseMove:
    """A move of a project along (or back in) the loop."""

    phase: Phase
    at: datetime
    actor_name: str
    reason: str
