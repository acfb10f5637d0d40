"""What people do with projects."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal

from core.errors import DuplicateName, InvalidInput, NotFound
from core.identity import Permission, Principal, require
from core.project import store as rows
from core.project.model import Nouns, Phase, PhaseMove, Project, Task
from core.project.payoffs import CELLS, CENT
from core.project.terms import NO_LIMITS, PLAIN_ECONOMICS
from core.project.value_model import (
    ClassPayoffs,
    ClassRule,
    DecidedBy,
    DecidedWhere,
    DeviationCosts,
    Economics,
    Formula,
    Limits,
    Payoff,
    PayoffMatrix,
    Period,
    Rule,
    TodaysRule,
    ValueModel,
    check_currency,
)
from core.store import Transaction, new_id
from core.store.lineage import Edge, Node
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ValueModelSpec:
    """What a new version of a value model says."""

    currency: str
    period: Period
    cases_per_period: int
    payoff: Payoff
    rule: Rule | None = None
    note: str = ""
    limits: Limits = NO_LIMITS
    economics: Economics = PLAIN_ECONOMICS


@dataclass(frozen=True, slots=True)
class ProjectSpec:
    """What a new project says. Multiclass and regression projects may come without a value model."""

    name: str
    question: str
    nouns: Nouns
    task: Task = Task.BINARY
    value: ValueModelSpec | None = None
    is_sample: bool = False


def create_project(ws: Workspace, actor: Principal, spec: ProjectSpec) -> Project:
    """Create a project, with the first version of its value model.

    Raises:
        DuplicateName: the name is taken. InvalidInput: something in it can't be.
    """
    require(actor, Permission.EDIT_PROJECTS)
    name = _clean(spec.name, "name", 80)
    question = _clean(spec.question, "question", 400)
    if spec.task is Task.BINARY and spec.value is None:
        raise InvalidInput("A yes-or-no project needs its payoff matrix: what each kind of decision is worth.", field="payoff")
    if spec.value is not None:
        check_spec(spec.task, spec.value)

    def work(tx: Transaction) -> Project:
        project = Project(
            new_id(), slugify(name), name, question, spec.task, spec.nouns, actor.user_id, actor.name, spec.is_sample,
            Phase.BUSINESS_UNDERSTANDING, tx.at,
        )  # fmt: skip
        if rows.slug_exists(tx, project.slug):
            raise DuplicateName("project", name)
        rows.insert_project(tx, project)
        rows.set_phase(tx, project.id, project.phase, actor.name, "created")
        tx.audit(actor.event("project.create", Node.PROJECT, project.id, project_id=project.id, details={"name": name}))
        if spec.value is not None:
            add_version(tx, actor, project.id, spec.value)
        return project

    return ws.store.write(work)


def add_value_model(ws: Workspace, actor: Principal, project_id: str, spec: ValueModelSpec, *, currency_change: bool = False) -> ValueModel:
    """Add a version of the value model; older versions and the amounts made with them stay as they are.

    Args:
        currency_change: that another currency than the version's before is meant; the note must then say why.

    Raises:
        InvalidInput: something in it can't be, or it silently changes the currency.
    """
    require(actor, Permission.EDIT_PROJECTS)
    project = _get(ws, project_id)
    check_spec(project.task, spec)

    def work(tx: Transaction) -> ValueModel:
        newest = rows.newest_value_model(tx, project.id)
        check_same_currency(newest.currency if newest else None, spec, currency_change=currency_change)
        return add_version(tx, actor, project.id, spec)

    return ws.store.write(work)


def check_same_currency(before: str | None, spec: ValueModelSpec, *, currency_change: bool) -> None:
    """Accept the currency of the version before; another one only where that is said, and why.

    Amounts of two currencies are never added or compared, so every report, promise and agreed contract made before stands alone
    from then on.

    Raises:
        InvalidInput: the currency is unknown, or changes without a word.
    """
    check_currency(spec.currency)
    if before in {None, spec.currency}:
        return
    if not currency_change:
        raise InvalidInput(
            "So far this project counts in {before}; this version counts in {after}. Amounts of two currencies are never added or compared. "
            "Keep {before}, or confirm the change.",
            field="currency", before=before, after=spec.currency,
        )  # fmt: skip
    if not spec.note.strip():
        raise InvalidInput(
            "Say in the note why the currency changes from {before} to {after}.", field="note", before=before, after=spec.currency
        )


def add_version(tx: Transaction, actor: Principal, project_id: str, spec: ValueModelSpec, *, proposed_by: str | None = None) -> ValueModel:
    """Add a version within a transaction; whether it fits the project was checked.

    Args:
        proposed_by: id of who proposed it, where the actor took it over.

    Raises:
        InvalidInput: something in it can't be.
    """
    model = make_version(tx, actor, project_id, spec, proposed_by=proposed_by)
    rows.insert_value_model(tx, model)
    tx.edge(Edge(Node.PROJECT, project_id, Node.VALUE_MODEL, model.id, "has"))
    details = {"version": model.version, "currency": model.currency} | ({"proposed_by": proposed_by} if proposed_by else {})
    tx.audit(actor.event("value_model.create", Node.VALUE_MODEL, model.id, project_id=project_id, details=details))
    return model


def make_version(tx: Transaction, actor: Principal, project_id: str, spec: ValueModelSpec, *, proposed_by: str | None = None) -> ValueModel:
    """What `add_version` would store; nothing is stored.

    Raises:
        InvalidInput: something in it can't be.
    """
    model = ValueModel(
        new_id(), project_id, rows.next_value_version(tx, project_id), spec.currency, spec.period, spec.cases_per_period,
        spec.payoff, spec.rule, spec.note.strip()[:400], actor.user_id, tx.at, spec.limits, spec.economics, proposed_by,
    )  # fmt: skip
    _check_cents(model.payoff)
    return model


KINDS = {Task.BINARY: PayoffMatrix, Task.MULTICLASS: ClassPayoffs, Task.REGRESSION: DeviationCosts}


def check_payoff(task: Task, payoff: Payoff) -> None:
    """Accept the kind of payoff that fits what is predicted.

    Raises:
        InvalidInput: another kind.
    """
    if not isinstance(payoff, KINDS[task]):
        raise InvalidInput(
            "This kind of payoff doesn't fit: a yes-or-no project takes four payoffs, one of several classes a table, a forecast the costs "
            "of too little and too much.",
            field="payoff",
        )


RULES: dict[Task, tuple[type[Rule], ...]] = {
    Task.BINARY: (TodaysRule, Formula), Task.MULTICLASS: (DecidedBy, DecidedWhere), Task.REGRESSION: (Formula,),
}  # fmt: skip


def check_spec(task: Task, spec: ValueModelSpec) -> None:
    """Accept what fits what is predicted: the kind of payoff, the kind of today's rule, and limits only where actions are counted.

    Raises:
        InvalidInput: something doesn't fit; names it.
    """
    check_payoff(task, spec.payoff)
    if spec.rule is not None and not isinstance(spec.rule, RULES[task]):
        raise InvalidInput(
            "This kind of rule doesn't fit: yes-or-no decisions take a comparison or a formula, several classes the column that names the "
            "class or conditions, a forecast a formula that gives the number that is planned.",
            field="rule",
        )
    if isinstance(spec.rule, ClassRule) and isinstance(spec.payoff, ClassPayoffs):
        unknown = next((name for name in spec.rule.classes if name not in spec.payoff.classes), None)
        if unknown is not None:
            raise InvalidInput(
                "Today's rule names the class '{name}', which the payoffs don't have. There are: {known}.",
                field="rule", name=unknown, known=", ".join(spec.payoff.classes),
            )  # fmt: skip
    if task is not Task.BINARY:
        _refuse_limits(spec)


def _refuse_limits(spec: ValueModelSpec) -> None:
    """Where no action is counted there is nothing to limit, and where there is no positive case it has no share."""
    for name in ("capacity", "budget", "action_cost", "least_precision"):
        if getattr(spec.limits, name) is not None:
            raise InvalidInput(
                "Limits on actions belong to yes-or-no decisions: several classes and forecasts count no actions, so nothing would keep to "
                "them. Leave '{field}' out.",
                field=f"limits.{name}",
            )
    if spec.economics.prevalence is not None:
        raise InvalidInput(
            "The share of positive cases in production belongs to yes-or-no decisions: several classes and forecasts have no positive "
            "case. Leave '{field}' out.",
            field="economics.prevalence",
        )


def as_spec(model: ValueModel) -> ValueModelSpec:
    """What a stored version says, to start another one from."""
    return ValueModelSpec(
        model.currency, model.period, model.cases_per_period, model.payoff, model.rule, model.note, model.limits, model.economics
    )


def _check_cents(payoff: Payoff) -> None:
    for name in CELLS if isinstance(payoff, PayoffMatrix) else ():
        value = getattr(payoff, name)
        if isinstance(value, Decimal) and value != value.quantize(CENT):
            raise InvalidInput("The payoff '{field}' has more than two decimals.", field=f"payoff.{name}")


def get_project(ws: Workspace, actor: Principal, project_id: str) -> Project:
    """One project, by id or slug."""
    require(actor, Permission.READ_VALUE)
    return _get(ws, project_id)


def _get(ws: Workspace, project_id: str) -> Project:
    project = rows.get_project(ws.store, project_id)
    if project is None:
        raise NotFound("project", project_id)
    return project


def list_projects(
    ws: Workspace, actor: Principal, *, before_id: str | None = None, limit: int = 100, archived: bool = False
) -> list[Project]:
    """Newest first."""
    require(actor, Permission.READ_VALUE)
    return rows.list_projects(ws.store, before_id=before_id, limit=limit, archived=archived)


def update_project(ws: Workspace, actor: Principal, project_id: str, *, name: str, question: str, nouns: Nouns) -> Project:
    """Change a project's words; its slug stays, so links go on working."""
    require(actor, Permission.EDIT_PROJECTS)
    project = replace(_get(ws, project_id), name=_clean(name, "name", 80), question=_clean(question, "question", 400), nouns=nouns)

    def work(tx: Transaction) -> Project:
        rows.update_project(tx, project)
        tx.audit(actor.event("project.update", Node.PROJECT, project.id, project_id=project.id, details={"name": project.name}))
        return project

    return ws.store.write(work)


