"""Impact reports as files: PDF, slides, workbook, web page and JSON; their signatures, and whether a file is one of ours."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from core.api.deps import Actor, Ws
from core.api.page import Out
from core.api.routes.impact import Threshold, ValueModelId
from core.identity import Principal
from core.impact import reports
from core.impact.export import service
from core.impact.export.formats import ExportFormat
from core.impact.export.service import Exported
from core.words import Language

router = APIRouter(tags=["impact"])
Format = Annotated[ExportFormat, Query(description="pdf, pptx (slides), xlsx (workbook with live formulas), html or json.")]
Tongue = Annotated[Literal["en", "ja"] | None, Query(description="Empty: the caller's language.")]
FILES: dict[int | str, dict[str, Any]] = {200: {"content": {form.media_type.partition(";")[0]: {} for form in ExportFormat}}}


class StatementOut(Out):
    """What the portal signed of a report."""

    report_id: str
    report_sha256: str
    project_id: str
    run_id: str
    run_number: int
    dataset_version_id: str
    dataset_sha256: str
    value_model_id: str
    value_model_version: int
    frozen_by: str
    frozen_at: datetime


class SealOut(Out):
    """The statement with its signature: Ed25519 over ``kachi.impact-report.v1``, a line feed and the text, base64."""

    statement: StatementOut
    text: str
    signature: str
    key: str


class SignatureOut(Out):
    """A report's seal, whether it holds for what is stored, and the key to check it with elsewhere (PEM)."""

    seal: SealOut
    genuine: bool
    public_key: str


class ExportOut(Out):
    """A file that was made of a frozen report; `file_hash` is its SHA-256."""

    id: str
    report_id: str
    format: ExportFormat
    language: str
    file_hash: str
    exported_by: str
    exported_by_name: str
    exported_at: datetime


@router.get("/impact-reports/{report_id}/export", response_class=Response, responses=FILES)
def export_report(ws: Ws, actor: Actor, report_id: str, format: Format, language: Tongue = None) -> Response:
    """A frozen report as a file, signed with its hash and bound to run, data and value model."""
    return _file(service.export_report(ws, actor, report_id, format, _language(actor, language)))


@router.get("/runs/{run_id}/impact/export", response_class=Response, responses=FILES)
def export_draft(
    ws: Ws,
    actor: Actor,
    run_id: str,
    format: Format,
    threshold: Threshold = None,
    value_model_id: ValueModelId = None,
    language: Tongue = None,
) -> Response:
    """A run's impact as of now as a file, marked as a draft."""
    report = reports.compute_any(ws, actor, run_id, value_model_id=value_model_id, threshold=threshold)
    return _file(service.export_draft(ws, actor, report, format, _language(actor, language)))


@router.get("/impact-reports/{report_id}/signature")
def get_signature(ws: Ws, actor: Actor, report_id: str) -> SignatureOut:
    """A frozen report's signature, and whether it holds."""
    return SignatureOut.model_validate(service.find_signature(ws, actor, report_id))


@router.get("/impact-exports/{file_hash}")
def find_file(ws: Ws, actor: Actor, file_hash: str) -> list[ExportOut]:
    """When and by whom exactly this file was exported: the answer to "is this PDF genuine?", asked with its SHA-256."""
    return [ExportOut.model_validate(found) for found in service.find_file(ws, actor, file_hash)]


@router.get("/impact-reports/{report_id}/print", response_class=HTMLResponse)
def print_frozen(ws: Ws, actor: Actor, report_id: str, language: Tongue = None) -> HTMLResponse:
    """A frozen report as a page to read and print."""
    return HTMLResponse(service.show_report(ws, actor, report_id, _language(actor, language)))


@router.get("/runs/{run_id}/impact/print", response_class=HTMLResponse)
def print_impact(
    ws: Ws, actor: Actor, run_id: str, threshold: Threshold = None, value_model_id: ValueModelId = None, language: Tongue = None
) -> HTMLResponse:
    """A run's impact as of now as a page to read and print."""
    report = reports.compute_any(ws, actor, run_id, value_model_id=value_model_id, threshold=threshold)
    return HTMLResponse(service.export_draft(ws, actor, report, ExportFormat.PAGE, _language(actor, language)).data)


def _language(actor: Principal, wanted: str | None) -> Language:
    return "ja" if (wanted or actor.language) == "ja" else "en"


def _file(made: Exported) -> Response:
    # A name in any script (RFC 6266, section 4.3), with a plain one for old clients.
    plain = made.name.encode("ascii", "ignore").decode().lstrip("-") or "impact"
    headers = {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(made.name)}", "Cache-Control": "no-store"}
    return Response(made.data, media_type=made.media_type, headers=headers)
