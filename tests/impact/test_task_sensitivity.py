"""Tornado and break-even points of classes and forecasts: against working everything out anew with the moved assumption."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from core.impact.class_pays import ClassPays, RowCell, row_pays
from core.impact.deviations import deviation_costs, row_costs
from core.impact.multiclass import ClassFindings, ClassPolicy, ClassSlice, value_classes
from core.impact.regression import ForecastFindings, ForecastPolicy, ForecastSlice, value_forecast
from core.impact.task_sensitivity import Rival, TaskAssumption, TaskBreakEven, TaskSwing
from core.project.payoffs import ClassPayoffs, DeviationCosts, Formula
from tests.impact.test_multiclass import QUEUE_PAYOFFS, QUEUES, world
from tests.impact.test_task_formulas import BY_FEE, fees, table

D = Decimal
CASES = 10_000.0


def queues(rows: int = 3_000) -> tuple[ClassSlice, ClassSlice]:
    (known, p), (fresh, q) = world(rows, 4, 3), world(rows, 4, 4)
    return ClassSlice(known, p), ClassSlice(fresh, q)


def decisions(found: ClassFindings, test: ClassSlice, pays: ClassPays, rival: Rival) -> tuple[np.ndarray, np.ndarray]:
    ours = pays.decide(test.probabilities) if found.recommended is ClassPolicy.BY_VALUE else test.probabilities.argmax(axis=1)
    return ours, np.full(test.truth.size, found.classes.index(rival.chosen), dtype=np.int64)


def class_gain(test: ClassSlice, pays: ClassPays, ours: np.ndarray, other: np.ndarray, cases: float) -> float:
    return float((pays.of(test.truth, ours) - pays.of(test.truth, other)).mean()) * cases


def moved_table(payoff: ClassPayoffs, found: TaskSwing | TaskBreakEven, value: float) -> ClassPays:
    pays = ClassPays(np.array([[float(v) for v in row] for row in payoff.values]))  # type: ignore[arg-type]
    pays.table[payoff.classes.index(found.truth), payoff.classes.index(found.decided)] = value
    return pays


def test_each_bar_is_the_gain_worked_out_anew() -> None:
    known, fresh = queues()
    found = value_classes(known, fresh, QUEUE_PAYOFFS, CASES, 1)
    assert found.reference is ClassPolicy.ONE_CLASS
    plain = ClassPays(np.array([[float(v) for v in row] for row in QUEUE_PAYOFFS.values]))  # type: ignore[arg-type]
    single = found.policy_value(ClassPolicy.ONE_CLASS)
    assert single is not None
    ours, other = decisions(found, fresh, plain, Rival("one_class", single.chosen))
    assert [s.width for s in found.tornado] == sorted((s.width for s in found.tornado), reverse=True)
    assert 2 < len(found.tornado) <= 12
    volume = next(s for s in found.tornado if s.assumption is TaskAssumption.CASES)
    assert (volume.low, volume.base, volume.high) == (8_000, 10_000, 12_000)
    assert float(volume.at_high) == pytest.approx(float(found.gain.value) * 1.2, abs=0.02)
    for bar in (s for s in found.tornado if s.assumption is TaskAssumption.PAYOFF):
        assert bar.base == float(QUEUE_PAYOFFS.values[QUEUES.index(bar.truth)][QUEUES.index(bar.decided)])  # type: ignore[arg-type]
        assert bar.low < bar.base < bar.high
        for end, told in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
            assert float(told) == pytest.approx(class_gain(fresh, moved_table(QUEUE_PAYOFFS, bar, end), ours, other, CASES), abs=0.02)


def test_at_a_break_even_point_a_rival_draws_level_and_none_before() -> None:
    known, fresh = queues()
    found = value_classes(known, fresh, QUEUE_PAYOFFS, CASES, 1)
    assert found.break_evens
    for point in found.break_evens:
        level, short = (moved_table(QUEUE_PAYOFFS, point, point.base + (point.at - point.base) * part) for part in (1.0, 0.999))
        ours = ClassPays(np.array([[float(v) for v in row] for row in QUEUE_PAYOFFS.values])).decide(fresh.probabilities)  # type: ignore[arg-type]
        gains, before = (
            {name: class_gain(fresh, pays, ours, np.full(ours.size, j, dtype=np.int64), CASES) for j, name in enumerate(QUEUES)}
            for pays in (level, short)
        )
        assert gains[point.against.chosen] == pytest.approx(0.0, abs=1e-6 * CASES)
        assert min(before.values()) > 0
        assert point.above == (point.at < point.base)
    assert [p.far for p in found.break_evens] == sorted(p.far for p in found.break_evens)


def test_entries_by_row_move_together() -> None:
    rows = 2_000
    truth, p = world(rows, 3, 8)
    frame = fees(rows, 8)
    pays = row_pays(BY_FEE, frame)
    found = value_classes(ClassSlice(truth, p, None, pays), ClassSlice(truth, p, None, pays), BY_FEE, CASES, 1)
    single = found.policy_value(ClassPolicy.ONE_CLASS)
    assert single is not None
    ours, other = pays.decide(p), np.full(rows, found.classes.index(single.chosen), dtype=np.int64)
    by_row = [s for s in found.tornado if s.by_row]
    assert by_row
    for bar in by_row:
        assert (bar.low, bar.base, bar.high) == (0.8, 1.0, 1.2)
        here = (found.classes.index(bar.truth), found.classes.index(bar.decided))
        for factor, told in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
            cells = tuple(
                RowCell(c.truth, c.decided, c.values * factor) if (c.truth, c.decided) == here else c for c in pays.cells
            )  # fmt: skip
            moved = ClassPays(pays.table, cells)
            by_hand = float((moved.of(truth, ours) - moved.of(truth, other)).mean()) * CASES
            assert float(told) == pytest.approx(by_hand, abs=0.02)


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 30), st.integers(0, 300))
def test_scaling_all_payoffs_scales_the_bars(factor: int, seed: int) -> None:
    truth, p = world(120, 3, seed)
    plain = table((0, -2, -7), (-5, 1, -3), (-9, -4, 2))
    more = ClassPayoffs(plain.classes, tuple(tuple(D(str(v)) * factor for v in row) for row in plain.values))
    one, two = (value_classes(ClassSlice(truth, p), ClassSlice(truth, p), payoff, CASES, 1) for payoff in (plain, more))
    widths = {(s.assumption, s.truth, s.decided): s.width for s in two.tornado}
    for bar in one.tornado:
        assert float(widths[bar.assumption, bar.truth, bar.decided]) == pytest.approx(float(bar.width) * factor, abs=0.02 * (factor + 1))
    assert len(one.break_evens) == len(two.break_evens)
    points = {(p.truth, p.decided, p.above): p.at for p in two.break_evens}
    for first in one.break_evens[:-1]:  # the last ones of both may be as near as others that aren't kept
        assert points[first.truth, first.decided, first.above] == pytest.approx(first.at * factor)


def plans(costs: DeviationCosts, rows: int = 3_000, *, by_row: bool = False) -> tuple[ForecastSlice, ForecastSlice]:
    made = []
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        forecast = rng.uniform(50, 150, rows)
        each = row_costs(costs, fees(rows, seed)) if by_row else None
        made.append(ForecastSlice(forecast + rng.normal(0, 10, rows), forecast, forecast + rng.normal(0, 15, rows), costs=each))
    return made[0], made[1]


def planned(found: ForecastFindings, known: ForecastSlice, test: ForecastSlice, policy: str) -> np.ndarray:
    match ForecastPolicy(policy):
        case ForecastPolicy.TODAY:
            assert test.today is not None
            return test.today
        case ForecastPolicy.MEAN:
            return np.full(test.actual.size, known.actual.mean())
        case ForecastPolicy.ADJUSTED:
            return found.adjustment.apply(test.forecast, test.costs)
        case _:
            return test.forecast


def saving(test: ForecastSlice, ours: np.ndarray, other: np.ndarray, costs: DeviationCosts) -> float:
    own, rival = (float(sum(map(np.mean, deviation_costs(test.actual, plan, costs)))) for plan in (ours, other))
    return (rival - own) * CASES


def test_each_bar_of_a_forecast_is_the_saving_worked_out_anew() -> None:
    costs = DeviationCosts(D(3), D(1), D(2))
    known, fresh = plans(costs)
    found = value_forecast(known, fresh, costs, CASES)
    assert found.reference is ForecastPolicy.TODAY
    assert fresh.today is not None
    ours = planned(found, known, fresh, found.recommended)
    assert {s.assumption for s in found.tornado} == set(TaskAssumption) - {TaskAssumption.PAYOFF}
    for bar in found.tornado:
        if bar.assumption is TaskAssumption.CASES:
            continue
        for end, told in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
            moved = replace(costs, **{bar.assumption.value: D(repr(end))})
            assert float(told) == pytest.approx(saving(fresh, ours, fresh.today, moved), abs=0.02)
    still = value_forecast(known, fresh, replace(costs, tolerance=D(0)), CASES)
    assert TaskAssumption.TOLERANCE not in {s.assumption for s in still.tornado}


def test_a_forecast_stops_paying_where_a_rival_draws_level() -> None:
    """Today's planning never falls short, so it draws level once a unit too few costs enough."""
    costs = DeviationCosts(D(3), D(1))
    known, fresh = plans(costs)
    ample = replace(fresh, today=fresh.actual + 16)
    found = value_forecast(replace(known, today=known.actual + 16), ample, costs, CASES)
    ours = planned(found, known, ample, found.recommended)
    point = next(p for p in found.break_evens if p.assumption is TaskAssumption.UNDER)
    assert (point.against, point.above, point.base) == (Rival("today"), False, 3.0)
    assert ample.today is not None
    assert saving(ample, ours, ample.today, DeviationCosts(D(repr(point.at)), D(1))) == pytest.approx(0.0, abs=0.01)


