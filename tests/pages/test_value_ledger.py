"""The value ledger's page: nothing yet, the story in both languages, days, contracts, and what was restated."""

# ruff: noqa: F811 - fixtures are imported by name
from __future__ import annotations

from datetime import timedelta

import pytest

from core.identity import Principal
from core.monitoring.restate import restate
from core.registry.model import ModelVersion
from core.serving.model import Deployment
from core.workspace import Workspace
from tests.monitoring.conftest import Gateway, gateway  # noqa: F401
from tests.monitoring.test_value_reading import change, deployment, serve, version  # noqa: F401
from tests.pages.conftest import OpenPage, texts
from tests.serving.conftest import models, packages, world  # noqa: F401
from tests.serving.world import Models


@pytest.fixture
def served(ws: Workspace, gateway: Gateway, deployment: Deployment, version: ModelVersion) -> Deployment:
    serve(ws, gateway, (deployment, version), ws.clock() - timedelta(days=40), [(0.9, 1), (0.8, 0), (0.9, None)])
    return deployment


def test_before_any_deployment_the_page_says_what_it_will_tell(open_page: OpenPage, viewer: Principal) -> None:
    page = open_page("value_ledger", viewer)
    assert not page.exception
    assert "Nothing is deployed yet" in texts(page)


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", ["promised since", "mostly fewer cases", "Outcomes are known for 67% of 3 decisions", "Contract 1 says what", "nobody has signed for the business"]),
        ("ja", ["主に件数の不足", "3件の判断のうち67%", "合意書1で定めています", "事業側の署名はまだありません"]),
    ],
)  # fmt: skip
def test_the_ledger_tells_its_story(served: Deployment, open_page: OpenPage, viewer: Principal, language: str, says: list[str]) -> None:
    page = open_page("value_ledger", viewer, language=language)
    assert not page.exception
    said = texts(page).replace("\\", "")
    for sentence in says:
        assert sentence in said
    assert len(page.metric) == 4
    assert len(page.get("vega_lite_chart")) == 2
    assert "{" not in page.title[0].value


def test_days_can_be_chosen_and_are_tables_too(served: Deployment, open_page: OpenPage, viewer: Principal) -> None:
    page = open_page("value_ledger", viewer, by="day")
    assert not page.exception
    rows, steps = (frame.value for frame in page.dataframe)
    assert len(rows) in {41, 42}
    assert (steps["Step"].iloc[0], steps["Step"].iloc[3], steps["Step"].iloc[-1]) == (
        "Promised for the plan", "Promised for these decisions", "Earned",
    )  # fmt: skip
    amounts = [int(text.replace("¥", "").replace(",", "").replace("−", "-").replace("+", "").replace("±", "")) for text in steps["Amount"]]
    plan, volume, waiting, same, *parts, earned = amounts
    assert (plan + volume + waiting, same + sum(parts)) == (same, earned)  # whole yen, and still they add up


def test_a_loss_is_told_as_one(
    ws: Workspace, gateway: Gateway, deployment: Deployment, version: ModelVersion, open_page: OpenPage, viewer: Principal
) -> None:
    serve(ws, gateway, (deployment, version), ws.clock() - timedelta(days=3), [(0.1, 1)] * 4 + [(0.9, 0)] * 4)
    page = open_page("value_ledger", viewer, deployment=deployment.name)
    assert page.title[0].value.replace("\\", "").startswith(("Cost ¥", "Earned ¥0"))


def test_what_was_restated_stands_beside_the_records(
    ws: Workspace, served: Deployment, models: Models, version: ModelVersion, open_page: OpenPage, viewer: Principal, approver: Principal
) -> None:
    restate(ws, approver, served.id, change(ws, models, version, viewer, -2_500))
    page = open_page("value_ledger", viewer)
    assert not page.exception
    said = texts(page)
    assert "Restated under contract 2" in said
    assert "The records above stay as they are." in said
    assert "Signed by Sato for the business and by Tanaka as approver." in said
