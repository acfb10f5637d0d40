"""What would decide or plan without a model, within a sentence."""

from __future__ import annotations

from core.impact.multiclass import ClassFindings, ClassPolicy
from core.impact.regression import ForecastFindings, ForecastPolicy
from core.impact.task_sensitivity import Rival
from core.words import Words


def reference_of(found: ClassFindings | ForecastFindings) -> Rival:
    """What a run of classes or a forecast is held against."""
    if isinstance(found, ForecastFindings):
        return Rival(found.reference)
    best = found.policy_value(found.reference)
    return Rival(found.reference, best.chosen if best else "")


def rival_in_text(words: Words, rival: Rival) -> str:
    """A way that needs no model after "than": "always deciding on A", "today's planning"."""
    match rival.policy:
        case ClassPolicy.RULE:
            return words.t("today's rule")
        case ClassPolicy.ONE_CLASS:
            return words.t("always deciding on {name}", name=rival.chosen)
        case ForecastPolicy.MEAN:
            return words.t("always planning the average")
        case ForecastPolicy.FIXED:
            return words.t("always planning the best fixed number")
        case _:
            return words.t("today's planning")
