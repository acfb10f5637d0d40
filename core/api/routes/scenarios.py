"""Scenarios: changed assumptions saved by name, and runs valued under each."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from core.api.deps import Actor, Ws
from core.api.detail_bodies import OverrideOut, ResultOut, TableOut
from core.api.page import In, Out
from core.impact import scenario_service as service
from core.impact.scenario_store import SavedScenario
from core.impact.scenarios import Override, Scenario, read_number
from core.impact.sensitivity import Assumption

router = APIRouter(tags=["scenarios"])
ValueModelId = Annotated[str | None, Query(max_length=64, description="A version of the value model; empty: the newest.")]


class OverrideBody(In):
    """One changed assumption; with `relative` a multiple of what the value model says."""

    assumption: Assumption
    value: Annotated[str | int | float, Field(description="A decimal number; text keeps every digit.")]
    relative: bool = False


class ScenarioBody(In):
    """A named set of changed assumptions."""

    name: str = Field(max_length=200)
    overrides: list[OverrideBody] = Field(max_length=20)

    def scenario(self) -> Scenario:
        """As the domain takes it."""
        return Scenario(
            self.name, tuple(Override(o.assumption, read_number(o.value, f"overrides.{o.assumption}"), o.relative) for o in self.overrides)
        )


class ScenarioOut(Out):
    """A saved scenario."""

    id: str
    project_id: str
    name: str
    overrides: list[OverrideOut]
    updated_by: str
    updated_by_name: str
    created_at: datetime
    updated_at: datetime


def _out(saved: SavedScenario) -> ScenarioOut:
    overrides = [OverrideOut.model_validate(o) for o in saved.scenario.overrides]
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
    return _out(service.save_scenario(ws, actor, project_id, body.scenario()))


@router.put("/projects/{project_id}/scenarios/{scenario_id}")
def replace_scenario(ws: Ws, actor: Actor, project_id: str, scenario_id: str, body: ScenarioBody) -> ScenarioOut:
    """Change a scenario's name and assumptions."""
    return _out(service.save_scenario(ws, actor, project_id, body.scenario(), scenario_id=scenario_id))


@router.delete("/projects/{project_id}/scenarios/{scenario_id}", status_code=204)
def delete_scenario(ws: Ws, actor: Actor, project_id: str, scenario_id: str) -> None:
    """Remove a scenario."""
    service.delete_scenario(ws, actor, project_id, scenario_id)


@router.get("/runs/{run_id}/scenarios")
def evaluate_scenarios(ws: Ws, actor: Actor, run_id: str, value_model_id: ValueModelId = None) -> TableOut:
    """A run under its project's value model and each of its scenarios."""
    return TableOut.model_validate(service.evaluate_scenarios(ws, actor, run_id, value_model_id))


@router.post("/runs/{run_id}/scenarios/try")
def try_scenario(ws: Ws, actor: Actor, run_id: str, body: ScenarioBody, value_model_id: ValueModelId = None) -> ResultOut:
    """A run under a scenario that isn't saved."""
    return ResultOut.model_validate(service.try_scenario(ws, actor, run_id, body.scenario(), value_model_id))
