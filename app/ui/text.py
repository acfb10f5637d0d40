"""Plain text made safe for the places where it is shown."""

import re
from html import escape
from typing import Final

_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]#|~$:<>]|^[-+](?=\s)|(?<=^\d)\.(?=\s))")
_LINE_BREAKS: Final = re.compile(r"\s*[\r\n]+\s*")


_INSIDE_AMOUNT: Final = re.compile(r"(?<=\d[兆億万])(?=\d)|(?<=[+−±])(?=\d|[^\s\w(`])")


def whole_amounts(text: str) -> str:
    """Keep amounts on one line: a word joiner after 億 and 万 inside of a number, and after a sign.

    >>> whole_amounts("1億8,420万円") == "1億\u20608,420万円", whole_amounts("−€5") == "−\u2060€5"
    (True, True)
    """
    return _INSIDE_AMOUNT.sub("\u2060", text)


def md(text: object) -> str:
    """Escape text for Streamlit's Markdown, so that it reads as it is: no formula, link, image or icon.

    >>> md("Save $5 and *win* $6 [now](x)")
    'Save \\\\$5 and \\\\*win\\\\* \\\\$6 \\\\[now\\\\](x)'
    """
    return _MARKDOWN.sub(r"\\\1", _LINE_BREAKS.sub(" ", str(text)))


def html(text: object) -> str:
    """Escape text for HTML, quotes included."""
    return escape(str(text), quote=True)


def paragraph(text: str) -> str:
    """Escape a sentence for Markdown but keep ``**bold**``, which our own catalogue uses for key figures."""
    return "**".join(md(part) for part in text.split("**"))
