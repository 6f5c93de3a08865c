"""Today and this month, as the reporting zone has them, whatever period is picked."""

from analytics_core.reports.span import during, until
from analytics_core.semantics.format import period_text
from analytics_core.store.view import View


def today(view: View) -> View:
    """The same view of today."""
    return during(view, "today")


def month(view: View) -> View:
    """The same view of this month."""
    return during(view, "month")


def said(view: View) -> str:
    """What today and this month are."""
    day, long = today(view), month(view)
    return (
        f"Today is {period_text(day.filters.period)} and this month"
        f" {period_text(long.filters.period, until(long))}, {view.filters.period.calendar.zone},"
        " whatever period is picked; the other figures are of the period."
    )
