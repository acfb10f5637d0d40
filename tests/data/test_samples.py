"""The samples that ship: there, documented, declared, and what their datasheets say of them."""

from __future__ import annotations

import pandas as pd
import pytest

from core.data import samples
from core.data.frames import read_frame
from core.data.service import list_datasets
from core.errors import NotFound
from core.identity import Principal
from core.project.model import Task
from core.project.service import list_projects
from core.workspace import Workspace

KEYS = [sample.key for sample in samples.list_samples()]


@pytest.mark.parametrize("key", KEYS)
def test_a_sample_starts_a_project_and_is_ready_to_train(ws: Workspace, scientist: Principal, key: str) -> None:
    sample = samples.get_sample(key)
    version = samples.start_sample_project(ws, scientist, key)
    (project,) = list_projects(ws, scientist)
    assert (version.rows, version.roles, project.is_sample) == (sample.rows, sample.roles, True)
    assert project.task is sample.project.task
    assert (project.task is Task.BINARY) == (version.roles.positive is not None)
    assert len(version.features) >= 3
    again = samples.start_sample_project(ws, scientist, key)
    assert again.id == version.id
    assert len(list_datasets(ws, scientist)) == 1


@pytest.mark.parametrize("key", KEYS)
def test_a_sample_has_a_datasheet_with_its_source(key: str) -> None:
    sheet = samples.get_sample(key).datasheet
    assert "**Source**" in sheet
    assert "from memory" in sheet


def test_a_sample_speaks_japanese(ws: Workspace, scientist: Principal) -> None:
    samples.start_sample_project(ws, scientist, "telco_churn_ibm", "ja")
    (project,) = list_projects(ws, scientist)
    assert (project.name, project.nouns.case_many) == ("顧客の解約防止", "顧客")


def test_bank_marketing_is_in_time_order_and_drifts_as_its_datasheet_says(ws: Workspace, scientist: Principal) -> None:
    version = samples.start_sample_project(ws, scientist, "bank_marketing")
    frame = read_frame(ws.artifacts.path(version.sha256), ["contacted_on", "y"])
    assert frame["contacted_on"].is_monotonic_increasing or frame["contacted_on"].dt.to_period("M").is_monotonic_increasing
    rates = (frame["y"] == "yes").groupby(frame["contacted_on"].dt.year).mean()
    assert rates.round(3).to_dict() == {2008: 0.051, 2009: 0.171, 2010: 0.516}


def test_german_credit_carries_the_official_cost_matrix() -> None:
    value = samples.get_sample("german_credit").project.value
    assert value is not None
    assert value.payoff.fn == 5 * value.payoff.fp


def test_telco_knows_its_gaps(ws: Workspace, scientist: Principal) -> None:
    version = samples.start_sample_project(ws, scientist, "telco_churn_ibm")
    frame = read_frame(ws.artifacts.path(version.sha256), ["tenure", "total_charges"])
    assert frame.loc[frame["tenure"] == 0, "total_charges"].isna().sum() == 11 == frame["total_charges"].isna().sum()
    assert pd.api.types.is_float_dtype(frame["total_charges"])


def test_an_unknown_sample_is_said_so() -> None:
    with pytest.raises(NotFound):
        samples.get_sample("nothing")
