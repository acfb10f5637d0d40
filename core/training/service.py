"""What people and policies do with runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.data.baseline import as_texts
from core.data.frames import kinds_of, read_frame
from core.data.model import DatasetVersion
from core.data.roles import check_roles
from core.data.service import get_version
from core.errors import Conflict, InvalidInput, NotFound
from core.identity import Permission, Principal, require
from core.jobs.model import JobRequest
from core.project.model import Phase, Project, Task
from core.project.service import get_project, list_value_models, move_phase
from core.project.value_model import ValueModel
from core.store import Transaction, new_id
from core.store.lineage import Edge, Node
from core.training import store as rows
from core.training.evaluation import Evaluation, evaluation_from_json
from core.training.figures import Metric
from core.training.jobs import KIND
from core.training.model import METRICS, LeaderboardEntry, Origin, Run, RunConfig, RunState
from core.training.money import make_scale
from core.training.spec import STOP_FILE, FitSpec, spec_to_json
from core.workspace import Workspace

GRACE_S = 600  # evaluation and clean-up after the search's own time limit


def default_config(task: Task) -> RunConfig:
    """What a run is asked to do where nobody said otherwise."""
    return RunConfig(METRICS[task][0])


def start_run(
    ws: Workspace,
    actor: Principal,
    project_id: str,
    dataset_version_id: str,
    config: RunConfig,
    *,
    name: str = "",
    origin: Origin = Origin.USER,
) -> Run:
    """Queue an AutoML run on a dataset version whose roles are declared.

    Raises:
        InvalidInput, NotEnoughData: the configuration or the data can't be used, and why. Conflict: the data belongs to another project.
    """
    require(actor, Permission.START_RUNS)
    project = get_project(ws, actor, project_id)
    version = get_version(ws, actor, dataset_version_id)
    config.check(project.task)
    _check_data(ws, project, version)
    models = list_value_models(ws, actor, project.id)
    value = models[0] if models else None
    run_id = new_id()

    def work(tx: Transaction) -> Run:
        number = rows.next_number(tx, project.id)
        spec = _spec(ws, run_id, project, version, config, value)
        request = JobRequest(KIND, spec_to_json(spec), Node.RUN, run_id, project.id, time_limit_s=config.time_limit_s + GRACE_S)
        job_id = ws.jobs.submit(tx, actor, request)
        run = Run(
            run_id, number, project.id, version.id, _clean(name), config, project.task, origin, RunState.QUEUED, job_id,
            value.id if value else None, actor.user_id, actor.name, tx.at, None, None, "", None, None,
        )  # fmt: skip
        _note_start(tx, actor, run, version)
        return run

    return ws.store.write(work)


def _note_start(tx: Transaction, actor: Principal, run: Run, version: DatasetVersion) -> None:
    """Store a new run with its lineage, its project's move and its audit event."""
    rows.insert_run(tx, run)
    tx.edge(Edge(Node.DATASET_VERSION, version.id, Node.RUN, run.id, "input"))
    if run.value_model_id is not None:
        tx.edge(Edge(Node.VALUE_MODEL, run.value_model_id, Node.RUN, run.id, "valued_by"))
    move_phase(tx, actor, run.project_id, Phase.MODELING, f"run {run.number} started")
    config = rows.config_to_json(run.config)
    details = {"number": run.number, "name": run.name, "dataset_version": version.id, "dataset_sha256": version.sha256, "config": config}
    tx.audit(actor.event("run.start", Node.RUN, run.id, project_id=run.project_id, details=details))


def _check_data(ws: Workspace, project: Project, version: DatasetVersion) -> None:
    if version.project_id != project.id:
        raise Conflict("This data set belongs to another project. Upload it to this one first.")
    if version.roles is None:
        raise InvalidInput(
            "Say first which column of this data set is the target. The page of the data set has the form.", field="dataset_version_id"
        )
    roles = version.roles
    named = [c for c in (roles.target, roles.id_column, roles.time_column) if c]
    check_roles(version, roles, project.task, read_frame(ws.artifacts.path(version.sha256), named))


def _spec(ws: Workspace, run_id: str, project: Project, version: DatasetVersion, config: RunConfig, value: ValueModel | None) -> FitSpec:
    assert version.roles is not None
    scale = None
    if value is not None and project.task is Task.BINARY:
        pay, target = value.matrix, version.roles.target
        names = [target, *(c for c in pay.columns if version.column(c) is not None and c != target)] if not pay.is_constant else []
        frame = read_frame(ws.artifacts.path(version.sha256), names) if names else None
        truth = None if frame is None else (as_texts(frame[target]) == version.roles.positive).to_numpy(dtype=np.bool_)
        scale = make_scale(pay, value.cases_per_period, frame, truth)
    return FitSpec(
        run_id, version.sha256, str(ws.artifacts.path(version.sha256)), project.task, version.roles, kinds_of(version.features), config, scale,
        ws.settings.job_threads,
    )  # fmt: skip


def _clean(name: str) -> str:
    return " ".join(name.split())[:120]


