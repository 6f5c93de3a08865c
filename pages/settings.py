"""Zone, projects, names, prices and people: what the organisation has set."""

from analytics_core.access.principal import Principal
from analytics_core.store.view import View
from analytics_core.ui import menu
from analytics_core.ui.house import page
from analytics_core.ui.sidebar import Entry
from analytics_core.ui.state import Key

TITLE = "Settings"
ICON = ":material/settings:"
PATH = "settings"
ROLES: tuple[str, ...] = ("admin",)
SELECTION = False  # about the organisation, not about the selected usage
KEYS = (Key("section", "general"),)


def render(view: View) -> None:
    """The section that is open, edited in the files of data/settings."""
    page.draw(view, _menu)


def _menu(principal: Principal) -> list[tuple[str, list[Entry]]]:
    from pages import PAGES  # which lists this page

    return menu.entries(PAGES, principal)