def move_phase(tx: Transaction, actor: Principal, project_id: str, phase: Phase, reason: str, *, out_of_use: bool = False) -> None:
    """Record where a project stands in the loop, within the transaction of what moved it; nothing happens where it stands there already.

    Args:
        out_of_use: a project in use stays so while a next version is worked on; only what ends its use moves it back.
    """
    current = rows.current_phase(tx, project_id)
    if current is phase or (current is Phase.DEPLOYMENT and not out_of_use):
        return
    rows.set_phase(tx, project_id, phase, actor.name, reason)


def move_back(tx: Transaction, actor: Principal, project_id: str, phase: Phase, reason: str) -> None:
    """Return a project that stands at a phase to where it stood before it came there; nothing happens where it stands elsewhere by now."""
    if rows.current_phase(tx, project_id) is not phase:
        return
    before = next((move.phase for move in reversed(rows.list_phase_moves(tx, project_id)) if move.phase is not phase), None)
    if before is not None:
        rows.set_phase(tx, project_id, before, actor.name, reason)


def list_phase_moves(ws: Workspace, actor: Principal, project_id: str) -> list[PhaseMove]:
    """How a project went through the loop, oldest move first."""
    require(actor, Permission.READ_VALUE)
    return rows.list_phase_moves(ws.store, _get(ws, project_id).id)


def get_value_model(ws: Workspace, actor: Principal, value_model_id: str) -> ValueModel:
    """One version of a value model."""
    require(actor, Permission.READ_VALUE)
    model = rows.get_value_model(ws.store, value_model_id)
    if model is None:
        raise NotFound("value model", value_model_id)
    return model


def list_value_models(ws: Workspace, actor: Principal, project_id: str) -> list[ValueModel]:
    """All versions of a project's value model, newest first."""
    require(actor, Permission.READ_VALUE)
    return rows.list_value_models(ws.store, _get(ws, project_id).id)


def slugify(name: str) -> str:
    """A name as part of an address; letters of other scripts stay, since addresses may carry them."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    slug = re.sub(r"[\W_]+", "-", folded).strip("-")
    if not slug:
        raise InvalidInput("The name '{name}' has no letter or digit.", field="name", name=name[:40])
    return slug[:60].strip("-")


def _clean(text: str, field: str, most: int) -> str:
    cleaned = " ".join(text.split())
    if not 1 <= len(cleaned) <= most:
        raise InvalidInput("'{field}' needs 1 to {most} characters.", field=field, most=most)
    return cleaned
