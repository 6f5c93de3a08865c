"""The mapping screen: a file nobody reads, what its columns are, how it would land, and keeping it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import streamlit as st

from analytics_core.errors import TokentallyError
from analytics_core.export.sheet import Cell, Column, Sheet
from analytics_core.ingest import apart, quarantine
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.inspection import Inspection
from analytics_core.ingest.reasons import EFFECTS, reason_of
from analytics_core.ingest.sources import mapping
from analytics_core.ingest.sources.draft import FIELDS, Draft
from analytics_core.ingest.trial import Trial
from analytics_core.ingest.verdict import LANDED
from analytics_core.semantics.format import UNKNOWN, cell, moment_text, text
from analytics_core.semantics.unit import Unit
from analytics_core.store.manifest import Input
from analytics_core.store.view import View
from analytics_core.ui import deeds, login, state
from analytics_core.ui.escape import md_escape
from analytics_core.ui.intake import work
from analytics_core.ui.intake.frame import frame, table
from analytics_core.ui.intake.mapping_form import Form
from analytics_core.ui.intake.quarantined import MAP, open_map

_KINDS = {"csv": "CSV", "jsonl": "JSON lines", "json": "JSON", "parquet": "Parquet"}
AT_ONCE = 32 << 20  # bytes up to which every change is tried by itself
_LIVE = state.of_panel("data.map", "live")


@dataclass(frozen=True, slots=True)
class _Tried:
    """What came of a mapping (the text of its file): a trial, or why there is none."""

    mapping: str
    trial: Trial | None
    mistake: str = ""


def mapped(view: View) -> Input | None:
    """The file that is being mapped; None when none is, or not by this reader."""
    entry = view.store.manifest.input(state.own(MAP))
    if entry is None or not login.administers():
        return None
    waiting = quarantine.refusal(Folders(view.store.data), entry.file_id).file is not None
    return entry if waiting and entry.verdict != LANDED else None


def draw(view: View, entry: Input) -> None:
    """The whole screen for one file in quarantine."""
    st.button(
        "All files", key="data.map.back", icon=":material/arrow_back:", type="tertiary",
        on_click=open_map, args=("",),
    )  # fmt: skip
    path = quarantine.refusal(Folders(view.store.data), entry.file_id).file
    assert path is not None
    drafted = _drafted(view, entry, path)
    if drafted is None:  # it cannot be looked into, which the frame says
        return
    form, draft = drafted
    tried = _trial(view, form, path, draft)
    with frame("keep", "Keep it"):
        _keep(view, entry, path, draft, tried)


def _drafted(view: View, entry: Input, path: Path) -> tuple[Form, Draft] | None:
    with frame("map", f"Map {md_escape(entry.name)}", _NOTE):
        found = _inspected(view, entry, path)
        st.caption(md_escape(_about(found)))
        _columns(found)
        form = Form(entry.file_id, found)
        form.seed()
        return form, form.draw()
    return None


def _trial(view: View, form: Form, path: Path, draft: Draft) -> _Tried | None:
    with frame("trial", "How it would land"):
        tried = _tried(view, form, path, draft)
        if tried is not None:
            _result(view, tried)
        return tried
    return None


_NOTE = (
    "Say once which column is what; every file of its kind is then taken in by itself. What is "
    "chosen already is a guess. Prompts and answers are never read."
)


def _inspected(view: View, entry: Input, path: Path) -> Inspection:
    """What the file holds; looked up once per tab."""
    key = state.of_panel("data.map", f"{entry.file_id}.found")
    if key not in st.session_state:
        with st.spinner("Looking into the file …", show_time=True):
            st.session_state[key] = apart.inspect(
                path, entry.name, Folders(view.store.data), view.store.settings
            )
    return st.session_state[key]


def _about(found: Inspection) -> str:
    size = f"{found.bytes / 1e6:,.1f} MB" if found.bytes >= 1e5 else f"{found.bytes:,} bytes"
    return f"{_KINDS.get(found.kind, found.kind)}, {size}. {found.problem}"


def _columns(found: Inspection) -> None:
    rows: list[tuple[Cell, ...]] = [
        (c.name, c.type, text(c.empty, Unit.RATIO), "  ·  ".join(c.samples)) for c in found.columns
    ]
    columns = (Column("Column"), Column("Holds"), Column("Empty"), Column("Samples"))
    with st.expander(f"Its {len(rows):,} columns, with samples", expanded=len(rows) <= 12):
        table(Sheet(columns, tuple(rows)), "UTC", state.of_panel("data.map", "columns"))


def _tried(view: View, form: Form, path: Path, draft: Draft) -> _Tried | None:
    """The trial of exactly this draft: made now when it is live or asked for, else None."""
    if draft.lacks:
        st.info(draft.lacks)
        return None
    key = form.key("tried")
    last: _Tried | None = st.session_state.get(key)
    st.session_state.setdefault(_LIVE, True)
    live = form.found.bytes <= AT_ONCE and st.toggle(
        "Try every change by itself", key=_LIVE, persist_state="session"
    )
    asked = not live and st.button("Try it", key=form.key("try"), icon=":material/play_arrow:")
    if last is not None and last.mapping == draft.text:
        return last
    if not live and not asked:
        st.info("Not tried yet with these choices.")
        return None
    with st.spinner("Reading the file by this mapping …", show_time=True):
        st.session_state[key] = _attempt(view, path, form.found.name, draft.text)
    return st.session_state[key]


def _attempt(view: View, path: Path, name: str, text_of_file: str) -> _Tried:
    folders, settings = Folders(view.store.data), view.store.settings
    try:
        found = apart.attempt(path, name, text_of_file, folders, settings, datetime.now(UTC))
    except TokentallyError as mistake:
        return _Tried(text_of_file, None, str(mistake))
    return _Tried(text_of_file, found)


def _result(view: View, tried: _Tried) -> None:
    found = tried.trial
    if found is None:
        st.error(md_escape(tried.mistake))
        return
    if found.problem:
        st.error(md_escape(found.problem))
    else:
        st.success(md_escape(_counts(found)), icon=":material/check_circle:")
        zone = view.filters.period.calendar.zone
        st.markdown(" · ".join(md_escape(fact) for fact in _sums(found, zone)))
    _reasons(found)
    if found.rows:
        zone = view.filters.period.calendar.zone
        st.caption(f"The first {len(found.rows)} rows as they would land ({md_escape(zone)}).")
        table(_events(found), zone, state.of_panel("data.map", "rows"))


def _counts(found: Trial) -> str:
    parts = ((found.rejected, "rejected"), (found.skipped, "skipped"), (found.duplicate, "repeats"))
    others = "".join(f", {n:,} {what}" for n, what in parts if n)
    rows = "row" if found.read == 1 else "rows"
    return f"{found.read:,} {rows} read: {found.accepted:,} would land{others}."


def _sums(found: Trial, zone: str) -> list[str]:
    """To be held against what the file's own totals say."""
    first, last = (
        moment_text(datetime.fromisoformat(t).replace(tzinfo=UTC), zone) if t else UNKNOWN
        for t in (found.first, found.last)
    )
    facts = [
        f"{first} to {last} ({zone})",
        f"requests {cell(found.requests, Unit.COUNT)}",
        f"input {cell(found.input_tokens, Unit.TOKENS)}",
        f"output {cell(found.output_tokens, Unit.TOKENS)}",
        f"cost {cell(found.cost_nano, Unit.USD)}",
    ]
    return facts + ([f"{found.unpriced:,} rows without a price"] if found.unpriced else [])


