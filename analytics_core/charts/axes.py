"""Axes that stay calm: one unit, few gridlines, time as text that no browser's zone can move."""

from dataclasses import dataclass

import altair as alt

from analytics_core.charts.drawing import blank
from analytics_core.charts.theme import SLOTS, UNATTRIBUTED
from analytics_core.semantics.format import MINUS, MONTH_NAMES, TICKS, AxisUnit
from analytics_core.semantics.period import Grain

GAP = 0.18  # of a bar's room
CALM = "slategray"  # of labels: contrast 4.1 on light and 4.5 on dark; a theme gives 3.7 and 15

_MONTHS = "[" + ",".join(f"'{name[:3]}'" for name in MONTH_NAMES) + "]"
_YEAR, _DAY = "slice(datum.label,0,4)", "+slice(datum.label,8,10)"
_MONTH = f"{_MONTHS}[+slice(datum.label,5,7)-1]"
_DATE = f"({_DAY} + ' ' + {_MONTH})"
_WEEKDAY = f"day(datetime(+{_YEAR},+slice(datum.label,5,7)-1,{_DAY}))"
_HOUR, _CLOCK = "+slice(datum.label,11,13)", "slice(datum.label,11)"
_MONTH_AND_YEAR = (
    f"datum.index == 0 || slice(datum.label,5,7) == '01' ? [{_MONTH}, {_YEAR}] : {_MONTH}"
)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """What decides how a row of buckets is labelled: their size, and roughly how many."""

    grain: Grain
    many: int  # 0: each may have its label, 1: some, 2: few
    week_start: str = "monday"

    @classmethod
    def of(cls, grain: Grain, buckets: int, week_start: str = "monday") -> "TimeAxis":
        """The axis for that many buckets."""
        some, few = {Grain.HOUR: (12, 26), Grain.DAY: (14, 100)}.get(grain, (14, 10_000))
        return cls(grain, (buckets > some) + (buckets > few), week_start)

    @property
    def crowded(self) -> bool:
        """Whether labels may meet."""
        return self.many > 0


def labelled(unit: AxisUnit, axis: TimeAxis | None = None) -> dict[str, str]:
    """What is put into the blanks of `amounts` and `time_axis`."""
    time = {"time": _label(axis)} if axis else {}
    return {"amount": amount_label(unit), **time}


def time_axis(*, crowded: bool) -> alt.X:
    """Buckets in the order of their rows; the field `tick` holds local ISO text."""
    return alt.X(
        "tick:N",
        sort=None,
        title=None,
        scale=alt.Scale(paddingInner=GAP, paddingOuter=GAP / 2),
        axis=alt.Axis(
            labelExpr=blank("time"),
            labelAngle=0,
            labelOverlap="greedy" if crowded else "parity",
            labelSeparation=12,
            labelFlush=False,
            labelPadding=8,
            labelColor=CALM,
            ticks=False,
            domain=False,
            grid=False,
        ),
    )


def _label(axis: TimeAxis) -> str:
    """The expression that labels one bucket, or says nothing where labels would crowd."""
    if axis.grain is Grain.HOUR:
        dated = f"{_HOUR} == 0 ? ['00:00', {_DATE}] : {_CLOCK}"
        return f"{_HOUR} % {3 * axis.many} ? '' : {dated}" if axis.many else dated
    if axis.grain is Grain.DAY:
        first_weekday = 1 if axis.week_start == "monday" else 0
        shown = (_DATE, f"{_WEEKDAY} == {first_weekday} ? {_DATE} : ''")
        return shown[axis.many] if axis.many < 2 else f"{_DAY} == 1 ? ({_MONTH_AND_YEAR}) : ''"
    if axis.grain is Grain.WEEK:
        return f"{_DAY} <= 7 ? ({_MONTH_AND_YEAR}) : ''" if axis.many else _DATE
    return _YEAR if axis.grain is Grain.YEAR else _MONTH_AND_YEAR


def in_ones(unit: AxisUnit, *, whole: bool) -> bool:
    """Whether an axis may have no tick between two whole amounts: there are no fractions of them."""
    return whole and unit.divisor == 1


def amounts(
    field: str, *, ones: bool = False, stack: bool = False, most: float | None = None
) -> alt.Y:
    """Amounts from zero, in one unit, with ticks at whole amounts only where they are in `ones`.

    `most` is where the axis ends, whatever the amounts: sums of shares miss 1 by a hair.
    """
    extent = alt.Scale(zero=True, nice=TICKS) if most is None else alt.Scale(domain=[0, most])
    return alt.Y(
        f"{field}:Q",
        stack="zero" if stack else alt.Undefined,
        title=None,
        scale=extent,
        axis=alt.Axis(
            labelExpr=blank("amount"),
            tickCount=TICKS,
            tickMinStep=1 if ones else alt.Undefined,
            ticks=False,
            domain=False,
            labelBaseline="middle",
            labelFlush=False,
            labelPadding=8,
            labelColor=CALM,
            gridOpacity=0.6,
        ),
    )


def amount_label(unit: AxisUnit) -> str:
    """The expression that writes one number of an axis: "$1.5k", "−$20", "0"."""
    suffix_of_zero = unit.suffix if unit.suffix not in ("k", "M", "B", "T") else ""
    size = f"format(abs(datum.value) / {unit.divisor!r}, '{unit.digits}')"
    sign = f"(datum.value < 0 ? '{MINUS}' : '')"
    return (
        f"datum.value == 0 ? '{unit.prefix}0{suffix_of_zero}'"
        f" : {sign} + '{unit.prefix}' + {size} + '{unit.suffix}'"
    )


def slot_colour(own: tuple[str, ...] = ()) -> alt.Color:
    """The colour of a row's slot: the live theme's, or `own` where some colour is configured."""
    scale = alt.Scale(domain=list(SLOTS), range=list(own) if own else alt.Undefined)
    return alt.Color("slot:N", scale=scale, legend=None)


INK = SLOTS[UNATTRIBUTED]  # the last slot is dark on light and light on dark


def strong_text() -> alt.Color:
    """The colour of text that must be read first; rows carry INK in the column `ink`.

    A theme has no name for its text colour, and text without one is black on black.
    """
    return alt.Color("ink:N", scale=alt.Scale(domain=list(SLOTS)), legend=None)


def axis_of(rows: str) -> alt.Chart:
    """The mark that draws nothing and makes room for every bucket, those to come included."""
    return alt.Chart(alt.NamedData(rows)).mark_rule(opacity=0, aria=False, tooltip=None)


PICKED = "picked"  # the selection that a click makes


def pickable(chart: alt.Chart, field: str) -> alt.Chart:
    """The chart with its marks selected by a click, as the text in `field`."""
    chosen = alt.selection_point(name=PICKED, fields=[field], on="click", toggle="false")
    return chart.add_params(chosen)


def laid_over(*, crowded: bool, ones: bool, title: str) -> list[alt.Chart]:
    """The period before as a dashed grey line over the dataset `before`, with its own tooltips."""
    base = alt.Chart(alt.NamedData("before")).encode(
        x=time_axis(crowded=crowded), y=amounts("value", ones=ones), color=alt.ColorValue("gray")
    )
    course = base.mark_line(strokeDash=[5, 4], strokeWidth=1.5, tooltip=None, aria=False)
    tooltip = [alt.Tooltip("when:N", title="Before"), alt.Tooltip("text:N", title=title)]
    return [course, base.mark_point(size=40, opacity=0).encode(tooltip=tooltip)]
