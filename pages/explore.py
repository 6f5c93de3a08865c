"""Any measure by any two dimensions, and whether the rows add up to the total."""

from analytics_core.store.view import View
from analytics_core.ui import explore, layout

TITLE = "Explore"
ICON = ":material/query_stats:"
PATH = "explore"
ROLES: tuple[str, ...] = ()  # everybody
KEYS = explore.KEYS

BLOCKS: layout.Blocks = (explore.Explore(),)


def render(view: View) -> None:
    """The controls, whose choices stand in the URL, and the answer."""
    layout.draw(view, BLOCKS)
