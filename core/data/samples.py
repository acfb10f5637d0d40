"""The sample data sets that ship with Kachi: real public data, each with a datasheet beside it in ``data/samples``."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from core.data.model import ColumnRoles, DatasetVersion, Source
from core.data.service import Origin, add_version, declare_roles
from core.errors import NotFound
from core.identity import Permission, Principal, require
from core.project.model import Nouns, Task
from core.project.payoffs import CENT
from core.project.service import ProjectSpec, ValueModelSpec, create_project, list_projects
from core.project.value_model import ClassPayoffs, DeviationCosts, Operator, PayoffMatrix, Period, TodaysRule
from core.settings import ROOT
from core.workspace import Workspace

FOLDER: Final = ROOT / "data" / "samples"


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample.

    Args:
        file: below ``data/samples``; its datasheet has the same name and the ending ``.md``.
        project: a project that asks the data a sensible question. roles: the columns' roles for it.
        japanese: the same project's name, question and words in Japanese.
    """

    key: str
    title: str
    rows: int
    file: str
    project: ProjectSpec
    roles: ColumnRoles
    japanese: tuple[str, str, Nouns]

    def project_in(self, language: str) -> ProjectSpec:
        """The suggested project in a reader's language, ``en`` or ``ja``."""
        name, question, nouns = self.japanese
        return replace(self.project, name=name, question=question, nouns=nouns) if language == "ja" else self.project

    @property
    def path(self) -> Path:
        """The file."""
        return FOLDER / self.file

    @property
    def datasheet(self) -> str:
        """The datasheet, Markdown."""
        return (FOLDER / f"{self.key}.md").read_text(encoding="utf-8")

    def read(self) -> bytes:
        """The data as plain CSV."""
        return gzip.decompress(self.path.read_bytes())


def _value(
    currency: str, period: Period, cases: int, payoff: tuple[str, str, str, str], rule: TodaysRule | None = None, note: str = ""
) -> ValueModelSpec:
    tp, fp, fn, tn = map(Decimal, payoff)
    return ValueModelSpec(currency, period, cases, PayoffMatrix(tp, fp, fn, tn), rule, note)


def _queue_costs() -> ClassPayoffs:
    """What a wrong queue costs, in the units of data/samples/hpc_data.md: a row for each true class, a column for each decision."""
    rows = ((0, -1, -1, -1), (-5, 0, -1, -1), (-5, -5, 0, -1), (-10, -5, -1, 0))
    return ClassPayoffs(("VF", "F", "M", "L"), tuple(tuple(Decimal(value).quantize(CENT) for value in row) for row in rows))


