"""The PDF: A4, tagged, its fonts inside, Japanese too; and what is said where it can't be made."""

from __future__ import annotations

import re
import sys
import zlib

import pytest

from core.impact.export.failures import NoPdfHere, missing_library
from core.impact.export.pdf import make_pdf
from tests.impact.export.conftest import EVIL, Make

pytest.importorskip("weasyprint", exc_type=OSError, reason="Pango is not on this machine")


def streams(data: bytes) -> str:
    """The readable streams: metadata, and maps from glyphs to letters."""
    found = []
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
        try:
            found.append(zlib.decompress(packed))
        except zlib.error:
            found.append(packed)
    return b"\n".join(found).decode("latin-1")


def mapped(data: bytes) -> str:
    """The letters that the embedded fonts map their glyphs to."""
    codes = re.findall(r"<[0-9a-fA-F]+>\s*<([0-9a-fA-F]{4,})>", streams(data))
    return "".join(bytes.fromhex(code).decode("utf-16-be", "ignore") for code in codes if len(code) % 4 == 0)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_pdf_is_a4_tagged_and_carries_its_fonts(make: Make, language: str) -> None:
    data = make_pdf(make(language=language, champion=True))
    assert data.startswith(b"%PDF-1.7")
    inside = streams(data)
    assert "pdfuaid" in inside
    assert "/StructTreeRoot" in inside
    assert f"/Lang ({language})" in inside
    sizes = {tuple(round(float(x)) for x in box.split()) for box in re.findall(r"/MediaBox \[([^\]]+)\]", inside)}
    assert sizes == {(0, 0, 595, 842)}
    assert 2 <= len(re.findall(r"/Type /Page\b", inside)) <= 4
    assert "Noto-Sans-CJK-JP" in inside
    assert inside.count("/FontFile3") >= 2
    assert len(data) < 1_500_000


def test_japanese_can_be_searched(make: Make) -> None:
    letters = mapped(make_pdf(make(language="ja")))
    assert set("解約お客様効果署名万円") <= set(letters)


def test_text_from_people_fetches_nothing(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    data = make_pdf(make(name=f'<img src="file:///etc/passwd">{EVIL}<link rel=attachment href="file:///etc/passwd">', draft=True))
    assert "/EmbeddedFile" not in streams(data)
    assert "root:" not in streams(data)
    assert "passwd" not in caplog.text


def test_a_missing_library_is_told_with_what_to_install(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0': error 2")

    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(NoPdfHere, match="fonts-noto-cjk") as caught:
        make_pdf(make())
    assert caught.value.http_status == 503
    assert "libpango" in str(caught.value)


def test_a_font_without_japanese_is_told(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.impact.export.pdf.FONTS", "A font that nobody has")
    with pytest.raises(NoPdfHere, match="Noto Sans CJK JP"):
        make_pdf(make(language="ja"))
    assert make_pdf(make()).startswith(b"%PDF")


def test_a_library_that_nobody_has_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    missing_library.cache_clear()
    assert missing_library() is None
    missing_library.cache_clear()
    monkeypatch.setattr("core.impact.export.failures.LIBRARIES", (("libm.so.6",), ("libnobody-has.so.7", "libneither.dylib")))
    assert missing_library() == "libnobody-has.so.7"
    missing_library.cache_clear()
