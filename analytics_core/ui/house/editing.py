"""A settings file that is edited in this tab: as it was when opened, what changes, and saving it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from analytics_core.access.audit import Audit, Deed
from analytics_core.errors import Changed
from analytics_core.semantics import settings_file
from analytics_core.semantics.csv_edit import Mistake
from analytics_core.semantics.settings_file import difference
from analytics_core.settings import read
from analytics_core.store.view import View
from analytics_core.ui import login, state
from analytics_core.ui.escape import md_escape

MOST_SHOWN = 400  # lines of a difference
_SAID = state.of_panel("settings", "said")  # what the next run tells, once


@dataclass(frozen=True, slots=True)
class Editing:
    """One file of data/settings in this tab."""

    path: Path

    @classmethod
    def of(cls, view: View, name: str) -> "Editing":
        """The file of that name."""
        return cls(view.store.settings.folder / name)

    @property
    def name(self) -> str:
        """What it is called in data/settings."""
        return self.path.name

    @property
    def held(self) -> str | None:
        """Its text when it was opened here; None: there was no such file."""
        key = self._part("held")
        if key not in st.session_state:
            st.session_state[key] = read(self.path)
        return st.session_state[key]

    @property
    def text(self) -> str:
        """The text it was opened with, "" where there was none."""
        return self.held or ""

    def key(self, part: str) -> str:
        """The key of one of its widgets, which begins anew once the file is opened again."""
        return f"{self._part(part)}.{st.session_state.get(self._part('times'), 0)}"

    def drop(self) -> None:
        """Opens the file again; what was typed is gone."""
        times = self._part("times")
        st.session_state.pop(self._part("held"), None)
        st.session_state[times] = st.session_state.get(times, 0) + 1

    def _part(self, part: str) -> str:
        return state.of_panel(f"settings.{self.name}", part)


@dataclass(frozen=True, slots=True)
class Button:
    """A further thing to do with a change: `name` says which; `why` why it cannot be done yet."""

    name: str
    label: str
    icon: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What Save would write, in words and as lines, and further buttons beside Save."""

    wanted: str
    words: Sequence[str] = ()
    more: Sequence[Button] = ()


def offer(editing: Editing, made: Offer) -> str | None:
    """Shows what would change, with Save and Discard; nothing where nothing is changed.

    Comes back with the name of the further button that was pressed. A file that somebody else wrote
    meanwhile is not overwritten: their change is shown instead.
    """
    now = read(editing.path)
    if now != editing.held:
        if made.wanted == editing.text:
            editing.drop()
            st.rerun()
        _overtaken(editing, now)
        return None
    if made.wanted == editing.text:
        return None
    pressed = None
    with st.container(border=True, gap="small", key=editing.key("change")):
        st.markdown(f"**This is what changes in `{editing.name}`**")
        st.markdown("\n".join(f"- :small[{md_escape(words)}]" for words in made.words))
        show_difference(editing.held, made.wanted)
        with st.container(horizontal=True, gap="small"):
            if st.button("Save", type="primary", key=editing.key("save"), icon=":material/save:"):
                if save(editing, made.wanted):
                    say(f"{editing.name} is saved.")
                st.rerun()
            for one in made.more:
                if st.button(
                    one.label, key=editing.key(one.name), icon=one.icon, disabled=bool(one.why),
                    help=one.why or None,
                ):  # fmt: skip
                    pressed = one.name
            st.button("Discard", key=editing.key("discard"), on_click=editing.drop)
    return pressed


def save(editing: Editing, wanted: str) -> bool:
    """Writes the file for an administrator; whether it could. Why not is told by the next run."""
    if not login.administers():
        return False
    try:
        settings_file.save(editing.path, editing.held, wanted)
    except Changed:
        return False  # the next run shows what somebody else did
    owner = st.session_state.get(login.OWNER) or ""
    deed = Deed(
        time=datetime.now(UTC), action="settings", result="ok", principal=owner, asked=editing.name
    )
    Audit(login.gate().state).add(deed)
    editing.drop()
    return True


def show_difference(before: str | None, after: str | None) -> None:
    """The lines that go and come; names in them stay text."""
    lines = difference(before, after).splitlines()
    st.code("\n".join(lines[:MOST_SHOWN]) or "(no line)", language="diff", wrap_lines=True)
    if len(lines) > MOST_SHOWN:
        st.caption(f"The first {MOST_SHOWN} of {len(lines):,} lines.")


def complain(found: Sequence[Mistake], named: str) -> None:
    """Says what is wrong with each row, by its cell in the column `named`."""
    lines: list[str] = []
    for mistake in found[:20]:
        where = mistake.row.cell(named) or "a row without a name" if mistake.row else ""
        key = f", {mistake.problem.key}" if mistake.problem.key else ""
        line = f", line {mistake.problem.line}" if not mistake.row and mistake.problem.line else ""
        at = f"{where}{key}" if mistake.row else f"{Path(mistake.problem.path).name}{line}{key}"
        lines.append(f"- **{md_escape(at)}**: {md_escape(mistake.problem.problem)}")
    if len(found) > 20:
        lines.append(f"- and {len(found) - 20:,} more")
    if lines:
        st.error("Not saved yet:\n" + "\n".join(lines), icon=":material/edit_off:")


def say(words: str) -> None:
    """Keeps a sentence, which may hold any text, for the next run to tell."""
    st.session_state.setdefault(_SAID, []).append(words)


def tell() -> None:
    """Tells what was kept, once."""
    for words in st.session_state.pop(_SAID, []):
        st.toast(md_escape(words), icon=":material/check:")


def _overtaken(editing: Editing, now: str | None) -> None:
    with st.container(border=True, key=editing.key("overtaken")):
        st.warning(
            f"{editing.name} was changed by somebody else since you opened it. Yours is not saved; "
            "this is what they changed:",
            icon=":material/sync_problem:",
        )
        show_difference(editing.held, now)
        st.button(
            "Open it as it is now, without my changes",
            key=editing.key("again"),
            icon=":material/refresh:",
            on_click=editing.drop,
        )
