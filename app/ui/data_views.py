"""What the pages of data draw: tiles of columns, the target's balance, the form of roles, bringing a file in."""

from __future__ import annotations

import streamlit as st

from app.ui import session, states
from app.ui.charts import category_bars, show_chart
from app.ui.chips import Check, show_checks
from app.ui.dialogs import dialog
from app.ui.forms import complain
from app.ui.navigation import goto
from app.ui.page import n, note, section, t, w
from app.ui.text import html, md
from core.data import samples, service, telling
from core.data.model import Column, ColumnRoles, DatasetVersion
from core.data.overview import Overview, list_values, suggest_target
from core.data.profile import ColumnProfile
from core.errors import KachiError
from core.identity import Permission
from core.project.model import Project, Task
from core.project.wording import spoken

TILES = 60
BAR = "light-dark(#2F6BDE,#7FA8FF)"
TRACK = "color-mix(in srgb, currentColor 10%, transparent)"


def upload_form(project_id: str, name: str = "") -> None:
    """Bring a file into a project.

    Args:
        name: of the data set that gets a new version; empty: named after the file.
    """
    dialog(t("Upload a file"), width="large")(_ask_for_file)(project_id, name)  # made anew, since its title has a language


def _ask_for_file(project_id: str, name: str) -> None:
    st.markdown(t("CSV (any usual encoding and separator) or Parquet, with the column names in the first line."))
    most_mb = session.workspace().settings.upload_max_mb
    file = st.file_uploader(t("File"), type=["csv", "tsv", "txt", "parquet"], key="data-file", max_upload_size=most_mb)
    called = st.text_input(t("Name of the data set"), name, max_chars=120, key="data-name", placeholder=t("The file's name"))
    with st.expander(t("Cells that mean “missing”"), type="compact"):
        said = st.text_input(
            t("Words, separated by commas"), key="data-markers", max_chars=400, placeholder="NA, N/A, -",
            help=t("Empty cells always count as missing. A word such as None may be a category, so say here if it isn't."),
        )  # fmt: skip
    if not st.button(t("Bring it in"), type="primary", key="data-bring", disabled=file is None) or file is None:
        return
    markers = tuple(said.split(",")) if said.strip() else ()
    try:
        with st.spinner(t("Reading and profiling …")):
            version = service.upload_dataset(
                session.workspace(), session.principal(), project_id, file.name, file, name=called.strip() or None, markers=markers
            )
    except KachiError as error:
        states.error(error, kept=t("Nothing of this file was kept."))
        return
    tell_arrival(version)


def tell_arrival(version: DatasetVersion) -> None:
    """Say what arrived, and show it."""
    session.flash(t("{name}, version {version}: {rows} rows.", name=version.name, version=version.number, rows=w().number(version.rows)))
    session.select_project(version.project_id)
    goto("dataset", version=version.id, project=version.project_id)


def sample_form(key: str, project: Project | None) -> None:
    """Read a sample's datasheet and bring it in.

    Args:
        project: where it goes; None: into the project that it suggests.
    """
    dialog(t("Sample data"), width="large")(_ask_for_sample)(key, project)


def _ask_for_sample(key: str, project: Project | None) -> None:
    sample, words = samples.get_sample(key), w()
    spec = sample.project_in(words.language)
    st.markdown(sample.datasheet)
    where = project.name if project else spec.name
    st.markdown(md(t("It goes into the project “{name}”, with its columns declared.", name=where)))
    other = project is not None and project.task is not sample.project.task
    if other:
        complain(t("This sample asks another kind of question than the project. Start it from the page Data without a project."))
    refused = states.refused_because(Permission.EDIT_DATA)
    if not st.button(t("Use this sample"), type="primary", key="sample-use", disabled=bool(refused) or other, help=refused):
        return
    ws, me = session.workspace(), session.principal()
    try:
        if project is None:
            version = samples.start_sample_project(ws, me, key, words.language)
        else:
            version = samples.import_sample(ws, me, project.id, key)
    except KachiError as error:
        states.error(error)
        return
    tell_arrival(version)


def show_findings(seen: Overview) -> None:
    """What was found in the version."""
    section(t("What to know before training"))
    show_checks(w(), [Check(result, name, evidence) for result, name, evidence in telling.statements(w(), seen)])  # type: ignore[arg-type]


def show_target(project: Project, seen: Overview) -> None:
    """How the target's values are shared out."""
    if seen.roles is None or not seen.values:
        return
    words, rows = w(), seen.version.rows
    shown = [(value, count / rows) for value, count in seen.values[:12]]
    title = telling.balance(words, project, seen)
    figures = {
        t("Value"): [value for value, _ in seen.values],
        t("Rows"): [words.number(count) for _, count in seen.values],
    }
    chart = category_bars(words, shown, write=lambda share: words.percent(share, 1))
    show_chart(chart, title, t("Share of rows by '{name}'", name=seen.roles.target), figures, title, key="target")


