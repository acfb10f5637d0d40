"""Sentences that are stored now and read later, in the reader's language: a template and plain fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.training.wording import model_name
from core.words import Words


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence or a part of a table.

    Args:
        template: English text with ``{places}``, the catalogue's key.
        fields: plain JSON; the ending of a name says how it is written: ``_n`` grouped number, ``_share`` percentage,
            ``_pct1`` percentage with one decimal, ``_money`` amount, ``_signed`` amount with its sign (both in
            ``currency``), ``_period`` "a month", ``_day`` date, ``_s`` length of time, ``_word`` and ``_many`` translated text,
            ``_model`` a trained model's name; ``state`` is a state's code; others as they are.
    """

    template: str
    fields: Mapping[str, Any] = field(default_factory=dict)


def phrase_to_text(phrase: Phrase) -> str:
    """A phrase as JSON, for a column that holds text."""
    return json.dumps({"template": phrase.template, "fields": dict(phrase.fields)}, ensure_ascii=False, default=str)


def say_stored(words: Words, text: str) -> str:
    """What a column of text holds: a phrase in the reader's language; anything else, such as what older releases wrote, as it is."""
    try:
        found = json.loads(text) if text.startswith("{") else None
        if isinstance(found, dict):
            return say(words, Phrase(str(found["template"]), dict(found["fields"])))
    except (ValueError, KeyError, TypeError):
        return text
    return text


def say(words: Words, phrase: Phrase) -> str:
    """A phrase in the reader's language.

    >>> say(Words("en"), Phrase("{gain_signed} {every_period}", {"gain_signed": "1200000", "currency": "JPY", "every_period": "year"}))
    '+¥1.2M a year'
    """
    currency = str(phrase.fields.get("currency", "USD"))
    return words.t(phrase.template, **{name: _write(words, name, value, currency) for name, value in phrase.fields.items()})


def _write(words: Words, name: str, value: Any, currency: str) -> str:
    if name == "state":
        return words.term(str(value))
    match name.rpartition("_")[2] if "_" in name else "":
        case "n":
            return words.number(value)
        case "share":
            return words.percent(value)
        case "pct1":
            return words.percent(value, 1)
        case "money":
            return words.money(Decimal(str(value)), currency)
        case "signed":
            return words.money(Decimal(str(value)), currency, signed=True)
        case "period":
            return words.period(value)
        case "day":
            return words.date(datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value))
        case "s":
            return words.duration(float(value))
        case "word" | "many":
            return words.t(str(value))
        case "model":
            return model_name(words, str(value))
        case _:
            return str(value)
