"""``kachi backup``, ``restore``, ``doctor`` and ``audit``."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import runfiles
from app.cli.door import open_door
from app.cli.output import say_json, say_table
from core.errors import InvalidInput
from core.settings import Settings
from core.store.backup import restore_backup

audit = typer.Typer(help="Read and prove the audit trail.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SIGNS = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}


def back_up(to: Annotated[Path | None, typer.Option(help="Folder to move the archive to.", file_okay=False)] = None) -> None:
    """Take a backup, also while a portal runs. The archive holds keys: keep it safe."""
    settings = Settings()
    with open_door(settings) as client:
        made: Any = client.post("/backups")
    path = settings.backups_dir / made["name"]
    if to is not None:
        to.mkdir(parents=True, exist_ok=True)
        for name in (made["name"], f"{made['name']}.json"):
            shutil.move(settings.backups_dir / name, to / name)
        path = to / made["name"]
    print(f"{path}\n{made['files']} files, {made['size_bytes'] / 1e6:.1f} MB, sha256 {made['sha256']}")
    if not made["with_artifacts"]:
        print("The artifact root is on another system and is not part of the archive; back it up there.")


def restore(archive: Annotated[Path, typer.Argument(help="Archive that 'kachi backup' made.")]) -> None:
    """Bring a backup back into an empty home (KACHI_HOME) and check all of it."""
    settings = Settings()
    if "://" in settings.artifact_url:
        raise InvalidInput("Restore without KACHI_ARTIFACT_URL, then copy the folder artifacts to {url}.", url=settings.artifact_url)
    artifacts = Path(settings.artifact_url) if settings.artifact_url else None
    back = restore_backup(archive, settings.home, artifacts)
    print(f"Restored {back.files} files ({back.size_bytes / 1e6:.1f} MB) of {back.created_at} into {settings.home}.")
    print(f"Every file's hash holds, and the audit trail of {back.audit_events} events is whole (head {back.audit_head[:16]}).")


def doctor(*, as_json: AsJson = False) -> None:
    """Check the store, the audit trail, the artifacts, the disk, the spool, the keys and the gateway."""
    settings = Settings()
    running = runfiles.read(settings)
    with open_door(settings) as client:
        checks: Any = client.get("/doctor")
    if as_json:
        say_json(checks)
    else:
        print(f"Home: {settings.home}; portal: {running.url if running else 'not running'}")
        for check in checks:
            print(f"{SIGNS[check['health']]}  {check['name']:<10} {check['text']}")
    raise typer.Exit(1 if any(check["health"] == "fail" for check in checks) else 0)


@audit.command("list")
def list_audit(count: Annotated[int, typer.Option(help="How many.", min=1, max=500)] = 20, *, as_json: AsJson = False) -> None:
    """The newest events: who did what, when."""
    with open_door(Settings()) as client:
        found: Any = client.get("/audit", limit=count)["items"]
    if as_json:
        say_json(found)
    else:
        rows = [(e["at"][:19], e["actor_name"], e["via"], e["action"], f"{e['target_kind']} {e['target_id']}") for e in found]
        say_table(("When (UTC)", "Who", "How", "What", "Thing"), rows)


@audit.command("verify")
def verify() -> None:
    """Recompute the hash chain of all events."""
    with open_door(Settings()) as client:
        verdict: Any = client.get("/audit/verify")
    if verdict["broken_seq"] is not None:
        print(f"BROKEN at event {verdict['broken_seq']}: it, or one before it, was changed.")
        raise typer.Exit(1)
    print(f"The audit trail is whole: {verdict['events']} events, head {verdict['head']}.")
