"""A report as a chart that a spreadsheet draws itself, in the colours of the pages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from analytics_core.charts.theme import LIGHT, Colours, colours
from analytics_core.export.answer import Answer
from analytics_core.reports.breakdown import Breakdown, members
from analytics_core.reports.compare import Figure
from analytics_core.reports.homes import configured, homes
from analytics_core.reports.timeline import Timeline
from analytics_core.semantics.format import bucket_when
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.member import Member
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View

Drawn: TypeAlias = Timeline | Breakdown
MOST_BARS = 20  # of a breakdown; further ones stand in its sheet
MOST_SERIES, MOST_BUCKETS = 10, 1000


@dataclass(frozen=True, slots=True)
class Series:
    """The figures of one member, one per category; `colours` is one for all, or one for each."""

    label: str
    values: tuple[Figure, ...]
    colours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Stacked columns or lines over time, or bars of members; `unit` is that of every figure."""

    kind: Literal["columns", "lines", "bars"]
    title: str
    heading: str  # of the categories
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: Unit


def chart(view: View, title: str, drawn: Drawn) -> Chart | None:
    """What a report looks like under `title`; None where nothing of it is known.

    `view` decides the colours: those its members have on every page.
    """
    made = (
        _over_time(view, title, drawn) if isinstance(drawn, Timeline) else _bars(view, title, drawn)
    )
    known = any(value is not None for series in made.series for value in series.values)
    return made if known else None


def of_answer(answer: Answer) -> Chart | None:
    """The first measure of an answer over time, whole or by one dimension of few members."""
    query, view, frame = answer.query, answer.view, answer.frame
    if query.grain is None or len(query.by) > 1 or frame.is_empty():
        return None
    name, calendar = query.measures[0], view.filters.period.calendar
    measure = MEASURES[name]
    buckets = frame["bucket"].unique(maintain_order=True).to_list()
    by = query.by[0] if query.by else ""
    whose = members(frame, by, view.names) if by else [Member(measure.label)] * frame.height
    found: dict[Member, dict[object, Figure]] = {}
    for member, bucket, value in zip(whose, frame["bucket"], frame[name], strict=True):
        found.setdefault(replace(member, folded=0), {})[bucket] = value
    if len(found) > MOST_SERIES or len(buckets) > MOST_BUCKETS:
        return None
    palette = _colours(view, by, tuple(found)) if by else colours(tuple(found))
    return Chart(
        kind="columns" if measure.additive else "lines",
        title=measure.label,
        heading=query.grain.value,
        categories=tuple(bucket_when(bucket, query.grain, calendar) for bucket in buckets),
        series=tuple(
            Series(
                "Others" if member.kind == "others" else member.label(by),
                tuple(figures.get(bucket) for bucket in buckets),
                (palette.dot(member, dark=False),),
            )
            for member, figures in found.items()
        ),
        unit=measure.unit,
    )


def _over_time(view: View, title: str, of: Timeline) -> Chart:
    palette = colours(()) if of.by is None else _colours(view, of.by.name, of.members)
    columns: dict[int, list[Figure]] = {}
    for rank, value in of.frame.select("rank", "value").iter_rows():
        columns.setdefault(rank, []).append(value)
    series = tuple(
        Series(of.labels[rank], tuple(values), (_colour(palette, of, rank),))
        for rank, values in sorted(columns.items())
    )
    return Chart(
        kind="columns" if of.measure.additive else "lines",
        title=title,
        heading=of.grain.value,
        categories=tuple(of.when(bucket) for bucket in of.buckets),
        series=series,
        unit=of.measure.unit,
    )


def _colour(palette: Colours, of: Timeline, rank: int) -> str:
    return LIGHT.slots[0] if of.by is None else palette.dot(of.members[rank], dark=False)


def _bars(view: View, title: str, of: Breakdown) -> Chart:
    parts = of.parts[:MOST_BARS]
    palette = _colours(view, of.by.name, tuple(part.member for part in parts))
    dots = tuple(palette.dot(part.member, dark=False) for part in parts)
    return Chart(
        kind="bars",
        title=title,
        heading=of.by.name,
        categories=tuple(part.label for part in parts),
        series=(Series(of.measure.label, tuple(part.value for part in parts), dots),),
        unit=of.measure.unit,
    )


def _colours(view: View, by: str, members: Sequence[Member]) -> Colours:
    return colours(members, homes(view, by), configured(view, by))
