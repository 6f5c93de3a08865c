"""A panel of who comes back: the users of every week by kind, or what remains of each cohort."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from analytics_core.charts.drawing import Drawing
from analytics_core.charts.matrix import fits, matrix
from analytics_core.charts.stacked_bar import stacked_bar
from analytics_core.charts.theme import colours
from analytics_core.export.retention_sheet import of_retention
from analytics_core.reports.retention import Retention, Week, retention
from analytics_core.reports.retention_shapes import by_cohort, by_kind
from analytics_core.semantics.format import UNKNOWN, bucket_when, cell, date_text
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.period import Calendar, Grain
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View
from analytics_core.ui import controls, state
from analytics_core.ui.draw import draw, to_bucket
from analytics_core.ui.entity import is_dark, named
from analytics_core.ui.panel import Content, panel
from analytics_core.ui.tables import plain_table

WEEKS, COHORTS = "weeks", "cohorts"
_WORDS = {WEEKS: "Week by week", COHORTS: "By first week"}
QUESTION = Query(("users",), grain=Grain.WEEK)


@dataclass(frozen=True, slots=True)
class Returning:
    """A panel (`page.panel`) of the last complete weeks up to the end of the period.

    It hides itself where no event names a user.
    """

    name: str
    title: str = "Who comes back"
    height: int = 280

    def questions(self, view: View) -> Sequence[Query]:
        """Whether there is any user."""
        return (Query(("users",)),)

    def present(self, view: View) -> bool:
        """Whether there is any user."""
        return bool(view.ask(Query(("users",)))["users"][0])

    def draw(self, view: View) -> None:
        """Draws the panel."""
        panel(view, self.name, self.title, self._content)

    def _content(self, view: View) -> Content:
        found, calendar = retention(view), view.filters.period.calendar
        shown = state.controlled(self.name, "as", tuple(_WORDS))
        drawn, table = self._cohorts if shown == COHORTS else self._weeks
        return Content(
            question=QUESTION,
            controls=lambda: self._controls(found),
            chart=lambda: drawn(found, calendar),
            table=lambda: table(found, calendar),
            sheet=lambda: of_retention(found),
        )

    def _controls(self, found: Retention) -> None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            controls.choose(self.name, "as", "Show", tuple(_WORDS), _WORDS.__getitem__)
            if found.weeks:
                last = found.weeks[-1].bucket.wall.date()
                st.caption(f"{len(found.weeks)} complete weeks, the last from {date_text(last)}")

    @property
    def _weeks(self) -> tuple[Callable[[Retention, Calendar], None], ...]:
        return self._weeks_chart, self._weeks_table

    @property
    def _cohorts(self) -> tuple[Callable[[Retention, Calendar], None], ...]:
        return self._cohorts_chart, self._cohorts_table

    def _weeks_chart(self, found: Retention, calendar: Calendar) -> None:
        if not found.weeks:
            st.info("No week of this period is over yet.")
            return
        line = by_kind(found, calendar)
        hues = colours(line.members)
        kinds = (named(one, "kind", hues) for one in line.members)
        st.markdown(" ".join(f":small[{kind}]" for kind in kinds))
        drawn = stacked_bar(line, hues, dark=is_dark(), height=self.height)
        told = replace(drawn, alt=_sentence(found.weeks))
        draw(told, state.of_panel(self.name, "weeks"), to_bucket(line))
        st.caption(_about(found.weeks[-1]))

    def _weeks_table(self, found: Retention, calendar: Calendar) -> None:
        rows = [
            (_when(week, calendar), *(cell(n, Unit.COUNT) for n in _figures(week)))
            for week in reversed(found.weeks)
        ]
        headings = ("Week", "Users", "Here the week before", "New", "Back again", "Lost since")
        plain_table(headings, rows, state.of_panel(self.name, "table"))

    def _cohorts_chart(self, found: Retention, calendar: Calendar) -> None:
        pivot = by_cohort(found, calendar)
        if not fits(pivot):
            st.info(_why(found))
            return
        drawn: Drawing = matrix(pivot)
        draw(drawn, state.of_panel(self.name, "cohorts"))
        st.caption("Darker: more of those who began in that week are active so many weeks later.")

    def _cohorts_table(self, found: Retention, calendar: Calendar) -> None:
        pivot = by_cohort(found, calendar)
        if not pivot.down:
            st.info(_why(found))
            return
        sizes = [cohort.size for cohort in found.cohorts if cohort.size]
        rows = [
            (
                one.label("cohort"),
                cell(size, Unit.COUNT),
                *("" if v is None else cell(v, Unit.RATIO) for v in cells),
            )
            for one, size, cells in zip(pivot.down, sizes, pivot.cells, strict=True)
        ]
        ages = [f"{one.name} weeks" if one.name != "1" else "1 week" for one in pivot.across]
        key = state.of_panel(self.name, "cohort_table")
        plain_table(("First week", "Users", *ages), rows, key)


def _when(week: Week, calendar: Calendar) -> str:
    return bucket_when(week.bucket.wall.date(), Grain.WEEK, calendar)


def _figures(week: Week) -> tuple[int | None, ...]:
    return week.users, week.returning, week.new, week.back, week.lost


def _why(found: Retention) -> str:
    if not found.cohorts:
        return "Who is new can be told once the data reach 28 days back."
    return "Nobody began in these weeks: everybody was here before."


def _sentence(weeks: Sequence[Week]) -> str:
    most = max(weeks, key=lambda week: week.users)
    label = MEASURES["users"].label.lower()
    return (
        f"Stacked bars of {label} by week and kind, {len(weeks)} weeks. Highest week of"
        f" {date_text(most.bucket.wall.date())}, {most.users:,}. {_about(weeks[-1])}"
    )


def _about(week: Week) -> str:
    """The last week in words."""
    new, back = (UNKNOWN if n is None else f"{n:,}" for n in (week.new, week.back))
    return (
        f"In the last of them {week.users:,} users: {week.returning:,} of the week before, {new} new,"
        f" {back} back after a break. {week.lost:,} of the week before did not come."
    )
