"""Reports of every kind, sealed, as what is to be exported."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from core.impact.any_report import AnyReport, any_report_to_json
from core.impact.assemble import Champion, Rows, Subject, build_report
from core.impact.export.formats import ExportFormat
from core.impact.export.spec import ExportSpec, Origin
from core.impact.report import ImpactReport
from core.impact.scores import RunScores
from core.impact.seal import Seal, Statement, make_seal
from core.impact.valued import make_sample
from core.project.model import Nouns
from core.project.terms import PLAIN_ECONOMICS, Economics
from core.project.value_model import Formula, PayoffMatrix, Period, ValueModel
from tests.impact.conftest import RULE, make_frame
from tests.impact.test_sentences import CASES, NOUNS, make_report, make_slice

EVIL = "<script>alert(1)</script>&\"'"
FORMULA = '=HYPERLINK("http://evil.example","click")'
Make = Callable[..., ExportSpec]


@pytest.fixture(scope="session")
def seal_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[AnyReport], Seal]:
    """A genuine seal of any report."""
    keys: Path = tmp_path_factory.mktemp("keys")

    def seal(report: AnyReport) -> Seal:
        sha256 = hashlib.sha256(any_report_to_json(report)).hexdigest()
        statement = Statement(
            "report-1", sha256, report.project_id, report.run_id, report.run_number, report.dataset_version_id, "d" * 64,
            report.value_model_id, report.value_model_version, "Mori", datetime(2026, 11, 24, 9, tzinfo=UTC),
        )  # fmt: skip
        return make_seal(keys, statement)

    return seal


def valued(value: ValueModel) -> ImpactReport:
    """A report of the usual scores under a value model; its formulas may read the column `tenure`."""
    frame = make_frame(4_000)
    halves = frame.iloc[:2_000], frame.iloc[2_000:]
    scores = RunScores(make_slice("validation", halves[0]), make_slice("test", halves[1]))
    samples = [make_sample(value, part.y, part.score, half) for part, half in zip((scores.validation, scores.test), halves, strict=True)]
    return build_report(
        Subject("p1", "r1", 7, "d1", "LightGBM", NOUNS, "ab" * 32), Rows(scores, *samples), value,
        rule=(halves[1]["tenure"] < 12).to_numpy(), champion=Champion("version 6", (halves[1]["score"] > 0.5).to_numpy()),
        threshold=None, now=datetime(2026, 11, 24, tzinfo=UTC),
    )  # fmt: skip


def value_model(payoff: PayoffMatrix, economics: Economics = PLAIN_ECONOMICS) -> ValueModel:
    """Ten thousand cases a month, in yen."""
    return ValueModel("v1", "p1", 3, "JPY", Period.MONTH, 10_000, payoff, RULE, "", "u", datetime.now(UTC), economics=economics)


BY_CASE = PayoffMatrix(Formula("900 * tenure"), Decimal(-1_500), Formula("0 - 20 * tenure"), Decimal(0))
RARE = Economics(prevalence=Decimal("0.1"))


@pytest.fixture(scope="session")
def by_case() -> ImpactReport:
    """Payoffs that differ from case to case."""
    return valued(value_model(BY_CASE))


@pytest.fixture(scope="session")
def rare() -> ImpactReport:
    """Positive cases are rarer in production than in the sample."""
    return valued(value_model(PayoffMatrix(Decimal(12_000), Decimal(-1_500), Decimal(0), Decimal(0)), RARE))


@pytest.fixture(scope="session")
def costly() -> ImpactReport:
    """A model that costs something to roll out and to run."""
    costs = Economics(Decimal(18_000_000), Decimal(350_000), None, Decimal("0.05"), 24)
    return valued(value_model(PayoffMatrix(Decimal(12_000), Decimal(-1_500), Decimal(0), Decimal(0)), costs))


@pytest.fixture(scope="session")
def make(seal_of: Callable[[AnyReport], Seal]) -> Make:
    """A spec of a kind of report: its name in `CASES`, with `champion`, `draft`, `language`, `format`, `name` and `nouns`."""
    made: dict[tuple[str, bool, Nouns], ImpactReport] = {}

    def spec(
        kind: str = "wins",
        *,
        format: ExportFormat = ExportFormat.PAGE,
        language: str = "en",
        draft: bool = False,
        champion: bool = False,
        name: str = "Customer churn",
        nouns: Nouns = NOUNS,
        report: ImpactReport | None = None,
    ) -> ExportSpec:
        key = (kind, champion, nouns)
        if report is None and key not in made:
            payoffs, threshold = CASES[kind]
            made[key] = make_report(payoffs, threshold=threshold, champion=champion, nouns=nouns)
        report = report or made[key]
        origin = Origin(name, "Whom should we call?", True, "Customers", 4)
        return ExportSpec(format, "ja" if language == "ja" else "en", "Asia/Tokyo", report, origin, None if draft else seal_of(report))

    return spec
