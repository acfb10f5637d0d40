"""Who was in charge of a deployment when, and under which contract: from its moves and its versions' contracts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from core.monitoring.catalogue import Catalogue
from core.monitoring.served import ServedModel
from core.monitoring.value_ledger import ContractKey, Reign
from core.serving.model import Move, MoveKind


def key_of_model(model: ServedModel) -> ContractKey:
    """Under what a version's decisions are counted."""
    return ContractKey(model.model_version_id, model.version, model.contract_id, model.contract_number, model.currency)


def stretches(moves: Sequence[Move], first_decision: datetime | None, now: datetime) -> list[tuple[str, datetime, datetime]]:
    """Versions in charge with their times, oldest first; gaps are times in which the deployment was stopped.

    Args:
        moves: of one deployment, oldest first.
        first_decision: where it lies before the first move (replayed history), the first version was in charge from then on.
    """
    found: list[tuple[str, datetime, datetime]] = []
    version, since = "", now
    for move in moves:
        if not (move.kind.leads or move.kind is MoveKind.STOP):
            continue
        if version and move.occurred_at > since:
            found.append((version, since, move.occurred_at))
        version = "" if move.kind is MoveKind.STOP else move.version_id or ""
        since = move.occurred_at
        if not found and version and first_decision is not None and first_decision < since:
            since, first_decision = first_decision, None
    if version and now > since:
        found.append((version, since, now))
    return found


def find_reigns(catalogue: Catalogue, moves: Sequence[Move], first_decision: datetime | None, now: datetime) -> list[Reign]:
    """The stretches of `stretches`, each cut where another contract came into force."""
    found = []
    for version, begin, end in stretches(moves, first_decision, now):
        models = catalogue.contracts(version)
        starts = [begin, *(datetime.fromtimestamp(model.since_ms / 1000, tz=UTC) for model in models[1:])]
        for place, model in enumerate(models):
            since = max(begin, starts[place])
            until = min(end, starts[place + 1]) if place + 1 < len(models) else end
            if until > since:
                found.append(Reign(key_of_model(model), model.promise, since, until))
    return found
