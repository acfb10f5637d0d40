"""What there is of a project, step by step, and the step that comes next."""

from __future__ import annotations

from dataclasses import dataclass

from app.ui import session
from app.ui.chips import Chip, state_chip
from app.ui.navigation import entry, goto
from app.ui.page import n, section, t, w
from app.ui.rows import Column, Main, Row, show_rows
from app.ui.run_report import list_headline
from core.data.service import list_newest_versions
from core.identity import Permission
from core.project.model import Project, Task
from core.project.proposal import ProposalState
from core.project.proposal_store import ProposalFilter
from core.project.proposals import list_proposals
from core.registry.lineage import champion_of
from core.registry.service import list_models
from core.serving import telling
from core.serving.service import list_deployments
from core.training.service import count_runs
from core.training.view import view_runs


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the work.

    Args:
        page: its page's key. title: its name. said: what there is. done: whether there is anything. chip: its state.
        then: the verb that begins it; where nothing is there yet, this is the project's next step.
    """

    page: str
    title: str
    said: str
    done: bool
    then: str = ""
    chip: Chip | None = None


def steps_of(project: Project) -> list[Step]:
    """The steps that this reader may see, in the order of the loop; only yes-or-no questions are valued in money and deployed."""
    found = [*(_built(project) if session.may(Permission.READ_DETAILS) else []), *_lives(project)]
    decides = project.task is Task.BINARY
    steps = [step for step in found if session.may(entry(step.page).permission) and (decides or step.page in {"data", "runs"})]
    return [*_proposed(project), *steps]


def _proposed(project: Project) -> list[Step]:
    """Proposed value models that wait for a decision."""
    waiting = list_proposals(session.workspace(), session.principal(), ProposalFilter(project.id, ProposalState.OPEN))
    if not waiting:
        return []
    names = ", ".join(dict.fromkeys(p.proposed_by_name for p in reversed(waiting)))
    said = n("{n} proposal by {names}", "{n} proposals by {names}", len(waiting), names=names)
    return [Step("value_model", t("Value model"), said, done=True, chip=state_chip(t("Waiting for a decision"), "orange"))]


def _built(project: Project) -> list[Step]:
    ws, me, words = session.workspace(), session.principal(), w()
    data = list_newest_versions(ws, me, project_id=project.id)
    runs = count_runs(ws, me, project.id)
    models = list_models(ws, me, project_id=project.id, limit=20)
    rows = words.number(sum(version.rows for version in data))
    said = n("{n} data set with {rows} rows", "{n} data sets with {rows} rows", len(data), rows=rows) if data else t("No data yet")
    best = next(iter(view_runs(ws, me, project.id, sort="value", limit=1)), None) if runs else None
    count = n("{n} training run", "{n} training runs", runs)
    value = list_headline(best, runs)
    trained = count if value == count else t("{count}. {value}.", count=count, value=value)
    made = n("{n} model", "{n} models", len(models)) if models else t("No model is registered yet")
    ready = state_chip(t("Ready to train"), "green") if any(v.roles for v in data) else None
    return [
        Step("data", t("Data"), said, bool(data), t("Bring data in"), ready),
        Step("runs", t("Training runs"), trained if runs else t("No model has been trained yet"), bool(runs), t("Start training")),
        Step("models", t("Models"), made, bool(models), t("Register a version"), _leader(models[0].id) if models else None),
    ]


def _leader(model_id: str) -> Chip | None:
    leader = champion_of(session.workspace(), model_id)
    if leader is None:
        return Chip(t("None approved yet"), "gray", "○")
    return (
        state_chip(t("v{number} in use", number=leader.number), "green")
        if leader.serving
        else state_chip(t("v{number} approved", number=leader.number), "blue")
    )


def _lives(project: Project) -> list[Step]:
    words = w()
    live = list_deployments(session.workspace(), session.principal(), project_id=project.id, limit=20)
    said = "; ".join(telling.serves(words, d) for d in live) or t("No model makes decisions yet")
    chip = state_chip(*telling.listed_state(words, live[0])) if live else None  # type: ignore[arg-type]
    return [
        Step("impact_report", t("Impact report"), t("What the model is worth, in money and in people"), done=True),
        Step("deployments", t("Deployments"), said, bool(live), "", chip),
    ]


def next_step(steps: list[Step]) -> Step | None:
    """The first step that nothing has come of yet; of a project that has everything, its impact report, else its last step; if it has any."""
    last = next((step for step in steps if step.page == "impact_report"), steps[-1] if steps else None)
    return next((step for step in steps if not step.done and step.then), last)


def open_step(project: Project, step: Step) -> None:
    """Go to a step's page; a project with one deployment goes to that one."""
    if step.page == "deployments":
        live = list_deployments(session.workspace(), session.principal(), project_id=project.id, limit=2)
        if len(live) == 1:
            goto("deployment", deployment=live[0].id)
    goto("runs" if step.page == "models" and not step.done else step.page, project=project.id)


def show_work(project: Project, steps: list[Step]) -> None:
    """The steps as rows that open; nothing where the reader may open none."""
    if not steps:
        return
    section(t("Where it stands"))
    rows = [Row(step.page, (Main(step.title, step.said), step.chip or "")) for step in steps]
    if opened := show_rows([Column(t("Step"), "main"), Column(t("State"), "chip", "figure")], rows, key="work", label=t("Where it stands")):
        open_step(project, next(step for step in steps if step.page == opened))
