"""An attempt, step by step: build data, train, compare, then ask for approval or stop with the reason.

Every step reads from the store where the attempt stands and leaves it one step further, so a tick that comes twice, or after
a restart, goes on where the last one ended. Nothing here ever deploys.
"""

from __future__ import annotations

import threading
from dataclasses import asdict, replace

import pyarrow.parquet as pq
import structlog

from core.data import service as data
from core.errors import KachiError, NotEnoughData
from core.identity import SYSTEM
from core.impact import service as impact
from core.impact.assemble import seed_of
from core.impact.decision import policy_to_json
from core.jobs.model import JobRequest
from core.project import service as projects
from core.project.value_json import value_model_to_json
from core.registry import approvals, contract_store
from core.registry import service as registry
from core.registry.evidence import Comparison
from core.registry.model import Approval, ApprovalState, ModelVersion, VersionOrigin, VersionState
from core.registry.phrases import Phrase, say
from core.registry.store import ApprovalFilter, VersionFilter
from core.retraining import source
from core.retraining import store as rows
from core.retraining.compare import CompareSpec
from core.retraining.model import Attempt, AttemptState, PolicySpec, Trigger
from core.retraining.policy import trained_until
from core.retraining.rebuild import held_out_table, rebuild
from core.store import Transaction
from core.store.lineage import Edge, Node
from core.store.scratch import scratch_folder
from core.training import service as training
from core.training.model import Origin, Run, RunState
from core.words import Words, mark
from core.workspace import Workspace

log = structlog.get_logger(__name__)
COMPARE_KIND = "retraining.compare"
_turn = threading.Lock()


def advance_attempts(ws: Workspace) -> int:
    """Take every attempt that is under way as far as it goes now. Safe to call at any time, from any thread, after a restart.

    Returns:
        how many attempts moved.
    """
    if not _turn.acquire(blocking=False):
        return 0
    try:
        return sum(_advance(ws, attempt) for attempt in rows.active_attempts(ws.store))
    finally:
        _turn.release()


def _advance(ws: Workspace, attempt: Attempt) -> bool:
    step = {AttemptState.BUILDING: _build, AttemptState.TRAINING: _train, AttemptState.COMPARING: _conclude}[attempt.state]
    try:
        return step(ws, attempt)
    except NotEnoughData as error:
        end_attempt(ws, attempt, AttemptState.STOPPED, Phrase(error.template, dict(error.fields)))
    except KachiError as error:
        if error.http_status >= 503:  # a full disk or a part that is away may be there again at the next tick
            log.warning("retraining.waits", attempt=attempt.id, reason=str(error))
            return False
        end_attempt(ws, attempt, AttemptState.FAILED, Phrase(error.template, dict(error.fields)))
    except Exception as error:  # an attempt that can't go on must end, or its policy would wait for it for ever
        log.exception("retraining.failed", attempt=attempt.id)
        template = mark("It stopped at an unexpected error ({type}). The portal's log tells more.")
        end_attempt(ws, attempt, AttemptState.FAILED, Phrase(template, {"type": type(error).__name__}))
    return True


def end_attempt(ws: Workspace, attempt: Attempt, state: AttemptState, outcome: Phrase, approval_id: str = "") -> None:
    """Close an attempt with what came of it."""
    ws.store.write(lambda tx: close_attempt(tx, attempt, state, outcome, approval_id))


def close_attempt(tx: Transaction, attempt: Attempt, state: AttemptState, outcome: Phrase, approval_id: str = "") -> None:
    """Close an attempt within the caller's transaction; one that is closed stays as it is."""
    found = rows.get_attempt(tx, attempt.id)
    if found is None or found.state.final:
        return
    rows.set_ended(tx, attempt.id, state, outcome, approval_id)
    details = {"name": attempt.deployment_name, "state": state.value, "reason": say(Words("en"), outcome)}
    tx.audit(SYSTEM.event("retraining.end", Node.RETRAINING, attempt.id, project_id=attempt.project_id, details=details))


def _build(ws: Workspace, attempt: Attempt) -> bool:
    champion = registry.get_version(ws, SYSTEM, attempt.champion_version_id)
    if not attempt.dataset_version_id:
        attempt = _build_data(ws, attempt, champion)
    run = _started_run(ws, attempt) or _start_run(ws, attempt, champion)

    def work(tx: Transaction) -> None:
        rows.set_built(tx, replace(attempt, state=AttemptState.TRAINING, run_id=run.id))
        tx.edge(Edge(Node.RETRAINING, attempt.id, Node.RUN, run.id, "trained"))

    ws.store.write(work)
    return True


