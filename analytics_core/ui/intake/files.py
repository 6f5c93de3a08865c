"""The ledger of files: what was taken, what became of its rows, and taking a file out again."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

import streamlit as st

from analytics_core.export.sheet import Cell, Column, Sheet
from analytics_core.ingest import quarantine
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.reasons import EFFECTS, reason_of
from analytics_core.ingest.verdict import LANDED, REFUSALS, STATEMENT, words_of
from analytics_core.reports import ledger
from analytics_core.semantics.format import UNKNOWN, cell, date_text, days_text, moment_text, text
from analytics_core.semantics.unit import Unit
from analytics_core.semantics.zone import local
from analytics_core.store.manifest import Input
from analytics_core.store.view import View
from analytics_core.ui import deeds, login, state
from analytics_core.ui.escape import md_escape
from analytics_core.ui.intake import work
from analytics_core.ui.intake.frame import frame, table
from analytics_core.ui.intake.quarantined import quarantined

FILE = "file"  # the URL key of the file that is looked at
FORGET = "forget"
_FIND, _AT = state.of_panel("data.files", "find"), state.of_panel("data.files", "page")
_TABLE = state.of_panel("data.files", "table")
_SURE = state.of_panel("data.files", "sure")
EXAMPLES = 50


def draw(view: View) -> None:
    """What waits in quarantine, the ledger, and the file that is looked at."""
    quarantined(view)
    _ledger(view)
    entry = view.store.manifest.input(state.own(FILE))
    if entry is not None:
        _file(view, entry)


def _ledger(view: View) -> None:
    held, zone = view.store.manifest, view.filters.period.calendar.zone
    found = ledger.search(held, st.session_state.get(_FIND) or "")
    with frame("files", "Files", _NOTE, lambda: _sheet(found)):
        st.text_input(
            "Find a file",
            key=_FIND,
            placeholder="Name, source, verdict or id",
            persist_state="session",
            on_change=_first_page,
        )
        if not found:
            st.info("No file was ever taken." if not held.inputs else "No file is called so.")
            return
        shown = ledger.page(found, st.session_state.get(_AT) or 1)
        ids = [entry.file_id for entry in shown.entries]
        table(_shown(shown.entries, zone), zone, _TABLE, chosen=lambda rows: _choose(ids, rows))
        with st.container(horizontal=True, vertical_alignment="center"):
            first = (shown.number - 1) * ledger.PAGE + 1
            st.caption(f"Files {first:,}–{first + len(ids) - 1:,} of {shown.found:,}")
            if shown.pages > 1:
                st.pagination(shown.pages, key=_AT, persist_state="session")
        _choice(held.inputs, ids)


_NOTE = "Every file that was ever taken, newest first. read = accepted + rejected + skipped + duplicate."


def _first_page() -> None:
    st.session_state[_AT] = 1


def _choose(ids: Sequence[str], rows: Sequence[int]) -> None:
    st.session_state[state.of_own(FILE)] = ids[rows[0]] if rows else ""


def _choice(inputs: Sequence[Input], ids: Sequence[str]) -> None:
    """The box that says which file is looked at, for those who do not click on rows."""
    names = {entry.file_id: f"{entry.name} ({entry.file_id})" for entry in inputs}
    chosen = state.own(FILE)
    offered = ["", *ids, *([chosen] if chosen in names and chosen not in ids else [])]
    if chosen not in offered:
        st.session_state[state.of_own(FILE)] = ""
    st.selectbox(
        "Look at one file",
        offered,
        key=state.of_own(FILE),
        format_func=lambda file_id: names.get(file_id, "No file"),
    )


def _shown(entries: Sequence[Input], zone: str) -> Sheet:
    """What the page shows of the lines: verdicts and periods in words."""
    rows = tuple(
        (
            e.name, e.source, _span(e, zone), e.read, e.accepted, e.rejected, e.duplicate,
            verdict(e), _taken(e, zone),
        )
        for e in entries
    )  # fmt: skip
    count = Unit.COUNT
    return Sheet(
        (
            Column("File"), Column("Source"), Column("Period"), Column("Read", count),
            Column("Accepted", count), Column("Rejected", count), Column("Duplicate", count),
            Column("Verdict"), Column("Taken"),
        ),
        rows,
    )  # fmt: skip


def _sheet(entries: Sequence[Input]) -> Sheet:
    """The same for other programs: every column of the ledger, codes as they are."""
    counts = ("read", "accepted", "rejected", "skipped", "duplicate", "requests", "tokens")
    rows: list[tuple[Cell, ...]] = [
        (
            e.file_id, e.name, e.source, e.verdict, e.message, _instant(e.taken_at),
            *(getattr(e, name) for name in counts), e.cost_nano, e.unpriced_rows,
            _instant(e.min_started_at), _instant(e.max_started_at),
            " ".join(f"{code}={n}" for code, n in e.reasons),
        )
        for e in entries
    ]  # fmt: skip
    return Sheet(
        (
            *map(Column, ("file_id", "name", "source", "verdict", "message", "taken_at (UTC)")),
            *(Column(name, Unit.COUNT) for name in counts),
            Column("cost (USD)", Unit.USD), Column("unpriced_rows", Unit.COUNT),
            *map(Column, ("first (UTC)", "last (UTC)", "reasons")),
        ),
        tuple(rows),
    )  # fmt: skip


def verdict(entry: Input) -> str:
    """What became of the file, in a few words."""
    if entry.verdict in REFUSALS:
        return f"Quarantined: {entry.verdict.replace('_', ' ')}"
    return words_of(entry.verdict).removesuffix(".")


def _instant(said: str | None) -> datetime | None:
    if said is None:
        return None
    moment = datetime.fromisoformat(said)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _taken(entry: Input, zone: str) -> str:
    moment = _instant(entry.taken_at)
    return date_text(local(moment, zone).date()) if moment else UNKNOWN


def _span(entry: Input, zone: str) -> str:
    first, last = _instant(entry.min_started_at), _instant(entry.max_started_at)
    if first is None or last is None:
        return UNKNOWN
    return days_text(local(first, zone).date(), local(last, zone).date())


def _file(view: View, entry: Input) -> None:
    """One file: its facts, why rows are missing or flagged, and the way to take it out."""
    with frame("file", md_escape(entry.name)):
        zone = view.filters.period.calendar.zone
        st.markdown(" · ".join(md_escape(fact) for fact in _facts(entry, zone)))
        if entry.message:
            st.caption(md_escape(entry.message))
        _reasons(entry)
        if login.administers():
            _examples(view, entry)
            if entry.verdict in (LANDED, STATEMENT):
                st.button(
                    "Take this file out again…",
                    key=state.of_panel("data.file", "forget"),
                    icon=":material/delete:",
                    on_click=work.ask,
                    args=(FORGET, entry.file_id),
                )
    if work.asked(FORGET) == entry.file_id:
        _forget_dialog(view, entry)


def _facts(entry: Input, zone: str) -> Sequence[str]:
    facts = [f"Id {entry.file_id}", verdict(entry)]
    taken = _instant(entry.taken_at)
    if taken:
        facts.append(f"on {moment_text(taken, zone)}")
    if entry.source:
        facts.append(f"read as {entry.source}")
    if entry.verdict == LANDED:
        facts.append(f"cost {cell(entry.cost_nano, Unit.USD)}")
        facts.append(f"{text(entry.tokens, Unit.TOKENS)} tokens")
        facts.append(f"{entry.unpriced_rows:,} rows unpriced")
    lost = sum(rows for _, rows in entry.lost_to)
    if lost:
        facts.append(f"{lost:,} rows gave way to later copies in other files")
    return facts


def _reasons(entry: Input) -> None:
    if not entry.reasons:
        st.caption("No row was rejected, skipped or flagged.")
        return
    known = sorted(
        ((reason_of(code), n) for code, n in entry.reasons), key=lambda r: (-r[1], r[0].code)
    )
    rows = tuple((r.words, EFFECTS[r.effect], n, r.code) for r, n in known)
    columns = (
        Column("What was found"),
        Column("Effect"),
        Column("Rows", Unit.COUNT),
        Column("Code"),
    )
    table(Sheet(columns, rows), "UTC", state.of_panel("data.file", "reasons"))


def _examples(view: View, entry: Input) -> None:
    """Rejected rows with the value that was the reason; for administrators."""
    folders = Folders(view.store.data)
    if entry.verdict in REFUSALS:
        rows = quarantine.refusal(folders, entry.file_id).examples
    else:
        rows = quarantine.rejected_rows(folders, entry.file_id, EXAMPLES)
    if not rows:
        return
    st.markdown("**Rejected rows**")
    columns = (Column("Row", Unit.COUNT), Column("Why"), Column("Column"), Column("Value"))
    shown = tuple((r.row, reason_of(r.code).words, r.column, r.value) for r in rows)
    table(Sheet(columns, shown), "UTC", state.of_panel("data.file", "rejects"))
    st.caption(f"The first {len(rows)} of {entry.rejected:,}.")


@st.dialog("Take this file out again?", on_dismiss=work.answered)
def _forget_dialog(view: View, entry: Input) -> None:
    """Says what would be gone and asks once more."""
    gone = ledger.loss(view.store.manifest, entry)
    st.markdown(f"**{md_escape(entry.name)}**")
    cost = md_escape(cell(gone.cost_nano, Unit.USD))
    st.markdown(f"{gone.rows:,} {'event' if gone.rows == 1 else 'events'} and {cost} of cost go.")
    if gone.again:
        names = md_escape(", ".join(other.name for other in gone.again))
        st.markdown(f"Read again from the archive, since they had lost rows to it: {names}.")
    st.caption("The ledger keeps its line. Dropping the file again brings its rows back.")
    sure = st.checkbox("Yes, take its rows out", key=_SURE)
    with st.container(horizontal=True):
        if st.button("Take out", key=f"{_SURE}.do", type="primary", disabled=not sure):
            _forget(view, entry)
            st.rerun()
        if st.button("Keep", key=f"{_SURE}.no"):
            work.answered()
            st.rerun()


def _forget(view: View, entry: Input) -> None:
    with deeds.noted("forget", urlencode({"file": entry.file_id})) as doing:
        answer = work.command(view, ("forget", entry.file_id), "Taking its rows out …")
        if answer is not None:
            doing.done(answer["rows"])
    work.answered()
    if answer is not None:
        rows = answer["rows"]
        many = "event is" if rows == 1 else "events are"
        work.say(f"{rows:,} {many} gone with {entry.name}.", good=True)
