"""What a proposed value model would make of the newest run, beside the value model in use."""

from __future__ import annotations

from dataclasses import dataclass

from core.identity import Permission, Principal, require
from core.impact.alternatives import AlternativeKind
from core.impact.amounts import Amount
from core.impact.phrases import alternative_in_text, spoken
from core.impact.regression import ForecastPolicy
from core.impact.remembered import Remembered
from core.impact.rival_phrases import reference_of, rival_in_text
from core.impact.scenario_service import open_trial
from core.impact.scenarios import Outcome
from core.impact.source import FinishedRun, runs
from core.impact.task_sensitivity import Rival
from core.impact.task_service import list_task_runs
from core.impact.task_value import value_task_as
from core.project import service as projects
from core.project.model import Nouns, Project, Task
from core.project.proposal import Proposal
from core.project.proposals import get_proposal
from core.project.value_model import Period, ValueModel
from core.words import Words
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Valued:
    """A run under one value model: each decides by the policy that is worth most under it.

    Args:
        version: of the value model; None for the proposed one.
        value, gain: a period; of forecasts what errors cost, as a loss, and what is saved. reference: what the gain is over.
    """

    version: int | None
    currency: str
    period: Period
    value: Amount
    gain: Amount
    reference: AlternativeKind | Rival

    @property
    def plans(self) -> bool:
        """Whether numbers are planned, so that the value is a cost."""
        return isinstance(self.reference, Rival) and self.reference.policy in set(ForecastPolicy)


@dataclass(frozen=True, slots=True)
class Effect:
    """A run under the newest value model and under a proposed one.

    Args:
        before: None where the project has no value model yet.
    """

    run_number: int
    before: Valued | None
    after: Valued


_known: Remembered[Outcome] = Remembered()


def proposal_effect(ws: Workspace, actor: Principal, proposal_id: str) -> Effect | None:
    """Value a project's newest finished run under a proposal and under the newest value model.

    Returns:
        None where no run has finished.

    Raises:
        InvalidInput: the proposal can't be worked out on the run's rows. NotFound: no such proposal.
    """
    require(actor, Permission.READ_VALUE)
    proposal = get_proposal(ws, actor, proposal_id)
    project = projects.get_project(ws, actor, proposal.project_id)
    newest = next(iter(projects.list_value_models(ws, actor, project.id)), None)
    if project.task is not Task.BINARY:
        return _of_task(ws, actor, project, proposal, newest)
    run = next(iter(runs().newest(ws, project.id, 1)), None)
    if run is None:
        return None
    before = _valued(ws, run, newest, newest.version) if newest else None
    return Effect(run.number, before, _valued(ws, run, _as_version(proposal), None))


def _of_task(ws: Workspace, actor: Principal, project: Project, proposal: Proposal, newest: ValueModel | None) -> Effect | None:
    """The same for classes and forecasts."""
    run = next(iter(list_task_runs(ws, actor, project.id, 1)), None)
    if run is None:
        return None

    def valued(value: ValueModel, version: int | None) -> Valued:
        report = value_task_as(ws, actor, run.id, value)
        return Valued(version, value.currency, value.period, report.value, report.gain, reference_of(report.findings))

    return Effect(run.number, valued(newest, newest.version) if newest else None, valued(_as_version(proposal), None))


def _as_version(proposal: Proposal) -> ValueModel:
    """A proposal as if it were a version."""
    spec = proposal.spec
    return ValueModel(
        proposal.id, proposal.project_id, (proposal.seen_version or 0) + 1, spec.currency, spec.period, spec.cases_per_period, spec.payoff,
        spec.rule, spec.note, proposal.proposed_by, proposal.proposed_at, spec.limits, spec.economics,
    )  # fmt: skip


def _valued(ws: Workspace, run: FinishedRun, value: ValueModel, version: int | None) -> Valued:
    outcome = _known.get((run.scores_sha256, value.id), lambda: open_trial(ws, run, value).evaluate(None).held)
    return Valued(version, value.currency, value.period, outcome.value, outcome.gain, outcome.reference)


def effect_sentences(words: Words, nouns: Nouns, effect: Effect) -> tuple[str, ...]:
    """What the newest run is worth as proposed, and as it stands."""
    own = spoken(words, nouns)

    def fields(one: Valued) -> dict[str, str]:
        gain, other = one.gain, one.reference
        return {
            "run": words.number(effect.run_number),
            "value": words.money_per(-one.value.value if one.plans else one.value.value, one.currency, one.period.value),
            "gain": words.money(gain.value, one.currency, signed=True),
            "range": words.money_range(gain.low, gain.high, one.currency, signed=True),
            "against": rival_in_text(words, other) if isinstance(other, Rival) else alternative_in_text(words, own, other),
        }  # fmt: skip

    if effect.after.plans:
        said = words.t(
            "As proposed, planning by run {run} would cost {value}: a saving of {gain} against {against} ({range} with 95% confidence).",
            **fields(effect.after),
        )
    else:
        said = words.t(
            "As proposed, run {run} would be worth {value}: {gain} against {against} ({range} with 95% confidence).", **fields(effect.after)
        )
    before = effect.before
    if before is None:
        return (said,)
    version = words.number(before.version or 0)
    if before.plans:
        return said, words.t(
            "By version {version} it costs {value}: a saving of {gain} against {against} ({range}).", version=version, **fields(before)
        )
    return said, words.t("By version {version} it is worth {value}: {gain} against {against} ({range}).", version=version, **fields(before))
