"""When a policy starts an attempt, and why it doesn't."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from core.identity import SYSTEM, Principal
from core.monitoring.model import Verdict
from core.registry.approvals import request_approval
from core.registry.phrases import Phrase, say, say_stored
from core.registry.service import register_model
from core.retraining import store as rows
from core.retraining.background import PolicyAsker
from core.retraining.model import AttemptState, PolicySpec, Trigger
from core.retraining.policy import evaluate_policy, find_trigger, get_policy, list_attempts, put_policy, retrain_now
from core.retraining.schedules import kinds
from core.store.audit import list_events
from core.words import Words
from core.workspace import Workspace
from tests.registry.world import World, make_frame
from tests.retraining.conftest import Served


def reason(ws: Workspace, served: Served) -> str:
    return say(Words("en"), evaluate_policy(ws, served.id).reason)


def end(ws: Workspace, served: Served, state: AttemptState = AttemptState.STOPPED) -> None:
    (attempt,) = rows.active_attempts(ws.store)
    ws.store.write(lambda tx: rows.set_ended(tx, attempt.id, state, Phrase("done")))


def test_a_policy_is_kept_with_who_changed_it(ws: Workspace, scientist: Principal, viewer: Principal, served: Served) -> None:
    view = put_policy(ws, scientist, "churn", PolicySpec(cooldown_hours=2, cron="0 3 1 * *"))
    assert view.policy is not None
    assert (view.policy.spec.cooldown_hours, view.policy.updated_by_name) == (2, "Mori")
    put_policy(ws, scientist, served.id, PolicySpec(enabled=False))
    actions = [e.event.action for e in list_events(ws.store, target_kind="policy")]
    assert actions == ["policy.edit", "policy.create"]
    with pytest.raises(PermissionDenied):
        put_policy(ws, viewer, served.id, PolicySpec())
    with pytest.raises(NotFound):
        get_policy(ws, scientist, "nothing")


@pytest.mark.parametrize(
    "bad", [{"cooldown_hours": -1}, {"min_new_labelled": 0}, {"max_training_rows": 10}, {"cron": "every day"}, {"cron": "99 * * * *"}]
)
def test_bad_policies_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        PolicySpec(**bad)


@pytest.mark.parametrize(
    ("spec", "verdicts", "trigger"),
    [
        (PolicySpec(), {"drift": Verdict.RED}, Trigger.DRIFT),
        (PolicySpec(), {"drift": Verdict.RED, "value": Verdict.RED}, Trigger.LOST_VALUE),
        (PolicySpec(on_lost_value=False), {"drift": Verdict.RED, "value": Verdict.RED}, Trigger.DRIFT),
        (PolicySpec(on_drift=False), {"drift": Verdict.RED}, None),
        (PolicySpec(), {"drift": Verdict.AMBER, "value": Verdict.INSUFFICIENT_DATA}, None),
    ],
)
def test_what_calls_for_retraining(
    ws: Workspace, scientist: Principal, served: Served, spec: PolicySpec, verdicts: dict[str, Verdict], trigger: Trigger | None
) -> None:
    put_policy(ws, scientist, served.id, spec)
    served.check(**verdicts)
    found = evaluate_policy(ws, served.id)
    assert (found.trigger, found.started) == (trigger, trigger is not None)
    assert [a.trigger for a in list_attempts(ws, scientist)] == ([trigger] if trigger else [])


def test_each_reason_not_to_is_said(ws: Workspace, scientist: Principal, served: Served, world: World) -> None:
    assert reason(ws, served) == "No policy is set."
    put_policy(ws, scientist, served.id, PolicySpec(enabled=False))
    assert reason(ws, served) == "The policy is switched off."
    put_policy(ws, scientist, served.id, PolicySpec(cooldown_hours=24))
    assert reason(ws, served).startswith("Nothing calls for it")
    served.check(drift=Verdict.RED)
    served.labelled = 120
    assert reason(ws, served) == "It waits for outcomes: 120 of 500 new labelled cases."
    served.labelled = 800
    assert reason(ws, served) == "The newest check found strong drift."
    assert reason(ws, served) == "A retraining is under way."
    end(ws, served)
    assert reason(ws, served).startswith("Nothing calls for it")  # the old check has been answered
    served.check(drift=Verdict.RED)
    assert reason(ws, served) == "It waits: the last attempt was less than 1 d ago."
    other = register_model(ws, scientist, world.add(served.version.project_id, make_frame(2_000), noise=0.1))
    request_approval(ws, scientist, other.id)
    assert reason(ws, served) == "A newer version waits for its approval already."
    served.lives[0] = replace(served.lives[0], champion_id="")
    assert reason(ws, served) == "Nothing is deployed."


def test_a_check_of_another_version_says_nothing(ws: Workspace, scientist: Principal, served: Served) -> None:
    put_policy(ws, scientist, served.id, PolicySpec())
    served.check(drift=Verdict.RED)
    served.lives[0] = replace(served.lives[0], champion_id="another")
    assert not evaluate_policy(ws, served.id).started


def test_the_clock_calls_once_a_turn(ws: Workspace, scientist: Principal, served: Served) -> None:
    view = put_policy(ws, scientist, served.id, PolicySpec(cron="0 * * * *", cooldown_hours=0))
    assert view.policy is not None
    now = view.policy.updated_at
    assert find_trigger(view.policy, None, None, now) is None
    assert find_trigger(view.policy, None, None, now + timedelta(hours=1)) is Trigger.SCHEDULE
    last = retrain_now(ws, scientist, served.id)
    assert find_trigger(view.policy, None, last, last.started_at + timedelta(seconds=1)) is None
    assert find_trigger(view.policy, None, last, last.started_at + timedelta(hours=1)) is Trigger.SCHEDULE


def test_by_hand_neither_cooldown_nor_checks_matter_but_one_at_a_time(ws: Workspace, scientist: Principal, served: Served) -> None:
    attempt = retrain_now(ws, scientist, served.id)
    assert (attempt.trigger, attempt.champion_number, say(Words("en"), attempt.cause)) == (Trigger.MANUAL, 1, "Mori asked for it.")
    with pytest.raises(Conflict, match="under way"):
        retrain_now(ws, scientist, served.id)
    end(ws, served, AttemptState.FAILED)
    assert retrain_now(ws, scientist, served.id).id > attempt.id


def test_who_may_retrain(ws: Workspace, viewer: Principal, approver: Principal, scientist: Principal, served: Served) -> None:
    for person in (viewer, approver):
        with pytest.raises(PermissionDenied):
            retrain_now(ws, person, served.id)
    served.lives[0] = replace(served.lives[0], champion_id="")
    with pytest.raises(Conflict, match="Nothing is deployed"):
        retrain_now(ws, scientist, served.id)


def test_policies_are_asked_after_each_new_check(ws: Workspace, scientist: Principal, served: Served) -> None:
    asker = PolicyAsker(ws)
    assert asker.ask_policies() == 0
    put_policy(ws, scientist, served.id, PolicySpec())
    assert asker.ask_policies() == 1
    assert asker.ask_policies() == 0
    served.check(drift=Verdict.RED)
    assert asker.ask_policies() == 1
    assert [a.started_by for a in list_attempts(ws, SYSTEM)] == ["system"]


def test_a_schedule_asks_too(ws: Workspace, scientist: Principal, served: Served) -> None:
    (kind,) = kinds(ws)
    assert (kind.name, say_stored(Words("en"), kind.run(served.id))) == ("retraining.evaluate", "No policy is set.")
