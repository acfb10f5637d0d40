"""The page of the audit trail."""

from __future__ import annotations

from core.identity import Role
from tests.pages.conftest import rows_of, texts
from tests.pages.people import add


def test_a_whole_chain_is_said_so_and_filters_narrow(ws, open_page):
    boss = add(ws, "boss", Role.ADMIN)
    add(ws, "mori", Role.SCIENTIST)
    page = open_page("audit", boss)
    assert not page.exception
    assert "2 events, none of them changed" in texts(page)
    assert "Chain verified" in texts(page)
    page.selectbox(key="audit-area").select("approval.").run()
    assert "No event fits these filters." in texts(page)
    page.selectbox(key="audit-area").select("user.").run()
    assert "No event fits these filters." not in texts(page)


def test_events_speak_of_things_by_name(ws, open_page):
    boss = add(ws, "boss", Role.ADMIN)
    key = "0198c0de-0000-7000-8000-000000000001"
    details = {"model": "Churn", "number": 2}
    ws.store.write(lambda tx: tx.audit(boss.event("model_version.register", "model_version", key, details=details)))
    page = open_page("audit", boss)
    assert '"Registered a version", "sub": "Churn v2"' in rows_of(page)


def test_a_changed_event_is_found(ws, open_page):
    boss = add(ws, "boss", Role.ADMIN)
    ws.store.write(lambda tx: tx.execute("UPDATE audit_events SET details = '{}' WHERE seq = 1"))
    page = open_page("audit", boss)
    assert "The trail was changed at event 1" in texts(page)
    assert "1番の記録で証跡が改変されています" in texts(open_page("audit", boss, language="ja"))


def test_only_who_may_read_it_reads_it(ws, open_page):
    page = open_page("audit", add(ws, "mori", Role.SCIENTIST))
    assert "see this page" in texts(page)
