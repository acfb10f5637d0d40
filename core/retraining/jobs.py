"""How the portal takes in what a comparison's job found."""

from __future__ import annotations

from typing import Any

from core.jobs.model import Job, JobKind
from core.jobs.protocol import JobResult, JobState
from core.registry.phrases import Phrase
from core.retraining import store as rows
from core.retraining.attempts import COMPARE_KIND, close_attempt
from core.retraining.model import AttemptState
from core.store import Transaction
from core.words import mark
from core.workspace import Workspace


def kinds(ws: Workspace) -> list[JobKind]:
    """The comparison of a challenger with the champion."""
    return [JobKind(COMPARE_KIND, "core.retraining.compare:run", record=_record)]


def _record(tx: Transaction, job: Job, result: JobResult, _: Any) -> None:
    attempt = rows.get_attempt(tx, job.subject_id)
    if attempt is None or attempt.state.final:
        return
    if result.state is JobState.SUCCEEDED:
        rows.set_compared(tx, attempt.id, rows.comparison_from_json(str(result.result["comparison"])))
        return
    template = str(result.error.get("template") or mark("The comparison ended without a result; its job tells more."))
    close_attempt(tx, attempt, AttemptState.FAILED, Phrase(template, dict(result.error.get("fields") or {})))
