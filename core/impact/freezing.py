"""Keeping a report as it is: its JSON as an artifact; its row, seal, audit event and lineage in one transaction."""

from __future__ import annotations

from core.identity import Permission, Principal, require
from core.impact import store as rows
from core.impact.any_report import any_report_to_json, task_of
from core.impact.detailing import Detailed
from core.impact.export.sealing import seal_frozen
from core.impact.report import ImpactReport
from core.impact.store import FrozenReport
from core.impact.task_detailing import DetailedTask
from core.store import Transaction, new_id
from core.store.lineage import Edge, Node
from core.store.scratch import scratch_folder
from core.workspace import Workspace


def keep_report(ws: Workspace, tx: Transaction, actor: Principal, report: Detailed | DetailedTask) -> str:
    """Keep a report as it is, within the transaction of what it is evidence for.

    Args:
        report: with its details, which were worked out before the transaction.

    Returns:
        Id of the frozen report.
    """
    require(actor, Permission.REGISTER_MODELS)
    with scratch_folder(ws.settings) as folder:
        path = folder / "impact.json"
        path.write_bytes(any_report_to_json(report))
        artifact = ws.artifacts.put(path)
    threshold = report.threshold if isinstance(report, ImpactReport) else None
    frozen = FrozenReport(
        new_id(), report.project_id, report.run_id, report.value_model_id, artifact.sha256, threshold, report.currency, report.period,
        report.value, report.reference, report.gain, report.verdict, actor.user_id, actor.name, tx.at, task_of(report),
    )  # fmt: skip
    rows.insert_report(tx, frozen)
    seal_frozen(ws, tx, frozen, report)
    tx.edge(Edge(Node.RUN, report.run_id, Node.IMPACT_REPORT, frozen.id, "valued_in"))
    tx.edge(Edge(Node.VALUE_MODEL, report.value_model_id, Node.IMPACT_REPORT, frozen.id, "valued_by"))
    details = {"run_id": report.run_id, "sha256": artifact.sha256, "gain": str(report.gain.value), "currency": report.currency}
    tx.audit(actor.event("impact_report.freeze", Node.IMPACT_REPORT, frozen.id, project_id=report.project_id, details=details))
    return frozen.id
