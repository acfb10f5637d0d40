"""When to retrain: a policy per deployment, and its answer after each check, with the reason in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.errors import Conflict, NotFound
from core.identity import SYSTEM, Permission, Principal, require
from core.jobs.cron import next_after
from core.monitoring import monitor_store
from core.monitoring.catalogue import Catalogue, Live
from core.monitoring.model import Check, Part, Verdict
from core.monitoring.predictions import count_labelled
from core.registry import store as registry_rows
from core.registry.model import ApprovalKind, ApprovalState
from core.registry.phrases import Phrase
from core.registry.store import ApprovalFilter
from core.retraining import store as rows
from core.retraining.model import Attempt, AttemptState, Evaluation, PolicySpec, RetrainingPolicy, Trigger
from core.store import Transaction, new_id
from core.store.lineage import Edge, Node
from core.words import mark
from core.workspace import Workspace

CAUSES = {
    Trigger.DRIFT: mark("The newest check found strong drift."),
    Trigger.LOST_VALUE: mark("The newest check found that it earns less than promised."),
    Trigger.SCHEDULE: mark("The policy's schedule came round."),
    Trigger.MANUAL: mark("{name} asked for it."),
}


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A deployment with its policy (None before anybody set one), what it decided last, and its newest attempts."""

    live: Live
    policy: RetrainingPolicy | None
    evaluation: Evaluation | None
    attempts: tuple[Attempt, ...]

    @property
    def id(self) -> str:
        """The deployment's id."""
        return self.live.id


def get_policy(ws: Workspace, actor: Principal, deployment_id: str) -> PolicyView:
    """A deployment's policy, by the deployment's id or name.

    Raises:
        NotFound: no such deployment.
    """
    require(actor, Permission.READ_DETAILS)
    return _view(ws, Catalogue(ws).live(deployment_id))


def list_policies(
    ws: Workspace, actor: Principal, *, project_id: str | None = None, before_id: str | None = None, limit: int = 100
) -> list[PolicyView]:
    """Deployments with their policies, the newest first."""
    require(actor, Permission.READ_DETAILS)
    lives = [live for live in Catalogue(ws).lives() if project_id in {None, live.project_id} and (before_id is None or live.id < before_id)]
    return [_view(ws, live) for live in lives[:limit]]


def _view(ws: Workspace, live: Live) -> PolicyView:
    attempts = rows.list_attempts(ws.store, deployment_id=live.id, before_id=None, limit=50)
    return PolicyView(live, rows.get_policy(ws.store, live.id), rows.get_evaluation(ws.store, live.id), tuple(attempts))


def put_policy(ws: Workspace, actor: Principal, deployment_id: str, spec: PolicySpec) -> PolicyView:
    """Set a deployment's policy, in place of the one before.

    Raises:
        NotFound: no such deployment. InvalidInput: a value out of range (raised where the spec is made).
    """
    require(actor, Permission.EDIT_POLICIES)
    live = Catalogue(ws).live(deployment_id)

    def work(tx: Transaction) -> None:
        old = rows.get_policy(tx, live.id)
        rows.put_policy(
            tx, RetrainingPolicy(live.id, live.project_id, spec, old.created_at if old else tx.at, tx.at, actor.user_id, actor.name)
        )  # fmt: skip
        if old is None:
            tx.edge(Edge(Node.DEPLOYMENT, live.id, Node.POLICY, live.id, "retrained_by"))
        changed = {n: getattr(spec, n) for n in spec.__slots__ if old is None or getattr(spec, n) != getattr(old.spec, n)}
        tx.audit(actor.event("policy.edit" if old else "policy.create", Node.POLICY, live.id, project_id=live.project_id, details=changed))

    ws.store.write(work)
    return _view(ws, live)


def list_attempts(
    ws: Workspace, actor: Principal, *, deployment_id: str | None = None, before_id: str | None = None, limit: int = 100
) -> list[Attempt]:
    """Attempts, newest first."""
    require(actor, Permission.READ_DETAILS)
    return rows.list_attempts(ws.store, deployment_id=deployment_id, before_id=before_id, limit=limit)


def get_attempt(ws: Workspace, actor: Principal, attempt_id: str) -> Attempt:
    """One attempt.

    Raises:
        NotFound: there is none.
    """
    require(actor, Permission.READ_DETAILS)
    found = rows.get_attempt(ws.store, attempt_id)
    if found is None:
        raise NotFound("retraining", attempt_id)
    return found


def retrain_now(ws: Workspace, actor: Principal, deployment_id: str) -> Attempt:
    """Start an attempt by hand: neither cooldown nor triggers hold it back, only too little data.

    Raises:
        Conflict: one is under way, or nothing is deployed. NotFound: no such deployment.
    """
    require(actor, Permission.EDIT_POLICIES)
    live = Catalogue(ws).live(deployment_id)
    cause = Phrase(CAUSES[Trigger.MANUAL], {"name": actor.name})
    return _start(ws, actor, live, Trigger.MANUAL, cause)


