"""The page of backups."""

from __future__ import annotations

from core.identity import Role
from core.store.backup import list_backups
from tests.pages.conftest import texts
from tests.pages.people import add


def test_a_backup_is_taken_and_shown(ws, open_page):
    boss = add(ws, "boss", Role.ADMIN)
    page = open_page("backups", boss)
    assert not page.exception
    assert "There is no backup" in texts(page)
    page.button(key="k-backup-button").click().run()
    assert not page.exception
    assert len(list_backups(ws, boss)) == 1
    assert "The last backup is from" in texts(page)
    assert "The audit trail of 2 events is whole." in texts(page)
    assert "監査証跡（2件）は改変されていません。" in texts(open_page("backups", boss, language="ja"))


def test_others_do_not_see_it(ws, open_page):
    assert "see this page" in texts(open_page("backups", add(ws, "mori", Role.SCIENTIST)))
