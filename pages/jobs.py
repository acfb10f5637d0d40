"""Jobs: what works in the background, what waits, and how it ended."""

from typing import cast

import streamlit as st

from app.ui import session, states
from app.ui.chips import Chip, Tone, state_chip
from app.ui.forms import confirm
from app.ui.navigation import goto
from app.ui.page import facts, finding, gap, n, note, open_page, section, t, w
from app.ui.rows import Column, Main, Row, show_rows
from app.ui.things import job_subjects
from core.errors import KachiError, NotFound
from core.jobs.model import Job
from core.jobs.protocol import JobState
from core.jobs.wording import JOB_STATES, kind_name
from core.words import error_text


def chip(job: Job) -> Chip:
    text, tone = JOB_STATES[job.state]
    return state_chip(t(text), cast("Tone", tone))


def lasted(job: Job) -> str:
    if job.started_at is None:
        return "–"
    return w().duration(((job.ended_at or session.workspace().clock()) - job.started_at).total_seconds())


def name(job: Job) -> str:
    return t(kind_name(job.kind))


def ask_stop(job: Job) -> None:
    def do(_: str) -> None:
        session.workspace().jobs.cancel(session.principal(), job.id)
        session.flash(t("The job is being stopped."))

    confirm(t("Stop this job?"), t("It ends within five seconds. What it has computed so far is lost."), do, button=t("Stop"))


def show_job(job: Job) -> None:
    words = w()
    finding(name(job), job_subjects([job])[job.id], chip=chip(job))
    facts([
        (t("Requested"), words.datetime(job.requested_at)), (t("Duration"), lasted(job)),
        (t("Time limit"), words.duration(job.time_limit_s)), (t("Memory limit"), words.bytes(job.memory_mb * 1024**2)), (t("Job ID"), job.id),
    ])  # fmt: skip
    if job.error.get("template"):
        states.error(KachiError(job.error["template"], **job.error.get("fields", {})))
    if not job.state.final and st.button(t("Stop"), key="job-stop"):
        ask_stop(job)
    gap()
    with st.container(key="k-live"):
        (show_log if job.state.final else st.fragment(show_log, run_every=2.0))(job.id)


def show_log(job_id: str) -> None:
    section(t("Log"))
    if log := session.workspace().jobs.log(session.principal(), job_id):
        st.code(log, language=None, height=360, wrap_lines=True)
    else:
        note(t("It has printed nothing."))


@st.fragment(run_every=2.0)
def show_jobs() -> None:
    ws, me, words = session.workspace(), session.principal(), w()
    found = ws.jobs.list(me, limit=100)
    running = [job for job in found if job.state is JobState.RUNNING]
    waiting = [job for job in found if job.state is JobState.QUEUED]
    text = n("{n} job is running", "{n} jobs are running", len(running)) if running else t("Nothing is running")
    most = n("At most {n} job runs at the same time.", "At most {n} jobs run at the same time.", ws.settings.job_concurrency)
    finding(text, w().together(n("{n} waits.", "{n} wait.", len(waiting)) if waiting else "", most))
    if not found:
        states.empty(t("No jobs yet"), t("Training, retraining and checks show up here while they work, and stay with their log."))
        return
    columns = [
        Column(t("Job"), "main"),
        Column(t("State"), "chip", "figure"),
        Column(t("Duration"), "muted"),
        Column(t("Requested"), "muted", "end"),
    ]
    of = job_subjects(found)
    rows = [
        Row(j.id, (Main(name(j), told(j, of[j.id])), chip(j), lasted(j), words.ago(j.requested_at, ws.clock())))
        for j in found
    ]  # fmt: skip
    if opened := show_rows(columns, rows, key="jobs", label=t("Jobs")):
        goto("jobs", job=opened)


def told(job: Job, of: str) -> str:
    if not job.error.get("template"):
        return of
    return t("{of}: {error}", of=of, error=error_text(w(), KachiError(job.error["template"], **job.error.get("fields", {}))))


def main() -> None:
    key = session.query("job")
    try:
        job = session.workspace().jobs.get(key) if key else None
    except NotFound:
        states.not_found(t("job"), t("The list of jobs shows what there is."), t("All jobs"), "jobs")
        return
    with open_page(t("Jobs"), *([name(job)] if job else [])):
        if job and st.button(t("All jobs"), type="tertiary", key="jobs-all"):
            goto("jobs")
    if job is None:
        with st.container(key="k-live"):
            show_jobs()
        return
    show_job(job)


main()
