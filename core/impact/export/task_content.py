"""What every export of a run of several classes or of a forecast says: worded once, so that all formats say the same."""

from __future__ import annotations

from dataclasses import dataclass

from core.impact import class_sentences as say
from core.impact import task_sentences as tell
from core.impact.amounts import Amount
from core.impact.export.content import Figure
from core.impact.export.pieces import Finding, Part, Table
from core.impact.export.seal_words import draft_mark, footer_of, seal_note, seal_rows
from core.impact.export.task_groups import GroupsContent, build_groups, task_alerts
from core.impact.export.task_spec import TaskSpec
from core.impact.multiclass import ClassFindings
from core.impact.phrases import probability
from core.impact.regression import ForecastFindings
from core.impact.sentences import before_costs_sentence
from core.impact.setting import Setting
from core.impact.task_case import case_figures, has_costs, task_case, task_case_sentences
from core.impact.task_report import TaskReport
from core.impact.task_scenario_words import scenario_figures, scenario_notes
from core.impact.task_scenarios import TaskScenarioTable
from core.impact.task_sensitivity_words import sure_sentence, task_break_even_sentences
from core.impact.task_tables import Figures, task_tables
from core.impact.value_words import facts
from core.project.service import as_spec
from core.words import Language, Words

MOST_SHOWN = 10
ANEW = 4


@dataclass(frozen=True, slots=True)
class TaskContent:
    """A report, worded. Text from people is as they wrote it: each format escapes it in its own way.

    Args:
        alerts: what a reader must know before deciding: groups that aren't treated alike, and where the model loses money.
        parts: by the key of their figures, in reading order. groups: None in a report without details.
        draft: what is said of a report that isn't frozen; empty for a frozen one.
        sources: where the numbers come from; seal: what it is bound to and signed with, empty for a draft.
        footer: on every page.
    """

    language: Language
    title: str
    eyebrow: str
    question: str
    draft: str
    headline: str
    lead: str
    figures: tuple[Figure, ...]
    alerts: tuple[str, ...]
    parts: tuple[tuple[str, Part], ...]
    groups: GroupsContent | None
    assumptions: Table
    sources: tuple[tuple[str, str], ...]
    seal: tuple[tuple[str, str], ...]
    seal_note: str
    footer: str


def build_task_content(spec: TaskSpec) -> TaskContent:
    """Word a report."""
    words, value, origin, seal = spec.words, spec.value, spec.origin, spec.seal
    run = words.t("Run {number}", number=value.run_number)
    sample = (words.t("Sample data"),) if origin.is_sample else ()
    headline, lead = tell.headline(words, value)
    data = words.t("{name}, version {number}", name=origin.dataset_name, number=origin.dataset_number)
    said = facts(words, value.nouns, as_spec(value.value_model))
    return TaskContent(
        language=words.language, title=f"{words.given(origin.project_name)} · {words.t('Impact report')}",
        eyebrow=" · ".join((words.given(origin.project_name), words.t("Impact report"), run, *sample)), question=words.given(origin.question),
        draft=draft_mark(words, seal),
        headline=headline, lead=lead, figures=_figures(words, value), alerts=task_alerts(words, value), parts=tuple(_parts(words, value)),
        groups=build_groups(words, value.setting, value.details) if value.details else None,
        assumptions=Table((words.t("Assumption"), words.t("Assumed")), tuple((fact.label, fact.value) for fact in said)),
        sources=(*tell.source_rows(words, value), *(((words.t("Data"), data),) if origin.dataset_number else ())),
        seal=seal_rows(words, seal), seal_note=seal_note(words, seal), footer=footer_of(words, origin, seal),
    )  # fmt: skip


def _figures(words: Words, value: TaskReport) -> tuple[Figure, ...]:
    setting = value.setting
    return _class_figures(words, setting, value.classes) if value.classes else _forecast_figures(words, setting, value.forecast)


