"""The page of jobs."""

from __future__ import annotations

import pytest

from core.identity import Role
from core.jobs.model import JobKind, JobRequest
from core.jobs.protocol import JobResult, JobState
from tests.pages.conftest import rows_of, texts
from tests.pages.people import add, press


@pytest.fixture
def job(ws):
    mori = add(ws, "mori", Role.SCIENTIST)
    ws.jobs.register(JobKind("training", "core.jobs.probe:run"))
    key = ws.store.write(lambda tx: ws.jobs.submit(tx, mori, JobRequest("training", {"steps": []}, "run", "r1")))
    return mori, key


def test_a_job_says_what_it_works_for_by_name(ws, open_page, job):
    mori, _ = job
    event = mori.event("run.start", "run", "r1", details={"number": 4, "name": "Spring"})
    ws.store.write(lambda tx: tx.audit(event))
    page = open_page("jobs", mori)
    assert "Run 4: Spring" in rows_of(page)
    assert "学習4：Spring" in rows_of(open_page("jobs", mori, language="ja"))


def test_nothing_runs_at_first(ws, open_page):
    page = open_page("jobs", add(ws, "mori", Role.SCIENTIST))
    assert not page.exception
    assert "Nothing is running" in texts(page)
    assert "No jobs yet" in texts(page)


def test_a_waiting_job_is_counted_opened_and_stopped(ws, open_page, job):
    mori, key = job
    assert "1 waits." in texts(open_page("jobs", mori))
    page = open_page("jobs", mori, job=key)
    assert not page.exception
    assert "Training" in texts(page)
    press(page, "job-stop")
    press(page, "job-stop", "k-confirm-go")
    assert not page.exception
    assert ws.jobs.get(key).state is JobState.CANCELLED


def test_a_failed_job_says_why_in_the_readers_language(ws, open_page, job):
    mori, key = job
    error = {
        "code": "lost",
        "template": "The job's process ended while the portal was down, and left no result. Start it again.",
        "fields": {},
    }
    ws.jobs._supervisor._record(ws.jobs.get(key), JobResult(JobState.LOST, {}, error), None)
    page = open_page("jobs", mori, language="ja", job=key)
    assert "ポータルの停止中に" in page.error[0].value


def test_an_unknown_job_and_a_viewer(ws, open_page, viewer):
    assert "There is no such job" in texts(open_page("jobs", add(ws, "mori", Role.SCIENTIST), job="nothing"))
    assert "see this page" in texts(open_page("jobs", viewer))
