"""When something runs: said in words, and chosen in words."""

import streamlit as st

from app.ui.page import t
from core.jobs.cron import Rhythm, Timing, describe_cron, format_timing, parse_timing, weekday_name
from core.jobs.wording import RHYTHMS


def in_words(cron: str) -> str:
    """A cron rule as a sentence in the reader's language."""
    phrase = describe_cron(cron)
    return t(phrase.template, **phrase.fields, **{key: t(word) for key, word in phrase.words.items()})


def timing_fields(cron: str, key: str) -> str:
    """Fields for a rule as a person says it; the cron rule itself only for who wants it.

    Args:
        cron: what stands there first.
        key: begins the keys of the fields.

    Returns:
        The cron rule of what was chosen; core checks it.
    """
    was = parse_timing(cron)
    choices = list(Rhythm)
    rhythm = st.selectbox(
        t("How often"), choices, index=choices.index(was.rhythm), format_func=lambda r: t(RHYTHMS[r]), key=f"{key}-rhythm"
    )
    every, minute, hour, weekday, day, rule = was.every, was.minute, was.hour, was.weekday, was.day, cron
    if rhythm is Rhythm.MINUTES:
        every = st.number_input(t("Minutes between two runs"), 1, 59, every, key=f"{key}-every")
    if rhythm is Rhythm.WEEKLY:
        weekday = st.selectbox(t("Weekday"), range(7), index=weekday, format_func=lambda d: t(weekday_name(d)), key=f"{key}-weekday")
    if rhythm is Rhythm.MONTHLY:
        day = st.number_input(t("Day of the month"), 1, 28, day, key=f"{key}-day")
    if rhythm in {Rhythm.DAILY, Rhythm.WEEKLY, Rhythm.MONTHLY}:
        hour = st.number_input(t("Hour (UTC)"), 0, 23, hour, key=f"{key}-hour")
    if rhythm not in {Rhythm.MINUTES, Rhythm.OWN}:
        minute = st.number_input(t("Minute"), 0, 59, minute, key=f"{key}-minute")
    if rhythm is Rhythm.OWN:
        rule = st.text_input(
            t("Cron rule (UTC)"), rule, key=f"{key}-rule", help=t("Minute, hour, day of month, month, weekday."), live=True
        )
    return format_timing(Timing(rhythm or was.rhythm, every, minute, hour, weekday, day, rule))
