"""What value models say, in both languages, in the project's own words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from core.errors import InvalidInput
from core.impact.preview_checks import Problem
from core.impact.value_words import changes, error_words, example_story, facts, problem_text, sentences
from core.project.model import Nouns
from core.project.payoffs import Formula, PayoffMatrix
from core.project.service import ValueModelSpec
from core.project.templates import example_draft
from core.project.templates.catalogue import TEMPLATES
from core.project.terms import Economics, Limits
from core.project.value_model import Operator, Period, TodaysRule
from core.words import Words

D = Decimal
EN, JA = Words("en"), Words("ja")
NOUNS = Nouns("customer", "customers", "would leave", "would have stayed", "call", "calls")
SPEC = ValueModelSpec("JPY", Period.MONTH, 7000, PayoffMatrix(D(5600), D(-1100), D(0), D(0)), TodaysRule("tenure", Operator.BELOW, "6"))
FULL = replace(
    SPEC, payoff=PayoffMatrix(Formula("0.3 * fee - 20"), D(-1100), D(-3), D(0)),
    limits=Limits(800, D(900_000), Formula("fee / 2"), D("0.25")), economics=Economics(D(5_000_000), D(20_000), D("0.123"), D("0.05"), 24),
)  # fmt: skip


def test_a_plain_model_is_told_in_plain_sentences() -> None:
    assert sentences(EN, NOUNS, SPEC) == (
        "7,000 customers a month are decided on.",
        "A call for one who would leave earns ¥5,600.",
        "A call for one who would have stayed costs ¥1,100.",
        "Without calls nothing is earned or lost.",
        "Calls pay from a likelihood of 16.4% on.",
        "Today this rule decides: tenure is below 6.",
    )
    japanese = sentences(JA, NOUNS, SPEC)
    assert japanese[1] == "「解約する」人への電話は、1件あたり5,600円の利益になります。"
    assert japanese[4] == "電話は、確率16.4%以上で見合います。"


def test_formulas_limits_and_costs_are_told_too() -> None:
    said = " ".join(sentences(EN, NOUNS, FULL))
    for part in (
        "is worth 0.3 × fee − 20, case by case", "At most 800 calls a month.", "Calls may take ¥900,000 a month; one takes fee / 2.",
        "At least 25% of the calls must be needed.", "The rollout costs ¥5,000,000 once.", "In production 12.3% are customers who would leave.",
        "looks 24 months ahead, at a discount rate of 5% a year",
    ):  # fmt: skip
        assert part in said
    labels = {fact.field: fact.value for fact in facts(EN, NOUNS, FULL)}
    assert (labels["limits.capacity"], labels["economics.prevalence"], labels["payoff.fn"]) == ("800", "12.3%", "−¥3")


def test_what_changed_is_told_and_nothing_else() -> None:
    assert changes(EN, NOUNS, SPEC, replace(SPEC, note="Another note")) == ()
    found = {c.label: (c.before, c.after) for c in changes(EN, NOUNS, SPEC, FULL)}
    assert found["A call for one who would leave"] == ("+¥5,600", "0.3 × fee − 20")
    assert found["Most actions a period"] == ("None", "800")
    assert "Currency" not in found
    back = {c.label: (c.before, c.after) for c in changes(EN, NOUNS, FULL, SPEC)}
    assert back["Most actions a period"] == ("800", "None")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.key)
@pytest.mark.parametrize("words", [EN, JA], ids=["en", "ja"])
def test_every_example_is_told_whole(template, words: Words) -> None:
    draft = example_draft(template)
    story = example_story(words, template, draft)
    assert "{" not in story
    told = [*sentences(words, template.nouns, draft.spec), *(fact.label for fact in facts(words, template.nouns, draft.spec))]
    assert all(line and "{" not in line for line in told)


def test_errors_name_fields_as_people_read_them() -> None:
    with pytest.raises(InvalidInput) as refused:
        PayoffMatrix(Formula("1"), D(10) ** 13, D(0), D(0))
    assert error_words(EN, NOUNS, refused.value).startswith("The payoff 'A call for one who would have stayed' must lie between")
    assert "解約" not in error_words(EN, NOUNS, refused.value)


def test_quotes_within_quotes_are_the_other_ones_in_japanese() -> None:
    with pytest.raises(InvalidInput) as refused:
        PayoffMatrix(Formula("1"), D(10) ** 13, D(0), D(0))
    assert "「『継続する』人への電話」" in error_words(JA, NOUNS, refused.value)
    template = "'{field}' can't be read: '{text}'. Write it like 0.3 * premium - 20."
    told = problem_text(JA, NOUNS, Problem("payoff.tp", template, (("field", "payoff.tp"), ("text", "a *"))))
    assert told.startswith("「『解約する』人への電話」の式「a *」")
