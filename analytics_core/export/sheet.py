"""A report as rows and columns, for people and programs outside the app."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from analytics_core.export.native_chart import MOST_BARS, Drawn
from analytics_core.prices.price import Price
from analytics_core.reports.breakdown import Breakdown
from analytics_core.reports.compare import Figure
from analytics_core.reports.course import Course
from analytics_core.reports.pivot import Pivot
from analytics_core.reports.price_history import listed, quantity, quoted
from analytics_core.reports.rhythm import Rhythm
from analytics_core.reports.session_lengths import SessionLengths
from analytics_core.reports.sessions import Session
from analytics_core.reports.standing import Standing, as_breakdown
from analytics_core.reports.summary import Card
from analytics_core.reports.timeline import Timeline
from analytics_core.semantics.dimension import Dimension, dimension
from analytics_core.semantics.format import DAY_NAMES
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.member import Member
from analytics_core.semantics.names import Names
from analytics_core.semantics.unit import Unit
from analytics_core.semantics.zone import zone_info
from analytics_core.store.sql_sessions import SAYS, SUMS

Cell = str | Figure | date

_UNIT_NAMES = {Unit.USD: "USD", Unit.SECONDS: "s", Unit.MILLISECONDS: "ms"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, and the unit of its numbers (None: text or time)."""

    heading: str
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows under columns. Numbers are as asked (money in nano-USD), instants are aware (or naive UTC).

    `drawn` is the report that a workbook draws beside them.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    drawn: Drawn | None = None


def of_timeline(timeline: Timeline) -> Sheet:
    """One row per bucket and member: when, in the zone and in UTC (once if these are one), who, how much."""
    zone = timeline.period.calendar.zone
    ends = {bucket.start: bucket.end for bucket in timeline.buckets}
    labels, by = timeline.labels, timeline.by
    rows: list[tuple[Cell, ...]] = []
    for utc, rank, value in timeline.frame.select("utc", "rank", "value").iter_rows():
        start: datetime = utc.replace(tzinfo=UTC)
        who = (labels[rank], *_known_as(timeline.members[rank])) if by else ()
        here = () if zone == "UTC" else (start.astimezone(zone_info(zone)),)
        rows.append((*here, start, ends[start], *who, value))
    here_too = () if zone == "UTC" else (Column(f"start ({zone})"),)
    time = (*here_too, Column("start (UTC)"), Column("end (UTC)"))
    member = _member_columns(by) if by else ()
    return Sheet((*time, *member, _figure(timeline.measure)), tuple(rows), timeline)


def of_breakdown(breakdown: Breakdown) -> Sheet:
    """One row per member, Others and (unattributed): who, how much, which share, further measures."""
    rows = tuple(
        (p.label, *_known_as(p.member), p.value, p.share, *p.also) for p in breakdown.parts
    )
    names = _member_columns(breakdown.by)
    figures = (_figure(breakdown.measure), Column("share", Unit.RATIO))
    return Sheet((*names, *figures, *map(_figure, breakdown.also)), rows, breakdown)


def of_cards(cards: Sequence[tuple[str, Card]]) -> Sheet:
    """The figures of a page, each under its label: now, and in the period before."""
    columns = (
        replace(_figure(card.measure), heading=_headed(label, card)) for label, card in cards
    )
    now = tuple(card.value for _, card in cards)
    before = tuple(card.change.previous for _, card in cards)
    rows = (("this period", *now), ("period before", *before))
    return Sheet((Column("figures of"), *columns), rows)


def _headed(label: str, card: Card) -> str:
    unit = _UNIT_NAMES.get(card.measure.unit)
    return f"{label} ({unit})" if unit else label


def of_pivot(pivot: Pivot) -> Sheet:
    """One row per pair of members: who, who, how much."""
    down, across = pivot.rows_by, pivot.columns_by
    rows = tuple(
        (a.label(down.name), *_known_as(a), b.label(across.name), *_known_as(b), value)
        for a, row in zip(pivot.down, pivot.cells, strict=True)
        for b, value in zip(pivot.across, row, strict=True)
    )
    names = (Column(f"{by.name}{part}") for by in (down, across) for part in ("", " id", " kind"))
    return Sheet((*names, _figure(pivot.measure)), rows)


def of_rhythm(rhythm: Rhythm) -> Sheet:
    """One row per weekday and hour: which, how much in all weeks together."""
    rows = tuple(
        (DAY_NAMES[day], f"{hour:02}:00", value)
        for day, cells in zip(rhythm.days, rhythm.cells, strict=True)
        for hour, value in enumerate(cells)
    )
    hour = Column(f"hour ({rhythm.period.calendar.zone})")
    figure = _figure(rhythm.measure)
    return Sheet(
        (Column("weekday"), hour, replace(figure, heading=f"sum of {figure.heading}")), rows
    )


