"""Fields about people: roles, passwords, languages."""

from collections.abc import Collection

import streamlit as st

from app.ui import states
from app.ui.dialogs import slot
from app.ui.page import t
from core.identity import Role
from core.words import mark

LANGUAGES = {"en": "English", "ja": "日本語"}
ROLE_NOTES: dict[Role, str] = {
    Role.VIEWER: mark("sees what models are worth"),
    Role.SCIENTIST: mark("brings data, trains models, asks for approval"),
    Role.APPROVER: mark("approves, deploys and rolls back"),
    Role.ADMIN: mark("looks after users, schedules and backups"),
}


def role_names(roles: Collection[Role]) -> str:
    """Roles in the reader's language, in their usual order."""
    return ", ".join(t(states.ROLE_NAMES[role]) for role in Role if role in roles)


def roles_field(key: str, value: Collection[Role]) -> frozenset[Role]:
    """Check boxes for roles, each with what it is for."""
    st.markdown(t("Roles"))
    chosen = [
        role for role in Role
        if st.checkbox(t(states.ROLE_NAMES[role]), value=role in value, key=slot(f"{key}-{role}"), help=t(ROLE_NOTES[role]))
    ]  # fmt: skip
    return frozenset(chosen)


def password_field(label: str, key: str) -> str:
    """A new password, never shown."""
    advice = t("At least 10 characters; three or four words in a row are good.")
    return st.text_input(label, type="password", key=slot(key), autocomplete="new-password", help=advice, live=True)


def language_field(key: str, value: str) -> str:
    """The language of the pages."""
    chosen = st.segmented_control(t("Language"), list(LANGUAGES), default=value, format_func=LANGUAGES.__getitem__, key=slot(key))
    return str(chosen or value)
