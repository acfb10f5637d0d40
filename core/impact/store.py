"""Rows of frozen impact reports; all SQL of this step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from core.impact.alternatives import AlternativeKind
from core.impact.amounts import Amount
from core.impact.multiclass import ClassPolicy
from core.impact.regression import ForecastPolicy
from core.impact.report import Verdict
from core.project.model import Task
from core.project.value_model import Period
from core.store import Store, Transaction

COLUMNS = (
    "id, project_id, run_id, value_model_id, sha256, threshold, currency, period, value, value_low, value_high, "
    "reference, gain, gain_low, gain_high, verdict, created_by, created_by_name, created_at, task"
)
Reference = AlternativeKind | ClassPolicy | ForecastPolicy
REFERENCES: Final[dict[Task, type[Reference]]] = {
    Task.BINARY: AlternativeKind, Task.MULTICLASS: ClassPolicy, Task.REGRESSION: ForecastPolicy,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FrozenReport:
    """A frozen report's key figures; `sha256` names its JSON artifact. Amounts are a period's.

    Args:
        task: what kind of report it is. threshold: None but for yes-or-no decisions.
        value: of a forecast: what its errors cost, as a loss.
    """

    id: str
    project_id: str
    run_id: str
    value_model_id: str
    sha256: str
    threshold: float | None
    currency: str
    period: Period
    value: Amount
    reference: Reference
    gain: Amount
    verdict: Verdict
    created_by: str
    created_by_name: str
    created_at: datetime
    task: Task = Task.BINARY


def _row_to_report(row: tuple[Any, ...]) -> FrozenReport:
    value, gain, task = Amount(*map(Decimal, row[8:11])), Amount(*map(Decimal, row[12:15])), Task(row[19])
    return FrozenReport(
        row[0], row[1], row[2], row[3], row[4], row[5], row[6], Period(row[7]), value, REFERENCES[task](row[11]),
        gain, Verdict(row[15]), row[16], row[17], row[18], task,
    )  # fmt: skip


def insert_report(tx: Transaction, report: FrozenReport) -> None:
    """Store a frozen report's row."""
    value, gain = report.value, report.gain
    tx.execute(
        f"INSERT INTO impact_reports ({COLUMNS}) VALUES ({', '.join('?' * 20)})",
        [
            report.id, report.project_id, report.run_id, report.value_model_id, report.sha256, report.threshold, report.currency,
            report.period, value.value, value.low, value.high, report.reference, gain.value, gain.low, gain.high, report.verdict,
            report.created_by, report.created_by_name, report.created_at, report.task,
        ],
    )  # fmt: skip


def get_report(store: Store | Transaction, report_id: str) -> FrozenReport | None:
    """One frozen report."""
    row = store.one(f"SELECT {COLUMNS} FROM impact_reports WHERE id = ?", [report_id])
    return _row_to_report(row) if row else None


def list_reports(
    store: Store, *, project_id: str | None, before_id: str | None, limit: int, run_id: str | None = None
) -> list[FrozenReport]:
    """Newest first, of one project or of all."""
    rows = store.rows(
        f"SELECT {COLUMNS} FROM impact_reports WHERE (? IS NULL OR project_id = ?) AND (? IS NULL OR run_id = ?) AND (? IS NULL OR id < ?) "
        "ORDER BY id DESC LIMIT ?",
        [project_id, project_id, run_id, run_id, before_id, before_id, limit],
    )
    return [_row_to_report(row) for row in rows]
