"""What the pages of data say, in the reader's words."""

from __future__ import annotations

from datetime import UTC, datetime

from core.data.leaks import Leak, LeakLevel
from core.data.model import Column, ColumnRoles, Kind, Source
from core.data.overview import Overview
from core.data.profile import ColumnProfile
from core.project.model import Project, Task
from core.project.wording import spoken
from core.words import Words
from core.words.terms import mark

KINDS = {
    Kind.NUMBER: mark("Decimal number"),
    Kind.INTEGER: mark("Whole number"),
    Kind.BOOLEAN: mark("True or false"),
    Kind.CATEGORY: mark("Category"),
    Kind.TEXT: mark("Free text"),
    Kind.DATETIME: mark("Date and time"),
}
SOURCES = {
    Source.UPLOAD: mark("Uploaded file"),
    Source.SAMPLE: mark("Sample that ships with Kachi"),
    Source.RETRAINING: mark("Built for retraining"),
}
Statement = tuple[str, str, str]  # result (pass, warn, fail), what was found, its evidence


def headline(words: Words, project: Project, seen: Overview) -> str:
    """The finding of a version's page."""
    serious, v = len(seen.serious), seen.version
    size = {"rows": words.number(v.rows), "columns": words.number(len(v.columns)), "cases": spoken(words, project.nouns).case_many}
    if v.roles is None:
        return words.t("{rows} {cases}, {columns} columns: now say what to predict", **size)
    if serious:
        return words.n("{n} column may give the answer away", "{n} columns may give the answer away", serious)
    return words.t("{rows} {cases}, {columns} columns: ready to train", **size)


def lead(words: Words, project: Project, seen: Overview) -> str:
    """The muted sentence below it."""
    v, share = seen.version, seen.positive_share
    if v.roles is None:
        return words.t("Choose the column that holds the answer; everything else is checked against it.")
    if seen.serious:
        return words.t(
            "Leave out what is known only after the decision; a model that uses it looks good here and fails in use. The evidence is below."
        )
    if share is not None:
        nouns = spoken(words, project.nouns)
        return words.t(
            "{share} {outcome}; the others {outcome_not}. {features} columns can be learned from.",
            share=words.percent(share, 1), outcome=nouns.outcome, outcome_not=nouns.outcome_not,
            features=words.number(len(v.features)),
        )  # fmt: skip
    return words.t("{features} columns can be learned from to predict '{target}'.", features=len(v.features), target=v.roles.target)


def balance(words: Words, project: Project, seen: Overview) -> str:
    """How the target's values are shared out, in a sentence."""
    nouns = spoken(words, project.nouns)
    share, cases = seen.positive_share, nouns.case_many
    if share is not None:
        return words.t("{share} of {cases} {outcome}", share=words.percent(share, 1), cases=cases, outcome=nouns.outcome)
    value, count = seen.values[0]
    share = count / max(1, seen.version.rows)
    return words.t("'{value}' is the most frequent answer: {share} of {cases}", value=value, share=words.percent(share, 1), cases=cases)


def cards(words: Words, seen: Overview) -> tuple[tuple[str, str, str], ...]:
    """Four figures: label, value, note."""
    v, sampled = seen.version, seen.profile.sampled < seen.profile.rows
    with_gaps = sum(c.missing > 0 for c in v.columns)
    where = words.n("in {n} column", "in {n} columns", with_gaps) if with_gaps else words.t("every cell is filled")
    basis = words.t("of {n} rows looked at", n=words.number(seen.profile.sampled)) if sampled else words.t("of all rows")
    usable = words.t("{n} to learn from", n=words.number(len(v.features))) if v.roles else words.t("not declared yet")
    return (
        (words.t("Rows"), words.number(v.rows), words.t("in the order of the file")),
        (words.t("Columns"), words.number(len(v.columns)), usable),
        (words.t("Missing cells"), words.percent(seen.missing_share, 1), where),
        (words.t("Repeated rows"), words.number(seen.profile.duplicates), basis),
    )


