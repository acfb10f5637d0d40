"""Accounts that pages are read with."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.identity import SYSTEM, Principal, Role
from core.identity.model import UserSpec
from core.identity.users import create_user
from core.workspace import Workspace

PASSWORD = "correct horse battery"


def add(ws: Workspace, name: str, *roles: Role) -> Principal:
    """A real account, as one who asks."""
    return create_user(ws, SYSTEM, UserSpec(f"{name}@example.com", name.capitalize(), PASSWORD, frozenset(roles))).principal()


def press(page: AppTest, *keys: str) -> None:
    """Press buttons in one run: the test runner draws a dialog only in the run that opens it, so its opener is pressed along."""
    for key in keys:
        page.button(key=key).click()
    page.run()
