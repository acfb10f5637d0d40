"""What the registry keeps: models, their versions, and the requests to approve them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from core.impact.decision import DecisionPolicy
from core.project.value_model import PayoffMatrix, Period


class VersionState(StrEnum):
    """Registered, then pending while a request waits, then approved or rejected; an approved one may be retired."""

    REGISTERED = "registered"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    RETIRED = "retired"


class VersionOrigin(StrEnum):
    """Who made a version: a person, or a retraining policy."""

    MANUAL = "manual"
    RETRAINING = "retraining"


class ApprovalState(StrEnum):
    """Open until somebody decides, or the request is taken back."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ApprovalKind(StrEnum):
    """What a request asks for: that a version may serve (with its contract), or another contract for one that does."""

    VERSION = "version"
    CONTRACT = "contract"


class CheckState(StrEnum):
    """How an automatic check went; unknown where it doesn't apply."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Model:
    """A line of versions that answer the same question."""

    id: str
    project_id: str
    name: str
    created_by: str
    created_by_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A run's package with a policy: who is treated, and what that is worth.

    Args:
        number: 1, 2, 3 … within the model.
        package_sha256: content of the model package; a gateway serves exactly these bytes.
        impact_report_id: the frozen report of this package at this threshold.
        threshold: a case is treated where its score is at least this; where it decides case by case, the best single threshold.
        payoff, currency: value of one case in each cell.
        policy: how it decides.
    """

    id: str
    model_id: str
    model_name: str
    project_id: str
    number: int
    run_id: str
    run_number: int
    dataset_version_id: str
    package_sha256: str
    impact_report_id: str
    value_model_id: str
    threshold: float
    currency: str
    payoff: PayoffMatrix
    policy: DecisionPolicy
    state: VersionState
    origin: VersionOrigin
    note: str
    created_by: str
    created_by_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Stake:
    """What is at stake a period, with its 95 % interval: the gain over the champion, or without one over the best alternative."""

    value: Decimal
    low: Decimal
    high: Decimal
    currency: str
    period: Period


@dataclass(frozen=True, slots=True)
class Approval:
    """A request to approve a version or another value contract of one, with its evidence, and what came of it.

    Args:
        barred: ids of the people who may not decide it: who asked, who registered the version, who started the retraining, who wrote or
            proposed the value model.
        evidence_sha256: content of the frozen evidence.
        champion_number: version that it was compared with; None for a model's first.
        checks_passed, checks_judged: of the automatic checks.
        worst_check: the worst of their states.
        stake: of a contract, what it promises.
        decided_by: empty while it is open.
        kind: what it asks for.
    """

    id: str
    model_version_id: str
    model_name: str
    version_number: int
    project_id: str
    state: ApprovalState
    note: str
    requested_by: str
    requested_by_name: str
    barred: tuple[str, ...]
    requested_at: datetime
    evidence_sha256: str
    champion_number: int | None
    stake: Stake
    checks_passed: int
    checks_judged: int
    worst_check: CheckState
    decided_by: str
    decided_by_name: str
    decided_at: datetime | None
    reason: str
    kind: ApprovalKind = ApprovalKind.VERSION
