"""All templates, and what people ask of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.errors import NotFound
from core.identity import Permission, Principal, require
from core.project.model import Task
from core.project.templates.answers import Given, read_answers
from core.project.templates.decisions import DECISIONS
from core.project.templates.drafting import Draft, draft_from
from core.project.templates.model import Setting, Template
from core.project.templates.others import OTHERS
from core.project.value_model import Period

TEMPLATES: Final = (*DECISIONS, *OTHERS)
_EXAMPLE_CASES = 1000


def list_templates(actor: Principal, task: Task | None = None) -> tuple[Template, ...]:
    """Templates, all or those of a kind of prediction."""
    require(actor, Permission.READ_VALUE)
    return tuple(template for template in TEMPLATES if task in {None, template.task})


def get_template(actor: Principal, key: str) -> Template:
    """One template.

    Raises:
        NotFound: no such template.
    """
    require(actor, Permission.READ_VALUE)
    found = next((template for template in TEMPLATES if template.key == key), None)
    if found is None:
        raise NotFound("template", key)
    return found


def draft_value_model(actor: Principal, key: str, setting: Setting, given: Mapping[str, Given]) -> Draft:
    """A value model from a template's answers; nothing is saved.

    Args:
        given: by the question's key; what is missing has its default.

    Raises:
        NotFound: no such template. InvalidInput: an answer that can't be; names the question.
    """
    template = get_template(actor, key)
    return draft_from(template, setting, read_answers(template, given, setting.currency))


def example_draft(template: Template) -> Draft:
    """The worked example of a template."""
    example = template.example
    return draft_from(
        template, Setting(example.currency, Period.MONTH, _EXAMPLE_CASES), read_answers(template, example.answers, example.currency)
    )
