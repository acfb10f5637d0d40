"""The portal's signing key (Ed25519, RFC 8032): what it approved, permitted and reported carries a signature that anybody can check.

Light on purpose: gateways import this module.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import threading
from pathlib import Path

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


def holds(key: Ed25519PublicKey, data: bytes, signature: str) -> bool:
    """Whether a signature, as base64, is this key's own over these bytes."""
    try:
        key.verify(base64.b64decode(signature, validate=True), data)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def public_pem(key: Ed25519PublicKey) -> str:
    """The public key as PEM, to check signatures elsewhere."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def fingerprint(key: Ed25519PublicKey) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the public key's DER form: which key it was."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()[:16]
