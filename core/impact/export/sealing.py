"""Sealing a report when it is frozen, and checking the seal before anything signed leaves the house."""

from __future__ import annotations

from dataclasses import dataclass

from core.data import store as data_rows
from core.errors import Corrupt
from core.impact.any_report import AnyReport
from core.impact.export import store as rows
from core.impact.seal import Seal, Statement, is_genuine, make_seal
from core.impact.store import FrozenReport
from core.signing import public_pem, signing_key
from core.store import Transaction
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Signature:
    """A report's seal as others check it.

    Args:
        genuine: whether the signature holds, and the stored report is the one that was signed.
        public_key: PEM.
    """

    seal: Seal
    genuine: bool
    public_key: str


def seal_frozen(ws: Workspace, tx: Transaction, frozen: FrozenReport, report: AnyReport) -> Seal:
    """Sign a report within the transaction that freezes it."""
    version = data_rows.get_version(tx, report.dataset_version_id)
    statement = Statement(
        frozen.id, frozen.sha256, frozen.project_id, frozen.run_id, report.run_number, report.dataset_version_id,
        version.sha256 if version else "", frozen.value_model_id, report.value_model_version, frozen.created_by_name, frozen.created_at,
    )  # fmt: skip
    seal = make_seal(ws.settings.keys_dir, statement)
    rows.insert_seal(tx, seal)
    return seal


def read_seal(ws: Workspace, frozen: FrozenReport, report: AnyReport) -> Seal:
    """A report's seal; one that was frozen before reports were sealed is sealed now, if it is still what the audit trail says.

    Raises:
        Corrupt: the audit trail tells of another report.
    """
    found = rows.find_seal(ws.store, frozen.id)
    if found is not None:
        return found
    if rows.frozen_hash(ws.store, frozen.id) != frozen.sha256:
        raise Corrupt("The audit trail doesn't tell of this impact report as it is now, so it isn't signed. Compare it with a backup.")
    return ws.store.write(lambda tx: rows.find_seal(tx, frozen.id) or seal_frozen(ws, tx, frozen, report))


def check_signature(ws: Workspace, frozen: FrozenReport, report: AnyReport, content: bytes) -> Signature:
    """Whether a report's seal holds.

    Args:
        content: the frozen JSON, byte by byte.
    """
    seal, key = read_seal(ws, frozen, report), signing_key(ws.settings.keys_dir).public_key()
    return Signature(seal, is_genuine(key, seal.text, seal.signature, content), public_pem(key))


def require_genuine(signature: Signature) -> Seal:
    """The seal of a report that may be exported as signed.

    Raises:
        Corrupt: the signature doesn't hold.
    """
    if not signature.genuine:
        raise Corrupt(
            "The signature of this impact report doesn't hold, so it isn't exported. Restore the report or the key from a backup."
        )
    return signature.seal
