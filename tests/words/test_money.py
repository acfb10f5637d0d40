"""Money as people say it: known amounts, then properties that hold for every amount."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.words.catalogue import Language
from core.words.money import money, money_exact, money_range, money_tick

CURRENCIES = ("JPY", "USD", "EUR", "KRW", "CHF")
amounts = st.decimals(min_value=Decimal("-9e14"), max_value=Decimal("9e14"), places=2, allow_nan=False, allow_infinity=False)
currencies = st.sampled_from(CURRENCIES)
languages = st.sampled_from(("en", "ja"))


@pytest.mark.parametrize(
    ("amount", "currency", "english", "japanese"),
    [
        (184_213_456, "JPY", "¥184.2M", "1億8,421万円"),
        (30_500_000, "JPY", "¥30.5M", "3,050万円"),
        (1_240_000, "USD", "$1.24M", "124万ドル"),
        (820_000, "EUR", "€820K", "82万ユーロ"),
        (820_000, "JPY", "¥820K", "82万円"),
        (823_456, "JPY", "¥823K", "82万3,000円"),
        (0, "JPY", "¥0", "0円"),
        (-0.4, "JPY", "¥0", "0円"),
        (-1_200_000, "JPY", "−¥1.2M", "−120万円"),
        (3.2, "USD", "$3.20", "3.20ドル"),
        (9_999, "JPY", "¥9,999", "9,999円"),
        (12_345_678_900, "JPY", "¥12.3B", "123億円"),
        (1_234_567_890_123, "JPY", "¥1.2T", "1兆2,346億円"),
        (Decimal("0.85"), "CHF", "CHF\u00a00.85", "0.85スイスフラン"),
        (100_000_000, "JPY", "¥100.0M", "1億円"),
    ],
)
def test_known_amounts(amount: Decimal | float, currency: str, english: str, japanese: str) -> None:
    assert money(amount, currency, "en") == english
    assert money(amount, currency, "ja") == japanese


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        (999_499, "JPY", "¥999K"),
        (999_950, "JPY", "¥1.0M"),
        (999_950, "USD", "$1.00M"),
        (99_960, "JPY", "¥100K"),
        (9_999.6, "JPY", "¥10.0K"),
        (999_960_000, "JPY", "¥1.0B"),
        (9_996_000, "USD", "$10.0M"),
        (99.996, "USD", "$100"),
    ],
)
def test_rounding_moves_to_the_next_unit(amount: float, currency: str, expected: str) -> None:
    assert money(amount, currency, "en") == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (99_995_000, "1億円"),
        (99_994_000, "9,999万円"),
        (999_600, "100万円"),
        (99_999, "99,999円"),
        (9_999_996_000, "100億円"),
        (100_004_000, "1億円"),
    ],
)
def test_rounding_moves_to_the_next_japanese_unit(amount: float, expected: str) -> None:
    assert money(amount, "JPY", "ja") == expected


def test_differences_always_carry_a_sign() -> None:
    assert money(2_100_000, "JPY", "en", signed=True) == "+¥2.1M"
    assert money(-3_200_000, "JPY", "en", signed=True) == "−¥3.2M"
    assert money(0, "JPY", "en", signed=True) == "±¥0"
    assert money(-3_200_000, "JPY", "en", signed=True, minus="-") == "-¥3.2M"


def test_ranges_and_ticks() -> None:
    assert money_range(34_200_000, 42_600_000, "JPY", "en") == "between ¥34.2M and ¥42.6M"
    assert money_range(34_200_000, 42_600_000, "JPY", "ja") == "3,420万円〜4,260万円"
    assert money_tick(150_000_000, "JPY", "ja") == "1.5億円"
    assert money_exact(Decimal("1234.5"), "USD", "ja") == "1,234.50ドル"


@given(amounts, currencies, languages, st.booleans(), st.booleans())
def test_a_zero_never_has_a_minus(amount: Decimal, currency: str, language: Language, compact: bool, signed: bool) -> None:
    text = money(amount, currency, language, compact=compact, signed=signed)
    if text.startswith("−"):
        assert re.search(r"[1-9]", text), text


@given(amounts, currencies, languages)
def test_the_sign_is_the_amounts_own(amount: Decimal, currency: str, language: Language) -> None:
    text = money(amount, currency, language)
    assert text.startswith("−") == (amount < 0 and bool(re.search(r"[1-9]", text)))
    assert not text.startswith("+")
    assert money(-amount, currency, language).lstrip("−") == text.lstrip("−")


@given(amounts, languages)
def test_yen_never_has_decimals_of_a_yen(amount: Decimal, language: Language) -> None:
    assert "." not in money_exact(amount, "JPY", language)
    short = money(amount, "JPY", language)
    assert "." not in short or (language == "en" and short[-1] in "KMBT")


@given(amounts, currencies, languages)
def test_a_short_amount_is_near_the_true_one(amount: Decimal, currency: str, language: Language) -> None:
    said = _read(money(amount, currency, language))
    # English amounts in currencies without cents show one decimal of M and B: ¥1.0M stands for 0.95M to 1.05M.
    part = Decimal("0.051") if language == "en" and currency in {"JPY", "KRW"} else Decimal("0.0051")
    assert abs(said - amount) <= max(abs(amount) * part, Decimal("0.5"))


@given(amounts, amounts, currencies, languages)
def test_a_larger_amount_never_reads_as_a_smaller_one(one: Decimal, other: Decimal, currency: str, language: Language) -> None:
    low, high = sorted((one, other))
    assert _read(money(low, currency, language)) <= _read(money(high, currency, language))


@given(amounts, languages)
def test_no_unit_counts_a_thousand_of_itself(amount: Decimal, language: Language) -> None:
    text = money(amount, "JPY", language)
    assert not re.match(r"^−?¥1,?000(\.0)?[KMB]", text), text


def _read(text: str) -> Decimal:
    """The amount that a reader takes from a text."""
    plain = re.sub(r"[^\d.,兆億万KMBT−]", "", text).replace(",", "")
    sign = -1 if plain.startswith("−") else 1
    plain = plain.lstrip("−")
    total = Decimal(0)
    for unit, power in (("兆", 12), ("億", 8), ("万", 4)):
        if unit in plain:
            part, plain = plain.split(unit, 1)
            total += Decimal(part).scaleb(power)
    scale = {"K": 3, "M": 6, "B": 9, "T": 12}.get(plain[-1:], 0)
    rest = plain.rstrip("KMBT")
    return sign * (total + (Decimal(rest).scaleb(scale) if rest else 0))
