"""The questions that people ask of lineage: what is live because of a data set, and who was in use on a day."""

from datetime import UTC, datetime, time

import streamlit as st

from app.ui import session
from app.ui.navigation import goto
from app.ui.page import given, section, t, w
from app.ui.rows import Column, Main, Row, show_rows
from core.data.service import list_versions as list_data
from core.registry import lineage as registry
from core.registry.lineage import Reign
from core.registry.service import list_models
from core.store.lineage import Node


def _show_reigns(reigns: list[Reign], nothing: str, *, key: str) -> None:
    words = w()
    if not reigns:
        st.markdown(nothing)
        return
    columns = [Column(t("Deployment"), "main"), Column(t("Version"), "text", phone="second"), Column(t("Since"), "muted")]
    rows = [
        Row(r.version.id, (Main(r.deployment_name, r.version.model_name), f"v{r.version.number}", words.datetime(r.since))) for r in reigns
    ]
    if opened := show_rows(columns, rows, key=key, label=t("Answer")):
        goto("lineage", kind=Node.MODEL_VERSION.value, id=opened)


def _ask_live() -> None:
    ws, me = session.workspace(), session.principal()
    versions = list_data(ws, me, limit=200)
    if not versions:
        st.markdown(t("There is no data set yet."))
        return
    chosen = st.selectbox(t("Data set"), versions, format_func=lambda v: given(f"{v.name} v{v.number}"), key="lineage-data")
    if chosen:
        _show_reigns(
            registry.what_is_live_because_of(ws, me, chosen.id), t("Nothing that is live today learned from this data set."), key="live"
        )
        if st.button(t("Show what came of it"), key="lineage-show-data"):
            goto("lineage", kind=Node.DATASET_VERSION.value, id=chosen.id)


def _ask_champion() -> None:
    ws, me = session.workspace(), session.principal()
    models = list_models(ws, me, limit=200)
    if not models:
        st.markdown(t("There is no model yet."))
        return
    left, right = st.columns(2)
    model = left.selectbox(t("Model"), models, format_func=lambda m: given(m.name), key="lineage-model")
    day = right.date_input(t("Day"), value="today", max_value="today", key="lineage-day")
    if model and day:
        moment = min(datetime.combine(day, time.max, w().timezone).astimezone(UTC), ws.clock())
        _show_reigns(
            registry.champion_on(ws, me, model.id, moment), t("No version of this model was in use at the end of that day."), key="reigns"
        )


def ask() -> None:
    """The two questions that people ask most."""
    left, right = st.columns(2, gap="medium")
    with left:
        section(t("What is live because of this data set?"))
        _ask_live()
    with right:
        section(t("Which version was in use on a day?"))
        _ask_champion()
