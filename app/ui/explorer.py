"""The interactive card of the impact report: threshold and assumptions are dragged, and money, words and people follow in the browser.

The page sends the table (`core.impact.explorer`) and the catalogue's sentences once; nothing of a drag goes to the server. When the
reader lets go, the choice comes back as a short text, which stands in the address as ``explore=…``, so that a link shows the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import streamlit as st

from app.ui import session
from core.impact import sentences as say
from core.impact.decision import policy_to_json
from core.impact.explorer import SHARES, Axis, Explorer, Sums
from core.impact.explorer_fields import View, explorer_fields, read_view
from core.impact.explorer_words import explorer_words, off_by
from core.impact.report import ImpactReport
from core.impact.sensitivity import Basis
from core.words import Words
from core.words.money import currency_marks

QUERY: Final = "explore"
DIGITS: Final = 12
_HERE: Final = Path(__file__).parent
SCRIPTS: Final = tuple(f"explorer{part}.js" for part in ("_format", "_value", "_draw", "_parts", "_show", ""))
_component = st.components.v2.component(
    "kachi_explorer",
    html='<div class="k-x" role="group"></div>',
    css=(_HERE / "explorer.css").read_text(encoding="utf-8"),
    js="\n".join((_HERE / name).read_text(encoding="utf-8") for name in SCRIPTS),
)


def show_explorer(
    words: Words, report: ImpactReport, table: Explorer, *, on_save: Callable[[View], None] | None = None, save_label: str = ""
) -> None:
    """Draw the card; call it in a fragment, so that letting go runs nothing else.

    Args:
        words: the reader's words.
        report: computed or frozen.
        table: of that report.
        on_save: keeps the reader's choice when asked to; None draws no button for it.
        save_label: what that button says; empty: that it keeps a scenario.
    """
    view = read_view(session.query(QUERY), report.run_id, table.agreed)
    data = explorer_data(words, report, table, view, can_save=on_save is not None)
    if save_label:
        data["say"]["controls"]["save"] = save_label
    key = f"explorer-{report.run_id[-6:]}-{report.value_model_version}"
    # without callbacks the component returns neither state nor trigger
    result = _component(data=data, key=key, on_view_change=lambda: None, on_save_change=lambda: None)
    keep_view(result.get("view"))
    saved = result.get("save")
    if on_save is not None and isinstance(saved, str):
        on_save(read_view(saved, report.run_id, table.agreed))


def keep_view(text: object) -> None:
    """Put the reader's choice into the address, or take it out where nothing differs from the report."""
    if isinstance(text, str):
        session.set_query(QUERY, text[:400] or None)


def explorer_data(words: Words, report: ImpactReport, table: Explorer, view: View, *, can_save: bool) -> dict[str, Any]:
    """What the browser gets: plain data, the table and every sentence that it may say."""
    marks = currency_marks(report.currency, words.language)
    value = report.value
    return {
        "id": f"{report.run_id}/{report.provenance.scores_sha256}/{report.value_model_id}/{policy_to_json(report.decides)}",
        "run": report.run_id[-6:],
        "language": words.language,
        "table": table_data(table),
        "fields": [asdict(field) for field in explorer_fields(words, report, table)],
        "marks": {**asdict(marks), "japanese": words.language == "ja"},
        "say": asdict(explorer_words(words, report)),
        "decimals": share_decimals(table),
        "off": off_by(report),
        "little": float(say.LITTLE),
        "is_value": report.basis is Basis.VALUE,
        "report": {
            "low": float(value.low),
            "high": float(value.high),
            "against": report.reference.value,
            "gain": {"value": float(report.gain.value), "low": float(report.gain.low), "high": float(report.gain.high)},
            "finding": None if report.by_case else say.curve_finding(words, report),
        },
        "start": {"at": view.at, "assumed": asdict(view.assumed)},
        "can_save": can_save,
    }


def share_decimals(table: Explorer) -> int:
    """Decimals of a likelihood or a share in percent: as many as tell two neighbouring positions apart."""
    if table.axis is Axis.SHARE:
        return 1 if len(table.thresholds) > SHARES * 2 else 0
    steps = [after - before for before, after in zip(table.thresholds[:-1], table.thresholds[1:], strict=True)]
    step = sorted(steps)[len(steps) // 2]
    return next((decimals for decimals in range(4) if step * 100 >= 0.999 * 10.0**-decimals), 4)


def table_data(table: Explorer) -> dict[str, Any]:
    """The table as numbers of at most 12 digits."""
    return {
        "axis": table.axis.value,
        "thresholds": list(table.thresholds),
        "recommended": table.recommended,
        "test": _sums(table.test),
        "validation": _sums(table.validation),
        "rule": None if table.rule is None else _sums(table.rule),
        "agreed": asdict(table.agreed),
        "by_row": list(table.by_row),
    }


def _sums(sums: Sums) -> dict[str, Any]:
    return {
        name: {column: None if values is None else _short(values) for column, values in asdict(part).items()}
        for name, part in (("positive", sums.positive), ("negative", sums.negative))
    }


def _short(values: tuple[float, ...]) -> list[float]:
    return [value if isinstance(value, int) else float(f"{value:.{DIGITS}g}") for value in values]
