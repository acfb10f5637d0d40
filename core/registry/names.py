"""What people call things: found in the audit trail, where every thing's making is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.data.store import list_datasets
from core.identity import Permission, Principal, require
from core.registry import lineage_store as edges
from core.registry.lineage_store import Key
from core.store.lineage import Node
from core.words import Words
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Label:
    """A thing's name, a word more about it, and who made it when."""

    text: str
    detail: str
    made_at: datetime | None
    made_by: str


def label_things(ws: Workspace, keys: Iterable[Key]) -> dict[Key, Label]:
    """Names of things, by kind and id; one that nothing is known of goes by the end of its id."""
    wanted = list(keys)
    told = _told(ws, wanted)
    return {key: _label(key, told.get(key, {})) for key in wanted}


def name_things(ws: Workspace, actor: Principal, keys: Iterable[Key], words: Words) -> dict[Key, str]:
    """Names of things for a reader: "Run 3", "Customer churn v2", "+€547"; empty where nothing but the id is known.

    What belongs to a deployment alone (its monitor, its policy) goes by the deployment's name.
    """
    require(actor, Permission.READ_DETAILS)
    wanted = set(keys)
    of_deployments = {key: (Node.DEPLOYMENT.value, key[1]) for key in wanted if key[0] in {Node.MONITOR, Node.POLICY}}
    told = _told(ws, wanted | set(of_deployments.values()))
    return {key: _spoken(words, key[0], told.get(of_deployments.get(key, key), {})) for key in wanted}


def _told(ws: Workspace, keys: Iterable[Key]) -> dict[Key, Mapping[str, Any]]:
    wanted = list(keys)
    told: dict[Key, Mapping[str, Any]] = dict(edges.audited(ws.store, wanted))
    sets = [key for key in wanted if key[0] == Node.DATASET]
    if sets:
        names = {d.id: d for d in list_datasets(ws.store, project_id=None, before_id=None, limit=10_000)}
        told |= {key: {"name": names[key[1]].name, "at": names[key[1]].created_at} for key in sets if key[1] in names}
    return told


def _label(key: Key, told: Mapping[str, Any]) -> Label:
    kind, key_id = key
    text = _text(kind, told) or f"…{key_id[-8:]}"
    detail = str(told.get("note") or told.get("reason") or "")[:120]
    return Label(text, detail, told.get("at"), str(told.get("by", "")))


def _text(kind: str, told: Mapping[str, Any]) -> str:
    name = next((str(told[field]) for field in ("name", "model", "title", "email", "filename") if told.get(field)), "")
    number = next((told[field] for field in ("number", "version") if isinstance(told.get(field), int)), None)
    match kind:
        case Node.MODEL_VERSION | Node.DATASET_VERSION | Node.VALUE_MODEL | Node.APPROVAL if number is not None:
            return f"{name} v{number}".strip()
        case Node.RUN | Node.CONTRACT if number is not None:
            return f"#{number} {name}".strip()
        case Node.IMPACT_REPORT if told.get("gain"):
            return f"{Decimal(str(told['gain'])):+,.0f} {told.get('currency', '')}".strip()
        case _:
            return name or (f"#{number}" if number is not None else "")


def _spoken(words: Words, kind: str, told: Mapping[str, Any]) -> str:
    text = _text(kind, told)
    number = next((told[field] for field in ("number", "version") if isinstance(told.get(field), int)), None)
    if kind == Node.IMPACT_REPORT and told.get("gain") and told.get("currency"):
        return words.money(Decimal(str(told["gain"])), str(told["currency"]), signed=True)
    if kind == Node.RUN and number is not None:
        run = words.t("Run {number}", number=number)
        return words.t("{run}: {name}", run=run, name=told["name"]) if told.get("name") else run
    if number is not None and text in {f"v{number}", f"#{number}"}:
        return words.t("Version {number}", number=number)
    return words.given(text)
