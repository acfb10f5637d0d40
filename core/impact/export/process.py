"""Making files beside the portal: a child each, few at a time, with a time limit; what was made once is kept for the next who asks."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from functools import lru_cache
from pathlib import Path

from core.errors import Unavailable
from core.impact.export.child import ERROR, FILE, SPEC
from core.impact.export.failures import NoPdfHere, NotMade
from core.impact.export.making import AnySpec, any_to_json
from core.settings import ROOT, Settings, job_environment
from core.store.artifacts import write_atomic

TIME_LIMIT_S = 120.0
AT_ONCE = 2
WAIT_S = 60.0
MOST_KEPT = 100

_places = threading.BoundedSemaphore(AT_ONCE)


def make_beside(settings: Settings, spec: AnySpec) -> bytes:
    """A file's bytes: those that were made before of the same content by the same release, else made now.

    Raises:
        NoPdfHere: a library or font is missing. NotMade: the child failed or took too long. Unavailable: too many at once.
    """
    body = any_to_json(spec)
    kept = settings.home / "cache" / "exports" / f"{hashlib.sha256(_maker() + body).hexdigest()}.{spec.format.value}"
    with contextlib.suppress(FileNotFoundError):
        data = kept.read_bytes()
        os.utime(kept)
        return data
    if not _places.acquire(timeout=WAIT_S):
        raise Unavailable("Other files are being made just now. Try again in a minute.")
    try:
        data = _run(settings, body)
    finally:
        _places.release()
    write_atomic(kept, data)
    _trim(kept.parent)
    return data


def _run(settings: Settings, body: bytes) -> bytes:
    with tempfile.TemporaryDirectory(prefix="kachi-export-") as name:
        folder = Path(name)
        (folder / SPEC).write_bytes(body)
        with (folder / "log.txt").open("wb") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "core.impact.export.child", name], cwd=ROOT, env=job_environment(settings, folder),
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            try:
                status = child.wait(TIME_LIMIT_S)
            except subprocess.TimeoutExpired as error:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
                raise NotMade(f"more than {TIME_LIMIT_S:.0f} s") from error
        if status == 0:
            return (folder / FILE).read_bytes()
        raise _failure(folder)


def _failure(folder: Path) -> Unavailable:
    """Why a child failed: what it says itself; one that was killed says nothing."""
    try:
        told = json.loads((folder / ERROR).read_text("utf-8"))
    except FileNotFoundError:
        return NotMade("killed")
    fields = told["fields"]
    return NoPdfHere(str(fields["missing"])) if told["code"] == NoPdfHere.code else NotMade(str(fields.get("reason") or told["code"]))


@lru_cache(maxsize=1)
def _maker() -> bytes:
    """What makes files, as a hash: another release words and draws anew."""
    found = hashlib.sha256()
    for folder, pattern in (("core/impact", "*.py"), ("core/words", "*.p[yo]"), ("app/templates/report", "*.*")):
        for path in sorted((ROOT / folder).rglob(pattern)):
            found.update(path.read_bytes())
    return found.digest()


def _trim(folder: Path) -> None:
    """Keep the files that were asked for last."""
    files = sorted(folder.glob("[0-9a-f]*.*"), key=lambda path: path.stat().st_mtime)
    for path in files[:-MOST_KEPT]:
        path.unlink(missing_ok=True)
