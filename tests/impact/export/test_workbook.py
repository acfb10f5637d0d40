"""The workbook, worked out by an independent reader: it says what was signed, and follows when an assumption changes."""

from __future__ import annotations

import re
import zipfile
from dataclasses import astuple, replace
from decimal import Decimal
from io import BytesIO

import pytest

from core.impact.alternatives import AlternativeKind
from core.impact.amounts import Amount
from core.impact.economics import business_case
from core.impact.export.formats import ExportFormat
from core.impact.export.workbook import make_workbook
from core.impact.export.workings import alternative_rates
from core.impact.policy_sentences import policy_name
from core.impact.report import ImpactReport, ThresholdSource
from core.project.model import Nouns
from core.project.value_model import Formula, PayoffMatrix
from core.words import Words
from tests.impact.export.conftest import BY_CASE, FORMULA, Make, value_model, valued
from tests.impact.export.spreadsheet import Spreadsheet, Value, read
from tests.impact.test_sentences import CASES, make_report

NAME = {
    AlternativeKind.NOTHING: "Do nothing", AlternativeKind.EVERYBODY: "Calls for everybody",
    AlternativeKind.RANDOM: "As many calls at random", AlternativeKind.RULE: "Today's rule",
    AlternativeKind.CHAMPION: "Model in use, version 6",
}  # fmt: skip


def workbook(make: Make, kind: str = "wins", language: str = "en") -> tuple[ImpactReport, Spreadsheet]:
    spec = make(kind, format=ExportFormat.WORKBOOK, language=language, champion=True)
    return spec.report, read(make_workbook(spec))


def close(value: Value, to: Decimal | float) -> bool:
    return value == pytest.approx(float(to), rel=1e-9, abs=0.006)


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_formula_gives_the_result_that_came_with_it(make: Make, kind: str, language: str) -> None:
    _, book = workbook(make, kind, language)
    assert len(book.formulas) > 250
    for sheet, address in book.formulas:
        told, found = book.results[sheet, address], book.value(sheet, address)
        assert found == (told if isinstance(told, str) else pytest.approx(told, rel=1e-9, abs=1e-6)), (sheet, address)


@pytest.mark.parametrize("kind", CASES)
def test_unchanged_it_says_what_was_signed(make: Make, kind: str) -> None:
    report, book = workbook(make, kind)
    assert close(book.row("Summary", "Value of the model's decisions a month", "B"), report.value.value)
    assert close(book.row("Summary", "What the model adds a month", "B"), report.gain.value)
    assert close(book.row("Summary", "Calls a month", "B"), report.frequencies.actions)
    assert book.value("Summary", "A6") == "The assumptions are those of the signed report."
    for alternative in report.alternatives:
        assert close(book.row("Alternatives", NAME[alternative.kind], "F"), alternative.value.value), alternative.kind
        assert close(book.row("Alternatives", NAME[alternative.kind], "G"), alternative.gain.value), alternative.kind
        assert close(book.row("Alternatives", NAME[alternative.kind], "K"), alternative.actions), alternative.kind
    curve = sorted((a for s, a in book.formulas if s == "Curve" and a.startswith("F")), key=lambda a: int(a[1:]))
    assert len(curve) == len(report.curve)
    for address, point in zip(curve, report.curve, strict=True):
        assert close(book.value("Curve", address), point.value)
        # the normal approximation lies near the bootstrap's interval
        if point.cells.tp >= 100:
            low, width = book.value("Curve", address.replace("F", "G")), float(point.high - point.low)
            assert low == pytest.approx(float(point.low), abs=0.15 * width)


