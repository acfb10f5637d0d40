"""What monitoring asks of the rooms to its left: deployments, versions, promises, baselines. Looked up once a round."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import structlog

from core.data.baseline import baseline_from_json
from core.data.model import Kind
from core.errors import KachiError, NotFound
from core.identity.principal import SYSTEM
from core.impact.alternatives import AlternativeKind
from core.impact.report import ImpactReport
from core.impact.rule import rule_columns
from core.impact.service import get_report
from core.monitoring.bins import FeatureBins, group_scores
from core.monitoring.promises import make_promise
from core.monitoring.served import Promise, ServedModel
from core.monitoring.summaries import SCORE
from core.monitoring.sums import ValueRow
from core.registry import contract_store as contract_rows
from core.registry import store as registry_rows
from core.registry.contract import Contract
from core.registry.model import ModelVersion
from core.serving import store as serving_rows
from core.serving.model import Deployment
from core.workspace import Workspace

log = structlog.get_logger(__name__)
DEPLOYMENTS_MOST = 10_000


class LiveState(StrEnum):
    """How a deployment stands; a pilot is a newer version on trial beside the one in charge, or before any."""

    LIVE = "live"
    PILOT = "pilot"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Live:
    """A deployment, as monitoring sees it.

    Args:
        champion_id, champion_number: the version in charge; empty and 0 where there is none.
        canary_share: share of traffic that a newer version gets, 0 without one.
    """

    id: str
    name: str
    project_id: str
    state: LiveState
    champion_id: str
    champion_number: int
    canary_share: float
    created_at: datetime
    model_name: str = ""

    @property
    def title(self) -> str:
        """What people call it: its model's name; ``name`` is its address at the gateway."""
        return self.model_name or self.name


class Catalogue:
    """Deployments and versions by name and id, remembered for as long as this object lives."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._served: dict[str, tuple[ServedModel, ...]] = {}
        self._ids: dict[str, str] = {}

    def lives(self) -> list[Live]:
        """All deployments, the newest first."""
        return list_live(self._ws)

    def deployment_id(self, name: str) -> str:
        """Id of a deployment by the name that gateways write; a name that isn't known gets a folder of its own."""
        if name not in self._ids:
            found = next((live.id for live in self.lives() if live.name == name), None)
            safe = "".join(c if c.isalnum() or c in "-_" else "_" for c in name)[:80]
            self._ids[name] = found or f"unknown-{safe}"
        return self._ids[name]

    def live(self, deployment_id: str) -> Live:
        """One deployment, by id or name.

        Raises:
            NotFound: there is none.
        """
        found = next((live for live in self.lives() if deployment_id in {live.id, live.name}), None)
        if found is None:
            raise NotFound("deployment", deployment_id)
        return found

    def served(self, model_version_id: str) -> ServedModel | None:
        """What a version is, valued under the contract in force; None where the registry doesn't know it."""
        known = self._known(model_version_id)
        return known[-1] if known else None

    def contracts(self, model_version_id: str) -> tuple[ServedModel, ...]:
        """A version under each of its contracts, the oldest first; empty where the registry doesn't know it."""
        newest = self.served(model_version_id)
        if newest is None or not newest.contract_id:
            return (newest,) if newest else ()
        return self._known(model_version_id)

    def _known(self, model_version_id: str) -> tuple[ServedModel, ...]:
        if model_version_id not in self._served:
            version = registry_rows.get_version(self._ws.store, model_version_id)
            self._served[model_version_id] = () if version is None else load_served(self._ws, version)
        return self._served[model_version_id]

    def under(self, model_version_id: str, contract_id: str) -> ServedModel | None:
        """A version as it is valued under one of its contracts; without one, under the newest."""
        found = (model for model in self.contracts(model_version_id) if model.contract_id == contract_id)
        return next(found, None) or self.served(model_version_id)

    def promise(self, row: ValueRow) -> Promise | None:
        """What was promised for the decisions of a row of sums: by their version, under their contract."""
        model = self.under(row.model_version_id, row.contract_id)
        return model.promise if model else None


