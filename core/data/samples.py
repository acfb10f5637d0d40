"""The sample data sets that ship with Kachi: real public data, each with a datasheet beside it in ``data/samples``."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from core.data.model import ColumnRoles, DatasetVersion, Source
from core.data.service import Origin, add_version, declare_roles
from core.errors import NotFound
from core.identity import Permission, Principal, require
from core.project.model import Nouns, Task
from core.project.service import ProjectSpec, ValueModelSpec
from core.project.value_model import Operator, PayoffMatrix, Period, TodaysRule
from core.settings import ROOT
from core.workspace import Workspace

FOLDER: Final = ROOT / "data" / "samples"


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample.

    Args:
        file: below ``data/samples``; its datasheet has the same name and the ending ``.md``.
        project: a project that asks the data a sensible question. roles: the columns' roles for it.
    """

    key: str
    title: str
    rows: int
    file: str
    project: ProjectSpec
    roles: ColumnRoles

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


SAMPLES: Final = (
    Sample(
        "telco_churn_ibm", "Telecom churn", 7043, "telco_churn_ibm.csv.gz",
        ProjectSpec(
            "Customer churn", "Which customers should we call before they leave?",
            Nouns("customer", "customers", "would leave", "would have stayed", "call", "calls"),
            # A call with its offer costs 15; one in three who would leave stays for six more months of about 65.
            value=_value("USD", Period.MONTH, 7000, ("115", "-15", "0", "0"), TodaysRule("contract", Operator.EQUALS, "Month-to-month"),
                         "Call and offer 15; one in three stays, six months at 65"),
            is_sample=True,
        ),
        ColumnRoles("churn", "Yes"),
    ),
    Sample(
        "bank_marketing", "Direct marketing by telephone", 45211, "bank_marketing.csv.gz",
        ProjectSpec(
            "Term deposit campaign", "Whom should we call about a term deposit?",
            Nouns("customer", "customers", "would subscribe", "would have declined", "call", "calls"),
            # A call costs 8; a subscription earns 80 in its first year, the call's cost already taken off: 72.
            value=_value("EUR", Period.MONTH, 2000, ("72", "-8", "0", "0"), TodaysRule("poutcome", Operator.EQUALS, "success"),
                         "Call 8, subscription 80"),
            is_sample=True,
        ),
        ColumnRoles("y", "yes", time_column="contacted_on", leave_out=("duration",)),
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
    ),
    Sample(
        "hpc_data", "Run time of cluster jobs", 4331, "hpc_data.csv.gz",
        ProjectSpec(
            "Job queues", "Which queue should a cluster job go to?",
            Nouns("job", "jobs", "runs long", "runs short", "move", "moves"), Task.MULTICLASS, is_sample=True,
        ),
        ColumnRoles("class"),
    ),
    Sample(
        "bikesharing_hourly", "Hourly bike trips", 78421, "bikesharing_hourly.csv.gz",
        ProjectSpec(
            "Bike demand", "How many bikes are needed in each hour?",
            Nouns("hour", "hours", "needs more bikes", "needs fewer bikes", "bike moved", "bikes moved"), Task.REGRESSION, is_sample=True,
        ),
        ColumnRoles("count", time_column="ts", leave_out=("date",)),
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


def import_sample(ws: Workspace, actor: Principal, project_id: str, key: str) -> DatasetVersion:
    """Bring a sample into a project, with its roles declared."""
    require(actor, Permission.EDIT_DATA)
    sample = get_sample(key)
    origin = Origin(Source.SAMPLE, sample.file, sample.title)
    version = add_version(ws, actor, project_id, sample.title, io.BytesIO(sample.read()), origin)
    return version if version.roles is not None else declare_roles(ws, actor, version.id, sample.roles)
