"""Certificates: what is signed can't be changed."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import Corrupt
from core.registry.certificate import (
    Certificate,
    Policy,
    certificate_from_json,
    sign_certificate,
    verify_certificate,
)
from core.signing import public_key, signing_key

POLICY = Policy(0.42, "12000.00", "-1500.00", "0.00", "0.00", "JPY", "vm-1")
GIVEN = Certificate(
    "解約予測", 7, "mv-7", "p-1", "a" * 64, POLICY, "user-mori", "user-tanaka", "ap-1", datetime(2026, 11, 22, 9, 12, tzinfo=UTC)
)


def test_a_signed_certificate_reads_back(tmp_path: Path) -> None:
    text, signature = sign_certificate(tmp_path / "keys", GIVEN)
    assert verify_certificate(public_key(tmp_path / "keys" / "approval.pub"), text, signature) == GIVEN


def test_the_key_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    first = signing_key(tmp_path).private_bytes_raw()
    assert signing_key(tmp_path).private_bytes_raw() == first
    assert stat.S_IMODE((tmp_path / "approval.key").stat().st_mode) == 0o600


@pytest.mark.parametrize(("old", "new"), [('"version":7', '"version":8'), ("0.42", "0.41"), ("a" * 64, "b" * 64), ("-1500.00", "-150.00")])
def test_any_change_breaks_the_signature(tmp_path: Path, old: str, new: str) -> None:
    text, signature = sign_certificate(tmp_path, GIVEN)
    assert old in text
    with pytest.raises(Corrupt):
        verify_certificate(public_key(tmp_path / "approval.pub"), text.replace(old, new), signature)


def test_another_portals_signature_does_not_count(tmp_path: Path) -> None:
    text, signature = sign_certificate(tmp_path / "a", GIVEN)
    signing_key(tmp_path / "b")
    with pytest.raises(Corrupt):
        verify_certificate(public_key(tmp_path / "b" / "approval.pub"), text, signature)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"policy": {}}', "x"])
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(Corrupt):
        certificate_from_json(text)


@pytest.mark.parametrize("signature", ["", "x", "é", "AAAA"])
def test_odd_signatures_are_refused(tmp_path: Path, signature: str) -> None:
    text, _ = sign_certificate(tmp_path, replace(GIVEN, version=1))
    with pytest.raises(Corrupt):
        verify_certificate(public_key(tmp_path / "approval.pub"), text, signature)


def test_a_missing_public_key_is_told(tmp_path: Path) -> None:
    with pytest.raises(Corrupt, match=r"approval\.pub"):
        public_key(tmp_path / "approval.pub")
