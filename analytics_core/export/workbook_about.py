"""What a workbook says of itself: whose figures, of which selection, of which state of the data."""

from collections.abc import Iterator
from datetime import UTC

from analytics_core.semantics.filters import params_of
from analytics_core.semantics.format import UNATTRIBUTED, period_text
from analytics_core.semantics.period import Period
from analytics_core.semantics.zone import local
from analytics_core.store.view import View


def lines(view: View, scope: str = "") -> Iterator[tuple[str, str]]:
    """Period, zone, filters, `scope` in words where that is given, and the data behind them."""
    period, until = view.filters.period, view.store.data_until
    zone = period.calendar.zone
    yield "Period", f"{period_text(period)} ({zone})"
    yield f"Period in {zone}", f"{_moments(period, zone)}, the end not included"
    if zone != "UTC":
        yield "Period in UTC", f"{_moments(period, 'UTC')}, the end not included"
    yield "Time zone", zone
    picked = params_of(view.filters.picks)
    yield "Filters", "; ".join(f"{name}: {_values(picked[name])}" for name in picked) or "none"
    if scope:
        yield "Scope", scope
    yield "Data version", view.store.version
    yield "Data up to", until.astimezone(UTC).isoformat(timespec="seconds") if until else "no data"


def _moments(period: Period, zone: str) -> str:
    start, end = (local(moment, zone) for moment in (period.start, period.end))
    return f"{start:%Y-%m-%d %H:%M:%S} to {end:%Y-%m-%d %H:%M:%S}"


def _values(values: list[str]) -> str:
    return ", ".join(value or UNATTRIBUTED for value in values) or "nothing"
