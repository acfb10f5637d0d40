"""Drafts on real rows: what formulas give, what can't be worked out and why, and what a person should know."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.data.frames import read_spread
from core.data.model import ColumnRoles
from core.data.service import declare_roles, upload_dataset
from core.errors import InvalidInput, NotFound, PermissionDenied
from core.identity import Principal
from core.impact import preview as module
from core.impact.preview import Preview, preview_value_model
from core.project.model import Nouns, Task
from core.project.payoffs import ClassPayoffs, DeviationCosts, Formula, PayoffMatrix
from core.project.service import ProjectSpec, ValueModelSpec, create_project
from core.project.terms import Economics, Limits
from core.project.value_model import Operator, Period, TodaysRule
from core.workspace import Workspace

NOUNS = Nouns("customer", "customers", "would leave", "would have stayed", "call", "calls")
D = Decimal
SPEC = ValueModelSpec("EUR", Period.MONTH, 1000, PayoffMatrix(D(90), D(-10), D(0), D(0)))
ROWS = 60


def table(rows: int = ROWS) -> pd.DataFrame:
    number = np.arange(rows)
    return pd.DataFrame({
        "fee": number.astype(float), "spent": [None if n % 10 == 0 else float(n) for n in number],
        "plan": np.where(number % 3 == 0, "gold", "basic"), "since": pd.date_range("2020-01-01", periods=rows).astype(str),
        "left": np.where(number % 4 == 0, "yes", "no"),
    })  # fmt: skip


def bring(
    ws: Workspace,
    actor: Principal,
    frame: pd.DataFrame,
    *,
    task: Task = Task.BINARY,
    target: str | None = "left",
    value: ValueModelSpec | None = SPEC,
) -> str:
    """A project with data; its id."""
    project = create_project(ws, actor, ProjectSpec("Churn", "Whom should we call?", NOUNS, task, value))
    version = upload_dataset(ws, actor, project.id, "rows.csv", io.BytesIO(frame.to_csv(index=False).encode()))
    if target is not None:
        declare_roles(ws, actor, version.id, ColumnRoles(target, "yes" if task is Task.BINARY else None))
    return project.id


def draft(tp: str, fp: str = "-10", fn: str = "0", tn: str = "0", **more: object) -> ValueModelSpec:
    cells = [Formula(text) if any(c.isalpha() for c in text) else D(text) for text in (tp, fp, fn, tn)]
    return replace(SPEC, payoff=PayoffMatrix(*cells), **more)  # type: ignore[arg-type]


@pytest.fixture
def look(ws: Workspace, scientist: Principal):
    project = bring(ws, scientist, table())

    def preview(spec: ValueModelSpec) -> Preview:
        return preview_value_model(ws, scientist, project, spec)

    return preview


def problems(preview: Preview) -> list[tuple[str, str, int]]:
    return [(p.field, str(p), p.rows) for p in preview.problems]


def test_a_formula_is_worked_out_row_by_row(look) -> None:
    found = look(draft("0.5 * fee - 10"))
    assert found.works
    assert found.source is not None
    assert (found.source.rows, found.source.read, found.source.sampled) == (ROWS, ROWS, False)
    assert found.columns == ("fee",)
    spread = found.spreads[0]
    assert (spread.field, spread.low, spread.median, spread.high, spread.worked) == ("payoff.tp", -10.0, 4.75, 19.5, ROWS)
    assert len(found.rows) == 8
    first, last = found.rows[0], found.rows[-1]
    assert (first.row, first.read, first.amounts) == (0, ("0.0",), (-10.0, -10.0, 0.0, 0.0))
    assert (last.row, last.amounts[0]) == (ROWS - 1, 19.5)
    # p (0.5 fee - 10) - (1 - p) 10 > 0: at 90 % from a fee above 22.2, at 50 % above 40, at 10 % never (needs 200).
    assert last.acts == (False, True, True)
    assert found.act_shares == (0.0, pytest.approx(19 / 60), pytest.approx(37 / 60))
    assert found.likelihoods is not None
    assert found.likelihoods.low == pytest.approx(10 / 29.5)
    assert found.positive_share == 0.25


def test_constants_pay_from_one_likelihood_on(look) -> None:
    found = look(SPEC)
    assert found.columns == ()
    assert found.likelihoods is not None
    assert (found.likelihoods.low, found.likelihoods.high) == (0.1, 0.1)
    assert found.act_shares == (0.0, 1.0, 1.0)
    assert found.problems == found.remarks == ()


@pytest.mark.parametrize(
    ("tp", "field", "says", "rows"),
    [
        ("2 * spent", "payoff.tp", "6 of 60 rows, whose column 'spent' is empty", 6),
        ("100 / fee", "payoff.tp", "1 of 60 rows: a division by zero", 1),
        ("100 / (fee - spent)", "payoff.tp", "54 of 60 rows: a division by zero", 54),
        ("wages * 2", "payoff.tp", "'wages', which the data doesn't have. There are: fee, spent, plan, since", 0),
        ("spend * 2", "payoff.tp", "'spend', which the data doesn't have. There are: spent, fee, plan", 0),
        ("plan * 2", "payoff.tp", "60 of its cells hold text", 60),
        ("fee * 1000000000000", "payoff.tp", "more than 10^12 either way for 58 of 60", 58),
        ("90 if left == 'yes' else 0", "payoff.tp", "'left', which is what shall be predicted", 0),
    ],
)
def test_what_cannot_be_worked_out_is_said_by_field_and_reason(look, tp: str, field: str, says: str, rows: int) -> None:
    found = look(draft(tp))
    assert not found.works
    assert any(f == field and says in text and n == rows for f, text, n in problems(found)), problems(found)


def test_rows_that_can_be_worked_out_are_shown_beside_those_that_cannot(look) -> None:
    found = look(draft("2 * spent"))
    assert found.spreads[0].worked == 54
    assert found.rows[0].amounts[0] is None
    assert found.rows[0].acts == (None, None, None)
    assert found.rows[-1].amounts[0] == 118.0
    mixed = look(draft("100 / (fee - 1) + spent"))
    assert [n for _, _, n in problems(mixed)] == [6, 1]  # six are empty, one more divides by zero


def test_guards_that_messages_suggest_do_help(look) -> None:
    assert look(draft("100 / max(fee, 1) + coalesce(spent, 0)")).works


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        (draft("fee + 1", "fee"), "acting pays on every row"),
        (draft("-fee", "-1"), "acting pays on no row"),
        (draft("fee", "fee - fee", "fee * 1", "0"), "acting and not acting are worth the same"),
        (draft("fee - 30"), "For 30 of 60 rows even a right action costs more"),
        (draft("5", "2"), "acting pays on every row"),
    ],
)
def test_payoffs_that_need_no_model_are_remarked(look, spec: ValueModelSpec, says: str) -> None:
    assert any(says in str(remark) for remark in look(spec).remarks), [str(r) for r in look(spec).remarks]


def test_the_cost_of_an_action_and_todays_rule_are_worked_out_too(look) -> None:
    found = look(draft("90", limits=Limits(budget=D(100), action_cost=Formula("fee - 2")), rule=Formula("fee >= 30")))
    assert [(f, n) for f, _, n in problems(found)] == [("limits.action_cost", 2)]
    assert found.rule_share == 0.5
    nobody = look(replace(SPEC, rule=TodaysRule("plan", Operator.EQUALS, "Gold")))
    assert nobody.rule_share == 0
    assert "picks none" in str(nobody.remarks[0])
    everybody = look(replace(SPEC, rule=TodaysRule("fee", Operator.AT_LEAST, "0")))
    assert "picks every one" in str(everybody.remarks[0])
    lost = look(replace(SPEC, rule=TodaysRule("income", Operator.AT_LEAST, "0")))
    assert problems(lost)[0][0] == "rule.column"
    broken = look(replace(SPEC, rule=Formula("spent > 3")))
    assert ("rule", 6) in [(f, n) for f, _, n in problems(broken)]


@pytest.mark.parametrize(
    "rule", [TodaysRule("left", Operator.EQUALS, "yes"), Formula("left == 'yes'"), Formula("1 if left != 'no' else 0")]
)
def test_a_rule_that_knows_what_shall_be_predicted_is_refused(look, rule: TodaysRule | Formula) -> None:
    found = look(replace(SPEC, rule=rule))
    assert [(p.field, str(p)) for p in found.problems] == [
        (
            "rule",
            "Today's rule reads 'left', which is what shall be predicted: nobody knows it when the case is decided on. Use another column.",
        )
    ]
    assert found.rule_share is None


def test_another_prevalence_is_remarked_and_one_outcome_is_refused(ws: Workspace, scientist: Principal, look) -> None:
    remark = look(replace(SPEC, economics=Economics(prevalence=D("0.05")))).remarks[0]
    assert "25.0% of cases" in str(remark)
    assert "5.0%" in str(remark)
    frame = table().assign(left="no")
    version = upload_dataset(ws, scientist, _project(ws, scientist), "one.csv", io.BytesIO(frame.to_csv(index=False).encode()))
    one = module.preview_on(ws.artifacts.path(version.sha256), Task.BINARY, replace(version, roles=ColumnRoles("left", "yes")), SPEC)
    assert "All rows of this data have the same outcome, 'no'" in str(one.problems[0])


def _project(ws: Workspace, actor: Principal) -> str:
    return create_project(ws, actor, ProjectSpec("Other", "Why?", NOUNS, value=SPEC)).id


def test_tables_are_held_against_the_classes_of_the_data(ws: Workspace, scientist: Principal) -> None:
    project = bring(ws, scientist, table(), task=Task.MULTICLASS, target="plan", value=None)
    value = ((D(0), D(-5)), (D(-1), D(0)))
    right = preview_value_model(ws, scientist, project, replace(SPEC, payoff=ClassPayoffs(("gold", "basic"), value)))
    assert right.works
    assert right.remarks == ()
    wrong = preview_value_model(ws, scientist, project, replace(SPEC, payoff=ClassPayoffs(("Gold", "basic"), value)))
    assert [str(p) for p in wrong.problems] == ["The data has classes that the table doesn't: gold. Add them."]
    assert "don't occur in the data: Gold" in str(wrong.remarks[0])


def test_forecasts_are_shown_what_to_plan_for(ws: Workspace, scientist: Principal) -> None:
    project = bring(ws, scientist, table(), task=Task.REGRESSION, target="fee", value=None)
    found = preview_value_model(ws, scientist, project, replace(SPEC, payoff=DeviationCosts(D(3), D(1))))
    assert found.demand == (29.5, 44.25)


def test_only_the_kind_of_the_project_is_taken(ws: Workspace, scientist: Principal, look) -> None:
    with pytest.raises(InvalidInput, match="doesn't fit"):
        look(replace(SPEC, payoff=DeviationCosts(D(3), D(1))))


def test_who_may_look_and_at_what(ws: Workspace, scientist: Principal, viewer: Principal) -> None:
    project, other = bring(ws, scientist, table()), _project(ws, scientist)
    version = preview_value_model(ws, scientist, project, SPEC).source
    assert version is not None
    with pytest.raises(PermissionDenied):
        preview_value_model(ws, viewer, project, SPEC)
    with pytest.raises(InvalidInput, match="another project"):
        preview_value_model(ws, scientist, other, SPEC, version.dataset_version_id)
    with pytest.raises(NotFound):
        preview_value_model(ws, scientist, project, SPEC, "nothing")
    empty = preview_value_model(ws, scientist, other, draft("fee - 1"))
    assert (empty.source, empty.rows, empty.works) == (None, (), True)


def test_much_data_is_sampled_evenly_and_says_so(ws: Workspace, scientist: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 25)
    project = bring(ws, scientist, table())
    found = preview_value_model(ws, scientist, project, draft("fee + 1"))
    assert found.source is not None
    assert (found.source.rows, found.source.read, found.source.sampled) == (60, 20, True)
    assert [row.row for row in found.rows] == [0, 6, 15, 24, 30, 39, 48, 57]
    assert found.rows[-1].amounts[0] == 58.0


@pytest.mark.parametrize("rows", [1, 49_999, 50_001, 120_003])
def test_a_spread_takes_every_nth_row_whatever_the_batches(tmp_path: Path, rows: int) -> None:
    path = tmp_path / "rows.parquet"
    pd.DataFrame({"n": np.arange(rows), "m": 0}).to_parquet(path, index=False)
    found = read_spread(path, ["n"], 1000)
    stride = -(-rows // 1000)
    assert len(found) <= 1000
    assert found["n"].tolist() == list(range(0, rows, stride)) == found.index.tolist()
    assert list(read_spread(path, [], 1000).index) == found.index.tolist()
