"""Monitors of deployments: settings, checks, drift, single predictions, and the value ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from core.api.deps import Actor, Paging, Ws
from core.api.page import In, Out, Page, next_key
from core.errors import InvalidInput
from core.monitoring import predictions, service
from core.monitoring.catalogue import LiveState
from core.monitoring.check import run_check
from core.monitoring.ingest import take_in
from core.monitoring.model import MonitorConfig, Part, Verdict, Window

router = APIRouter(prefix="/monitors", tags=["monitors"])
Moment = Annotated[datetime | None, Query(description="ISO 8601; without a zone it is UTC.")]


class ConfigBody(In):
    """When a deployment's checks warn; what is left out takes its default."""

    window_days: int = Field(30, ge=1, le=366)
    min_rows: int = Field(200, ge=20, le=10_000_000)
    min_labels: int = Field(100, ge=20, le=10_000_000)
    psi_watch: float = Field(0.10, ge=0.01, le=5)
    psi_act: float = Field(0.25, ge=0.01, le=10)
    missing_watch: float = Field(0.02, ge=0.001, le=1)
    missing_act: float = Field(0.10, ge=0.001, le=1)
    value_act_share: float = Field(0.5, ge=0, le=1)
    quiet_hours: int = Field(0, ge=0, le=2160)


class ConfigOut(Out):
    """When a deployment's checks warn."""

    window_days: int
    min_rows: int
    min_labels: int
    psi_watch: float
    psi_act: float
    missing_watch: float
    missing_act: float
    value_act_share: float
    quiet_hours: int


class ReasonOut(Out):
    """A sentence: its English template and its fields."""

    template: str
    fields: dict[str, Any]


class PartOut(Out):
    """One part of a check."""

    part: Part
    verdict: Verdict
    reasons: list[ReasonOut]
    figures: dict[str, Any]


class CheckOut(Out):
    """A check."""

    id: str
    deployment_id: str
    project_id: str
    model_version_id: str
    version: int
    ran_at: datetime
    ran_by: str
    from_at: datetime
    to_at: datetime
    verdict: Verdict
    parts: list[PartOut]


class LiveOut(Out):
    """The deployment that is watched."""

    id: str
    name: str
    project_id: str
    state: LiveState
    champion_id: str
    champion_number: int
    canary_share: float


class MonitorOut(Out):
    """A deployment's monitor and its newest check."""

    live: LiveOut
    config: ConfigOut
    check: CheckOut | None
    open_alerts: int


class DriftFigures(Out):
    """How far one feature has drifted."""

    name: str
    verdict: Verdict
    psi: float
    noise: float
    js: float
    ks: float
    p_value: float
    reference_n: int
    current_n: int


class ShareOut(Out):
    """A share against the training data's."""

    verdict: Verdict
    reference_share: float
    current_share: float


class FeatureOut(Out):
    """One feature, reference against now, over the same bins."""

    drift: DriftFigures
    missing: ShareOut
    unseen: ShareOut | None
    labels: list[str]
    reference: list[int]
    current: list[int]


class EstimateOut(Out):
    """A figure with its 95 % interval and the rows behind it."""

    value: float
    low: float
    high: float
    n: int


class PerformanceOut(Out):
    """How right the labelled decisions were."""

    n: int
    coverage: float
    reach: EstimateOut | None
    precision: EstimateOut | None
    base_rate: EstimateOut | None
    mean_score: float
    auc: EstimateOut | None


class DriftOut(Out):
    """Drift and performance of the version in charge."""

    version: int
    from_at: datetime
    to_at: datetime
    predictions: int
    features: list[FeatureOut]
    performance: PerformanceOut


class DriftDayOut(Out):
    """A feature's drift on one day."""

    day: date
    drift: DriftFigures


class TrafficPoint(Out):
    """Decisions of one day, version and arm, and how many of them have a known outcome."""

    day: date
    version: int
    arm: str
    predictions: int
    treated: int
    labelled: int
    latency_ms_mean: float


class TrafficOut(Out):
    """Traffic of a deployment, oldest first."""

    points: list[TrafficPoint]


class PredictionOut(Out):
    """One prediction."""

    id: str
    predicted_at: datetime
    version: int
    arm: str
    entity: str | None
    score: float
    decision: int
    expected: Decimal
    latency_ms: float
    request_id: str
    replayed: bool
    truth: int | None
    action: int | None
    value: Decimal | None
    features: list[tuple[str, Any]]


class EntryOut(Out):
    """Value over the reference, 95 % intervals."""

    currency: str
    served: int
    labelled: int
    realised: Decimal
    low: Decimal
    high: Decimal
    promised: Decimal
    promised_served: Decimal
    estimated: Decimal
    estimated_low: Decimal
    estimated_high: Decimal
    delay_days: float | None
    coverage: float
    kept: float | None


class LedgerMonthOut(Out):
    """An entry of one month (its first day) or one day."""

    month: date
    entry: EntryOut


class LedgerOut(Out):
    """A deployment's ledger in one currency."""

    currency: str
    total: EntryOut
    months: list[LedgerMonthOut]


class IngestOut(Out):
    """What was taken in."""

    segments: int
    predictions: int
    feedback: int
    labelled: int
    waiting: int
    corrections: int
    bad_lines: int


