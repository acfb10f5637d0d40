"""The interactive card's table of a run or a report, for those who may see value."""

from __future__ import annotations

import threading
from collections import OrderedDict

from core.errors import Conflict
from core.identity import Permission, Principal, require
from core.impact.arrays import BoolArray
from core.impact.explorer import Assumptions, Explorer, Scored, build_explorer
from core.impact.report import ImpactReport
from core.impact.rule import rule_mask
from core.impact.scores import RunScores, Slice, read_scores
from core.impact.service import compute_report
from core.impact.source import FinishedRun, runs, scores_path
from core.workspace import Workspace

CACHED = 32
Key = tuple[object, ...]


class _Cache:
    """Tables by what they were summed up from; the newest stay."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, Explorer] = OrderedDict()

    def get(self, key: Key) -> Explorer | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Key, table: Explorer) -> None:
        with self._lock:
            self._kept[key] = table
            while len(self._kept) > CACHED:
                self._kept.popitem(last=False)


_cache = _Cache()


def explore_run(
    ws: Workspace, actor: Principal, run_id: str, *, value_model_id: str | None = None, threshold: float | None = None
) -> Explorer:
    """The table of a run under a value model.

    Args:
        value_model_id: a version of the project's value model; None takes the newest.
        threshold: the reader's own, 0 to 1; None chooses the most valuable on validation data.

    Raises:
        NotFound, Conflict, InvalidInput: as `core.impact.service.compute_report`.
    """
    return explore_report(ws, actor, compute_report(ws, actor, run_id, value_model_id=value_model_id, threshold=threshold))


def explore_report(ws: Workspace, actor: Principal, report: ImpactReport) -> Explorer:
    """The table behind a report, computed or frozen; summed up once for the same content.

    Raises:
        NotFound: its run is gone. Conflict: its run has other scores now.
    """
    require(actor, Permission.READ_VALUE)
    run = runs().find(ws, report.run_id)
    if run.scores_sha256 != report.provenance.scores_sha256:
        raise Conflict("The run of this report has other scores now. Open the run's own report instead.")
    key = (run.scores_sha256, report.value_model_id, report.threshold, str(ws.settings.home))
    kept = _cache.get(key)
    if kept is None:
        kept = _summed(ws, run, report)
        _cache.put(key, kept)
    return kept


def _summed(ws: Workspace, run: FinishedRun, report: ImpactReport) -> Explorer:
    scores = read_scores(scores_path(ws, run))
    payoff, test = report.payoff, scores.test
    agreed = Assumptions(
        float(payoff.tp), float(payoff.fp), float(payoff.fn), float(payoff.tn),
        float(report.cases_per_period), test.positives / test.y.size,
    )  # fmt: skip
    return build_explorer(_scored(test), _scored(scores.validation), agreed, report.threshold, _rule(ws, run, report, scores))


def _scored(part: Slice) -> Scored:
    return Scored(part.y, part.score)


def _rule(ws: Workspace, run: FinishedRun, report: ImpactReport, scores: RunScores) -> BoolArray | None:
    rule = report.rule
    if rule is None:
        return None
    return rule_mask(rule, runs().column(ws, run.dataset_version_id, rule.column, scores.test.rows))