def _reasons(found: Trial) -> None:
    known = [(reason_of(code), n) for code, n in found.reasons]
    first = {e.code: e for e in reversed(found.examples)}
    known += [(reason_of(code), 1) for code in first if code not in dict(found.reasons)]
    if not known:
        return
    rows: list[tuple[Cell, ...]] = [
        (r.words, EFFECTS[r.effect], n, first[r.code].row if r.code in first else None,
         first[r.code].value if r.code in first else None)
        for r, n in sorted(known, key=lambda e: (-e[1], e[0].code))
    ]  # fmt: skip
    columns = (
        Column("What was found"), Column("Effect"), Column("Rows", Unit.COUNT),
        Column("First in row", Unit.COUNT), Column("Its value"),
    )  # fmt: skip
    table(Sheet(columns, tuple(rows)), "UTC", state.of_panel("data.map", "reasons"))


def _events(found: Trial) -> Sheet:
    units = {"cost_nano": Unit.USD, "latency_ms": Unit.MILLISECONDS, "ttft_ms": Unit.MILLISECONDS}
    columns: list[Column] = []
    cells: list[list[Cell]] = []
    for at, name in enumerate(found.columns):
        values = [row[at] for row in found.rows]
        counted = Unit.COUNT if _numbers(values) else None
        label = FIELDS[name].label if name in FIELDS else _heading(name)
        columns.append(Column(label, units.get(name, counted)))
        cells.append([_moment(v) for v in values] if name.endswith("_at") else values)
    return Sheet(tuple(columns), tuple(zip(*cells, strict=True)))


def _heading(name: str) -> str:
    return name.removesuffix("_nano").replace("_", " ").capitalize()


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said).replace(tzinfo=UTC) if said else None


def _numbers(values: Sequence[Any]) -> bool:
    known = [v for v in values if v is not None]
    return all(isinstance(v, int) and not isinstance(v, bool) for v in known)


def _keep(view: View, entry: Input, path: Path, draft: Draft, tried: _Tried | None) -> None:
    """Saves the mapping and takes the file in, once a trial of exactly it has gone well."""
    good = tried is not None and tried.trial is not None and not tried.trial.problem
    st.caption(
        f"It becomes {md_escape(f'data/settings/sources/{draft.name}.yaml')}, which you may edit: "
        "docs/sources.md has the whole language, with more than these boxes offer."
    )
    with st.expander("The file"):
        st.code(draft.text, language="yaml", wrap_lines=True)
    if st.button(
        "Save and take the file in",
        key="data.map.save",
        type="primary",
        icon=":material/save:",
        disabled=not good,
        help=None if good else "First a trial of these choices must go well.",
    ):
        _save(view, entry, path, draft.text)


def _save(view: View, entry: Input, path: Path, text_of_file: str) -> None:
    if not work.permitted():
        st.rerun()
    kept = mapping.save(view.store.settings.folder, text_of_file)
    deeds.note("mapping", kept.name)
    work.say(f"Kept as {kept.name}.", good=True)
    done = work.ingest(view, [str(path.resolve())], "Taking it in …", entry.name)
    if any(result.verdict == LANDED for result in done):
        open_map("")
        st.session_state[state.of_own("file")] = entry.file_id
    st.rerun()