def _class_figures(words: Words, setting: Setting, found: ClassFindings) -> tuple[Figure, ...]:
    ours = found.policy_value(found.recommended)
    assert ours is not None
    right = words.between(words.percent(ours.right.low, 1), words.percent(ours.right.high, 1))
    return (
        _money(words, setting, words.t("What the model adds {period}", period=words.period(setting.period.value)), found.gain, signed=True),
        _money(words, setting, words.t("Value of its decisions"), ours.value, signed=True),
        Figure(words.t("Decided rightly"), words.percent(ours.right.value, 1), words.t("95%: {range}", range=right)),
        Figure(words.t("Chance that it is better"), probability(words, found.better), words.t("{rows} test cases", rows=words.number(found.rows))),
    )  # fmt: skip


def _forecast_figures(words: Words, setting: Setting, found: ForecastFindings | None) -> tuple[Figure, ...]:
    assert found is not None
    ours = found.policy_value(found.recommended)
    assert ours is not None
    return (
        _money(words, setting, words.t("What the model saves {period}", period=words.period(setting.period.value)), found.saving, signed=True),
        _money(words, setting, words.t("Cost of its errors"), ours.cost, signed=False),
        Figure(
            words.t("The plan is enough in"), words.percent(ours.covered, 1),
            words.t("it pays to cover {share}", share=words.percent(found.quantile, 1)),
        ),
        Figure(words.t("Chance that it is better"), probability(words, found.better), words.t("{rows} test cases", rows=words.number(found.rows))),
    )  # fmt: skip


def _money(words: Words, setting: Setting, label: str, amount: Amount, *, signed: bool) -> Figure:
    between = words.money_range(amount.low, amount.high, setting.currency, signed=signed)
    return Figure(label, words.money(amount.value, setting.currency, signed=signed), words.t("95%: {range}", range=between))


def _parts(words: Words, value: TaskReport) -> list[tuple[str, Part]]:
    return [
        (
            shown.key,
            Part(Finding(shown.title, shown.note), _table(value, shown), _told(words, value, shown.key), Table(shown.columns, shown.rows)),
        )
        for shown in (*task_tables(words, value), *_case(words, value), *_scenarios(words, value))
    ]


def _case(words: Words, value: TaskReport) -> tuple[Figures, ...]:
    return (case_figures(words, value.setting, task_case(value)),) if has_costs(value) else ()


def _scenarios(words: Words, value: TaskReport) -> tuple[Figures, ...]:
    table = saved_scenarios(value)
    return (scenario_figures(words, value, table),) if table else ()


def saved_scenarios(value: TaskReport) -> TaskScenarioTable | None:
    """What a report holds of its project's scenarios; None where it holds none."""
    table = value.details.scenarios if value.details else None
    return table if table is not None and len(table.results) > 1 else None


def _table(value: TaskReport, shown: Figures) -> Table | None:
    """The figures as a table; None where the picture shows them all, or as many as a table would."""
    if shown.key in {"curve", "swings", "case"} or (shown.key in {"counts", "worth"} and len(shown.rows) <= MOST_SHOWN):
        return None
    if shown.key == "scenarios":  # what deciding anew brings is told below; page and workbook have it as a column
        headings, *rows = ((*row[:ANEW], *row[ANEW + 1 :]) for row in (shown.columns, *shown.rows))
        return Table(headings, tuple(rows), own=0)
    own = None
    if shown.key in {"policies", "sides"}:
        names = [p.policy.value for p in (value.classes or value.forecast).policies]  # type: ignore[union-attr]
        own = names.index((value.classes or value.forecast).recommended.value)  # type: ignore[union-attr]
    return Table(shown.columns, shown.rows, own)


def _told(words: Words, value: TaskReport, key: str) -> tuple[str, ...]:
    setting = value.setting
    if value.classes is not None and key == "errors":
        return tuple(say.error_sentence(words, setting, error) for error in value.classes.errors[:1])
    if value.forecast is not None and key == "curve":
        covered = tell.covered_sentence(words, setting, value.forecast).replace("**", "")
        return (say.adjustment_sentence(words, setting, value.forecast), covered)
    if key == "case":
        return task_case_sentences(words, task_case(value), setting)
    if key == "scenarios" and (table := saved_scenarios(value)) is not None:
        return scenario_notes(words, value, table)
    if key == "swings" and (found := value.classes or value.forecast) is not None:
        points = task_break_even_sentences(words, setting, found)
        told = (sure_sentence(words, found), *points, before_costs_sentence(words, value.value_model.economics))
        return tuple(sentence for sentence in told if sentence)
    return ()
