"""What a page needs to show a report, worked out once: the slider's scale, tables, addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from core.identity import Principal
from core.impact.phrases import alternative_name, spoken
from core.impact.report import CurvePoint, ImpactReport, Verdict
from core.impact.sentences import nearest_point
from core.impact.service import ProjectReport, compute_report, find_frozen, find_latest, get_report
from core.project import service as projects
from core.words import Words
from core.workspace import Workspace

Tone = Literal["gray", "green", "orange", "red", "blue"]


@dataclass(frozen=True, slots=True)
class ThresholdScale:
    """A slider in percent over a report's curve.

    Args:
        top: its end; step: its step; recommended: where it starts; all in percent.
        format: how a position is written, printf.
    """

    report: ImpactReport
    top: float
    step: float
    recommended: float
    format: str

    @property
    def key(self) -> str:
        """Name of the slider in the address: one for each run, so that a choice never carries over to another report."""
        return f"at-{self.report.run_id[-6:]}"

    def is_recommended(self, percent: float) -> bool:
        """Whether the reader stands where the report stands."""
        return abs(percent - self.recommended) < self.step / 2

    def point(self, percent: float) -> CurvePoint:
        """The curve's point at a position of the slider: the report's own threshold at its start, exactly."""
        return nearest_point(self.report, self.report.threshold if self.is_recommended(percent) else percent / 100)


def threshold_scale(report: ImpactReport) -> ThresholdScale:
    """The slider of a report: as fine as its curve."""
    step = report.curve_step * 100
    decimals = 0 if step >= 1 else 1 if step >= 0.1 else 2
    top = round(report.curve[-1].threshold * 100, 4)
    start = min(round(round(report.threshold * 100 / step) * step, 4), top)
    return ThresholdScale(report, top, round(step, 4), start, f"%.{decimals}f%%")


def find_report(
    ws: Workspace, actor: Principal, *, report_id: str = "", run_id: str = "", project_id: str | None = None
) -> ProjectReport | None:
    """The report that an address names: a frozen one, a run's as of now, or a project's newest.

    Returns:
        None where it names nothing, or a project without a finished run.

    Raises:
        NotFound: it names a report, run or project that isn't there.
    """
    if report_id:
        frozen = find_frozen(ws, actor, report_id)
        return ProjectReport(projects.get_project(ws, actor, frozen.project_id), get_report(ws, actor, report_id), report_id)
    if run_id:
        report = compute_report(ws, actor, run_id)
        return ProjectReport(projects.get_project(ws, actor, report.project_id), report, None)
    return find_latest(ws, actor, project_id) if project_id else None


def print_address(words: Words, shown: ProjectReport) -> str:
    """Where the report stands as a page to print, in the reader's language."""
    place = f"impact-reports/{shown.report_id}" if shown.report_id else f"runs/{shown.report.run_id}/impact"
    return f"/api/v1/{place}/print?{urlencode({'language': words.language})}"


def chart_figures(words: Words, report: ImpactReport) -> dict[str, list[str]]:
    """The alternatives as a table: value, what the model adds, and its interval."""
    nouns = spoken(words, report.nouns)
    return {
        words.t("Alternative"): [alternative_name(words, nouns, a) for a in report.alternatives],
        words.t("Its value"): [words.money_exact(a.value.value, report.currency) for a in report.alternatives],
        words.t("What the model adds"): [words.money_exact(a.gain.value, report.currency, signed=True) for a in report.alternatives],
        words.t("95% interval"): [words.money_range(a.gain.low, a.gain.high, report.currency, signed=True) for a in report.alternatives],
    }


def headline_tone(words: Words, report: ImpactReport) -> tuple[str, Tone]:
    """A report's verdict as a chip: word and colour."""
    told: dict[Verdict, tuple[str, Tone]] = {
        Verdict.BETTER: (words.t("Pays off"), "green"),
        Verdict.UNCERTAIN: (words.t("Too early to say"), "blue"),
        Verdict.WORSE: (words.t("Doesn't pay off"), "red"),
        Verdict.SAME: (words.t("Changes nothing"), "gray"),
    }
    return told[report.verdict]
