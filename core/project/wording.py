"""The project's own nouns in the reader's language."""

from __future__ import annotations

from core.project.model import Nouns
from core.words import Words, mark

NOT_VALUED = mark(
    "Only yes-or-no questions are registered and deployed. Classes and forecasts are valued in money once the project says what their errors cost."
)


def spoken(words: Words, nouns: Nouns) -> Nouns:
    """The project's nouns in the reader's language where the catalogue knows them (the samples' do), else as they were written."""
    return Nouns(
        words.t(nouns.case_one), words.t(nouns.case_many), words.t(nouns.outcome), words.t(nouns.outcome_not),
        words.t(nouns.action_one), words.t(nouns.action_many),
    )  # fmt: skip
