"""Is the data complete, fresh and priced? Files, prices, coverage, upload, and where usage is lost."""

from analytics_core.store.view import View
from analytics_core.ui.intake import page
from analytics_core.ui.state import Key

TITLE = "Data"
ICON = ":material/database:"
PATH = "data"
ROLES: tuple[str, ...] = ("manager", "admin")
SELECTION = False  # the store as a whole; only its coverage is of the period
KEYS = (Key("section", "files"), Key("file"), Key("map"))


def render(view: View) -> None:
    """The state of the store, and the section of it that is open."""
    page.draw(view)
