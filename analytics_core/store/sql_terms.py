"""The closed terms of a WHERE: period, scope and picks; and where a bucket of time begins."""

from datetime import UTC, date, datetime, timedelta

from analytics_core.semantics.dimension import Dimension
from analytics_core.semantics.filters import Grant, Pick, Scope
from analytics_core.semantics.period import Grain, Period
from analytics_core.semantics.zone import local, offset_changes
from analytics_core.store.engine import Bound, Dialect, Kind

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
EPOCH = date(1970, 1, 1)
FIRST_WEEK = {"monday": date(1969, 12, 29), "sunday": date(1969, 12, 28)}


class Terms:
    """Binds each value; the text holds only the values' names. Equal values share one."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.params: dict[str, Bound] = {}
        self._names: dict[tuple[str, str], str] = {}

    def bind(self, value: Bound, kind: Kind) -> str:
        """The place of a value."""
        key = (kind, repr(value))
        if key not in self._names:
            self._names[key] = f"v{len(self._names)}"
            self.params[self._names[key]] = value
        return self.dialect.bound(self._names[key], kind)

    def name(self, value: Bound, kind: Kind) -> str:
        """The name of a value; binds it."""
        self.bind(value, kind)
        return self._names[kind, repr(value)]

    def instant(self, moment: datetime) -> str:
        """The place of an aware instant, as the naive UTC of the store."""
        return self.bind(moment.astimezone(UTC).replace(tzinfo=None), "instant")

    def column(self, of: Dimension) -> str:
        """Where a dimension's members stand."""
        if of.tag is None:
            return of.column
        return self.dialect.tag(self.bind(of.tag, "text"))

    def period(self, period: Period) -> str:
        """Half-open: an event belongs to the instant it started."""
        return f"started_at >= {self.instant(period.start)} AND started_at < {self.instant(period.end)}"

    def scope(self, scope: Scope) -> str:
        """What may be seen: any grant admits; none, nothing."""
        return f"({' OR '.join(map(self.grant, scope.grants)) or 'false'})"

    def grant(self, grant: Grant) -> str:
        """Every pick holds; no picks, everything."""
        return f"({' AND '.join(map(self.pick, grant)) or 'true'})"

    def pick(self, pick: Pick) -> str:
        """One of the values; no values, nothing. The value None is (unattributed)."""
        if not pick.values:
            return "false"
        column = self.column(pick.of)
        texts = [v for v in pick.values if v is not None]
        either = [f"{column} IS NULL"] if len(texts) < len(pick.values) else []
        if texts:
            either.append(self.dialect.among(column, self.bind(texts, "texts"), len(texts)))
        return f"({' OR '.join(either)})"

    def local(self, micros: str, period: Period) -> str:
        """Microseconds of the wall clock in the period's zone (METRICS.md 2.1)."""
        changes = offset_changes(period.start, period.end, period.calendar.zone)
        *before, last = [offset for _, offset in changes]
        if not before:
            return f"({micros} + {last * SECOND})" if last else micros
        cases = " ".join(
            f"WHEN {micros} < {_micros(at)} THEN {offset * SECOND}"
            for offset, (at, _) in zip(before, changes[1:], strict=True)
        )
        return f"({micros} + CASE {cases} ELSE {last * SECOND} END)"

    def bucket(self, micros: str, period: Period, grain: Grain) -> str:
        """The number of the bucket those microseconds fall into; `bucket_start` reads it back."""
        wall = self.local(micros, period)
        if grain is Grain.HOUR:
            return f"({micros} - {wall} % {HOUR})"
        if grain is Grain.DAY:
            return f"({wall} // {DAY})"
        if grain is Grain.WEEK:
            past = (EPOCH - FIRST_WEEK[period.calendar.week_start]).days
            return f"(({wall} + {past * DAY}) // {7 * DAY})"
        month = self.dialect.month(wall)
        length, shift = _months(period, grain)
        return f"(({month} - {shift}) // {length})" if length > 1 else month


def bucket_start(number: int, period: Period, grain: Grain) -> date | datetime:
    """The first local day of that bucket; for hours the instant, naive UTC."""
    if grain is Grain.HOUR:
        return datetime(1970, 1, 1) + timedelta(microseconds=number)  # noqa: DTZ001
    if grain is Grain.DAY:
        return EPOCH + timedelta(days=number)
    if grain is Grain.WEEK:
        return FIRST_WEEK[period.calendar.week_start] + timedelta(days=7 * number)
    length, shift = _months(period, grain)
    month = number * length + shift
    return date(month // 12, month % 12 + 1, 1)


def bucket_number(start: datetime, period: Period, grain: Grain) -> int:
    """The number of the bucket that starts at that instant (aware)."""
    if grain is Grain.HOUR:
        return _micros(start)
    day = local(start, period.calendar.zone).date()
    if grain is Grain.DAY:
        return (day - EPOCH).days
    if grain is Grain.WEEK:
        return (day - FIRST_WEEK[period.calendar.week_start]).days // 7
    length, shift = _months(period, grain)
    return (day.year * 12 + day.month - 1 - shift) // length


def _months(period: Period, grain: Grain) -> tuple[int, int]:
    """Months in the bucket, and how many the first bucket is late in the year."""
    length = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}[grain]
    return length, (period.calendar.fiscal_year_start - 1) % length


def _micros(moment: datetime) -> int:
    return (moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
