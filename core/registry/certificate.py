"""The approval certificate: what was approved, by whom, and how it decides, signed with Ed25519 (RFC 8032).

Light on purpose: gateways import this module and nothing else of the registry.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from core.errors import Corrupt
from core.signing import holds, signing_key


@dataclass(frozen=True, slots=True)
class Policy:
    """How a version decides.

    Args:
        threshold: treat where the score is at least this, unless `decides` says otherwise.
        tp, fp, fn, tn: payoffs in units of the currency: decimal text, or a formula behind an equals sign.
        decides: the decision policy as JSON; empty in certificates of the first release, which had one threshold.
        action_cost: what an action takes from a budget, like a payoff; empty without one.
        value_columns: columns that formulas read, each with an example, so that requests bring them.
    """

    threshold: float
    tp: str
    fp: str
    fn: str
    tn: str
    currency: str
    value_model_id: str
    decides: str = ""
    action_cost: str = ""
    value_columns: Mapping[str, float | str | None] = field(default_factory=dict)


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
            if not amount.startswith("="):
                Decimal(amount)
    except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation) as error:
        raise Corrupt("This is not an approval certificate ({reason}). Ask for approval again.", reason=type(error).__name__) from error
    return certificate


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
    if not holds(key, text.encode(), signature):
        raise Corrupt("The signature of this approval certificate doesn't hold. The version is not served.")
    return certificate_from_json(text)
