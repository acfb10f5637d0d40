"""Backups, and what the doctor says."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import FileResponse

from core.api.deps import Actor, Ws
from core.api.page import Out, Page
from core.store import backup, doctor

router = APIRouter(prefix="/backups", tags=["backups"])
doctor_router = APIRouter(prefix="/doctor", tags=["doctor"])
routers = (router, doctor_router)


class BackupOut(Out):
    """A finished archive."""

    id: str
    name: str
    created_at: datetime
    made_by: str
    size_bytes: int
    files: int
    sha256: str
    with_artifacts: bool


class CheckOut(Out):
    """One finding of the doctor."""

    name: str
    health: doctor.Health
    text: str


@router.get("")
def list_backups(ws: Ws, actor: Actor) -> Page[BackupOut]:
    """The backups in the home, newest first."""
    return Page(items=[BackupOut.model_validate(found) for found in backup.list_backups(ws, actor)])


@router.post("", status_code=201)
def make_backup(ws: Ws, actor: Actor) -> BackupOut:
    """Take a backup while the portal works; answers when it is done."""
    return BackupOut.model_validate(backup.make_backup(ws, actor))


@router.get("/{backup_id}/download", response_class=FileResponse)
def download_backup(ws: Ws, actor: Actor, backup_id: str) -> FileResponse:
    """The archive itself. It holds keys: keep it safe."""
    path = backup.backup_path(ws, actor, backup_id)
    return FileResponse(path, media_type="application/gzip", filename=path.name, headers={"Cache-Control": "no-store"})


@doctor_router.get("")
def examine(ws: Ws, actor: Actor) -> list[CheckOut]:
    """Check the store, the audit trail, the artifacts, the disk, the spool, the keys and the gateway."""
    return [CheckOut.model_validate(check) for check in doctor.examine(ws, actor)]
