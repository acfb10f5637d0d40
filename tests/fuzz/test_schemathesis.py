"""Whatever fits or nearly fits the OpenAPI, as each role and as nobody: no fault of ours, and nothing of our inside in an answer."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from core.api.app import create_api
from core.identity import Role
from tests.fuzz.conftest import World
from tests.serving.site import KEY, Running

CALLERS = ("nobody", *(role.value for role in Role))
INSIDE = re.compile(
    r'Traceback \(most recent|File "/|site-packages|duckdb\.|\bSELECT\b.+\bFROM\b|INSERT INTO|Binder Error|Parser Error|Constraint Error'
)
PORTAL_QUICK, PORTAL_SLOW = 80, 900
GATEWAY_QUICK, GATEWAY_SLOW = 50, 250


def odd(examples: int, *, random: bool) -> Callable[[Callable[..., None]], Callable[..., None]]:
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    return settings(
        max_examples=examples, deadline=None, suppress_health_check=checks, database=None, derandomize=not random,
        phases=(Phase.generate,), report_multiple_bugs=True,
    )  # fmt: skip


def cases(schema: Any) -> st.SearchStrategy[Case]:
    """Requests to any operation, those that fit and those that don't."""
    operations = [found.ok() for found in schema.get_all_operations()]
    modes = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    return st.sampled_from(operations).flatmap(lambda one: modes.flatmap(lambda mode: one.as_strategy(generation_mode=mode)))


def with_real_ids(case: Case, ids: tuple[str, ...], choice: int) -> None:
    """Ask about a thing that exists in most requests; random ids lead no further than to a 404."""
    if choice >= 0 and case.path_parameters:
        for name in case.path_parameters:
            case.path_parameters[name] = ids[choice % len(ids)]
    body = case.body
    if choice >= 0 and isinstance(body, dict):
        for name in ("project_id", "dataset_version_id"):
            if name in body:
                body[name] = ids[choice % len(ids)]


def sound(status: int, text: str) -> None:
    assert status < 500, text
    assert not INSIDE.search(text), text


def fuzz_portal(world: World, caller: str, examples: int, *, random: bool) -> list[str]:
    token = world.tokens[caller]
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    schema = schemathesis.openapi.from_asgi("/openapi.json", create_api())

    @odd(examples, random=random)
    @given(case=cases(schema), choice=st.integers(-4, 11))
    def run(case: Case, choice: int) -> None:
        with_real_ids(case, world.ids, choice)
        case.headers = {name: value for name, value in (case.headers or {}).items() if name.lower() not in {"authorization", "cookie"}}
        case.cookies = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = case.call(headers=headers)
        sound(answer.status_code, answer.text[:4000])

    run()
    return world.watch.outside


def fuzz_gateway(served: Running, key: str, examples: int, *, random: bool) -> bool:
    schema = schemathesis.openapi.from_url(f"{served.url}/openapi.json")

    @odd(examples, random=random)
    @given(case=cases(schema), real=st.booleans())
    def run(case: Case, *, real: bool) -> None:
        if real and case.path_parameters:
            case.path_parameters = dict.fromkeys(case.path_parameters, "churn")
        case.headers = {name: value for name, value in (case.headers or {}).items() if name.lower() not in {"authorization", "x-api-key"}}
        answer = case.call(headers={"X-API-Key": key} if key else {})
        sound(answer.status_code, answer.text[:4000])

    run()
    return bool(httpx.get(f"{served.url}/readyz", timeout=20).json()["ready"])


@pytest.mark.parametrize("caller", CALLERS)
def test_the_portal_answers_odd_requests(world: World, caller: str) -> None:
    assert fuzz_portal(world, caller, PORTAL_QUICK, random=False) == []


@pytest.mark.parametrize("key", ["", KEY])
def test_the_gateway_answers_odd_requests(served: Running, key: str) -> None:
    assert fuzz_gateway(served, key, GATEWAY_QUICK, random=False)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("caller", CALLERS)
def test_the_portal_answers_thousands_of_odd_requests(world: World, caller: str) -> None:
    assert fuzz_portal(world, caller, PORTAL_SLOW, random=True) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("key", ["", KEY])
def test_the_gateway_answers_hundreds_of_odd_requests(served: Running, key: str) -> None:
    assert fuzz_gateway(served, key, GATEWAY_SLOW, random=True)
