"""Contracts as their pages draw them: the list, what one says, and the dialogs that sign, propose and restate."""

import streamlit as st

from app.ui import session, states
from app.ui.chips import Chip, state_chip
from app.ui.dialogs import dialog, slot
from app.ui.forms import confirm
from app.ui.navigation import goto, link
from app.ui.page import facts, given, note, section, t, w
from app.ui.rows import Column, Main, Row, show_rows
from app.ui.text import whole_amounts
from core.errors import KachiError
from core.identity import Permission
from core.monitoring.restate import restate
from core.project.service import list_value_models
from core.registry import contract_sentences as said
from core.registry.approvals import get_approval
from core.registry.contract import ContractState, Party
from core.registry.contracts import ContractView, propose_contract, sign_for_business, sign_refusal
from core.serving.model import Deployment
from core.words import error_text


def contract_chip(view: ContractView) -> Chip:
    """How a contract stands; one in force that business hasn't signed asks for it."""
    text, tone = said.STATES[view.contract.state]
    if view.contract.state is ContractState.IN_FORCE and view.signature(Party.BUSINESS) is None:
        return state_chip(t("In force, business hasn't signed"), "orange")
    return state_chip(t(text), tone)


def show_contracts(views: list[ContractView]) -> None:
    """All contracts of a model as rows; one opens in the drawer."""
    words = w()
    section(t("All contracts"), t("What was counted under a contract stays counted under it; a row opens what it says"))
    columns = [Column(t("Contract"), "main"), Column(t("State"), "chip"), Column(t("Value model"), "text", phone="hide"),
               Column(t("Proposed"), "muted", phone="end")]  # fmt: skip
    rows = [
        Row(v.contract.id, (
            Main(t("Contract {number} for version {version}", number=v.contract.number, version=v.contract.version_number), given(v.contract.reason)),
            contract_chip(v), t("version {version}", version=v.contract.value_model_version), words.date(v.contract.proposed_at),
        ))
        for v in views
    ]  # fmt: skip
    if opened := show_rows(columns, rows, key="contracts", label=t("All contracts")):
        dialog(" ", position="right")(_detail)(next(v for v in views if v.contract.id == opened))


def _detail(view: ContractView) -> None:
    show_terms(view)


def show_terms(view: ContractView, *, with_request: bool = True) -> None:
    """What one contract says, who signed it, and its report.

    Args:
        with_request: whether to lead to the request that decides on it.
    """
    c = view.contract
    section(t("Contract {number}", number=c.number), said.signed_text(w(), view))
    facts([(label, whole_amounts(value)) for label, value in said.terms_rows(w(), view)])
    link(t("The frozen impact report"), "impact_report", project=c.project_id, report=c.report_id)
    if with_request and c.state is ContractState.PROPOSED:
        page = "contract_request" if c.replaces_number is not None else "approval"
        link(t("The request that decides on it"), page, approval=c.approval_id)


def sign_button(view: ContractView, *, primary: bool = False) -> None:
    """The button with which somebody signs for the business; disabled with the reason where they can't."""
    ws, me = session.workspace(), session.principal()
    if view.signature(Party.BUSINESS) is not None or not view.contract.terms:
        return
    refused = sign_refusal(me, view, get_approval(ws, me, view.contract.approval_id))
    why = error_text(w(), refused) if refused else None
    kind = "primary" if primary and not why else "secondary"
    if st.button(t("Sign for the business"), key="contract-sign", type=kind, disabled=bool(why), help=why):  # type: ignore[arg-type]
        what = t(
            "You agree that **these amounts are what its decisions are worth**. Your name and the time are signed with its terms. Who signs for the business can't approve the contract."
        )
        title = t("Sign contract {number} for the business?", number=view.contract.number)
        confirm(title, what, lambda _: _sign(view), button=t("Sign"))


def _sign(view: ContractView) -> None:
    sign_for_business(session.workspace(), session.principal(), view.contract.id)
    session.flash(t("Contract {number} is signed for the business.", number=view.contract.number))


def propose_button(view: ContractView) -> None:
    """The button that proposes another value model."""
    refused = states.refused_because(Permission.REQUEST_APPROVAL)
    if st.button(t("Propose another value model"), key="contract-propose", disabled=bool(refused), help=refused):
        dialog(t("Propose another value model"))(_propose)(view)


def _propose(view: ContractView) -> None:
    ws, me, words = session.workspace(), session.principal(), w()
    c = view.contract
    others = [m for m in list_value_models(ws, me, c.project_id) if m.id != c.value_model_id]
    if not others:
        note(t("This project has no other value model. Add a version of it on the project's page first."))
        link(t("The project"), "project", project=c.project_id)
        return
    st.markdown(
        t("How the version decides stays as it is. Somebody from the business signs, then an approver decides; what was counted stays.")
    )
    chosen = st.selectbox(
        t("Value model"), others, key=slot("propose-model"),
        format_func=lambda m: " · ".join(filter(None, (t("version {version}", version=m.version), m.currency, words.date(m.created_at), given(m.note)))),
    )  # fmt: skip
    reason = st.text_area(t("Why"), key=slot("propose-reason"), max_chars=2000)
    if st.button(t("Propose"), type="primary", key="propose-go"):
        try:
            made = propose_contract(ws, me, c.model_version_id, chosen.id, reason or "")
        except KachiError as error:
            states.error(error)
        else:
            goto("contract_request", approval=made.contract.approval_id)


def restate_button(view: ContractView, deployment: Deployment) -> None:
    """The button that values what was counted under other contracts once more under this one."""
    refused = states.refused_because(Permission.READ_DETAILS)
    if st.button(t("Restate past figures"), key="contract-restate", disabled=bool(refused), help=refused):
        what = t("What was counted under other contracts is valued once more under this one. **The records stay**; the restated figures stand beside them in the ledger, marked.")  # fmt: skip
        title = t("Restate past figures under contract {number}?", number=view.contract.number)
        confirm(title, what, lambda _: _restate(view, deployment), button=t("Restate"))


def _restate(view: ContractView, deployment: Deployment) -> None:
    made = restate(session.workspace(), session.principal(), deployment.id, view.contract.id)
    session.flash(t("{n} decisions are restated; the ledger shows both.", n=w().number(made.decisions)))
