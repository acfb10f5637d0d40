"""What can go wrong while a file is made."""

from __future__ import annotations

from core.errors import Unavailable

PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"


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


class NotMade(Unavailable):
    """A file could not be made; `reason` is for those who run Kachi."""

    code = "not_made"

    def __init__(self, reason: str) -> None:
        super().__init__("The file could not be made ({reason}). Try again; if it stays so, choose another format.", reason=reason)
