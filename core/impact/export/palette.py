"""The colours of paper: those of the light pages, so that a printed report and the portal look alike."""

from __future__ import annotations

from typing import Final

TEXT: Final = "#16191F"
MUTED: Final = "#5A6372"
LINE: Final = "#E3E6EB"
SOFT: Final = "#F6F7F9"
MAIN: Final = "#2F6BDE"
REFERENCE: Final = "#868F9E"
ALTERNATIVE: Final = "#B9770E"
GAIN: Final = "#00705F"
LOSS: Final = "#B42318"
GAIN_PALE: Final = "#7FB7AF"
LOSS_PALE: Final = "#D9918B"
DRAFT: Final = "#8A5200"
DRAFT_SOFT: Final = "#FDF1DC"
WARN_SOFT: Final = "#FDECEA"
WARN_LINE: Final = "#F3C6C0"
INPUT: Final = "#FFF8E1"

PAPER_FONT: Final = "Noto Sans CJK JP"
"""What PDFs embed; it has Latin and Japanese."""
SCREEN_FONTS: Final = "Inter, 'Hiragino Sans', 'Yu Gothic UI', 'Noto Sans JP', 'Noto Sans CJK JP', Meiryo, sans-serif"
