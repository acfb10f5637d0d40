"""A portal's work in a process of its own, made to be killed: ``python -m tests.faults.driver HOME SCENE``.

It prints one line for each thing that it has acknowledged, and goes on until it is killed.
"""

from __future__ import annotations

import io
import itertools
import sys
import threading
from pathlib import Path

import duckdb

from core.clock import utc_now
from core.identity import SYSTEM, Principal, Role
from core.jobs.model import JobKind, JobRequest
from core.settings import Settings
from core.store.migrations import migrate
from core.workspace import Workspace, open_workspace

SCIENTIST = Principal("user-mori", "Mori", "mori@example.com", frozenset({Role.SCIENTIST}))
APPROVER = Principal("user-tanaka", "Tanaka", "tanaka@example.com", frozenset({Role.APPROVER}))
STEPS = [["emit", 10], ["sleep", 0.2], ["emit", 10], ["write", 100_000], ["sleep", 0.2], ["emit", 10]]
MIGRATIONS = 30
ROWS = 2000
_say = threading.Lock()


def settings_of(home: Path) -> Settings:
    return Settings(home=home, port=0, gateway_port=0)


def acknowledge(*words: object) -> None:
    with _say:
        print(*words, flush=True)


def training_kind() -> JobKind:
    """Counts in the store how often each event, start and end was taken in."""
    return JobKind(
        "training", "core.jobs.probe:run",
        on_start=lambda tx, job: tx.execute("INSERT INTO seen VALUES (?, 'start', 0)", [job.id]),
        on_events=lambda tx, job, events: tx.execute_many(
            "INSERT INTO seen VALUES (?, 'progress', 1)", [[job.id] for event in events if event["event"] == "progress"]
        ),
        collect=lambda job, result, folder: (folder / "out" / "data.bin").stat().st_size,
        record=lambda tx, job, result, size: tx.execute("INSERT INTO seen VALUES (?, ?, ?)", [job.id, result.state.value, size or 0]),
    )  # fmt: skip


def training(ws: Workspace) -> None:
    ws.store.write(lambda tx: tx.execute("CREATE TABLE IF NOT EXISTS seen (job VARCHAR, what VARCHAR, n BIGINT)"))
    ws.jobs.register(training_kind())
    ws.jobs.start()
    while True:
        request = JobRequest("training", {"steps": STEPS}, "run", "r1")
        key = ws.store.write(lambda tx, request=request: ws.jobs.submit(tx, SCIENTIST, request))
        acknowledge(key)
        ws.jobs.wait(key, 180)


def writes(ws: Workspace) -> None:
    def lane(name: int) -> None:
        for number in itertools.count():
            event = SYSTEM.event("note.write", "note", f"{name}-{number}")
            ws.store.write(lambda tx, event=event: tx.audit(event))
            acknowledge(f"{name}-{number}")

    threads = [threading.Thread(target=lane, args=(name,)) for name in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def upload(ws: Workspace) -> None:
    from core.data.service import upload_dataset
    from tests.registry.world import new_project

    project = new_project(ws, SCIENTIST)
    for number in itertools.count():
        lines = [f"{number},{row},{row % 7},{'yes' if row % 3 else 'no'}" for row in range(3000)]
        body = "batch,row,kind,left\n" + "\n".join(lines)
        made = upload_dataset(ws, SCIENTIST, project.id, f"upload-{number}.csv", io.BytesIO(body.encode()))
        acknowledge(made.id, made.sha256)


def approval(ws: Workspace) -> None:
    from core.impact import source as impact_source
    from core.registry import source
    from core.registry.approvals import decide, request_approval
    from core.registry.service import register_model
    from tests.registry.world import World, make_frame, new_project

    world = World(ws, ws.settings.home / "world")
    (ws.settings.home / "world").mkdir(exist_ok=True)
    for name in ("trained_run", "data_facts", "feature_rows"):
        setattr(source, name, getattr(world, name))
    impact_source.use_runs(world)
    project = new_project(ws, SCIENTIST)
    for number in itertools.count():
        version = register_model(ws, SCIENTIST, world.add(project.id, make_frame(600, seed=number)))
        asked = request_approval(ws, SCIENTIST, version.id, "Please look.")
        decide(ws, APPROVER, asked.id, approve=True, reason="fine")
        acknowledge(asked.id, version.id)


def write_migrations(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(1, MIGRATIONS + 1):
        (folder / f"{number:04d}_step.sql").write_text(
            f"CREATE TABLE t{number} (n BIGINT);\nINSERT INTO t{number} SELECT * FROM range({ROWS});\nCREATE INDEX i{number} ON t{number} (n);\n"
        )


def migration(home: Path) -> None:
    write_migrations(home / "migrations")
    acknowledge("begins")
    connection = duckdb.connect(str(home / "kachi.duckdb"))
    migrate(connection, utc_now(), home / "migrations")
    acknowledge("done")


SCENES = {"training": training, "writes": writes, "upload": upload, "approval": approval}


def main(home: Path, scene: str) -> None:
    home.mkdir(parents=True, exist_ok=True)
    if scene == "migration":
        migration(home)
    else:
        SCENES[scene](open_workspace(settings_of(home)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
