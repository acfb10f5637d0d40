"""Scenarios: changed assumptions saved by name, and runs valued under each."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from core.api.deps import Actor, Ws
from core.api.detail_bodies import OverrideOut, ResultOut, TableOut
from core.api.page import In, Out
from core.api.task_bodies import TaskOverrideOut, TaskResultOut, TaskTableOut
from core.errors import InvalidInput
from core.impact import scenario_service as service
from core.impact import task_scenario_service as of_tasks
from core.impact.scenario_store import AnyScenario, SavedScenario
from core.impact.scenarios import Override, Scenario, read_number
from core.impact.sensitivity import Assumption
from core.impact.source import runs
from core.impact.task_scenarios import TaskChange, TaskOverride, TaskScenario
from core.impact.task_value import value_task_run
from core.project.model import Task
from core.project.service import get_project
from core.words import Words

router = APIRouter(tags=["scenarios"])
ValueModelId = Annotated[str | None, Query(max_length=64, description="A version of the value model; empty: the newest.")]
Tongue = Annotated[Literal["en", "ja"] | None, Query(description="Of the names; empty: the caller's language.")]


class OverrideBody(In):
    """One changed assumption; with `relative` a multiple of what the value model says.

    Yes-or-no projects, and those of classes and forecasts, each have assumptions of their own; `truth` and `decided` name the classes
    of a changed `payoff`.
    """

    assumption: Assumption | TaskChange
    value: Annotated[str | int | float, Field(description="A decimal number; text keeps every digit.")]
    relative: bool = False
    truth: Annotated[str, Field(max_length=200)] = ""
    decided: Annotated[str, Field(max_length=200)] = ""

    def override(self) -> Override:
        """Of a yes-or-no project."""
        if self.assumption.value not in set(Assumption) or self.truth or self.decided:
            raise _foreign(self, ", ".join(Assumption))
        return Override(Assumption(self.assumption.value), self._number(), self.relative)

    def task_override(self) -> TaskOverride:
        """Of a project of classes or forecasts."""
        if self.assumption.value not in set(TaskChange):
            raise _foreign(self, ", ".join(TaskChange))
        return TaskOverride(TaskChange(self.assumption.value), self._number(), self.relative, self.truth, self.decided)

    def _number(self) -> Decimal:
        return read_number(self.value, f"overrides.{self.assumption}")


def _foreign(body: OverrideBody, known: str) -> InvalidInput:
    field = f"overrides.{body.assumption}"
    return InvalidInput("This project's scenarios don't change '{name}' in that way. They change: {known}.", field=field, name=body.assumption.value, known=known)  # fmt: skip


class ScenarioBody(In):
    """A named set of changed assumptions."""

    name: str = Field(max_length=200)
    overrides: list[OverrideBody] = Field(max_length=20)

    def scenario(self) -> Scenario:
        """As yes-or-no projects take it."""
        return Scenario(self.name, tuple(o.override() for o in self.overrides))

    def task_scenario(self) -> TaskScenario:
        """As projects of classes and forecasts take it."""
        return TaskScenario(self.name, tuple(o.task_override() for o in self.overrides))

    def scenario_for(self, task: Task) -> AnyScenario:
        """As a project takes it."""
        return self.scenario() if task is Task.BINARY else self.task_scenario()


class ScenarioOut(Out):
    """A saved scenario."""

    id: str
    project_id: str
    name: str
    overrides: list[OverrideOut] | list[TaskOverrideOut]
    updated_by: str
    updated_by_name: str
    created_at: datetime
    updated_at: datetime


def _overrides(scenario: AnyScenario) -> list[OverrideOut] | list[TaskOverrideOut]:
    if isinstance(scenario, TaskScenario):
        return [TaskOverrideOut.model_validate(o) for o in scenario.overrides]
    return [OverrideOut.model_validate(o) for o in scenario.overrides]


def _out(saved: SavedScenario) -> ScenarioOut:
    overrides = _overrides(saved.scenario)
    return ScenarioOut(
        id=saved.id, project_id=saved.project_id, name=saved.name, overrides=overrides, updated_by=saved.updated_by,
        updated_by_name=saved.updated_by_name, created_at=saved.created_at, updated_at=saved.updated_at,
    )  # fmt: skip


@router.get("/projects/{project_id}/scenarios")
def list_scenarios(ws: Ws, actor: Actor, project_id: str) -> list[ScenarioOut]:
    """A project's scenarios, in the order in which they were made."""
    return [_out(saved) for saved in service.list_scenarios(ws, actor, project_id)]


@router.post("/projects/{project_id}/scenarios", status_code=201)
def create_scenario(ws: Ws, actor: Actor, project_id: str, body: ScenarioBody) -> ScenarioOut:
    """Save a new scenario."""
    return _out(service.save_scenario(ws, actor, project_id, body.scenario_for(get_project(ws, actor, project_id).task)))


@router.put("/projects/{project_id}/scenarios/{scenario_id}")
def replace_scenario(ws: Ws, actor: Actor, project_id: str, scenario_id: str, body: ScenarioBody) -> ScenarioOut:
    """Change a scenario's name and assumptions."""
    return _out(
        service.save_scenario(ws, actor, project_id, body.scenario_for(get_project(ws, actor, project_id).task), scenario_id=scenario_id)
    )


@router.delete("/projects/{project_id}/scenarios/{scenario_id}", status_code=204)
def delete_scenario(ws: Ws, actor: Actor, project_id: str, scenario_id: str) -> None:
    """Remove a scenario."""
    service.delete_scenario(ws, actor, project_id, scenario_id)


@router.get("/runs/{run_id}/scenarios")
def evaluate_scenarios(ws: Ws, actor: Actor, run_id: str, value_model_id: ValueModelId = None) -> TableOut | TaskTableOut:
    """A run under its project's value model and each of its scenarios."""
    if runs().task(ws, run_id) is Task.BINARY:
        return TableOut.model_validate(service.evaluate_scenarios(ws, actor, run_id, value_model_id))
    report = value_task_run(ws, actor, run_id, value_model_id)
    return TaskTableOut.model_validate(of_tasks.evaluate_task_scenarios(ws, actor, report))


@router.get("/runs/{run_id}/scenarios/usual")
def evaluate_usual(ws: Ws, actor: Actor, run_id: str, value_model_id: ValueModelId = None, language: Tongue = None) -> TaskTableOut:
    """A run of classes or a forecast under a pessimistic and an optimistic scenario to start from, which needn't be saved."""
    report = value_task_run(ws, actor, run_id, value_model_id)
    words = Words("ja" if (language or actor.language) == "ja" else "en")
    return TaskTableOut.model_validate(of_tasks.evaluate_usual(ws, actor, words, report))


@router.post("/runs/{run_id}/scenarios/try")
def try_scenario(
    ws: Ws, actor: Actor, run_id: str, body: ScenarioBody, value_model_id: ValueModelId = None
) -> ResultOut | TaskResultOut:  # fmt: skip
    """A run under a scenario that isn't saved."""
    if runs().task(ws, run_id) is Task.BINARY:
        return ResultOut.model_validate(service.try_scenario(ws, actor, run_id, body.scenario(), value_model_id))
    report = value_task_run(ws, actor, run_id, value_model_id)
    return TaskResultOut.model_validate(of_tasks.try_task_scenario(ws, actor, report, body.task_scenario()))
