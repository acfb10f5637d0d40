"""The page of schedules."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from app.ui import session
from core.identity import Role
from core.jobs.schedules import ScheduleKind
from tests.pages.conftest import rows_of, texts
from tests.pages.people import add


def test_nothing_runs_by_itself_at_first(ws, open_page):
    page = open_page("schedules", add(ws, "mori", Role.SCIENTIST))
    assert not page.exception
    assert "Nothing runs by itself" in texts(page)


def test_what_runs_by_itself_is_counted(ws, open_page):
    mori = add(ws, "mori", Role.SCIENTIST)
    open_page("schedules", mori)
    schedules = session.portal().schedules
    schedules.register(ScheduleKind("monitoring.check", lambda _: "Nothing moved."))
    made = schedules.create(mori, "monitoring.check", "deployment", "d1", "*/5 * * * *")
    schedules.run_now(mori, made.id)
    page = open_page("schedules", mori)
    assert "1 thing runs by itself" in texts(page)
    assert "The last run of each went well." in texts(page)
    assert "1件が自動で動いています" in texts(open_page("schedules", mori, language="ja"))


def test_two_deployments_of_a_project_are_told_apart(ws, open_page, monkeypatch):
    mori = add(ws, "mori", Role.SCIENTIST)
    monkeypatch.setattr("core.monitoring.service.live_names", lambda ws, actor: {"d1": "Autumn offers", "d2": "Winter offers"})
    open_page("schedules", mori)
    schedules = session.portal().schedules
    schedules.register(ScheduleKind("monitoring.check", lambda _: "Nothing moved."))
    for deployment in ("d1", "d2"):
        schedules.create(mori, "monitoring.check", "deployment", deployment, "*/5 * * * *", project_id="p1")
    said = rows_of(open_page("schedules", mori))
    assert ("Autumn offers" in said, "Winter offers" in said) == (True, True)


def edit_cron() -> None:
    import streamlit as st

    from app.ui.timing import in_words, timing_fields

    st.markdown(in_words(timing_fields("30 6 * * 1", "cron")))


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [("en", "Every Monday at 06:30 UTC", "Every day at 07:30 UTC"), ("ja", "毎週月曜日06:30（UTC）", "毎日07:30（UTC）")],
)
def test_a_rule_is_chosen_in_words(ws, language, before, after, scientist):
    from types import SimpleNamespace

    session.use_for_tests(SimpleNamespace(ws=ws), scientist, language)
    try:
        page = AppTest.from_function(edit_cron).run()
        assert page.markdown[0].value == before
        page.selectbox(key="cron-rhythm").select_index(2).run()
        page.number_input(key="cron-hour").set_value(7).run()
        assert page.markdown[0].value == after
    finally:
        session.end_use_for_tests()
