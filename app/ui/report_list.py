"""The impact reports of all projects, as rows that open."""

from app.ui import session, states
from app.ui.chips import state_chip
from app.ui.navigation import goto
from app.ui.page import given, head, t, w
from app.ui.rows import Column, Main, Row, show_rows
from core.impact import sentences
from core.impact.service import ProjectReport, list_latest
from core.impact.task_sentences import headline
from core.impact.task_service import ProjectTaskReport, list_latest_tasks
from core.impact.view import verdict_tone


def choose_report() -> None:
    """The newest report of every project, to choose from."""
    ws, me = session.workspace(), session.principal()
    rows = [*map(_decisions, list_latest(ws, me)), *map(_other_task, list_latest_tasks(ws, me))]
    sentence = t("Choose a project to see where its value comes from.") if rows else ""
    head(t("Impact reports"), finding_text=t("What each project is worth"), sentence=sentence)
    if not rows:
        states.empty(t("No impact report yet"), t("As soon as a training run has finished, this page says what its decisions are worth."))
        return
    columns = [Column(t("Project"), "main"), Column(t("Finding"), "chip"), Column(t("Against the best alternative"), "amount")]
    if opened := show_rows(columns, rows, key="reports", label=t("Impact reports")):
        goto("impact_report", project=opened)


def _decisions(found: ProjectReport) -> Row:
    words, report = w(), found.report
    main = Main(given(found.project.name), sentences.headline(words, report))
    return Row(found.project.id, (main, state_chip(*verdict_tone(words, report.verdict)), sentences.gain_text(words, report)))


def _other_task(found: ProjectTaskReport) -> Row:
    words, report = w(), found.report
    main = Main(given(found.project.name), headline(words, report)[0])
    gain = words.money_per(report.gain.value, report.currency, report.period.value, signed=True)
    return Row(found.project.id, (main, state_chip(*verdict_tone(words, report.verdict)), gain))