@pytest.mark.parametrize("kind", ["wins", "costs"])
def test_sensitivity_and_break_evens_are_those_of_the_report(make: Make, kind: str) -> None:
    report, book = workbook(make, kind)
    first = min(int(a[1:]) for s, a in book.formulas if s == "Sensitivity" and a.startswith("E"))
    for place, bar in enumerate(report.tornado, first):
        assert close(book.value("Sensitivity", f"E{place}"), bar.at_low)
        assert close(book.value("Sensitivity", f"F{place}"), bar.at_high)
        assert close(book.value("Sensitivity", f"B{place}"), bar.low)
    levels = {
        round(float(value), 2)
        for (sheet, address) in book.formulas
        if sheet == "Sensitivity" and isinstance(value := book.value(sheet, address), float)
    }
    assert report.break_evens
    for even in report.break_evens:
        assert min(abs(level - float(even.at)) for level in levels) < 0.011


@pytest.mark.parametrize("payoffs", [(3_000, -1_500, 0, 0), (12_000, -9_000, 0, 0), (12_000, -1_500, -4_000, 250)])
def test_a_changed_payoff_moves_every_amount(make: Make, payoffs: tuple[float, float, float, float]) -> None:
    report, book = workbook(make)
    there = make_report(payoffs, threshold=report.threshold, champion=True)
    changed = book.change(value_tp=payoffs[0], value_fp=payoffs[1], value_fn=payoffs[2], value_tn=payoffs[3])
    assert close(changed.row("Summary", "Value of the model's decisions a month", "B"), there.value.value)
    assert close(changed.row("Summary", "What the model adds a month", "B"), there.gain.value)
    assert changed.value("Summary", "A6").startswith("Assumptions were changed")
    assert changed.row("Summary", "The best alternative", "B") == NAME[there.reference]
    for alternative in there.alternatives:
        assert close(changed.row("Alternatives", NAME[alternative.kind], "F"), alternative.value.value), alternative.kind
    best = max(there.curve, key=lambda point: point.value)
    assert close(changed.row("Summary", "Value at that threshold a month, in hindsight", "B"), best.value)
    assert changed.row("Summary", "Best threshold on the test cases, in hindsight", "B") == pytest.approx(best.threshold)
    assert close(book.row("Summary", "Value of the model's decisions a month", "B"), report.value.value)


def test_volume_and_share_of_positive_cases_move_them_too(make: Make) -> None:
    report, book = workbook(make)
    twice = book.change(cases=2.0 * report.cases_per_period)
    assert close(twice.row("Summary", "Value of the model's decisions a month", "B"), report.value.value * 2)
    nobody = book.change(share=0.0)
    worth = -report.cells.fp / (report.test.rows - report.test.positives) * 1_500 * report.cases_per_period
    assert close(nobody.row("Summary", "Value of the model's decisions a month", "B"), worth)
    nothing = book.change(cases=0.0)
    assert all(nothing.value(sheet, address) is not None for sheet, address in book.formulas)
    assert nothing.row("Summary", "What the model adds a month", "B") == 0


