"""The one typed door to the browser session: who is signed in, in which language, on which project.

No other module touches ``st.session_state``, cookies or query parameters for these.
"""

import time
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from core.errors import NotSignedIn
from core.identity.permissions import Permission, Role
from core.identity.principal import Principal
from core.jobs.schedules import Schedules
from core.words import Language, Words, language_of
from core.workspace import Workspace

SESSION_COOKIE: Final = "kachi_session"
LANGUAGE_COOKIE: Final = "kachi_language"
TRUST_S: Final = 5.0
"""How long a fragment may rely on the principal that the last full run found."""

Thing = TypeVar("Thing")
FlashKind = Literal["success", "info", "warning", "error"]


class Portal(Protocol):
    """What pages need of the running portal."""

    @property
    def ws(self) -> Workspace:
        """Settings, store, artifacts, jobs and clock."""

    @property
    def schedules(self) -> Schedules:
        """What runs by itself."""

    def principal_for_session(self, cookie_value: str) -> Principal | None:
        """Who holds this session; ``None`` when it has ended."""


@dataclass(frozen=True, slots=True)
class Flash:
    """A message that survives one page change."""

    kind: FlashKind
    text: str


@dataclass(frozen=True, slots=True)
class _Override:
    portal: object
    principal: Principal | None
    language: Language


_override: _Override | None = None


def use_for_tests(portal: object, principal: Principal | None, language: Language = "en") -> None:
    """Put a portal, a principal and a language in place of the real ones, for every session of this process.

    Args:
        portal: what `portal` will return; anything that has what the page under test uses.
        principal: who is signed in, or ``None``.
        language: the language of the page, until its reader changes it.
    """
    global _override
    _override = _Override(portal, principal, language)


def end_use_for_tests() -> None:
    """Go back to the real portal."""
    global _override
    _override = None


def portal() -> Portal:
    """The running portal."""
    if _override is not None:
        return _override.portal  # type: ignore[return-value]
    from core.api import portal as running

    return running.current()


def workspace() -> Workspace:
    """The workspace that every service function of core takes first."""
    return portal().ws


def begin() -> Principal | None:
    """Look up who is signed in, at the start of each full run; `app/main.py` calls it.

    Returns:
        The principal, or ``None`` when nobody is signed in or the session has ended.
    """
    if _override is not None:
        found = _override.principal
    else:
        cookie = st.context.cookies.get(SESSION_COOKIE)
        found = portal().principal_for_session(cookie) if cookie else None
    st.session_state["k_principal"] = (found, time.monotonic())
    return found


def current() -> Principal | None:
    """Who is signed in; looked up again when the last look is older than a few seconds."""
    seen = st.session_state.get("k_principal")
    if seen is None or time.monotonic() - seen[1] > TRUST_S:
        return begin()
    found: Principal | None = seen[0]
    return found


def principal() -> Principal:
    """Who is signed in.

    Raises:
        NotSignedIn: nobody; the shell then draws the way to the sign-in page.
    """
    found = current()
    if found is None:
        raise NotSignedIn
    return found


def may(permission: Permission) -> bool:
    """Whether the signed-in person holds a permission: to hide or disable a button, never instead of core's check."""
    return principal().may(permission)


def highest_role(person: Principal) -> Role | None:
    """The role that the page footer names: the one that decides most."""
    order = (Role.ADMIN, Role.APPROVER, Role.SCIENTIST, Role.VIEWER)
    return next((role for role in order if role in person.roles), None)


def language() -> Language:
    """The reader's language: own choice, then this browser's cookie, the account's, the browser's locale."""
    chosen = st.session_state.get("k_language")
    if chosen in ("en", "ja"):
        return "ja" if chosen == "ja" else "en"
    if _override is not None:
        return _override.language
    cookie = st.context.cookies.get(LANGUAGE_COOKIE)
    if cookie in ("en", "ja"):
        return language_of(cookie)
    person = current()
    return language_of(person.language if person else st.context.locale)


def set_language(chosen: Language) -> None:
    """Keep the reader's choice of language for this session (the shell also writes the cookie)."""
    st.session_state["k_language"] = chosen


def words() -> Words:
    """The words of the reader's language, in the portal's time zone."""
    name = getattr(getattr(getattr(portal(), "ws", None), "settings", None), "timezone", "UTC")
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError):
        zone = ZoneInfo("UTC")
    return Words(language(), zone, samples=is_sample())


def is_sample() -> bool:
    """Whether this is the demo workspace, whose pages say "Sample data"."""
    return bool(getattr(getattr(getattr(portal(), "ws", None), "settings", None), "demo", False))


def query(name: str, default: str = "") -> str:
    """A query parameter of the address; empty when it is missing."""
    return str(st.query_params.get(name, default))


def set_query(name: str, value: str | None) -> None:
    """Put a parameter into the address, or take it out with ``None``."""
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def project_id() -> str | None:
    """The project in the address, else the one that was last looked at in this session."""
    found = query("project") or st.session_state.get("k_project")
    if found:
        st.session_state["k_project"] = found
    return str(found) if found else None


def select_project(project: str) -> None:
    """Make a project the current one, in the address too."""
    st.session_state["k_project"] = project
    set_query("project", project)


def keep(name: str, thing: object) -> None:
    """Keep what a person is working on for this session, so that it is there again on the next page or step."""
    st.session_state[f"k_kept_{name}"] = thing


def kept(name: str, kind: type[Thing]) -> Thing | None:
    """What was kept under a name; None where nothing of that kind was."""
    found = st.session_state.get(f"k_kept_{name}")
    return found if isinstance(found, kind) else None


def forget(name: str) -> None:
    """Keep nothing under a name any more."""
    st.session_state.pop(f"k_kept_{name}", None)


def flash(text: str, kind: FlashKind = "success") -> None:
    """Say something at the top of the next page that is drawn."""
    st.session_state.setdefault("k_flash", []).append(Flash(kind, text))


def take_flashes() -> list[Flash]:
    """The messages that wait to be said; they are said once."""
    taken: list[Flash] = st.session_state.pop("k_flash", [])
    return taken
