"""Runs that were trained elsewhere and are logged here: parameters and metrics, searchable beside Kachi's own."""

from __future__ import annotations

import math
from collections.abc import Mapping

from core.data.service import get_version
from core.errors import InvalidInput, NotFound
from core.identity import Permission, Principal, require
from core.project.service import get_project
from core.store import Transaction, new_id
from core.store.lineage import Edge, Node
from core.training import store as rows
from core.training.figures import Metric
from core.training.model import LOWER_IS_BETTER, METRICS, Origin, Run, RunConfig, RunState
from core.workspace import Workspace

MOST = 1000


def log_run(
    ws: Workspace,
    actor: Principal,
    project_id: str,
    *,
    name: str,
    params: Mapping[str, str],
    metrics: Mapping[str, float],
    dataset_version_id: str | None = None,
) -> Run:
    """Store a finished run that was trained elsewhere; it has no model package, so it can be compared but not registered.

    Raises:
        InvalidInput: too many entries, empty names, or a metric that isn't a number.
    """
    require(actor, Permission.START_RUNS)
    project = get_project(ws, actor, project_id)
    if dataset_version_id is not None:
        get_version(ws, actor, dataset_version_id)
    _check(params, metrics)

    def work(tx: Transaction) -> Run:
        run = Run(
            new_id(), rows.next_number(tx, project.id), project.id, dataset_version_id or "", " ".join(name.split())[:120],
            RunConfig(METRICS[project.task][0]), project.task, Origin.EXTERNAL, RunState.SUCCEEDED, "", None, actor.user_id, actor.name,
            tx.at, tx.at, tx.at, "", None, None,
        )  # fmt: skip
        rows.insert_run(tx, run)
        rows.add_params(tx, run.id, params)
        rows.add_metrics(tx, run, [Metric(key, value, value, value, "logged", 0) for key, value in metrics.items()])
        if dataset_version_id is not None:
            tx.edge(Edge(Node.DATASET_VERSION, dataset_version_id, Node.RUN, run.id, "input"))
        tx.audit(actor.event("run.log", Node.RUN, run.id, project_id=project.id, details={"number": run.number}))
        return run

    return ws.store.write(work)


def _check(params: Mapping[str, str], metrics: Mapping[str, float]) -> None:
    if len(params) > MOST or len(metrics) > MOST:
        raise InvalidInput("At most {most} parameters and metrics are taken for one run.", field="params", most=MOST)
    if any(not key.strip() or len(key) > 200 for key in (*params, *metrics)):
        raise InvalidInput("Names of parameters and metrics need 1 to 200 characters.", field="params")
    bad = next((key for key, value in metrics.items() if not math.isfinite(value)), None)
    if bad is not None:
        raise InvalidInput("The metric '{name}' is not a finite number.", field="metrics", name=bad)


def search_runs(
    ws: Workspace, actor: Principal, project_id: str, metric: str, *, lowest: bool | None = None, limit: int = 100
) -> list[tuple[Run, float]]:
    """The runs that lead in a metric, with its value; errors and losses count as better when lower, unless said otherwise."""
    require(actor, Permission.READ_DETAILS)
    project = get_project(ws, actor, project_id)
    low = metric in LOWER_IS_BETTER if lowest is None else lowest
    found = rows.best_by_metric(ws.store, project.id, metric, lowest=low, limit=limit)
    values = dict(found)
    return [(run, values[run.id]) for run in rows.runs_by_ids(ws.store, [run_id for run_id, _ in found])]


def list_params(ws: Workspace, actor: Principal, run_id: str) -> dict[str, str]:
    """Parameters that were logged with a run.

    Raises:
        NotFound: there is no such run.
    """
    require(actor, Permission.READ_DETAILS)
    run = rows.get_run(ws.store, run_id)
    if run is None:
        raise NotFound("run", run_id)
    return rows.list_params(ws.store, run.id)
