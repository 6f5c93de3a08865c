"""A page that one control turns from one dimension to another; what it says stands in the URL."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.query import Query
from analytics_core.store.view import View
from analytics_core.ui import state
from analytics_core.ui.layout import Block, earlier_of

OCCURS = "events"  # what is asked to know whether any event names a member


@dataclass(frozen=True, slots=True)
class Turn:
    """The row of buttons that chooses one of `choices` (dimensions), the page's URL key `key`."""

    key: str
    choices: tuple[str, ...]

    def questions(self, view: View) -> Sequence[Query]:
        """Whether any event names a member of what is chosen."""
        return (_occurs(turned(self.key, self.choices)),)

    def present(self, view: View) -> bool:
        """Always: what the data do not name is told, not hidden."""
        return True

    def draw(self, view: View) -> None:
        """Draws the buttons, and says so where the data name no member of what is chosen."""
        st.segmented_control(
            "Break down by",
            self.choices,
            key=state.own_choice(self.key, self.choices),
            format_func=lambda name: dimension(name).label,
            required=True,
            label_visibility="collapsed",
            persist_state="session",
        )
        of = dimension(turned(self.key, self.choices))
        if not _named(view, of.name):
            st.info(
                f"No event of this selection names a {of.label.lower()}. {of.description} An export"
                f" fills it where its rows carry one, or a mapping file says which column it is."
            )


@dataclass(frozen=True, slots=True)
class Turned:
    """The block that `make` gives for what the buttons say; absent where the data name no member."""

    key: str
    choices: tuple[str, ...]
    make: Callable[[str], Block]

    def questions(self, view: View) -> Sequence[Query]:
        """What the block asks in one pass."""
        return self._block().questions(view)

    def questions_before(self, view: View) -> Sequence[Query]:
        """What the block asks of the period before."""
        return earlier_of(self._block(), view)

    def present(self, view: View) -> bool:
        """Whether the data name a member of the dimension, and the block has something to show."""
        return _named(view, turned(self.key, self.choices)) and self._block().present(view)

    def draw(self, view: View) -> None:
        """Draws the block."""
        self._block().draw(view)

    def _block(self) -> Block:
        return self.make(turned(self.key, self.choices))


def turned(key: str, choices: Sequence[str]) -> str:
    """What the buttons say."""
    said = state.own(key)
    return said if said in choices else choices[0]


def _occurs(name: str) -> Query:
    return Query((OCCURS,), (name,), top=1)


def _named(view: View, name: str) -> bool:
    found = view.ask(_occurs(name))[name]
    return found.null_count() < len(found)
