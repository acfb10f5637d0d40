"""The seal of a frozen report: its hash, bound to run, data and value model, signed with the portal's key."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from core.errors import Corrupt
from core.signing import fingerprint, holds, signing_key

# Signed before the text, so that no seal can ever pass as a certificate or a grant, nor the other way round.
DOMAIN = b"kachi.impact-report.v1\n"


@dataclass(frozen=True, slots=True)
class Statement:
    """What the portal signs of a report.

    Args:
        report_sha256: of the frozen JSON; dataset_sha256: of the data set version's content, empty where it isn't kept here.
        frozen_by: name of who froze it.
    """

    report_id: str
    report_sha256: str
    project_id: str
    run_id: str
    run_number: int
    dataset_version_id: str
    dataset_sha256: str
    value_model_id: str
    value_model_version: int
    frozen_by: str
    frozen_at: datetime


@dataclass(frozen=True, slots=True)
class Seal:
    """A statement with its signature.

    Args:
        text: the statement as it was signed, canonical JSON.
        signature: Ed25519 over `DOMAIN` and the text, base64.
        key: fingerprint of the key.
    """

    statement: Statement
    text: str
    signature: str
    key: str


def statement_to_json(statement: Statement) -> str:
    """The text that is signed: keys sorted, no spaces, so that equal statements have equal text."""
    body = asdict(statement) | {"frozen_at": statement.frozen_at.isoformat()}
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def statement_from_json(text: str) -> Statement:
    """Read a statement; says nothing about its signature.

    Raises:
        Corrupt: not a statement.
    """
    try:
        body: dict[str, Any] = json.loads(text)
        return Statement(frozen_at=datetime.fromisoformat(body.pop("frozen_at")), **body)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Corrupt(
            "This is not the seal of an impact report ({reason}). Export the report again.", reason=type(error).__name__
        ) from error


def make_seal(keys_dir: Path, statement: Statement) -> Seal:
    """Sign a statement with the portal's key."""
    key, text = signing_key(keys_dir), statement_to_json(statement)
    return Seal(statement, text, base64.b64encode(key.sign(DOMAIN + text.encode())).decode(), fingerprint(key.public_key()))


def is_genuine(key: Ed25519PublicKey, text: str, signature: str, report: bytes) -> bool:
    """Whether a statement carries the key's signature and is about exactly this report.

    Args:
        report: the frozen JSON, byte by byte.
    """
    if not holds(key, DOMAIN + text.encode(), signature):
        return False
    return statement_from_json(text).report_sha256 == hashlib.sha256(report).hexdigest()
