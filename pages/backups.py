"""Backups, and the portal's health."""

import streamlit as st

from app.ui import session, states
from app.ui.chips import Check, CheckResult, show_checks
from app.ui.dialogs import dialog
from app.ui.page import finding, gap, n, note, open_page, section, t, w
from app.ui.rows import Column, Main, Row, show_rows
from core.errors import KachiError
from core.store import backup, doctor
from core.words import mark

RESULTS: dict[doctor.Health, CheckResult] = {doctor.Health.OK: "pass", doctor.Health.WARN: "warn", doctor.Health.FAIL: "fail"}
HEALTH_HEIGHT = 420
CHECKS = {
    "store": mark("Store"),
    "audit": mark("Audit trail"),
    "artifacts": mark("Artifacts"),
    "disk": mark("Disk"),
    "spool": mark("Spool"),
    "keys": mark("Signing key"),
    "gateway": mark("Gateway"),
    "pdf": mark("PDF reports"),
}


def take() -> None:
    try:
        with st.spinner(t("Taking a backup; the portal goes on working.")):
            made = backup.make_backup(session.workspace(), session.principal())
    except KachiError as error:
        states.error(error)
        return
    session.flash(t("The backup {name} is done.", name=made.name))
    st.rerun()


@dialog(t("Backup"), position="right")
def open_backup(found: backup.Backup) -> None:
    section(found.name)
    note(t("SHA-256 {hash}", hash=found.sha256))
    st.markdown(t("It holds everything, the signing key too: keep it where only administrators can read."))
    st.link_button(t("Download"), f"/api/v1/backups/{found.id}/download", type="primary", icon=":material/download:")
    section(t("To restore it"), t("Into an empty folder, on this machine or another one:"))
    st.code(f"KACHI_HOME=/path/to/new/home kachi restore {found.name}", language="bash", wrap_lines=True)


def show_health() -> None:
    checks = doctor.examine(session.workspace(), session.principal())
    bad = [check for check in checks if check.health is not doctor.Health.OK]
    title = n("{n} check needs a look", "{n} checks need a look", len(bad)) if bad else t("Everything is in order")
    section(title, t("Checked just now; a sample of the artifacts was read again."))
    show_checks(w(), [Check(RESULTS[c.health], t(CHECKS.get(c.name, c.name)), t(c.template, **c.fields)) for c in checks])


def main() -> None:
    ws, words = session.workspace(), w()
    found = backup.list_backups(ws, session.principal())
    with open_page(t("Backups")):
        if found and st.button(t("Take a backup"), type="primary", key="backup-take"):
            take()
    if found:
        last = words.ago(found[0].created_at, ws.clock())
        finding(
            t("The last backup is from {ago}", ago=last), t("Copy backups to another machine: on this one they are lost with its disk.")
        )
        columns = [
            Column(t("Backup"), "main"),
            Column(t("By"), "text", "second"),
            Column(t("Size"), "amount", "figure"),
            Column(t("Taken at"), "muted", "end"),
        ]
        rows = [
            Row(b.id, (Main(b.name, n("{n} file", "{n} files", b.files)), b.made_by, words.bytes(b.size_bytes), words.ago(b.created_at, ws.clock())))
            for b in found
        ]  # fmt: skip
        if opened := show_rows(columns, rows, key="backups", label=t("Backups")):
            open_backup(next(b for b in found if b.id == opened))
    else:
        finding(t("There is no backup"))
        sentence = t("A backup holds the store, data, models, keys and what waits in the spool. It is taken while the portal works.")
        if states.empty(t("Nothing is backed up"), sentence, t("Take a backup"), key="backup"):
            take()
    gap()
    with states.loading(HEALTH_HEIGHT):
        show_health()


main()
