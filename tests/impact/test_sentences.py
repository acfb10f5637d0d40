"""Findings in words: honest in each verdict, in both languages, with the project's own nouns."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pandas as pd
import pytest

from core.impact import sentences as say
from core.impact.alternatives import AlternativeKind
from core.impact.assemble import Champion, Rows, Subject, build_report
from core.impact.phrases import assumption_name, counted, probability
from core.impact.report import BreakEvenPoint, ImpactReport, Verdict
from core.impact.scores import RunScores, Slice
from core.impact.sensitivity import Assumption
from core.impact.valued import make_sample
from core.project.model import Nouns
from core.project.terms import Economics
from core.project.value_model import PayoffMatrix, Period, ValueModel
from core.words import Words
from tests.impact.conftest import NOUNS, RULE, make_frame

EN, JA = Words("en"), Words("ja")
JARGON = re.compile(r"recall|precision|AUC|threshold|false positive|F1|confusion", re.IGNORECASE)


def make_slice(name: str, part: pd.DataFrame) -> Slice:
    return Slice(name, part["row"].to_numpy(), part["y"].to_numpy() == 1, part["score"].to_numpy(), {})


def make_report(
    payoffs: tuple[float, float, float, float],
    *,
    nouns: Nouns = NOUNS,
    threshold: float | None = None,
    rule: bool = True,
    champion: bool = False,
    rows: int = 4_000,
) -> ImpactReport:
    frame = make_frame(rows)
    test = frame.iloc[rows // 2 :]
    value = ValueModel(
        "v1", "p1", 3, "JPY", Period.MONTH, 10_000, PayoffMatrix(*(Decimal(str(p)) for p in payoffs)), RULE if rule else None, "", "u",
        datetime.now(UTC),
    )  # fmt: skip
    scores = RunScores(make_slice("validation", frame.iloc[: rows // 2]), make_slice("test", test))
    nothing = pd.DataFrame(index=range(rows // 2))
    samples = [make_sample(value, part.y, part.score, nothing) for part in (scores.validation, scores.test)]
    return build_report(
        Subject("p1", "r1", 7, "d1", "LightGBM", nouns, "ab" * 32), Rows(scores, *samples), value,
        rule=(test["tenure"] < 12).to_numpy() if rule else None,
        champion=Champion("version 6", (test["score"] > 0.5).to_numpy()) if champion else None,
        threshold=threshold, now=datetime(2026, 11, 24, tzinfo=UTC),
    )  # fmt: skip


WINS = (12_000, -1_500, 0, 0)
COSTS = (0, -1_000, -5_000, 0)
UNSURE = (100, -5, 0, 0)
NOBODY = (100, -2_000, 0, 0)
CASES = {"wins": (WINS, None), "costs": (COSTS, None), "unsure": (UNSURE, None), "nobody": (NOBODY, None), "loses": (WINS, 0.9)}


@pytest.fixture(scope="module", params=CASES)
def report(request: pytest.FixtureRequest) -> ImpactReport:
    payoffs, threshold = CASES[request.param]
    return make_report(payoffs, threshold=threshold)


def everything(words: Words, report: ImpactReport) -> list[str]:
    told = [
        say.headline, say.lead, say.reach_sentence, say.squares_note, say.unneeded_sentence, say.missed_sentence, say.axis_title,
        say.slider_question, say.curve_finding, say.alternatives_finding, say.tornado_finding, say.reach_point_sentence,
        say.likely_better, say.gain_text,
    ]  # fmt: skip
    return [
        *(one(words, report) for one in told),
        *(say.break_even_sentence(words, report, b) for b in report.break_evens),
        *(text for row in say.source_rows(words, report) for text in row),
        *(assumption_name(words, report.nouns, a, b) for a in Assumption for b in (-1, 1)),
    ]


def test_nothing_is_left_open_or_in_jargon(report: ImpactReport) -> None:
    for words in (EN, JA):
        for text in everything(words, report):
            assert text
            assert "{" not in text
            assert not JARGON.search(text), text
    japanese = [text for text in everything(JA, report) if re.search(r"[a-zA-Z]{4,}", text)]
    assert japanese == []


def test_winner_says_money_interval_and_comparison() -> None:
    report = make_report(WINS)
    assert report.verdict is Verdict.BETTER
    assert say.headline(EN, report) == f"Calls chosen by the model earn {EN.money(report.value.value, 'JPY')} a month"
    assert "with 95% confidence" in say.lead(EN, report)
    assert "more than calls for everybody" in say.lead(EN, report)
    assert say.headline(JA, report).startswith("モデルが選ぶ電話は、月あたり")


def test_costs_are_told_as_a_gain_over_the_best_alternative() -> None:
    report = make_report(COSTS, rule=False)
    assert re.fullmatch(r"Calls chosen by the model bring ¥\S+ a month more than calls for everybody", say.headline(EN, report))
    assert "All decisions together come to −¥" in say.lead(EN, report)


def test_uncertainty_and_loss_are_not_dressed_up() -> None:
    unsure = make_report(UNSURE)
    assert unsure.verdict is Verdict.UNCERTAIN
    assert say.headline(EN, unsure).startswith("Too early to say")
    assert "between −¥" in say.lead(EN, unsure)
    loses = make_report(WINS, threshold=0.9)
    assert loses.verdict is Verdict.WORSE
    assert say.headline(EN, loses) == "No model is worth it here: calls for everybody would bring more"
    nobody = make_report(NOBODY)
    assert nobody.verdict is Verdict.SAME
    assert say.headline(EN, nobody) == "The model changes nothing: it decides like doing nothing"
    assert say.curve_finding(EN, nobody) == "No likelihood makes it pay"


def test_reach_is_counted_in_thousands() -> None:
    report = make_report(WINS)
    reached = round(1000 * report.cells.tp / report.cells.positives)
    sentence = say.reach_sentence(EN, report)
    assert sentence == f"Of **1,000 customers who would leave**, we reach **{reached}** and miss **{1000 - reached}**."
    assert say.reach_sentence(JA, report) == f"**解約するお客様1,000人**のうち、**{reached}人**に届き、**{1000 - reached}人**を逃します。"
    unneeded = say.unneeded_sentence(EN, report)
    assert unneeded.startswith(f"{report.cells.fp * 5:,} calls a month go to customers who would have stayed, costing ¥")


def test_champion_in_the_finding() -> None:
    report = make_report(WINS, champion=True)
    assert say.alternatives_finding(EN, report) == "Clearly better than calls for everybody, and ahead of version 6"


def test_own_nouns_of_another_language_stay_readable() -> None:
    nouns = Nouns("parcel", "parcels", "arrive late", "arrive in time", "check", "checks")
    report = make_report(WINS, nouns=nouns)
    assert "parcels（arrive late）1,000件" in say.reach_sentence(JA, report)
    japanese = make_report(WINS, nouns=Nouns("荷物", "荷物", "遅れる", "間に合う", "確認", "確認"))
    assert say.reach_sentence(JA, japanese).startswith("**遅れる荷物1,000件**のうち")
    assert counted(JA, Nouns("患者", "患者", "再入院する", "しない", "訪問", "訪問"), 10) == "10人"


def test_probabilities_never_claim_certainty() -> None:
    assert [probability(EN, p) for p in (1.0, 0.9985, 0.88, 0.0)] == ["over 99.9%", "99.9%", "88%", "under 0.1%"]


def test_break_evens_are_told_on_both_sides_and_before_the_costs_of_the_model_itself() -> None:
    report = make_report(WINS)
    one = BreakEvenPoint(Assumption.TP, Decimal(148), Decimal(120), AlternativeKind.RULE, above=False)
    two = BreakEvenPoint(Assumption.TP, Decimal(60), Decimal(120), AlternativeKind.NOTHING, above=True)
    both = replace(report, break_evens=(two, one))
    assert say.told_break_evens(both) == (one, two)
    assert "stays below" in say.break_even_sentence(EN, both, one)
    assert say.before_costs_sentence(EN, Economics()) == ""
    told = say.before_costs_sentence(EN, Economics(running_cost=Decimal(10)))
    assert told.startswith("What the model itself costs is not in these figures")
