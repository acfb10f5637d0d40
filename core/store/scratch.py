"""Where unfinished work lies: one folder of the home, emptied when a portal opens it, so that a killed one leaves nothing for long."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.settings import Settings


@contextmanager
def scratch_folder(settings: Settings) -> Iterator[Path]:
    """A folder that is gone afterwards, whatever happens."""
    settings.scratch_dir.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=settings.scratch_dir))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_scratch(settings: Settings) -> None:
    """Remove what an earlier portal was killed in the middle of. Only whoever holds the store may call it."""
    shutil.rmtree(settings.scratch_dir, ignore_errors=True)
    for part in settings.backups_dir.glob(".*.part"):
        part.unlink(missing_ok=True)


@contextmanager
def temporary_files_in(settings: Settings) -> Iterator[None]:
    """While it lasts, temporary files of this process (large uploads, say) lie in the home and nowhere else."""
    settings.scratch_dir.mkdir(parents=True, exist_ok=True)
    before, tempfile.tempdir = tempfile.tempdir, str(settings.scratch_dir)
    try:
        yield
    finally:
        tempfile.tempdir = before
