"""Numbers, dates and lengths of time as people write them, in English and in Japanese."""

from datetime import UTC, date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from core.words.catalogue import Language

Period = Literal["day", "week", "month", "quarter", "year"]

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_PERIODS: Final[dict[Language, dict[Period, str]]] = {
    "en": {"day": "a day", "week": "a week", "month": "a month", "quarter": "a quarter", "year": "a year"},
    "ja": {"day": "1日あたり", "week": "週あたり", "month": "月あたり", "quarter": "四半期あたり", "year": "年間"},
}
_AGO: Final = (
    (31_536_000, "year", "年前"),
    (2_592_000, "month", "か月前"),
    (86_400, "day", "日前"),
    (3_600, "hour", "時間前"),
    (60, "minute", "分前"),
)


def number(value: Decimal | float, decimals: int = 0, *, signed: bool = False) -> str:
    """Group thousands; U+2212 for minus; never a negative zero.

    >>> number(1234567), number(-0.04, 1), number(-3.25, 1), number(42, signed=True)
    ('1,234,567', '0.0', '−3.3', '+42')
    """
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    sign = "−" if rounded < 0 else "+" if signed and rounded > 0 else "±" if signed else ""
    return f"{sign}{abs(rounded):,.{decimals}f}"


def percent(share: Decimal | float, decimals: int = 0, *, signed: bool = False) -> str:
    """Write a share of one as a percentage, without a space.

    >>> percent(0.95), percent(0.0034, 1)
    ('95%', '0.3%')
    """
    return number(Decimal(str(share)) * 100, decimals, signed=signed) + "%"


def points(share: Decimal | float, language: Language, decimals: int = 0) -> str:
    """Write a difference of two shares in percentage points, with its sign.

    >>> points(0.04, "en"), points(-0.01, "en"), points(0.04, "ja")
    ('+4 points', '−1 point', '+4ポイント')
    """
    text = number(Decimal(str(share)) * 100, decimals, signed=True)
    if language == "ja":
        return f"{text}ポイント"
    return f"{text} point" if text.lstrip("+−±") == "1" else f"{text} points"


def write_date(day: date, language: Language, *, year: bool = True) -> str:
    """Write a day: 22 Nov 2026, 2026年11月22日.

    >>> write_date(date(2026, 11, 22), "en"), write_date(date(2026, 11, 22), "ja", year=False)
    ('22 Nov 2026', '11月22日')
    """
    if language == "ja":
        return f"{day.year}年{day.month}月{day.day}日" if year else f"{day.month}月{day.day}日"
    text = f"{day.day} {_MONTHS[day.month - 1]}"
    return f"{text} {day.year}" if year else text


def write_month(day: date, language: Language, *, year: bool = True, full: bool = False) -> str:
    """Write a month: Nov 2026, 2026年11月; without the year Nov, 11月; in full November."""
    if language == "ja":
        return f"{day.year}年{day.month}月" if year else f"{day.month}月"
    name = (_LONG_MONTHS if full else _MONTHS)[day.month - 1]
    return f"{name} {day.year}" if year else name


def local(moment: datetime, zone: tzinfo) -> datetime:
    """Move a moment to the reader's zone; a moment without a zone is taken as UTC, as the store keeps it."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(zone)


def write_datetime(moment: datetime, language: Language, zone: tzinfo) -> str:
    """Write a moment in the reader's zone: 22 Nov 2026, 09:12; 2026年11月22日 9:12."""
    here = local(moment, zone)
    day = write_date(here.date(), language)
    return f"{day} {here.hour}:{here.minute:02d}" if language == "ja" else f"{day}, {here:%H:%M}"


def ago(moment: datetime, now: datetime, language: Language) -> str:
    """Say how long ago a moment was; anything under a minute, or in the future, is "just now".

    >>> now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    >>> ago(datetime(2026, 11, 22, 10, tzinfo=UTC), now, "en"), ago(datetime(2026, 11, 21, 10, tzinfo=UTC), now, "ja")
    ('2 hours ago', '1日前')
    """
    seconds = (local(now, UTC) - local(moment, UTC)).total_seconds()
    for size, name, name_ja in _AGO:
        if seconds >= size:
            count = int(seconds // size)
            return f"{count}{name_ja}" if language == "ja" else f"{count} {name}{'s' if count > 1 else ''} ago"
    return "たった今" if language == "ja" else "just now"


def duration(seconds: float, language: Language) -> str:
    """Write a length of time with its two largest units.

    >>> duration(130, "en"), duration(130, "ja"), duration(0.038, "en"), duration(90000, "en"), duration(3600, "ja")
    ('2 min 10 s', '2分10秒', '38 ms', '1 d 1 h', '1時間')
    """
    units = ("日", "時間", "分", "秒") if language == "ja" else (" d", " h", " min", " s")
    joint = "" if language == "ja" else " "
    if seconds < 0.9995:
        millis = max(0, round(seconds * 1000))
        return f"{millis}ミリ秒" if language == "ja" else f"{millis} ms"
    if seconds < 9.95:
        return f"{seconds:.1f}{units[3]}"
    total = round(seconds)
    parts = (total // 86_400, total // 3_600 % 24, total // 60 % 60, total % 60)
    first = next(index for index, part in enumerate(parts) if part)
    shown = [(parts[i], units[i]) for i in (first, first + 1) if i < len(parts) and parts[i]]
    return joint.join(f"{count}{unit}" for count, unit in shown)


def write_bytes(count: int) -> str:
    """Write a size of data in decimal units.

    >>> write_bytes(3_800_000_000), write_bytes(512), write_bytes(999_999)
    ('3.8 GB', '512 B', '1.0 MB')
    """
    if count < 1000:
        return f"{count} B"
    power = next((power for power in (1, 2, 3) if count / 1000**power < 999.95), 4)
    return f"{count / 1000**power:,.1f} {('kB', 'MB', 'GB', 'TB')[power - 1]}"


def period(name: Period, language: Language) -> str:
    """Say a period beside an amount: "a year", "年間"."""
    return _PERIODS[language][name]
