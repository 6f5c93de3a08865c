"""In how many steps a page comes."""

from collections.abc import Callable

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest


def page() -> None:
    """A page of four rows, the second of which has two blocks."""
    from dataclasses import dataclass
    from types import SimpleNamespace
    from typing import Any

    import streamlit as st

    from analytics_core.semantics.filters import Scope
    from analytics_core.ui import layout

    @dataclass(frozen=True, slots=True)
    class Said:
        words: str

        def questions(self, view):
            return ()

        def present(self, view):
            return True

        def draw(self, view):
            st.text(self.words)

    rows = (Said("one"), (Said("two"), Said("too")), Said("three"), Said("four"))
    view: Any = SimpleNamespace(scope=Scope())
    layout.draw(view, rows[: st.session_state.get("rows", 4)])


@pytest.fixture
def asked_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], AppTest]:
    """The page, as somebody of that User-Agent asks for it; "" is nobody's browser."""

    def make(agent: str) -> AppTest:
        asked = {"User-Agent": agent} if agent else {}
        monkeypatch.setattr(type(st.context), "headers", property(lambda _: asked))
        return AppTest.from_function(page)

    return make


def words(app: AppTest) -> list[str]:
    assert not app.exception
    return [text.value for text in app.text]


def test_the_first_page_of_a_tab_begins_with_its_top_and_every_later_one_is_whole(asked_by):
    app = asked_by("Firefox")
    assert words(app.run()) == ["one", "two", "too"]
    assert words(app.run()) == ["one", "two", "too", "three", "four"]
    assert words(app.run()) == ["one", "two", "too", "three", "four"]


def test_a_page_that_fits_the_screen_comes_whole(asked_by):
    app = asked_by("Firefox")
    app.session_state["rows"] = 2
    assert words(app.run()) == ["one", "two", "too"]
    assert not app.get("skeleton")


def test_without_a_browser_a_page_comes_whole(asked_by):
    assert words(asked_by("").run()) == ["one", "two", "too", "three", "four"]
