"""Uploading, declaring and deriving: immutable versions, told in lineage and audit, nothing half-written."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.data import service
from core.data.model import ColumnRoles, Kind, Source
from core.data.overview import get_overview, list_values, suggest_target
from core.errors import InvalidInput, KachiError, NotEnoughData, NotFound, PermissionDenied, TooLarge
from core.identity import Principal
from core.project.model import Project
from core.project.service import list_phase_moves
from core.settings import Settings
from core.store.lineage import Edge, Node
from core.workspace import Workspace, open_workspace
from tests.data.conftest import Bring, churn_frame

ROLES = ColumnRoles("churn", "Yes", "customer", "since", ("goodbye_letter",))


def test_an_upload_becomes_a_version(ws: Workspace, scientist: Principal, project: Project, bring: Bring) -> None:
    version = bring(churn_frame())
    assert (version.number, version.rows, version.name, version.source) == (1, 400, "customers", Source.UPLOAD)
    assert version.column("since").kind is Kind.DATETIME  # type: ignore[union-attr]
    assert service.get_version(ws, scientist, version.id) == version
    assert service.get_profile(ws, scientist, version.id).rows == 400
    assert [m.phase for m in list_phase_moves(ws, scientist, project.id)][-1] == "data_understanding"
    edges = ws.store.rows(
        "SELECT source_kind, target_kind FROM lineage_edges WHERE target_id = ? OR source_id = ?", [version.id, project.id]
    )
    assert ("dataset", "dataset_version") in edges
    assert ("project", "dataset") in edges
    assert ws.store.one("SELECT count(*) FROM audit_events WHERE target_id = ?", [version.id]) == (1,)


def test_the_same_content_is_the_same_version_and_told_so(ws: Workspace, scientist: Principal, bring: Bring) -> None:
    first, again = bring(churn_frame()), bring(churn_frame())
    assert again.id == first.id
    assert "here already, as version 1" in str(again.warnings[-1])
    other = bring(churn_frame(seed=2))
    assert (other.number, other.dataset_id) == (2, first.dataset_id)
    assert len(service.list_versions(ws, scientist, dataset_id=first.dataset_id)) == 2
    assert [v.id for v in service.list_newest_versions(ws, scientist)] == [other.id]
    assert len(service.list_datasets(ws, scientist)) == 1


def test_encodings_give_the_same_content(bring: Bring) -> None:
    text = "氏名,額\n高橋,1\n佐藤,2\n"
    assert len({bring(text.encode(e), name="n").sha256 for e in ("utf-8", "utf-8-sig", "cp932", "euc_jp", "utf-16")}) == 1


def test_a_refused_file_leaves_nothing(ws: Workspace, scientist: Principal, bring: Bring) -> None:
    for bad in (b"", b"a,a\n1,2\n", b"a,b\n1\n", b"PAR1x"):
        with pytest.raises(KachiError):
            bring(bad)
    assert service.list_datasets(ws, scientist) == []
    assert service.list_versions(ws, scientist) == []
    assert list(ws.settings.scratch_dir.iterdir()) == []
    artifacts = Path(ws.settings.artifact_root)
    assert [path for path in artifacts.rglob("*") if path.is_file()] == []


def test_too_large_is_refused_while_it_streams(tmp_path: Path, scientist: Principal) -> None:
    small = open_workspace(Settings(home=tmp_path / "small", port=0, gateway_port=0, upload_max_mb=1))
    try:
        from core.project.service import create_project
        from tests.project.test_service import SPEC

        project = create_project(small, scientist, SPEC)
        with pytest.raises(TooLarge, match="larger than 1 MB"):
            service.upload_dataset(small, scientist, project.id, "big.csv", io.BytesIO(b"a,b\n" + b"1,2\n" * 400_000))
        assert list(small.settings.scratch_dir.iterdir()) == []
    finally:
        small.store.close()


def test_a_large_file_is_read_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch, bring: Bring) -> None:
    monkeypatch.setattr("core.data.intake.INLINE_BYTES", 100)
    frame = churn_frame()
    frame.loc[0, "plan"] = "NA"
    version = bring(frame, markers=("NA",))
    assert version.rows == 400
    assert version.column("plan").missing == 1  # type: ignore[union-attr]
    with pytest.raises(NotEnoughData, match="no rows"):
        bring("a" * 90 + "," + "b" * 90 + "\n")


def test_a_viewer_reads_no_data(ws: Workspace, viewer: Principal, approver: Principal, project: Project, bring: Bring) -> None:
    version = bring(churn_frame())
    with pytest.raises(PermissionDenied):
        service.get_version(ws, viewer, version.id)
    with pytest.raises(PermissionDenied):
        service.upload_dataset(ws, approver, project.id, "a.csv", io.BytesIO(b"a\n1\n"))
    assert service.get_version(ws, approver, version.id).id == version.id
    with pytest.raises(NotFound):
        service.get_version(ws, approver, "nothing")


def test_roles_are_declared_once_and_then_make_a_new_version(ws: Workspace, scientist: Principal, project: Project, bring: Bring) -> None:
    version = bring(churn_frame())
    declared = service.declare_roles(ws, scientist, version.id, ROLES)
    assert (declared.id, declared.roles) == (version.id, ROLES)
    assert [c.name for c in declared.features] == ["tenure", "plan"]
    assert [m.phase for m in list_phase_moves(ws, scientist, project.id)][-1] == "data_preparation"
    changed = service.declare_roles(ws, scientist, version.id, ColumnRoles("churn", "No"))
    assert changed.id == version.id, "nobody used it yet"
    ws.store.write(lambda tx: tx.edge(Edge(Node.DATASET_VERSION, version.id, Node.RUN, "run-1", "trained")))
    new = service.declare_roles(ws, scientist, version.id, ROLES)
    assert new.id != version.id
    assert (new.number, new.sha256, new.parent_id) == (2, version.sha256, version.id)
    assert service.get_version(ws, scientist, version.id).roles == ColumnRoles("churn", "No")


def _with(**columns: object) -> pd.DataFrame:
    return churn_frame().assign(**columns)  # type: ignore[arg-type]


REFUSED = [
    (_with(), ColumnRoles("gone", "Yes"), InvalidInput, "no column 'gone'"),
    (_with(churn="No"), ColumnRoles("churn", "No"), InvalidInput, "one value only"),
    (_with(churn=["Yes", "No", ""] * 133 + ["No"]), ColumnRoles("churn", "Yes"), InvalidInput, "missing in 133 of 400"),
    (_with(churn=["a", "b", "c", "d"] * 100), ColumnRoles("churn", "a"), InvalidInput, "exactly two"),
    (_with(), ColumnRoles("churn", "yes"), InvalidInput, "'yes' is not a value"),
    (_with(), ColumnRoles("churn"), InvalidInput, "Say which value of 'churn'"),
    (_with(churn=["Yes"] * 5 + ["No"] * 395), ColumnRoles("churn", "Yes"), NotEnoughData, "'Yes' has 5 rows"),
    (churn_frame(40), ColumnRoles("churn", "Yes"), NotEnoughData, "has 40 rows"),
    (_with(), ColumnRoles("churn", "Yes", None, "plan"), InvalidInput, "holds no dates"),
    (_with(), ColumnRoles("churn", "Yes", None, None, ("customer", "since", "tenure", "plan", "goodbye_letter")), InvalidInput, "No column is left"),
]  # fmt: skip


@pytest.mark.parametrize(("frame", "roles", "kind", "said"), REFUSED, ids=[said for *_, said in REFUSED])
def test_a_declaration_that_does_not_fit_is_refused(
    ws: Workspace, scientist: Principal, bring: Bring, frame: pd.DataFrame, roles: ColumnRoles, kind: type[KachiError], said: str
) -> None:
    version = bring(frame)
    with pytest.raises(kind, match=said):
        service.declare_roles(ws, scientist, version.id, roles)
    assert service.get_version(ws, scientist, version.id).roles is None


def test_one_column_is_not_two_things() -> None:
    with pytest.raises(InvalidInput, match="left out"):
        ColumnRoles("churn", "Yes", leave_out=("churn",))
    with pytest.raises(InvalidInput, match="at once"):
        ColumnRoles("churn", "Yes", id_column="churn")


def test_few_rows_and_repeating_ids_are_warned_of(ws: Workspace, scientist: Principal, bring: Bring) -> None:
    frame = _with(churn=["Yes"] * 20 + ["No"] * 380, customer="same")
    declared = service.declare_roles(ws, scientist, bring(frame).id, ColumnRoles("churn", "Yes", "customer"))
    said = " ".join(map(str, declared.warnings))
    assert "'Yes' has only 20 rows" in said
    assert "repeats: 1 values in 400 rows" in said


def test_classes_and_numbers_have_limits(ws: Workspace, scientist: Principal, classes_project: Project, numbers_project: Project) -> None:
    frame = pd.DataFrame(
        {"many": [f"k{i % 60}" for i in range(900)], "three": list("abc") * 300, "n": np.arange(900.0), "x": list("pq") * 450}
    )

    def upload(project: Project) -> str:
        return service.upload_dataset(ws, scientist, project.id, "t.csv", io.BytesIO(frame.to_csv(index=False).encode())).id

    classes, numbers = upload(classes_project), upload(numbers_project)
    with pytest.raises(InvalidInput, match="60 classes"):
        service.declare_roles(ws, scientist, classes, ColumnRoles("many"))
    assert service.declare_roles(ws, scientist, classes, ColumnRoles("three")).roles == ColumnRoles("three")
    with pytest.raises(InvalidInput, match="must hold numbers"):
        service.declare_roles(ws, scientist, numbers, ColumnRoles("three"))
    assert service.declare_roles(ws, scientist, numbers, ColumnRoles("n")).roles == ColumnRoles("n")


def test_a_derived_version_keeps_roles_and_says_its_parent(ws: Workspace, scientist: Principal, bring: Bring, tmp_path: Path) -> None:
    parent = service.declare_roles(ws, scientist, bring(churn_frame()).id, ROLES)
    table = tmp_path / "more.parquet"
    churn_frame(500, seed=3).to_parquet(table)
    derived = service.add_derived_version(ws, scientist, parent, table, note="100 new rows", filename="more.parquet")
    assert (derived.number, derived.rows, derived.roles, derived.parent_id) == (2, 500, ROLES, parent.id)
    assert derived.source is Source.RETRAINING
    edge = ws.store.one("SELECT relation FROM lineage_edges WHERE source_id = ? AND target_id = ?", [parent.id, derived.id])
    assert edge == ("derived",)


def test_preview_starts_anywhere(ws: Workspace, scientist: Principal, bring: Bring) -> None:
    version = bring(churn_frame())
    assert service.preview_rows(ws, scientist, version.id, start=398, count=10)["customer"].tolist() == ["C00398", "C00399"]
    assert len(service.preview_rows(ws, scientist, version.id, start=1000, count=10)) == 0
    with pytest.raises(InvalidInput):
        service.preview_rows(ws, scientist, version.id, start=-1)


def test_an_overview_shows_what_follows_from_a_thought(ws: Workspace, scientist: Principal, bring: Bring) -> None:
    version = bring(_with(always="x", empty=[""] * 390 + list("ab") * 5))
    assert suggest_target(version) == "churn"
    before = get_overview(ws, scientist, version.id)
    assert (before.leaks, before.positive_share, before.profile.constant) == ((), None, ("always",))
    thought = get_overview(ws, scientist, version.id, ColumnRoles("churn", "Yes"))
    assert [leak.column for leak in thought.serious] == ["goodbye_letter"]
    assert thought.identifiers == ("customer", "since")
    assert [c.name for c in thought.mostly_missing] == ["goodbye_letter", "empty"]
    assert thought.positive_share == pytest.approx(dict(thought.values)["Yes"] / 400)
    assert sum(count for _, count in list_values(ws, scientist, version.id, "churn")) == 400
    with pytest.raises(InvalidInput, match="no column 'gone'"):
        list_values(ws, scientist, version.id, "gone")


@pytest.mark.parametrize("markers", [("x" * 41,), tuple(map(str, range(21))), ("--evil",)])
def test_words_for_missing_are_held_in_bounds(bring: Bring, markers: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput, match="At most 20 words"):
        bring(churn_frame(), markers=markers)
