"""The approval certificate: what was approved, by whom, and how it decides, signed with Ed25519 (RFC 8032).

Light on purpose: gateways import this module and nothing else of the registry.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import threading
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from core.errors import Corrupt

PRIVATE_KEY, PUBLIC_KEY = "approval.key", "approval.pub"
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Policy:
    """How a version decides: treat where the score is at least the threshold; payoffs as decimal text, in units of the currency."""

    threshold: float
    tp: str
    fp: str
    fn: str
    tn: str
    currency: str
    value_model_id: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """What an approver signed.

    Args:
        model: the model's name; version: its number.
        requested_by, approved_by: ids of people.
    """

    model: str
    version: int
    model_version_id: str
    project_id: str
    package_sha256: str
    policy: Policy
    requested_by: str
    approved_by: str
    approval_id: str
    approved_at: datetime


def certificate_to_json(certificate: Certificate) -> str:
    """The text that is signed: keys sorted, no spaces, so that equal certificates have equal text."""
    body = asdict(certificate) | {"approved_at": certificate.approved_at.isoformat()}
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def certificate_from_json(text: str) -> Certificate:
    """Read a certificate; says nothing about its signature.

    Raises:
        Corrupt: not a certificate.
    """
    try:
        body: dict[str, Any] = json.loads(text)
        policy = Policy(**body.pop("policy"))
        certificate = Certificate(policy=policy, approved_at=datetime.fromisoformat(body.pop("approved_at")), **body)
        for amount in (policy.tp, policy.fp, policy.fn, policy.tn):
            Decimal(amount)
    except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation) as error:
        raise Corrupt("This is not an approval certificate ({reason}). Ask for approval again.", reason=type(error).__name__) from error
    return certificate


def signing_key(keys_dir: Path) -> Ed25519PrivateKey:
    """The portal's signing key, made at first use: readable by the owner only, its public half beside it."""
    path = keys_dir / PRIVATE_KEY
    with _lock:
        if not path.exists():
            _make_key(keys_dir, path)
        key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise Corrupt("{path} is not an Ed25519 key. Restore it from a backup.", path=str(path))
    return key


def _make_key(keys_dir: Path, path: Path) -> None:
    keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    # The public half first: where the private one exists, gateways find their part too.
    _write(keys_dir / PUBLIC_KEY, public, 0o644)
    _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)


def _write(path: Path, data: bytes, mode: int) -> None:
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(part, path)


def public_key(path: Path) -> Ed25519PublicKey:
    """A gateway's copy of the public key, from its PEM file.

    Raises:
        Corrupt: missing, or not an Ed25519 key.
    """
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Corrupt("The public key {path} can't be read. Copy approval.pub from the portal's home.", path=str(path)) from error
    if not isinstance(key, Ed25519PublicKey):
        raise Corrupt("The public key {path} can't be read. Copy approval.pub from the portal's home.", path=str(path))
    return key


def sign_certificate(keys_dir: Path, certificate: Certificate) -> tuple[str, str]:
    """Sign a certificate with the portal's key.

    Returns:
        its text, and the signature over the text's UTF-8 bytes as base64.
    """
    text = certificate_to_json(certificate)
    return text, base64.b64encode(signing_key(keys_dir).sign(text.encode())).decode()


def verify_certificate(key: Ed25519PublicKey, text: str, signature: str) -> Certificate:
    """Check a signature and read the certificate that it stands for.

    Raises:
        Corrupt: the signature doesn't hold, or it isn't a certificate.
    """
    try:
        key.verify(base64.b64decode(signature, validate=True), text.encode())
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise Corrupt("The signature of this approval certificate doesn't hold. The version is not served.") from error
    return certificate_from_json(text)
