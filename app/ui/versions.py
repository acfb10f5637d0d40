"""A version of a model as its page shows it, and the dialogs that register one and ask for its approval."""

import streamlit as st

from app.ui import session, states
from app.ui.dialogs import close, dialog, slot
from app.ui.evidence import VERSION_STATES
from app.ui.forms import confirm, number_field, text_field
from app.ui.navigation import goto, link
from app.ui.page import facts, note, section, t, w
from core.errors import KachiError
from core.identity import Permission
from core.impact.service import find_frozen, list_valued_runs
from core.registry import approvals as requests
from core.registry import service as registry
from core.registry.model import ApprovalKind, Model, ModelVersion, VersionState
from core.registry.store import ApprovalFilter
from core.serving.model import DeploymentState
from core.serving.service import deploy_version, list_deployments
from core.serving.telling import share_of_percent


def open_register(model: Model) -> None:
    """Open the dialog that makes a finished run a version."""
    dialog(t("Register a version"))(_register)(model)


def _register(model: Model) -> None:
    ws, me = session.workspace(), session.principal()
    runs = list_valued_runs(ws, me, model.project_id, 50)
    if not runs:
        note(t("This project has no finished training run yet."))
        return
    run = st.selectbox(t("Training run"), runs, format_func=lambda r: f"#{r.number} · {r.model_name}", key="register-run")
    threshold = None
    if not st.toggle(t("Act where it pays most (chosen on validation data)"), value=True, key=slot("register-best")):
        percent = number_field(t("Act from this likelihood on"), key="register-threshold", low=0, high=100, decimals=1, unit="%")
        threshold = None if percent is None else percent / 100
    text = st.text_area(t("Note"), key=slot("register-note"), max_chars=2000)
    if st.button(t("Register"), type="primary", key="register-go"):
        try:
            version = registry.register_model(ws, me, run.id, model_name=model.name, threshold=threshold, note=text or "")
        except KachiError as error:
            states.error(error)
        else:
            session.flash(t("Version {number} is registered.", number=version.number))
            close()


def _request(version: ModelVersion) -> None:
    st.markdown(t("The evidence is put together now and never changes again. Somebody else decides."))
    text = st.text_area(t("Note for the approver"), key=slot("request-note"), max_chars=2000)
    if st.button(t("Ask for approval"), type="primary", key="request-go"):
        try:
            approval = requests.request_approval(session.workspace(), session.principal(), version.id, text or "")
        except KachiError as error:
            states.error(error)
        else:
            goto("approval", approval=approval.id)


def _deploy(version: ModelVersion) -> None:
    """Put an approved version in charge, or beside the one in charge as a pilot."""
    ws, me = session.workspace(), session.principal()
    serving = next((d for d in list_deployments(ws, me, project_id=version.project_id, limit=200) if d.model_id == version.model_id), None)
    share = None
    if serving is not None and serving.champion_number is not None and serving.state is not DeploymentState.STOPPED:
        if st.toggle(t("Try it on a part of the traffic first"), value=True, key=slot("deploy-pilot")):
            percent = st.slider(t("Percent of the traffic"), 1, 100, 10, key=slot("deploy-share"))
            share = share_of_percent(percent)
            st.markdown(t("Version {version} decides the rest, until you promote or end the pilot.", version=serving.champion_number))
        else:
            st.markdown(t("It takes over from version {version} at once. Rolling back is one click.", version=serving.champion_number))
    else:
        st.markdown(t("It decides everything from now on."))
    reason = text_field(t("Reason"), key="deploy-reason", longest=2000)
    if not st.button(t("Deploy"), type="primary", key="deploy-go", disabled=not reason) or not reason:
        return
    seen = serving.generation if serving else None
    try:
        made = deploy_version(ws, me, version.id, canary_share=share, reason=reason, generation=seen)
    except KachiError as error:
        states.error(error)
        return
    session.flash(t("Version {number} is deployed.", number=version.number))
    goto("deployment", deployment=made.id)


def show_version(version: ModelVersion) -> None:
    """Draw one version: what it promises, what can be done with it, and its requests."""
    ws, me, words = session.workspace(), session.principal(), w()
    promise = find_frozen(ws, me, version.impact_report_id)
    section(t("Version {number}", number=version.number), version.note)
    facts([
        (t("State"), t(VERSION_STATES[version.state][0])),
        (t("Promises"), words.money_per(promise.gain.value, promise.currency, promise.period.value, signed=True)),
        (t("With 95% confidence"), words.money_range(promise.gain.low, promise.gain.high, promise.currency, signed=True)),
        (t("Acts from this likelihood on"), words.percent(version.threshold, 1)),
        (t("Registered by"), t("{name}, {when}", name=version.created_by_name, when=words.datetime(version.created_at))),
        (t("Model package"), version.package_sha256),
    ])  # fmt: skip
    with st.container(horizontal=True):
        refused = states.refused_because(Permission.REQUEST_APPROVAL)
        if version.state is VersionState.REGISTERED and st.button(
            t("Ask for approval"), type="primary", key="model-request", disabled=bool(refused), help=refused
        ):
            dialog(t("Ask for approval"))(_request)(version)
        refused = states.refused_because(Permission.OPERATE_DEPLOYMENTS)
        if version.state is VersionState.APPROVED and st.button(
            t("Deploy"), type="primary", key="model-deploy", disabled=bool(refused), help=refused, icon=":material/rocket_launch:"
        ):
            dialog(t("Deploy version {number}", number=version.number))(_deploy)(version)
        if version.state is VersionState.APPROVED and st.button(t("Retire"), key="model-retire", disabled=bool(refused), help=refused):
            what = t("It can't be deployed any more. This can't be taken back.")
            confirm(t("Retire version {number}?", number=version.number), what, lambda reason: _retire(version, reason), button=t("Retire"), reason_required=True)  # fmt: skip
    link(t("The frozen impact report"), "impact_report", project=version.project_id, report=version.impact_report_id)
    link(t("Where it came from"), "lineage", kind="model_version", id=version.id)
    for approval in requests.list_approvals(
        ws, me, wanted=ApprovalFilter(model_version_id=version.id, kind=ApprovalKind.VERSION), limit=10
    ):
        link(t("Request of {when} and its evidence", when=words.datetime(approval.requested_at)), "approval", approval=approval.id)


def _retire(version: ModelVersion, reason: str) -> None:
    registry.retire_version(session.workspace(), session.principal(), version.id, reason)
    session.flash(t("Version {number} is retired.", number=version.number))
