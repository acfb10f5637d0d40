"""How each story goes on once its model is live: what is compared, requested, rejected, found, and retrained."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from app.demo.seed_steps import Stage, ask_for_approval, finish_run
from core.client import Problem

ATTEMPT_S = 240.0
ANSWERED_S = 30.0  # a policy looks for new checks every two seconds, longer on a busy machine
MIN_LABELS = 60


def finish_churn(stage: Stage, _deployment_id: str) -> None:
    """A better version waits for its approval."""
    runs = [finish_run(stage, chosen) for chosen in stage.story.others]
    best = max(runs, key=lambda run: float(run["summary"]["value"] or 0))
    ask_for_approval(stage, "better", best["id"], "Another way of learning from the same customers; please compare it with version 1")


def finish_credit(stage: Stage, _deployment_id: str) -> None:
    """A version with columns that may not be used is rejected."""
    runs = [finish_run(stage, chosen) for chosen in stage.story.others]
    asked = ask_for_approval(stage, "all", runs[-1]["id"], "To see what age, personal status and nationality would add")
    reason = {"reason": "Our lending policy doesn't allow age, personal status and nationality. Leave them out and ask again."}
    stage.once("rejected", lambda key: stage.approver.post(f"/approvals/{asked['approval']}/reject", reason, key=key)["state"])


def finish_marketing(stage: Stage, deployment_id: str) -> None:
    """The market has moved: a red check starts a retraining, and its challenger waits for approval."""
    attempt = start_attempt(stage, deployment_id)
    for chosen in stage.story.others:
        finish_run(stage, chosen)
    address = f"/policies/{deployment_id}/attempts/{attempt}"
    done = stage.scientist.wait(address, lambda found: found["state"] in {"requested", "stopped", "failed"}, ATTEMPT_S)
    stage.say(f"Retraining ended: {done['outcome']}")


def watch_marketing(stage: Stage, deployment_id: str) -> None:
    """A policy, and the check that it answers."""
    policy = {"min_new_labelled": 1000, "cooldown_hours": 24 * 14}
    stage.once("policy", lambda _: stage.scientist.put(f"/policies/{deployment_id}", policy)["deployment_id"])
    check_deployment(stage, deployment_id)
    start_attempt(stage, deployment_id)


def start_attempt(stage: Stage, deployment_id: str) -> str:
    """The retraining that the policy starts by itself, or by hand where the check gave it no reason; its id."""
    return str(stage.once("attempt", lambda _: _await_attempt(stage, deployment_id)))


def _await_attempt(stage: Stage, deployment_id: str) -> str:
    until = time.monotonic() + (ANSWERED_S if stage.progress.get(stage.step("check")) == "red" else 0)
    while True:
        found: list[dict[str, Any]] = stage.scientist.get(f"/policies/{deployment_id}/attempts")["items"]
        if found:
            return str(found[0]["id"])
        if time.monotonic() > until:
            return _start_by_hand(stage, deployment_id)
        time.sleep(0.5)


def _start_by_hand(stage: Stage, deployment_id: str) -> str:
    try:
        return str(stage.scientist.post(f"/policies/{deployment_id}/run")["id"])
    except Problem:  # the policy was faster
        return str(stage.scientist.get(f"/policies/{deployment_id}/attempts")["items"][0]["id"])


def check_deployment(stage: Stage, deployment_id: str) -> None:
    """Let the monitor look as far back as the story's business needs, and check once."""
    settings = {"window_days": stage.story.window_days, "min_labels": MIN_LABELS}
    stage.once("monitor", lambda _: stage.scientist.put(f"/monitors/{deployment_id}", settings)["live"]["id"])
    verdict = stage.once("check", lambda _: stage.scientist.post(f"/monitors/{deployment_id}/checks")["verdict"])
    stage.say(f"{stage.story.project.name}: first check is {verdict}")


OPENINGS: dict[str, Callable[[Stage, str], None]] = {
    "telco_churn_ibm": check_deployment,
    "german_credit": check_deployment,
    "bank_marketing": watch_marketing,
}
ENDINGS: dict[str, Callable[[Stage, str], None]] = {
    "telco_churn_ibm": finish_churn,
    "german_credit": finish_credit,
    "bank_marketing": finish_marketing,
}
