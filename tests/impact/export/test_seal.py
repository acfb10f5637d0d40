"""Seals: what is signed can't be changed, and passes for nothing else."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import Corrupt
from core.impact.seal import Statement, is_genuine, make_seal, statement_from_json, statement_to_json
from core.signing import public_key, signing_key

REPORT = '{"format":1,"名":"解約"}'.encode()
GIVEN = Statement(
    "r-1", "9a7fc0f4efd3a8ebb9fbd8ff5e7a4aa1d4f0cf0e2c2d4d9c31a1c3a6cf2f3a10", "p-1", "run-1", 7, "d-1", "d" * 64, "v-1", 3, "森 恵子",
    datetime(2026, 11, 24, 9, tzinfo=UTC),
)  # fmt: skip


@pytest.fixture
def given() -> Statement:
    import hashlib

    return replace(GIVEN, report_sha256=hashlib.sha256(REPORT).hexdigest())


def test_a_seal_holds_for_its_report_and_key_only(tmp_path: Path, given: Statement) -> None:
    seal = make_seal(tmp_path / "a", given)
    key = public_key(tmp_path / "a" / "approval.pub")
    assert statement_from_json(seal.text) == given
    assert is_genuine(key, seal.text, seal.signature, REPORT)
    assert not is_genuine(key, seal.text, seal.signature, REPORT + b" ")
    signing_key(tmp_path / "b")
    assert not is_genuine(public_key(tmp_path / "b" / "approval.pub"), seal.text, seal.signature, REPORT)
    assert make_seal(tmp_path / "a", given).signature == seal.signature


@pytest.mark.parametrize("old", ["r-1", '"run_number":7', '"value_model_version":3', "森 恵子", "2026-11-24", "d" * 64])
def test_no_part_of_a_statement_can_be_changed(tmp_path: Path, given: Statement, old: str) -> None:
    seal = make_seal(tmp_path, given)
    assert old in seal.text
    changed = seal.text.replace(old, old[:-1] + ("0" if old[-1] != "0" else "1"))
    assert not is_genuine(public_key(tmp_path / "approval.pub"), changed, seal.signature, REPORT)


def test_a_signature_over_the_bare_text_is_none(tmp_path: Path, given: Statement) -> None:
    # A certificate's signature is over its bare text: it must never pass as a seal.
    text = statement_to_json(given)
    bare = base64.b64encode(signing_key(tmp_path).sign(text.encode())).decode()
    assert not is_genuine(public_key(tmp_path / "approval.pub"), text, bare, REPORT)
    assert not is_genuine(public_key(tmp_path / "approval.pub"), text, "not base64!", REPORT)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"frozen_at":"x"}', '{"frozen_at":"2026-11-24T09:00:00+00:00","more":1}', "null"])
def test_what_is_no_statement_is_refused(text: str) -> None:
    with pytest.raises(Corrupt, match="not the seal"):
        statement_from_json(text)
