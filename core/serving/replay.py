"""Replay grants: a short-lived permission, signed by the portal, to send rows that carry the time at which they were served."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from core.errors import InvalidInput
from core.signing import signing_key

HEADER = "X-Kachi-Replay"
# Signed before the text, so that no grant can ever pass as a certificate, nor the other way round.
DOMAIN = b"kachi.replay.v1\n"


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may replay into which deployment, until when."""

    deployment: str
    user_id: str
    expires_at: datetime


def sign_grant(keys_dir: Path, grant: Grant) -> str:
    """The grant as the value of the header ``X-Kachi-Replay``."""
    body = {"d": grant.deployment, "by": grant.user_id, "exp": grant.expires_at.astimezone(UTC).isoformat()}
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    signature = signing_key(keys_dir).sign(DOMAIN + text)
    return f"{base64.urlsafe_b64encode(text).decode()}.{base64.urlsafe_b64encode(signature).decode()}"


def read_grant(key: Ed25519PublicKey, header: str, deployment: str, now: datetime) -> Grant:
    """Check a grant.

    Raises:
        InvalidInput: not signed by this portal, for another deployment, or expired.
    """
    try:
        text, _, signature = header.partition(".")
        body = base64.urlsafe_b64decode(text)
        key.verify(base64.urlsafe_b64decode(signature), DOMAIN + body)
        fields = json.loads(body)
        grant = Grant(fields["d"], fields["by"], datetime.fromisoformat(fields["exp"]))
    except (InvalidSignature, binascii.Error, ValueError, KeyError, TypeError) as error:
        raise InvalidInput("This replay grant isn't valid. Ask the portal for a new one.", field="X-Kachi-Replay") from error
    if grant.deployment != deployment or grant.expires_at <= now:
        raise InvalidInput(
            "This replay grant has expired or is for another deployment. Ask the portal for a new one.", field="X-Kachi-Replay"
        )
    return grant
