"""Whatever is asked, a few lines of plain Python over the raw rows find the same."""

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics_core.semantics.filters import Filters, Pick, Scope
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.period import Calendar, Grain, Period
from analytics_core.semantics.query import Query
from analytics_core.store.sql_rows import Cut, Mark
from analytics_core.store.view import View

pytestmark = pytest.mark.slow

Row = dict[str, Any]
ZONES = (
    "UTC", "America/New_York", "Europe/Madrid", "Asia/Kolkata", "Asia/Kathmandu",
    "Australia/Lord_Howe",
)  # fmt: skip
COLUMN = {"user": "user_id", "session": "session_id", "conversation": "conversation_id"}
DIMENSIONS = ("user", "project", "model", "service_type", "status", "session", "agent", "tag:flow")
LEAVES = ("input", "cache_read", "cache_write", "cache_write_1h", "output")
IN_PARTS = {"input_audio", "input_image", "input_video", "cache_read_audio", "cache_read_image"}
OUT_PARTS = {"output_audio", "output_image", "output_video", "output_reasoning", "output_citation"}


# ---- which rows --------------------------------------------------------------------------------
def member(row: Row, dimension: str) -> str | None:
    if dimension == "pricing_rule":
        return row["rule"]
    if dimension.startswith("tag:"):
        return dict(row["tags"] or ()).get(dimension[4:])
    return row[COLUMN.get(dimension, dimension)]


def holds(row: Row, picks: Iterable[Pick]) -> bool:
    return all(member(row, p.dimension) in p.values for p in picks)


def visible(rows: Iterable[Row], scope: Scope) -> list[Row]:
    return [r for r in rows if any(holds(r, grant) for grant in scope.grants)]


def within(rows: Iterable[Row], period: Period) -> list[Row]:
    start, end = (t.replace(tzinfo=None) for t in (period.start, period.end))
    return [r for r in rows if start <= r["started_at"] < end]


# ---- one figure over some rows -----------------------------------------------------------------
def added(values: Iterable[int | None]) -> int | None:
    known = [v for v in values if v is not None]
    return sum(known) if known else None


def tokens(row: Row) -> int | None:
    if row["input_tokens"] is None and row["output_tokens"] is None:
        return None
    return (row["input_tokens"] or 0) + (row["output_tokens"] or 0)


def ratio(above: int | None, below: int | None) -> float | None:
    return float(Fraction(above, below)) if above is not None and below and below > 0 else None


def number_of(rows: Sequence[Row], column: str, *, zero: bool = True) -> int | None:
    return len({r[column] for r in rows if r[column] is not None}) or (None if rows and zero else 0)


def both(rows: Iterable[Row], *columns: str) -> list[Row]:
    return [r for r in rows if all(r[c] is not None for c in columns)]


def with_tokens(rows: Iterable[Row]) -> list[Row]:
    return [r for r in rows if tokens(r) is not None]


def with_status(rows: Sequence[Row], status: str, column: str) -> int | None:
    known = both(rows, "status")
    return added(r[column] if r["status"] == status else 0 for r in known)


def share(rows: Sequence[Row], kept: str, column: str) -> float | None:
    known = both(rows, column)
    return ratio(added(r[column] if r[kept] is not None else 0 for r in known),
                 added(r[column] for r in known))  # fmt: skip


def per(rows: Sequence[Row], amount: str, thing: str) -> float | None:
    known = both(rows, amount, thing)
    return ratio(added(r[amount] for r in known), number_of(known, thing))