def window_from(from_at: datetime | None, to_at: datetime | None) -> Window | None:
    """A window from two optional moments; None where none is given.

    Raises:
        InvalidInput: only one of both, or the wrong way round.
    """
    if from_at is None and to_at is None:
        return None
    if from_at is None or to_at is None:
        raise InvalidInput("A window needs both its start and its end. Give from_at and to_at, or neither.", field="window")
    return Window(_aware(from_at), _aware(to_at))


def _aware(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise InvalidInput(
            "'{moment}' is no moment that a calendar knows. Give another one.", field="window", moment=str(moment)
        ) from error


@router.get("")
def list_monitors(ws: Ws, actor: Actor) -> Page[MonitorOut]:
    """All deployments with their monitors, the newest first."""
    return Page(items=[MonitorOut.model_validate(view) for view in service.list_monitors(ws, actor)])


@router.post("/ingest")
def ingest(ws: Ws, actor: Actor) -> IngestOut:
    """Take in now what gateways have finished writing, instead of waiting for the next round."""
    return IngestOut.model_validate(take_in(ws, actor))


@router.get("/{deployment_id}")
def get_monitor(ws: Ws, actor: Actor, deployment_id: str) -> MonitorOut:
    """One deployment's monitor, by the deployment's id or name."""
    return MonitorOut.model_validate(service.get_monitor(ws, actor, deployment_id))


@router.put("/{deployment_id}")
def edit_monitor(ws: Ws, actor: Actor, deployment_id: str, body: ConfigBody) -> MonitorOut:
    """Change when a deployment's checks warn."""
    return MonitorOut.model_validate(service.edit_monitor(ws, actor, deployment_id, MonitorConfig(**body.model_dump())))


@router.get("/{deployment_id}/checks")
def list_checks(ws: Ws, actor: Actor, deployment_id: str, page: Paging) -> Page[CheckOut]:
    """A deployment's checks, the newest first."""
    found = service.list_checks(ws, actor, deployment_id, before_id=page.before, limit=page.limit)
    return Page(items=[CheckOut.model_validate(check) for check in found], next=next_key(found, page.limit))


@router.post("/{deployment_id}/checks", status_code=201)
def check_now(ws: Ws, actor: Actor, deployment_id: str, from_at: Moment = None, to_at: Moment = None) -> CheckOut:
    """Check a deployment now; alerts open for what is amber or red, and close for what is green again."""
    return CheckOut.model_validate(run_check(ws, actor, deployment_id, window_from(from_at, to_at)))


@router.get("/{deployment_id}/drift")
def get_drift(ws: Ws, actor: Actor, deployment_id: str, from_at: Moment = None, to_at: Moment = None) -> DriftOut:
    """Every feature against its training data, the most drifted first, and how right the decisions were."""
    c = service.get_comparison(ws, actor, deployment_id, window_from(from_at, to_at))
    return DriftOut(
        version=c.served.version,
        from_at=c.window.from_at,
        to_at=c.window.to_at,
        predictions=c.traffic.n,
        features=[FeatureOut.model_validate(feature) for feature in c.features],
        performance=PerformanceOut.model_validate(c.performance),
    )


@router.get("/{deployment_id}/drift-days")
def list_drift_days(
    ws: Ws, actor: Actor, deployment_id: str, feature: Annotated[str, Query(max_length=300)], from_at: Moment = None, to_at: Moment = None
) -> list[DriftDayOut]:
    """One feature's drift day by day."""
    days = service.list_drift_days(ws, actor, deployment_id, feature, window_from(from_at, to_at))
    return [DriftDayOut(day=date.fromisoformat(day), drift=DriftFigures.model_validate(found)) for day, found in days]


@router.get("/{deployment_id}/traffic")
def list_traffic(ws: Ws, actor: Actor, deployment_id: str, from_at: Moment = None, to_at: Moment = None) -> TrafficOut:
    """Decisions by day, version and arm, oldest first."""
    found = service.list_traffic(ws, actor, deployment_id, window_from(from_at, to_at))
    return TrafficOut(points=[TrafficPoint.model_validate(day) for day in found])


@router.get("/{deployment_id}/predictions")
def list_predictions(ws: Ws, actor: Actor, deployment_id: str, page: Paging) -> Page[PredictionOut]:
    """Single predictions, the newest first."""
    found = predictions.list_predictions(ws, actor, deployment_id, before_id=page.before, limit=page.limit)
    return Page(items=[PredictionOut.model_validate(view) for view in found], next=next_key(found, page.limit))


@router.get("/{deployment_id}/ledger")
def get_ledger(
    ws: Ws,
    actor: Actor,
    deployment_id: str,
    from_at: Moment = None,
    to_at: Moment = None,
    grain: Annotated[str, Query(pattern="^(month|day)$")] = "month",
) -> list[LedgerOut]:
    """Promised, realised and expected value, one ledger a currency; without a window since the beginning."""
    window = window_from(from_at, to_at) or service.all_time(ws)
    return [LedgerOut.model_validate(ledger) for ledger in service.get_ledger(ws, actor, deployment_id, window, grain)]
