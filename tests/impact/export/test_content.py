"""What exports say: the same in every format, in both languages, of every kind of report."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from core.impact import sentences as say
from core.impact.export.content import build_content
from core.impact.export.spec import spec_from_json, spec_to_json
from core.words import Words
from tests.impact.export.conftest import Make
from tests.impact.test_sentences import CASES

LETTERS = re.compile(r"[A-Za-z]{3,}")
PLACE = re.compile(r"\{\w+\}")
# Not words of ours: names, codes, columns.
FREE = re.compile(
    r"Customer churn|Customers|Whom should we call\?|tenure|customers|customer|calls|call|would leave|would have stayed|version 6|report-1|SHA|Mori|"
    r"JPY|Ed25519|impact-reports|api|signature|LightGBM"
)


def texts(given: Any) -> list[str]:
    """All texts of a content, however deep."""
    if isinstance(given, str):
        return [given]
    if is_dataclass(given):
        return [text for field in fields(given) for text in texts(getattr(given, field.name))]
    return [text for item in given for text in texts(item)] if isinstance(given, tuple) else []


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_report_can_be_worded(make: Make, kind: str, language: str) -> None:
    spec = make(kind, language=language, champion=kind == "wins")
    content = build_content(spec)
    assert content.headline == say.headline(spec.words, spec.report)
    assert len(content.figures) == 4
    assert len(content.alternatives_table.rows) == len(spec.report.alternatives) + 1
    assert all(len(row) == len(content.alternatives_table.headings) for row in content.alternatives_table.rows)
    assert not [text for text in texts(content) if PLACE.search(text) or "nan" in text.lower()]
    assert content.draft == ""
    said = " ".join(texts(content))
    for bound in ("report-1", "r1", "d1", "v1", "d" * 64, spec.seal.signature, spec.seal.statement.report_sha256):
        assert bound in said


def test_japanese_has_no_english_left(make: Make) -> None:
    spec = make(language="ja", champion=True)
    own = [spec.seal.signature, spec.seal.key, spec.seal.statement.report_sha256, spec.seal.statement.dataset_sha256]
    for text in texts(build_content(spec)):
        if text not in own and text != "ja":
            rest = FREE.sub("", text)
            for hash_ in own:
                rest = rest.replace(hash_[:12], "")
            assert not LETTERS.search(rest), text


def test_both_languages_tell_the_same_figures(make: Make) -> None:
    english, japanese = (build_content(make(language=language)) for language in ("en", "ja"))
    worth = make().report.value.value
    assert [c.figures[0].value for c in (english, japanese)] == [Words("en").money(worth, "JPY"), Words("ja").money(worth, "JPY")]
    assert [row[1].strip("¥円") for row in english.alternatives_table.rows] == [
        row[1].strip("¥円") for row in japanese.alternatives_table.rows
    ]
    assert english.seal[6][1] == "Version 3 (v1)"
    assert japanese.seal[6][1] == "バージョン3（v1）"


def test_a_draft_says_so_everywhere_and_is_bound_to_nothing(make: Make) -> None:
    content = build_content(make(draft=True))
    assert content.draft == "Draft: not frozen, not signed"
    assert content.draft in content.footer
    assert content.seal == ()
    assert "no signature" in content.seal_note


def test_times_are_in_the_zone_of_the_portal(make: Make) -> None:
    assert dict(build_content(make()).seal)["Frozen"] == "24 Nov 2026, 18:00 by Mori"


@pytest.mark.parametrize("draft", [True, False])
def test_a_spec_reaches_the_child_whole(make: Make, draft: bool) -> None:
    spec = make("costs", language="ja", draft=draft, champion=True)
    assert spec_from_json(spec_to_json(spec)) == spec
