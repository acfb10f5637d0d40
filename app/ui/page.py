"""The frame of every page: eyebrow, finding, sentence, sections, and where the numbers come from."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import streamlit as st

from app.ui import session
from app.ui.chips import Chip, chip_html
from app.ui.text import html, md, paragraph, whole_amounts
from core.words import Words


def w() -> Words:
    """The words of the reader's language, with all formats."""
    return session.words()


def t(msgid: str, /, **fields: object) -> str:
    """Translate a message into the reader's language."""
    return session.words().t(msgid, **fields)


def n(singular: str, plural: str, count: int, /, **fields: object) -> str:
    """Translate a message that counts something."""
    return session.words().n(singular, plural, count, **fields)


def given(text: str) -> str:
    """What somebody wrote, as it stands; the demo's sample texts in the reader's language. Names in fields of `t` need no call."""
    return session.words().given(text)


@contextmanager
def open_page(*place: str, freshness: str | None = None, sample: bool | None = None) -> Iterator[None]:
    """Open a page with its eyebrow; what is drawn inside the ``with`` stands at the right of it.

    Args:
        place: where the reader is, from the group to the object: "Approvals", "Customer churn, version 7".
        freshness: how old the figures are: "updated 2 hours ago".
        sample: whether to say "Sample data"; by default when the workspace is the demo.
    """
    _say_flashes()
    parts = [*place, *([freshness] if freshness else [])]
    if session.is_sample() if sample is None else sample:
        parts.append(t("Sample data"))
    with st.container(key="k-head", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        items = "".join(f"<li>{html(given(part))}</li>" for part in parts)
        st.html(f'<ul class="k-eyebrow">{items}</ul>', width="content")
        with st.container(key="k-head-right", horizontal=True, horizontal_alignment="right", vertical_alignment="center", width="content"):
            yield


def finding(text: str, sentence: str = "", *, chip: Chip | None = None) -> None:
    """Say the page's finding as its heading, and one muted sentence with interval and comparison below it.

    Args:
        text: the finding, in plain text; names of things may stand in it as they are.
        sentence: one or two sentences.
        chip: a state beside the heading.
    """
    text, sentence = whole_amounts(given(text)), whole_amounts(given(sentence))
    with st.container(key="k-finding", gap="xsmall"):
        if chip is None:
            st.title(md(text), anchor=False)
        else:
            with st.container(horizontal=True, vertical_alignment="center", key="k-finding-line"):
                st.title(md(text), anchor=False, width="content")
                st.html(chip_html(chip), width="content")
        if sentence:
            with st.container(key="k-lead"):
                st.markdown(paragraph(sentence))


def head(
    *place: str,
    finding_text: str,
    sentence: str = "",
    freshness: str | None = None,
    sample: bool | None = None,
    badge: Chip | None = None,
) -> None:
    """Open a page that has no control beside its eyebrow: eyebrow, optional badge, finding and sentence at once."""
    with open_page(*place, freshness=freshness, sample=sample):
        if badge is not None:
            st.html(chip_html(badge), width="content")
    finding(finding_text, sentence)


def section(title: str, note: str = "") -> None:
    """Head a section: its finding, and the gray line with unit, period and how intervals are drawn."""
    about = f'<p class="k-note">{html(given(note))}</p>' if note else ""
    st.html(f'<h2 class="k-section">{html(given(title))}</h2>{about}')


def note(text: str) -> None:
    """A gray line of small print."""
    st.html(f'<p class="k-note">{html(given(text))}</p>')


def gap() -> None:
    """The space that parts two sections."""
    st.space("small")


def sources(rows: Sequence[tuple[str, str]]) -> None:
    """Close a page with "Where these numbers come from".

    Args:
        rows: label and value: data set and version, slice and size, value model, period, method, when computed.
    """
    with st.container(key="k-sources"), st.expander(t("Where these numbers come from"), type="compact"):
        facts(rows)


def table(columns: Mapping[str, Sequence[str]]) -> None:
    """A small table of texts, parted by horizontal lines; for long or numeric tables use ``st.dataframe``.

    Args:
        columns: heading to cells; Markdown in them stays plain text.
    """
    st.table(
        {md(given(name)): [md(given(cell)) for cell in cells] for name, cells in columns.items()}, border="horizontal", hide_index=True
    )


def facts(rows: Sequence[tuple[str, str]]) -> None:
    """A list of labels and values, two columns wide."""
    items = "".join(f"<dt>{html(label)}</dt><dd>{html(given(value))}</dd>" for label, value in rows)
    st.html(f'<dl class="k-facts">{items}</dl>')


def sentences(items: Sequence[str]) -> None:
    """A short list of sentences; ``**bold**`` opens the important ones."""
    st.markdown("\n".join(f"- {paragraph(item)}" for item in items))


def _say_flashes() -> None:
    show = {"success": st.success, "info": st.info, "warning": st.warning, "error": st.error}
    for message in session.take_flashes():
        show[message.kind](md(message.text))
