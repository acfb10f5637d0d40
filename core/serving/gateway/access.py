"""Who may ask: API keys of a deployment, or a replay grant of the portal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from core.errors import KachiError
from core.serving.gateway.http import Refusal
from core.serving.gateway.live import Deployment
from core.serving.replay import HEADER, read_grant
from core.signing import public_key

REPLAY = HEADER.lower().encode()
_ASK = ((b"www-authenticate", b'Bearer realm="kachi"'),)


def check_access(headers: Mapping[bytes, bytes], deployment: Deployment, key_path: Path, now: datetime) -> bool:
    """Let through or refuse.

    Returns:
        whether rows may carry the time at which they were served.

    Raises:
        Refusal: neither a key of this deployment nor a grant.
    """
    header = headers.get(REPLAY)
    if header is not None:
        try:
            read_grant(public_key(key_path), header.decode("latin-1"), deployment.manifest.name, now)
        except KachiError as error:
            raise Refusal(401, "bad_grant", str(error), headers=_ASK) from error
        return True
    key = _key(headers)
    if not key:
        raise Refusal(401, "no_key", "Send the deployment's API key as 'Authorization: Bearer …' or 'X-API-Key'.", headers=_ASK)
    if not deployment.admits(key):
        raise Refusal(401, "bad_key", "This API key isn't one of this deployment. Issue a new one on its page.", headers=_ASK)
    return False


def _key(headers: Mapping[bytes, bytes]) -> str:
    given = headers.get(b"x-api-key", b"").decode("latin-1").strip()
    if given:
        return given
    scheme, _, key = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
