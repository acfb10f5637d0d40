"""Plain text made safe for the places where it is shown."""

import re
from html import escape
from typing import Final

_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]#|~$:<>]|^[-+](?=\s)|(?<=^\d)\.(?=\s))")
_LINE_BREAKS: Final = re.compile(r"\s*[\r\n]+\s*")


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
