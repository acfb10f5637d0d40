"""One model: its versions with their states and promises, who was in use when, and the way to an approval."""

import streamlit as st

from app.ui import session, states
from app.ui.chips import state_chip
from app.ui.evidence import VERSION_STATES
from app.ui.page import facts, finding, gap, open_page, section, t, w
from app.ui.rows import Column, Main, Row, show_rows
from app.ui.versions import open_register, show_version
from core.errors import NotFound
from core.identity import Permission
from core.registry import service as registry
from core.registry.lineage import list_reigns
from core.registry.model import ModelVersion
from core.registry.store import VersionFilter


def show_versions(versions: list[ModelVersion]) -> None:
    words = w()
    columns = [Column(t("Version"), "main"), Column(t("State"), "chip"), Column(t("Registered"), "muted")]
    rows = [
        Row(v.id, (Main(t("Version {number}", number=v.number), t("run #{run}, {name}", run=v.run_number, name=v.created_by_name)),
                   state_chip(t(VERSION_STATES[v.state][0]), VERSION_STATES[v.state][1]), words.date(v.created_at)))
        for v in versions
    ]  # fmt: skip
    if opened := show_rows(columns, rows, key="versions", label=t("Versions")):
        session.set_query("version", opened)


def main() -> None:
    ws, me, words = session.workspace(), session.principal(), w()
    try:
        model = registry.get_model(ws, me, session.query("model"))
    except NotFound:
        states.not_found(t("model"), t("The list of models shows what there is."), t("All models"), "models")
        return
    versions = registry.list_versions(ws, me, wanted=VersionFilter(model_id=model.id), limit=200)
    reigns = list_reigns(ws, me, model.id)
    refused = states.refused_because(Permission.REGISTER_MODELS)
    with open_page(t("Models"), model.name):
        if st.button(t("Register a version"), key="model-register", disabled=bool(refused), help=refused):
            open_register(model)
    current = [r for r in reigns if r.until is None]
    title = t("Version {number} of {model} is in use", number=current[0].version.number, model=model.name) if current else t("{model} is not in use", model=model.name)  # fmt: skip
    finding(
        title,
        t("In {deployment} since {when}.", deployment=current[0].deployment_name, when=words.datetime(current[0].since)) if current else "",
    )
    gap()
    show_versions(versions)
    chosen = next((v for v in versions if v.id == session.query("version")), versions[0] if versions else None)
    gap()
    if chosen:
        show_version(chosen)
    if reigns:
        section(t("Who was in use when"))
        facts(
            [
                (
                    f"{words.datetime(r.since)} –",
                    t("version {number} in {deployment}", number=r.version.number, deployment=r.deployment_name),
                )
                for r in reigns
            ]
        )


main()
