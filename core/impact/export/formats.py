"""The formats that a report is exported in."""

from __future__ import annotations

from enum import StrEnum


class ExportFormat(StrEnum):
    """A kind of file."""

    PDF = "pdf"
    SLIDES = "pptx"
    WORKBOOK = "xlsx"
    PAGE = "html"
    DATA = "json"

    @property
    def media_type(self) -> str:
        """Its registered media type."""
        office = "application/vnd.openxmlformats-officedocument"
        return {
            ExportFormat.PDF: "application/pdf",
            ExportFormat.SLIDES: f"{office}.presentationml.presentation",
            ExportFormat.WORKBOOK: f"{office}.spreadsheetml.sheet",
            ExportFormat.PAGE: "text/html; charset=utf-8",
            ExportFormat.DATA: "application/json",
        }[self]
