"""What can go wrong while a file is made."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Final

from core.errors import Unavailable

PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
# By Linux's and by macOS's names, as WeasyPrint looks for them.
LIBRARIES: Final = (
    ("libpango-1.0.so.0", "libpango-1.0.dylib", "/opt/homebrew/lib/libpango-1.0.dylib"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "/opt/homebrew/lib/libpangoft2-1.0.dylib"),
    ("libharfbuzz-subset.so.0", "libharfbuzz-subset.dylib", "/opt/homebrew/lib/libharfbuzz-subset.dylib"),
)


class NoPdfHere(Unavailable):
    """This machine lacks the libraries or the fonts that PDFs need."""

    code = "no_pdf_here"

    def __init__(self, missing: str) -> None:
        super().__init__(
            "This machine can't make PDFs: {missing} is missing. Ask whoever runs Kachi to install {packages}; "
            "until then the web page, the slides and the workbook say the same.",
            missing=missing,
            packages=PACKAGES,
        )


@lru_cache(maxsize=1)
def missing_library() -> str | None:
    """The first library that PDFs need and that this machine lacks; looked for once. Fonts show only when a PDF is made."""
    for names in LIBRARIES:
        if not any(_loads(name) for name in names):
            return names[0]
    return None


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


class NotMade(Unavailable):
    """A file could not be made; `reason` is for those who run Kachi."""

    code = "not_made"

    def __init__(self, reason: str) -> None:
        super().__init__("The file could not be made ({reason}). Try again; if it stays so, choose another format.", reason=reason)
