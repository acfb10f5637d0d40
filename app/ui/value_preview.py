"""A draft of a value model on real rows, drawn: what is wrong, what it comes to, and a few rows."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.ui.page import facts, n, note, section, t, w
from app.ui.text import html, whole_amounts
from core.impact.phrases import capital
from core.impact.preview import LIKELIHOODS, Preview, PreviewRow, Spread
from core.impact.preview_checks import Problem
from core.impact.value_words import field_name, problem_text, worth
from core.project.model import Nouns
from core.project.payoffs import CELLS, Formula, PayoffMatrix
from core.project.service import ValueModelSpec

MOST_ENTRIES = 6


def show_statements(nouns: Nouns, problems: Sequence[Problem], remarks: Sequence[Problem] = ()) -> None:
    """What can't stay, then what a person should know."""
    words = w()
    marks = [("fail", "✕", t("Can't stay"), problems), ("warn", "!", t("Mind"), remarks)]
    items = [
        f'<li class="k-check k-said"><span class="k-mark k-{tone}" role="img" aria-label="{html(said)}">{sign}</span>'
        f'<span class="k-check-name">{html(problem_text(words, nouns, one))}</span></li>'
        for tone, sign, said, found in marks
        for one in found
    ]
    if items:
        st.html(f'<ul class="k-checks">{"".join(items)}</ul>')


def show_matrix(nouns: Nouns, spec: ValueModelSpec, payoff: PayoffMatrix) -> None:
    """The four payoffs as a table in words: what is done down, what turns out across."""
    head = "".join(f'<th scope="col">{html(t("one who {who}", who=who))}</th>' for who in (nouns.outcome, nouns.outcome_not))
    rows = []
    for label, cells in ((nouns.action_one, ("tp", "fp")), (t("no {act}", act=nouns.action_one), ("fn", "tn"))):
        body = "".join(_amount_cell(payoff, cell, spec.currency) for cell in cells)
        rows.append(f'<tr><th scope="row">{html(label)}</th>{body}</tr>')
    st.html(f'<table class="k-matrix"><thead><tr><td></td>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>')


def _amount_cell(payoff: PayoffMatrix, name: str, currency: str) -> str:
    cell = getattr(payoff, name)
    tone = "formula" if isinstance(cell, Formula) else "gain" if cell > 0 else "loss" if cell < 0 else "zero"
    return f'<td class="k-{tone}">{html(whole_amounts(worth(w(), cell, currency)))}</td>'


def show_preview(nouns: Nouns, spec: ValueModelSpec, preview: Preview) -> None:
    """All of it, for yes-or-no decisions."""
    show_statements(nouns, preview.problems, preview.remarks)
    source = preview.source
    if source is None:
        note(t("This project has no data yet: formulas are tried on it as soon as there is some."))
        return
    if not preview.act_shares:
        return
    section(likelihood_finding(nouns, preview), _source_note(preview))
    _show_spreads(nouns, spec, preview)
    if preview.columns and preview.rows and isinstance(spec.payoff, PayoffMatrix):
        _show_rows(nouns, spec, spec.payoff, preview)


def show_entries(nouns: Nouns, currency: str, preview: Preview) -> None:
    """What the formulas of classes or of a forecast's costs come to, over the rows and in a few of them; nothing where all is constant."""
    if not preview.fields:
        return
    words = w()
    labels = [field_name(words, nouns, field) for field in preview.fields]
    section(n("{n} formula, worked out on the data", "{n} formulas, worked out on the data", len(labels)), _source_note(preview))
    facts([(label, whole_amounts(spread_text(s, currency))) for label, s in zip(labels, preview.spreads, strict=True)][:MOST_ENTRIES])
    shown = [*preview.columns, *labels[:MOST_ENTRIES]]
    kinds = [*("k-read" for _ in preview.columns), *("k-paid" for _ in labels[:MOST_ENTRIES])]
    head = "".join(f'<th scope="col" class="{kind}">{html(label)}</th>' for kind, label in zip(kinds, shown, strict=True))
    body = "".join(_row(nouns, currency, shown, kinds, row) for row in preview.rows)
    st.html(f'<table class="k-tried"><thead><tr><th scope="col">{html(t("Row"))}</th>{head}</tr></thead><tbody>{body}</tbody></table>')