def test_costs_by_row_move_together() -> None:
    costs = DeviationCosts(Formula("fee"), D(20))
    known, fresh = plans(costs, by_row=True)
    found = value_forecast(known, fresh, costs, CASES)
    assert fresh.today is not None
    assert fresh.costs is not None
    ours = planned(found, known, fresh, found.recommended)
    under = next(s for s in found.tornado if s.assumption is TaskAssumption.UNDER)
    over = next(s for s in found.tornado if s.assumption is TaskAssumption.OVER)
    assert (under.by_row, under.base, over.by_row, over.base) == (True, 1.0, False, 20.0)
    dearer = replace(fresh.costs, under=fresh.costs.under * 1.2)
    assert float(under.at_high) == pytest.approx(saving(fresh, ours, fresh.today, dearer), abs=0.02)  # type: ignore[arg-type]


def test_no_point_is_told_where_the_model_is_behind() -> None:
    rng = np.random.default_rng(5)
    actual = rng.normal(100, 5, 400)
    noise = ForecastSlice(actual, rng.normal(100, 40, 400), actual + 1)
    found = value_forecast(noise, noise, DeviationCosts(D(1), D(1)), 10)
    assert found.saving.value < 0
    assert found.tornado
    assert found.break_evens == ()


def test_reports_of_earlier_releases_have_no_bars() -> None:
    known, fresh = queues(200)
    adapter = TypeAdapter(ClassFindings)
    found = value_classes(known, fresh, QUEUE_PAYOFFS, CASES, 1)
    assert adapter.validate_json(adapter.dump_json(found)) == found
    old = adapter.dump_python(found, mode="json")
    del old["tornado"], old["break_evens"]
    assert adapter.validate_python(old, strict=False).tornado == ()
