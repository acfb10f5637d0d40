"""What every sentence about a project's money needs beside its figures: the project's nouns, currency, period and reference."""

from __future__ import annotations

from dataclasses import dataclass

from core.impact.alternatives import AlternativeKind
from core.impact.phrases import alternative_in_text, spoken
from core.impact.regression import ForecastPolicy
from core.impact.report import ImpactReport
from core.impact.rival_phrases import rival_in_text
from core.impact.task_sensitivity import Rival
from core.project.model import Nouns
from core.project.value_model import Period
from core.words import Words


@dataclass(frozen=True, slots=True)
class Setting:
    """Whose figures they are.

    Args:
        cases_per_period: cases that a period brings.
        reference: what the model is held against; of classes and forecasts a way of deciding or planning.
    """

    nouns: Nouns
    currency: str
    period: Period
    cases_per_period: float
    reference: AlternativeKind | Rival

    def spoken(self, words: Words) -> Nouns:
        """The nouns in the reader's language, as far as the catalogue knows them."""
        return spoken(words, self.nouns)

    @property
    def plans(self) -> bool:
        """Whether the model plans numbers, so that its worth is a saving."""
        return isinstance(self.reference, Rival) and self.reference.policy in set(ForecastPolicy)

    def against(self, words: Words) -> str:
        """The reference within a sentence: "doing nothing"."""
        if isinstance(self.reference, Rival):
            return rival_in_text(words, self.reference)
        return alternative_in_text(words, self.spoken(words), self.reference)


def setting_of(report: ImpactReport) -> Setting:
    """The setting of a report."""
    return Setting(report.nouns, report.currency, report.period, report.cases_per_period, report.reference)
