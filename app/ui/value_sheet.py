"""The inputs of the value model builder: each writes into the draft, and has a place below it for what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.ui import session
from app.ui.forms import complain
from app.ui.page import t, w
from app.ui.text import md
from app.ui.value_draft import Draft, Step
from core.errors import InvalidInput
from core.impact.value_words import error_words
from core.project.model import Nouns, Project, Task
from core.words import mark

KEPT: Final = "value-draft"
START: Final = "vm-start"
"""Key of the choice of what to start from."""
LONGEST: Final = 300
STEP_NAMES: Final = {
    Step.START: mark("Start"),
    Step.QUESTIONS: mark("Questions"),
    Step.PAYOFFS: mark("Payoffs"),
    Step.LIMITS: mark("Limits"),
    Step.COSTS: mark("Costs"),
    Step.REVIEW: mark("Review"),
}


class Sheet:
    """The inputs of one step, on the draft that is kept.

    Args:
        draft: as it stands now. nouns: the project's words, as the reader knows them.
    """

    def __init__(self, draft: Draft, nouns: Nouns) -> None:
        self.draft, self.nouns = draft, nouns
        self._slots: dict[str, DeltaGenerator] = {}

    def line(
        self, name: str, label: str, *, first: str = "", help: str = "", placeholder: str = "", below: Callable[[str], None] | None = None
    ) -> str:
        """A line of text, read while it is typed.

        Args:
            first: what stands there until something is typed.
            below: draws what stands below it, given the text.
        """
        text = self.draft.text(name) if name in self.draft.typed else first
        st.text_input(
            md(label), text, key=key_of(name), max_chars=LONGEST, help=md(help) if help else None,
            placeholder=placeholder or None, live="300ms", on_change=_take, args=(name,),
        )  # fmt: skip
        self._slots[name] = st.container(gap=None)
        if below is not None:
            with self._slots[name]:
                below(text)
        return text

    def choose(
        self, name: str, label: str, options: Mapping[str, str], *, first: str = "", kind: Literal["list", "line"] = "list", help: str = "",
        hidden: bool = False,
    ) -> str:  # fmt: skip
        """One of some options, by key: as a list, or all of them beside each other.

        Args:
            options: key to what is shown, translated. first: which one until somebody chooses. hidden: the label is for screen readers only.
        """
        keys, before = list(options), self.draft.text(name)
        first = before if before in keys else first if first in keys else keys[0]
        hint, seen = md(help) if help else None, "collapsed" if hidden else "visible"
        if kind == "line":
            st.segmented_control(
                md(label), keys, default=first, required=True, format_func=lambda k: md(options.get(k, k)), key=key_of(name), help=hint,
                label_visibility=seen, on_change=_take, args=(name,),
            )  # type: ignore[call-overload]  # fmt: skip
        else:
            st.selectbox(
                md(label), keys, keys.index(first), format_func=lambda k: options.get(k, k), key=key_of(name), help=hint,
                label_visibility=seen, on_change=_take, args=(name,),
            )  # type: ignore[call-overload]  # fmt: skip
        self._slots[name] = st.container()
        return first

    def area(self, name: str, label: str, *, placeholder: str = "") -> None:
        """Some lines of text."""
        st.text_area(
            md(label),
            self.draft.text(name),
            key=key_of(name),
            max_chars=400,
            placeholder=placeholder or None,
            on_change=_take,
            args=(name,),
        )
        self._slots[name] = st.container()

    def tick(self, name: str, label: str) -> bool:
        """A box to tick."""
        st.checkbox(md(label), self.draft.text(name) == "yes", key=key_of(name), on_change=_take, args=(name,))
        return self.draft.text(name) == "yes"

    def complain(self, complaints: Mapping[str, InvalidInput], *, empty_too: Sequence[str] = ()) -> None:
        """Say what is wrong below the inputs; of empty ones only of those that are named."""
        for name, place in self._slots.items():
            error = complaints.get(name)
            if error is not None and (self.draft.text(name) or name in empty_too):
                with place:
                    complain(error_words(w(), self.nouns, error))


def _take(name: str) -> None:
    """Keep what was typed, before anything is drawn: so that no step that is left loses its last word."""
    draft = session.kept(KEPT, Draft)
    given = st.session_state.get(key_of(name))
    if draft is not None:
        text = ("yes" if given else "") if isinstance(given, bool) else str(given or "")
        session.keep(KEPT, draft.with_text(name, text))


def key_of(name: str) -> str:
    """The key of a field's input."""
    return "vm-" + name.replace(".", "-").replace("_", "-")


def kept_draft(project: Project) -> Draft | None:
    """The draft of this project that was worked on in this session."""
    found = session.kept(KEPT, Draft)
    return found if found is not None and found.project_id == project.id else None


def keep_draft(draft: Draft) -> None:
    """Keep a draft for this session."""
    session.keep(KEPT, draft)


def write_anew(draft: Draft) -> None:
    """Put a draft into the inputs that are drawn, which else keep what was typed into them; for callbacks, which run before anything is drawn."""
    st.session_state[START] = draft.start
    for name in ("currency", "period", "cases_per_period"):
        st.session_state[key_of(name)] = draft.text(name)


def go_to(step: Step) -> None:
    """Make a step the current one; for callbacks of buttons, which run before anything is drawn."""
    draft = session.kept(KEPT, Draft)
    if draft is not None:
        session.keep(KEPT, replace(draft, step=step))


def step_name(step: Step, task: Task) -> str:
    """A step's name; only yes-or-no decisions have limits."""
    return t("Current practice") if step is Step.LIMITS and task is not Task.BINARY else t(STEP_NAMES[step])
