"""Numbered migrations, each applied once, in order, in a transaction, with its checksum recorded."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from core.errors import MigrationError

FOLDER = Path(__file__).resolve().parent
NAME = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")


@dataclass(frozen=True, slots=True)
class Migration:
    """One SQL file of this folder."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, line ends normalised."""
        return hashlib.sha256(self.sql.replace("\r\n", "\n").encode()).hexdigest()


def read_migrations(folder: Path = FOLDER) -> list[Migration]:
    """All migrations of a folder, in order.

    Raises:
        MigrationError: a number is used twice.
    """
    found = [
        Migration(int(match[1]), path.name, path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.sql"))
        if (match := NAME.match(path.name))
    ]
    numbers = [m.number for m in found]
    if len(set(numbers)) != len(numbers):
        raise MigrationError(
            "Two migrations in {folder} carry the same number. This release is damaged: install it again.", folder=str(folder)
        )
    return found


def migrate(connection: duckdb.DuckDBPyConnection, at: datetime, folder: Path = FOLDER) -> list[str]:
    """Bring the schema up to date.

    Returns:
        names of the migrations applied now.

    Raises:
        MigrationError: an applied migration was edited, or the store is newer than this release.
    """
    connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_migrations"
        " (number INTEGER PRIMARY KEY, name VARCHAR NOT NULL, checksum VARCHAR NOT NULL, applied_at TIMESTAMPTZ NOT NULL)"
    )
    applied = {row[0]: (row[1], row[2]) for row in connection.execute("SELECT number, name, checksum FROM schema_migrations").fetchall()}
    known = {m.number: m for m in read_migrations(folder)}
    _check_applied(applied, known)
    done = []
    for number in sorted(set(known) - set(applied)):
        _apply(connection, known[number], at)
        done.append(known[number].name)
    return done


def _check_applied(applied: dict[int, tuple[str, str]], known: dict[int, Migration]) -> None:
    for number, (name, checksum) in applied.items():
        if number not in known:
            raise MigrationError(
                "The store was written by a newer release (migration {name}). Install that release, or restore a backup.", name=name
            )
        if known[number].checksum != checksum:
            raise MigrationError(
                "Migration {name} was edited after it had been applied. Restore the file as released, or restore a backup.", name=name
            )


def _apply(connection: duckdb.DuckDBPyConnection, migration: Migration, at: datetime) -> None:
    connection.execute("BEGIN TRANSACTION")
    try:
        connection.execute(migration.sql)
        connection.execute("INSERT INTO schema_migrations VALUES (?, ?, ?, ?)", [migration.number, migration.name, migration.checksum, at])
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