SAMPLES: Final = (
    Sample(
        "telco_churn_ibm", "Telecom churn", 7043, "telco_churn_ibm.csv.gz",
        ProjectSpec(
            "Customer churn", "Which customers should we call before they leave?",
            Nouns("customer", "customers", "would leave", "would have stayed", "call", "calls"),
            # A call costs 10 and its offer 40; one in three who would leave stays for six more months of about 65: 130, less 50.
            value=_value("EUR", Period.MONTH, 7000, ("80", "-50", "0", "0"), TodaysRule("contract", Operator.EQUALS, "Month-to-month"),
                         "Call 10, offer 40; one in three stays, six months at 65"),
            is_sample=True,
        ),
        ColumnRoles("churn", "Yes"),
        ("顧客の解約防止", "どの顧客に、解約の前に電話すべきですか。", Nouns("顧客", "顧客", "解約する", "継続する", "電話", "電話")),
    ),
    Sample(
        "bank_marketing", "Direct marketing by telephone", 45211, "bank_marketing.csv.gz",
        ProjectSpec(
            "Term deposit campaign", "Whom should we call about a term deposit?",
            Nouns("customer", "customers", "would subscribe", "would have declined", "call", "calls"),
            # A call costs 8; a subscription earns 160 over its term, the call's cost already taken off: 152.
            value=_value("EUR", Period.MONTH, 2000, ("152", "-8", "0", "0"), TodaysRule("poutcome", Operator.EQUALS, "success"),
                         "Call 8, subscription 160"),
            is_sample=True,
        ),
        ColumnRoles("y", "yes", time_column="contacted_on", leave_out=("duration",)),
        ("定期預金の電話営業", "定期預金のご案内は、どのお客様に電話すべきですか。", Nouns("お客様", "お客様", "申し込む", "申し込まない", "電話", "電話")),
    ),
    Sample(
        "german_credit", "Credit risk", 1000, "german_credit.csv.gz",
        ProjectSpec(
            "Loan pre-check", "Which applications should a person check before we pay out?",
            Nouns("application", "applications", "would default", "would have repaid", "check", "checks"),
            # The official cost matrix: a bad risk accepted costs five times a good one refused; here in units of 400.
            value=_value("EUR", Period.MONTH, 500, ("0", "-400", "-2000", "0"), None, "Statlog's cost matrix 5:1, one unit is 400"),
            is_sample=True,
        ),
        ColumnRoles("creditability", "bad"),
        ("融資の事前審査", "融資の実行前に、どの申込みを担当者が確認すべきですか。", Nouns("申込み", "申込み", "返済が滞る", "返済される", "確認", "確認")),
    ),
    Sample(
        "hpc_data", "Run time of cluster jobs", 4331, "hpc_data.csv.gz",
        ProjectSpec(
            "Job queues", "Which queue should a cluster job go to?",
            Nouns("job", "jobs", "runs long", "runs short", "move", "moves"), Task.MULTICLASS,
            # The published costs of a wrong queue; that a unit is 1 euro and how many jobs a month brings are assumed.
            value=ValueModelSpec("EUR", Period.MONTH, 10_000, _queue_costs(), None,
                                 "Kuhn and Johnson's costs of a wrong queue, a unit taken as 1 euro; 10,000 jobs a month assumed"),
            is_sample=True,
        ),
        ColumnRoles("class"),
        ("ジョブの振り分け", "計算ジョブをどの待ち行列に入れるべきですか。", Nouns("ジョブ", "ジョブ", "長くかかる", "短く終わる", "移動", "移動")),
    ),
    Sample(
        "bikesharing_hourly", "Hourly bike trips", 78421, "bikesharing_hourly.csv.gz",
        ProjectSpec(
            "Bike demand", "How many bikes are needed in each hour?",
            Nouns("hour", "hours", "needs more bikes", "needs fewer bikes", "bike moved", "bikes moved"), Task.REGRESSION,
            # A trip without a bike loses its fare of about 2; a bike too many is brought and fetched for about 0.50. 730 hours a month.
            value=ValueModelSpec("USD", Period.MONTH, 730, DeviationCosts(Decimal("2.00"), Decimal("0.50"), Decimal("0.00")), None,
                                 "Assumed: a trip lost for want of a bike 2, a bike brought in vain 0.50; 730 hours a month"),
            is_sample=True,
        ),
        ColumnRoles("count", time_column="ts", leave_out=("date",)),
        ("自転車の需要", "各時間帯に自転車は何台必要ですか。", Nouns("時間帯", "時間帯", "台数が増える", "台数が減る", "再配置", "再配置")),
    ),
)  # fmt: skip


def list_samples() -> tuple[Sample, ...]:
    """All samples."""
    return SAMPLES


def get_sample(key: str) -> Sample:
    """One sample.

    Raises:
        NotFound: there is none of that key.
    """
    found = next((sample for sample in SAMPLES if sample.key == key), None)
    if found is None:
        raise NotFound("sample", key)
    return found


def start_sample_project(ws: Workspace, actor: Principal, key: str, language: str = "en") -> DatasetVersion:
    """Make the project that a sample suggests, and bring the sample into it; a project of that name is used if it is there.

    Raises:
        NotFound: there is no such sample.
    """
    require(actor, Permission.EDIT_DATA)
    spec = get_sample(key).project_in(language)
    there = next((p for p in list_projects(ws, actor, limit=500) if p.name == spec.name), None)
    return import_sample(ws, actor, (there or create_project(ws, actor, spec)).id, key)


def import_sample(ws: Workspace, actor: Principal, project_id: str, key: str) -> DatasetVersion:
    """Bring a sample into a project, with its roles declared."""
    require(actor, Permission.EDIT_DATA)
    sample = get_sample(key)
    origin = Origin(Source.SAMPLE, sample.file, sample.title)
    version = add_version(ws, actor, project_id, sample.title, io.BytesIO(sample.read()), origin)
    return version if version.roles is not None else declare_roles(ws, actor, version.id, sample.roles)
