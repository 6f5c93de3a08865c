"""Which features drive usage, and who takes to them; also by customer and by repository."""

from analytics_core.semantics.period import Grain
from analytics_core.store.view import View
from analytics_core.ui import layout, state
from analytics_core.ui.cards import Cards
from analytics_core.ui.members import Members
from analytics_core.ui.taken_to import largest_adoption
from analytics_core.ui.trend import Trend
from analytics_core.ui.turn import Turn, Turned

TITLE = "Features"
ICON = ":material/extension:"
PATH = "features"
ROLES: tuple[str, ...] = ()  # everybody
KEYS = (state.Key("by", "feature"),)
COUNTED = {"feature": "features", "customer": "customers", "repository": "repositories"}
BY = tuple(COUNTED)


def _cards(by: str) -> layout.Block:
    return Cards(
        f"features.{by}",
        (COUNTED[by], "cost", "users", largest_adoption(by), "new_adopters"),
        of=by,
    )


def _members(by: str) -> layout.Block:
    return Members(
        f"features.{by}_all", f"All {COUNTED[by]}", by,
        (
            "cost", "requests", "total_tokens", "cost_per_request", "users", "adoption",
            "new_adopters", "repeat_adopters",
        ),
    )  # fmt: skip


def _adoption(by: str) -> layout.Block:
    return Trend(
        f"features.{by}_adoption", "Adoption over time", ("adoption", "users"), by=(by,),
        kind="lines", top=5, several=8, alone=True, grains=True, grain=Grain.WEEK,
    )  # fmt: skip


def _cost(by: str) -> layout.Block:
    return Trend(
        f"features.{by}_cost", "Cost over time", ("cost", "requests", "total_tokens"), by=(by,),
        grains=True,
    )  # fmt: skip


BLOCKS: layout.Blocks = (
    Turn("by", BY),
    *(Turned("by", BY, make) for make in (_cards, _members, _adoption, _cost)),
)


def render(view: View) -> None:
    """The figures, every member, how it was taken to, and what it costs over time."""
    layout.draw(view, BLOCKS)
