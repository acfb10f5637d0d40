"""Making files beside the portal: kept, limited in time, and honest about what went wrong."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from core.errors import Unavailable
from core.impact.export import process
from core.impact.export.failures import NoPdfHere, NotMade
from core.impact.export.formats import ExportFormat
from core.impact.export.process import make_beside
from core.settings import Settings
from tests.impact.export.conftest import Make


def files(settings: Settings) -> list[Path]:
    return sorted((settings.home / "cache" / "exports").glob("*"))


def test_a_file_is_made_once_for_the_same_content(settings: Settings, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = make(format=ExportFormat.WORKBOOK)
    first = make_beside(settings, spec)
    assert first.startswith(b"PK")
    monkeypatch.setattr(process, "_run", lambda *_: pytest.fail("made again"))
    assert make_beside(settings, spec) == first
    assert len(files(settings)) == 1


def test_other_content_and_another_release_are_made_anew(settings: Settings, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bytes] = []
    monkeypatch.setattr(process, "_run", lambda _, body: made.append(body) or b"file")
    make_beside(settings, make(format=ExportFormat.WORKBOOK))
    make_beside(settings, make(format=ExportFormat.WORKBOOK, name="Another"))
    make_beside(settings, make(format=ExportFormat.WORKBOOK, draft=True))
    monkeypatch.setattr(process, "_maker", lambda: b"another release")
    make_beside(settings, make(format=ExportFormat.WORKBOOK))
    assert len(made) == len(files(settings)) == 4


def test_only_the_files_asked_for_last_are_kept(settings: Settings, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_run", lambda _, body: b"file")
    monkeypatch.setattr(process, "MOST_KEPT", 3)
    for number in range(5):
        make_beside(settings, make(format=ExportFormat.PDF, name=f"Project {number}"))
        newest = max(files(settings), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (1_000 + number, 1_000 + number))
    assert len(files(settings)) == 3


def test_a_child_that_takes_too_long_is_ended(settings: Settings, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "TIME_LIMIT_S", 0.05)
    begun = time.monotonic()
    with pytest.raises(NotMade, match="more than 0 s"):
        make_beside(settings, make(format=ExportFormat.PDF, name="Slow"))
    assert time.monotonic() - begun < 20
    assert files(settings) == []


def test_what_the_child_says_is_what_is_told(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "error.json").write_text('{"code": "no_pdf_here", "fields": {"missing": "libpango"}}')
    assert isinstance(process._failure(tmp_path), NoPdfHere)
    (tmp_path / "error.json").unlink()
    assert "(killed)" in str(process._failure(tmp_path))
    with pytest.raises(NotMade, match="ValidationError: "):
        process._run(settings, b'{"not": "a spec"}')


def test_more_than_the_machine_can_carry_is_refused(settings: Settings, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "WAIT_S", 0.01)
    places = process.threading.BoundedSemaphore(1)
    monkeypatch.setattr(process, "_places", places)
    places.acquire()
    with pytest.raises(Unavailable, match="Try again in a minute"):
        make_beside(settings, make(format=ExportFormat.PDF))
    places.release()
