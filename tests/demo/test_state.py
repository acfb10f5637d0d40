"""What a seeding remembers between two starts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.demo.command import demo_settings
from app.demo.seed_state import Progress, is_seeded

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_a_step_is_done_once_also_after_a_restart(tmp_path: Path) -> None:
    calls: list[str] = []
    for _ in range(2):
        progress = Progress(tmp_path, NOW)
        assert progress.once("project", lambda: calls.append("made") or {"id": "p1"}) == {"id": "p1"}
    assert calls == ["made"]


def test_a_step_that_fails_is_done_again(tmp_path: Path) -> None:
    def fail() -> str:
        raise TimeoutError("no")

    with pytest.raises(TimeoutError):
        Progress(tmp_path, NOW).once("run", fail)
    assert Progress(tmp_path, NOW).get("run") is None
    assert Progress(tmp_path, NOW).once("run", lambda: "r1") == "r1"


def test_a_history_keeps_its_end(tmp_path: Path) -> None:
    Progress(tmp_path, NOW)
    assert Progress(tmp_path, NOW + timedelta(days=2)).now == NOW


def test_forgotten_steps_and_the_finish(tmp_path: Path) -> None:
    assert not is_seeded(tmp_path)
    progress = Progress(tmp_path, NOW)
    progress.keep("run", "failed")
    progress.forget("run")
    assert Progress(tmp_path, NOW).get("run") is None
    assert not is_seeded(tmp_path)
    progress.keep("finished", answer=True)
    assert is_seeded(tmp_path)


def test_the_demo_binds_to_this_machine_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KACHI_HOST", "0.0.0.0")
    monkeypatch.setenv("KACHI_GATEWAY_HOST", "0.0.0.0")
    monkeypatch.delenv("KACHI_HOME", raising=False)
    settings = demo_settings()
    assert (settings.host, settings.gateway_host, settings.demo) == ("127.0.0.1", "127.0.0.1", True)
    assert settings.home.parts[-2:] == ("data", "demo")
    monkeypatch.setenv("KACHI_HOME", str(tmp_path))
    assert demo_settings().home == tmp_path
