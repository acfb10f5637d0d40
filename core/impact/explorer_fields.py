"""What the reader may change on the interactive card: fields with their ranges, and the choice as it stands in an address."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Final, Literal

from core.impact.explorer import Assumptions, Explorer
from core.impact.phrases import assumption_name, capital, spoken
from core.impact.report import ImpactReport
from core.impact.sensitivity import Assumption
from core.words import Words

Unit = Literal["money", "count", "percent"]
STEPS: Final = 200
PAYOFFS: Final = ("tp", "fp", "fn", "tn")
MOST: Final = 1e12
_PART: Final = re.compile(r"(at|tp|fp|fn|tn|cases|share|capacity|budget|precision)(-?\d{1,13}(?:\.\d{1,12})?)")
_FREE: Final = re.compile(r"(capacity|budget|precision)none")
_JOINT: Final = "~"


@dataclass(frozen=True, slots=True)
class Field:
    """One assumption.

    Args:
        name: of `Assumptions`. unit: how it is written.
        factor: what the value is multiplied by to be written: -1 for a cost told without its sign, 100 for a share in percent.
        low, high, step: of its slider, as written. least, most: what may be typed, as written.
        decimals: of a share. free: which end of the slider stands for no limit; empty where there must be a value.
    """

    name: str
    label: str
    unit: Unit
    factor: float
    low: float
    high: float
    step: float
    least: float
    most: float
    decimals: int = 0
    free: Literal["", "low", "high"] = ""


def explorer_fields(words: Words, report: ImpactReport, explorer: Explorer) -> tuple[Field, ...]:
    """The assumptions that a reader may change, in the order in which they are asked."""
    agreed = explorer.agreed
    largest = max([abs(getattr(agreed, name)) for name in PAYOFFS if name not in explorer.by_row], default=0.0) or 1.0
    found = [_payoff(words, report, explorer, name, largest) for name in PAYOFFS]
    cases = assumption_name(words, report.nouns, Assumption.CASES)
    found.append(Field("cases", cases, "count", 1, *_range(0, 2 * agreed.cases, whole=True), least=1, most=MOST))
    if 0 < explorer.test.prevalence < 1:
        share = agreed.prevalence * 100
        low, high, step = _range(0, min(3 * share, 100))
        label = assumption_name(words, report.nouns, Assumption.PREVALENCE)
        ends = (max(low, step), min(high, 100 - step), step)
        decimals = min(6, max(0, 3 - math.floor(math.log10(share))))
        found.append(Field("prevalence", label, "percent", 100, *ends, least=0.0001, most=99.9999, decimals=decimals))
    return (*found, *_limits(words, report, explorer))


def _limits(words: Words, report: ImpactReport, explorer: Explorer) -> list[Field]:
    """Capacity always; a budget where actions cost something of it, a least share of hits where one was agreed."""
    agreed, period = explorer.agreed, words.period(report.period.value)
    capacity = words.t("Most {actions} {period}", actions=spoken(words, report.nouns).action_many, period=period)
    ends = _range(0, agreed.cases, whole=True)
    found = [Field("capacity", capital(capacity), "count", 1, *ends, least=0, most=MOST, free="high")]
    spent = explorer.test.positive.spent, explorer.test.negative.spent
    if spent[0] is not None and spent[1] is not None and (most := (spent[0][0] + spent[1][0]) / explorer.test.rows * agreed.cases) > 0:
        budget = words.t("Budget {period}", period=period)
        found.append(Field("budget", budget, "money", 1, *_range(0, most), least=0, most=MOST, free="high"))
    if agreed.precision is not None:
        hits = words.t("Least share of {actions} that hit", actions=spoken(words, report.nouns).action_many)
        found.append(Field("precision", hits, "percent", 100, 0, 100, 1, least=0, most=100, decimals=1, free="low"))
    return found


def _payoff(words: Words, report: ImpactReport, explorer: Explorer, name: str, largest: float) -> Field:
    value = getattr(explorer.agreed, name)
    if name in explorer.by_row:
        label = assumption_name(words, report.nouns, Assumption(name))
        return Field(
            name,
            words.t("{assumption}, of the agreed formula", assumption=label),
            "percent",
            100,
            0,
            200,
            1,
            least=-1e6,
            most=1e6,
            decimals=1,
        )
    label = assumption_name(words, report.nouns, Assumption(name), value)
    factor = -1.0 if value < 0 else 1.0
    low, high, step = _range(-largest, largest) if value == 0 else _range(0, 2 * abs(value))
    return Field(name, label, "money", factor, low, high, step, least=-MOST, most=MOST)


def _range(low: float, high: float, *, whole: bool = False) -> tuple[float, float, float]:
    """Ends and step of a slider: about 200 steps of 1, 2 or 5 in their first digit; the ends are whole steps.

    >>> _range(0, 24_000), _range(0, 3)
    ((0.0, 24000.0, 200.0), (0.0, 3.0, 0.02))
    """
    raw = (high - low) / STEPS
    power = 10.0 ** math.floor(math.log10(raw) + 1e-9)
    step = next(s for s in (power, 2 * power, 5 * power, 10 * power) if s >= raw * (1 - 1e-9))
    step = max(1.0, step) if whole else step
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return round(first * step, 10), round(last * step, 10), round(step, 10)


@dataclass(frozen=True, slots=True)
class View:
    """Where a reader stands.

    Args:
        at: the likelihood, or the share of cases treated, 0 to 1; None: the recommended one.
        assumed: the reader's own assumptions; the agreed ones where nothing was changed.
    """

    at: float | None
    assumed: Assumptions


def read_view(text: str, run_id: str, agreed: Assumptions) -> View:
    """A reader's choice from an address; what can't be read, or belongs to another run, counts as unchanged.

    Args:
        text: the run's last six letters, then what differs: ``3f9a1c~at0.423~fp-1200~share0.2~capacity900``.

    >>> agreed = Assumptions(100, -20, 0, 0, 10_000, 0.25)
    >>> view = read_view("3f9a1c~at0.4~fp-12.5~capacity900", "run-3f9a1c", agreed)
    >>> view.at, view.assumed.fp, view.assumed.capacity, view.assumed.tp
    (0.4, -12.5, 900.0, 100)
    """
    run, *parts = text[:400].split(_JOINT)
    if run != run_id[-6:]:
        return View(None, agreed)
    found = {match[1]: float(match[2]) for part in parts if (match := _PART.fullmatch(part))}
    at = found.pop("at", None)
    changes: dict[str, float | None] = {match[1]: None for part in parts if (match := _FREE.fullmatch(part))}
    changes |= {{"share": "prevalence"}.get(name, name): value for name, value in found.items() if _possible(name, value)}
    return View(at if at is not None and 0 <= at <= 1 else None, replace(agreed, **changes))  # type: ignore[arg-type]


def _possible(name: str, value: float) -> bool:
    if name == "share":
        return 0 < value < 1
    if name == "precision":
        return 0 <= value <= 1
    if name in PAYOFFS:
        return abs(value) <= MOST
    return (1 if name == "cases" else 0) <= value <= MOST
