"""API tokens: keys for programs."""

from datetime import datetime

import streamlit as st

from app.ui import session, states
from app.ui.chips import Chip, state_chip
from app.ui.dialogs import dialog, slot
from app.ui.forms import confirm, text_field
from app.ui.page import finding, n, note, open_page, t, w
from app.ui.rows import Column, Main, Row, show_rows
from core.errors import KachiError
from core.identity import Permission, Role, tokens, users
from core.identity.model import ApiToken
from core.words import mark

LIVES: dict[int, str] = {30: mark("30 days"), 90: mark("90 days"), 365: mark("a year"), 0: mark("until it is revoked")}


@dialog(t("Issue a token"))
def issue() -> None:
    form = st.empty()
    with form.container():
        secret = ask()
    if secret:
        form.empty()
        show_secret(secret)


def ask() -> str | None:
    """The form; the secret once a token was issued with it."""
    me = session.principal()
    name = text_field(t("What is it for?"), key="token-name", longest=80, placeholder=t("Nightly scoring"))
    held = [role for role in Role if role in me.roles]
    roles = st.multiselect(t("Roles"), held, default=held[:1], key=slot("token-roles"), format_func=lambda role: t(states.ROLE_NAMES[role]))
    days = st.selectbox(t("It ends after"), list(LIVES), index=1, key=slot("token-days"), format_func=lambda days: t(LIVES[days]))
    if not st.button(t("Issue token"), type="primary", key="token-issue", disabled=not (name and roles)):
        return None
    try:
        made = tokens.issue_token(session.workspace(), me, name or "", frozenset(roles), days=days or None)
    except KachiError as error:
        states.error(error)
        return None
    return made.secret


def show_secret(secret: str) -> None:
    st.markdown(t("Copy this token now. It is shown this once and stored nowhere."))
    st.code(secret, language=None, wrap_lines=True)
    note(t("Programs send it as the header “Authorization: Bearer …”."))


def state_of(token: ApiToken, now: datetime) -> Chip:
    if token.revoked_at is not None:
        return state_chip(t("Revoked"), "gray")
    if token.expires_at is not None and token.expires_at <= now:
        return state_chip(t("Ended"), "gray")
    return state_chip(t("Active"), "green")


def ask_revoke(token: ApiToken) -> None:
    def do(_: str) -> None:
        tokens.revoke_token(session.workspace(), session.principal(), token.id)
        session.flash(t("The token “{name}” has ended.", name=token.name))

    what = t("Programs that use it are refused from now on. This can't be taken back.")
    confirm(t("Revoke “{name}”?", name=token.name), what, do, button=t("Revoke"))


def main() -> None:
    ws, me, words = session.workspace(), session.principal(), w()
    every = me.may(Permission.MANAGE_USERS)
    found = tokens.list_tokens(ws, me, user_id=None if every else me.user_id, limit=500)
    owners = {user.id: user.name for user in users.list_users(ws, me, limit=500)} if every else {me.user_id: me.name}
    active = [token for token in found if token.revoked_at is None and (token.expires_at is None or token.expires_at > ws.clock())]
    with open_page(t("Tokens")):
        if found and st.button(t("Issue a token"), type="primary", key="tokens-issue"):
            issue()
    finding(
        n("{n} token is active", "{n} tokens are active", len(active)) if active else t("No token is active"),
        t("A token lets a program do what its roles allow, and never more than its owner may. Open one to revoke it."),
    )
    if not found:
        if states.empty(t("No tokens yet"), t("Programs that call the API need one."), t("Issue a token"), key="tokens"):
            issue()
        return
    columns = [
        Column(t("Token"), "main"),
        Column(t("Roles"), "text", "second"),
        Column(t("State"), "chip", "figure"),
        Column(t("Last used"), "muted"),
    ]
    rows = [
        Row(k.id, (Main(k.name, f"{owners.get(k.user_id, '–')} · {k.hint}…"), ", ".join(t(states.ROLE_NAMES[r]) for r in Role if r in k.roles),
                   state_of(k, ws.clock()), words.ago(k.last_used_at, ws.clock()) if k.last_used_at else t("Never")))
        for k in found
    ]  # fmt: skip
    if opened := show_rows(columns, rows, key="tokens", label=t("Tokens")):
        token = next(k for k in found if k.id == opened)
        if token in active:
            ask_revoke(token)


main()
