"""Where a run's value comes from and where it is lost: segments found by themselves, and how alike groups are treated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.errors import InvalidInput
from core.identity import Permission, Principal, require
from core.impact.alternatives import AlternativeKind
from core.impact.assemble import seed_of
from core.impact.choosing import Sample
from core.impact.fairness import FairnessFindings, assess_fairness
from core.impact.remembered import Remembered
from core.impact.report import ImpactReport
from core.impact.rule import rule_columns, rule_mask
from core.impact.scores import Slice
from core.impact.segments import SegmentFindings, find_segments
from core.impact.source import FinishedRun, runs
from core.impact.valued import valued_test
from core.workspace import Workspace

# Groups are told as exactly from 200,000 rows as from more, and found in about two seconds.
MOST_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class Cut:
    """A run's test rows, at most `MOST_ROWS`, with the decisions of a report on them."""

    run: FinishedRun
    rows: Slice
    keep: npt.NDArray[np.int64]
    sample: Sample
    decision: npt.NDArray[np.bool_]
    seed: int


_segments: Remembered[SegmentFindings] = Remembered()
_fairness: Remembered[FairnessFindings] = Remembered()


def segments_of(ws: Workspace, actor: Principal, report: ImpactReport) -> SegmentFindings:
    """The worst segments of a report's decisions: those that were frozen with it, else computed once for the same content."""
    require(actor, Permission.READ_VALUE)
    if report.details is not None:
        return report.details.segments
    key = ("segments", report.run_id, report.provenance.scores_sha256, report.value_model_id, report.decides, str(ws.settings.home))

    def compute() -> SegmentFindings:
        cut = cut_of(ws, report)
        names = runs().features(ws, cut.run.dataset_version_id)
        frame = runs().columns(ws, cut.run.dataset_version_id, names, cut.rows.rows[cut.keep])
        against = reference_of(ws, report, cut)
        return find_segments(frame, cut.sample.book.values(), cut.decision, against, report.cases_per_period, cut.seed)

    return _segments.get(key, compute)


def list_attributes(ws: Workspace, actor: Principal, run_id: str) -> tuple[str, ...]:
    """Columns by which groups can be compared: all of the run's data but its target, also those that the model doesn't see."""
    require(actor, Permission.READ_VALUE)
    return tuple(runs().attributes(ws, runs().find(ws, run_id).dataset_version_id))


def refuse_unknown(attribute: str, known: tuple[str, ...]) -> None:
    """Accept a column that groups can be compared by.

    Raises:
        InvalidInput: no such column; says which there are.
    """
    if attribute not in known:
        raise InvalidInput(
            "The data of this run has no column '{column}' to compare groups by. There are: {known}.",
            field="attribute", column=attribute[:80], known=", ".join(known[:20]),
        )  # fmt: skip


def assess_run_fairness(ws: Workspace, actor: Principal, report: ImpactReport, attribute: str) -> FairnessFindings:
    """How alike the groups of a column are picked, reached and valued by a report's decisions: as frozen with it, else computed.

    Raises:
        InvalidInput: no such column; says which there are.
    """
    require(actor, Permission.READ_VALUE)
    kept = report.details.fairness_by(attribute) if report.details is not None else None
    if kept is not None:
        return kept
    refuse_unknown(attribute, list_attributes(ws, actor, report.run_id))
    digest = report.provenance.scores_sha256
    key = ("fairness", attribute, report.run_id, digest, report.value_model_id, report.decides, str(ws.settings.home))

    def compute() -> FairnessFindings:
        cut = cut_of(ws, report)
        column = runs().columns(ws, cut.run.dataset_version_id, [attribute], cut.rows.rows[cut.keep])[attribute]
        return assess_fairness(column, cut.sample.book.y, cut.decision, cut.sample.book.values())

    return _fairness.get(key, compute)


def cut_of(ws: Workspace, report: ImpactReport) -> Cut:
    """A report's test rows with its decisions; of very many a seeded sample."""
    run = runs().find(ws, report.run_id)
    rows, sample = valued_test(ws, report.run_id, report.value_model_id)
    keep, seed = np.arange(rows.rows.size), seed_of(report.provenance.scores_sha256)
    if keep.size > MOST_ROWS:
        keep = np.sort(np.random.default_rng(seed).choice(keep, MOST_ROWS, replace=False))
        sample = sample.take(keep)
    return Cut(run, rows, keep, sample, sample.decide(report.decides), seed)


def reference_of(ws: Workspace, report: ImpactReport, cut: Cut) -> npt.ArrayLike:
    """What the report's reference does with these rows."""
    if report.reference is AlternativeKind.RULE and report.rule is not None:
        return rule_mask(report.rule, runs().columns(ws, cut.run.dataset_version_id, rule_columns(report.rule), cut.rows.rows[cut.keep]))
    return 1.0 if report.reference is AlternativeKind.EVERYBODY else 0.0
