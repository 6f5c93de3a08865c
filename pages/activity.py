"""What is happening now? Every request and every usage item, of all projects at once."""

from analytics_core.reports.activity import without_item_picks
from analytics_core.store.view import View
from analytics_core.ui import layout
from analytics_core.ui.event import KEY, EventDialog
from analytics_core.ui.listing import Listing
from analytics_core.ui.trend import Trend

TITLE = "Activity"
ICON = ":material/list_alt:"
PATH = "activity"
ROLES: tuple[str, ...] = ()  # everybody
KEYS = (KEY,)

BLOCKS: layout.Blocks = (
    layout.Narrowed(
        Trend("activity.events", "Events over time", ("events",), by=("status",), height=120),
        without_item_picks,
    ),
    Listing("activity.requests", "Usage requests", "events", live=True),
    Listing("activity.items", "Usage items", "items"),
    EventDialog(),
)


def render(view: View) -> None:
    """Events over time by status, the requests, the usage items, and the event that is open."""
    layout.draw(view, BLOCKS)