def percentile(values: Sequence[int], percent: int, least: int) -> float | None:
    if len(values) < least:
        return None
    buckets = sorted(math.floor(100 * math.log(max(v, 1)) + 0.5) for v in values)
    return math.exp(buckets[-(-percent * len(values) // 100) - 1] / 100)


def micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def lengths(rows: Sequence[Row], period: Period | None, until: datetime) -> list[tuple[Any, ...]]:
    """(start, duration us, active us) of every session in `rows` that started in the period."""
    found: list[tuple[Any, ...]] = []
    for session in {r["session_id"] for r in rows} - {None}:
        own = sorted((r for r in rows if r["session_id"] == session), key=lambda r: r["started_at"])
        start = own[0]["started_at"]
        if period and not period.start <= start.replace(tzinfo=UTC) < period.end:
            continue
        spans = sorted((r["started_at"], ending(r)) for r in own)
        known = len(own) > 1 or own[0]["ended_at"] or own[0]["latency_ms"] is not None
        if not known or own[-1]["started_at"].replace(tzinfo=UTC) > until - timedelta(minutes=30):
            found.append((start, None, None))
            continue
        active, (low, high) = 0, spans[0]
        for a, b in spans[1:]:
            if a > high + timedelta(minutes=5):
                active, low, high = active + micros(high - low), a, b
            high = max(high, b)
        duration = micros(max(b for _, b in spans) - start)
        found.append((start, duration, active + micros(high - low)))
    return found


def ending(row: Row) -> datetime:
    if row["ended_at"]:
        return row["ended_at"]
    return row["started_at"] + timedelta(milliseconds=row["latency_ms"] or 0)


def figure(name: str, rows: Sequence[Row], seen: "Seen") -> int | float | None:
    """One measure over `rows`; `seen` holds what else it needs."""
    total = {
        "cost": "cost_nano", "cost_reported": "cost_reported_nano",
        "cost_computed": "cost_computed_nano", "cache_savings": "cache_savings_nano",
        "credits": "credits_nano", "requests": "requests", "input_tokens": "input_tokens",
        "cache_read_tokens": "cache_read_tokens", "cache_write_tokens": "cache_write_tokens",
        "cache_write_1h_tokens": "cache_write_1h_tokens", "output_tokens": "output_tokens",
        "reasoning_tokens": "reasoning_tokens",
    }  # fmt: skip
    distinct = {
        "users": "user_id", "sessions": "session_id", "conversations": "conversation_id",
        "models": "model", "active_projects": "project", "teams": "team", "customers": "customer",
        "features": "feature", "agents": "agent", "repositories": "repository",
        "api_keys": "api_key", "providers": "provider", "organizations": "organization",
    }  # fmt: skip
    if not rows:
        counted = (*distinct, "sessions_started", "agent_conversations")
        return 0 if MEASURES[name].additive or name in counted else None
    if name in total:
        return added(r[total[name]] for r in rows)
    if name in distinct:
        return number_of(rows, distinct[name])
    latencies = [r["latency_ms"] for r in both(rows, "latency_ms")]
    firsts = [r["ttft_ms"] for r in both(rows, "ttft_ms")]
    moving = [
        r for r in both(rows, "latency_ms", "ttft_ms", "output_tokens")
        if r["latency_ms"] > r["ttft_ms"]
    ]  # fmt: skip
    spans = [(d, a) for _, d, a in seen.sessions if d is not None]
    match name:
        case "events":
            return len(rows)
        case "cost_gap":
            known = both(rows, "cost_reported_nano", "cost_computed_nano")
            return added(r["cost_reported_nano"] - r["cost_computed_nano"] for r in known)
        case "error_cost":
            return with_status(rows, "error", "cost_nano")
        case "errors":
            return with_status(rows, "error", "requests")
        case "cancelled":
            return with_status(rows, "cancelled", "requests")
        case "error_rate":
            return ratio(with_status(rows, "error", "requests"),
                         added(r["requests"] for r in both(rows, "status")))  # fmt: skip
        case "cancel_rate":
            return ratio(with_status(rows, "cancelled", "requests"),
                         added(r["requests"] for r in both(rows, "status")))  # fmt: skip
        case "requests_per_hour":
            asked = added(r["requests"] for r in rows)
            return None if asked is None else asked * 3600 / seen.seconds
        case "total_tokens":
            return added(map(tokens, rows))
        case "uncached_input_tokens":
            return added(
                r["input_tokens"] - (r["cache_read_tokens"] or 0) - (r["cache_write_tokens"] or 0)
                for r in both(rows, "input_tokens")
            )
        case "cache_write_5m_tokens":
            return added(
                r["cache_write_tokens"] - (r["cache_write_1h_tokens"] or 0)
                for r in both(rows, "cache_write_tokens")
            )
        case "visible_output_tokens":
            return added(
                r["output_tokens"] - (r["reasoning_tokens"] or 0)
                for r in both(rows, "output_tokens")
            )
        case "tokens_per_request":
            known = with_tokens(both(rows, "requests"))
            return ratio(added(map(tokens, known)), added(r["requests"] for r in known))
        case "cache_hit_ratio":
            known = both(rows, "cache_read_tokens", "input_tokens")
            return ratio(added(r["cache_read_tokens"] for r in known),
                         added(r["input_tokens"] for r in known))  # fmt: skip
        case "reasoning_share":
            known = both(rows, "reasoning_tokens", "output_tokens")
            return ratio(added(r["reasoning_tokens"] for r in known),
                         added(r["output_tokens"] for r in known))  # fmt: skip
        case "agent_conversations":
            ids = {r["conversation_id"] for r in both(rows, "conversation_id", "agent")}
            return len(ids) or None
        case "sessions_started":
            return len(seen.sessions) if both(rows, "session_id") else None
        case "session_duration_mean":
            return ratio(sum(d for d, _ in spans), 1_000_000 * len(spans))
        case "session_duration_median":
            return median(d for d, _ in spans) / 1_000_000 if spans else None
        case "session_active_mean":
            return ratio(sum(a for _, a in spans), 1_000_000 * len(spans))
        case "requests_per_session":
            return per(rows, "requests", "session_id")
        case "requests_per_user":
            return per(rows, "requests", "user_id")
        case "cost_per_session":
            return per(rows, "cost_nano", "session_id")
        case "cost_per_conversation":
            return per(rows, "cost_nano", "conversation_id")
        case "cost_per_user":
            return per(rows, "cost_nano", "user_id")
        case "cost_per_request":
            known = both(rows, "cost_nano", "requests")
            return ratio(added(r["cost_nano"] for r in known), added(r["requests"] for r in known))
        case "cost_per_million_tokens":
            known = with_tokens(both(rows, "cost_nano"))
            one = ratio(added(r["cost_nano"] for r in known), added(map(tokens, known)))
            return None if one is None else one * 1e6
        case "latency_mean":
            return ratio(added(latencies), len(latencies))
        case "ttft_mean":
            return ratio(added(firsts), len(firsts))
        case "throughput":
            one = ratio(added(r["output_tokens"] for r in moving),
                        added(r["latency_ms"] - r["ttft_ms"] for r in moving))  # fmt: skip
            return None if one is None else one * 1000
        case "unpriced_events":
            return sum(r["cost_nano"] is None for r in rows)
        case "unpriced_requests":
            return added(0 if r["cost_nano"] is not None else r["requests"] for r in rows)
        case "unpriced_tokens":
            return added(0 if r["cost_nano"] is not None else tokens(r) for r in rows)
        case "priced_share":
            all_of = added(map(tokens, rows))
            if not all_of:
                return ratio(len(both(rows, "cost_nano")), len(rows))
            return ratio(added(0 if r["cost_nano"] is None else tokens(r) for r in rows), all_of)
        case "reported_share":
            known = both(rows, "cost_nano")
            told = added(r["cost_nano"] if r["cost_source"] == "reported" else 0 for r in known)
            return ratio(told, added(r["cost_nano"] for r in known))
        case "session_coverage":
            return share(rows, "session_id", "cost_nano")
        case "user_coverage":
            return share(rows, "user_id", "cost_nano")
        case "status_coverage":
            return share(rows, "status", "requests")
        case "latency_coverage":
            return share(rows, "latency_ms", "requests")
        case "quantity":
            amounts = [r["quantity"] for r in rows if r["quantity"] is not None]
            return float(sum(amounts)) if amounts else None
    column, percent = name.split("_p")
    values = latencies if column == "latency" else firsts
    return percentile(values, int(percent), 100 if percent == "99" else 20)


class Seen:
    """What a figure needs beside its rows: the sessions that count and the seconds that passed."""

    def __init__(self, sessions: list[tuple[Any, ...]], seconds: float) -> None:
        self.sessions, self.seconds = sessions, seconds


# ---- the answer --------------------------------------------------------------------------------
def bucket_of(moment: datetime, grain: Grain | None, calendar: Calendar) -> Any:
    if grain is None:
        return None
    zone = ZoneInfo(calendar.zone)
    wall = moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
    if grain is Grain.HOUR:
        return moment - (wall - wall.replace(minute=0, second=0, microsecond=0))
    day = wall.date()
    if grain is Grain.WEEK:
        first = 0 if calendar.week_start == "monday" else 6
        return day - timedelta(days=(day.weekday() - first) % 7)
    if grain is Grain.DAY:
        return day
    length = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}[grain]
    months = day.year * 12 + day.month - 1
    months -= (day.month - calendar.fiscal_year_start) % length
    return date(months // 12, months % 12 + 1, 1)


def seconds_of(bucket: Any, grain: Grain | None, period: Period) -> float:
    for start, end in period.buckets(grain) if grain else ():
        first = start.replace(tzinfo=None)
        local = start.astimezone(ZoneInfo(period.calendar.zone)).date()
        if bucket == (first if grain is Grain.HOUR else local):
            return (min(end, period.end) - max(start, period.start)).total_seconds()
    return (period.end - period.start).total_seconds()


def items_of(row: Row) -> list[Row]:
    """The usage items of one event (EVENTS.md 2)."""
    own = row["items"] or []
    parts_in = sum(i["quantity"] for i in own if i["rule"] in IN_PARTS)
    parts_out = sum(i["quantity"] for i in own if i["rule"] in OUT_PARTS)
    read, write = row["cache_read_tokens"], row["cache_write_tokens"]
    hour, given_in, given_out = (
        row["cache_write_1h_tokens"], row["input_tokens"], row["output_tokens"],
    )  # fmt: skip
    amounts = {
        "input": None if given_in is None else given_in - (read or 0) - (write or 0) - parts_in,
        "cache_read": read,
        "cache_write": None if write is None else write - (hour or 0),
        "cache_write_1h": hour,
        "output": None if given_out is None else given_out - parts_out,
    }
    found = [(rule, amounts[rule], row[f"cost_{rule}_nano"]) for rule in LEAVES]
    if row["cost_nano"] is not None:
        explained = sum(row[f"cost_{rule}_nano"] or 0 for rule in LEAVES)
        explained += sum(i["cost_nano"] or 0 for i in own)
        found.append(("unsplit", None, row["cost_nano"] - explained))
    found += [(i["rule"], i["quantity"], i["cost_nano"]) for i in own]
    return [
        {**row, "rule": rule, "quantity": amount, "cost_nano": cost}
        for rule, amount, cost in found
        if amount or cost
    ]


def in_plain_python(
    query: Query, rows: Sequence[Row], scope: Scope, filters: Filters, until: datetime
) -> list[tuple[Any, ...]]:
    """The rows View.ask should answer."""
    period = filters.period
    of_items = (
        "pricing_rule" in query.by
        or "quantity" in query.measures
        or any(p.dimension == "pricing_rule" for p in filters.picks)
    )
    if of_items:
        rows = [item for row in rows for item in items_of(row)]
    lifted = [r for r in visible(rows, scope) if holds(r, filters.picks)]
    chosen = within(lifted, period)

    def evaluated(name: str, bucket: Any, grain: Grain | None, keep: Any) -> Any:
        own = [r for r in chosen if keep(r)]
        sessions = []
        if MEASURES[name].relation == "sessions":
            sessions = lengths([r for r in lifted if keep(r)], period, until)
        if grain:
            own = [r for r in own if bucket_of(r["started_at"], grain, period.calendar) == bucket]
            sessions = [s for s in sessions if bucket_of(s[0], grain, period.calendar) == bucket]
        return figure(name, own, Seen(sessions, seconds_of(bucket, grain, period)))

    axes: list[list[tuple[Any, ...]]] = []  # per dimension: (kind, member, members, test)
    for dimension in query.by:
        present = {member(r, dimension) for r in chosen}
        named = sorted(present - {None}, key=lambda m: (m.casefold(), m))
        values = {
            m: evaluated(
                query.measures[0], None, None, lambda r, d=dimension, m=m: member(r, d) == m
            )
            for m in named
        }
        ranked = sorted(named, key=lambda m: (values[m] is None, -(values[m] or 0)))
        kept = ranked
        if query.top is not None and len(ranked) > query.top + 1:
            kept = ranked[: query.top]
        others = frozenset(ranked) - frozenset(kept)
        if query.order == "name":
            kept = sorted(kept, key=lambda m: (m.casefold(), m))
        axis = [("member", m, 1, frozenset({m})) for m in kept]
        if others:
            axis.append(("others", None, len(others), others))
        axis.append(("unattributed", None, 0, frozenset({None})))
        axes.append(axis)

    cells: list[tuple[Any, ...]] = [()]
    for axis in axes:
        cells = [(*cell, entry) for cell in cells for entry in axis]
    buckets: list[Any] = [None]
    if query.grain:
        buckets = sorted({bucket_of(r["started_at"], query.grain, period.calendar) for r in chosen})
    answer: list[tuple[Any, ...]] = []
    for bucket in buckets:
        for cell in cells:

            def keep(r: Row, cell: tuple[Any, ...] = cell) -> bool:
                return all(member(r, d) in e[3] for d, e in zip(query.by, cell, strict=True))

            def there(r: Row, bucket: Any = bucket) -> bool:
                return bucket_of(r["started_at"], query.grain, period.calendar) == bucket

            if (query.by or query.grain) and not any(keep(r) and there(r) for r in chosen):
                continue
            keys = [x for kind, name, count, _ in cell for x in (name, kind, count)]
            values = [evaluated(n, bucket, query.grain, keep) for n in query.measures]
            answer.append((*([bucket] if query.grain else []), *keys, *values))
    return answer if query.limit is None else answer[: query.limit]


# ---- random ledgers ----------------------------------------------------------------------------
def few(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


SMALL = st.none() | st.integers(0, 9)
MONEY = st.none() | st.integers(-3, 40)
AT = datetime(2026, 10, 30, 20)


@st.composite
def rows_of_events(draw: st.DrawFn) -> Row:
    """One event; the times lie around a month's end and the clock changes of autumn 2026."""
    spread = draw(st.sampled_from((60, 3600, 86_400, 20 * 86_400)))
    started = AT + timedelta(microseconds=draw(st.integers(0, 4)) * spread * 997_000)
    read, write = draw(SMALL), draw(SMALL)
    output = draw(SMALL)
    cost = draw(MONEY)
    items = draw(st.none() | st.lists(st.tuples(few("image", "input_audio", "output_audio"),
                                                st.integers(0, 3), MONEY), max_size=2))  # fmt: skip
    own = None if items is None else [
        {"rule": rule, "quantity": Decimal(amount), "unit": "tokens",
         "cost_nano": None if cost is None else price}
        for rule, amount, price in {i[0]: i for i in items}.values()
    ]  # fmt: skip
    leaves = {f"cost_{leaf}_nano": None if cost is None else draw(MONEY) for leaf in LEAVES}
    row = {
        "started_at": started,
        "ended_at": draw(st.none() | st.just(started + timedelta(seconds=draw(st.integers(0, 400))))),
        "requests": draw(few(1, 1, 1, 0, 3, None)),
        "organization": "o", "team": draw(few("t", None)),
        "user_id": draw(few("ana", "Ana", "bo", "cy", None)),
        "project": draw(few("p", "q", "r", None)),
        "repository": None, "customer": None, "feature": draw(few("f", None)),
        "agent": draw(few("x", "y", None)), "api_key": None, "provider": None,
        "session_id": draw(few("s1", "s2", None)), "conversation_id": draw(few("c1", "c2", None)),
        "model": draw(few("m1", "m2", "m3", None)),
        "service_type": draw(few("text_generation", "embedding")),
        "status": draw(few("ok", "error", "cancelled", None)),
        "latency_ms": draw(few(None, 1, 250, 260, 90_000)), "ttft_ms": draw(few(None, 1, 200)),
        "input_tokens": draw(st.none() | st.just((read or 0) + (write or 0) + draw(st.integers(0, 9)))),
        "output_tokens": output,
        "cache_read_tokens": read, "cache_write_tokens": write,
        "cache_write_1h_tokens": None if write is None else draw(few(None, 0, write)),
        "reasoning_tokens": None if output is None else draw(few(None, 0, output)),
        "cost_nano": cost, "cost_reported_nano": draw(MONEY), "cost_computed_nano": draw(MONEY),
        "cost_source": "unpriced" if cost is None else draw(few("reported", "computed")),
        "cache_savings_nano": draw(MONEY), "credits_nano": draw(MONEY),
        "items": own, "tags": draw(few(None, [("flow", "v")], [("flow", "w"), ("other", "v")])),
        **leaves,
    }  # fmt: skip
    row["source"] = "test"
    return row


LEDGERS = st.lists(rows_of_events(), max_size=14) | st.lists(
    rows_of_events(), min_size=2, max_size=2
).map(lambda two: two * 13)
PICKS = st.tuples(
    st.sampled_from(DIMENSIONS),
    st.sets(few("ana", "bo", "p", "q", "m1", "s1", "ok", "x", "v", None)),
).map(lambda p: Pick(p[0], tuple(p[1])))
SCOPES = st.lists(st.lists(PICKS, max_size=2).map(tuple), max_size=3).map(lambda g: Scope(tuple(g)))
WIDE = st.just(Scope(((),)))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    calendar = Calendar(draw(few(*ZONES)), draw(few("monday", "sunday")), draw(st.integers(1, 12)))
    start = datetime(2026, 10, 25, tzinfo=UTC) + timedelta(hours=draw(st.integers(0, 300)))
    length = timedelta(hours=draw(few(1, 25, 24 * 7, 24 * 40, 24 * 120)))
    return Period(start, start + length, "custom", calendar)


ASKED = sorted(n for n, m in MEASURES.items() if not m.report and n != "quantity")


@st.composite
def queries(draw: st.DrawFn) -> Query:
    names = draw(st.lists(st.sampled_from(ASKED), min_size=1, max_size=6, unique=True))
    by = draw(st.lists(st.sampled_from(DIMENSIONS), max_size=2, unique=True))
    return Query(tuple(names), tuple(by), draw(few(None, None, *Grain)), draw(few(None, 1, 2, 3)),
                 draw(few("value", "name")), draw(few(None, None, 2)))  # fmt: skip


@st.composite
def everything_at_once(draw: st.DrawFn) -> Query:
    by = draw(st.lists(st.sampled_from(DIMENSIONS), max_size=2, unique=True))
    first = draw(st.sampled_from(ASKED))
    return Query((first, *(n for n in ASKED if n != first)), tuple(by), draw(few(None, *Grain)),
                 draw(few(None, 1, 2)))  # fmt: skip


@st.composite
def item_queries(draw: st.DrawFn) -> Query:
    names = draw(few(("cost",), ("quantity",), ("cost", "quantity"), ("quantity", "cost")))
    by = draw(
        st.lists(st.sampled_from(("pricing_rule", "user", "project")), max_size=2, unique=True)
    )
    return Query(names, tuple(by), draw(few(None, *Grain)), draw(few(None, 1, 2)))


UNTIL = datetime(2027, 1, 20, tzinfo=UTC)
MANY = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def near(found: Sequence[tuple[Any, ...]], expected: Sequence[tuple[Any, ...]]) -> bool:
    """Equal: integers and texts exactly, floats to the last digits."""
    return len(found) == len(expected) and all(
        a == b or (isinstance(a, float) and b is not None and math.isclose(a, b, rel_tol=1e-12))
        for one, other in zip(found, expected, strict=True)
        for a, b in zip(one, other, strict=True)
    )


def check(ledger, rows, scope, filters, asked):
    store = ledger(rows, files=2)
    try:
        until = min(UNTIL, store.data_until or UNTIL)
        for query, frame in zip(asked, View(store, scope, filters).ask_all(asked), strict=True):
            expected = in_plain_python(query, rows, scope, filters, until)
            assert near(frame.rows(), expected), (query, frame, expected)
    finally:
        store.close()


@pytest.mark.access
@pytest.mark.money
@given(LEDGERS, SCOPES | WIDE, periods(), st.lists(PICKS, max_size=2, unique_by=lambda p: p.dimension),
       st.lists(queries() | everything_at_once(), min_size=1, max_size=3))  # fmt: skip
@settings(MANY, max_examples=20)
def test_any_question_under_any_scope_and_filters_is_answered_as_plain_python_would(
    ledger, rows, scope, period, picks, asked
):
    check(ledger, rows, scope, Filters(period, tuple(picks)), asked)


@pytest.mark.money
@given(LEDGERS, SCOPES | WIDE, periods(), st.lists(PICKS | st.just(Pick("pricing_rule", ("input",))),
       max_size=1), item_queries())  # fmt: skip
@settings(MANY, max_examples=12)
def test_usage_items_are_those_plain_python_makes_of_each_event(
    ledger, rows, scope, period, picks, query
):
    check(ledger, rows, scope, Filters(period, tuple(picks)), [query])


def listed(rows: Sequence[Row], scope: Scope, filters: Filters, *, of_items: bool) -> list[Row]:
    """The rows View.rows should list, newest first; an event that is not split is one row."""
    found: list[Row] = []
    for row in within(rows, filters.period):
        own = items_of(row) if of_items else [row]
        own.sort(key=lambda item: item.get("rule") == "unsplit")  # it comes last
        found += [{**one, "place": -n} for n, one in enumerate(own)]
    if not of_items:
        filters = Filters(filters.period, tuple(p for p in filters.picks if not p.of.items))
    kept = [r for r in visible(found, scope) if holds(r, filters.picks)]
    kept.sort(key=lambda r: (r["started_at"], r["event_id"], r["place"]), reverse=True)
    return kept


@pytest.mark.access
@pytest.mark.money
@given(LEDGERS, SCOPES | WIDE, periods(), st.lists(PICKS | st.just(Pick("pricing_rule", ("input",))),
       max_size=1), st.booleans(), st.integers(1, 4), st.integers(0, 12))  # fmt: skip
@settings(MANY, max_examples=12)
def test_rows_are_listed_and_paged_as_plain_python_would(
    ledger, rows, scope, period, picks, of_items, size, at
):
    rows = [{**row, "event_id": f"e{n:02}"} for n, row in enumerate(rows)]
    of, shown = (
        ("items", ("event_id", "rule", "cost_nano")) if of_items else ("events", ("event_id",))
    )
    filters = Filters(period, tuple(picks))
    store = ledger(rows, files=2)
    view = View(store, scope, filters)
    expected = [tuple(r[n] for n in shown) for r in listed(rows, scope, filters, of_items=of_items)]
    found = view.rows(of, Cut())
    assert found.select(shown).rows() == expected
    assert view.count(of) == len(expected)
    if at < len(expected):
        row = found.row(at, named=True)
        mark = Mark(row["started_at"].replace(tzinfo=UTC), row["event_id"], row.get("place", 0))
        older, newer = (view.rows(of, cut) for cut in (Cut(size, mark), Cut(size, after=mark)))
        assert older.select(shown).rows() == expected[at + 1 : at + 1 + size]
        assert newer.select(shown).rows() == expected[max(0, at - size) : at]
        assert view.count(of, mark) == at
    store.close()


@pytest.mark.nightly
@given(LEDGERS, SCOPES | WIDE, periods(), st.lists(PICKS, max_size=2, unique_by=lambda p: p.dimension),
       st.lists(queries() | everything_at_once(), min_size=1, max_size=4))  # fmt: skip
@settings(MANY, max_examples=3000)
def test_many_more_questions_are_answered_as_plain_python_would(
    ledger, rows, scope, period, picks, asked
):
    check(ledger, rows, scope, Filters(period, tuple(picks)), asked)