def cancel_run(ws: Workspace, actor: Principal, run_id: str) -> Run:
    """Stop a run and throw away what it has so far; it is gone within five seconds.

    Raises:
        Conflict: it has ended.
    """
    require(actor, Permission.START_RUNS)
    run = _unfinished(ws, run_id)
    ws.jobs.cancel(actor, run.job_id)
    return _get(ws, run_id)


def stop_run_early(ws: Workspace, actor: Principal, run_id: str) -> Run:
    """Let the model that is training end, start no other, and finish the run with the best so far.

    Raises:
        Conflict: it has ended, or hasn't a single model yet.
    """
    require(actor, Permission.START_RUNS)
    run = _unfinished(ws, run_id)
    if not rows.list_models(ws.store, run_id):
        raise Conflict("No model is finished yet, so there is nothing to keep. Wait for the first, or cancel the run.")
    (ws.jobs.folder(run.job_id) / STOP_FILE).touch()
    ws.store.write(lambda tx: tx.audit(actor.event("run.stop_early", Node.RUN, run_id, project_id=run.project_id)))
    return run


def _unfinished(ws: Workspace, run_id: str) -> Run:
    run = _get(ws, run_id)
    if run.state.final:
        raise Conflict("This run has ended already ({state}). There is nothing to stop.", state=run.state.value)
    return run


def get_run(ws: Workspace, actor: Principal, run_id: str) -> Run:
    """One run."""
    require(actor, Permission.READ_DETAILS)
    return _get(ws, run_id)


def _get(ws: Workspace, run_id: str) -> Run:
    run = rows.get_run(ws.store, run_id)
    if run is None:
        raise NotFound("run", run_id)
    return run


def list_runs(
    ws: Workspace,
    actor: Principal,
    *,
    project_id: str | None = None,
    state: RunState | None = None,
    sort: str = "created",
    before_id: str | None = None,
    offset: int = 0,
    limit: int = 100,
) -> list[Run]:
    """Runs, the newest (or best by ``score`` or ``value``) first.

    Raises:
        InvalidInput: an order that isn't known.
    """
    require(actor, Permission.READ_DETAILS)
    if sort not in rows.SORTS:
        raise InvalidInput("Runs can be sorted by {known}, not by '{sort}'.", field="sort", known=", ".join(rows.SORTS), sort=sort[:40])
    return rows.list_runs(ws.store, project_id=project_id, state=state, sort=sort, before_id=before_id, offset=offset, limit=limit)


def count_runs(ws: Workspace, actor: Principal, project_id: str | None = None) -> int:
    """How many runs there are."""
    require(actor, Permission.READ_DETAILS)
    return rows.count_runs(ws.store, project_id)


def leaderboard(ws: Workspace, actor: Principal, run_id: str) -> list[LeaderboardEntry]:
    """A run's finished models so far, the best first."""
    require(actor, Permission.READ_DETAILS)
    return rows.list_models(ws.store, _get(ws, run_id).id)


def get_evaluation(ws: Workspace, actor: Principal, run_id: str) -> Evaluation:
    """What a finished run found on its held-out rows.

    Raises:
        Conflict: it hasn't finished well.
    """
    require(actor, Permission.READ_DETAILS)
    run = finished(ws, run_id)
    assert run.artifacts is not None
    return evaluation_from_json(ws.artifacts.path(run.artifacts.evaluation_sha256).read_bytes())


def finished(ws: Workspace, run_id: str) -> Run:
    """A run that ended with a model; for the steps to the right.

    Raises:
        NotFound: there is none. Conflict: it hasn't finished well.
    """
    run = _get(ws, run_id)
    if run.state is not RunState.SUCCEEDED or run.artifacts is None:
        raise Conflict(
            "Run {number} has no model: it is {state}. Wait for it, or choose another run.", number=run.number, state=run.state.value
        )
    return run


def scores_path(ws: Workspace, actor: Principal, run_id: str) -> Path:
    """The Parquet file of a finished run's scores."""
    require(actor, Permission.READ_DETAILS)
    run = finished(ws, run_id)
    assert run.artifacts is not None
    return ws.artifacts.path(run.artifacts.scores_sha256)


def list_metrics(ws: Workspace, actor: Principal, run_id: str) -> list[Metric]:
    """A run's metrics on its held-out rows."""
    require(actor, Permission.READ_DETAILS)
    return rows.list_metrics(ws.store, _get(ws, run_id).id)


def compare_runs(ws: Workspace, actor: Principal, run_ids: list[str]) -> list[tuple[Run, Evaluation]]:
    """Two to four finished runs side by side, in the order asked for.

    Raises:
        InvalidInput: too few or too many. Conflict: one hasn't finished well.
    """
    require(actor, Permission.READ_DETAILS)
    if not 2 <= len(set(run_ids)) == len(run_ids) <= 4:
        raise InvalidInput("Choose two to four different runs to compare.", field="runs")
    return [(finished(ws, run_id), get_evaluation(ws, actor, run_id)) for run_id in run_ids]
