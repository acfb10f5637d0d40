"""The report as PDF: A4, its fonts inside, tagged for screen readers (PDF/UA-1)."""

from __future__ import annotations

import io

from core.impact.export import palette
from core.impact.export.charts import draw_charts
from core.impact.export.content import build_content
from core.impact.export.failures import NoPdfHere
from core.impact.export.html import render_page
from core.impact.export.spec import ExportSpec
from core.words import Words

VARIANT = "pdf/ua-1"
FONTS = "CJK"


def make_pdf(spec: ExportSpec) -> bytes:
    """A report as PDF.

    Raises:
        NoPdfHere: a library or a font is missing.
    """
    words, content = spec.words, build_content(spec)
    return print_page(words, render_page(words, content, draw_charts(words, spec.report, content), paper=True))


def print_page(words: Words, page: str) -> bytes:
    """A page that was made for paper as PDF.

    Raises:
        NoPdfHere: a library or a font is missing.
    """
    try:
        import weasyprint  # loads Pango and HarfBuzz
    except OSError as error:
        raise NoPdfHere(str(error).split(":", maxsplit=1)[0][:80]) from error
    # Pictures come with the page; nothing else is fetched, whatever a name in it says.
    inside_only = weasyprint.urls.URLFetcher(allowed_protocols=["data"], fail_on_errors=True)
    document = weasyprint.HTML(string=page, url_fetcher=inside_only).render(pdf_variant=VARIANT)
    out = io.BytesIO()
    document.write_pdf(out, pdf_variant=VARIANT)
    if words.language == "ja" and not any(FONTS in font.family for font in document.fonts.values()):
        raise NoPdfHere(palette.PAPER_FONT)
    return out.getvalue()
