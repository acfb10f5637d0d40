"""What a reader moved on the what-if card, as the project's next value model."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import InvalidInput, PermissionDenied
from core.identity import Principal
from core.impact.task_proposing import Moved, moved_model, propose_moved
from core.impact.task_value import value_task_run
from core.project import service as projects
from core.project.model import Task
from core.project.payoffs import ClassPayoffs, DeviationCosts, Formula
from core.workspace import Workspace
from tests.impact.export.test_task_exports import BY_ROW, valued
from tests.impact.test_multiclass import QUEUE_PAYOFFS, QUEUES
from tests.impact.test_task_value import COSTS, DEVIATIONS, classes_frame, finished, project_of

D = Decimal


def test_a_moved_payoff_and_volume_are_the_next_version(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_of(ws, scientist, Task.MULTICLASS, COSTS)
    finished(ws, tmp_path, monkeypatch, Task.MULTICLASS, project.id, classes_frame())
    report = value_task_run(ws, viewer, "run-1")
    found = propose_moved(ws, viewer, report, Moved(2_000, pair=("L", "F"), payoff=-12.345), "Missing one costs more")
    assert isinstance(found.spec.payoff, ClassPayoffs)
    assert found.spec.payoff.values == ((D(0), D(-1)), (D("-12.34"), D(0)))
    assert (found.spec.cases_per_period, found.spec.note) == (2_000, "Missing one costs more")
    assert projects.list_value_models(ws, viewer, project.id)[0].version == 1
    for moved, note in ((Moved(), "Nothing differs"), (Moved(3_000), "")):
        with pytest.raises(InvalidInput):
            propose_moved(ws, viewer, report, moved, note)
    with pytest.raises(PermissionDenied):
        propose_moved(ws, Principal("x", "X", "", frozenset()), report, Moved(3_000), "Why not")


def test_only_what_was_moved_changes() -> None:
    plain = valued(Task.REGRESSION, DEVIATIONS).value_model
    assert moved_model(plain, Moved()) == plain
    assert moved_model(plain, Moved(under=4.5)).payoff == DeviationCosts(D("4.50"), DEVIATIONS.over)
    by_row = valued(Task.REGRESSION, BY_ROW).value_model
    assert moved_model(by_row, Moved(under=1.5)).payoff == DeviationCosts(Formula("(fee) * 1.5"), BY_ROW.over)
    assert moved_model(by_row, Moved(under=1.0, over=20.0)).payoff == BY_ROW
    queues = valued(Task.MULTICLASS, QUEUE_PAYOFFS).value_model
    changed = moved_model(queues, Moved(pair=(QUEUES[1], QUEUES[0]), payoff=-7.0)).payoff
    assert isinstance(changed, ClassPayoffs)
    assert changed.values[1][0] == D("-7.00")
    assert changed.values[0] == QUEUE_PAYOFFS.values[0]
    with pytest.raises(InvalidInput, match="knows other classes"):
        moved_model(queues, Moved(pair=("X", "VF"), payoff=1.0))
