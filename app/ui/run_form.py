"""The forms about a run: what to train, and registering what was trained."""

from __future__ import annotations

import streamlit as st

from app.ui import session, states
from app.ui.dialogs import dialog, slot
from app.ui.forms import number_field, text_field
from app.ui.navigation import goto, link
from app.ui.page import note, t, w
from app.ui.text import md
from core.data.model import DatasetVersion
from core.data.service import list_versions
from core.errors import KachiError
from core.project.model import Project, Task
from core.registry import service as registry
from core.training import service as training
from core.training.model import CHOICES, METRICS, Preset, Run, RunConfig, SplitKind
from core.training.wording import PRESETS, SPLITS, family_name, metric_name

TIMES = (60, 300, 900, 3600)
OWN = 0


def start_form(project: Project, like: Run | None = None) -> None:
    """Open the drawer that starts a run; call it when its button is pressed.

    Args:
        project: whose run it is.
        like: a run whose settings the form begins with.
    """

    @dialog(t("Start training"), position="right")
    def ask() -> None:
        versions = [v for v in list_versions(session.workspace(), session.principal(), project_id=project.id, limit=200) if v.roles]
        if not versions:
            st.markdown(t("There is no data to learn from yet. Bring a table and say which column is the target."))
            link(t("Go to the data"), "data", project=project.id)
            return
        version = _version_field(versions, like)
        name = st.text_input(t("Name (may stay empty)"), max_chars=120, key="run-name", placeholder=t("Before the autumn campaign"))
        config = _config_fields(project, version, like)
        if st.button(t("Start training"), type="primary", key="run-start", disabled=config is None) and config:
            _start(project, version, config, name)

    ask()


def _start(project: Project, version: DatasetVersion, config: RunConfig, name: str) -> None:
    try:
        run = training.start_run(session.workspace(), session.principal(), project.id, version.id, config, name=name)
    except KachiError as error:
        states.error(error)
        return
    goto("run", run=run.id)


def _version_field(versions: list[DatasetVersion], like: Run | None) -> DatasetVersion:
    words = w()
    known = [v.id for v in versions]
    first = known.index(like.dataset_version_id) if like and like.dataset_version_id in known else 0

    def label(v: DatasetVersion) -> str:
        return t("{name}, version {number} · {rows} rows", name=v.name, number=v.number, rows=words.number(v.rows))

    return st.selectbox(t("Data"), versions, first, format_func=label, key="run-data") or versions[0]


def _config_fields(project: Project, version: DatasetVersion, like: Run | None) -> RunConfig | None:
    before = like.config if like else training.default_config(project.task)
    presets = list(Preset)
    preset = st.radio(t("How much to try"), presets, presets.index(before.preset), format_func=lambda p: t(PRESETS[p]), key="run-preset")
    seconds = _time_field(before.time_limit_s)
    with st.expander(t("More settings"), type="compact"):
        metrics = METRICS[project.task]
        metric = st.selectbox(
            t("Models are chosen by"), metrics, metrics.index(before.metric), format_func=lambda m: metric_name(w(), m), key="run-metric"
        )
        families = st.multiselect(
            t("Kinds of models"), CHOICES, before.families, format_func=lambda f: family_name(w(), f), key="run-families"
        )
        splits = [SplitKind.RANDOM, *([SplitKind.TIME] if version.roles and version.roles.time_column else [])]
        kept = splits.index(before.split) if before.split in splits else 0
        split = st.radio(t("How rows are held out"), splits, kept, format_func=lambda s: t(SPLITS[s]), key="run-split")
        if len(splits) == 1:
            note(t("A split by time needs a time column; this data declares none."))
        validation = st.slider(t("Held out to choose by"), 5, 45, round(before.validation_share * 100), 5, "%d%%", key="run-validation")
        test = st.slider(t("Held out to test"), 5, 45, round(before.test_share * 100), 5, "%d%%", key="run-test")
        seed = number_field(t("Seed"), key="run-seed", value=before.seed, low=0, high=2**31 - 1)
    if seconds is None or seed is None or not families or not metric or not preset or not split:
        return None
    return RunConfig(metric, preset, seconds, tuple(families), int(seed), split, validation / 100, test / 100)


def _time_field(before: int) -> int | None:
    words = w()
    choices = [*TIMES, OWN]
    first = choices.index(before) if before in choices else choices.index(OWN)
    chosen = st.segmented_control(
        t("Time limit"),
        choices,
        default=choices[first],
        required=True,
        format_func=lambda s: words.duration(s) if s else t("Other"),
        key="run-time",
    )
    if chosen:
        return int(chosen)
    own = number_field(t("Seconds"), key="run-seconds", value=before, low=10, high=86_400)
    return int(own) if own is not None else None


def register_form(run: Run, project: Project) -> None:
    """Open the dialog that registers a finished run as a version of a model."""

    @dialog(t("Register as a version"))
    def ask() -> None:
        st.markdown(md(t("A version can be sent for approval and then be served. It keeps this run's model, threshold and value report.")))
        name = text_field(t("Model"), key="register-name", value=project.name, longest=80)
        threshold: float | None = None
        own = st.toggle(t("Use a threshold of my own instead of the most valuable one"), key=slot("register-own"))
        if own:
            threshold = number_field(t("Threshold, %"), key="register-threshold", value=50, low=0, high=100, decimals=1)
        remark = st.text_area(t("Note"), key=slot("register-note"), max_chars=400, placeholder=t("What is better than before?"))
        ready = bool(name) and (threshold is not None or not own)
        if st.button(t("Register"), type="primary", key="register-go", disabled=not ready) and name:
            share = threshold / 100 if threshold is not None else None
            try:
                version = registry.register_model(
                    session.workspace(), session.principal(), run.id, model_name=name, threshold=share, note=remark or ""
                )
            except KachiError as error:
                states.error(error)
                return
            session.flash(t("Registered as version {number}.", number=version.number))
            goto("model", model=version.model_id)

    ask()


def can_register(run: Run) -> bool:
    """Whether a run has a model that can decide yes or no."""
    return run.artifacts is not None and run.task is Task.BINARY
