"""Sheets of a run of several classes or of a forecast: what was counted, what it is worth as formulas, and the figures as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.impact import class_sentences as say
from core.impact import task_sentences as tell
from core.impact.amounts import Amount
from core.impact.export.cells import Book, Sheet
from core.impact.export.live import Live, ratio, total
from core.impact.export.task_sheet_swings import Moved, class_parts
from core.impact.multiclass import ClassFindings, ClassPolicy
from core.impact.phrases import capital
from core.impact.regression import ForecastFindings, ForecastPolicyValue
from core.impact.setting import Setting
from core.impact.task_report import TaskReport
from core.impact.task_sensitivity import TaskAssumption, TaskSwing
from core.impact.value_words import field_name, worth
from core.project.value_model import Cell, ClassPayoffs, DeviationCosts, Formula
from core.words import Words

CASES_ROW, TABLE_ROW = 3, 6
ROW, A_LINE = 19, 16


@dataclass(frozen=True, slots=True)
class Worth:
    """What the summary is made of: the model's own amount, the reference's, and the difference, live and as in the report."""

    own_name: str
    own: Live
    own_told: float
    other_name: str
    other: Live
    other_told: float
    gain_name: str
    gain: Live
    gain_told: float
    moved: Moved


def write_classes(book: Book, words: Words, value: TaskReport, found: ClassFindings) -> Worth:
    """Payoffs to change, the counts of the test rows, and what they come to a period."""
    payoff, setting, size = value.value_model.payoff, value.setting, len(found.classes)
    assert isinstance(payoff, ClassPayoffs)
    sheet = book.sheet(words.t("Decisions"), (44, *(16,) * (size + 1)))
    sheet.text(0, 0, tell.counts_title(words, setting, found), "title")
    cases = _cases(sheet, words, value)
    told = words.t("What a case of the row is worth if it is taken for the class of the column")
    sheet.text(TABLE_ROW - 1, 0, told, "section")
    sheet.heads(TABLE_ROW, words.t("What it is"), *found.classes)
    pays = _payoffs(sheet, TABLE_ROW + 1, words, payoff, setting)
    row = TABLE_ROW + size + 3
    sheet.text(row - 1, 0, words.t("Test cases"), "section")
    sheet.heads(row, words.t("What it is"), *found.classes, words.t("All"))
    counts, rows = _counts(sheet, row + 1, found.classes, found.counts)
    ruled: list[list[Live]] | None = None
    if found.ruled and found.reference is ClassPolicy.RULE:
        row += size + 4
        sheet.text(row - 1, 0, words.t("Test cases, decided as today"), "section")
        sheet.heads(row, words.t("What it is"), *found.classes, words.t("All"))
        ruled, _ = _counts(sheet, row + 1, found.classes, found.ruled)
    start = row + size + 4
    period = words.period(setting.period.value)
    sheet.text(start - 1, 0, words.t("What these decisions are worth {period}", period=period), "section")
    sheet.heads(start, words.t("What it is"), *found.classes)
    own = _amounts(sheet, start + 1, found, pays, counts, (cases, rows))
    other = _reference(found, pays, (counts, ruled), (cases, rows))
    gain = own - other
    ours, best = found.policy_value(found.recommended), found.policy_value(found.reference)
    assert ours is not None
    assert best is not None
    return Worth(
        words.t("Value of the model's decisions {period}", period=period), own, float(ours.value.value),
        say.class_policy_name(words, best), other, float(best.value.value),
        words.t("What the model adds {period}", period=period), gain, float(found.gain.value),
        Moved(gain, cases, class_parts(found, pays, (counts, ruled), (cases, rows), _always(found))),
    )  # fmt: skip


def _cases(sheet: Sheet, words: Words, value: TaskReport) -> Live:
    nouns = value.setting.spoken(words)
    sheet.across(1, 0, 3, words.t("Change the yellow cells: amounts follow. What is decided stays as it is."), "note", height=20)
    sheet.text(
        CASES_ROW, 0, words.t("{actions} {period}", actions=capital(nouns.case_many), period=words.period(value.value_model.period.value))
    )
    sheet.number(CASES_ROW, 1, float(value.value_model.cases_per_period), "number_input")
    return sheet.name_cell(CASES_ROW, 1, "cases", float(value.value_model.cases_per_period))


def _payoffs(sheet: Sheet, first: int, words: Words, payoff: ClassPayoffs, setting: Setting) -> list[list[Live | None]]:
    """The table as cells to change; an entry that differs from case to case is text, and then no amount follows the table."""
    found: list[list[Live | None]] = []
    for i, row in enumerate(payoff.values):
        sheet.text(first + i, 0, payoff.classes[i])
        cells: list[Live | None] = []
        for j, cell in enumerate(row):
            cells.append(_payoff(sheet, (first + i, j + 1), words, cell, setting, live=payoff.is_constant))
        found.append(cells)
    return found


def _payoff(sheet: Sheet, at: tuple[int, int], words: Words, cell: Cell, setting: Setting, *, live: bool) -> Live | None:
    if live and not isinstance(cell, Formula):
        return sheet.number(*at, float(cell), "money_input")
    told = worth(words, cell, setting.currency)
    sheet.text(*at, told, "wrap" if isinstance(cell, Formula) else "text_right")
    if len(told) > A_LINE:
        sheet.native.set_row(at[0], ROW * -(-len(told) // A_LINE))
    return None


def _counts(sheet: Sheet, first: int, classes: Sequence[str], counted: Sequence[Sequence[int]]) -> tuple[list[list[Live]], Live]:
    """Test rows by truth and decision, with the sum of each truth; all rows."""
    size, counts, sums = len(classes), [], []
    for i, row in enumerate(counted):
        sheet.text(first + i, 0, classes[i])
        counts.append([sheet.number(first + i, j + 1, float(count), "number") for j, count in enumerate(row)])
        sums.append(sheet.live(first + i, size + 1, sum(counts[-1][1:], counts[-1][0]), "number"))
    rows = sheet.live(first + size, size + 1, total(sheet.range(first, first + size - 1, size + 1), [s.value for s in sums]), "number")
    return counts, rows


def _amounts(
    sheet: Sheet, first: int, found: ClassFindings, pays: list[list[Live | None]], counts: list[list[Live]], scale: tuple[Live, Live]
) -> Live:
    """What each cell comes to a period; the sum of all."""
    (cases, rows), size, sums = scale, len(found.classes), []
    for i in range(size):
        sheet.text(first + i, 0, found.classes[i])
        amounts: list[Live] = []
        for j in range(size):
            pay = pays[i][j]
            each = cases * ratio(counts[i][j], rows) * pay if pay is not None else cases * (float(found.worth[i][j]) / cases.value)
            amounts.append(sheet.live(first + i, j + 1, each, "money"))
        sums.append(sum(amounts[1:], amounts[0]))
    return sheet.live(first + size, 1, sum(sums[1:], sums[0]), "money_bold")


def _reference(
    found: ClassFindings, pays: list[list[Live | None]], counts: tuple[list[list[Live]], list[list[Live]] | None], scale: tuple[Live, Live]
) -> Live:
    """What the best policy without a model comes to: always the same class by its column of payoffs, today's rule by its own counts.

    Args:
        counts: test rows by truth and decision, of the model and of today's rule where that is the reference.
    """
    (cases, rows), (own, ruled) = scale, counts
    best = found.policy_value(found.reference)
    assert best is not None
    size, column = range(len(found.classes)), _always(found) or 0
    parts: list[Live] = []
    for i in size:
        for j, count in enumerate(ruled[i]) if ruled is not None else [(column, sum(own[i][1:], own[i][0]))]:
            pay = pays[i][j]
            if pay is None:
                return cases * (float(best.value.value) / cases.value)
            parts.append(ratio(count, rows) * pay)
    return cases * sum(parts[1:], parts[0])


def _always(found: ClassFindings) -> int | None:
    """The class that the reference always decides on; None for another reference."""
    best = found.policy_value(found.reference)
    return found.classes.index(best.chosen) if best and found.reference is ClassPolicy.ONE_CLASS else None


def write_class_figures(book: Book, words: Words, setting: Setting, found: ClassFindings) -> None:
    """Ways of deciding and the costliest errors, as numbers."""
    sheet = book.sheet(words.t("Figures"), (44, *(20,) * 4))
    sheet.text(0, 0, tell.deciding_title(words, found), "section")
    low, high = words.t("95% interval, low"), words.t("95% interval, high")
    sheet.heads(1, words.t("Way of deciding"), words.t("Value"), low, high, words.t("Right"))
    for row, policy in enumerate(found.policies, 2):
        sheet.text(row, 0, say.class_policy_name(words, policy), "bold" if policy.policy is found.recommended else "text")
        _interval(sheet, row, 1, policy.value)
        sheet.number(row, 4, policy.right.value, "share")
    start = len(found.policies) + 4
    sheet.text(start, 0, tell.errors_title(words, setting, found), "section")
    many = words.t("Number of {cases}", cases=setting.spoken(words).case_many)
    sheet.heads(start + 1, words.t("Error"), words.t("Cost"), low, high, many)
    for row, error in enumerate(found.errors, start + 2):
        sheet.text(row, 0, tell.error_name(words, error))
        _interval(sheet, row, 1, error.cost)
        sheet.number(row, 4, error.cases, "decimal")


def _interval(sheet: Sheet, row: int, column: int, amount: Amount) -> None:
    for place, end in enumerate((amount.value, amount.low, amount.high)):
        sheet.number(row, column + place, float(end), "money")


def write_forecast(book: Book, words: Words, value: TaskReport, found: ForecastFindings) -> Worth:
    """Costs to change, how many units each way of planning is off, and what that comes to a period."""
    setting, costs, period = value.setting, value.value_model.payoff, words.period(value.value_model.period.value)
    assert isinstance(costs, DeviationCosts)
    sheet = book.sheet(words.t("Planning"), (44, *(22,) * 5))
    sheet.text(0, 0, tell.sides_title(words, setting, found), "title")
    cases = _cases(sheet, words, value)
    unit = [_unit(sheet, row, words, value, name) for row, name in ((CASES_ROW + 1, "under"), (CASES_ROW + 2, "over"))]
    heads = (words.t("Units too little a case"), words.t("Units too much a case"), words.t("Cost {period}", period=period))
    sheet.heads(8, words.t("Planned by"), *heads, words.t("In the report"))
    costs_of: dict[str, tuple[Live, Live]] = {}
    for row, policy in enumerate(found.policies, 9):
        name = say.forecast_policy_name(words, policy.policy)
        sheet.text(row, 0, name, "bold" if policy.policy is found.recommended else "text")
        costs_of[policy.policy] = _sides(sheet, row, policy, unit, cases)
        sheet.live(row, 3, costs_of[policy.policy][0] + costs_of[policy.policy][1], "money")
        sheet.number(row, 4, float(policy.cost.value), "money_signed")
    ours, best = found.policy_value(found.recommended), found.policy_value(found.reference)
    assert ours is not None
    assert best is not None
    (own_sides, other_sides) = costs_of[found.recommended], costs_of[found.reference]
    own, other = (first + second for first, second in (own_sides, other_sides))

    def part(swing: TaskSwing) -> tuple[Live, Live] | None:
        place = 0 if swing.assumption is TaskAssumption.UNDER else 1
        cost = unit[place]
        return None if cost is None else (cost, other_sides[place] - own_sides[place])

    return Worth(
        words.t("Cost of the model's plans {period}", period=period), own, float(ours.cost.value),
        say.forecast_policy_name(words, found.reference), other, float(best.cost.value),
        words.t("What the model saves {period}", period=period), other - own, float(found.saving.value),
        Moved(other - own, cases, part),
    )  # fmt: skip


def _unit(sheet: Sheet, row: int, words: Words, value: TaskReport, name: str) -> Live | None:
    """What a unit costs, as a cell to change; None where it differs from case to case, or where it is free, so that units can't be told."""
    costs = value.value_model.payoff
    assert isinstance(costs, DeviationCosts)
    cell = getattr(costs, name)
    sheet.text(row, 0, field_name(words, value.nouns, f"payoff.{name}"))
    if isinstance(cell, Formula) or not cell:
        sheet.text(row, 1, worth(words, cell, value.value_model.currency), "text" if isinstance(cell, Formula) else "text_right")
        return None
    sheet.number(row, 1, float(cell), "money_input")
    return sheet.name_cell(row, 1, f"cost_{name}", float(cell))


