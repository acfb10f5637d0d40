"""The doctor: is everything there, whole, and with room to go on?"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from core.errors import Corrupt, NotFound
from core.identity import Permission, Principal, require
from core.store.audit import verify_chain
from core.store.migrations import read_migrations
from core.words import mark

if TYPE_CHECKING:
    from core.workspace import Workspace

# Prints the fonts that a PDF with a Japanese word embeds.
TRY_PDF = """
import io, weasyprint
page = weasyprint.HTML(string='<p lang="ja" style="font-family: Noto Sans CJK JP">価値').render()
page.write_pdf(io.BytesIO())
print(*(font.family for font in page.fonts.values()))
"""
SAMPLE = 25  # artifacts whose content is read again; all of them are checked for being there
LOW_SHARE, LOW_BYTES, NONE_BYTES = 0.05, 2e9, 2e8
BACKLOG_AGE_S, BACKLOG_SEGMENTS = 600.0, 1000


class Health(StrEnum):
    """How a check went."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; `template` and `fields` are for the catalogue."""

    name: str
    health: Health
    template: str
    fields: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The finding in English."""
        return self.template.format(**self.fields)


_proved: list[Check] = []
"""The finding about PDFs as soon as it was good, for as long as this process lives."""


def examine(ws: Workspace, actor: Principal, *, sample: int = SAMPLE, seed: int | None = None) -> list[Check]:
    """Check the store, the audit trail, the artifacts, the disk, the spool, the keys, the making of PDFs and the gateway.

    Args:
        sample: how many artifacts are read again and compared with their hash.
        seed: makes the choice of them repeatable.
    """
    require(actor, Permission.BACK_UP)
    steps: tuple[Callable[[], Check], ...] = (
        lambda: _store(ws),
        lambda: _audit(ws),
        lambda: _artifacts(ws, sample, random.Random(seed)),
        lambda: _disk(ws.settings.home),
        lambda: _spool(ws.settings.spool_dir),
        lambda: _keys(ws.settings.keys_dir),
        _pdf,
        lambda: _gateway(ws.settings.public_gateway_url),
    )
    return [step() for step in steps]


def _store(ws: Workspace) -> Check:
    row = ws.store.one("SELECT count(*) FROM schema_migrations")
    applied, known = int(row[0]) if row else 0, len(read_migrations())
    health = Health.OK if applied == known else Health.FAIL
    return Check(
        "store", health, mark("The store is open; {applied} of {known} migrations are applied."), {"applied": applied, "known": known}
    )


def _audit(ws: Workspace) -> Check:
    verdict = verify_chain(ws.store)
    if verdict.broken_seq is None:
        return Check("audit", Health.OK, mark("The audit trail of {events} events is whole."), {"events": verdict.events})
    return Check("audit", Health.FAIL, mark("The audit trail is broken at event {seq}. Somebody changed it; compare with a backup."),
        {"seq": verdict.broken_seq},
    )  # fmt: skip


def _artifacts(ws: Workspace, sample: int, chance: random.Random) -> Check:
    named = _named_artifacts(ws)
    missing = [name for name in named if not ws.artifacts.exists(name)]
    if missing:
        fields = {"missing": len(missing), "all": len(named), "first": missing[0][:12]}
        return Check("artifacts", Health.FAIL, mark("{missing} of {all} artifacts are missing, first {first}. Restore a backup."), fields)
    chosen = chance.sample(named, min(sample, len(named)))
    for name in chosen:
        try:
            ws.artifacts.verify(name)
        except (Corrupt, NotFound):
            return Check(
                "artifacts", Health.FAIL, mark("The artifact {first} has changed. Restore it from a backup."), {"first": name[:12]}
            )
    return Check(
        "artifacts",
        Health.OK,
        "All {all} artifacts are there; {read} of them were read again and hold.",
        {"all": len(named), "read": len(chosen)},
    )


# Hashes of texts that stand in the row itself, not of artifacts.
TEXTS = frozenset({("value_contracts", "terms_sha256")})


def _named_artifacts(ws: Workspace) -> list[str]:
    """Every artifact that any table names, whichever step it belongs to."""
    columns = ws.store.rows(
        "SELECT table_name, column_name FROM information_schema.columns WHERE contains(column_name, 'sha256') AND data_type = 'VARCHAR'"
    )
    names: set[str] = set()
    for table, column in columns:
        if (table, column) in TEXTS:
            continue
        names |= {row[0] for row in ws.store.rows(f'SELECT DISTINCT "{column}" FROM "{table}" WHERE length("{column}") = 64')}
    return sorted(names)


def _disk(home: Path) -> Check:
    usage = shutil.disk_usage(home)
    fields = {"free_gb": round(usage.free / 1e9, 1), "pct": round(100 * usage.free / usage.total)}
    if usage.free < NONE_BYTES:
        return Check("disk", Health.FAIL, mark("Only {free_gb} GB ({pct}%) of the disk are free. Free some space now."), fields)
    low = usage.free < LOW_BYTES or usage.free < LOW_SHARE * usage.total
    return Check("disk", Health.WARN if low else Health.OK, mark("{free_gb} GB ({pct}%) of the disk are free."), fields)


def _spool(folder: Path) -> Check:
    waiting = list(folder.rglob("*.jsonl")) if folder.is_dir() else []
    ages = [time.time() - path.stat().st_mtime for path in waiting if path.exists()]
    fields = {"segments": len(waiting), "minutes": round(max(ages, default=0.0) / 60)}
    late = max(ages, default=0.0) > BACKLOG_AGE_S or len(waiting) > BACKLOG_SEGMENTS
    rejected = sorted(folder.rglob("*.rejected")) if folder.is_dir() else []
    if rejected:
        text = mark("{count} files of predictions could not be taken in, such as {path}. The log says why; nothing of them is lost.")
        return Check("spool", Health.FAIL, text, {"count": len(rejected), "path": str(rejected[0])})
    if not waiting:
        return Check("spool", Health.OK, mark("Nothing waits in the spool."))
    text = mark("{segments} spool segments wait to be taken in, the oldest for {minutes} minutes.")
    return Check("spool", Health.WARN if late else Health.OK, text, fields)


def _keys(folder: Path) -> Check:
    if not (folder / "approval.key").exists():
        return Check("keys", Health.WARN, mark("There is no signing key; it is made with the first approval."))
    loose = [path.name for path in folder.glob("*.key") if path.stat().st_mode & 0o077]
    if loose:
        return Check(
            "keys",
            Health.FAIL,
            mark("Others can read the key {name}. Run: chmod 600 {path}"),
            {"name": loose[0], "path": str(folder / loose[0])},
        )
    return Check("keys", Health.OK, mark("The signing key is there, and only its owner can read it."))


def _pdf() -> Check:
    """In a child: what makes PDFs weighs, and a broken library must not take the doctor with it. What worked once isn't tried again."""
    if _proved:
        return _proved[0]
    try:
        done = subprocess.run([sys.executable, "-c", TRY_PDF], capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return Check("pdf", Health.WARN, mark("It takes too long to make a PDF here. Look at the load of this machine."))
    if done.returncode != 0:
        text = mark("PDFs can't be made here. Install {packages}; the other formats work.")
        return Check("pdf", Health.WARN, text, {"packages": "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"})
    if "CJK" not in done.stdout:
        text = mark("PDFs can't be made in Japanese here. Install {packages}; English and the other formats work.")
        return Check("pdf", Health.WARN, text, {"packages": "fonts-noto-cjk"})
    _proved.append(Check("pdf", Health.OK, mark("PDFs can be made, with Japanese.")))
    return _proved[0]


def _gateway(url: str) -> Check:
    try:
        status = httpx.get(f"{url}/healthz", timeout=3.0).status_code
    except httpx.HTTPError:
        return Check(
            "gateway", Health.WARN, mark("No gateway answers at {url}. Start one with 'kachi up' or 'kachi gateway'."), {"url": url}
        )
    health = Health.OK if status == httpx.codes.OK else Health.WARN
    return Check("gateway", health, mark("The gateway at {url} answers with status {status}."), {"url": url, "status": status})
