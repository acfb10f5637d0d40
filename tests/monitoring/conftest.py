"""A deployment with one or two known versions, and a gateway's spool to write to."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.impact.alternatives import AlternativeKind
from core.monitoring import catalogue
from core.monitoring.bins import FeatureBins
from core.monitoring.catalogue import Live, LiveState
from core.monitoring.served import Promise, ServedModel
from core.monitoring.summaries import SCORE
from core.project.value_model import Operator, PayoffMatrix, Period, TodaysRule
from core.store.ids import new_id
from core.workspace import Workspace

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PAYOFF = PayoffMatrix(Decimal(90), Decimal(-10), Decimal(0), Decimal(0))
AGE = FeatureBins("age", True, (30.0, 40.0, 50.0), (), (250, 250, 250, 250), 0)
JOB = FeatureBins("job", False, (), ("admin", '技術 "職"'), (600, 380, 20), 0)
SCORES = FeatureBins(SCORE, True, (0.25, 0.5, 0.75), (), (250, 250, 250, 250), 0)
PROMISE = Promise(30.0, 25.0, 35.0, 1000, 400, 500, Period.MONTH, 10_000, 0.8, 0.64)


def make_served(version_id: str = "mv1", number: int = 1, **changes: Any) -> ServedModel:
    values: dict[str, Any] = {
        "payoff": PAYOFF,
        "currency": "JPY",
        "value_model_id": "value-1",
        "reference": AlternativeKind.NOTHING,
        "rule": None,
        "features": (AGE, JOB),
        "score": SCORES,
        "promise": PROMISE,
    }
    return ServedModel(version_id, number, "project-1", **(values | changes))


RULE = {"reference": AlternativeKind.RULE, "rule": TodaysRule("age", Operator.AT_LEAST, "50")}


@dataclass
class Gateway:
    """Writes segments as a gateway does."""

    folder: Path
    random: random.Random = field(default_factory=lambda: random.Random(7))
    lines: list[str] = field(default_factory=list)

    def predict(self, at: datetime, *, version_id: str = "mv1", number: int = 1, deployment: str = "churn", **changes: Any) -> str:
        key = new_id(int(at.timestamp() * 1000) + self.random.randrange(1000))
        score = changes.get("score", self.random.random())
        line = {
            "k": "p", "id": key, "at": at.isoformat(), "d": deployment, "v": number, "mv": version_id,
            "arm": changes.get("arm", "champion"), "e": changes.get("entity"),
            "x": changes.get("x", {"age": self.random.choice([25, 35, 45, 55]), "job": "admin"}),
            "s": score, "y": changes.get("decision", int(score >= 0.5)), "ev": 1.5, "ms": 2.0, "rq": "r1", "rp": changes.get("replayed", False),
        }  # fmt: skip
        line |= {name: changes[name] for name in ("pr", "pv") if name in changes}
        self.lines.append(json.dumps(line, ensure_ascii=False))
        return key

    def feed_back(self, prediction_id: str, truth: int, at: datetime, *, deployment: str = "churn", action: int | None = None) -> str:
        key = new_id(int(at.timestamp() * 1000))
        line = {"k": "f", "id": key, "at": at.isoformat(), "d": deployment, "p": prediction_id, "y": truth, "rp": False}
        line |= {} if action is None else {"a": action}
        self.lines.append(json.dumps(line))
        return key

    def finish(self, *, tail: str = "") -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{new_id()}.jsonl"
        path.write_text("\n".join(self.lines) + "\n" + tail, encoding="utf-8")
        self.lines.clear()
        return path


@pytest.fixture
def gateway(ws: Workspace) -> Gateway:
    return Gateway(ws.settings.spool_dir / "gateway-1")


@pytest.fixture
def versions(monkeypatch: pytest.MonkeyPatch) -> dict[str, ServedModel]:
    """The versions that the registry knows, and the deployment `churn` (id dep-1) that serves mv1."""
    known = {"mv1": make_served()}
    live = Live("dep-1", "churn", "project-1", LiveState.LIVE, "mv1", 1, 0.0, START)
    monkeypatch.setattr(catalogue, "list_live", lambda ws: [live])
    monkeypatch.setattr(catalogue.Catalogue, "served", lambda self, key: known.get(key))
    return known
