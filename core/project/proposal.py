"""A proposed value model: what somebody who may not change the project would have its next version say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.project.service import ValueModelSpec


class ProposalState(StrEnum):
    """Where a proposal stands; all but open are final."""

    OPEN = "open"
    TAKEN = "taken"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided on a proposal, when, and how.

    Args:
        reason: why it was declined. value_model_id, value_model_version: what it became.
    """

    state: ProposalState
    decided_by: str
    decided_by_name: str
    decided_at: datetime
    reason: str = ""
    value_model_id: str | None = None
    value_model_version: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value model that waits for a decision, or was decided on.

    Args:
        spec: what the next version would say; its note is why.
        currency_change: that another currency than before is meant.
        seen_id, seen_version: the newest version when it was made; None where there was none.
        decision: None while it is open.
    """

    id: str
    project_id: str
    spec: ValueModelSpec
    currency_change: bool
    seen_id: str | None
    seen_version: int | None
    proposed_by: str
    proposed_by_name: str
    proposed_at: datetime
    decision: Decision | None = None

    @property
    def state(self) -> ProposalState:
        """Where it stands."""
        return self.decision.state if self.decision else ProposalState.OPEN

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.decision is None