def statements(words: Words, seen: Overview) -> list[Statement]:
    """What was found, the worst first."""
    found = [leak_statement(words, leak, seen.roles) for leak in seen.leaks]
    if seen.roles is not None and not seen.leaks:
        found.append(("pass", words.t("No single column gives the answer away"), words.t("each was tried alone on rows held back")))
    found += [("warn", words.t(w.template, **dict(w.fields)), "") for w in seen.version.warnings]
    found += [_about(words, name, "constant") for name in seen.profile.constant]
    found += [_about(words, name, "unique") for name in seen.identifiers]
    for column in seen.mostly_missing:
        share = words.percent(column.missing / seen.version.rows)
        found.append(("warn", words.t("'{name}' is mostly empty", name=column.name), words.t("{share} missing", share=share)))
    if seen.profile.sampled < seen.profile.rows:
        evidence = words.t("{n} of {rows} rows", n=words.number(seen.profile.sampled), rows=words.number(seen.profile.rows))
        found.append(("warn", words.t("Distributions are drawn from a part of the rows, evenly spread"), evidence))
    return found or [("pass", words.t("Every column was read without a complaint"), "")]


def _about(words: Words, name: str, what: str) -> Statement:
    if what == "constant":
        return ("warn", words.t("'{name}' has the same value everywhere", name=name), words.t("not used for learning"))
    return ("warn", words.t("'{name}' differs in every row, as an id does", name=name), words.t("declare it as id, or leave it out"))


def leak_statement(words: Words, leak: Leak, roles: ColumnRoles | None) -> Statement:
    """What a leak is, and its evidence."""
    binary = roles is not None and roles.positive is not None
    power, rows = words.percent(leak.power, 1), words.number(leak.rows)
    if binary:
        evidence = words.t("alone it ranks {power} of pairs rightly, on {rows} rows held back", power=power, rows=rows)
    else:
        evidence = words.t("alone it explains {power} of the target, on {rows} rows held back", power=power, rows=rows)
    said = {
        LeakLevel.SURE: words.t("'{name}' nearly is the answer", name=leak.column),
        LeakLevel.LIKELY: words.t("'{name}' may give the answer away", name=leak.column),
        LeakLevel.HINT: words.t("'{name}' sounds as if it were known only afterwards", name=leak.column),
    }[leak.level]
    return ("fail" if leak.level is LeakLevel.SURE else "warn", said, evidence)


def role_of(words: Words, column: Column, roles: ColumnRoles | None) -> str:
    """What a column is for, in a word; empty for a feature or where nothing is declared."""
    if roles is None:
        return ""
    named = {roles.target: "Target", roles.id_column: "Id", roles.time_column: "Time"}
    if column.name in named:
        return words.t(ROLES[named[column.name]])
    return words.t(ROLES["Left out"]) if column.name in roles.leave_out else ""


ROLES = {"Target": mark("Target"), "Id": mark("Id"), "Time": mark("Time"), "Left out": mark("Left out")}


def spread(words: Words, profile: ColumnProfile) -> tuple[str, str, str]:
    """Least, middle and greatest value of a number or a moment; empty where there is none."""
    if profile.low is None or profile.median is None or profile.high is None:
        return ("", "", "")
    if profile.kind is Kind.DATETIME:
        low, mid, high = (datetime.fromtimestamp(s, UTC) for s in (profile.low, profile.median, profile.high))
        return (words.date(low), words.date(mid), words.date(high))
    decimals = 0 if profile.kind is Kind.INTEGER or abs(profile.high) >= 1000 else 2
    return (words.number(profile.low, decimals), words.number(profile.median, decimals), words.number(profile.high, decimals))


def facts_of(words: Words, column: Column, rows: int) -> str:
    """Kind, distinct values and gaps in one line."""
    distinct = words.n("{n} value", "{n} values", column.distinct)
    if not column.missing:
        return f"{words.t(KINDS[column.kind])} · {distinct}"
    return f"{words.t(KINDS[column.kind])} · {distinct} · {words.t('{share} missing', share=words.percent(column.missing / rows, 1))}"


def sources(words: Words, seen: Overview) -> list[tuple[str, str]]:
    """Where the figures of the page come from."""
    v = seen.version
    return [
        (words.t("Data"), words.t("{name}, version {version}", name=v.name, version=v.number)),
        (words.t("Came as"), f"{words.t(SOURCES[v.source])} · {v.filename}"),
        (words.t("Arrived"), words.datetime(v.created_at)),
        (words.t("Content (SHA-256)"), v.sha256),
        (words.t("Leaks"), words.t("each column alone, learned on one half of up to 50,000 rows and judged on the other")),
    ]


def task_question(words: Words, task: Task) -> str:
    """What the target is, for a task."""
    if task is Task.REGRESSION:
        return words.t("Which column holds the number to predict?")
    return words.t("Which column holds the answer?")
