"""Where to go on from a page: links to other pages with the whole selection."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from analytics_core.semantics.query import Query
from analytics_core.store.view import View
from analytics_core.ui import links


@dataclass(frozen=True, slots=True)
class Foot:
    """A row of links, each a path and a label; those to pages that are not for the reader left out."""

    name: str
    to: tuple[tuple[str, str], ...]

    def questions(self, view: View) -> Sequence[Query]:
        """None."""
        return ()

    def present(self, view: View) -> bool:
        """Whether any of the pages is there for the reader."""
        return any(links.leads_to(path) for path, _ in self.to)

    def draw(self, view: View) -> None:
        """Draws the links."""
        with st.container(horizontal=True, gap="medium", key=f"{self.name}.foot"):
            for path, label in self.to:
                links.link(path, label, ":material/arrow_forward:")
