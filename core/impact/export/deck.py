"""A deck of slides to write on: wide, with fonts that have Japanese, a finding as each slide's title, and a footer that names the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.util import Emu, Inches, Pt

from core.impact.export import palette
from core.impact.export.pieces import Table
from core.words import Language

WIDE, HIGH = 13.333, 7.5
LEFT, INNER = 0.6, 12.13
TITLE_ONLY = 5
LATIN, JAPANESE = "Arial", "Yu Gothic"  # Office brings both, on Windows and on macOS


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a slide, inches."""

    left: float
    top: float
    width: float
    height: float

    @property
    def emu(self) -> tuple[Emu, Emu, Emu, Emu]:
        """As the library wants it."""
        return (Emu(Inches(self.left)), Emu(Inches(self.top)), Emu(Inches(self.width)), Emu(Inches(self.height)))


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph; ``**bold**`` is kept."""

    text: str
    size: float = 14
    colour: str = palette.TEXT
    bold: bool = False
    space: float = 4


def colour(code: str) -> RGBColor:
    """A colour such as #2F6BDE."""
    return RGBColor.from_string(code.removeprefix("#"))


class Deck:
    """Slides in one language.

    Args:
        title, subject: of the file's properties.
        footer: at the bottom of every slide; draft: a mark beside it, empty for a frozen report.
    """

    def __init__(self, language: Language, *, title: str, subject: str, footer: str, draft: str) -> None:
        self._language, self._footer, self._draft = language, footer, draft
        self._deck = Presentation()
        wider = Inches(WIDE) / self._deck.slide_width
        self._deck.slide_width, self._deck.slide_height = Inches(WIDE), Inches(HIGH)
        for place in (self._deck.slide_masters[0], *self._deck.slide_layouts):
            for shape in place.shapes:
                shape.left, shape.width = Emu(int(shape.left * wider)), Emu(int(shape.width * wider))
        self._theme()
        properties = self._deck.core_properties
        properties.title, properties.subject, properties.author, properties.language = title, subject, "Kachi", language

    def _theme(self) -> None:
        """Fonts and colours of the whole deck, so that what people add looks alike."""
        part = self._deck.slide_masters[0].part.part_related_by(RELATIONSHIP_TYPE.THEME)
        text = part.blob.decode("utf-8")
        text = text.replace(
            '<a:latin typeface="Calibri"/><a:ea typeface=""/>', f'<a:latin typeface="{LATIN}"/><a:ea typeface="{JAPANESE}"/>'
        )
        text = text.replace('script="Jpan" typeface="ＭＳ Ｐゴシック"', f'script="Jpan" typeface="{JAPANESE}"')
        for old, new in (
            ("4F81BD", palette.MAIN), ("C0504D", palette.REFERENCE), ("9BBB59", palette.ALTERNATIVE), ("8064A2", palette.GAIN),
            ("4BACC6", palette.LOSS),
        ):  # fmt: skip
            text = text.replace(f'<a:srgbClr val="{old}"/>', f'<a:srgbClr val="{new[1:]}"/>')
        part._blob = text.encode("utf-8")

    @property
    def size(self) -> int:
        """How many slides there are."""
        return len(self._deck.slides)

    def add(self, title: str, note: str = "", *, size: float = 25) -> Any:
        """A slide whose title is its finding, with a gray line below."""
        slide = self._deck.slides.add_slide(self._deck.slide_layouts[TITLE_ONLY])
        head = slide.shapes.title
        head.left, head.top, head.width, head.height = Box(LEFT, 0.4, INNER, 0.9).emu
        self._write(head.text_frame, [Line(title, size, bold=True, space=0)])
        head.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
        if note:
            self.text(slide, Box(LEFT, 1.34, INNER, 0.35), [Line(note, 12, palette.MUTED)])
        self.text(slide, Box(LEFT, 7.0, INNER - 1.2, 0.3), [Line(self._footer, 9, palette.MUTED)])
        number = self.text(slide, Box(LEFT + INNER - 1.0, 7.0, 1.0, 0.3), [Line(str(len(self._deck.slides)), 9, palette.MUTED)])
        number.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
        if self._draft:
            self.chip(slide, Box(LEFT, 0.18, 3.4, 0.28), self._draft)
        return slide

    def text(self, slide: Any, box: Box, lines: Sequence[Line], *, middle: bool = False) -> Any:
        """Paragraphs in a box."""
        shape = slide.shapes.add_textbox(*box.emu)
        self._write(shape.text_frame, lines)
        if middle:
            shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        return shape

    def _write(self, frame: Any, lines: Sequence[Line]) -> None:
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for index, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
            paragraph.alignment, paragraph.space_after = PP_ALIGN.LEFT, Pt(line.space)
            for place, part in enumerate(line.text.split("**")):
                if part:
                    self._run(paragraph, part, line, bold=line.bold or place % 2 == 1)

    def _run(self, paragraph: Any, text: str, line: Line, *, bold: bool) -> None:
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.bold, run.font.color.rgb = Pt(line.size), bold, colour(line.colour)
        # Without it PowerPoint takes Chinese forms of characters, and its speller underlines every word.
        run._r.get_or_add_rPr().set("lang", "ja-JP" if self._language == "ja" else "en-GB")

    def chip(self, slide: Any, box: Box, text: str) -> None:
        """A small mark on its own ground."""
        shape = self.panel(slide, box, fill=palette.DRAFT_SOFT, line=palette.DRAFT_SOFT)
        self._write(shape.text_frame, [Line(text, 11, palette.DRAFT, bold=True, space=0)])
        shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        shape.text_frame.margin_left = Inches(0.1)

    def note(self, slide: Any, box: Box, lines: Sequence[Line]) -> None:
        """Paragraphs on a ground that warns."""
        self.panel(slide, box, fill=palette.WARN_SOFT, line=palette.WARN_LINE)
        self.text(slide, Box(box.left + 0.15, box.top + 0.06, box.width - 0.3, box.height - 0.12), lines, middle=True)

    def panel(self, slide: Any, box: Box, *, fill: str = "#FFFFFF", line: str = palette.LINE) -> Any:
        """A rectangle."""
        shape = slide.shapes.add_shape(MSO_SHAPE.ROUNDED_RECTANGLE, *box.emu)
        shape.adjustments[0] = min(0.06 / min(box.width, box.height), 0.5)
        shape.fill.solid()
        shape.fill.fore_color.rgb, shape.line.color.rgb, shape.line.width = colour(fill), colour(line), Pt(0.75)
        flatten(shape)
        return shape

    def table(
        self,
        slide: Any,
        box: Box,
        table: Table,
        widths: Sequence[float],
        *,
        size: float = 12,
        row: float = 0.36,
        amounts: bool = True,
        texts: int = 1,
    ) -> Any:
        """A native table: its columns as wide as these shares; the first columns (`texts` of them) stand left, amounts right."""
        lines = [*([table.headings] if table.headings else []), *table.rows]
        graphic = slide.shapes.add_table(len(lines), len(widths), *Box(box.left, box.top, box.width, row * len(lines)).emu)
        native = graphic.table
        native.horz_banding, native.first_row = False, bool(table.headings)
        # "No style, no grid": hairlines are drawn below.
        graphic._element.graphic.graphicData.tbl.tblPr.find(_name("tableStyleId")).text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
        for index, share in enumerate(widths):
            native.columns[index].width = Inches(box.width * share / sum(widths))
        heads = len(lines) - len(table.rows)
        for place, cells in enumerate(lines):
            native.rows[place].height = Inches(row)
            quiet = place < heads
            for index, text in enumerate(cells):
                muted = quiet or (not amounts and index == 0)
                line = Line(text, size, palette.MUTED if muted else palette.TEXT, bold=place - heads == table.own, space=0)
                self._cell(native.cell(place, index), line, right=amounts and index >= texts, last=index == len(cells) - 1)
        return graphic

    def _cell(self, cell: Any, line: Line, *, right: bool, last: bool) -> None:
        self._write(cell.text_frame, [line])
        cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        cell.vertical_anchor = MSO_ANCHOR.MIDDLE
        cell.margin_left, cell.margin_right = Inches(0), Inches(0 if last else 0.12)
        cell.margin_top = cell.margin_bottom = Inches(0.03)
        cell._tc.get_or_add_tcPr().append(_rule())

    def bytes(self) -> bytes:
        """The file."""
        out = BytesIO()
        self._deck.save(out)
        return out.getvalue()


def flatten(shape: Any) -> None:
    """Take the theme's shadow and gradient off a shape."""
    style = shape._element.find("{http://schemas.openxmlformats.org/presentationml/2006/main}style")
    if style is not None:
        shape._element.remove(style)


def _name(tag: str) -> str:
    return f"{{http://schemas.openxmlformats.org/drawingml/2006/main}}{tag}"


def _rule() -> Any:
    """A hairline below a cell."""
    from lxml import etree

    line = etree.Element(_name("lnB"), w=str(Pt(0.75)), cap="flat", cmpd="sng", algn="ctr")
    fill = etree.SubElement(line, _name("solidFill"))
    etree.SubElement(fill, _name("srgbClr"), val=palette.LINE[1:])
    etree.SubElement(line, _name("prstDash"), val="solid")
    return line
