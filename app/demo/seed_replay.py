"""The history of a demo deployment: real rows through the real gateway, back-dated by an admin's grant, their outcomes later."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial

from app.demo.seed_steps import Stage
from app.demo.stories import Case, by_month, tell_cases
from core.errors import KachiError, Unavailable
from core.serving.client import GatewayClient

READY_S = 60.0
ARRIVED_S = 60.0
PIECE = 50  # rows a request, as a caller would send them; feedback comes in larger ones
OUTCOMES = 1000


def replay_history(stage: Stage, deployment_id: str) -> None:
    """Send every case of the story that wasn't sent yet, month by month, and every outcome that is known by now."""
    cases = tell_cases(stage.story, stage.progress.now)
    name = stage.scientist.get(f"/deployments/{deployment_id}")["name"]
    grant = stage.admin.post(f"/deployments/{deployment_id}/replay-grants", {"minutes": 60})["token"]
    with GatewayClient(stage.gateway_url, grant=grant) as gateway:
        _await_served(gateway, name)
        for month, found in by_month(cases):
            stage.once(f"served {month}", partial(_serve, stage, gateway, (deployment_id, name), month, found))
        total = sum(stage.progress.get(stage.step(f"served {month}")) for month, _ in by_month(cases))
    stage.once("arrived", lambda _: _await_arrival(stage, deployment_id, total))


def _serve(stage: Stage, gateway: GatewayClient, deployment: tuple[str, str], month: str, cases: Sequence[Case], _: str) -> int:
    return _serve_month(stage, gateway, deployment, month, cases)


def _await_served(gateway: GatewayClient, name: str) -> None:
    until = time.monotonic() + READY_S
    while True:
        try:
            if gateway.model(name)["version"] is not None:
                return
        except KachiError:
            if time.monotonic() > until:
                raise
        if time.monotonic() > until:
            raise Unavailable("The gateway doesn't serve '{name}' yet. Look at its deployment's page.", name=name)
        time.sleep(0.2)


def _serve_month(stage: Stage, gateway: GatewayClient, deployment: tuple[str, str], month: str, cases: Sequence[Case]) -> int:
    """How many cases a month had. After a break, what is at the portal already isn't sent again."""
    deployment_id, name = deployment
    begun = stage.step(f"begun {month}")
    ids = _ids_there(stage, deployment_id, cases) if stage.progress.get(begun) else {}
    stage.progress.keep(begun, answer=True)
    for piece in _pieces([case for case in cases if case.entity not in ids], PIECE):
        rows = [{**case.features, "_entity": case.entity, "_served_at": case.served_at.isoformat()} for case in piece]
        answers = gateway.predict(name, rows)
        ids |= {case.entity: answer["prediction_id"] for case, answer in zip(piece, answers, strict=True)}
    for piece in _pieces([case for case in cases if case.known_at < stage.progress.now], OUTCOMES):
        gateway.feedback(
            name,
            [{"prediction_id": ids[c.entity], "outcome": bool(c.truth), "_served_at": c.known_at.isoformat()} for c in piece],
        )  # fmt: skip
    return len(cases)


def _pieces(cases: Sequence[Case], size: int) -> Iterator[Sequence[Case]]:
    for start in range(0, len(cases), size):
        yield cases[start : start + size]


def _ids_there(stage: Stage, deployment_id: str, cases: Sequence[Case]) -> dict[str, str]:
    """Prediction ids by case, for those of a month that an interrupted seeding has sent."""
    time.sleep(2.0)  # what a gateway wrote before the break gets time to be finished
    stage.admin.post("/monitors/ingest")
    wanted = {case.entity for case in cases}
    found = stage.scientist.pages(f"/monitors/{deployment_id}/predictions", limit=500)
    return {p["entity"]: p["id"] for p in found if p["entity"] in wanted}


def _await_arrival(stage: Stage, deployment_id: str, wanted: int) -> int:
    """Wait until the portal has taken in everything that was served; how much that is."""
    until = time.monotonic() + ARRIVED_S
    window = {"from_at": (stage.progress.now - timedelta(days=366)).isoformat(), "to_at": stage.progress.now.isoformat()}
    while True:
        stage.admin.post("/monitors/ingest")
        traffic = stage.scientist.get(f"/monitors/{deployment_id}/traffic", **window)
        seen = sum(point["predictions"] for point in traffic["points"])
        if seen >= wanted:
            return int(seen)
        if time.monotonic() > until:
            raise Unavailable(
                "Only {seen} of {wanted} predictions have reached the portal. Start the demo again.", seen=seen, wanted=wanted
            )
        time.sleep(0.3)
