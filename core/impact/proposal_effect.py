"""What a proposed value model would make of the newest run, beside the value model in use."""

from __future__ import annotations

from dataclasses import dataclass

from core.identity import Permission, Principal, require
from core.impact.phrases import alternative_in_text, spoken
from core.impact.remembered import Remembered
from core.impact.scenario_service import open_trial
from core.impact.scenarios import Outcome
from core.impact.source import FinishedRun, runs
from core.project import service as projects
from core.project.model import Nouns, Task
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
    """

    version: int | None
    currency: str
    period: Period
    outcome: Outcome


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
        None where no run has finished, or the project asks no yes-or-no question.

    Raises:
        InvalidInput: the proposal can't be worked out on the run's rows. NotFound: no such proposal.
    """
    require(actor, Permission.READ_VALUE)
    proposal = get_proposal(ws, actor, proposal_id)
    project = projects.get_project(ws, actor, proposal.project_id)
    run = next(iter(runs().newest(ws, project.id, 1)), None) if project.task is Task.BINARY else None
    if run is None:
        return None
    newest = next(iter(projects.list_value_models(ws, actor, project.id)), None)
    before = _valued(ws, run, newest, newest.version) if newest else None
    return Effect(run.number, before, _valued(ws, run, _as_version(proposal), None))


def _as_version(proposal: Proposal) -> ValueModel:
    """A proposal as if it were a version."""
    spec = proposal.spec
    return ValueModel(
        proposal.id, proposal.project_id, (proposal.seen_version or 0) + 1, spec.currency, spec.period, spec.cases_per_period, spec.payoff,
        spec.rule, spec.note, proposal.proposed_by, proposal.proposed_at, spec.limits, spec.economics,
    )  # fmt: skip


def _valued(ws: Workspace, run: FinishedRun, value: ValueModel, version: int | None) -> Valued:
    outcome = _known.get((run.scores_sha256, value.id), lambda: open_trial(ws, run, value).evaluate(None).held)
    return Valued(version, value.currency, value.period, outcome)


def effect_sentences(words: Words, nouns: Nouns, effect: Effect) -> tuple[str, ...]:
    """What the newest run is worth as proposed, and as it stands."""
    own = spoken(words, nouns)

    def fields(one: Valued) -> dict[str, str]:
        gain = one.outcome.gain
        return {
            "run": words.number(effect.run_number),
            "value": words.money_per(one.outcome.value.value, one.currency, one.period.value),
            "gain": words.money(gain.value, one.currency, signed=True),
            "range": words.money_range(gain.low, gain.high, one.currency, signed=True),
            "against": alternative_in_text(words, own, one.outcome.reference),
        }

    said = words.t(
        "As proposed, run {run} would be worth {value}: {gain} against {against} ({range} with 95% confidence).", **fields(effect.after)
    )
    if effect.before is None:
        return (said,)
    version = words.number(effect.before.version or 0)
    return said, words.t(
        "By version {version} it is worth {value}: {gain} against {against} ({range}).", version=version, **fields(effect.before)
    )
