"""What users took to most, as a card."""

from analytics_core.reports.adoption import adoption
from analytics_core.semantics.format import UNKNOWN, text
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View
from analytics_core.ui.cards import Words


def largest_adoption(by: str) -> Words:
    """The member of `by` that the largest share of the users uses; the first by name of equal ones."""

    def says(view: View) -> tuple[str, str]:
        known = [
            (one.adoption, name)
            for name, one in adoption(view, by).members.items()
            if one.adoption is not None
        ]
        if not known:
            return UNKNOWN, ""
        most, name = min(known, key=lambda found: (-found[0], found[1].casefold(), found[1]))
        return view.names.label(by, name), f"{text(most, Unit.RATIO)} of users"

    return Words("Largest adoption", says, Query(("adoption",), (by,)))
