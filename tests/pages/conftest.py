"""What is drawn on a page, caught on its way to the browser."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from analytics_core.export.sheet import Sheet
from analytics_core.semantics.query import Query
from analytics_core.store.view import View

HERE = Path(__file__).parent
QUICK = ("test_pages",)  # what every test run opens


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A page is a whole run of the app, so all but a few are opened with the slow tests."""
    for item in items:
        if item.path.parent == HERE and item.path.stem not in QUICK:
            item.add_marker(pytest.mark.slow)


@dataclass(frozen=True, slots=True)
class Seen:
    """One panel: its name, the View and question its Explain speaks of, and what it downloads."""

    name: str
    view: View
    question: Query
    sheet: Sheet | None = None


@dataclass(slots=True)
class Caught:
    """Everything caught since the last `clear`."""

    panels: list[Seen] = field(default_factory=list)
    cards: list[Seen] = field(default_factory=list)
    rows: list[tuple[str, int]] = field(default_factory=list)  # of each dataset of each chart

    def clear(self) -> None:
        self.panels.clear()
        self.cards.clear()
        self.rows.clear()


@pytest.fixture
def caught(monkeypatch: pytest.MonkeyPatch) -> Caught:
    """Catches what every panel and card would explain and download, and how large charts are."""
    from analytics_core.ui import cards, draw, panel
    from analytics_core.ui.page_file import Panel

    found = Caught()
    explained: dict[str, tuple[View, Query]] = {}

    def of_panel(view: View, query: Query, name: str, *_: object) -> None:
        explained[name] = (view, query)

    def of_card(view: View, query: Query, name: str, *_: object) -> None:
        found.cards.append(Seen(name, view, query))

    def download(name: str, shown: Panel) -> None:
        found.panels.append(Seen(name, *explained[name], shown.sheet()))

    drawn = draw.st.vega_lite_chart

    def chart(data: object, spec: dict, **more: object) -> object:
        found.rows += [(str(more["key"]), len(rows)) for rows in spec["datasets"].values()]
        return drawn(data, spec, **more)

    monkeypatch.setattr(panel, "explain", of_panel)
    monkeypatch.setattr(panel, "panel_menu", download)
    monkeypatch.setattr(cards, "explain", of_card)
    monkeypatch.setattr(draw.st, "vega_lite_chart", chart)
    return found
