"""What a currency and a credit are worth: fx.csv and credits.csv of the settings folder."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations, groupby
from pathlib import Path

import duckdb

from analytics_core.errors import BadFile
from analytics_core.prices.dated import EVER, day, decimal, overlap, validity
from analytics_core.prices.lists import relation
from analytics_core.prices.price import half_even
from analytics_core.semantics.zone import day_start
from analytics_core.settings import Line, Settings, table, table_of

FILE = "credits.csv"
COLUMNS = ("name", "credits_per_usd", "valid_from", "valid_to", "granted")
OLDEST = timedelta(days=7)  # a rate serves its own day and the seven after it


@dataclass(frozen=True, slots=True)
class Fx:
    """What one unit of a currency is worth in 1e-12 USD, in [start, end) naive UTC."""

    currency: str
    start: datetime
    end: datetime
    usd_pico: int


@dataclass(frozen=True, slots=True)
class Credit:
    """How many credits (in millionths) one USD buys, in [start, end) naive UTC.

    `granted_nano` are the credits (x 1e9) bought for that interval, None when nobody says.
    """

    name: str
    start: datetime
    end: datetime
    per_usd_micro: int
    granted_nano: int | None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Rates:
    """Every dated rate. A currency without a rate on a day has none: nothing is guessed."""

    fx: tuple[Fx, ...] = ()
    credits: tuple[Credit, ...] = ()

    def usd_pico(self, currency: str, at: datetime) -> int | None:
        """What one unit was worth at that instant (naive UTC), None without a rate."""
        asked = currency.upper()
        fitting = (r.usd_pico for r in self.fx if r.currency == asked and r.start <= at < r.end)
        return next(fitting, None)

    def register(self, con: duckdb.DuckDBPyConnection) -> None:
        """Makes the temp tables fx_rate and credit_rate on `con`; periods do not overlap.

        fx_rate: currency, start_at, end_at, usd_pico. credit_rate: start_at, end_at, per_usd_micro.
        """
        fx = (_row(r.start, r.end, currency=r.currency, usd_pico=r.usd_pico) for r in self.fx)
        relation(con, "fx_rate", {"currency": "VARCHAR", **_PERIOD, "usd_pico": "BIGINT"}, fx)
        credit = (_row(r.start, r.end, per_usd_micro=r.per_usd_micro) for r in self.credits)
        relation(con, "credit_rate", {**_PERIOD, "per_usd_micro": "BIGINT"}, credit)


_PERIOD = {"start_at": "TIMESTAMP", "end_at": "TIMESTAMP"}


def _row(start: datetime, end: datetime, **more: str | int) -> dict[str, object]:
    return {"start_at": start, "end_at": end, **more}


def load(settings: Settings) -> Rates:
    """The rates of the settings folder; USD is always 1. Raises BadFile naming line and key."""
    usd = Fx("USD", *EVER, 10**12)
    return Rates((usd, *_fx(settings)), tuple(_credits(settings)))


def _fx(settings: Settings) -> list[Fx]:
    path = settings.folder / "fx.csv"
    said: dict[tuple[str, date], int] = {}
    for line in table(path, ("date", "currency", "usd")):
        on, currency, usd = day(line, "date"), line.text("currency"), decimal(line, "usd")
        if on is None:
            raise line.wrong("date", "is blank.")
        if currency is None or currency.upper() == "USD":
            raise line.wrong("currency", "must name a currency other than USD.")
        if usd is None or usd <= 0:
            raise line.wrong("usd", "must be the value of one unit in USD, above 0.")
        if (currency.upper(), on) in said:
            raise line.wrong("date", f"a second rate of {currency.upper()} for {on}.")
        said[currency.upper(), on] = half_even(usd * 10**12)
    return [
        Fx(currency, _naive(on, settings.zone), _naive(end, settings.zone), said[currency, on])
        for currency, days in groupby(sorted(said), key=lambda pair: pair[0])
        for on, end in _served([on for _, on in days])
    ]


def _served(days: Sequence[date]) -> Iterable[tuple[date, date]]:
    """Each day with the first day its rate no longer serves."""
    for at, on in enumerate(days):
        limit = on + OLDEST + timedelta(days=1)
        yield on, min(limit, days[at + 1]) if at + 1 < len(days) else limit


def _naive(on: date, zone: str) -> datetime:
    return day_start(on, zone).astimezone(UTC).replace(tzinfo=None)


def _credits(settings: Settings) -> list[Credit]:
    path = settings.folder / FILE
    return _read(table(path, COLUMNS[:2], COLUMNS[2:]), path, settings.zone)


def parse(text: str, path: Path, zone: str) -> tuple[Credit, ...]:
    """The rates of a credits.csv that holds `text`. Raises BadFile as `load` does."""
    return tuple(_read(table_of(text, path, COLUMNS[:2], COLUMNS[2:]), path, zone))


def _read(lines: Iterable[Line], path: Path, zone: str) -> list[Credit]:
    found: list[Credit] = []
    for line in lines:
        per_usd, granted = decimal(line, "credits_per_usd"), decimal(line, "granted")
        if per_usd is None or per_usd <= 0:
            raise line.wrong("credits_per_usd", "must be a number above 0.")
        start, end = validity(line, zone)
        found.append(
            Credit(
                line.text("name") or "credits",
                start or EVER[0],
                end or EVER[1],
                half_even(per_usd * 10**6),
                None if granted is None else half_even(granted * Decimal(10**9)),
                line.number,
            )
        )
    _check(path, found)
    return found


def _check(path: Path, found: Sequence[Credit]) -> None:
    for one, other in combinations(found, 2):
        if overlap((one.start, one.end), (other.start, other.end)):
            raise BadFile(
                path,
                f"overlaps line {one.line}: at any time one rate of credits may hold.",
                line=other.line,
            )
