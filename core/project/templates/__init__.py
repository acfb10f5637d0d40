"""Templates of value models for the usual cases: questions of the business, defaults with their sources, a worked example."""

from core.project.templates.answers import Given, answer_text, default_answer, read_answer, read_answers, read_labels, rough_size
from core.project.templates.catalogue import draft_value_model, example_draft, get_template, list_templates
from core.project.templates.drafting import Draft, Working, printed
from core.project.templates.model import Answers, Kind, Question, Setting, Template

__all__ = [
    "Answers",
    "Draft",
    "Given",
    "Kind",
    "Question",
    "Setting",
    "Template",
    "Working",
    "answer_text",
    "default_answer",
    "draft_value_model",
    "example_draft",
    "get_template",
    "list_templates",
    "printed",
    "read_answer",
    "read_answers",
    "read_labels",
    "rough_size",
]
