"""From a registered version to its evidence: everything read once, then frozen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.identity import Principal
from core.impact import service as impact
from core.impact.assemble import seed_of
from core.impact.report import ImpactReport
from core.impact.scores import Slice, read_scores
from core.impact.source import runs
from core.impact.valued import valued_test
from core.project import service as projects
from core.project.model import Project
from core.project.payoffs import CELLS
from core.project.value_json import cell_to_text
from core.registry import source
from core.registry.checks import Subject, run_checks
from core.registry.comparison import Contender, compare_contenders
from core.registry.evidence import (
    FORMAT,
    AlternativeFact,
    Comparison,
    Evidence,
    Headline,
    SegmentFacts,
    Uncompared,
    ValueFacts,
    VersionFacts,
)
from core.registry.model import ModelVersion
from core.registry.risks import Side, find_changes, find_risks
from core.registry.segments import find_segments
from core.registry.source import TrainedRun
from core.workspace import Workspace

# Reach by group is told as exactly from 200,000 rows as from more, and read in under a second.
MOST_SEGMENT_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that is known of one version."""

    version: ModelVersion
    run: TrainedRun
    report: ImpactReport
    side: Side

    def test(self, ws: Workspace) -> Slice:
        """Its scored test rows."""
        return read_scores(ws.artifacts.path(self.run.scores_sha256)).test


def gather(ws: Workspace, actor: Principal, version: ModelVersion) -> Gathered:
    """Read one version's run, data and frozen report.

    Raises:
        NotFound: something of it is gone. Corrupt: its report has changed.
    """
    run = source.trained_run(ws, actor, version.run_id)
    report = impact.get_report(ws, actor, version.impact_report_id)
    data = source.data_facts(ws, actor, run)
    facts = VersionFacts(
        version.id, version.model_id, version.model_name, version.number, version.threshold, version.note, version.origin.value,
        version.created_by_name, version.created_at,
    )  # fmt: skip
    return Gathered(version, run, report, Side(facts, data, run.facts, report))


def build_evidence(
    ws: Workspace, actor: Principal, version: ModelVersion, champion: ModelVersion | None, comparison: Comparison | None
) -> Evidence:
    """Put together what an approver decides on.

    Args:
        champion: the version in use; None for a model's first.
        comparison: on the newest labelled rows, where retraining made one; else the runs' own test rows are compared.
    """
    ours = gather(ws, actor, version)
    theirs = gather(ws, actor, champion) if champion else None
    uncompared = None
    if comparison is None and theirs is not None:
        uncompared = _lacking(ws, actor, ours, theirs)
        comparison = None if uncompared else _compare(ws, ours, theirs)
    project = projects.get_project(ws, actor, version.project_id)
    test = ours.test(ws)
    segments = _segments(ws, actor, ours, test)
    subject = Subject(ours.report, comparison, ours.side.data, ours.run.facts, segments, ws.clock(), uncompared)
    frozen = impact.find_frozen(ws, actor, version.impact_report_id)
    return _assemble(project, ours, theirs, subject, frozen.sha256)


def _lacking(ws: Workspace, actor: Principal, ours: Gathered, theirs: Gathered) -> Uncompared | None:
    """The first column that the value model reads and the champion's data doesn't have; None where it has all."""
    names = projects.get_value_model(ws, actor, ours.report.value_model_id).columns
    if not names or theirs.run.dataset_version_id == ours.run.dataset_version_id:
        return None
    known = runs().columns(ws, theirs.run.dataset_version_id, names, np.arange(0)).columns
    lacking = next((name for name in names if name not in known), None)
    return Uncompared(theirs.version.number, lacking) if lacking else None


def _compare(ws: Workspace, ours: Gathered, theirs: Gathered) -> Comparison:
    value_model_id, cases = ours.report.value_model_id, ours.report.cases_per_period
    challenger, champion = (_contender(ws, side, value_model_id) for side in (ours, theirs))
    same_data = ours.run.dataset_version_id == theirs.run.dataset_version_id
    return compare_contenders(challenger, champion, cases, same_data=same_data, seed=seed_of(ours.run.scores_sha256))


def _contender(ws: Workspace, side: Gathered, value_model_id: str) -> Contender:
    """A version on its own test rows, both valued by the challenger's value model."""
    part, sample = valued_test(ws, side.version.run_id, value_model_id)
    return Contender(side.version.number, part.rows, sample, side.version.policy, side.version.threshold)


def _segments(ws: Workspace, actor: Principal, ours: Gathered, test: Slice) -> SegmentFacts:
    keep = np.arange(test.rows.size)
    if keep.size > MOST_SEGMENT_ROWS:
        keep = np.sort(np.random.default_rng(seed_of(ours.run.scores_sha256)).choice(keep, MOST_SEGMENT_ROWS, replace=False))
    frame: pd.DataFrame = source.feature_rows(ws, actor, ours.run, test.rows[keep])
    _, sample = valued_test(ws, ours.version.run_id, ours.report.value_model_id)
    return find_segments(frame, test.y[keep], sample.decide(ours.version.policy)[keep])


def _assemble(project: Project, ours: Gathered, theirs: Gathered | None, subject: Subject, impact_sha256: str) -> Evidence:
    report, version = ours.report, ours.version
    payoff = {name: cell_to_text(getattr(report.payoff, name)) for name in CELLS}
    value = ValueFacts(
        report.value_model_id, report.value_model_version, report.currency, report.period, report.cases_per_period, payoff
    )  # fmt: skip
    often = report.frequencies
    headline = Headline(
        report.value, report.gain, report.reference.value, often.reached, often.unneeded, often.actions, report.test.rows,
        report.test.positives,
    )  # fmt: skip
    return Evidence(
        FORMAT, project.id, project.name, project.question, project.nouns, project.is_sample, ours.side.version, value,
        version.impact_report_id, impact_sha256, headline, subject.comparison, ours.side.data, ours.run.facts, ours.run.metrics,
        tuple(AlternativeFact(a.kind.value, a.value, a.gain, a.better) for a in report.alternatives), subject.segments,
        run_checks(subject), find_risks(subject), find_changes(ours.side, theirs.side if theirs else None), subject.now, subject.uncompared,
    )  # fmt: skip
