"""Building value models: templates of the usual cases, drafts made from them, and drafts worked out on real rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from core.api.deps import Actor, Ws
from core.api.page import In, Out
from core.api.value_bodies import AnyPayoffOut, CellOut, EconomicsOut, LimitsOut, ValueModelBody, payoff_out
from core.identity import Principal
from core.impact import value_words
from core.impact.preview import LIKELIHOODS, Preview, preview_value_model
from core.impact.preview_checks import Problem
from core.project.model import Nouns, Task
from core.project.service import ValueModelSpec, as_spec, get_project, list_value_models
from core.project.templates import (
    Draft,
    Question,
    Setting,
    Template,
    answer_text,
    draft_value_model,
    example_draft,
    get_template,
    list_templates,
)
from core.project.value_model import Period
from core.words import Words
from core.workspace import Workspace

router = APIRouter(tags=["value models"])
Language = Annotated[Literal["en", "ja"] | None, Query(description="Language of the words; empty: the caller's.")]
Answer = Annotated[str, Field(max_length=400)] | int | float | Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=30)]


class OptionOut(Out):
    """An answer to choose from."""

    key: str
    text: str


class QuestionOut(Out):
    """A question about the business; `asked_if` names another question and the answer to it.

    `source` cites where the default comes from; null: an assumption, to be replaced with your own figure.
    """

    key: str
    text: str
    help: str
    kind: str
    default: str
    default_currency: str | None
    low: Decimal
    high: Decimal
    unit: str
    source: str | None
    by_row: bool
    options: list[OptionOut]
    asked_if: tuple[str, str] | None


class WorkingOut(Out):
    """How a payoff follows from the answers."""

    cell: str
    arithmetic: str
    result: CellOut


class TemplateOut(Out):
    """A value model to start from, with a worked example."""

    key: str
    name: str
    audience: str
    question: str
    task: Task
    method: str
    questions: list[QuestionOut]
    example: str
    example_working: list[WorkingOut]


class DraftBody(In):
    """Answers to a template's questions; what is missing has its default."""

    currency: str = Field(max_length=3)
    period: Period = Period.MONTH
    cases_per_period: int = Field(ge=1, le=10**12)
    answers: dict[Annotated[str, Field(max_length=40)], Answer] = Field({}, max_length=40)


class DraftModelOut(Out):
    """A value model that isn't saved; what `POST /projects/{id}/value-models` takes."""

    currency: str
    period: Period
    cases_per_period: int
    payoff: AnyPayoffOut
    note: str
    limits: LimitsOut
    economics: EconomicsOut


class DraftOut(Out):
    """A draft, how it was worked out, and what it says."""

    template: str
    value_model: DraftModelOut
    working: list[WorkingOut]
    says: list[str]


class ProblemOut(Out):
    """One statement about a field of the draft."""

    field: str
    message: str
    rows: int


class SpreadOut(Out):
    """Least, middle and greatest of a payoff on the rows."""

    field: str
    low: float | None
    median: float | None
    high: float | None
    worked: int


class PreviewRowOut(Out):
    """A row under the draft: cells read, payoffs, and whether it would be acted on at each likelihood."""

    row: int
    read: dict[str, str | None]
    payoffs: dict[str, float | None]
    acts: dict[str, bool | None]


class PreviewSourceOut(Out):
    """The rows that were looked at."""

    dataset_version_id: str
    name: str
    number: int
    rows: int
    read: int
    sampled: bool


class ChangeOut(Out):
    """What differs from the version before."""

    label: str
    before: str
    after: str


class PreviewOut(Out):
    """A draft on real rows; `works` is false where reports couldn't be made with it on this data."""

    works: bool
    source: PreviewSourceOut | None
    columns: tuple[str, ...]
    rows: list[PreviewRowOut]
    spreads: list[SpreadOut]
    pays_from: SpreadOut | None
    act_shares: dict[str, float]
    rule_share: float | None
    rule_classes: dict[str, float]
    rule_right: float | None
    planned_today: SpreadOut | None
    positive_share: float | None
    mean_demand: float | None
    planned_demand: float | None
    problems: list[ProblemOut]
    remarks: list[ProblemOut]
    says: list[str]
    changes: list[ChangeOut]


def words_for(actor: Principal, language: str | None) -> Words:
    """Words in the language asked for, else the caller's."""
    return Words("ja" if (language or actor.language) == "ja" else "en")


def _question(words: Words, question: Question) -> QuestionOut:
    default, asked = question.default, question.asked_if
    return QuestionOut(
        key=question.key, text=words.t(question.text), help=words.t(question.help) if question.help else "", kind=question.kind.value,
        default=answer_text(default) if not isinstance(default, str) else default,
        default_currency=question.currency if question.kind.value == "money" else None,
        low=question.low, high=question.high, unit=words.t(question.unit) if question.unit else "", source=question.source or None,
        by_row=question.by_row, options=[OptionOut(key=o.key, text=words.t(o.text)) for o in question.options],
        asked_if=(asked.question, asked.option) if asked else None,
    )  # fmt: skip