def _build_data(ws: Workspace, attempt: Attempt, champion: ModelVersion) -> Attempt:
    policy = rows.get_policy(ws.store, attempt.deployment_id)
    most = (policy.spec if policy else PolicySpec()).max_training_rows
    parent, table = source.training_table(ws, champion.dataset_version_id)
    if parent.roles is None:
        raise NotEnoughData("The data of version {number} has no declared target any more.", number=champion.number)
    built = rebuild(table, parent.roles, source.new_cases(ws, attempt.deployment_id, trained_until(ws, champion.id), most), most)
    with scratch_folder(ws.settings) as folder:
        pq.write_table(held_out_table(built.held_out, champion.id), folder / "held-out.parquet")
        held_out = ws.artifacts.put(folder / "held-out.parquet")
        pq.write_table(built.table, folder / "training.parquet")
        note = f"{built.original} rows of {parent.name} v{parent.number}, {built.added} served cases of {attempt.deployment_name}"
        derived = data.add_derived_version(
            ws, SYSTEM, parent, folder / "training.parquet", note=note, filename=f"retraining-{attempt.deployment_name}.parquet"
        )  # fmt: skip
    done = replace(
        attempt, dataset_version_id=derived.id, held_out_sha256=held_out.sha256, rows_original=built.original, rows_added=built.added,
        rows_held_out=len(built.held_out), held_from=built.held_out.served_at[0], seen_until=built.held_out.served_at[-1],
    )  # fmt: skip

    def work(tx: Transaction) -> None:
        rows.set_built(tx, done)
        tx.edge(Edge(Node.RETRAINING, attempt.id, Node.DATASET_VERSION, derived.id, "built"))

    ws.store.write(work)
    return done


def _started_run(ws: Workspace, attempt: Attempt) -> Run | None:
    """The run that an earlier tick started just before it was cut off."""
    found = training.list_runs(ws, SYSTEM, project_id=attempt.project_id, limit=50)
    return next((run for run in found if run.dataset_version_id == attempt.dataset_version_id and run.origin is Origin.RETRAINING), None)


def _start_run(ws: Workspace, attempt: Attempt, champion: ModelVersion) -> Run:
    before = training.get_run(ws, SYSTEM, champion.run_id)
    name = f"v{champion.number} +{attempt.rows_added:,}"
    return training.start_run(
        ws, SYSTEM, attempt.project_id, attempt.dataset_version_id, before.config, name=name, origin=Origin.RETRAINING
    )  # fmt: skip


def _train(ws: Workspace, attempt: Attempt) -> bool:
    run = training.get_run(ws, SYSTEM, attempt.run_id)
    if not run.state.final:
        return False
    if run.state is not RunState.SUCCEEDED:
        outcome = Phrase(mark("The challenger's training ended without a model: run {number} is {state}."), {"number": run.number, "state": run.state.value})  # fmt: skip
        end_attempt(ws, attempt, AttemptState.FAILED, outcome)
        return True
    spec = _compare_spec(ws, attempt, run)

    def work(tx: Transaction) -> None:
        request = JobRequest(COMPARE_KIND, asdict(spec), Node.RETRAINING, attempt.id, attempt.project_id, time_limit_s=1800)
        rows.set_comparing(tx, attempt.id, ws.jobs.submit(tx, SYSTEM, request))

    ws.store.write(work)
    return True


def _compare_spec(ws: Workspace, attempt: Attempt, run: Run) -> CompareSpec:
    champion = registry.get_version(ws, SYSTEM, attempt.champion_version_id)
    report = impact.compute_report(ws, SYSTEM, run.id, value_model_id=_agreed(ws, attempt))
    assert run.artifacts is not None
    for sha256 in (champion.package_sha256, run.artifacts.package_sha256):
        ws.artifacts.verify(sha256)  # the job unpickles both
    held_from, seen_until = attempt.held_from, attempt.seen_until
    assert held_from is not None
    assert seen_until is not None
    return CompareSpec(
        str(ws.artifacts.path(attempt.held_out_sha256)), str(ws.artifacts.path(champion.package_sha256)),
        str(ws.artifacts.path(run.artifacts.package_sha256)), policy_to_json(champion.policy),
        policy_to_json(report.decides), champion.threshold, champion.number,
        value_model_to_json(projects.get_value_model(ws, SYSTEM, report.value_model_id)), seed_of(attempt.held_out_sha256),
        held_from.isoformat(), seen_until.isoformat(),
    )  # fmt: skip


