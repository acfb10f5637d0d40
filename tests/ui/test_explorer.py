"""The interactive card's data and effects, in plain functions."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from app.ui import explorer as card
from core.identity import Principal
from core.impact import service
from core.impact.explorer import Explorer, RowAmounts, Scored, build_explorer
from core.impact.explorer_fields import MOST, View, explorer_fields, read_view
from core.impact.explorer_service import explore_run
from core.impact.explorer_words import explorer_words
from core.impact.report import ImpactReport
from core.impact.source import FinishedRun
from core.words import Language, Words
from core.workspace import Workspace
from tests.impact.conftest import make_frame, project, run, runs  # noqa: F401
from tests.ui.conftest import Draw

PLACE = re.compile(r"\{(\w+)\}")
FILLED = {"best", "cost", "amount", "name", "count", "share", "money", "low", "high", "difference", "capacity", "against", "reached", "missed", "unneeded", "total"}  # fmt: skip


@pytest.fixture
def made(ws: Workspace, viewer: Principal, run: FinishedRun) -> tuple[ImpactReport, Explorer]:  # noqa: F811
    return service.compute_report(ws, viewer, run.id), explore_run(ws, viewer, run.id)


def texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in texts(item)]
    return [str(value)]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_sentence_has_places_that_the_browser_fills(made: tuple[ImpactReport, Explorer], language: Language) -> None:
    said = asdict(explorer_words(Words(language), made[0]))
    assert {place for text in texts(said) for place in PLACE.findall(text)} == FILLED
    assert all(texts(said))
    script = "".join((Path(card.__file__).parent / name).read_text(encoding="utf-8") for name in card.SCRIPTS)
    assert all(re.search(rf"\b{place}\b", script) for place in FILLED)
    used = set(re.findall(r"words\.(\w+)", script)) | set(re.findall(r"say\.\w+\.(\w+)", script))
    known = {key for part in said.values() for key in part} | set(said)
    assert used <= known | {"copied"}


def test_japanese_counts_people_with_their_counter(made: tuple[ImpactReport, Explorer]) -> None:
    people = explorer_words(Words("ja"), made[0]).people
    assert people.reach == "**解約するお客様1,000人**のうち、**{reached}人**に届き、**{missed}人**を逃します。"
    assert people.of == "お客様{total}人あたり"


def test_what_is_sent_is_small_plain_json(made: tuple[ImpactReport, Explorer]) -> None:
    report, table = made
    data = card.explorer_data(Words("en"), report, table, View(None, table.agreed), can_save=True)
    text = json.dumps(data, allow_nan=False)
    assert json.dumps(json.loads(text)) == text
    assert len(text) < 60_000
    assert data["decimals"] == 0
    assert data["marks"] == {"before": "¥", "after": "", "decimals": 0, "japanese": False}
    gain = {"value": float(report.gain.value), "low": float(report.gain.low), "high": float(report.gain.high)}
    assert (data["report"]["gain"], data["report"]["against"]) == (gain, report.reference.value)
    assert (data["report"]["low"], data["off"]) == (float(report.value.low), pytest.approx(0.1))


def test_fields_tell_costs_without_their_sign_and_have_round_steps(made: tuple[ImpactReport, Explorer]) -> None:
    fields = {field.name: field for field in explorer_fields(Words("en"), *made)}
    assert list(fields) == ["tp", "fp", "fn", "tn", "cases", "prevalence", "capacity"]
    assert (fields["tp"].low, fields["tp"].high, fields["tp"].step, fields["tp"].factor) == (0, 24_000, 200, 1)
    assert fields["fp"].label.startswith("Cost of each call")
    assert (fields["fp"].factor, fields["fp"].high) == (-1, 3_000)
    assert (fields["fn"].low, fields["fn"].high) == (-12_000, 12_000)
    assert fields["cases"].step == 100
    assert 0 < fields["prevalence"].low < fields["prevalence"].high <= 100
    assert fields["capacity"].free == "high"


def test_a_formula_is_moved_as_a_share_of_itself(made: tuple[ImpactReport, Explorer]) -> None:
    report, _ = made
    frame = make_frame(400)
    y = frame.y.to_numpy(dtype=bool)
    scored = Scored(y, frame.score.to_numpy(), RowAmounts(tp=frame.tenure.to_numpy() * 10))
    table = build_explorer(scored, scored, replace(made[1].agreed, tp=1.0), 0.3)
    field = explorer_fields(Words("en"), report, table)[0]
    assert (field.unit, field.factor, field.high) == ("percent", 100, 200)
    assert field.label == "Value of each call that was needed, of the agreed formula"
    data = card.table_data(table)
    assert data["test"]["positive"]["acted"][0] == pytest.approx(table.test.positive.acted[0])  # type: ignore[index]
    assert data["test"]["positive"]["left"] is None


@pytest.mark.parametrize(
    "text",
    ["", "abcdef", "~", "abcdef~at2~share0~share1~cases0", "abcdef~tp1e9~fp--1~at", "abcdef~fn99999999999999", "ABCDEF~at0.5", "abcdef~<b>", "x" * 5_000],
)  # fmt: skip
def test_an_address_that_makes_no_sense_changes_nothing(made: tuple[ImpactReport, Explorer], text: str) -> None:
    agreed = made[1].agreed
    assert read_view(text, "run-abcdef", agreed) == View(None, agreed)


def test_an_address_keeps_what_it_may(made: tuple[ImpactReport, Explorer]) -> None:
    agreed = made[1].agreed
    view = read_view("abcdef~at0.25~tp13000.5~share0.031~capacity0~cases20000", "run-abcdef", agreed)
    assert view.at == 0.25
    assert view.assumed == replace(agreed, tp=13_000.5, prevalence=0.031, capacity=0.0, cases=20_000.0)
    limited = replace(agreed, capacity=900.0, precision=0.5)
    assert read_view("abcdef~capacitynone~precision0.25", "run-abcdef", limited).assumed == replace(agreed, capacity=None, precision=0.25)
    assert read_view(f"abcdef~tp{MOST:.0f}", "run-abcdef", agreed).assumed.tp == MOST


def test_letting_go_writes_the_address_and_takes_it_out(draw: Draw) -> None:
    def page() -> None:
        import streamlit as st

        from app.ui.explorer import keep_view

        keep_view(None)
        keep_view(3)
        first = dict(st.query_params)
        keep_view("abcdef~at0.4")
        second = dict(st.query_params)
        keep_view("")
        st.session_state["seen"] = (first, second, dict(st.query_params))

    assert draw(page).session_state["seen"] == ({}, {"explore": "abcdef~at0.4"}, {})
