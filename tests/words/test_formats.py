"""Numbers, times and sentences in both languages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from core.words import Words, error_text, language_of
from core.words.speech import fill

EN, JA = Words("en", ZoneInfo("Asia/Tokyo")), Words("ja", ZoneInfo("Asia/Tokyo"))
NOON = datetime(2026, 11, 22, 0, 12, tzinfo=UTC)


def test_errors_say_states_and_roles_as_people_do() -> None:
    ended = Conflict("This run has ended already ({state}). There is nothing to stop.", state="succeeded")
    assert "(finished)" in error_text(EN, ended)
    assert "完了" in error_text(JA, ended)
    assert "succeeded" not in error_text(JA, ended)
    refused = PermissionDenied(
        "This needs the role {roles}; you have {yours}. An admin can grant it.", roles="scientist, admin", yours="viewer"
    )
    assert error_text(EN, refused).startswith("This needs the role Data scientist, Administrator; you have Viewer.")
    assert "データサイエンティスト、管理者" in error_text(JA, refused)


def test_sentences_stand_together_as_each_language_writes_them() -> None:
    assert EN.together("One.", "", "Two.") == "One. Two."
    assert JA.together("一つ。", "二つ。") == "一つ。二つ。"


def test_the_demos_own_texts_are_told_in_japanese_and_nobody_elses() -> None:
    demo = Words("ja", samples=True)
    assert demo.given("Customer churn v2") == "顧客の解約防止 v2"
    assert demo.t("{name}, {ago}", name="Mio Sato", ago="今") == "佐藤 美緒（今）"
    assert demo.given("Our own project") == "Our own project"
    assert JA.given("Customer churn") == "Customer churn"
    assert Words("en", samples=True).given("Customer churn") == "Customer churn"


def test_numbers_and_shares() -> None:
    assert EN.number(1234567.891, 2) == "1,234,567.89"
    assert EN.number(-0.04, 1) == "0.0"
    assert EN.percent(0.954) == "95%"
    assert EN.points(0.01) == "+1 point"
    assert JA.points(-0.04) == "−4ポイント"


def test_moments_are_shown_in_the_readers_zone() -> None:
    assert EN.datetime(NOON) == "22 Nov 2026, 09:12"
    assert JA.datetime(NOON) == "2026年11月22日 9:12"
    assert EN.datetime(NOON.replace(tzinfo=None)) == "22 Nov 2026, 09:12"
    assert EN.date(datetime(2026, 11, 21, 20, tzinfo=UTC)) == "22 Nov 2026"
    assert JA.month(date(2026, 11, 1)) == "2026年11月"
    assert EN.month(date(2026, 11, 1), year=False) == "Nov"
    assert EN.month(date(2026, 11, 1), year=False, full=True) == "November"


@pytest.mark.parametrize(
    ("seconds", "english", "japanese"),
    [
        (0, "just now", "たった今"),
        (59, "just now", "たった今"),
        (60, "1 minute ago", "1分前"),
        (7200, "2 hours ago", "2時間前"),
        (90000, "1 day ago", "1日前"),
    ],
)
def test_ago(seconds: int, english: str, japanese: str) -> None:
    before = NOON - timedelta(seconds=seconds)
    assert EN.ago(before, NOON) == english
    assert JA.ago(before, NOON) == japanese


def test_the_future_is_just_now() -> None:
    assert EN.ago(NOON + timedelta(hours=3), NOON) == "just now"


@pytest.mark.parametrize(
    ("seconds", "english", "japanese"),
    [
        (130, "2 min 10 s", "2分10秒"),
        (120, "2 min", "2分"),
        (0.038, "38 ms", "38ミリ秒"),
        (9.1, "9.1 s", "9.1秒"),
        (59.6, "1 min", "1分"),
        (0.9999, "1.0 s", "1.0秒"),
        (3600, "1 h", "1時間"),
        (90061, "1 d 1 h", "1日1時間"),
    ],
)
def test_duration(seconds: float, english: str, japanese: str) -> None:
    assert EN.duration(seconds) == english
    assert JA.duration(seconds) == japanese


@given(st.floats(min_value=0, max_value=1e9, allow_nan=False))
def test_a_duration_never_fails_and_never_counts_sixty(seconds: float) -> None:
    text = EN.duration(seconds)
    assert text
    assert "60 s" not in text
    assert "60 min" not in text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (3_800_000_000, "3.8 GB"), (5 * 10**15, "5,000.0 TB")]
)
def test_bytes(count: int, text: str) -> None:
    assert EN.bytes(count) == text


def test_amounts_name_their_period() -> None:
    assert EN.money_per(Decimal(38_400_000), "JPY", "year") == "¥38.4M a year"
    assert JA.money_per(Decimal(38_400_000), "JPY", "year") == "年間3,840万円"
    assert EN.money_range(1_000_000, 2_000_000, "JPY", start=True).startswith("Between ")


def test_an_unknown_message_stays_english() -> None:
    assert JA.t("A sentence that nobody translated {name}", name="x") == "A sentence that nobody translated x"
    assert EN.n("{n} run", "{n} runs", 1200) == "1,200 runs"
    assert EN.n("{n} run", "{n} runs", 1) == "1 run"


def test_values_are_never_read_as_templates() -> None:
    assert fill("{a} {b}", {"a": "{b}", "b": "{a.__class__}"}) == "{b} {a.__class__}"
    assert fill("{a.__class__} {missing}", {"a": "x"}) == "{a.__class__} {missing}"


def test_locales() -> None:
    assert [language_of(name) for name in ("ja", "ja-JP", "JA_jp", "en-GB", "fr", "", None)] == ["ja", "ja", "ja", "en", "en", "en", "en"]


def test_errors_speak_the_readers_language() -> None:
    error = InvalidInput("Something went wrong on our side. Nothing that you saved was lost.", field="x")
    assert error_text(JA, error) == "システム側で問題が発生しました。保存済みの内容は失われていません。"
    assert "'v9'" in error_text(EN, NotFound("version", "v9"))
    assert error_text(JA, NotFound("version", "v9")).startswith("バージョン「v9」は見つかりません。")
    assert "secret" not in error_text(EN, ValueError("secret"))
