"""The lines of names.csv: what people read for a project, a team, a person or any other member."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from analytics_core.semantics import names as display_names
from analytics_core.semantics.csv_edit import Row, revised, row_mistakes, rows
from analytics_core.semantics.dimension import DIMENSIONS, dimension
from analytics_core.semantics.names import COLUMNS, FILE, LONGEST, Key, Names, beside_id
from analytics_core.store.view import View
from analytics_core.ui import state
from analytics_core.ui.house.editing import Editing, Offer, complain, offer

FOUND = 50  # members sent to the browser at once
_FIRST = ("project", "team", "user")
_OF = state.of_panel("settings.names", "of")
_SEARCH = state.of_panel("settings.names", "search")


@dataclass(frozen=True, slots=True)
class Shown:
    """The members on screen: each with the name the editor began with, and whether it was seen."""

    of: str
    search: str
    names: dict[str, str]  # id -> name as the editor began
    seen: frozenset[str]
    number: int  # of the editor, which begins anew for other members


def draw(view: View) -> None:
    """The members found, their names to edit, and what would change."""
    file = Editing.of(view, FILE)
    held = rows(file.text, file.path, COLUMNS)
    draft = _draft(file)
    given = {(row.cell("dimension"), row.cell("value")): row.cell("name") for row in held}
    st.caption(
        "A name is what people read in charts, tables, lists and chips; filters, addresses and"
        " commands keep the id. Two members with one name are shown with their ids."
    )
    shown = _shown(view, file, given | draft)
    _edit(file, shown, given, draft)
    if not draft:
        offer(file, Offer(file.text))
        return
    wanted = _wanted(held, draft)
    found = row_mistakes(file.text, file.path, COLUMNS, wanted, lambda t: _parse(t, file))
    complain(found, "value")
    if not found:
        text = revised(file.text, file.path, COLUMNS, wanted)
        offer(file, Offer(text, list(_words(draft, given))))


def _draft(file: Editing) -> dict[Key, str]:
    """The names typed since the file was opened, "" for one taken away; of all searches."""
    return st.session_state.setdefault(file.key("draft"), {})


def _parse(text: str, file: Editing) -> Names:
    return display_names.parse(text, file.path)


def _shown(view: View, file: Editing, given: dict[Key, str]) -> Shown:
    others = [name for name in DIMENSIONS if name not in _FIRST]
    left, right = st.columns([1, 2])
    with left:
        of = st.selectbox(
            "Names of",
            (*_FIRST, *others),
            key=_OF,
            format_func=lambda name: dimension(name).plural.capitalize(),
            persist_state="session",
        )
    with right:
        search = st.text_input(
            "Search",
            key=_SEARCH,
            placeholder="Part of the id or the name",
            icon=":material/search:",
            persist_state="session",
        ).strip()
    key = file.key("shown")
    before: Shown | None = st.session_state.get(key)
    if before is None or (before.of, before.search) != (of, search):
        number = before.number + 1 if before else 0
        st.session_state[key] = _found(view, of, search, given, number)
    return st.session_state[key]


def _found(view: View, of: str, search: str, given: dict[Key, str], number: int) -> Shown:
    """The best matches: members of the usage, then those that only the file knows."""
    known = view.options(of, search=search or None, limit=FOUND)["member"]
    seen = [value for value in known if value is not None]
    folded = search.casefold()
    listed = [
        value
        for (name, value), label in given.items()
        if name == of and (folded in value.casefold() or folded in label.casefold())
    ]
    values = list(dict.fromkeys((*seen, *sorted(listed))))[:FOUND]
    there = frozenset(view.options(of, among=tuple(values))["member"]) if values else frozenset()
    named = {value: given.get((of, value), "") for value in values}
    return Shown(of, search, named, there, number)


def _edit(file: Editing, shown: Shown, given: dict[Key, str], draft: dict[Key, str]) -> None:
    """Draws the editor; what was typed is then in the draft."""
    of = dimension(shown.of)
    if not shown.names:
        st.info(f"No {of.noun} is called like that." if shown.search else f"No {of.noun} yet.")
        return
    frame: Any = st.data_editor(
        pl.DataFrame(
            {
                "value": list(shown.names),
                "name": list(shown.names.values()),
                "seen": ["" if v in shown.seen else "not in the usage" for v in shown.names],
            },
            schema={"value": pl.String, "name": pl.String, "seen": pl.String},
        ),
        key=file.key(f"table.{shown.number}"),
        hide_index=True,
        disabled=["value", "seen"],
        column_config={
            "value": st.column_config.TextColumn(f"{of.label} (id)", pinned=True),
            "name": st.column_config.TextColumn("Name", max_chars=LONGEST, width="large"),
            "seen": st.column_config.TextColumn(""),
        },
        height=min(560, 35 * (len(shown.names) + 1) + 2),
    )
    if len(shown.names) == FOUND:
        st.caption(f"The {FOUND} best matches. Search to find others; what you typed is kept.")
    for value, name in frame.select("value", "name").iter_rows():
        key, text = (shown.of, value), (name or "").strip()
        if text == given.get(key, ""):
            draft.pop(key, None)
        else:
            draft[key] = text


def _wanted(held: Sequence[Row], draft: dict[Key, str]) -> list[Row]:
    """The lines of the file with the draft laid over them."""
    kept: list[Row] = []
    known: set[Key] = set()
    for row in held:
        key = row.cell("dimension"), row.cell("value")
        known.add(key)
        name = draft.get(key, row.cell("name"))
        if name or key not in draft:
            kept.append(Row(row.number, {**row.cells, "name": name}))
    fresh = [
        Row(None, {"dimension": of, "value": value, "name": name})
        for (of, value), name in draft.items()
        if name and (of, value) not in known
    ]
    return [*kept, *fresh]


def _words(draft: dict[Key, str], given: dict[Key, str]) -> Iterator[str]:
    """What every member was and will be called, and who else is called so."""
    after = Counter((of, name.casefold()) for (of, _), name in (given | draft).items())
    for (of, value), name in list(draft.items())[:10]:
        yield f"{dimension(of).label} {value}: {given.get((of, value)) or '–'} → {name or '–'}"
        if name and after[of, name.casefold()] > 1:
            yield f"Somebody else is called so too: it reads {beside_id(name, value)}."
    if len(draft) > 10:
        yield f"and {len(draft) - 10:,} more"
