"""What a page needs to show a report, worked out once: tables, addresses."""

from __future__ import annotations

from typing import Literal

from core.identity import Principal
from core.impact.frequency_words import difference_text
from core.impact.phrases import alternative_name, spoken
from core.impact.report import ImpactReport, Verdict
from core.impact.service import ProjectReport, compute_report, find_frozen, find_latest, get_report
from core.project import service as projects
from core.words import Words
from core.workspace import Workspace

Tone = Literal["gray", "green", "orange", "red", "blue"]


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


def chart_figures(words: Words, report: ImpactReport) -> dict[str, list[str]]:
    """The alternatives as a table: value, what the model adds, and its interval."""
    nouns = spoken(words, report.nouns)
    return {
        words.t("Alternative"): [alternative_name(words, nouns, a) for a in report.alternatives],
        words.t("Its value"): [words.money_exact(a.value.value, report.currency) for a in report.alternatives],
        words.t("What the model adds"): [words.money_exact(a.gain.value, report.currency, signed=True) for a in report.alternatives],
        words.t("95% interval"): [words.money_range(a.gain.low, a.gain.high, report.currency, signed=True) for a in report.alternatives],
        words.t("In cases"): [difference_text(words, report, a) for a in report.alternatives],
    }


def verdict_tone(words: Words, verdict: Verdict) -> tuple[str, Tone]:
    """A verdict as a chip: word and colour."""
    told: dict[Verdict, tuple[str, Tone]] = {
        Verdict.BETTER: (words.t("Pays off"), "green"),
        Verdict.UNCERTAIN: (words.t("Too early to say"), "blue"),
        Verdict.WORSE: (words.t("Doesn't pay off"), "red"),
        Verdict.SAME: (words.t("Changes nothing"), "gray"),
    }
    return told[verdict]
