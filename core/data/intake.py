"""Taking a file in: streamed to disk within the limit, parsed (large ones in a process of their own), stored by content."""

from __future__ import annotations

import errno
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.data.parse import Parsed, parse_file, parsed_from_json
from core.errors import InvalidInput, StorageFull, TooLarge
from core.settings import ROOT, Settings, job_environment
from core.store.scratch import scratch_folder
from core.workspace import Workspace

INLINE_BYTES = 8 << 20  # below that, parsing takes less than starting a process
PARSE_S = 300
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A parsed file whose table and profile are in the artifact root."""

    sha256: str
    profile_sha256: str
    parsed: Parsed


def receive(stream: BinaryIO, target: Path, max_mb: int) -> int:
    """Copy an upload to disk; the bytes written.

    Raises:
        TooLarge: more than the limit. StorageFull: no room.
    """
    size, limit = 0, max_mb * 1_000_000
    try:
        with target.open("wb") as out:
            while block := stream.read(CHUNK):
                size += len(block)
                if size > limit:
                    raise TooLarge(
                        "This file is larger than {most} MB. Upload a part of it, or Parquet, or raise KACHI_UPLOAD_MAX_MB.", most=max_mb
                    )
                out.write(block)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StorageFull(target.parent) from error
        raise
    return size


def take_in(ws: Workspace, stream: BinaryIO, markers: tuple[str, ...] = ()) -> TakenIn:
    """Receive, parse and store an upload. Nothing of it is left where it fails."""
    with scratch_folder(ws.settings) as folder:
        source, table, profile = folder / "upload", folder / "table.parquet", folder / "profile.json"
        size = receive(stream, source, ws.settings.upload_max_mb)
        if size <= INLINE_BYTES:
            parsed = parse_file(source, table, profile, ws.settings.upload_max_columns, markers)
        else:
            parsed = _parse_apart(ws.settings, folder, markers)
        return TakenIn(ws.artifacts.put(table).sha256, ws.artifacts.put(profile).sha256, parsed)


def _parse_apart(settings: Settings, folder: Path, markers: tuple[str, ...]) -> Parsed:
    files = [str(folder / name) for name in ("upload", "table.parquet", "profile.json")]
    command = [sys.executable, "-m", "core.data.parse", *files, str(settings.upload_max_columns), *markers]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=job_environment(settings, folder), capture_output=True, text=True, timeout=PARSE_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise InvalidInput(
            "This file could not be read within {limit} s. Upload it as Parquet, or a part of it.", field="file", limit=PARSE_S
        ) from error
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        raise InvalidInput(
            "This file could not be read: the reader ended with status {status}. Upload it as Parquet, or a part of it.",
            field="file",
            status=done.returncode,
        )
    return parsed_from_json(lines[-1])
