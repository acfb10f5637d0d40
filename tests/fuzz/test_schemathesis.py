"""Whatever fits or nearly fits the OpenAPI, as each role and as nobody: no fault of ours, and nothing of our inside in an answer."""

from __future__ import annotations

import os
import re
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from core.api.app import create_api
from core.identity import Role
from tests.fuzz.conftest import Served, World, watching
from tests.serving.site import KEY

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


@dataclass
class Heard:
    """What was asked and answered, and what was written outside of the home meanwhile."""

    answers: Counter[int] = field(default_factory=Counter)
    operations: set[str] = field(default_factory=set)
    outside: list[str] = field(default_factory=list)

    def take(self, case: Case, status: int, text: str) -> None:
        """Note an answer that must hold."""
        assert status < 500, text
        assert not INSIDE.search(text), text
        self.answers[status] += 1
        self.operations.add(f"{case.method} {case.path}")

    def tell(self, who: str) -> None:
        """Print the counts."""
        kinds = Counter({f"{kind}xx": sum(n for status, n in self.answers.items() if status // 100 == kind) for kind in range(2, 6)})
        told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        print(f"\n{self.answers.total()} odd requests as {who} to {len(self.operations)} operations: {told}; none written outside the home")


def fuzz_portal(world: World, caller: str, examples: int, *, random: bool) -> Heard:
    token = world.tokens[caller]
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    schema = schemathesis.openapi.from_asgi("/openapi.json", create_api())
    heard = Heard()

    @odd(examples, random=random)
    @given(case=cases(schema), choice=st.integers(-4, 11))
    def run(case: Case, choice: int) -> None:
        with_real_ids(case, world.ids, choice)
        case.headers = {name: value for name, value in (case.headers or {}).items() if name.lower() not in {"authorization", "cookie"}}
        case.cookies = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = case.call(headers=headers)
        heard.take(case, answer.status_code, answer.text[:4000])

    with watching(*world.homes) as watch:
        run()
    heard.outside = watch.outside
    return heard


def fuzz_gateway(served: Served, key: str, examples: int, *, random: bool) -> Heard:
    schema = schemathesis.openapi.from_url(f"{served.gateway.url}/openapi.json")
    heard = Heard()

    @odd(examples, random=random)
    @given(case=cases(schema), real=st.booleans())
    def run(case: Case, *, real: bool) -> None:
        if real and case.path_parameters:
            case.path_parameters = dict.fromkeys(case.path_parameters, "churn")
        case.headers = {name: value for name, value in (case.headers or {}).items() if name.lower() not in {"authorization", "x-api-key"}}
        answer = case.call(headers={"X-API-Key": key} if key else {})
        heard.take(case, answer.status_code, answer.text[:4000])

    with watching(*served.homes) as watch:
        run()
    heard.outside = watch.outside
    assert httpx.get(f"{served.gateway.url}/readyz", timeout=20).json()["ready"]
    return heard


def all_held(heard: Heard, examples: int) -> bool:
    """Whether so many were really asked, and nothing was written where it doesn't belong."""
    assert heard.answers.total() >= examples
    assert heard.outside == []
    return True


@pytest.mark.parametrize("caller", CALLERS)
def test_the_portal_answers_odd_requests(world: World, caller: str) -> None:
    assert all_held(fuzz_portal(world, caller, PORTAL_QUICK, random=False), PORTAL_QUICK)


@pytest.mark.parametrize("key", ["", KEY])
def test_the_gateway_answers_odd_requests(served: Served, key: str) -> None:
    assert all_held(fuzz_gateway(served, key, GATEWAY_QUICK, random=False), GATEWAY_QUICK)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("caller", CALLERS)
def test_the_portal_answers_thousands_of_odd_requests(world: World, caller: str) -> None:
    heard = fuzz_portal(world, caller, PORTAL_SLOW, random=True)
    assert all_held(heard, PORTAL_SLOW)
    heard.tell(caller)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("key", ["", KEY])
def test_the_gateway_answers_hundreds_of_odd_requests(served: Served, key: str) -> None:
    heard = fuzz_gateway(served, key, GATEWAY_SLOW, random=True)
    assert all_held(heard, GATEWAY_SLOW)
    heard.tell("nobody at the gateway" if not key else "a program with a key at the gateway")


def test_the_watch_sees_what_is_written_elsewhere(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    with watching(home) as watch:
        (home / "mine").write_text("x")
        os.close(os.open(other, os.O_WRONLY | os.O_CREAT))
        other.read_text()
        other.unlink()
    assert watch.outside == [f"open {other}", f"os.remove {other}"]
