"""How complete the usage is: what is known by column and source, how fresh, and where days lack."""

from datetime import datetime

import streamlit as st

from analytics_core.export.sheet import Cell, Column, Sheet
from analytics_core.reports.coverage import FIELDS, Coverage, coverage
from analytics_core.reports.gaps import Gap, Reach, gaps, reaches
from analytics_core.reports.span import until
from analytics_core.semantics.format import days_text, period_text, text
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View
from analytics_core.ui import header, state
from analytics_core.ui.escape import md_escape
from analytics_core.ui.intake.frame import frame, table

MOST_GAPS = 500
_WEEKENDS = state.of_panel("data.gaps", "weekends")


def draw(view: View, now: datetime) -> None:
    """The selection's coverage, then how far each source reaches and the days it lacks."""
    _selected(view)
    header.chips(view.names)
    _known(view)
    _by_source(view)
    _fresh(view, now)
    _gaps(view)


def _selected(view: View) -> None:
    period = view.filters.period
    words = f"**{period_text(period, until(view))}** · {md_escape(period.calendar.zone)}"
    st.markdown(f"{words} · period and filters are those of the sidebar")


def _known(view: View) -> None:
    period = view.filters.period
    note = "Share of the events of this period and selection that say it. The rest is unknown, never 0."
    with frame("known", "What is known", note, lambda: _columns(coverage(view)), period):
        known = coverage(view)
        if not known.whole.events:
            st.info("No event in this period and selection.")
            return
        table(_columns(known), period.calendar.zone, state.of_panel("data.known", "table"))


def _columns(known: Coverage) -> Sheet:
    whole = known.whole
    rows = tuple(
        (field.label, share, n, whole.events, field.needed)
        for field, share, n in zip(FIELDS, whole.shares, whole.known, strict=True)
    )
    columns = (
        Column("Column"), Column("Known", Unit.RATIO), Column("Events", Unit.COUNT),
        Column("of", Unit.COUNT), Column("Needed for"),
    )  # fmt: skip
    return Sheet(columns, rows)


def _by_source(view: View) -> None:
    period = view.filters.period
    sheet = lambda: _sources(coverage(view))  # noqa: E731
    with frame("by-source", "Known by source", "Share of each source's events.", sheet, period):
        if coverage(view).sources:
            table(sheet(), period.calendar.zone, state.of_panel("data.by-source", "table"))
        else:
            st.info("No event in this period and selection.")


def _sources(known: Coverage) -> Sheet:
    rows = tuple((line.source, line.events, *line.shares) for line in known.sources)
    shares = (Column(field.label, Unit.RATIO) for field in FIELDS)
    return Sheet((Column("Source"), Column("Events", Unit.COUNT), *shares), rows)


def _fresh(view: View, now: datetime) -> None:
    note = "Of all times, whatever is selected; the source silent longest comes first."
    with frame("fresh", "How fresh each source is", note, lambda: _reach_sheet(reaches(view), now)):
        found = reaches(view)
        if not found:
            st.info("No source yet.")
            return
        zone = view.filters.period.calendar.zone
        table(_reach_sheet(found, now), zone, state.of_panel("data.fresh", "table"))


def _reach_sheet(found: tuple[Reach, ...], now: datetime) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (r.source, r.last, _age(now, r.last), r.first, r.events) for r in found
    ]
    columns = (
        Column("Source"), Column("Last event"), Column("Age"), Column("First event"),
        Column("Events", Unit.COUNT),
    )  # fmt: skip
    return Sheet(columns, tuple(rows))


def _age(now: datetime, last: datetime) -> str:
    return text(max((now - last).total_seconds(), 0), Unit.SECONDS)


def _gaps(view: View) -> None:
    period = view.filters.period
    note = "Days of this period, between a source's first and last event, on which it has none."
    with frame("gaps", "Gaps", note, lambda: _gap_sheet(gaps(view, reaches(view))), period):
        every = gaps(view, reaches(view))
        weekends = sum(gap.weekend for gap in every)
        shown = tuple(gap for gap in every if not gap.weekend)
        if weekends and st.toggle(f"Show {weekends:,} of weekends only", key=_WEEKENDS):
            shown = every
        if not shown:
            st.success("No weekday is missing.", icon=":material/check_circle:")
            return
        key = state.of_panel("data.gaps", "table")
        table(_gap_sheet(shown[:MOST_GAPS]), period.calendar.zone, key)
        if len(shown) > MOST_GAPS:
            st.caption(f"The newest {MOST_GAPS} of {len(shown):,}; the download has all.")


def _gap_sheet(found: tuple[Gap, ...]) -> Sheet:
    rows = tuple(
        (g.source, days_text(g.first, g.last), g.days, "a weekend" if g.weekend else "")
        for g in found
    )
    columns = (Column("Source"), Column("Without events"), Column("Days", Unit.COUNT), Column(""))
    return Sheet(columns, rows)
