"""Reads and backups don't stand in each other's way."""

from __future__ import annotations

import threading
from collections.abc import Callable

from core.settings import Settings
from core.store.backup import make_backup, restore_backup
from core.workspace import Workspace, open_workspace


def elsewhere(work: Callable[[], object]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def change(ws: Workspace, value: str) -> None:
    def work() -> None:
        ws.store.write(lambda tx: tx.execute("INSERT INTO setup_links VALUES ('a', now()) ON CONFLICT DO UPDATE SET created_at = now()"))
        ws.store.write(lambda tx: tx.execute("UPDATE setup_links SET token_hash = ?", [value]))

    elsewhere(work)


def log_bytes(ws: Workspace) -> int:
    path = ws.settings.store_path.with_name(ws.settings.store_path.name + ".wal")
    return path.stat().st_size if path.exists() else 0


def test_a_row_that_was_read_leaves_nothing_open(ws: Workspace) -> None:
    change(ws, "a")
    assert ws.store.one("SELECT * FROM setup_links") is not None
    change(ws, "b")
    assert log_bytes(ws) > 0
    elsewhere(ws.store.checkpoint)
    assert log_bytes(ws) == 0


def test_a_backup_succeeds_beside_a_long_read_and_holds_the_last_change(ws: Workspace, admin, settings: Settings, tmp_path) -> None:
    change(ws, "a")
    reading = ws.store.cursor().execute("SELECT * FROM range(1000000), setup_links")
    reading.fetchone()
    change(ws, "b")
    made: list[object] = []
    elsewhere(lambda: made.append(make_backup(ws, admin)))
    assert reading.fetchone() is not None
    (backup,) = made
    restored = settings.model_copy(update={"home": tmp_path / "restored"})
    restore_backup(settings.home / "backups" / backup.name, restored.home)
    other = open_workspace(restored)
    assert other.store.rows("SELECT token_hash FROM setup_links") == [("b",)]
    other.store.close()
