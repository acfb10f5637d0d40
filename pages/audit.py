"""The audit trail: who did what, when; and whether anybody tampered with it."""

import json
from datetime import UTC, datetime, time, timedelta

import streamlit as st

from app.ui import session, states
from app.ui.chips import chip_html, state_chip
from app.ui.dialogs import dialog
from app.ui.page import facts, finding, given, note, open_page, section, t, w
from app.ui.rows import Column, Main, Row, show_rows
from app.ui.things import event_subjects
from core.identity import trail
from core.identity.wording import AREAS, VIA, action_name
from core.store.audit import AuditRecord

STEP = 50
DAYS = (1, 7, 30, 0)


@dialog(t("Event"), position="right")
def open_event(record: AuditRecord, about: str) -> None:
    event, words = record.event, w()
    section(t(action_name(event.action)), about)
    facts([
        (t("Who"), event.actor_name), (t("How"), t(VIA.get(event.via, event.via))), (t("When"), words.datetime(record.at)),
        (t("What"), event.action), (t("Thing"), f"{event.target_kind} {event.target_id}"), (t("Event number"), words.number(record.seq)),
    ])  # fmt: skip
    if event.details:
        st.code(json.dumps(dict(event.details), ensure_ascii=False, indent=2), language="json", wrap_lines=True)
    note(t("Hash {hash}, after {before}", hash=record.hash[:16], before=record.prev_hash[:16]))


def choose() -> dict[str, object]:
    """The filters, kept in the address."""
    ws, me = session.workspace(), session.principal()
    people = dict(trail.list_actors(ws, me))
    left, middle, right = st.columns(3, gap="small")
    who = left.selectbox(t("Who"), ["", *people], key="audit-who", format_func=lambda key: given(people.get(key, t("Everybody"))))
    area = middle.selectbox(t("What"), ["", *AREAS], key="audit-area", format_func=lambda key: t(AREAS[key]) if key else t("Everything"))
    names = {1: t("Today"), 7: t("Last 7 days"), 30: t("Last 30 days"), 0: t("All time")}
    days = right.selectbox(t("When"), DAYS, index=2, key="audit-days", format_func=names.__getitem__)
    today = datetime.combine(ws.clock().astimezone(UTC), time(), UTC)
    return {"actor_id": who or None, "action": area or None, "since": today - timedelta(days=days - 1) if days else None}


def main() -> None:
    ws, me, words = session.workspace(), session.principal(), w()
    verdict = trail.verify_audit(ws, me)
    whole = verdict.broken_seq is None
    with open_page(t("Audit trail")):
        st.html(chip_html(state_chip(t("Chain verified"), "green") if whole else state_chip(t("Chain broken"), "red")), width="content")
    if whole:
        count = words.number(verdict.events)
        finding(
            t("{count} events, none of them changed", count=count),
            t("Each event carries the hash of the one before; all were recomputed just now."),
        )
    else:
        finding(
            t("The trail was changed at event {seq}", seq=verdict.broken_seq),
            t("What stands before it still holds. Compare with a backup, and find out who could write to the store's file."),
        )
    filters = choose()
    shown = int(session.query("shown", str(STEP))) if session.query("shown", str(STEP)).isdigit() else STEP
    found = trail.list_audit(ws, me, limit=min(shown, 500) + 1, **filters)  # type: ignore[arg-type]
    if not found:
        states.empty(t("Nothing happened"), t("No event fits these filters."))
        return
    columns = [Column(t("What"), "main"), Column(t("Who"), "text", "second"), Column(t("How"), "text"), Column(t("When"), "muted", "hide")]
    about = event_subjects(found[:shown])
    rows = [
        Row(r.id, (Main(t(action_name(r.event.action)), about[r.id]), t("{name}, {ago}", name=r.event.actor_name, ago=words.ago(r.at, ws.clock())), t(VIA.get(r.event.via, r.event.via)), words.datetime(r.at)))
        for r in found[:shown]
    ]  # fmt: skip
    opened = show_rows(columns, rows, key="audit", label=t("Audit trail"))
    if len(found) > shown and st.button(t("Show more"), key="audit-more"):
        session.set_query("shown", str(shown + STEP))
        st.rerun()
    if opened:
        open_event(next(r for r in found if r.id == opened), about[opened])


main()
