"""The states that every page has besides its good one: empty, error, no permission, loading, stale, expired."""

import logging
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.ui import session
from app.ui.chips import Chip
from app.ui.page import t
from app.ui.text import html, md
from core.errors import KachiError, NotFound, NotSignedIn, PermissionDenied
from core.identity.permissions import GRANTS, Permission, Role
from core.words import error_text, mark

log = logging.getLogger("kachi.pages")

ROLE_NAMES: dict[Role, str] = {
    Role.VIEWER: mark("Viewer"),
    Role.SCIENTIST: mark("Data scientist"),
    Role.APPROVER: mark("Approver"),
    Role.ADMIN: mark("Administrator"),
}


def empty(title: str, sentence: str, button: str | None = None, *, key: str = "empty", disabled_because: str | None = None) -> bool:
    """Nothing here yet: a card with a sentence and, where the reader can change that, a button.

    Args:
        title: what is missing.
        sentence: what it will show, or what to do first.
        button: the verb of the button; ``None`` for no button.
        key: unique on the page.
        disabled_because: why the reader can't use the button now.

    Returns:
        Whether the button was pressed.
    """
    card = _state_card(title, sentence, alone=button is None)
    if button is None:
        return False
    with card:
        help_text = md(disabled_because) if disabled_because else None
        return st.button(button, type="primary", key=f"k-{key}-button", disabled=bool(disabled_because), help=help_text)


def error(error_: BaseException, *, kept: str = "", next_step: str = "") -> None:
    """What happened, what was kept, what to do, and a code: for an error that a page expects.

    Args:
        error_: the error; the text of a `KachiError` is shown in the reader's language.
        kept: what was not lost.
        next_step: what to do now, when the message itself doesn't say it.
    """
    code = getattr(error_, "code", "error")
    if isinstance(error_, NotSignedIn) and not kept:
        kept = t("Nothing was changed. What you typed still stands here: copy it, then load the page again to sign in.")
    body = session.words().together(error_text(session.words(), error_), kept, next_step)
    st.error(f"{md(body)}  \n:gray[:small[{md(t('Code: {code}', code=code))}]]", icon=":material/error:")


def draw_error(error_: Exception) -> bool:
    """Draw an error that no page caught; given to the app as its handler of script errors.

    Args:
        error_: whatever a page raised.

    Returns:
        ``True``: the error was shown.
    """
    if isinstance(error_, NotSignedIn):
        expired()
        return True
    if isinstance(error_, PermissionDenied):
        _whole_page(t("You can't see this page"), error_text(session.words(), error_))
        return True
    if isinstance(error_, NotFound):
        _whole_page(t("There is no such page"), error_text(session.words(), error_))
        return True
    if isinstance(error_, KachiError):
        log.warning("page refused: %s (%s)", error_, error_.code)
        error(error_)
        return True
    number = uuid.uuid4().hex[:8]
    log.error("page failed, report %s", number, exc_info=error_)
    text = t(
        "This page could not be drawn. Nothing that you saved was lost. Load it again; if it happens again, give your administrator this number."
    )
    st.error(f"{md(text)}  \n:gray[:small[{md(t('Report number: {number}', number=number))}]]", icon=":material/error:")
    return True


def no_permission(permission: Permission) -> None:
    """The reader's roles don't allow this page: says which roles do, and who grants them."""
    names = [t(ROLE_NAMES[role]) for role in Role if permission in GRANTS[role]]
    text = t("This page is for the role {roles}. An administrator can give it to you on the page Users.", roles=_listed(names))
    _whole_page(t("You can't see this page"), text)


def refused_because(permission: Permission) -> str | None:
    """Why a button is disabled for this reader; ``None`` when it is not."""
    if session.may(permission):
        return None
    names = [t(ROLE_NAMES[role]) for role in Role if permission in GRANTS[role]]
    return t("This needs the role {roles}.", roles=_listed(names))


def expired() -> None:
    """Nobody is signed in any more: one button to the sign-in page, which leads back here."""
    with _state_card(t("Your session has ended"), t("Sign in again; you will come back to this page."), alone=False, level=1):
        st.link_button(t("Sign in"), "/auth/sign-in", type="primary")


def not_found(kind: str, go_back: str, label: str = "", page: str = "") -> None:
    """An address names a thing that isn't there (any more).

    Args:
        kind: what was looked for, translated: "project", "version".
        go_back: where the reader finds what there is.
        label: text of the link to the list. page: the list's key in `navigation.PAGES`.
    """
    _whole_page(t("There is no such {kind}", kind=kind), go_back, label, page)


@contextmanager
def loading(height: int) -> Iterator[None]:
    """Hold the place of slow content with a skeleton of its final height."""
    with st.skeleton(height):
        yield


def stale_chip(computed_at: datetime, now: datetime, fresh_for: timedelta) -> Chip | None:
    """A badge with the age of figures that are older than they should be; ``None`` while they are fresh."""
    if now - computed_at <= fresh_for:
        return None
    return Chip(t("Computed {ago}", ago=session.words().ago(computed_at, now)), "orange", "▲")


def _state_card(title: str, sentence: str, *, alone: bool = True, level: int = 2) -> DeltaGenerator:
    card = st.container(border=True, horizontal_alignment="center")
    heading = f"<h{level}>{html(title)}</h{level}>"
    card.html(f'<div class="k-state{" k-alone" if alone else ""}">{heading}<p>{html(sentence)}</p></div>')
    return card


def _whole_page(title: str, sentence: str, label: str = "", page: str = "") -> None:
    """A state that stands instead of the page: its title is the page's headline, and a link leads on."""
    from app.ui import navigation

    home = next((entry for entry in navigation.existing() if entry.in_menu and session.may(entry.permission)), None)
    if not page and home is not None:
        label, page = t("Go to: {page}", page=t(home.title)), home.key
    with _state_card(title, sentence, alone=not page, level=1):
        if page:
            navigation.link(label, page)


def _listed(names: Sequence[str]) -> str:
    if session.language() == "ja":
        return "または".join(names)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {t('or')} {names[-1]}"
