"""Registering: numbers, frozen reports, lineage, and what is refused."""

from __future__ import annotations

import pytest

from core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from core.identity import Principal
from core.impact.service import get_report
from core.project.model import Phase, Project
from core.project.service import get_project
from core.registry.approvals import decide, request_approval
from core.registry.lineage import Direction, lineage
from core.registry.model import VersionState
from core.registry.service import get_version, list_models, list_versions, register_model, retire_version
from core.registry.store import VersionFilter
from core.store.audit import list_events
from core.store.lineage import Node
from core.workspace import Workspace
from tests.registry.world import World, make_frame


def test_versions_are_numbered_within_a_model(ws: Workspace, scientist: Principal, world: World, project: Project) -> None:
    frame = make_frame(2_000)
    first = register_model(ws, scientist, world.add(project.id, frame))
    second = register_model(ws, scientist, world.add(project.id, frame, noise=0.1), threshold=0.25, note="  cheaper calls ")
    other = register_model(ws, scientist, world.add(project.id, frame), model_name="By hand")
    assert [(v.model_name, v.number) for v in (first, second, other)] == [("Customer churn", 1), ("Customer churn", 2), ("By hand", 1)]
    assert (second.threshold, second.note, second.state) == (0.25, "cheaper calls", VersionState.REGISTERED)
    assert [m.name for m in list_models(ws, scientist, project_id=project.id)] == ["By hand", "Customer churn"]
    assert [v.id for v in list_versions(ws, scientist, wanted=VersionFilter(model_id=first.model_id))] == [second.id, first.id]


def test_the_report_is_frozen_at_the_threshold(ws: Workspace, scientist: Principal, world: World, project: Project) -> None:
    version = register_model(ws, scientist, world.add(project.id, make_frame(2_000)), threshold=0.3)
    report = get_report(ws, scientist, version.impact_report_id)
    assert (report.threshold, report.value_model_id, report.currency) == (0.3, version.value_model_id, "JPY")
    assert version.payoff == report.payoff
    assert version.package_sha256 == world.runs[version.run_id].facts.package_sha256


def test_registering_tells_lineage_audit_and_phase(ws: Workspace, scientist: Principal, world: World, project: Project) -> None:
    version = register_model(ws, scientist, world.add(project.id, make_frame(2_000)))
    graph = lineage(ws, scientist, Node.MODEL_VERSION, version.id, direction=Direction.ANCESTORS)
    assert {n.kind for n in graph.nodes} == {"model_version", "run", "impact_report", "value_model", "model"}
    assert next(n for n in graph.nodes if n.kind == "model_version").label == "Customer churn v1"
    assert [e.event.action for e in list_events(ws.store, target_id=version.id)] == ["model_version.register"]
    assert get_project(ws, scientist, project.id).phase is Phase.EVALUATION


def test_the_same_policy_is_registered_once(ws: Workspace, scientist: Principal, world: World, project: Project) -> None:
    run = world.add(project.id, make_frame(2_000))
    register_model(ws, scientist, run)
    with pytest.raises(Conflict, match="version 1 already"):
        register_model(ws, scientist, run)
    assert register_model(ws, scientist, run, threshold=0.4).number == 2


@pytest.mark.parametrize("threshold", [-0.1, 1.5])
def test_a_threshold_is_a_probability(ws: Workspace, scientist: Principal, world: World, project: Project, threshold: float) -> None:
    with pytest.raises(InvalidInput):
        register_model(ws, scientist, world.add(project.id, make_frame(2_000)), threshold=threshold)
    assert list_models(ws, scientist) == []


def test_bad_names_notes_and_ids_leave_nothing(ws: Workspace, scientist: Principal, world: World, project: Project) -> None:
    run = world.add(project.id, make_frame(2_000))
    with pytest.raises(InvalidInput):
        register_model(ws, scientist, run, model_name="x" * 81)
    with pytest.raises(InvalidInput):
        register_model(ws, scientist, run, note="x" * 2_001)
    with pytest.raises(NotFound):
        register_model(ws, scientist, "none")
    with pytest.raises(NotFound):
        get_version(ws, scientist, "none")
    assert list_models(ws, scientist) == []


def test_who_may_register(
    ws: Workspace, viewer: Principal, approver: Principal, scientist: Principal, world: World, project: Project
) -> None:
    run = world.add(project.id, make_frame(2_000))
    for person in (viewer, approver):
        with pytest.raises(PermissionDenied):
            register_model(ws, person, run)
    assert register_model(ws, scientist, run).number == 1


def test_only_an_approved_version_retires(ws: Workspace, scientist: Principal, approver: Principal, world: World, project: Project) -> None:
    version = register_model(ws, scientist, world.add(project.id, make_frame(2_000)))
    with pytest.raises(Conflict, match="registered"):
        retire_version(ws, approver, version.id, "old")
    decide(ws, approver, request_approval(ws, scientist, version.id).id, approve=True, reason="fine")
    assert retire_version(ws, approver, version.id, "old").state is VersionState.RETIRED
