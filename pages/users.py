"""Users: who may sign in, and with which roles."""

import streamlit as st

from app.ui import session, states
from app.ui.chips import state_chip
from app.ui.dialogs import close, dialog
from app.ui.forms import text_field
from app.ui.page import facts, finding, gap, n, note, open_page, section, t, w
from app.ui.people import language_field, password_field, role_names, roles_field
from app.ui.rows import Column, Main, Row, show_rows
from core.errors import KachiError
from core.identity import Role, sessions, users
from core.identity.model import User, UserSpec


def done(text: str) -> None:
    session.flash(text)
    close()


@dialog(t("Add a user"))
def add_user() -> None:
    name = text_field(t("Name"), key="user-name", longest=80)
    email = text_field(t("Email address"), key="user-email", longest=254)
    roles = roles_field("user-roles", frozenset({Role.VIEWER}))
    language = language_field("user-language", session.language())
    password = password_field(t("First password"), "user-password")
    note(t("Give it to the person yourself; it can be changed on the page Account."))
    ready = bool(name and email and roles and password)
    if not st.button(t("Add user"), type="primary", key="user-add", disabled=not ready):
        return
    try:
        made = users.create_user(session.workspace(), session.principal(), UserSpec(email or "", name or "", password, roles, language))
    except KachiError as error:
        states.error(error)
        return
    done(t("{name} may sign in now.", name=made.name))


def act(user: User, button: str, roles: frozenset[Role], password: str) -> str:
    ws, me = session.workspace(), session.principal()
    if button == "roles":
        users.set_roles(ws, me, user.id, roles)
        return t("{name} has new roles from the next click on.", name=user.name)
    if button == "password":
        users.set_password(ws, me, user.id, password)
        return t("{name} has a new password and is signed out.", name=user.name)
    if button == "sign-out":
        return n("{n} session has ended.", "{n} sessions have ended.", sessions.end_sessions(ws, me, user.id))
    (users.disable_user if user.active else users.enable_user)(ws, me, user.id)
    return t("{name} can't sign in any more.", name=user.name) if user.active else t("{name} may sign in again.", name=user.name)


@dialog(t("User"), position="right")
def open_user(user: User) -> None:
    words = w()
    section(user.name)
    seen = words.datetime(user.last_sign_in_at) if user.last_sign_in_at else t("Never")
    facts([(t("Email address"), user.email), (t("Since"), words.date(user.created_at)), (t("Last sign-in"), seen)])
    roles = roles_field(f"edit-roles-{user.id}", user.roles)
    pressed = "roles" if st.button(t("Save roles"), type="primary", key="edit-save", disabled=not roles or roles == user.roles) else ""
    own = user.id == session.principal().user_id
    gap()
    if not own:
        password = password_field(t("New password"), f"edit-password-{user.id}")
        pressed = "password" if st.button(t("Set password"), key="edit-set", disabled=not password) else pressed
    else:
        password = ""
        note(t("Change your own password on the page Account."))
    gap()
    with st.container(horizontal=True, gap="xsmall"):
        pressed = "sign-out" if st.button(t("Sign out everywhere"), key="edit-out") else pressed
        pressed = "switch" if st.button(t("Disable") if user.active else t("Enable"), key="edit-switch") else pressed
    if pressed:
        try:
            said = act(user, pressed, roles, password)
        except KachiError as error:
            states.error(error)
            return
        done(said)


def main() -> None:
    ws, me, words = session.workspace(), session.principal(), w()
    found = users.list_users(ws, me, limit=500)
    active = sum(user.active for user in found)
    with open_page(t("Users")):
        if st.button(t("Add a user"), type="primary", key="users-add"):
            add_user()
    finding(
        n("{n} person may sign in", "{n} people may sign in", active), t("Nobody approves what he or she requested, whatever the roles.")
    )
    columns = [
        Column(t("Name"), "main"),
        Column(t("Roles"), "text", "second"),
        Column(t("State"), "chip", "figure"),
        Column(t("Last sign-in"), "muted"),
    ]
    rows = [
        Row(u.id, (Main(u.name, u.email), role_names(u.roles), state_chip(t("Active"), "green") if u.active else state_chip(t("Disabled"), "gray"),
                   words.ago(u.last_sign_in_at, ws.clock()) if u.last_sign_in_at else t("Never")))
        for u in found
    ]  # fmt: skip
    if opened := show_rows(columns, rows, key="users", label=t("Users")):
        open_user(next(u for u in found if u.id == opened))


main()
