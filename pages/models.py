"""All models: which version of each is in use, and what it promises."""

from app.ui import session, states
from app.ui.chips import Chip, state_chip
from app.ui.evidence import VERSION_STATES
from app.ui.navigation import goto
from app.ui.page import finding, n, open_page, t, w
from app.ui.rows import Column, Main, Row, show_rows
from core.impact.service import find_frozen
from core.project.service import list_projects
from core.registry.lineage import champion_of
from core.registry.model import Model, ModelVersion
from core.registry.service import list_models, list_versions
from core.registry.store import VersionFilter


def newest(model: Model) -> ModelVersion | None:
    found = list_versions(session.workspace(), session.principal(), wanted=VersionFilter(model_id=model.id), limit=1)
    return found[0] if found else None


def in_use(model: Model) -> Chip:
    leader = champion_of(session.workspace(), model.id)
    if leader is None:
        return Chip(t("None approved yet"), "gray", "○")
    if not leader.serving:
        return state_chip(t("v{number} approved", number=leader.number), "blue")
    return state_chip(t("v{number} in use", number=leader.number), "green")


def row(model: Model, project: str) -> Row | None:
    words, version = w(), newest(model)
    if version is None:
        return None
    promise = find_frozen(session.workspace(), session.principal(), version.impact_report_id)
    text, tone = VERSION_STATES[version.state]
    state = state_chip(t("v{number}: {state}", number=version.number, state=t(text)), tone)
    gain = words.money_per(promise.gain.value, promise.currency, promise.period.value, signed=True)
    return Row(model.id, (Main(model.name, project), in_use(model), state, words.date(version.created_at), gain))


def main() -> None:
    ws, me = session.workspace(), session.principal()
    projects = {p.id: p.name for p in list_projects(ws, me, limit=500)}
    wanted = session.query("project") or None
    found = list_models(ws, me, project_id=wanted, limit=200)
    with open_page(t("Models"), *([projects[wanted]] if wanted in projects else [])):
        pass
    if not found:
        finding(t("No model is registered yet"), t("A version is a trained model with the policy that it decides by."))
        sentence = t("Open a finished training run and register it; then ask for its approval here.")
        if states.empty(t("Register a training run first"), sentence, t("Training runs"), key="models"):
            goto("runs")
        return
    finding(
        n("{n} model", "{n} models", len(found)),
        t("Each has numbered versions. Only an approved version can be deployed, and its promise stays as it was approved."),
    )
    columns = [
        Column(t("Model"), "main"),
        Column(t("In use"), "chip"),
        Column(t("Newest version"), "chip", phone="hide"),
        Column(t("Registered"), "muted"),
        Column(t("Newest promises"), "amount"),
    ]
    rows = [made for model in found if (made := row(model, projects.get(model.project_id, ""))) is not None]
    if opened := show_rows(columns, rows, key="models", label=t("Models")):
        goto("model", model=opened)


main()