def _agreed(ws: Workspace, attempt: Attempt) -> str | None:
    """The value model that the champion's contract agrees on: a newer one that nobody has approved doesn't decide anything."""
    contract = contract_store.in_force(ws.store, attempt.champion_version_id)
    return contract.value_model_id if contract else None


def _conclude(ws: Workspace, attempt: Attempt) -> bool:
    """What to do with a comparison: a challenger that surely earns more goes on, any other stops here."""
    if attempt.comparison is None:
        return False
    fields = _told(ws, attempt, attempt.comparison)
    if attempt.comparison.gain.high < 0:
        outcome = Phrase(mark("The challenger earns less than version {champion}: {gain_signed} {each_period} on the newest {cases_n} cases."), fields)  # fmt: skip
    elif attempt.comparison.gain.low <= 0:
        outcome = Phrase(mark("Not surely better than version {champion}: {gain_signed} {each_period} on the newest {cases_n} cases, between {low_signed} and {high_signed}."), fields)  # fmt: skip
    else:
        return _propose(ws, attempt, attempt.comparison, fields)
    end_attempt(ws, attempt, AttemptState.STOPPED, outcome)
    return True


def _told(ws: Workspace, attempt: Attempt, comparison: Comparison) -> dict[str, object]:
    report = impact.compute_report(ws, SYSTEM, attempt.run_id, value_model_id=_agreed(ws, attempt))
    return {
        "champion": comparison.champion_number, "gain_signed": str(comparison.gain.value), "low_signed": str(comparison.gain.low),
        "high_signed": str(comparison.gain.high), "currency": report.currency, "each_period": report.period.value,
        "cases_n": comparison.rows,
    }  # fmt: skip


def _propose(ws: Workspace, attempt: Attempt, comparison: Comparison, fields: dict[str, object]) -> bool:
    policy = rows.get_policy(ws.store, attempt.deployment_id)
    note = say(
        Words(
            "ja" if ws.settings.language == "ja" else "en",
        ),
        attempt.cause,
    )
    version = _registered(ws, attempt, note)
    fields = {**fields, "version": version.number}
    if policy is not None and not policy.spec.auto_request and attempt.trigger is not Trigger.MANUAL:
        template = mark("Better by {gain_signed} {each_period}. Version {version} is registered; the policy leaves the request to you.")
        end_attempt(ws, attempt, AttemptState.STOPPED, Phrase(template, fields))
        return True
    request = _requested(ws, attempt, version, comparison, note)
    template = mark("Better by {gain_signed} {each_period}, between {low_signed} and {high_signed}. Version {version} waits for approval.")
    end_attempt(ws, attempt, AttemptState.REQUESTED, Phrase(template, fields), request.id)
    return True


def _registered(ws: Workspace, attempt: Attempt, note: str) -> ModelVersion:
    known = registry.list_versions(ws, SYSTEM, wanted=VersionFilter(run_id=attempt.run_id), limit=10)
    champion = registry.get_version(ws, SYSTEM, attempt.champion_version_id)
    version = next((v for v in known if v.origin is VersionOrigin.RETRAINING), None) or registry.register_model(
        ws, SYSTEM, attempt.run_id, model_name=champion.model_name, value_model_id=_agreed(ws, attempt), note=note,
        origin=VersionOrigin.RETRAINING,
    )  # fmt: skip

    def work(tx: Transaction) -> None:
        rows.set_version(tx, attempt.id, version.id)
        tx.edge(Edge(Node.RETRAINING, attempt.id, Node.MODEL_VERSION, version.id, "proposed"))

    if not attempt.model_version_id:
        ws.store.write(work)
    return version


def _requested(ws: Workspace, attempt: Attempt, version: ModelVersion, comparison: Comparison, note: str) -> Approval:
    known = approvals.list_approvals(ws, SYSTEM, wanted=ApprovalFilter(ApprovalState.OPEN, model_version_id=version.id), limit=1)
    if known and version.state is VersionState.PENDING:
        return known[0]
    starter = attempt.started_by if attempt.trigger is Trigger.MANUAL else None
    return approvals.request_approval(ws, SYSTEM, version.id, note, comparison=comparison, on_behalf_of=starter)
