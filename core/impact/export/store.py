"""Rows of seals and of exported files; all SQL of exports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.impact.export.formats import ExportFormat
from core.impact.seal import Seal, statement_from_json
from core.store import Store, Transaction

EXPORT = "id, report_id, format, language, file_hash, exported_by, exported_by_name, exported_at"


@dataclass(frozen=True, slots=True)
class ExportRecord:
    """A file that was made of a frozen report; `file_hash` is its SHA-256."""

    id: str
    report_id: str
    format: ExportFormat
    language: str
    file_hash: str
    exported_by: str
    exported_by_name: str
    exported_at: datetime


def find_seal(db: Store | Transaction, report_id: str) -> Seal | None:
    """A report's seal; says nothing about whether it holds."""
    row = db.one("SELECT statement, signature, key_fingerprint FROM impact_report_seals WHERE report_id = ?", [report_id])
    return Seal(statement_from_json(row[0]), row[0], row[1], row[2]) if row else None


def insert_seal(tx: Transaction, seal: Seal) -> None:
    """Keep a seal."""
    tx.execute(
        "INSERT INTO impact_report_seals (report_id, statement, signature, key_fingerprint, signed_at) VALUES (?, ?, ?, ?, ?)",
        [seal.statement.report_id, seal.text, seal.signature, seal.key, tx.at],
    )


def frozen_hash(db: Store | Transaction, report_id: str) -> str | None:
    """The SHA-256 that the audit trail holds of a report's freezing; None where it tells of none."""
    row = db.one(
        "SELECT json_extract_string(details, '$.sha256') FROM audit_events WHERE action = 'impact_report.freeze' AND target_id = ?",
        [report_id],
    )
    return str(row[0]) if row and row[0] else None


def insert_export(tx: Transaction, record: ExportRecord) -> None:
    """Keep what a file was made of."""
    tx.execute(
        f"INSERT INTO impact_report_exports ({EXPORT}) VALUES ({', '.join('?' * 8)})",
        [
            record.id, record.report_id, record.format, record.language, record.file_hash, record.exported_by, record.exported_by_name,
            record.exported_at,
        ],
    )  # fmt: skip


def find_exports(store: Store, file_hash: str, limit: int = 50) -> list[ExportRecord]:
    """All times that exactly this file was exported, newest first."""
    rows = store.rows(f"SELECT {EXPORT} FROM impact_report_exports WHERE file_hash = ? ORDER BY id DESC LIMIT ?", [file_hash, limit])
    return [_row_to_record(row) for row in rows]


def _row_to_record(row: tuple[Any, ...]) -> ExportRecord:
    return ExportRecord(row[0], row[1], ExportFormat(row[2]), *row[3:])