def likelihood_finding(nouns: Nouns, preview: Preview) -> str:
    """From which likelihood on acting pays, over the rows."""
    words, found = w(), preview.likelihoods
    if found is None or found.low is None or found.median is None or found.high is None:
        return t("There is no likelihood from which {actions} begin to pay", actions=nouns.action_many)
    low, middle, high = (words.percent(share, 1) for share in (found.low, found.median, found.high))
    if low == high:
        return capital(t("{actions} pay from a likelihood of {share} on", actions=nouns.action_many, share=low))
    return capital(
        t(
            "{actions} pay from a likelihood of {low} to {high} on, depending on the case; {middle} in the middle",
            actions=nouns.action_many, low=low, high=high, middle=middle,
        )
    )  # fmt: skip


def _source_note(preview: Preview) -> str:
    source, words = preview.source, w()
    if source is None:
        return ""
    name = t("{name}, version {version}", name=source.name, version=source.number)
    if source.sampled:
        return t(
            "On {read} of {rows} rows of {name}, spread evenly.", read=words.number(source.read), rows=words.number(source.rows), name=name
        )
    return t("On all {rows} rows of {name}.", rows=words.number(source.rows), name=name)


def _show_spreads(nouns: Nouns, spec: ValueModelSpec, preview: Preview) -> None:
    """Range of each payoff that differs, and how many cases would be acted on."""
    words = w()
    rows = [(field_name(words, nouns, s.field), spread_text(s, spec.currency)) for s in preview.spreads if s.low != s.high]
    if preview.act_shares:
        shares = " · ".join(
            t("at {likelihood}: {share}", likelihood=words.percent(p), share=words.percent(share))
            for p, share in zip(LIKELIHOODS, preview.act_shares, strict=True)
        )
        rows.append((t("Share of rows acted on, if all were equally likely"), shares))
    if preview.rule_share is not None:
        rows.append((t("Picked by today's rule"), words.percent(preview.rule_share, 1)))
    if rows:
        facts([(label, whole_amounts(text)) for label, text in rows])


def spread_text(spread: Spread, currency: str) -> str:
    """Least to greatest, and the middle."""
    words = w()
    if spread.low is None or spread.median is None or spread.high is None:
        return t("can't be worked out for any row")
    return t("{low} to {high}, {middle} in the middle", low=words.money(spread.low, currency, signed=True),
             high=words.money(spread.high, currency, signed=True), middle=words.money(spread.median, currency, signed=True))  # fmt: skip


def _show_rows(nouns: Nouns, spec: ValueModelSpec, payoff: PayoffMatrix, preview: Preview) -> None:
    """A few rows: cells read, four payoffs, and what would be done at each likelihood."""
    words = w()
    labels = [*preview.columns, *(field_name(words, nouns, f"payoff.{cell}") for cell in CELLS), *(_at(p) for p in LIKELIHOODS)]
    kinds = [*("k-read" for _ in preview.columns), *(_paid(payoff, cell) for cell in CELLS), *("k-acts" for _ in LIKELIHOODS)]
    head = "".join(f'<th scope="col" class="{kind}">{html(label)}</th>' for kind, label in zip(kinds, labels, strict=True))
    body = "".join(_row(nouns, spec.currency, labels, kinds, row) for row in preview.rows)
    section(n("{n} row of the data", "{n} rows of the data", len(preview.rows)), t("● {act}, ○ none", act=nouns.action_one))
    st.html(f'<table class="k-tried"><thead><tr><th scope="col">{html(t("Row"))}</th>{head}</tr></thead><tbody>{body}</tbody></table>')


def _at(likelihood: float) -> str:
    return t("at {share}", share=w().percent(likelihood))


def _paid(payoff: PayoffMatrix, cell: str) -> str:
    """A payoff that is the same in every row needs no place on a phone: the table above shows it."""
    return "k-paid" if isinstance(getattr(payoff, cell), Formula) else "k-paid k-same"


def _row(nouns: Nouns, currency: str, labels: Sequence[str], kinds: Sequence[str], row: PreviewRow) -> str:
    words, missing = w(), t("can't be told")
    read = [html(value) if value is not None else f'<span class="k-empty">{html(t("empty"))}</span>' for value in row.read]
    paid = ["✕" if amount is None else html(words.money(amount, currency, signed=amount != 0)) for amount in row.amounts]
    said = {True: ("●", nouns.action_one), False: ("○", t("no {act}", act=nouns.action_one)), None: ("✕", missing)}
    acts = [f'<span role="img" aria-label="{html(said[act][1])}">{said[act][0]}</span>' for act in row.acts]
    cells = "".join(
        f'<td class="{kind}" data-label="{html(label)}">{text}</td>'
        for kind, label, text in zip(kinds, labels, [*read, *paid[: len(kinds) - len(read) - len(acts)], *acts], strict=True)
    )
    return f'<tr><th scope="row" data-label="{html(t("Row"))}">{words.number(row.row + 1)}</th>{cells}</tr>'
