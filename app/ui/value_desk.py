"""What lies on the desk of somebody who builds a value model: the project, its versions, its data, the templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.ui import session
from app.ui.page import w
from app.ui.value_draft import BLANK, VERSION, Draft, Step, texts_of, typed_amount
from app.ui.value_sheet import KEPT, keep_draft, kept_draft, write_anew
from core.data.model import DatasetVersion, Kind
from core.data.overview import list_values
from core.data.service import list_newest_versions
from core.identity import Permission
from core.project.model import Project, Task
from core.project.payoffs import MOST_CLASSES
from core.project.service import as_spec, list_value_models
from core.project.templates import Kind as Asks
from core.project.templates import Question, Template, list_templates
from core.project.value_model import ValueModel
from core.project.wording import spoken

AMOUNT, COLUMN, FORMULA = "amount", "column", "formula"


@dataclass(frozen=True, slots=True)
class Desk:
    """All of it.

    Args:
        project: with its words as the reader knows them.
        newest: the version in use; None where there is none yet.
        data: the newest version of each data set, as far as the reader may see data.
    """

    project: Project
    newest: ValueModel | None
    data: tuple[DatasetVersion, ...]
    templates: tuple[Template, ...]

    def template(self, draft: Draft) -> Template | None:
        """The template that a draft was started from."""
        return next((template for template in self.templates if template.key == draft.template), None)

    def version(self, draft: Draft) -> DatasetVersion | None:
        """The data that a draft is tried on: the one that was chosen, else the newest."""
        chosen = next((version for version in self.data if version.id == draft.text("data")), None)
        return chosen or next(iter(self.data), None)

    def number_columns(self, draft: Draft) -> tuple[str, ...]:
        """Columns of numbers that a formula may count with."""
        version = self.version(draft)
        target = version.roles.target if version and version.roles else None
        return (
            tuple(c.name for c in version.columns if c.kind in {Kind.NUMBER, Kind.INTEGER, Kind.BOOLEAN} and c.name != target)
            if version
            else ()
        )


def open_desk(project: Project) -> Desk:
    """Read what is needed."""
    ws, me = session.workspace(), session.principal()
    models = list_value_models(ws, me, project.id)
    data = list_newest_versions(ws, me, project_id=project.id, limit=20) if session.may(Permission.READ_DETAILS) else []
    named = replace(project, nouns=spoken(w(), project.nouns))
    return Desk(named, next(iter(models), None), tuple(data), list_templates(me, project.task))


def find_draft(desk: Desk, wanted: str) -> Draft:
    """The draft that was worked on, else a new one.

    Args:
        wanted: the key of a template to start from anew; empty: as it was.
    """
    kept = kept_draft(desk.project)
    if kept is not None and not wanted:
        return kept
    known = {template.key for template in desk.templates}
    start = wanted if wanted in known else VERSION if desk.newest else next(iter(known), BLANK) if len(known) == 1 else BLANK
    return _fresh(desk, start)


def start_over(desk: Desk) -> None:
    """Forget what was typed, also what still stands in the inputs; for the callback of a button."""
    session.forget(KEPT)
    draft = find_draft(desk, "")
    keep_draft(draft)
    write_anew(draft)


def is_untouched(desk: Desk, draft: Draft) -> bool:
    """Whether nothing was typed into a draft since it was started."""
    return draft == _fresh(desk, draft.start)


def _fresh(desk: Desk, start: str) -> Draft:
    return start_from(desk, Draft(desk.project.id, desk.project.task, start, typed={}), start)


def start_from(desk: Desk, draft: Draft, start: str) -> Draft:
    """A draft that starts from something else; what limits the business and what it costs to run stays as it was."""
    typed: Mapping[str, str] = texts_of(as_spec(desk.newest)) if desk.newest else {}
    if start != VERSION:
        typed = {name: text for name, text in typed.items() if not name.startswith("payoff.")}
    typed = {**_labels(desk, start), **typed}
    basics = {name: draft.typed[name] for name in ("currency", "period", "cases_per_period", "data") if name in draft.typed}
    first = {"currency": "JPY" if session.language() == "ja" else "USD"}
    return Draft(draft.project_id, draft.task, start, Step.START, {**first, **typed, **basics})


def _labels(desk: Desk, start: str) -> Mapping[str, str]:
    """The classes that the data's target has, as they are written there."""
    version = next((version for version in desk.data if version.roles is not None), None)
    if desk.project.task is not Task.MULTICLASS or version is None or version.roles is None:
        return {}
    values = [value for value, _ in list_values(session.workspace(), session.principal(), version.id, version.roles.target)]
    if not 2 <= len(values) <= MOST_CLASSES:
        return {}
    return {"payoff.classes" if start == BLANK else "answers.labels": ", ".join(values)}


def asked(draft: Draft, template: Template) -> tuple[Question, ...]:
    """The questions that are asked, given the answers so far."""
    return tuple(q for q in template.questions if q.asked_if is None or choice(draft, template, q.asked_if.question) == q.asked_if.option)


def choice(draft: Draft, template: Template, key: str) -> str:
    """How a question of choice is answered."""
    question = template.find(key)
    return draft.text(f"answers.{key}") or (str(question.default) if question else "")


def way(draft: Draft, question: Question) -> str:
    """How an amount is given: one for all, a column, or a formula."""
    return draft.text(f"way.{question.key}") or AMOUNT


def given_answers(draft: Draft, template: Template) -> dict[str, str]:
    """The answers as core reads them.

    Raises:
        InvalidInput: an amount carries the sign of another currency.
    """
    found = {}
    for question in asked(draft, template):
        name = f"answers.{question.key}"
        text = draft.text(name)
        if question.by_row and way(draft, question) != AMOUNT:
            text = _by_row(draft, question)
        elif question.kind is Asks.MONEY:
            text = typed_amount(text, draft.text("currency"), name)
        elif question.kind is Asks.SHARE and text:
            text = f"{text.removesuffix('%').removesuffix('％').strip()}%"
        elif question.kind is Asks.NUMBER:
            text = typed_amount(text, draft.text("currency"), name)
        if text:
            found[question.key] = text
    return found


def _by_row(draft: Draft, question: Question) -> str:
    """An amount from the data, as a formula."""
    if way(draft, question) == FORMULA:
        return draft.text(f"formula.{question.key}")
    column, times = draft.text(f"column.{question.key}"), draft.text(f"times.{question.key}") or "1"
    if not column:
        return ""
    amount = typed_amount(times, draft.text("currency"), f"times.{question.key}")
    return f"`{column}`" if amount == "1" else f"{amount} * `{column}`"