def _template(words: Words, template: Template) -> TemplateOut:
    example = example_draft(template)
    return TemplateOut(
        key=template.key, name=words.t(template.name), audience=words.t(template.audience), question=words.t(template.question),
        task=template.task, method=template.method, questions=[_question(words, q) for q in template.questions],
        example=value_words.example_story(words, template, example), example_working=_working(example),
    )  # fmt: skip


def _working(draft: Draft) -> list[WorkingOut]:
    return [WorkingOut.model_validate(one) for one in draft.working]


def _model(spec: ValueModelSpec) -> DraftModelOut:
    return DraftModelOut(
        currency=spec.currency, period=spec.period, cases_per_period=spec.cases_per_period, payoff=payoff_out(spec.payoff), note=spec.note,
        limits=LimitsOut.model_validate(spec.limits), economics=EconomicsOut.model_validate(spec.economics),
    )  # fmt: skip


@router.get("/value-model-templates")
def list_value_model_templates(
    actor: Actor, task: Annotated[Task | None, Query(description="Only those of a kind of prediction.")] = None, language: Language = None
) -> list[TemplateOut]:
    """Templates of value models: questions, defaults with their sources, worked examples."""
    words = words_for(actor, language)
    return [_template(words, template) for template in list_templates(actor, task)]


@router.post("/value-model-templates/{key}/draft")
def draft_from_template(actor: Actor, key: str, body: DraftBody, language: Language = None) -> DraftOut:
    """A value model made from answers; nothing is saved."""
    setting = Setting(body.currency, body.period, body.cases_per_period)
    draft, words = draft_value_model(actor, key, setting, body.answers), words_for(actor, language)
    says = value_words.sentences(words, get_template(actor, key).nouns, draft.spec)
    return DraftOut(template=key, value_model=_model(draft.spec), working=_working(draft), says=list(says))


@router.post("/projects/{project_id}/value-models/preview")
def preview_draft(
    ws: Ws,
    actor: Actor,
    project_id: str,
    body: ValueModelBody,
    dataset_version_id: Annotated[
        str | None, Query(max_length=64, description="A version of the project's data; empty: the newest.")
    ] = None,
    language: Language = None,
) -> PreviewOut:
    """Work a draft out on real rows: payoffs, what can't be worked out and why, what it would decide. Nothing is saved."""
    spec, words = body.spec(), words_for(actor, language)
    preview = preview_value_model(ws, actor, project_id, spec, dataset_version_id)
    nouns = get_project(ws, actor, project_id).nouns
    changed = spoken_changes(ws, actor, words, project_id, spec)
    return _preview(words, nouns, preview).model_copy(update={"says": list(value_words.sentences(words, nouns, spec)), "changes": changed})


def spoken_changes(ws: Workspace, actor: Principal, words: Words, project_id: str, spec: ValueModelSpec) -> list[ChangeOut]:
    """What differs from the newest version; nothing where there is none."""
    before = next(iter(list_value_models(ws, actor, project_id)), None)
    changed = value_words.changes(words, get_project(ws, actor, project_id).nouns, as_spec(before), spec) if before else ()
    return [ChangeOut(label=c.label, before=c.before, after=c.after) for c in changed]


def _preview(words: Words, nouns: Nouns, preview: Preview) -> PreviewOut:
    names, paid = [f"{p:g}" for p in LIKELIHOODS], [field.removeprefix("payoff.") for field in preview.fields]
    source = preview.source
    return PreviewOut(
        works=preview.works, source=PreviewSourceOut.model_validate(source) if source else None, columns=preview.columns,
        rows=[
            PreviewRowOut(
                row=row.row, read=dict(zip(preview.columns, row.read, strict=True)), payoffs=dict(zip(paid, row.amounts, strict=True)),
                acts=dict(zip(names, row.acts, strict=False)),
            )
            for row in preview.rows
        ],
        spreads=[SpreadOut.model_validate(spread) for spread in preview.spreads],
        pays_from=SpreadOut.model_validate(preview.likelihoods) if preview.likelihoods else None,
        act_shares=dict(zip(names, preview.act_shares, strict=False)), rule_share=preview.rule_share,
        rule_classes=dict(preview.rule_classes), rule_right=preview.rule_right,
        planned_today=SpreadOut.model_validate(preview.planned) if preview.planned else None, positive_share=preview.positive_share,
        mean_demand=preview.demand[0] if preview.demand else None, planned_demand=preview.demand[1] if preview.demand else None,
        problems=[_problem(words, nouns, p) for p in preview.problems], remarks=[_problem(words, nouns, p) for p in preview.remarks],
        says=[], changes=[],
    )  # fmt: skip


def _problem(words: Words, nouns: Nouns, problem: Problem) -> ProblemOut:
    return ProblemOut(field=problem.field, message=value_words.problem_text(words, nouns, problem), rows=problem.rows)