def roles_form(project: Project, version: DatasetVersion) -> ColumnRoles | None:
    """Ask what each column is for; None while the answer can't be used."""
    old, names = version.roles, [c.name for c in version.columns]
    first = old.target if old else suggest_target(version)
    key = version.id
    target = st.selectbox(telling.task_question(w(), project.task), names, index=names.index(first), key=f"target-{key}")
    positive = _positive_field(project, version, target)
    others = [name for name in names if name != target]
    left, right = st.columns(2, gap="small")
    with left:
        id_column = _optional(t("Id (tells cases apart)"), others, old.id_column if old else None, f"id-{key}")
    with right:
        time_column = _optional(t("Time (when a case was known)"), others, old.time_column if old else None, f"time-{key}")
    free = [name for name in others if name not in (id_column, time_column)]
    leave = [name for name in (old.leave_out if old else ()) if name in free]
    left_out = st.multiselect(
        t("Leave out"), free, leave, key=f"leave-{key}", placeholder=t("None"), help=t("Columns that are known only after the decision.")
    )
    try:
        return ColumnRoles(target, positive, id_column, time_column, tuple(left_out))
    except KachiError as error:
        states.error(error)
        return None


def _positive_field(project: Project, version: DatasetVersion, target: str) -> str | None:
    if project.task is not Task.BINARY:
        return None
    values = [value for value, _ in list_values(session.workspace(), session.principal(), version.id, target)]
    likely = version.roles.positive if version.roles and version.roles.positive in values else (values[-1] if values else None)
    label = t("Which value says that one {outcome}?", outcome=spoken(w(), project.nouns).outcome)
    index = values.index(likely) if likely is not None else None
    return st.selectbox(md(label), values, index=index, key=f"positive-{version.id}-{target}")


def _optional(label: str, names: list[str], chosen: str | None, key: str) -> str | None:
    index = names.index(chosen) if chosen in names else None
    return st.selectbox(label, names, index=index, key=key, placeholder=t("None"))


def show_columns(seen: Overview) -> None:
    """Every column as a tile with a small chart; many columns are searched by name."""
    section(t("Every column"), t("Bars count rows; below them the least, the middle and the greatest value."))
    columns = list(seen.version.columns)
    if len(columns) > TILES:
        asked = st.text_input(t("Find a column"), key="column-search").strip().casefold()
        columns = [c for c in columns if asked in c.name.casefold()]
    shown = columns[:TILES]
    tiles = "".join(_tile(seen, column) for column in shown)
    style = "display:grid;grid-template-columns:repeat(auto-fill,minmax(min(240px,100%),1fr));gap:12px;padding:0;margin:0;list-style:none"
    st.html(f'<ul style="{style}">{tiles}</ul>')
    if len(columns) > len(shown):
        note(n("{n} more column; search for it by name.", "{n} more columns; search for them by name.", len(columns) - len(shown)))


def _tile(seen: Overview, column: Column) -> str:
    profile, words = seen.profile.column(column.name), w()
    role = telling.role_of(words, column, seen.roles)
    chip = f'<span class="k-chip k-blue">{html(role)}</span>' if role else ""
    leak = next((found for found in seen.leaks if found.column == column.name), None)
    if leak is not None:
        chip = f'<span class="k-chip k-orange">▲ {html(t("Leak?"))}</span>'
    head = (
        '<div style="display:flex;justify-content:space-between;gap:8px;align-items:baseline">'
        f'<strong style="overflow-wrap:anywhere;font-weight:600">{html(column.name)}</strong>{chip}</div>'
        f'<div class="k-note" style="margin:0">{html(telling.facts_of(words, column, seen.version.rows))}</div>'
    )
    body = "" if profile is None else _bars(profile) if profile.counts else _tops(profile, seen.profile.sampled)
    frame = "border:1px solid color-mix(in srgb, currentColor 13%, transparent);border-radius:8px;padding:10px 12px;min-width:0;margin:0"
    return f'<li style="{frame}">{head}{body}</li>'


def _bars(profile: ColumnProfile) -> str:
    top = max(profile.counts)
    bars = "".join(f'<span style="flex:1;height:{_height(count, top)};background:{BAR}"></span>' for count in profile.counts)
    low, mid, high = telling.spread(w(), profile)
    said = t("from {low} to {high}, half of them below {mid}", low=low, mid=mid, high=high)
    ends = f"<span>{html(low)}</span><span>{html(mid)}</span><span>{html(high)}</span>"
    return (
        f'<div role="img" aria-label="{html(said)}" style="display:flex;align-items:flex-end;gap:1px;height:56px;margin-top:8px">{bars}</div>'
        f'<div class="k-note" style="display:flex;justify-content:space-between;margin:2px 0 0">{ends}</div>'
    )


def _height(count: int, top: int) -> str:
    return f"{max(100 * count / top, 1.5):.1f}%" if count else "0"


def _tops(profile: ColumnProfile, rows: int) -> str:
    lines = []
    for value, count in profile.top[:3]:
        share = 100 * count / max(1, rows)
        back = f"linear-gradient(to right,{TRACK} {share:.1f}%,transparent {share:.1f}%)"
        clip = "overflow:hidden;text-overflow:ellipsis;white-space:nowrap"
        said = w().percent(count / max(1, rows)) if count > 1 else ""
        lines.append(
            f'<div style="display:flex;justify-content:space-between;gap:8px;padding:1px 6px;margin-top:3px;border-radius:4px;background:{back};'
            f'font-size:.8125rem"><span style="{clip}">{html(value)}</span><span>{html(said)}</span></div>'
        )
    return f'<div style="margin-top:6px">{"".join(lines)}</div>'