def load_served(ws: Workspace, version: ModelVersion) -> tuple[ServedModel, ...]:
    """A version under each contract that is or was in force for it, the oldest first; before its first contract, as registered.

    A package without a baseline has no bins, a report that can't be read makes no promise.
    """
    bins = read_bins(ws, version.package_sha256)
    contracts = contract_rows.effective(ws.store, version.id)
    if not contracts:
        return (_valued(ws, version, bins, version.impact_report_id),)
    return tuple(_under(_valued(ws, version, bins, contract.report_id), contract) for contract in contracts)


def load_under(ws: Workspace, version: ModelVersion, contract: Contract) -> ServedModel:
    """A version under one of its contracts, in force or not."""
    return _under(_valued(ws, version, read_bins(ws, version.package_sha256), contract.report_id), contract)


def _under(model: ServedModel, contract: Contract) -> ServedModel:
    return replace(
        model, contract_id=contract.id, contract_number=contract.number, since_ms=_ms(contract), approval_id=contract.approval_id
    )  # fmt: skip


def _ms(contract: Contract) -> int:
    return int(contract.in_force_at.timestamp() * 1000) if contract.in_force_at else 0


def _valued(ws: Workspace, version: ModelVersion, bins: tuple[FeatureBins, ...], report_id: str) -> ServedModel:
    features = tuple(b for b in bins if b.name != SCORE)
    try:
        report: ImpactReport | None = get_report(ws, SYSTEM, report_id)
    except KachiError:
        report = None  # the amounts of a promise that can't be read are not made up; the check says that there is none
    kind = _reference(report, {b.name for b in features})
    return ServedModel(
        version.id,
        version.number,
        version.project_id,
        report.payoff if report else version.payoff,
        report.currency if report else version.currency,
        report.value_model_id if report else version.value_model_id,
        kind,
        report.rule if report and kind is AlternativeKind.RULE else None,
        features,
        next((b for b in bins if b.name == SCORE), None),
        make_promise(report, kind) if report else None,
    )


def _reference(report: ImpactReport | None, features: set[str]) -> AlternativeKind:
    """What the value is counted against: the report's own reference, as long as served rows can tell what it would decide."""
    if report is None:
        return AlternativeKind.NOTHING
    if report.reference is not AlternativeKind.RULE or (report.rule and set(rule_columns(report.rule)) <= features):
        return report.reference
    others = [a for a in report.alternatives if a.kind in {AlternativeKind.NOTHING, AlternativeKind.EVERYBODY}]
    return max(others, key=lambda a: a.value.value).kind if others else AlternativeKind.NOTHING


def list_live(ws: Workspace) -> list[Live]:
    """All deployments, the newest first."""
    return [_live(d) for d in serving_rows.list_deployments(ws.store, project_id=None, before_id=None, limit=DEPLOYMENTS_MOST)]


def _live(d: Deployment) -> Live:
    state = LiveState(d.state.value)
    return Live(d.id, d.name, d.project_id, state, d.champion_id or "", d.champion_number or 0, d.canary_share, d.created_at, d.model_name)


def read_bins(ws: Workspace, package_sha256: str) -> tuple[FeatureBins, ...]:
    """The baseline's bins of a model package, the score's among them; none where the package brought no baseline."""
    try:
        baseline = baseline_from_json((ws.artifacts.path(package_sha256) / "baseline.json").read_bytes())
    except (KachiError, OSError) as error:
        # What was served must be taken in even where the package is gone; the check then says that it can't compare.
        log.warning("monitoring.no_baseline", package=package_sha256, reason=str(error))
        return ()
    features = tuple(
        FeatureBins(f.name, f.binned_by_edges, f.edges, f.categories, f.counts, f.missing, moment=f.kind is Kind.DATETIME)
        for f in baseline.features
    )
    score = group_scores(SCORE, baseline.score_counts)
    return (*features, score) if score else features
