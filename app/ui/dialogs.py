"""Dialogs and drawers that forget what was typed into them as soon as they are closed."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Final, Literal, NoReturn, ParamSpec

import streamlit as st

P = ParamSpec("P")
_COUNT: Final = "k_dialogs_closed"
_inside: ContextVar[bool] = ContextVar("inside a dialog", default=False)


def dialog(
    title: str, *, position: Literal["center", "right"] = "center", width: Literal["small", "medium", "large"] = "small"
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Make a function the body of a dialog; dismissing it draws the page again, with what was done meanwhile.

    Args:
        title: what stands at its top.
        position: ``right``: a drawer, for the detail of a row.
        width: how wide.
    """

    def decorate(body: Callable[P, None]) -> Callable[P, None]:
        @wraps(body)
        def drawn(*args: P.args, **kwargs: P.kwargs) -> None:
            mark = _inside.set(True)
            try:
                body(*args, **kwargs)
            finally:
                _inside.reset(mark)

        made: Callable[P, None] = st.dialog(title, width=width, position=position, on_dismiss=_forget)(drawn)
        return made

    return decorate


def slot(key: str) -> str:
    """The key of an input: in a dialog another one after each closing, elsewhere the key itself.

    A browser sends what stands in a dialog that was just closed along with the next click; under the same key that would
    stand in the next dialog, too: the roles of one user in the form of another one. Where a dialog is about one thing of
    several, the key also names that thing.
    """
    closed = st.session_state.get(_COUNT, 0)
    return f"{key}-{closed}" if _inside.get() and closed else key


def close() -> NoReturn:
    """Close the open dialog and draw the page again; nothing after this call runs."""
    _forget()
    st.rerun()


def _forget() -> None:
    st.session_state[_COUNT] = st.session_state.get(_COUNT, 0) + 1
