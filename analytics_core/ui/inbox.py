"""What becomes of dropped files, and new data as soon as they are there."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from analytics_core.ingest.demo.status import DemoStatus
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.inbox import InboxStatus, Result
from analytics_core.ingest.verdict import DUPLICATE, FORGOTTEN, LANDED, REFUSALS, STATEMENT
from analytics_core.store.manifest import Manifest
from analytics_core.store.view import View
from analytics_core.ui import links, state
from analytics_core.ui.errors import edge
from analytics_core.ui.escape import md_escape
from analytics_core.ui.login import still_sees

POLL, SOON = "5s", "1s"
TOLD_FOR = timedelta(minutes=15)
MOST_TOLD = 5
DATA = "data"  # the page that has what to do about a refused file
_REFUSED = ":orange[:material/block:]"


def follow(view: View, version: str) -> None:
    """Looks for news every few seconds, every second while the demo data are being made."""
    making = DemoStatus.load(Folders(view.store.data).cache) is not None
    st.fragment(_follow, run_every=SOON if making else POLL)(view, version)


def _follow(view: View, version: str) -> None:
    """Runs the page again when the store has new data; tells of the inbox whom it concerns.

    Names and numbers of files are store-wide, so only those who see every row are told; a fragment
    outlives the run that drew it, so the roles are read again.
    """
    with edge("inbox"):
        if view.store.version != version or not still_sees(view.scope):
            st.rerun()
        cache = Folders(view.store.data).cache
        demo = DemoStatus.load(cache)
        if demo is not None:
            st.progress(min(demo.share, 1.0), text="The demo data are being made.")
        if view.scope.everything:
            _tell(InboxStatus.load(cache), view.store.manifest)


def _tell(status: InboxStatus, held: Manifest) -> None:
    lines = list(told(status, datetime.now(UTC), held))
    if lines:
        with st.container(border=True, gap="xxsmall", key="inbox"):
            for icon, words in lines:
                st.markdown(f"{icon} :small[{md_escape(words)}]")
            if any(icon == _REFUSED for icon, _ in lines) and state.path() != DATA:
                links.link(DATA, ":small[What to do about it]", ":material/database:")


def told(status: InboxStatus, now: datetime, held: Manifest) -> Iterator[tuple[str, str]]:
    """What is going on and what came of it lately, newest first: an icon and a sentence.

    `held` is what the store holds by now: what is no longer so is not told.
    """
    if status.state == "ingesting":
        yield ":material/sync:", _going_on(status)
    elif status.state == "waiting":
        yield (
            ":material/hourglass_empty:",
            f"Waiting until {_names(status.files)} {_are(status.files)} complete.",
        )
    if status.error:
        yield ":red[:material/error:]", status.error
    recent = [r for r in status.results if now - datetime.fromisoformat(r.at) < TOLD_FOR]
    stand = _still_so(recent, held)
    yield from [*dict.fromkeys(map(result_words, stand))][:MOST_TOLD]


def _still_so(results: Sequence[Result], held: Manifest) -> list[Result]:
    """Without files that were refused and then taken in, or taken in and then taken out again."""
    names = {result.name for result in results}
    entries = [entry for entry in held.inputs if entry.name in names]

    def over(result: Result) -> bool:
        mine = [entry for entry in entries if entry.name == result.name]
        if result.verdict == LANDED:
            return bool(mine) and all(entry.verdict == FORGOTTEN for entry in mine)
        at = datetime.fromisoformat(result.at)
        return any(
            e.verdict in (LANDED, STATEMENT) and datetime.fromisoformat(e.taken_at) >= at
            for e in mine
        )

    return [result for result in results if not over(result)]


def _going_on(status: InboxStatus) -> str:
    name = status.current or _names(status.files)
    step = f", {status.step}" if status.step else ""
    rows = f", {status.rows:,} rows so far" if status.rows else ""
    waiting = [f for f in status.files if f != status.current]
    rest = f". {len(waiting)} more waiting" if status.current and waiting else ""
    return f"Taking in {name}{step}{rows}{rest}."


def _names(files: tuple[str, ...]) -> str:
    if len(files) == 1:
        return files[0]
    return f"{len(files)} files" if files else "the inbox"


def _are(files: tuple[str, ...]) -> str:
    return "are" if len(files) > 1 else "is"


def result_words(result: Result) -> tuple[str, str]:
    """What became of one file: an icon and a sentence."""
    good, name = ":green[:material/check_circle:]", result.name
    if result.verdict == LANDED:
        many = "row" if result.rows == 1 else "rows"
        rows = "" if result.rows is None else f", {result.rows:,} {many}"
        return good, f"{name}: taken in{rows}."
    if result.verdict == DUPLICATE:
        return good, f"{name}: was taken in before; nothing changed."
    if result.verdict == STATEMENT:
        return good, f"{name}: kept as a statement to compare with."
    why = result.message or REFUSALS.get(result.verdict, result.verdict)
    return _REFUSED, f"{name}: quarantined. {why}"