def test_every_amount_of_money_is_a_formula_but_inputs_and_what_was_signed(make: Make) -> None:
    spec = make(format=ExportFormat.WORKBOOK, champion=True)
    with zipfile.ZipFile(BytesIO(make_workbook(spec))) as archive:
        styles = archive.read("xl/styles.xml").decode()
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    money = {int(number) for number, code in re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"', styles) if "¥" in code}
    fonts = re.findall(r"<font>(.*?)</font>", styles)
    cells = re.findall(r'<xf numFmtId="(\d+)" fontId="(\d+)"', styles.split("<cellXfs", maxsplit=1)[1])
    # black on white: neither gray (as signed) nor blue on yellow (an input)
    own = {str(place) for place, (format_, font) in enumerate(cells) if int(format_) in money and "FF5A6372" not in fonts[int(font)]}
    given = [cell for sheet in sheets for cell in re.findall(r'<c r="\w+" s="(\d+)"><v>', sheet) if cell in own]
    live = [cell for sheet in sheets for cell in re.findall(r'<c r="\w+" s="(\d+)"><f>', sheet) if cell in own]
    assert len(live) > 300
    assert len(given) == 4  # the four payoffs, to be changed


def test_nothing_that_people_wrote_becomes_a_formula(make: Make) -> None:
    nouns = Nouns("+1", FORMULA, "@SUM(1)", "-2", "=cmd|' /C calc'!A0", "=1+1")
    for language in ("en", "ja"):
        data = make_workbook(make(format=ExportFormat.WORKBOOK, language=language, name=FORMULA, nouns=nouns))
        book = read(data)
        assert FORMULA in " ".join(str(value) for value in book.results.values())
        for formula in book.formulas.values():
            assert "HYPERLINK" not in formula.upper()
            assert "cmd" not in formula
        with zipfile.ZipFile(BytesIO(data)) as archive:
            assert not [name for name in archive.namelist() if "externalLink" in name or "vba" in name.lower()]
            assert "<hyperlink" not in "".join(archive.read(n).decode() for n in archive.namelist() if n.endswith("sheet1.xml"))


def test_a_draft_and_a_seal_are_told(make: Make) -> None:
    draft = read(make_workbook(make(format=ExportFormat.WORKBOOK, draft=True)))
    assert draft.value("Summary", "A6") == "Draft: not frozen, not signed"
    spec = make(format=ExportFormat.WORKBOOK)
    data = make_workbook(spec)
    assert spec.seal.signature in read(data).results.values()
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert spec.seal.statement.report_sha256 in archive.read("docProps/custom.xml").decode()
        assert "&L&amp;8Customer churn" in archive.read("xl/worksheets/sheet1.xml").decode().replace("&amp;L", "&L")


def older(report: ImpactReport) -> ImpactReport:
    """As a release kept it that knew neither shares nor parts."""
    plain = tuple(replace(a, reached=None, unneeded=None, parts=None) for a in report.alternatives)
    return replace(report, alternatives=plain, parts=None, format=1)


def test_reports_of_older_releases_tell_the_decisions_of_a_rule_by_its_value(make: Make) -> None:
    report = make(champion=True).report
    for now, before in zip(report.alternatives, older(report).alternatives, strict=True):
        assert astuple(alternative_rates(report, before)) == pytest.approx(astuple(alternative_rates(report, now)))
    # an amount that no whole number of cases comes to isn't explained away
    rule = older(report).alternative(AlternativeKind.RULE)
    odd = replace(rule, value=replace(rule.value, value=rule.value.value + Decimal("1234.56")))
    assert alternative_rates(report, odd) is None
    book = read(make_workbook(make(report=replace(older(report), alternatives=(odd, *older(report).alternatives[:3])))))
    assert close(book.row("Alternatives", "Today's rule", "F"), odd.value.value)
    assert book.row("Alternatives", "Today's rule", "B") == "as signed"


def test_payoffs_that_differ_by_case_move_together(make: Make, by_case: ImpactReport) -> None:
    assert by_case.by_case
    book = read(make_workbook(make(report=by_case)))
    assert close(book.row("Summary", "Value of the model's decisions a month", "B"), by_case.value.value)
    assert close(book.row("Summary", "What the model adds a month", "B"), by_case.gain.value)
    for alternative in by_case.alternatives:
        assert close(book.row("Alternatives", NAME[alternative.kind], "F"), alternative.value.value), alternative.kind
    for sheet, address in book.formulas:
        if sheet == "Curve" and address.startswith("F"):
            assert close(book.value(sheet, address), book.value(sheet, address.replace("F", "I")))
    assert "900 * tenure" in str(book.value("Assumptions", "E5"))
    # one and a half times as much for each call that was needed: as if every row's payoff grew by half
    there = valued(value_model(PayoffMatrix(Formula("1.5 * (900 * tenure)"), Decimal(-1_500), BY_CASE.fn, Decimal(0))))
    changed = book.change(value_tp=float(by_case.amounts.tp) * 1.5)
    everybody = there.alternative(AlternativeKind.EVERYBODY)
    assert changed.row("Alternatives", NAME[everybody.kind], "F") == pytest.approx(float(everybody.value.value), rel=1e-6)


def test_the_business_case_follows_costs_and_payoffs(make: Make, costly: ImpactReport) -> None:
    book = read(make_workbook(make(report=costly)))
    case = business_case(costly.gain, costly.period, costly.economics)
    assert close(book.row("Business case", "Net present value", "B"), case.npv.value)
    assert book.row("Business case", "Return on all costs", "B") == pytest.approx(case.roi.value)
    assert book.row("Business case", "Months until the roll-out has paid for itself", "B") == pytest.approx(case.payback.months)
    for month, flow in enumerate(case.flows):
        assert close(book.value("Business case", f"F{19 + month}"), flow.total)
    # dearer to roll out than the model can earn back; better payoffs make up for it
    assert book.names.keys() == {"value_tp", "value_fp", "value_fn", "value_tn", "cases", "share"}
    dear = replace(costly.economics, one_off_cost=Decimal(18_000_000), running_cost=Decimal(9_000_000))
    never = read(make_workbook(make(report=replace(costly, economics=dear))))
    assert never.row("Business case", "Months until the roll-out has paid for itself", "B") == "–"
    better = never.change(value_tp=60_000.0, value_fp=-30_000.0)
    there = valued(value_model(PayoffMatrix(Decimal(60_000), Decimal(-30_000), Decimal(0), Decimal(0)), dear))
    gain = better.row("Summary", "What the model adds a month", "B")
    again = business_case(Amount(Decimal(str(gain)), Decimal(0), Decimal(0)), there.period, dear)
    assert better.row("Business case", "Net present value", "B") == pytest.approx(float(again.npv.value), rel=1e-9, abs=1)


def test_ways_of_deciding_follow_too(make: Make, costly: ImpactReport) -> None:
    book = read(make_workbook(make(report=costly)))
    for policy in costly.policies:
        name = policy_name(Words("en"), costly, policy.candidate)
        assert close(book.row("Alternatives", name, "F"), policy.value.value), name


def test_another_share_of_positive_cases_in_production_is_an_input(make: Make, rare: ImpactReport) -> None:
    book = read(make_workbook(make(report=rare)))
    assert book.value("Assumptions", "B10") == pytest.approx(0.1)
    assert close(book.row("Summary", "Value of the model's decisions a month", "B"), rare.value.value)
    assert close(book.row("Summary", "Calls a month", "B"), rare.frequencies.actions)
    for alternative in rare.alternatives:
        assert close(book.row("Alternatives", NAME[alternative.kind], "F"), alternative.value.value), alternative.kind
    sample = rare.test.positives / rare.test.rows
    back = book.change(share=sample)
    worth = (rare.cells.tp * 12_000 - rare.cells.fp * 1_500) / rare.test.rows * rare.cases_per_period
    assert close(back.row("Summary", "Value of the model's decisions a month", "B"), worth)


def test_the_workbook_is_in_the_readers_language(make: Make) -> None:
    _, book = workbook(make, language="ja")
    assert book.sheets == ["概要", "前提", "判断", "曲線", "選択肢", "感度", "署名"]
    assert book.value("概要", "A6") == Words("ja").t("The assumptions are those of the signed report.")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_best_threshold_of_the_test_cases_is_told_as_hindsight(make: Make, language: str) -> None:
    words = Words("ja" if language == "ja" else "en")
    spec = make("wins", format=ExportFormat.WORKBOOK, language=language)
    chosen = words.t("The threshold beside it was chosen on validation cases.")
    for source in ThresholdSource:
        book = read(make_workbook(replace(spec, report=replace(spec.report, threshold_source=source))))
        said = [str(value) for row in range(1, 40) if (value := book.value(book.sheets[0], f"A{row}"))]
        assert words.t("Best threshold on the test cases, in hindsight") in said
        assert sum("in hindsight" in line or "（結果を見て" in line or "、結果を見て" in line for line in said) == 2
        (note,) = (line for line in said if line.startswith("In hindsight:" if language == "en" else "最善の基準は、"))
        assert note.endswith(chosen) == (source is ThresholdSource.VALIDATION)
