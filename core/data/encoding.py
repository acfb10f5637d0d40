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
# A byte of a Western word stands between letters; Japanese words seldom touch them.
TOUCHING = re.compile(r"[A-Za-z][\u3040-\u30ff\u4e00-\u9fff\uff61-\uff9f]|[\u3040-\u30ff\u4e00-\u9fff\uff61-\uff9f][A-Za-z]")
HALFWIDTH_WEIGHT = 0.4  # two bytes of EUC-JP read as CP932 give two half-width kana; as EUC-JP one letter
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
        if guess is None or not _decodes(path, guess):
            raise InvalidInput(
                "This file isn't text: it has zero bytes. Save it as CSV (UTF-8) or Parquet and upload it again.", field="file"
            )
        return guess
    if _decodes(path, "utf-8"):
        return "utf-8"
    return _japanese(path, head) or "cp1252"


def _utf16_without_bom(head: bytes) -> str | None:
    """By where the zero bytes stand: those of commas and line ends are the second (or first) of their pair, and hardly any are not."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    for encoding, many, few in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if many > 2 * few and re.search(r"[\r\n,;\t|]", head[: len(head) // 2 * 2].decode(encoding, errors="replace")):
            return encoding
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
    """CP932 or EUC-JP where the text then reads as Japanese; each often decodes the other's bytes."""
    best, best_score = None, 0.0
    for encoding in ("cp932", "euc_jp"):
        text = head.decode(encoding, errors="ignore")
        score = len(JAPANESE.findall(text)) + HALFWIDTH_WEIGHT * len(HALFWIDTH.findall(text)) - 1.5 * len(TOUCHING.findall(text))
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
            "Line {line} of this file isn't text in {encoding}. Save it as CSV (UTF-8) and upload it again.",
            field="file",
            line=_bad_line(source, encoding),
            encoding=encoding,
        ) from error


def _bad_line(path: Path, encoding: str) -> int:
    """Number of the first line that doesn't decode; a line end never is part of another letter, save in UTF-16, where pieces are read."""
    if encoding.startswith("utf-16"):
        text = path.read_bytes().decode(encoding, errors="replace")
        return text[: text.find("\ufffd")].count("\n") + 1
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                return number
    return 1
