"""Money as people say it: ¥184.2M in English, 1億8,420万円 in Japanese.

Amounts are rounded half away from zero, after which the unit is chosen, so 999,950 yen reads ¥1.0M and
never ¥1000K. Yen (and every currency without a minor unit) never shows decimals of the unit itself.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from babel.numbers import get_currency_precision, get_currency_symbol

from core.words.catalogue import Language

Amount = Decimal | float | int
Minus = Literal["−", "-"]
"""U+2212 in text; the ASCII hyphen where Streamlit reads the sign of a metric's delta."""

_NBSP: Final = "\u00a0"
_UNITS_EN: Final = ((Decimal(10) ** 12, "T"), (Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "K"))
_NAMES_JA: Final = {
    "JPY": "円",
    "USD": "ドル",
    "EUR": "ユーロ",
    "GBP": "ポンド",
    "CNY": "元",
    "KRW": "ウォン",
    "AUD": "豪ドル",
    "CAD": "カナダドル",
    "CHF": "スイスフラン",
    "SGD": "シンガポールドル",
    "HKD": "香港ドル",
    "TWD": "台湾ドル",
    "INR": "ルピー",
    "THB": "バーツ",
}
_CHO, _OKU, _MAN, _SEN = Decimal(10) ** 12, Decimal(10) ** 8, Decimal(10) ** 4, Decimal(10) ** 3


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands around the digits of an amount: a symbol before it or a unit after it, and the decimals of its smallest unit."""

    before: str
    after: str
    decimals: int


def currency_marks(currency: str, language: Language) -> Marks:
    """The marks of a currency in a language, for a writer of amounts that runs elsewhere (`app/ui/explorer_format.js`).

    >>> currency_marks("JPY", "en"), currency_marks("USD", "ja")
    (Marks(before='¥', after='', decimals=0), Marks(before='', after='ドル', decimals=2))
    """
    decimals = get_currency_precision(currency)
    return Marks("", _unit_ja(currency), decimals) if language == "ja" else Marks(_symbol_en(currency), "", decimals)


def money(
    amount: Amount,
    currency: str,
    language: Language,
    *,
    compact: bool = True,
    signed: bool = False,
    minus: Minus = "−",
) -> str:
    """Write an amount of money for a headline, a card or a label.

    Args:
        amount: the amount, in units of the currency (not cents).
        currency: ISO 4217 code, such as ``JPY``.
        language: ``en`` or ``ja``.
        compact: short form (¥184.2M); ``False`` writes every digit.
        signed: a difference: always with a sign (``±`` for zero).
        minus: which minus sign to write.

    Returns:
        The amount as text.

    >>> money(184_213_456, "JPY", "en"), money(1_240_000, "USD", "en"), money(820_000, "EUR", "en")
    ('¥184.2M', '$1.24M', '€820K')
    >>> money(184_200_000, "JPY", "ja"), money(30_500_000, "JPY", "ja"), money(-0.4, "JPY", "en")
    ('1億8,420万円', '3,050万円', '¥0')
    """
    value = Decimal(str(amount))
    size = abs(value)
    if language == "ja":
        digits = _compact_ja(size, currency) if compact else _exact(size, currency)
        body = f"{digits}{_unit_ja(currency)}"
    else:
        digits = _compact_en(size, currency) if compact else _exact(size, currency)
        body = f"{_symbol_en(currency)}{digits}"
    is_zero = not any(character in "123456789" for character in digits)
    return _sign(value, is_zero=is_zero, signed=signed, minus=minus) + body


def money_exact(amount: Amount, currency: str, language: Language, *, signed: bool = False, minus: Minus = "−") -> str:
    """Write every digit: for tables and downloads.

    >>> money_exact(184213456, "JPY", "ja"), money_exact(Decimal("-1234.5"), "USD", "en")
    ('184,213,456円', '−$1,234.50')
    """
    return money(amount, currency, language, compact=False, signed=signed, minus=minus)


def money_range(low: Amount, high: Amount, currency: str, language: Language, *, signed: bool = False) -> str:
    """Write an interval: "between A and B" in English, A〜B in Japanese.

    >>> money_range(34_200_000, 42_600_000, "JPY", "en")
    'between ¥34.2M and ¥42.6M'
    """
    return between(money(low, currency, language, signed=signed), money(high, currency, language, signed=signed), language)


def between(first: str, last: str, language: Language) -> str:
    """Join the two ends of an interval that are written already."""
    return f"{first}〜{last}" if language == "ja" else f"between {first} and {last}"


def money_tick(amount: Amount, currency: str, language: Language) -> str:
    """Write an axis tick: no needless zeros (¥10M, 1.5億円), and a plain 0 at zero.

    >>> [money_tick(v, "JPY", "en") for v in (0, 500_000, 10_000_000, -1_500_000)]
    ['0', '¥500K', '¥10M', '−¥1.5M']
    >>> [money_tick(v, "JPY", "ja") for v in (10_000_000, 150_000_000, 5000)]
    ['1,000万円', '1.5億円', '5,000円']
    """
    value = Decimal(str(amount))
    size = abs(value)
    if size == 0:
        return "0"
    units = ((_CHO, "兆"), (_OKU, "億"), (_MAN, "万")) if language == "ja" else _UNITS_EN
    scale, suffix = next(((unit, name) for unit, name in units if size >= unit), (Decimal(1), ""))
    digits = _trimmed(size / scale) + suffix
    body = f"{digits}{_unit_ja(currency)}" if language == "ja" else f"{_symbol_en(currency)}{digits}"
    return ("−" if value < 0 else "") + body


def _compact_en(size: Decimal, currency: str) -> str:
    """Short English digits: two decimals below 10M where the currency has cents, else one; thousands whole."""
    if _rounded(size, 0) < 10_000:
        return _small(size, currency)
    place = next((index for index, (unit, _) in enumerate(_UNITS_EN) if size >= unit), len(_UNITS_EN) - 1)
    if place and _in_unit(size, place, currency)[0] >= 1000:
        place -= 1  # 999,950 reads 1.0M, not 1000K
    scaled, decimals = _in_unit(size, place, currency)
    return f"{scaled:,.{decimals}f}{_UNITS_EN[place][1]}"


def _in_unit(size: Decimal, place: int, currency: str) -> tuple[Decimal, int]:
    """An amount in one of the units, rounded, and its decimals: fewer where rounding reached the next digit."""
    unit, suffix = _UNITS_EN[place]
    scaled = size / unit
    decimals = _decimals_en(scaled, suffix, currency)
    decimals = _decimals_en(_rounded(scaled, decimals), suffix, currency)
    return _rounded(scaled, decimals), decimals


def _decimals_en(scaled: Decimal, suffix: str, currency: str) -> int:
    if suffix == "K":
        return 1 if scaled < 100 else 0
    return 2 if scaled < 10 and get_currency_precision(currency) else 1


def _compact_ja(size: Decimal, currency: str) -> str:
    """Short Japanese digits: 兆+億, 億 alone from 100億, 億+万, 万, and 万+千 below 100万."""
    if _rounded(size, 0) < 100_000:
        return _small(size, currency)
    if size < 1_000_000:
        step, big, big_name, small_name = _SEN, _MAN, "万", ""
    elif size < 100 * _OKU:
        step, big, big_name, small_name = _MAN, _OKU, "億", "万"
    else:
        step, big, big_name, small_name = _OKU, _CHO, "兆", "億"
    whole = _rounded(size / step, 0) * step
    high, low = divmod(whole, big)
    high_text = f"{high:,.0f}{big_name}" if high else ""
    low_text = f"{low / (step if small_name else 1):,.0f}{small_name}" if low else ""
    return high_text + low_text


def _small(size: Decimal, currency: str) -> str:
    """A small amount in full: cents only below 100 and only where they say something."""
    decimals = get_currency_precision(currency) if size < 100 else 0
    rounded = _rounded(size, decimals)
    if rounded == rounded.to_integral_value():
        decimals = 0
    return f"{rounded:,.{decimals}f}"


def _exact(size: Decimal, currency: str) -> str:
    decimals = get_currency_precision(currency)
    return f"{_rounded(size, decimals):,.{decimals}f}"


def _trimmed(value: Decimal) -> str:
    text = f"{_rounded(value, 3):,.3f}"
    return text.rstrip("0").rstrip(".")


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _sign(value: Decimal, *, is_zero: bool, signed: bool, minus: Minus) -> str:
    if is_zero:
        return "±" if signed else ""
    if value < 0:
        return minus
    return "+" if signed else ""


def _symbol_en(currency: str) -> str:
    symbol = get_currency_symbol(currency, locale="en")
    return symbol + _NBSP if symbol[-1].isalpha() else symbol


def _unit_ja(currency: str) -> str:
    return _NAMES_JA.get(currency, f"{_NBSP}{currency}")
