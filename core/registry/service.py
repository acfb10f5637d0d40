"""What people and policies do with models and their versions."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import Conflict, InvalidInput, NotFound
from core.identity import Permission, Principal, require
from core.impact import service as impact
from core.impact.detailing import Detailed, detail_report
from core.impact.freezing import keep_report
from core.impact.service import ChampionRef
from core.project import service as projects
from core.project.model import Phase, Project, Task
from core.registry import source
from core.registry import store as rows
from core.registry.lineage import champion_of
from core.registry.model import Model, ModelVersion, VersionOrigin, VersionState
from core.registry.source import TrainedRun
from core.registry.store import VersionFilter
from core.store import Transaction, new_id
from core.store.lineage import Edge, Node
from core.workspace import Workspace

NOTE_MAX = 2000


@dataclass(frozen=True, slots=True)
class VersionSpec:
    """What a new version says.

    Args:
        model_name: the line of versions that it joins; empty takes the project's name.
        threshold: a case is treated where its score is at least this; None takes the most valuable on validation data.
        value_model_id: a version of the project's value model; None takes the newest.
    """

    model_name: str = ""
    threshold: float | None = None
    value_model_id: str | None = None
    note: str = ""
    origin: VersionOrigin = VersionOrigin.MANUAL


def register_model(
    ws: Workspace,
    actor: Principal,
    run_id: str,
    *,
    model_name: str | None = None,
    threshold: float | None = None,
    value_model_id: str | None = None,
    note: str = "",
    origin: VersionOrigin = VersionOrigin.MANUAL,
) -> ModelVersion:
    """Make a finished run a version of a model: its package, a threshold with its payoffs, and a frozen impact report.

    Args:
        model_name: the line of versions that it joins; None takes the project's name.
        threshold: a case is treated where its score is at least this; None takes the most valuable on validation data.
        value_model_id: a version of the project's value model; None takes the newest.

    Raises:
        Conflict: the run hasn't finished well, or is registered with this threshold and value model already.
        InvalidInput: not a yes-or-no project, or a threshold outside 0 to 1. NotFound: no such run.
    """
    require(actor, Permission.REGISTER_MODELS)
    run = source.trained_run(ws, actor, run_id)
    project = projects.get_project(ws, actor, run.project_id)
    if project.task is not Task.BINARY:
        raise InvalidInput("Only models of yes-or-no projects can be registered and served. This project predicts something else.", field="run_id")  # fmt: skip
    spec = VersionSpec(_clean_name(model_name or project.name), threshold, value_model_id, _clean_note(note), origin)
    champion = champion_of(ws, _model_id(ws, project.id, spec.model_name))
    ref = ChampionRef(champion.run_id, champion.policy, f"v{champion.number}") if champion else None
    report = impact.compute_report(ws, actor, run_id, value_model_id=value_model_id, threshold=threshold, champion=ref)
    detailed = detail_report(ws, actor, report)
    return ws.store.write(lambda tx: _register(ws, tx, actor, run, project, spec, detailed))


def _register(
    ws: Workspace, tx: Transaction, actor: Principal, run: TrainedRun, project: Project, spec: VersionSpec, report: Detailed
) -> ModelVersion:
    model = rows.find_model(tx, project.id, spec.model_name) or _new_model(tx, actor, project.id, spec.model_name)
    twin = rows.same_policy(tx, run.facts.id, report.decides, report.value_model_id)
    if twin is not None:
        raise Conflict("This run is version {number} already, with the same policy and value model. Use that version.", number=twin.number)
    version = ModelVersion(
        new_id(), model.id, model.name, project.id, rows.next_number(tx, model.id), run.facts.id, run.facts.number,
        run.dataset_version_id, run.facts.package_sha256, keep_report(ws, tx, actor, report), report.value_model_id,
        report.threshold, report.currency, report.payoff, report.decides, VersionState.REGISTERED, spec.origin, spec.note, actor.user_id, actor.name, tx.at,
    )  # fmt: skip
    rows.insert_version(tx, version)
    tx.edge(Edge(Node.RUN, version.run_id, Node.MODEL_VERSION, version.id, "packaged_as"))
    tx.edge(Edge(Node.IMPACT_REPORT, version.impact_report_id, Node.MODEL_VERSION, version.id, "promises_for"))
    tx.edge(Edge(Node.MODEL, model.id, Node.MODEL_VERSION, version.id, "has"))
    details = {"model": model.name, "number": version.number, "run": version.run_number, "threshold": version.threshold}
    tx.audit(actor.event("model_version.register", Node.MODEL_VERSION, version.id, project_id=project.id, details=details))
    projects.move_phase(tx, actor, project.id, Phase.EVALUATION, f"{model.name} v{version.number}")
    return version


def _new_model(tx: Transaction, actor: Principal, project_id: str, name: str) -> Model:
    model = Model(new_id(), project_id, name, actor.user_id, actor.name, tx.at)
    rows.insert_model(tx, model)
    tx.edge(Edge(Node.PROJECT, project_id, Node.MODEL, model.id, "has"))
    tx.audit(actor.event("model.create", Node.MODEL, model.id, project_id=project_id, details={"name": name}))
    return model


def _model_id(ws: Workspace, project_id: str, name: str) -> str | None:
    found = [m for m in rows.list_models(ws.store, project_id=project_id, before_id=None, limit=500) if m.name == name]
    return found[0].id if found else None


def get_model(ws: Workspace, actor: Principal, model_id: str) -> Model:
    """One model.

    Raises:
        NotFound: there is none.
    """
    require(actor, Permission.READ_VALUE)
    model = rows.get_model(ws.store, model_id)
    if model is None:
        raise NotFound("model", model_id)
    return model


def list_models(
    ws: Workspace, actor: Principal, *, project_id: str | None = None, before_id: str | None = None, limit: int = 100
) -> list[Model]:
    """Models, newest first."""
    require(actor, Permission.READ_VALUE)
    return rows.list_models(ws.store, project_id=project_id, before_id=before_id, limit=limit)


def get_version(ws: Workspace, actor: Principal, model_version_id: str) -> ModelVersion:
    """One version.

    Raises:
        NotFound: there is none.
    """
    require(actor, Permission.READ_VALUE)
    version = rows.get_version(ws.store, model_version_id)
    if version is None:
        raise NotFound("model version", model_version_id)
    return version


def list_versions(
    ws: Workspace, actor: Principal, *, wanted: VersionFilter | None = None, before_id: str | None = None, limit: int = 100
) -> list[ModelVersion]:
    """Versions, newest first."""
    require(actor, Permission.READ_VALUE)
    return rows.list_versions(ws.store, wanted or VersionFilter(), before_id=before_id, limit=limit)


def retire_version(ws: Workspace, actor: Principal, model_version_id: str, reason: str) -> ModelVersion:
    """Take an approved version out of use for good: it can't be deployed any more.

    Raises:
        Conflict: it isn't approved, or it serves now.
    """
    require(actor, Permission.OPERATE_DEPLOYMENTS)
    version = get_version(ws, actor, model_version_id)
    champion = champion_of(ws, version.model_id)
    if champion is not None and champion.id == version.id and champion.serving:
        raise Conflict("Version {number} is in use. Deploy another version first, then retire this one.", number=version.number)

    def work(tx: Transaction) -> None:
        found = rows.get_version(tx, model_version_id)
        if found is None or found.state is not VersionState.APPROVED:
            raise Conflict("Only an approved version can be retired; this one is {state}.", state=found.state.value if found else "gone")
        rows.set_version_state(tx, model_version_id, VersionState.RETIRED)
        details = {"reason": _clean_note(reason), "number": found.number}
        tx.audit(actor.event("model_version.retire", Node.MODEL_VERSION, found.id, project_id=found.project_id, details=details))

    ws.store.write(work)
    return get_version(ws, actor, model_version_id)


def _clean_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not 1 <= len(cleaned) <= 80:
        raise InvalidInput("'{field}' needs 1 to {most} characters.", field="model_name", most=80)
    return cleaned


def _clean_note(note: str) -> str:
    if len(note.strip()) > NOTE_MAX:
        raise InvalidInput("The note is longer than {most} characters. Shorten it.", field="note", most=NOTE_MAX)
    return note.strip()
