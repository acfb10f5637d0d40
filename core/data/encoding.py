"""Which encoding a text file is in, and the same text as UTF-8."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from core.errors import InvalidInput

SAMPLE = 1 << 20
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uff01-\uff5e]")
HALFWIDTH = re.compile(r"[\uff61-\uff9f]")
CHUNK = 1 << 20


def detect_encoding(path: Path) -> str:
    """Name of a file's encoding: UTF-8 (with or without BOM), UTF-16, Shift-JIS (CP932), EUC-JP, else Windows-1252.

    Raises:
        InvalidInput: binary content.
    """
    with path.open("rb") as stream:
        head = stream.read(SAMPLE)
    for bom, name in BOMS:
        if head.startswith(bom):
            return name
    if b"\x00" in head:
        guess = _utf16_without_bom(head)
        if guess is None:
            raise InvalidInput(
                "This file isn't text: it has zero bytes. Save it as CSV (UTF-8) or Parquet and upload it again.", field="file"
            )
        return guess
    if _decodes(path, "utf-8"):
        return "utf-8"
    return _japanese(path, head) or "cp1252"


def _utf16_without_bom(head: bytes) -> str | None:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) / 2
    if odd > 0.3 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.3 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as stream:
            while block := stream.read(CHUNK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _japanese(path: Path, head: bytes) -> str | None:
    """CP932 or EUC-JP where the text then reads as Japanese; each often decodes the other's bytes, into half-width kana."""
    best, best_score = None, 0.0
    for encoding in ("cp932", "euc_jp"):
        text = head.decode(encoding, errors="ignore")
        score = len(JAPANESE.findall(text)) - 2.0 * len(HALFWIDTH.findall(text))
        if score > best_score and _decodes(path, encoding):
            best, best_score = encoding, score
    return best


def rewrite_as_utf8(source: Path, target: Path, encoding: str) -> None:
    """Write the same text as UTF-8 with ``\\n`` line ends, in pieces.

    Raises:
        InvalidInput: a byte that isn't text in that encoding.
    """
    try:
        with source.open("r", encoding=encoding, newline="") as text, target.open("w", encoding="utf-8", newline="") as out:
            while block := text.read(CHUNK):
                out.write(block)
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "Byte {at} of this file isn't text in {encoding}. Save it as CSV (UTF-8) and upload it again.",
            field="file",
            at=error.start,
            encoding=encoding,
        ) from error
