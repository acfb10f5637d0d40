"""What people do with scenarios: save them by name, see a run valued under each, propose one for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.errors import Conflict, DuplicateName, InvalidInput, NotFound
from core.identity import Permission, Principal, require
from core.impact import scenario_store as rows
from core.impact.assemble import seed_of
from core.impact.report import ImpactReport, ThresholdSource
from core.impact.scenario_store import AnyScenario, SavedScenario
from core.impact.scenarios import Scenario, ScenarioResult, ScenarioTable, Slices, Trial, apply_scenario, ranges_of
from core.impact.scores import read_scores
from core.impact.source import FinishedRun, runs, scores_path
from core.impact.task_scenarios import TaskScenario, apply_task_scenario
from core.impact.value_saving import propose_value_model
from core.impact.valued import ruled_rows, valued_slice
from core.project import service as projects
from core.project.model import Task
from core.project.proposal import Proposal
from core.project.value_model import ValueModel
from core.store import Transaction, new_id
from core.store.lineage import Node
from core.workspace import Workspace

MOST_SCENARIOS = 20
HALF = 0.5


def save_scenario(
    ws: Workspace, actor: Principal, project_id: str, scenario: AnyScenario, *, scenario_id: str | None = None
) -> SavedScenario:
    """Save a scenario under its name.

    Args:
        scenario_id: the one to change; None makes a new one.

    Raises:
        DuplicateName: another scenario of the project has that name. NotFound: no such scenario. InvalidInput: it doesn't fit
            the newest value model. Conflict: the project has twenty already.
    """
    require(actor, Permission.EDIT_PROJECTS)
    project = projects.get_project(ws, actor, project_id)
    named = replace(scenario, name=" ".join(scenario.name.split()))
    _check(project.task, projects.list_value_models(ws, actor, project.id), named)
    before = _find(ws, project.id, scenario_id) if scenario_id else None

    def work(tx: Transaction) -> SavedScenario:
        same = rows.find_named(tx, project.id, named.name)
        if same is not None and same != scenario_id:
            raise DuplicateName("scenario", named.name)
        if before is None and rows.count_scenarios(tx, project.id) >= MOST_SCENARIOS:
            raise Conflict("A project keeps at most {most} scenarios. Delete one first.", most=MOST_SCENARIOS)
        made = before.created_at if before else tx.at
        saved = SavedScenario(before.id if before else new_id(), project.id, named, actor.user_id, actor.name, made, tx.at)
        (rows.update_scenario if before else rows.insert_scenario)(tx, saved)
        details = {"name": named.name, "overrides": rows.overrides_to_json(named)}
        verb = "scenario.update" if before else "scenario.create"
        tx.audit(actor.event(verb, Node.SCENARIO, saved.id, project_id=project.id, details=details))
        return saved

    return ws.store.write(work)


def _check(task: Task, versions: Sequence[ValueModel], scenario: AnyScenario) -> None:
    if isinstance(scenario, Scenario) is not (task is Task.BINARY):
        raise InvalidInput(
            "This scenario changes assumptions of another kind of prediction than the project's. Name those of the project.",
            field="overrides",
        )
    if not scenario.overrides:
        raise InvalidInput("A scenario needs at least one changed assumption.", field="overrides")
    if not versions:
        raise InvalidInput("This project has no value model yet. Add one on its page, then look again.", field="value_model_id")
    if isinstance(scenario, TaskScenario):
        apply_task_scenario(versions[0], scenario)
    else:
        apply_scenario(versions[0], scenario, HALF)


def delete_scenario(ws: Workspace, actor: Principal, project_id: str, scenario_id: str) -> None:
    """Remove a scenario; reports that were frozen keep what they say of it.

    Raises:
        NotFound: no such scenario.
    """
    require(actor, Permission.EDIT_PROJECTS)
    saved = _find(ws, projects.get_project(ws, actor, project_id).id, scenario_id)

    def work(tx: Transaction) -> None:
        rows.delete_scenario(tx, saved.id)
        tx.audit(actor.event("scenario.delete", Node.SCENARIO, saved.id, project_id=saved.project_id, details={"name": saved.name}))

    ws.store.write(work)


def _find(ws: Workspace, project_id: str, scenario_id: str) -> SavedScenario:
    found = rows.get_scenario(ws.store, project_id, scenario_id)
    if found is None:
        raise NotFound("scenario", scenario_id)
    return found


def list_scenarios(ws: Workspace, actor: Principal, project_id: str) -> list[SavedScenario]:
    """A project's scenarios, in the order in which they were made."""
    require(actor, Permission.READ_VALUE)
    return rows.list_scenarios(ws.store, projects.get_project(ws, actor, project_id).id)


