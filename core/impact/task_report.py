"""The impact report of a run of several classes or of a forecast: everything that a page or a file says of its worth, frozen as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter

from core.impact.amounts import Amount
from core.impact.frozen_json import read_frozen_json
from core.impact.multiclass import ClassFindings, ClassPolicy
from core.impact.regression import ForecastFindings, ForecastPolicy
from core.impact.report import Provenance, Verdict, verdict_of
from core.impact.rival_phrases import reference_of
from core.impact.setting import Setting
from core.impact.task_details import TaskDetails
from core.project.model import Nouns, Task
from core.project.terms import Economics
from core.project.value_model import Period, ValueModel

FORMAT = 1
READABLE = frozenset({1})


@dataclass(frozen=True, slots=True)
class TaskReport:
    """What a run that isn't a yes-or-no one is worth under one value model. All amounts are a period's unless named otherwise.

    Args:
        validation_rows: rows that the way of deciding, and every adjustment, was chosen on; the findings know those of the test.
        classes: of a run of several classes; forecast: of one that predicts numbers; the other is None.
        details: worked out when a report is frozen or exported (`core.impact.task_details`); None while it is only looked at.
    """

    format: int
    project_id: str
    run_id: str
    run_number: int
    dataset_version_id: str
    model_name: str
    value_model: ValueModel
    nouns: Nouns
    validation_rows: int
    classes: ClassFindings | None
    forecast: ForecastFindings | None
    provenance: Provenance
    details: TaskDetails | None = None

    @property
    def setting(self) -> Setting:
        """What its sentences need."""
        value = self.value_model
        return Setting(self.nouns, value.currency, value.period, value.cases_per_period, reference_of(self.findings))

    @property
    def findings(self) -> ClassFindings | ForecastFindings:
        """Those of its kind."""
        found = self.classes or self.forecast
        assert found is not None
        return found

    @property
    def task(self) -> Task:
        """What the run predicts."""
        return Task.MULTICLASS if self.classes is not None else Task.REGRESSION

    @property
    def cases_per_period(self) -> int:
        """Cases that a period brings."""
        return self.value_model.cases_per_period

    @property
    def value_model_id(self) -> str:
        """Which version of the value model its amounts come from."""
        return self.value_model.id

    @property
    def value_model_version(self) -> int:
        """The same, as people count."""
        return self.value_model.version

    @property
    def currency(self) -> str:
        """Of every amount."""
        return self.value_model.currency

    @property
    def period(self) -> Period:
        """Of every amount."""
        return self.value_model.period

    @property
    def economics(self) -> Economics:
        """What rolling the model out and running it costs."""
        return self.value_model.economics

    @property
    def value(self) -> Amount:
        """What the recommended decisions are worth; of a forecast: what its errors cost, as a loss."""
        if self.classes is not None:
            ours = self.classes.policy_value(self.classes.recommended)
            assert ours is not None
            return ours.value
        assert self.forecast is not None
        planned = self.forecast.policy_value(self.forecast.recommended)
        assert planned is not None
        return Amount(-planned.cost.value, -planned.cost.high, -planned.cost.low)

    @property
    def gain(self) -> Amount:
        """What they bring (or save) over the best way that needs no model: the promise."""
        if self.classes is not None:
            return self.classes.gain
        assert self.forecast is not None
        return self.forecast.saving

    @property
    def reference(self) -> ClassPolicy | ForecastPolicy:
        """That way."""
        return self.findings.reference

    @property
    def verdict(self) -> Verdict:
        """What the gain's interval allows to say."""
        return verdict_of(self.gain)


_ADAPTER: TypeAdapter[TaskReport] = TypeAdapter(TaskReport)


def task_report_to_json(report: TaskReport) -> bytes:
    """A report as JSON; amounts of money are strings, so that no digit is lost."""
    return _ADAPTER.dump_json(report)


def task_report_from_json(data: bytes) -> TaskReport:
    """Read a frozen report.

    Raises:
        Corrupt: not a report of a format that this release knows.
    """
    return read_frozen_json(_ADAPTER, data, READABLE)
