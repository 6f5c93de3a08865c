"""The Settings page: the section that is open; the others cost nothing."""

from collections.abc import Callable

import streamlit as st

from analytics_core.store.view import View
from analytics_core.ui import state
from analytics_core.ui.errors import edge
from analytics_core.ui.house import (
    audit,
    credit_rates,
    editing,
    general,
    names,
    people,
    prices,
    projects,
    tokens,
)

SECTION = "section"
_SECTIONS: dict[str, tuple[str, Callable[[View], None]]] = {
    "general": (":material/tune: General", general.draw),
    "projects": (":material/folder: Projects", projects.draw),
    "names": (":material/badge: Names", names.draw),
    "prices": (":material/sell: Prices", prices.draw),
    "credits": (":material/toll: Credits", credit_rates.draw),
}
PEOPLE, TOKENS, AUDIT = "people", "tokens", "audit"
_LABELS = {name: label for name, (label, _) in _SECTIONS.items()} | {
    PEOPLE: ":material/group: People",
    TOKENS: ":material/key: API tokens",
    AUDIT: ":material/history: Audit",
}


def draw(view: View, menu: people.Menu) -> None:
    """The whole page; `menu` says which pages somebody has."""
    editing.tell()
    chosen = st.segmented_control(
        "Section",
        tuple(_LABELS),
        key=state.own_choice(SECTION, tuple(_LABELS)),
        format_func=_LABELS.__getitem__,
        required=True,
        label_visibility="collapsed",
        wrap=True,
    )
    with edge(f"settings.{chosen}"):
        if chosen == PEOPLE:
            people.draw(view, menu)
        elif chosen == TOKENS:
            tokens.draw(view)
        elif chosen == AUDIT:
            audit.draw(view)
        elif chosen in _SECTIONS:
            _SECTIONS[chosen][1](view)