def of_standing(standing: Standing) -> Sheet:
    """One row per member: who, every measure, the share of the first and the first before."""
    first = standing.measures[0]
    rows = tuple(
        (r.label, *_known_as(r.member), *r.values, r.share, r.change.previous)
        for r in standing.rows
    )
    columns = (
        *_member_columns(standing.by),
        *map(_figure, standing.measures),
        Column(f"share of {first.name}", Unit.RATIO),
        Column(f"{first.name} before", first.unit),
    )
    return Sheet(columns, rows, as_breakdown(standing, MOST_BARS))


def of_lengths(lengths: SessionLengths) -> Sheet:
    """One row per span of minutes: where it begins and ends, sessions, and their share."""
    columns = (Column("from (min)"), Column("below (min)"), Column("sessions", Unit.COUNT))
    rows = tuple((str(s.least), str(s.below or ""), s.sessions, s.share) for s in lengths.spans)
    return Sheet((*columns, Column("share", Unit.RATIO)), rows)


def of_sessions(sessions: Sequence[Session], zone: str, names: Names) -> Sheet:
    """One row per session, as listed: when it started, which, the first each names, its figures.

    How many more it names stands beside each. Figures are of the selection, the length of all times.
    """
    here = zone_info(zone)
    rows = tuple(
        (
            *(() if zone == "UTC" else (one.started.astimezone(here),)),
            one.started,
            one.id,
            *(cell for name in SAYS for cell in _first(one, name, names)),
            *(one.figures[name] for name in SUMS),
            one.seconds,
        )
        for one in sessions
    )
    here_too = () if zone == "UTC" else (Column(f"start ({zone})"),)
    said = (
        c
        for name in SAYS
        for c in (
            Column(name),
            Column(f"{name} id"),
            Column(f"more {dimension(name).plural}", Unit.COUNT),
        )
    )
    figures = (_figure(MEASURES[name]) for name in SUMS)
    time = (*here_too, Column("start (UTC)"), Column("session"))
    return Sheet((*time, *said, *figures, Column("duration (s)", Unit.SECONDS)), rows)


def _first(one: Session, name: str, names: Names) -> tuple[str, str, int]:
    """What people read for the first member it names, that member's id, and how many more."""
    said = one.said[name]
    return names.label(name, said.name) if said.name else "", said.name or "", said.more


def _member_columns(by: Dimension) -> tuple[Column, ...]:
    """What people read, the id that filters and commands take, and what kind of row it is."""
    return Column(by.name), Column(f"{by.name} id"), Column("kind")


def _known_as(member: Member) -> tuple[str, str]:
    return member.name or "", member.kind


def of_course(course: Course) -> Sheet:
    """One row per request in order: when, with what, how much, and how much so far."""
    rows = tuple(
        (
            step.at,
            step.model.label("model"),
            step.service_type or "",
            step.status or "",
            step.input_tokens,
            step.output_tokens,
            step.latency_ms,
            step.cost,
            step.so_far,
        )
        for step in course.steps
    )
    figures = (
        Column("input_tokens", Unit.TOKENS),
        Column("output_tokens", Unit.TOKENS),
        Column("latency (ms)", Unit.MILLISECONDS),
        Column("request cost (USD)", Unit.USD),
        Column("cost so far (USD)", Unit.USD),
    )
    names = (Column("start (UTC)"), Column("model"), Column("service_type"), Column("status"))
    return Sheet((*names, *figures), rows)


def of_prices(prices: Sequence[Price]) -> Sheet:
    """One row per price: of what, for whom, from when to when (UTC), how much for how many."""
    rows = tuple(
        (
            p.rule, p.variant, str(p.tier_above or ""), _utc(p.valid_from), _utc(p.valid_to),
            quoted(p), quantity(p), listed(p), "yes" if p.folded else "", p.origin,
        )
        for p in prices
    )  # fmt: skip
    texts = ("pricing_rule", "tier", "above input tokens", "valid from (UTC)", "valid to (UTC)")
    columns = (
        *map(Column, texts),
        Column("price (USD)", Unit.USD),
        Column("per"),
        Column("list price (USD)", Unit.USD),
        Column("borrowed"),
        Column("origin"),
    )
    return Sheet(columns, rows)


def _utc(moment: datetime | None) -> Cell:
    return moment.replace(tzinfo=UTC) if moment else ""


def _figure(measure: Measure) -> Column:
    name = _UNIT_NAMES.get(measure.unit)
    return Column(f"{measure.name} ({name})" if name else measure.name, measure.unit)
