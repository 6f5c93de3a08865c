"""What a whole is made of, as one bar from end to end."""

from functools import lru_cache

import altair as alt

from analytics_core.charts.alt_text import breakdown_sentence
from analytics_core.charts.axes import pickable, slot_colour
from analytics_core.charts.bars import bars
from analytics_core.charts.drawing import KEPT, Drawing, Spec, finished
from analytics_core.charts.rows import part_rows
from analytics_core.charts.theme import Colours
from analytics_core.errors import NotAdditive
from analytics_core.reports.breakdown import Breakdown

HEIGHT = 32


def strip(breakdown: Breakdown, hues: Colours, *, period: str = "", dark: bool = False) -> Drawing:
    """The parts side by side in rank order; a click picks one. As bars where a part is below zero.

    A total that is not above zero has no shares either and is drawn as bars. `period` is said in
    the alternative text. Raises NotAdditive.
    """
    measure = breakdown.measure
    if not measure.additive:
        raise NotAdditive.stacked(measure.label)
    values = [part.value or 0 for part in breakdown.parts]
    if min(values, default=0) < 0 or sum(values) <= 0:
        return bars(breakdown, hues, period=period, dark=dark)
    return _drawn(breakdown, hues, period, dark=dark)


@lru_cache(maxsize=KEPT)
def _drawn(breakdown: Breakdown, hues: Colours, period: str, *, dark: bool) -> Drawing:
    measure = breakdown.measure
    spec = _spec(breakdown.by.label, measure.label, hues.explicit(dark=dark))
    rows = part_rows(breakdown, hues)
    return Drawing(spec, (("rows", rows),), breakdown_sentence("One bar", breakdown, period))


@lru_cache(maxsize=64)
def _spec(member: str, amount: str, own: tuple[str, ...]) -> Spec:
    drawn = (
        alt.Chart(alt.NamedData("rows"))
        .mark_bar(size=HEIGHT - 8, cornerRadius=2, cursor="pointer", binSpacing=2)
        .encode(
            x=alt.X("value:Q", stack="normalize", title=None, axis=None),
            color=slot_colour(own),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip("member:N", title=member),
                alt.Tooltip("text:N", title=amount),
                alt.Tooltip("share:N", title="Share"),
            ],
        )
    )
    return finished(alt.layer(pickable(drawn, "id"), height=HEIGHT))
