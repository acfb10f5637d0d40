"""Schedules: what runs by itself, when, and how it went."""

from typing import cast

import streamlit as st

from app.ui import session, states
from app.ui.chips import Chip, Tone, state_chip
from app.ui.dialogs import close, dialog, slot
from app.ui.page import facts, finding, gap, n, note, open_page, section, t, w
from app.ui.rows import Column, Main, Row, show_rows
from app.ui.timing import in_words, timing_fields
from core.errors import KachiError, NotFound
from core.identity import Permission
from core.jobs.schedule_table import Outcome, Schedule
from core.jobs.wording import OUTCOMES, kind_name
from core.monitoring.service import live_names
from core.project.service import get_project
from core.registry.phrases import say_stored


def name(schedule: Schedule) -> str:
    return t(kind_name(schedule.kind))


def about(schedule: Schedule) -> str:
    named = live_names(session.workspace(), session.principal()).get(schedule.subject_id)
    if named is not None:
        return named
    try:
        return get_project(session.workspace(), session.principal(), schedule.project_id or "").name
    except NotFound:
        return schedule.subject_id


def chip(schedule: Schedule) -> Chip:
    text, tone = OUTCOMES[schedule.last_outcome]
    return state_chip(t(text), cast("Tone", tone)) if schedule.enabled else state_chip(t("Paused"), "gray")


@dialog(t("Schedule"), position="right")
def open_schedule(schedule: Schedule) -> None:
    words, me, schedules = w(), session.principal(), session.portal().schedules
    section(name(schedule))
    went = t(OUTCOMES[schedule.last_outcome][0])
    last = t("{when}: {outcome}", when=words.datetime(schedule.last_started_at), outcome=went) if schedule.last_started_at else went
    facts(
        [
            (t("For"), about(schedule)),
            (t("When"), in_words(schedule.cron)),
            (t("Next run"), words.datetime(schedule.next_at) if schedule.next_at else "–"),
            (t("Last run"), last),
        ]
    )
    if schedule.last_note:
        note(say_stored(words, schedule.last_note))
    why = states.refused_because(Permission.EDIT_SCHEDULES)
    with st.container(horizontal=True, gap="xsmall"):
        run = st.button(t("Run now"), key="schedule-run", disabled=bool(why), help=why)
        switch = st.button(t("Pause") if schedule.enabled else t("Resume"), key="schedule-switch", disabled=bool(why), help=why)
    gap()
    cron = timing_fields(schedule.cron, slot(f"cron-{schedule.id}"))
    save = st.button(t("Save"), type="primary", key="schedule-save", disabled=bool(why) or cron == schedule.cron, help=why)
    try:
        if run:
            schedules.run_now(me, schedule.id)
            session.flash(t("It runs now; its outcome shows up here."))
        elif switch:
            schedules.set_enabled(me, schedule.id, not schedule.enabled)
        elif save:
            session.flash(t("From now on: {when}.", when=in_words(schedules.edit(me, schedule.id, cron).cron)))
        else:
            return
    except KachiError as error:
        states.error(error)
        return
    close()


def main() -> None:
    words = w()
    found = session.portal().schedules.list(session.principal())
    failed = [s for s in found if s.enabled and s.last_outcome is Outcome.FAILED]
    with open_page(t("Schedules")):
        pass
    if not found:
        finding(t("Nothing runs by itself"))
        states.empty(
            t("No schedules yet"), t("A deployment brings its own: checks of what is served, and retraining where a policy says so.")
        )
        return
    if failed:
        well = n("{n} of them failed last time.", "{n} of them failed last time.", len(failed))
    elif any(s.last_outcome is not Outcome.NONE for s in found):
        well = t("The last run of each went well.")
    else:
        well = t("None of them has run so far.")
    finding(n("{n} thing runs by itself", "{n} things run by themselves", sum(s.enabled for s in found)), well)
    columns = [
        Column(t("Schedule"), "main"),
        Column(t("When"), "text", "second"),
        Column(t("Last run"), "chip", "figure"),
        Column(t("Next run"), "muted", "hide"),
    ]
    rows = [Row(s.id, (Main(name(s), about(s)), in_words(s.cron), chip(s), words.datetime(s.next_at) if s.next_at else "–")) for s in found]
    if opened := show_rows(columns, rows, key="schedules", label=t("Schedules")):
        open_schedule(next(s for s in found if s.id == opened))


main()
