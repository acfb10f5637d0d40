"""What people and other steps ask of impact: compute, freeze, read and compare reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import InvalidInput, NotFound
from core.identity import Permission, Principal, require
from core.impact import store as rows
from core.impact.amounts import Amount, amount_of
from core.impact.assemble import Champion, Rows, Subject, build_report, seed_of
from core.impact.choosing import Sample, bounds_of, steady_threshold
from core.impact.comparison import Comparison, compare_pair
from core.impact.decision import DecisionPolicy
from core.impact.payoff import decide
from core.impact.remembered import Remembered
from core.impact.report import ImpactReport, report_from_json
from core.impact.scores import read_scores
from core.impact.source import FinishedRun, runs, scores_path
from core.impact.store import FrozenReport
from core.impact.valued import paired, ruled_rows, valued_rows
from core.project import service as projects
from core.project import store as project_rows
from core.project.model import Project, Task
from core.project.value_model import ValueModel
from core.training.service import finished
from core.workspace import Workspace

MOST_COMPARED = 8


@dataclass(frozen=True, slots=True)
class ChampionRef:
    """The model in use: its run, its policy, and what people call it."""

    run_id: str
    policy: DecisionPolicy
    name: str


@dataclass(frozen=True, slots=True)
class ModelValue:
    """A leaderboard model in money: threshold chosen on validation, value a period on test."""

    model: str
    threshold: float
    value: Amount
    currency: str


_reports: Remembered[ImpactReport] = Remembered()


def compute_report(
    ws: Workspace,
    actor: Principal,
    run_id: str,
    *,
    value_model_id: str | None = None,
    threshold: float | None = None,
    champion: ChampionRef | None = None,
) -> ImpactReport:
    """A run's impact under a value model; computed once for the same content.

    Args:
        value_model_id: a version of the project's value model; None takes the newest.
        threshold: the reader's own, 0 to 1; None chooses the most valuable on validation data.
        champion: the model in use, to compare with where its test rows are the same.

    Raises:
        NotFound: no such run or value model. Conflict: the run hasn't finished. InvalidInput: the project has no value
            model, or the value model belongs to another project.
    """
    require(actor, Permission.READ_VALUE)
    run = runs().find(ws, run_id)
    value = _value_model(ws, run.project_id, value_model_id)
    project = projects.get_project(ws, actor, run.project_id)
    key = (run.id, run.scores_sha256, value.id, threshold, champion, project.nouns, str(ws.settings.home))
    subject = Subject(project.id, run.id, run.number, run.dataset_version_id, run.model_name, project.nouns, run.scores_sha256)

    def compute() -> ImpactReport:
        rows_ = valued_rows(ws, run, value)
        rule, other = ruled_rows(ws, run, value, rows_.scores), _champion(ws, run, rows_, champion)
        return build_report(subject, rows_, value, rule=rule, champion=other, threshold=threshold, now=ws.clock())

    return _reports.get(key, compute)


def _value_model(ws: Workspace, project_id: str, value_model_id: str | None) -> ValueModel:
    if value_model_id is None:
        versions = project_rows.list_value_models(ws.store, project_id)
        if not versions:
            raise InvalidInput("This project has no value model yet. Add one on its page, then look again.", field="value_model_id")
        return versions[0]
    found = project_rows.get_value_model(ws.store, value_model_id)
    if found is None:
        raise NotFound("value model", value_model_id)
    if found.project_id != project_id:
        raise InvalidInput("That value model belongs to another project. Choose one of this project's.", field="value_model_id")
    return found


def _champion(ws: Workspace, run: FinishedRun, ours: Rows, ref: ChampionRef | None) -> Champion | None:
    """The champion's decisions on this run's test rows; None where it can't have left exactly these rows out of its training."""
    if ref is None or ref.run_id == run.id:
        return None
    other = runs().find(ws, ref.run_id)
    if other.dataset_version_id != run.dataset_version_id:
        return None
    test = read_scores(scores_path(ws, other)).test
    orders = paired(ours.scores.test.rows, test.rows)
    if orders is None:
        return None
    by_row = np.empty(test.rows.size, dtype=np.float64)
    by_row[orders[0]] = test.score[orders[1]]
    return Champion(ref.name, Sample(ours.test.book, by_row, ours.test.cost).decide(ref.policy))


def find_frozen(ws: Workspace, actor: Principal, report_id: str) -> FrozenReport:
    """A frozen report's key figures.

    Raises:
        NotFound: no such report.
    """
    require(actor, Permission.READ_VALUE)
    frozen = rows.get_report(ws.store, report_id)
    if frozen is None:
        raise NotFound("impact report", report_id)
    return frozen


def get_report(ws: Workspace, actor: Principal, report_id: str) -> ImpactReport:
    """A frozen report, whole.

    Raises:
        NotFound: no such report. Corrupt: its artifact has changed. InvalidInput: it isn't one of yes-or-no decisions.
    """
    frozen = find_frozen(ws, actor, report_id)
    if frozen.task is not Task.BINARY:
        raise InvalidInput("This impact report is not one of yes-or-no decisions. Read it at /impact-reports.", field="report_id")
    ws.artifacts.verify(frozen.sha256)
    return report_from_json(ws.artifacts.path(frozen.sha256).read_bytes())