def evaluate_scenarios(
    ws: Workspace, actor: Principal, run_id: str, value_model_id: str | None = None, *, threshold: float | None = None
) -> ScenarioTable:
    """A run under its project's value model and each of its scenarios, in full.

    Args:
        value_model_id: a version of the project's value model; None takes the newest.
        threshold: the reader's own, 0 to 1; None decides by the recommended policy.
    """
    require(actor, Permission.READ_VALUE)
    value, trial = _trial(ws, actor, run_id, value_model_id, threshold)
    saved = [s.scenario for s in rows.list_scenarios(ws.store, value.project_id) if isinstance(s.scenario, Scenario)]
    results, unfit = [trial.evaluate(None)], []
    for scenario in saved:
        try:
            results.append(trial.evaluate(scenario))
        except InvalidInput:  # saved under another version, which had what it changes
            unfit.append(scenario.name)
    ranges = ranges_of([s for s in saved if s.name not in unfit], value, trial.prevalence)
    return ScenarioTable(value.id, value.version, value.currency, tuple(results), trial.tornado(ranges), tuple(unfit))


def scenarios_of(ws: Workspace, actor: Principal, report: ImpactReport) -> ScenarioTable:
    """A report's scenarios: those that were frozen with it, else as they are saved now."""
    require(actor, Permission.READ_VALUE)
    if report.details is not None:
        return report.details.scenarios
    threshold = report.threshold if report.threshold_source is ThresholdSource.READER else None
    return evaluate_scenarios(ws, actor, report.run_id, report.value_model_id, threshold=threshold)


def try_scenario(ws: Workspace, actor: Principal, run_id: str, scenario: Scenario, value_model_id: str | None = None) -> ScenarioResult:
    """A run under a scenario that isn't saved."""
    require(actor, Permission.READ_VALUE)
    return _trial(ws, actor, run_id, value_model_id)[1].evaluate(scenario)


def propose_scenario(ws: Workspace, actor: Principal, run_id: str, scenario: Scenario, note: str) -> Proposal:
    """Propose the newest value model of a run's project with a scenario's assumptions, for good.

    Args:
        scenario: its name is not kept. note: why; whoever decides reads it.

    Raises:
        InvalidInput: a value can't be, nothing differs, or no note. Conflict: ten proposals wait already. NotFound: no such run.
    """
    require(actor, Permission.PROPOSE_VALUE)
    value, trial = _trial(ws, actor, run_id, None)
    spec = replace(projects.as_spec(apply_scenario(value, scenario, trial.prevalence)), note=note)
    return propose_value_model(ws, actor, value.project_id, spec)


def _trial(
    ws: Workspace, actor: Principal, run_id: str, value_model_id: str | None, threshold: float | None = None
) -> tuple[ValueModel, Trial]:
    run = runs().find(ws, run_id)
    value = _value_model(ws, actor, run.project_id, value_model_id)
    return value, open_trial(ws, run, value, threshold)


def open_trial(ws: Workspace, run: FinishedRun, value: ValueModel, threshold: float | None = None) -> Trial:
    """A run to try assumptions on.

    Args:
        value: the value model that they change; it needs not be saved. threshold: the reader's own, see `Trial`.

    Raises:
        InvalidInput: a formula can't be worked out on the run's rows.
    """
    scores = read_scores(scores_path(ws, run))

    def prepare(changed: ValueModel) -> Slices:
        return Slices(valued_slice(ws, run, changed, scores.validation), valued_slice(ws, run, changed, scores.test))

    return Trial(value, prepare, ruled_rows(ws, run, value, scores), seed_of(run.scores_sha256), threshold)


def _value_model(ws: Workspace, actor: Principal, project_id: str, value_model_id: str | None) -> ValueModel:
    versions = projects.list_value_models(ws, actor, project_id)
    found = next((v for v in versions if value_model_id in {None, v.id}), None)
    if found is None and value_model_id is not None:
        raise NotFound("value model", value_model_id)
    if found is None:
        raise InvalidInput("This project has no value model yet. Add one on its page, then look again.", field="value_model_id")
    return found
