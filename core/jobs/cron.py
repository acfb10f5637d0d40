"""Cron rules: five fields, read as cron reads them, said in words, always in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from apscheduler.triggers.cron import CronTrigger

from core.errors import InvalidInput
from core.words import mark

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
FIELDS = "The rule '{cron}' has {have} fields. Write five fields: minute, hour, day of month, month, weekday; '0 6 * * 1' is Monday at 06:00 UTC."
UNREADABLE = "The rule '{cron}' can't be read: {why}. Write five fields: minute, hour, day of month, month, weekday; '0 6 * * 1' is Monday at 06:00 UTC."
WEEKDAY_NAMES = (
    mark("Sunday"),
    mark("Monday"),
    mark("Tuesday"),
    mark("Wednesday"),
    mark("Thursday"),
    mark("Friday"),
    mark("Saturday"),
)


class Rhythm(StrEnum):
    """How often something runs, as people choose it."""

    MINUTES = "minutes"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Timing:
    """A cron rule as a person would say it.

    Args:
        every: minutes between two runs, for MINUTES.
        minute, hour: UTC.
        weekday: 0 is Sunday, as in cron.
        day: of the month, 1 to 28 (later days are missing in some months).
        cron: the rule itself, for OWN.
    """

    rhythm: Rhythm
    every: int = 5
    minute: int = 0
    hour: int = 6
    weekday: int = 1
    day: int = 1
    cron: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence for the catalogue, with its fields; values that are themselves words stand in `words`."""

    template: str
    fields: Mapping[str, object] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


def check_cron(cron: str) -> str:
    """A rule with its spaces tidied.

    Raises:
        InvalidInput: it can't be read, names both a day of the month and a weekday, or never comes.
    """
    tidy = " ".join(cron.split())
    next_after(tidy, datetime.now(UTC))
    return tidy


def make_trigger(cron: str) -> CronTrigger:
    """APScheduler's trigger for a rule, in UTC.

    Raises:
        InvalidInput: it can't be read.
    """
    fields = cron.split()
    if len(fields) != 5 or len(cron) > 100:
        raise InvalidInput(FIELDS, field="cron", cron=cron[:100], have=len(fields))
    minute, hour, day, month, weekday = fields
    if day != "*" and weekday != "*":
        raise InvalidInput("The rule '{cron}' names a day of the month and a weekday. Choose one of them.", field="cron", cron=cron)
    try:
        return CronTrigger(minute=minute, hour=hour, day=day, month=month.lower(), day_of_week=_weekdays(weekday.lower()), timezone=UTC)
    except (ValueError, TypeError) as error:
        raise InvalidInput(UNREADABLE, field="cron", cron=cron, why=str(error)[:200]) from error


def next_after(cron: str, moment: datetime) -> datetime:
    """When a rule comes next after a moment.

    Raises:
        InvalidInput: it can't be read, or never comes (30 February).
    """
    found: datetime | None = make_trigger(cron).get_next_fire_time(None, moment + timedelta(microseconds=1))
    if found is None:
        raise InvalidInput("The rule '{cron}' never comes. Choose a day that exists.", field="cron", cron=cron)
    return found


def _weekdays(text: str) -> str:
    """Cron counts weekdays from Sunday, APScheduler from Monday: spelled out, both mean the same."""
    if text == "*":
        return text
    days: list[str] = []
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        start, end = (0, 6) if span == "*" else (_weekday(first), _weekday(last or (first if not step else "6")))
        # 5-7 is Friday to Sunday, 6-2 Saturday to Tuesday.
        end += 7 if end < start else 0
        days += [WEEKDAYS[day % 7] for day in range(start, end + 1, max(1, int(step or 1)))]
    return ",".join(dict.fromkeys(days))


def _weekday(text: str) -> int:
    if text[:3] in WEEKDAYS:
        return WEEKDAYS.index(text[:3])
    if not text.isdigit() or int(text) > 7:
        raise ValueError(f"'{text}' is no weekday; 0 to 7 or sun to sat are")
    return int(text)


def parse_timing(cron: str) -> Timing:
    """A rule as a person would say it; OWN where it is none of the usual ones."""
    fields = cron.split()
    if len(fields) == 5:
        minute, hour, day, month, weekday = fields
        rest = (hour, day, month, weekday)
        if minute.startswith("*/") and minute[2:].isdigit() and rest == ("*",) * 4:
            return Timing(Rhythm.MINUTES, every=int(minute[2:]), cron=cron)
        if minute == "*" and rest == ("*",) * 4:
            return Timing(Rhythm.MINUTES, every=1, cron=cron)
        if minute.isdigit() and rest == ("*",) * 4:
            return Timing(Rhythm.HOURLY, minute=int(minute), cron=cron)
        if minute.isdigit() and hour.isdigit() and month == "*":
            at = {"minute": int(minute), "hour": int(hour), "cron": cron}
            if (day, weekday) == ("*", "*"):
                return Timing(Rhythm.DAILY, **at)  # type: ignore[arg-type]
            if day == "*" and weekday.isdigit():
                return Timing(Rhythm.WEEKLY, weekday=int(weekday) % 7, **at)  # type: ignore[arg-type]
            if weekday == "*" and day.isdigit() and int(day) <= 28:
                return Timing(Rhythm.MONTHLY, day=int(day), **at)  # type: ignore[arg-type]
    return Timing(Rhythm.OWN, cron=cron)


def format_timing(timing: Timing) -> str:
    """The cron rule of what a person chose; the inverse of `parse_timing`.

    >>> format_timing(Timing(Rhythm.WEEKLY, weekday=1, hour=6, minute=30))
    '30 6 * * 1'
    """
    at = f"{timing.minute} {timing.hour}"
    return {
        Rhythm.MINUTES: f"*/{timing.every} * * * *",
        Rhythm.HOURLY: f"{timing.minute} * * * *",
        Rhythm.DAILY: f"{at} * * *",
        Rhythm.WEEKLY: f"{at} * * {timing.weekday}",
        Rhythm.MONTHLY: f"{at} {timing.day} * *",
        Rhythm.OWN: timing.cron,
    }[timing.rhythm]


def describe_cron(cron: str) -> Phrase:
    """A rule in words, for the catalogue.

    >>> describe_cron("0 6 * * *").template
    'Every day at {time} UTC'
    """
    timing = parse_timing(cron)
    time = f"{timing.hour:02d}:{timing.minute:02d}"
    if timing.rhythm is Rhythm.MINUTES:
        return Phrase(mark("Every minute")) if timing.every == 1 else Phrase(mark("Every {every} minutes"), {"every": timing.every})
    if timing.rhythm is Rhythm.HOURLY:
        return Phrase(mark("Every hour at minute {minute}"), {"minute": timing.minute})
    if timing.rhythm is Rhythm.DAILY:
        return Phrase(mark("Every day at {time} UTC"), {"time": time})
    if timing.rhythm is Rhythm.WEEKLY:
        return Phrase(mark("Every {weekday} at {time} UTC"), {"time": time}, {"weekday": weekday_name(timing.weekday)})
    if timing.rhythm is Rhythm.MONTHLY:
        return Phrase(mark("On day {day} of each month at {time} UTC"), {"day": timing.day, "time": time})
    return Phrase(mark("By the rule {cron} (UTC)"), {"cron": cron})


def weekday_name(weekday: int) -> str:
    """English name of a weekday, 0 is Sunday; a key of the catalogue."""
    return WEEKDAY_NAMES[weekday % 7]