def _sides(sheet: Sheet, row: int, policy: ForecastPolicyValue, unit: Sequence[Live | None], cases: Live) -> tuple[Live, Live]:
    """What too little and too much costs: units off a case times their cost; where a unit has no single cost, the report's amount in proportion to the volume."""
    parts: list[Live] = []
    for column, (cost, amount) in enumerate(zip(unit, (policy.under, policy.over), strict=True), 1):
        each = float(amount.value) / cases.value
        if cost is None:
            parts.append(cases * each)
            sheet.text(row, column, "–", "text_right")
        else:
            parts.append(cases * sheet.number(row, column, each / cost.value, "decimal") * cost)
    return parts[0], parts[1]


def write_forecast_figures(book: Book, words: Words, setting: Setting, found: ForecastFindings) -> None:
    """Cost over the adjustment, as numbers."""
    sheet = book.sheet(words.t("Adjustment"), (24, *(20,) * 6))
    sheet.text(0, 0, tell.curve_title(words, setting, found), "section")
    sheet.across(1, 0, 6, tell.curve_note(words, setting, found), "note", height=20)
    sheet.heads(
        2, words.t("Adjusted by"), words.t("Cost"), words.t("95% interval, low"), words.t("95% interval, high"), words.t("Too little"),
        words.t("Too much"), words.t("Enough"),
    )  # fmt: skip
    for row, point in enumerate(found.curve, 3):
        sheet.text(row, 0, say.moved_by(words, found, point.amount), "bold" if point.amount == found.adjustment.amount else "text")
        _interval(sheet, row, 1, point.cost)
        sheet.number(row, 4, float(point.under), "money")
        sheet.number(row, 5, float(point.over), "money")
        sheet.number(row, 6, point.covered, "share")
