"""What people do with scenarios of classes and forecasts: see a run valued under each, start from the usual two, propose one for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from core.errors import InvalidInput
from core.identity import Permission, Principal, require
from core.impact import scenario_store as rows
from core.impact.plan_table import PlanTable
from core.impact.remembered import Remembered
from core.impact.task_proposing import Moved
from core.impact.task_report import TaskReport
from core.impact.task_scenarios import (
    DIGITS,
    TaskChange,
    TaskOverride,
    TaskScenario,
    TaskScenarioResult,
    TaskScenarioTable,
    TaskTrial,
    apply_task_scenario,
    usual_task_scenarios,
)
from core.impact.task_value import task_slices, value_task_run
from core.impact.value_saving import propose_value_model
from core.project import service as projects
from core.project.proposal import Proposal
from core.words import Words
from core.workspace import Workspace

MOST_KEPT = 200
_results: Remembered[TaskScenarioResult] = Remembered(most=MOST_KEPT)


def evaluate_task_scenarios(ws: Workspace, actor: Principal, report: TaskReport) -> TaskScenarioTable:
    """A run under its report's value model and each of its project's scenarios, in full."""
    require(actor, Permission.READ_VALUE)
    saved = (s.scenario for s in rows.list_scenarios(ws.store, report.project_id))
    return _table(ws, report, [scenario for scenario in saved if isinstance(scenario, TaskScenario)])


def task_scenarios_of(ws: Workspace, actor: Principal, report: TaskReport) -> TaskScenarioTable | None:
    """A report's scenarios: those that were frozen with it, else as they are saved now; None where it was frozen without."""
    require(actor, Permission.READ_VALUE)
    return evaluate_task_scenarios(ws, actor, report) if report.details is None else report.details.scenarios


def usual_scenarios_of(words: Words, report: TaskReport) -> tuple[TaskScenario, ...]:
    """A pessimistic and an optimistic scenario to start from; none where nothing moves the gain."""
    return usual_task_scenarios(report.value_model, report.findings.tornado, words.t("Pessimistic"), words.t("Optimistic"))


def evaluate_usual(ws: Workspace, actor: Principal, words: Words, report: TaskReport) -> TaskScenarioTable:
    """A run under the two scenarios to start from, in the reader's language."""
    require(actor, Permission.READ_VALUE)
    return replace(_table(ws, report, usual_scenarios_of(words, report)), is_usual=True)


def try_task_scenario(ws: Workspace, actor: Principal, report: TaskReport, scenario: TaskScenario) -> TaskScenarioResult:
    """A run under a scenario that isn't saved.

    Raises:
        InvalidInput: it changes what the value model doesn't have, or to what can't be.
    """
    require(actor, Permission.READ_VALUE)
    return _Lazy(ws, report).evaluate(scenario)


def propose_task_scenario(ws: Workspace, actor: Principal, run_id: str, scenario: TaskScenario, note: str) -> Proposal:
    """Propose the newest value model of a run's project with a scenario's assumptions, for good.

    Args:
        scenario: its name is not kept. note: why; whoever decides reads it.

    Raises:
        InvalidInput: a value can't be, nothing differs, or no note. Conflict: ten proposals wait already. NotFound: no such run.
    """
    require(actor, Permission.PROPOSE_VALUE)
    value = value_task_run(ws, actor, run_id).value_model
    spec = replace(projects.as_spec(apply_task_scenario(value, scenario)), note=note)
    return propose_value_model(ws, actor, value.project_id, spec)


def scenario_of_moved(name: str, moved: Moved, table: PlanTable | None = None) -> TaskScenario:
    """A scenario of all that a reader moved on the what-if card.

    Args:
        table: of a forecast; a cost that is a formula there is kept as a multiple of it.

    Raises:
        InvalidInput: nothing was moved, or the name can't be.
    """
    by_row = table.by_row if table else (False, False)
    overrides = [
        TaskOverride(change, Decimal(repr(round(value, DIGITS))), relative)
        for change, value, relative in (
            (TaskChange.CASES, moved.cases, False), (TaskChange.UNDER, moved.under, by_row[0]), (TaskChange.OVER, moved.over, by_row[1]),
        )
        if value is not None
    ]  # fmt: skip
    if moved.pair is not None and moved.payoff is not None:
        overrides.append(TaskOverride(TaskChange.PAYOFF, Decimal(repr(round(moved.payoff, DIGITS))), False, *moved.pair))
    if not overrides:
        raise InvalidInput("A scenario needs at least one changed assumption.", field="overrides")
    return TaskScenario(" ".join(name.split()), tuple(overrides))


def _table(ws: Workspace, report: TaskReport, scenarios: Sequence[TaskScenario]) -> TaskScenarioTable:
    trial = _Lazy(ws, report)
    results, unfit = [trial.evaluate(None)], []
    for scenario in scenarios:
        try:
            results.append(trial.evaluate(scenario))
        except InvalidInput:  # saved under another version, which had what it changes
            unfit.append(scenario.name)
    value = report.value_model
    return TaskScenarioTable(value.id, value.version, value.currency, tuple(results), tuple(unfit))


class _Lazy:
    """A run's trial, whose rows are read only where a result isn't remembered."""

    def __init__(self, ws: Workspace, report: TaskReport) -> None:
        self._ws, self._report = ws, report
        self._trial: TaskTrial | None = None

    def evaluate(self, scenario: TaskScenario | None) -> TaskScenarioResult:
        report, source = self._report, self._report.provenance
        key = (report.run_id, source.scores_sha256, source.seed, report.value_model, scenario, str(self._ws.settings.home))

        def compute() -> TaskScenarioResult:
            self._trial = self._trial or TaskTrial(
                report.value_model, lambda value: task_slices(self._ws, replace(report, value_model=value)), source.seed
            )
            return self._trial.evaluate(scenario)

        return _results.get(key, compute)