def _start(ws: Workspace, actor: Principal, live: Live, trigger: Trigger, cause: Phrase) -> Attempt:
    if not live.champion_id:
        raise Conflict("Nothing is deployed here, so there is nothing to retrain. Deploy an approved version first.")

    def work(tx: Transaction) -> Attempt:
        if rows.active_attempt(tx, live.id) is not None:
            raise Conflict("A retraining of this deployment is under way already. Wait until it has ended.")
        attempt = Attempt(
            new_id(), live.id, live.name, live.project_id, trigger, AttemptState.BUILDING, cause, actor.user_id, actor.name, tx.at, None,
            live.champion_id, live.champion_number, "", "", "", 0, 0, 0, None, None, "", None, "", "", None,
        )  # fmt: skip
        rows.insert_attempt(tx, attempt)
        tx.edge(Edge(Node.MODEL_VERSION, live.champion_id, Node.RETRAINING, attempt.id, "challenged_in"))
        details = {"name": live.name, "trigger": trigger.value, "champion": live.champion_number}
        tx.audit(actor.event("retraining.start", Node.RETRAINING, attempt.id, project_id=live.project_id, details=details))
        return attempt

    return ws.store.write(work)


def evaluate_policy(ws: Workspace, deployment_id: str) -> Evaluation:
    """Ask a policy whether to retrain now, after a check or at a tick; keeps the answer with its reason.

    Raises:
        NotFound: no such deployment.
    """
    live = Catalogue(ws).live(deployment_id)
    found = _evaluate(ws, live)
    ws.store.write(lambda tx: rows.put_evaluation(tx, found))
    return found


def _evaluate(ws: Workspace, live: Live) -> Evaluation:
    policy = rows.get_policy(ws.store, live.id)
    last = next(iter(rows.list_attempts(ws.store, deployment_id=live.id, before_id=None, limit=1)), None)
    fresh = count_labelled(ws, live.id, seen_until(ws, live.champion_id, last))
    answer = Evaluation(live.id, ws.clock(), None, "", fresh, Phrase(mark("No policy is set.")))
    if policy is None:
        return answer
    why_not = _standing_in_the_way(ws, live, policy, last)
    if why_not is not None:
        return replace(answer, reason=why_not)
    trigger = find_trigger(policy, _newest_check(ws, live), last, ws.clock())
    if trigger is None:
        return replace(answer, reason=Phrase(mark("Nothing calls for it: the newest check found neither strong drift nor lost value.")))
    waiting = _must_wait(policy.spec, last, fresh, ws.clock())
    if waiting is not None:
        return replace(answer, trigger=trigger, reason=waiting)
    try:
        attempt = _start(ws, SYSTEM, live, trigger, Phrase(CAUSES[trigger]))
    except Conflict as error:
        return replace(answer, trigger=trigger, reason=Phrase(error.template, dict(error.fields)))
    return replace(answer, trigger=trigger, attempt_id=attempt.id, reason=attempt.cause)


def _standing_in_the_way(ws: Workspace, live: Live, policy: RetrainingPolicy, last: Attempt | None) -> Phrase | None:
    if not policy.spec.enabled:
        return Phrase(mark("The policy is switched off."))
    if not live.champion_id:
        return Phrase(mark("Nothing is deployed."))
    if last is not None and not last.state.final:
        return Phrase(mark("A retraining is under way."))
    version = registry_rows.get_version(ws.store, live.champion_id)
    waiting = registry_rows.list_approvals(
        ws.store, ApprovalFilter(ApprovalState.OPEN, project_id=live.project_id, kind=ApprovalKind.VERSION), before_id=None, limit=500
    )  # fmt: skip
    if version and any(a.model_name == version.model_name for a in waiting):
        return Phrase(mark("A newer version waits for its approval already."))
    return None


def _newest_check(ws: Workspace, live: Live) -> Check | None:
    """The newest check, if it speaks of the version that serves now."""
    found = monitor_store.list_checks(ws.store, live.id, before_id=None, limit=1)
    return found[0] if found and found[0].model_version_id == live.champion_id else None


def find_trigger(policy: RetrainingPolicy, check: Check | None, last: Attempt | None, now: datetime) -> Trigger | None:
    """What calls for retraining: lost value before drift before the clock. A check that an attempt has answered counts no more."""
    if check is not None and (last is None or check.ran_at > last.started_at):
        red = {part.part for part in check.parts if part.verdict is Verdict.RED}
        if policy.spec.on_lost_value and Part.VALUE in red:
            return Trigger.LOST_VALUE
        if policy.spec.on_drift and Part.DRIFT in red:
            return Trigger.DRIFT
    if policy.spec.cron:
        since = max(policy.updated_at, last.started_at) if last else policy.updated_at
        due = next_after(policy.spec.cron, since)
        if due is not None and due <= now:
            return Trigger.SCHEDULE
    return None


def _must_wait(spec: PolicySpec, last: Attempt | None, fresh: int, now: datetime) -> Phrase | None:
    if last is not None and now - last.started_at < timedelta(hours=spec.cooldown_hours):
        until = last.started_at + timedelta(hours=spec.cooldown_hours)
        return Phrase(mark("It waits: the last attempt was less than {least_s} ago."), {"least_s": spec.cooldown_hours * 3600, "until": until.isoformat()})  # fmt: skip
    if fresh < spec.min_new_labelled:
        return Phrase(mark("It waits for outcomes: {have_n} of {need_n} new labelled cases."), {"have_n": fresh, "need_n": spec.min_new_labelled})  # fmt: skip
    return None


def trained_until(ws: Workspace, champion_id: str) -> datetime | None:
    """From when on the champion has seen no labelled case in training; None where it never saw any."""
    made = rows.attempt_of_version(ws.store, champion_id)
    return made.held_from if made else None


def seen_until(ws: Workspace, champion_id: str, last: Attempt | None) -> datetime | None:
    """From when on no attempt has looked at labelled cases; they are counted by hour, so the hour that was seen in part is left out."""
    known = [at for at in (trained_until(ws, champion_id), last.seen_until if last else None) if at is not None]
    return max(known) + timedelta(hours=1) if known else None
