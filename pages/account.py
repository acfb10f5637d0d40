"""The reader's own account: name, language, password, where he or she is signed in."""

import streamlit as st

from app.ui import session, states
from app.ui.forms import text_field
from app.ui.navigation import link
from app.ui.page import facts, finding, gap, n, note, open_page, section, t, table, w
from app.ui.people import language_field, password_field, role_names
from core.errors import KachiError
from core.identity import sessions, users
from core.identity.model import User
from core.words import language_of


def show_profile(user: User) -> None:
    section(t("Name and language"))
    name = text_field(t("Name"), key="account-name", value=user.name, longest=80)
    language = language_field("account-language", user.language)
    changed = bool(name) and (name, language) != (user.name, user.language)
    if st.button(t("Save"), type="primary", key="account-save", disabled=not changed):
        try:
            users.set_profile(session.workspace(), session.principal(), user.id, name=name or "", language=language)
        except KachiError as error:
            states.error(error)
            return
        session.set_language(language_of(language))
        session.flash(t("Saved."))
        st.rerun()


def show_password(user: User) -> None:
    section(t("Password"), t("Changing it signs you out everywhere else."))
    with st.form("account-password", border=False, clear_on_submit=True):
        current = st.text_input(t("Present password"), type="password", key="account-current", autocomplete="current-password")
        fresh = password_field(t("New password"), "account-new")
        pressed = st.form_submit_button(t("Change password"), key="account-change")
    if not pressed:
        return
    try:
        users.set_password(session.workspace(), session.principal(), user.id, fresh, current=current)
    except KachiError as error:
        states.error(error)
        return
    session.flash(t("Your password is changed."))
    st.rerun()


def show_sessions(user: User) -> None:
    ws, me, words = session.workspace(), session.principal(), w()
    found = sessions.list_sessions(ws, me, user.id)
    section(n("Signed in at {n} place", "Signed in at {n} places", len(found)))
    table({
        t("Browser"): [sessions.browser_name(one.agent) or "–" for one in found],
        t("Address"): [one.address or "–" for one in found],
        t("Last used"): [t("This one") if one.token_hash == me.credential else words.ago(one.last_used_at, ws.clock()) for one in found],
    })  # fmt: skip
    with st.container(horizontal=True, gap="xsmall"):
        st.link_button(t("Sign out"), "/auth/sign-out")
        if st.button(t("Sign out everywhere else"), key="account-out", disabled=len(found) < 2):
            ended = sessions.end_sessions(ws, me, user.id, keep_own=True)
            session.flash(n("{n} session has ended.", "{n} sessions have ended.", ended))
            st.rerun()


def main() -> None:
    me = session.principal()
    with open_page(t("Account")):
        pass
    user = users.get_user(session.workspace(), me, me.user_id)
    finding(user.name, t("Your administrator gives roles; everything else here is yours to change."))
    facts([(t("Email address"), user.email), (t("Roles"), role_names(user.roles))])
    gap()
    left, right = st.columns(2, gap="large")
    with left:
        show_profile(user)
    with right:
        show_password(user)
    gap()
    show_sessions(user)
    gap()
    note(t("Programs that work for you need a token of their own."))
    link(t("Your API tokens"), "tokens")


main()
