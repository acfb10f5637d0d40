"""What people do with exports: take a frozen report with them, signed, or a draft, marked as one; and check what they were given."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Literal

from core.data import store as data_rows
from core.errors import NotFound
from core.identity import Permission, Principal, require
from core.impact import reports
from core.impact import service as frozen_reports
from core.impact.any_report import AnyReport, any_report_from_json, any_report_to_json
from core.impact.export import store as rows
from core.impact.export.formats import ExportFormat
from core.impact.export.making import AnySpec
from core.impact.export.process import make_beside
from core.impact.export.sealing import Signature, check_signature, require_genuine
from core.impact.export.spec import ExportSpec, Origin
from core.impact.export.store import ExportRecord
from core.impact.export.task_spec import TaskSpec
from core.impact.report import ImpactReport
from core.impact.reports import AnyShown
from core.impact.seal import Seal
from core.project import service as projects
from core.project.model import Project
from core.store import Transaction, new_id
from core.store.lineage import Node
from core.workspace import Workspace

Language = Literal["en", "ja"]


@dataclass(frozen=True, slots=True)
class Exported:
    """A file to hand over."""

    name: str
    media_type: str
    data: bytes


def export_report(ws: Workspace, actor: Principal, report_id: str, form: ExportFormat, language: Language) -> Exported:
    """A frozen report as a file, signed; the audit trail keeps who took it, and the file's hash.

    Raises:
        NotFound: no such report. Corrupt: its content or its signature doesn't hold. Unavailable: the file can't be made now.
    """
    require(actor, Permission.READ_VALUE)
    report, content, signature = _read(ws, actor, report_id)
    seal, project = require_genuine(signature), projects.get_project(ws, actor, report.project_id)
    if form is ExportFormat.DATA:
        data = sealed_json(content, signature)
    else:
        data = make_beside(ws.settings, _spec(ws, report, project, seal, form, language))
    _record(ws, actor, report, report_id, form, language, data)
    return Exported(_name(project, report, form, language), form.media_type, data)


def export_shown(ws: Workspace, actor: Principal, shown: AnyShown, form: ExportFormat, language: Language) -> Exported:
    """The report that a page shows, as a file: signed where it is frozen."""
    if shown.report_id is None:
        return export_draft(ws, actor, shown.report, form, language)
    return export_report(ws, actor, shown.report_id, form, language)


def export_draft(ws: Workspace, actor: Principal, report: AnyReport, form: ExportFormat, language: Language) -> Exported:
    """A report that isn't frozen as a file, marked as a draft on every page."""
    require(actor, Permission.READ_VALUE)
    project, report = projects.get_project(ws, actor, report.project_id), reports.detail_any(ws, actor, report)
    if form is ExportFormat.DATA:
        data = any_report_to_json(report)
    else:
        data = make_beside(ws.settings, _spec(ws, report, project, None, form, language))
    return Exported(_name(project, report, form, language, draft=True), form.media_type, data)


def show_report(ws: Workspace, actor: Principal, report_id: str, language: Language) -> bytes:
    """A frozen report as a page to read and print; nothing leaves the portal, so nothing is recorded."""
    require(actor, Permission.READ_VALUE)
    report, _, signature = _read(ws, actor, report_id)
    seal, project = require_genuine(signature), projects.get_project(ws, actor, report.project_id)
    return make_beside(ws.settings, _spec(ws, report, project, seal, ExportFormat.PAGE, language))


def find_signature(ws: Workspace, actor: Principal, report_id: str) -> Signature:
    """A frozen report's seal, and whether it holds.

    Raises:
        NotFound: no such report.
    """
    require(actor, Permission.READ_VALUE)
    return _read(ws, actor, report_id)[2]


def find_file(ws: Workspace, actor: Principal, file_hash: str) -> list[ExportRecord]:
    """When and by whom exactly this file was exported, newest first.

    Args:
        file_hash: its SHA-256, hexadecimal.

    Raises:
        NotFound: this portal never made it, or it was changed since.
    """
    require(actor, Permission.READ_VALUE)
    found = rows.find_exports(ws.store, file_hash.strip().lower())
    if not found:
        raise NotFound("exported file", file_hash[:64])
    return found


def sealed_json(content: bytes, signature: Signature) -> bytes:
    """The frozen report byte by byte, behind its seal: what was hashed is everything after ``"report":`` but the last bracket."""
    seal = signature.seal
    head = {"statement": asdict(seal.statement), "signed_text": seal.text, "signature": seal.signature, "key": seal.key}
    body = json.dumps({**head, "public_key": signature.public_key}, default=str, ensure_ascii=False)
    return b'{"seal":' + body.encode() + b',"report":' + content + b"}"


def _read(ws: Workspace, actor: Principal, report_id: str) -> tuple[AnyReport, bytes, Signature]:
    frozen = frozen_reports.find_frozen(ws, actor, report_id)
    content = ws.artifacts.path(frozen.sha256).read_bytes()
    report = any_report_from_json(frozen.task, content)
    return report, content, check_signature(ws, frozen, report, content)


def _spec(ws: Workspace, report: AnyReport, project: Project, seal: Seal | None, form: ExportFormat, language: Language) -> AnySpec:
    version = data_rows.get_version(ws.store, report.dataset_version_id)
    named = (version.name, version.number) if version else ("", 0)
    origin = Origin(project.name, project.question, project.is_sample, *named)
    if isinstance(report, ImpactReport):
        return ExportSpec(form, language, ws.settings.timezone, report, origin, seal)
    return TaskSpec(form, language, ws.settings.timezone, report, origin, seal)


def file_name(shown: AnyShown, form: ExportFormat, language: Language) -> str:
    """What the file of a shown report is called."""
    return _name(shown.project, shown.report, form, language, draft=shown.report_id is None)


def _name(project: Project, report: AnyReport, form: ExportFormat, language: Language, *, draft: bool = False) -> str:
    """A file name that says what it is; letters of any language, no signs that a file system minds."""
    return f"{project.slug}-impact-run-{report.run_number}{'-draft' if draft else ''}-{language}.{form.value}"


def _record(
    ws: Workspace, actor: Principal, report: AnyReport, report_id: str, form: ExportFormat, language: Language, data: bytes
) -> None:
    file_hash = hashlib.sha256(data).hexdigest()
    details = {"format": form.value, "language": language, "file_hash": file_hash}
    event = actor.event("impact_report.export", Node.IMPACT_REPORT, report_id, project_id=report.project_id, details=details)

    def work(tx: Transaction) -> None:
        rows.insert_export(tx, ExportRecord(new_id(), report_id, form, language, file_hash, actor.user_id, actor.name, tx.at))
        tx.audit(event)

    ws.store.write(work)
