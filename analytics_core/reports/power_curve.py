"""How unevenly cost is spread: the share of each tenth of the users. Source: METRICS.md 4.10."""

from analytics_core.reports.breakdown import Breakdown, Part, share_of
from analytics_core.semantics.dimension import Dimension
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.member import Member
from analytics_core.semantics.query import Query
from analytics_core.store.view import View

TENTHS = 10
QUESTION = Query(("cost",), ("user",))
TENTH = Dimension(
    name="tenth", label="Tenth of the users", plural="tenths", column="",
    description="Users in the order of their cost, a tenth of them at a time.",
)  # fmt: skip


def power_curve(view: View) -> Breakdown:
    """The cost of each tenth of the users, the dearest first, and its share of theirs together.

    Users whose cost is unknown are left out; no parts with fewer than ten others. Where tenths are
    not whole, the first ones have a user more.
    """
    found = view.ask(QUESTION)
    costs = found.filter(found["user_kind"] == "member")["cost"].drop_nulls().to_list()
    if len(costs) < TENTHS:
        return Breakdown(MEASURES["cost"], TENTH, (), None, None)
    cuts = [-(-len(costs) * tenth // TENTHS) for tenth in range(TENTHS + 1)]
    total = sum(costs)
    parts: list[Part] = []
    for tenth in range(TENTHS):
        cost = sum(costs[cuts[tenth] : cuts[tenth + 1]])
        member = Member(_label(tenth))
        parts.append(Part(member, _label(tenth), cost, share_of(cost, total)))
    return Breakdown(MEASURES["cost"], TENTH, tuple(parts), total, total)


def _label(tenth: int) -> str:
    return f"Top {TENTHS}%" if not tenth else f"{tenth * 10}–{(tenth + 1) * 10}%"
