"""What a deployment is, who changed it, and the keys that open it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import InvalidInput


class DeploymentState(StrEnum):
    """Live answers; pilot answers while a canary runs beside the champion; stopped doesn't answer."""

    LIVE = "live"
    PILOT = "pilot"
    STOPPED = "stopped"


class MoveKind(StrEnum):
    """What was done to a deployment."""

    DEPLOY = "deploy"
    CANARY_START = "canary_start"
    CANARY_SHARE = "canary_share"
    PROMOTE = "promote"
    ABORT = "abort"
    ROLL_BACK = "roll_back"
    STOP = "stop"
    KEY_ISSUE = "key_issue"
    KEY_REVOKE = "key_revoke"
    SETTINGS = "settings"
    CONTRACT = "contract"

    @property
    def leads(self) -> bool:
        """Whether the move's version leads from then on."""
        return self in {MoveKind.DEPLOY, MoveKind.PROMOTE, MoveKind.ROLL_BACK}


@dataclass(frozen=True, slots=True)
class Deployment:
    """A name under which a model answers.

    Args:
        generation: rises with every change; who changes it says which one they saw.
        champion_id, champion_number: the version that leads; None before the first and while stopped the last one.
        canary_id, canary_number, canary_share: a newer version and its share of traffic, 0 without one.
        entity_column: column of a row that names its case.
        flush_ms: longest time an answer stays unflushed; 0: flushed before it is sent; None: the gateway's setting.
    """

    id: str
    name: str
    project_id: str
    model_id: str
    model_name: str
    state: DeploymentState
    generation: int
    champion_id: str | None
    champion_number: int | None
    canary_id: str | None
    canary_number: int | None
    canary_share: float
    entity_column: str | None
    flush_ms: int | None
    created_by: str
    created_by_name: str
    created_at: datetime
    updated_at: datetime

    def __post_init__(self) -> None:
        check_share(self.canary_share, least=0.0)


def check_share(share: float, *, least: float = 0.001) -> None:
    """Accept a share of traffic.

    Raises:
        InvalidInput: not between `least` and 1.
    """
    if not least <= share <= 1:
        raise InvalidInput("The share of traffic must lie between 0.1% and 100%.", field="share")


@dataclass(frozen=True, slots=True)
class Move:
    """Who did what to a deployment, when and why.

    Args:
        version_id, version_number: the version that it is about; from_number: the one that led before.
    """

    id: str
    deployment_id: str
    generation: int
    occurred_at: datetime
    actor_id: str
    actor_name: str
    via: str
    kind: MoveKind
    version_id: str | None
    version_number: int | None
    from_number: int | None
    share: float | None
    reason: str

    @property
    def automatic(self) -> bool:
        """Whether Kachi did it by itself."""
        return self.via == "system"


@dataclass(frozen=True, slots=True)
class DeploymentKey:
    """A key for programs that ask one deployment; its secret is stored as a hash only.

    Args:
        hint: its first characters, to tell keys apart.
    """

    id: str
    deployment_id: str
    name: str
    hint: str
    created_by_name: str
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A fresh key with its secret, which is shown this once."""

    key: DeploymentKey
    secret: str


@dataclass(frozen=True, slots=True)
class ReplayGrant:
    """A permission to replay; `token` goes into the header ``X-Kachi-Replay``."""

    token: str
    deployment: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Leading:
    """A version that led a deployment."""

    version_id: str
    number: int


def champions_before(moves: Sequence[Move]) -> tuple[Leading, ...]:
    """Versions to which one can roll back, the next one last; rolling back goes down this ladder and never up again.

    Args:
        moves: of one deployment, the oldest first.
    """
    ladder: list[Leading] = []
    for move in moves:
        if not move.kind.leads or move.version_id is None or move.version_number is None:
            continue
        leading = Leading(move.version_id, move.version_number)
        if move.kind is MoveKind.ROLL_BACK and leading in ladder:
            del ladder[ladder.index(leading) + 1 :]
            continue
        if leading in ladder:
            ladder.remove(leading)
        ladder.append(leading)
    return tuple(ladder[:-1])