def list_frozen(
    ws: Workspace, actor: Principal, *, project_id: str | None = None, before_id: str | None = None, limit: int = 50
) -> list[FrozenReport]:
    """Frozen reports, newest first."""
    require(actor, Permission.READ_VALUE)
    return rows.list_reports(ws.store, project_id=project_id, before_id=before_id, limit=limit)


def list_valued_runs(ws: Workspace, actor: Principal, project_id: str, limit: int = 20) -> list[FinishedRun]:
    """Finished runs of a project that can be valued, newest first."""
    require(actor, Permission.READ_VALUE)
    return runs().newest(ws, project_id, limit)


def project_of_run(ws: Workspace, actor: Principal, run_id: str) -> str:
    """Which project a finished run belongs to.

    Raises:
        NotFound: no such run. Conflict: it hasn't finished well.
    """
    require(actor, Permission.READ_VALUE)
    return finished(ws, run_id).project_id


@dataclass(frozen=True, slots=True)
class ProjectReport:
    """A project's newest report; `report_id` is None where it was computed now and not kept."""

    project: Project
    report: ImpactReport
    report_id: str | None


def find_latest(ws: Workspace, actor: Principal, project_id: str) -> ProjectReport | None:
    """The report that a project's readers want: the newest frozen one, else that of the newest finished run.

    Returns:
        None where nothing has been trained yet.
    """
    require(actor, Permission.READ_VALUE)
    project = projects.get_project(ws, actor, project_id)
    if project.task is not Task.BINARY:
        return None
    frozen = rows.list_reports(ws.store, project_id=project.id, before_id=None, limit=1)
    if frozen:
        return ProjectReport(project, get_report(ws, actor, frozen[0].id), frozen[0].id)
    newest = runs().newest(ws, project.id, 1)
    return ProjectReport(project, compute_report(ws, actor, newest[0].id), None) if newest else None


def list_latest(ws: Workspace, actor: Principal, limit: int = 50) -> list[ProjectReport]:
    """The newest report of each project that has one, newest project first."""
    require(actor, Permission.READ_VALUE)
    found = (find_latest(ws, actor, project.id) for project in projects.list_projects(ws, actor, limit=limit))
    return [report for report in found if report is not None]


def chosen_runs(run_ids: Sequence[str]) -> list[str]:
    """Runs to hold against each other, each once.

    Raises:
        InvalidInput: fewer than two, or more than eight.
    """
    wanted = list(dict.fromkeys(run_ids))
    if not 2 <= len(wanted) <= MOST_COMPARED:
        raise InvalidInput("Choose 2 to {most} runs to compare.", field="runs", most=MOST_COMPARED)
    return wanted


def compare_reports(ws: Workspace, actor: Principal, run_ids: Sequence[str]) -> Comparison:
    """Runs beside each other under the newest value model, and each one's paired difference from the most valuable.

    Raises:
        InvalidInput: fewer than two runs, or more than eight.
    """
    require(actor, Permission.READ_VALUE)
    wanted = chosen_runs(run_ids)
    reports = sorted((compute_report(ws, actor, run_id) for run_id in wanted), key=lambda r: -r.value.value)
    valued = [_valued(ws, report) for report in reports]
    pairs = [compare_pair(reports[0], valued[0], r, other) for r, other in zip(reports[1:], valued[1:], strict=True)]
    return Comparison(tuple(reports), tuple(pairs))


def _valued(ws: Workspace, report: ImpactReport) -> Rows:
    return valued_rows(ws, runs().find(ws, report.run_id), _value_model(ws, report.project_id, report.value_model_id))


def list_model_values(ws: Workspace, actor: Principal, run_id: str, value_model_id: str | None = None) -> tuple[ModelValue, ...]:
    """A run's leaderboard in money, the most valuable first."""
    require(actor, Permission.READ_VALUE)
    run = runs().find(ws, run_id)
    value = _value_model(ws, run.project_id, value_model_id)
    return value_models(valued_rows(ws, run, value, models=True), value, seed_of(run.scores_sha256))


def value_models(rows_: Rows, value: ValueModel, seed: int) -> tuple[ModelValue, ...]:
    """Value each leaderboard model by one threshold: chosen on validation, valued on test, the most valuable first."""
    found = []
    for name, validation in rows_.scores.validation.models.items():
        threshold = steady_threshold(Sample(rows_.validation.book, validation, rows_.validation.cost), bounds_of(value))
        interval = rows_.test.book.value(decide(rows_.scores.test.models[name], threshold), seed)
        found.append(ModelValue(name, threshold, amount_of(interval, value.cases_per_period), value.currency))
    return tuple(sorted(found, key=lambda m: -m.value.value))
