"""How commands answer."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from typing import Any


def say_json(value: Any) -> None:
    """Plain JSON for other programs."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def say_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell; wide characters count as two."""
    lines = [tuple(head), *(tuple(str(cell) for cell in row) for row in rows)]
    widths = [max(_width(line[place]) for line in lines) for place in range(len(head))]
    for line in lines:
        print("  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)).rstrip())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
