"""`Words`: everything that a page, a report or a message needs to speak one language."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from decimal import Decimal

from core.words import formats
from core.words import money as money_words
from core.words.catalogue import Language, load, load_samples
from core.words.formats import Period
from core.words.money import Amount, Minus
from core.words.terms import term_of

_FIELD = re.compile(r"\{(\w+)\}")
_NUMBERED = re.compile(r"(.+?)( v\d+| ?[(（]#\d+[)）])")


def language_of(locale: str | None) -> Language:
    """The language that Kachi speaks for a browser's or a user's locale.

    >>> language_of("ja-JP"), language_of("fr"), language_of(None)
    ('ja', 'en', 'en')
    """
    return "ja" if locale and locale.lower().split("-")[0].split("_")[0] == "ja" else "en"


def fill(template: str, fields: Mapping[str, object]) -> str:
    """Put values in the places ``{name}`` of a template; a name without a value stays as it is.

    Only plain names are places: no attribute, index or format is ever evaluated.

    >>> fill("{n} rows of {name}", {"n": "1,204", "name": "{n}"})
    '1,204 rows of {n}'
    """
    return _FIELD.sub(lambda match: str(fields.get(match[1], match[0])), template)


@dataclass(frozen=True, slots=True)
class Words:
    """One reader's language and time zone, with all that is said in them.

    Attributes:
        language: ``en`` or ``ja``.
        timezone: the zone in which moments are shown.
        samples: whether this is the demo workspace, whose sample texts are told in the reader's language too.
    """

    language: Language = "en"
    timezone: tzinfo = field(default=UTC)
    samples: bool = False

    def t(self, msgid: str, /, **fields: object) -> str:
        """Translate a message and fill its places; an untranslated message stays English."""
        text = msgid if self.language == "en" else load(self.language).single.get(msgid, msgid)
        return fill(text, self._told(fields))

    def n(self, singular: str, plural: str, n: int, /, **fields: object) -> str:
        """Translate a message that counts something; the place ``{n}`` is filled with the grouped number."""
        text = singular if n == 1 else plural
        if self.language != "en":
            forms = load(self.language).plural.get(singular)
            text = forms[0] if forms else text
        return fill(text, {"n": formats.number(n), **self._told(fields)})

    def together(self, *sentences: str) -> str:
        """Sentences behind each other, the empty ones left out; Japanese has no space between them."""
        return ("" if self.language == "ja" else " ").join(sentence for sentence in sentences if sentence)

    def term(self, value: str) -> str:
        """A state, a role or a kind of thing that is held as a code, as people call it."""
        return self.t(term_of(value))

    def given(self, text: str) -> str:
        """What somebody wrote, as it stands; in the demo workspace its sample texts in the reader's language.

        >>> Words("ja", samples=True).given("Customer churn v2"), Words("ja").given("Customer churn")
        ('顧客の解約防止 v2', 'Customer churn')
        """
        if not self.samples or self.language == "en":
            return text
        told, numbered = load_samples(self.language), _NUMBERED.fullmatch(text)
        return told.get(numbered[1], numbered[1]) + numbered[2] if numbered else told.get(text, text)

    def _told(self, fields: Mapping[str, object]) -> Mapping[str, object]:
        if not self.samples or self.language == "en":
            return fields
        return {name: self.given(value) if isinstance(value, str) else value for name, value in fields.items()}

    def money(self, amount: Amount, currency: str, *, compact: bool = True, signed: bool = False, minus: Minus = "−") -> str:
        """¥184.2M, 1億8,420万円; ``minus="-"`` for the delta of a metric."""
        return money_words.money(amount, currency, self.language, compact=compact, signed=signed, minus=minus)

    def money_exact(self, amount: Amount, currency: str, *, signed: bool = False) -> str:
        """Every digit, for tables and downloads."""
        return money_words.money_exact(amount, currency, self.language, signed=signed)

    def money_range(self, low: Amount, high: Amount, currency: str, *, signed: bool = False, start: bool = False) -> str:
        """An interval; ``start`` gives the capital letter that opens an English sentence."""
        text = money_words.money_range(low, high, currency, self.language, signed=signed)
        return text[:1].upper() + text[1:] if start else text

    def between(self, first: str, last: str, *, start: bool = False) -> str:
        """The two ends of an interval that are written already, or places for them."""
        text = money_words.between(first, last, self.language)
        return text[:1].upper() + text[1:] if start else text

    def money_per(self, amount: Amount, currency: str, period: Period, *, signed: bool = False) -> str:
        """An amount with its period: "¥38.4M a year", "年間3,840万円"."""
        return self.per(self.money(amount, currency, signed=signed), period)

    def per(self, text: str, period: Period) -> str:
        """An amount that is written already, or a place for it, with its period."""
        return f"{self.period(period)}{text}" if self.language == "ja" else f"{text} {self.period(period)}"

    def money_tick(self, amount: Amount, currency: str) -> str:
        """An axis tick: ¥10M, 1.5億円."""
        return money_words.money_tick(amount, currency, self.language)

    def number(self, value: Decimal | float, decimals: int = 0, *, signed: bool = False) -> str:
        """A grouped number."""
        return formats.number(value, decimals, signed=signed)

    def percent(self, share: Decimal | float, decimals: int = 0, *, signed: bool = False) -> str:
        """A share of one, as a percentage: 95%."""
        return formats.percent(share, decimals, signed=signed)

    def points(self, share: Decimal | float, decimals: int = 0) -> str:
        """A difference of shares: "+4 points", "+4ポイント"."""
        return formats.points(share, self.language, decimals)

    def date(self, day: dt.date, *, year: bool = True) -> str:
        """A day; a moment is first moved to the reader's zone."""
        here = formats.local(day, self.timezone).date() if isinstance(day, dt.datetime) else day
        return formats.write_date(here, self.language, year=year)

    def month(self, day: dt.date, *, year: bool = True, full: bool = False) -> str:
        """A month: Nov 2026, 2026年11月; ``full`` writes November, for sentences and labels."""
        return formats.write_month(day, self.language, year=year, full=full)

    def datetime(self, moment: dt.datetime) -> str:
        """A moment in the reader's zone."""
        return formats.write_datetime(moment, self.language, self.timezone)

    def ago(self, moment: dt.datetime, now: dt.datetime) -> str:
        """How long before ``now``: "2 hours ago", "2時間前"."""
        return formats.ago(moment, now, self.language)

    def duration(self, seconds: float) -> str:
        """A length of time: "2 min 10 s", "2分10秒"."""
        return formats.duration(seconds, self.language)

    def bytes(self, count: int) -> str:
        """A size of data: 3.8 GB."""
        return formats.write_bytes(count)

    def period(self, name: Period) -> str:
        """A period beside an amount: "a year", "年間"."""
        return formats.period(name, self.language)


TERM_FIELDS = frozenset({"kind", "state", "roles", "yours"})
"""Places of an error that hold a thing's kind, its state, or roles: themselves said in the reader's language."""


def error_text(words: Words, error: BaseException) -> str:
    """What an error says to its reader, translated.

    Args:
        words: the reader's words.
        error: an error with ``template`` and ``fields`` (every `core.errors.KachiError`); of any other
            error nothing is told, because its text was written for developers.

    Returns:
        One or two sentences.
    """
    template = getattr(error, "template", None)
    fields = getattr(error, "fields", None)
    if isinstance(template, str) and template:
        given = dict(fields) if isinstance(fields, Mapping) else {}
        for name in TERM_FIELDS & given.keys():
            given[name] = ("、" if words.language == "ja" else ", ").join(words.term(value) for value in str(given[name]).split(", "))
        return words.t(template, **given)
    return words.t("Something went wrong on our side. Nothing that you saved was lost.")
