"""Why usage does not show: from the file to the figure, where it ends, answered live."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from analytics_core.ingest.folders import Folders
from analytics_core.ingest.inbox import InboxStatus
from analytics_core.ingest.verdict import LANDED
from analytics_core.reports import ledger
from analytics_core.reports.whereabouts import Whereabouts, whereabouts
from analytics_core.semantics.format import filters_text, moment_text, period_text
from analytics_core.store.view import View
from analytics_core.ui import state
from analytics_core.ui.escape import md_escape
from analytics_core.ui.inbox import told
from analytics_core.ui.intake.files import verdict
from analytics_core.ui.intake.frame import frame

FILES = "file"
KINDS = {"user": "A user", "project": "A project", FILES: "A file"}
MOST_FILES = 5
_KIND, _TYPED = state.of_panel("data.help", "kind"), state.of_panel("data.help", "typed")
_ICONS = {
    True: ":green[:material/check_circle:]",
    False: ":orange[:material/error:]",
    None: ":material/info:",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: its name, what is so there, and whether usage gets past it.

    `passes` None: it says nothing either way. `words` hold any text.
    """

    name: str
    words: str
    passes: bool | None


def draw(view: View, now: datetime) -> None:
    """Asks who or what is missing, and goes through the steps in order."""
    with frame("help", "Usage not showing?", "Each step is looked up now, in order."):
        kinds = [kind for kind in KINDS if kind != FILES or view.scope.everything]
        st.session_state.setdefault(_KIND, kinds[0])
        kind = st.segmented_control(
            "What is missing?",
            kinds,
            key=_KIND,
            format_func=KINDS.__getitem__,
            required=True,
            persist_state="session",
        )
        typed = st.text_input(
            "Its name",
            key=_TYPED,
            placeholder="As the export spells it",
            persist_state="session",
        ).strip()
        if typed and kind:
            for number, step in enumerate(steps(view, kind, typed, now), 1):
                st.markdown(
                    f"{number}\\. {_ICONS[step.passes]} **{step.name}**: {md_escape(step.words)}"
                )


def steps(view: View, kind: str, typed: str, now: datetime) -> Iterator[Step]:
    """The way from file to figure, as far as this reader may know it."""
    if view.scope.everything:
        yield _inbox(view, now)
        yield _verdict(view, typed if kind == FILES else "")
    else:
        yield Step("Inbox and files", "Ask an administrator whether its file was taken in.", None)
    if kind == FILES:
        yield from _of_file(view, typed)
        return
    found = whereabouts(view, kind, typed)
    if found.name is None:
        yield _unknown(view, kind, typed, found)
        return
    yield _period(view, kind, found)
    yield Step("Scope", f"You see {state.scope_words()}.", None)
    yield _filters(view, found)


def _inbox(view: View, now: datetime) -> Step:
    status = InboxStatus.load(Folders(view.store.data).cache)
    if status.state == "off":
        return Step("Inbox", "Nobody watches it: files wait until somebody runs 'ingest'.", False)
    said = [words for _, words in told(status, now, view.store.manifest)]
    busy = status.state in ("waiting", "ingesting") or status.error is not None
    return Step("Inbox", said[0] if busy and said else "Nothing is waiting in it.", not busy)


def _verdict(view: View, typed: str) -> Step:
    """The verdict on the file of that name, or without one whether any file was refused."""
    held = view.store.manifest
    if not typed:
        refused = len(ledger.quarantined(held))
        if not refused:
            return Step("Verdict", "No file is in quarantine.", True)
        words = "file is in quarantine; its" if refused == 1 else "files are in quarantine; their"
        return Step("Verdict", f"{refused:,} {words} usage is in no figure.", False)
    found = ledger.search(held, typed)
    if not found:
        return Step("Verdict", f"No file called '{typed}' was ever taken.", False)
    said = [f"{e.name}: {verdict(e)}." for e in found[:MOST_FILES]]
    more = f" And {len(found) - MOST_FILES:,} more." if len(found) > MOST_FILES else ""
    return Step("Verdict", " ".join(said) + more, any(e.verdict == LANDED for e in found))


def _of_file(view: View, typed: str) -> Iterator[Step]:
    """Whether what the newest landed file of that name holds lies in the period."""
    landed = (e for e in ledger.search(view.store.manifest, typed) if e.verdict == LANDED)
    entry = next(landed, None)
    if entry is None or entry.min_started_at is None or entry.max_started_at is None:
        return
    period = view.filters.period
    first, last = (
        datetime.fromisoformat(t).replace(tzinfo=UTC)
        for t in (entry.min_started_at, entry.max_started_at)
    )
    inside = first < period.end and last >= period.start
    zone = period.calendar.zone
    yield Step(
        "Period",
        f"Its events are of {moment_text(first, zone)} to {moment_text(last, zone)}; the page"
        f" shows {period_text(period)}.",
        inside,
    )
    picked = bool(view.filters.picks)
    words = filters_text(state.filters(), view.names.label) if picked else "none is set."
    yield Step("Filters", words, None if picked else True)


def _unknown(view: View, kind: str, typed: str, found: Whereabouts) -> Step:
    words = f"No {kind} called '{typed}' is among what you see ({state.scope_words()})."
    if found.like:
        alike = ", ".join(view.names.label(kind, name) for name in found.like)
        words += f" Called alike: {alike}."
    elif not view.scope.everything and view.store.settings.contact:
        words += f" Ask {view.store.settings.contact} whether somebody else sees it."
    return Step("Events", words, False)


def _period(view: View, kind: str, found: Whereabouts) -> Step:
    period, zone = view.filters.period, view.filters.period.calendar.zone
    last = moment_text(found.last.replace(tzinfo=UTC), zone) if found.last else "never"
    return Step(
        "Period",
        f"{found.in_period:,} of the {found.ever:,} events of {view.names.label(kind, found.name)}"
        " lie in"
        f" {period_text(period)}; the last was on {last}.",
        found.in_period > 0,
    )


def _filters(view: View, found: Whereabouts) -> Step:
    if not view.filters.picks:
        return Step("Filters", "None is set.", True)
    words = f"{found.in_selection:,} of them are left by: {filters_text(state.filters(), view.names.label)}."
    return Step("Filters", words, found.in_selection > 0)
