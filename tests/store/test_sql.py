import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_core.semantics.dimension import DIMENSIONS, dimension
from analytics_core.semantics.filters import EVERYTHING, NOTHING, Filters, Pick, Scope
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.period import Calendar, Grain, Period
from analytics_core.store import sql, sql_rows
from analytics_core.store.duck import DuckDialect
from analytics_core.store.sql_parts import Axis, Part
from analytics_core.store.sql_people import adopters, weeks_of_users
from analytics_core.store.sql_relations import Selection
from analytics_core.store.sql_rows import Cut, Mark
from analytics_core.store.sql_sessions import newest_sessions
from analytics_core.store.sql_sums import sums

NOVEMBER = Period.parse("2026-11", datetime(2026, 12, 1, tzinfo=UTC), Calendar("America/New_York"))
UNTIL = datetime(2026, 12, 1, tzinfo=UTC)
FILES = ("/data/events/month=2026-11/a.parquet",)
DUCK = DuckDialect()
HERS = (Pick("user", ("ana",)),)


def chosen(scope: Scope = EVERYTHING, *picks: Pick) -> Selection:
    return Selection(Filters(NOVEMBER, picks), scope, FILES, FILES)


def part(measures: str, by: str = "", **more) -> Part:
    axes = tuple(Axis(dimension(name)) for name in by.split())
    return Part(tuple(MEASURES[name] for name in measures.split()), axes, **more)


def lines(text: str) -> str:
    """One clause per line, so that a change is easy to review."""
    cut = re.sub(r" (FROM|WHERE|GROUP BY|ORDER BY|LEFT JOIN|UNION ALL)\b", r"\n\1", text)
    return re.sub(r"(, )(\w+ AS (?:MATERIALIZED )?\()", r",\n\2", cut) + "\n"


def statement(kind: str, one: Part, of: Selection):
    if kind == "sums":
        return sums([one], of, DUCK, of_items=False)
    if kind == "items":
        return sums([one], of, DUCK, of_items=True)
    if kind == "distinct":
        return sql.distinct([one], of, DUCK)
    if kind == "spread":
        return sql.spread([one], of, DUCK, "session_id")
    if kind == "sessions":
        return sql.facts_of_sessions([one], of, DUCK, UNTIL)
    return sql.percentiles([one], of, DUCK, "latency_ms")


@pytest.mark.parametrize(
    ("name", "kind", "one", "of"),
    [
        ("total", "sums", part("cost"), chosen()),
        ("top_by_week", "sums", part("cost error_rate", "project", grain=Grain.WEEK, top=3),
         chosen(Scope((HERS, (Pick("project", ("atlas", None)),))), Pick("model", ("m1",)))),
        ("users_by_month", "distinct", part("users", "team", grain=Grain.MONTH), chosen()),
        ("sessions_by_day", "spread", part("sessions", grain=Grain.DAY), chosen()),
        ("latency", "latency", part("latency_p50 latency_p95"), chosen()),
        ("sessions", "sessions", part("session_duration_mean", grain=Grain.DAY), chosen()),
        ("items", "items", part("cost", "pricing_rule"), chosen()),
    ],
)  # fmt: skip
def test_a_question_compiles_to_the_approved_text(approved, name, kind, one, of):
    approved(f"{name}.sql", lines(statement(kind, one, of).compiled.text))


MARK = Mark(UNTIL, "e7", -2)


@pytest.mark.parametrize(
    ("name", "compiled"),
    [
        ("older_events", sql_rows.listed_events(chosen(), Cut(50, MARK), DUCK)),
        ("newer_items", sql_rows.listed_items(
            chosen(Scope((HERS,)), Pick("pricing_rule", ("input",))), Cut(50, after=MARK), DUCK,
            few=1000)),
        ("older_sessions", newest_sessions(
            chosen(Scope((HERS,))), (UNTIL, "s7"), 50, DUCK, UNTIL)),
        ("adopters", adopters(dimension("feature"), chosen(Scope((HERS,))), DUCK)),
        ("weeks_of_users", weeks_of_users(2964, 2967, chosen(), DUCK)),
    ],
)  # fmt: skip
def test_a_page_of_rows_compiles_to_the_approved_text(approved, name, compiled):
    approved(f"{name}.sql", lines(compiled.text))


@pytest.mark.access
@pytest.mark.parametrize(
    "compiled",
    [
        lambda of: sql_rows.listed_events(of, Cut(of=MARK), DUCK),
        lambda of: sql_rows.listed_items(of, Cut(9, MARK), DUCK, few=1000),
        lambda of: sql_rows.counted("events", of, MARK, DUCK),
        lambda of: sql_rows.counted("items", of, None, DUCK),
        lambda of: sql_rows.hours(of, DUCK),
        lambda of: newest_sessions(of, (UNTIL, "s7"), 50, DUCK, UNTIL),
        lambda of: adopters(dimension("team"), of, DUCK),
        lambda of: weeks_of_users(2964, 2967, of, DUCK),
    ],
)
def test_every_list_of_rows_asks_who_is_asking(compiled):
    text = compiled(chosen(Scope((HERS,)), Pick("team", ("core",)))).text
    scans = text.split("read_parquet(")[1:]
    assert scans
    for scan in scans:
        assert re.search(r"AND \(\(\(list_contains\(\$v\d+::VARCHAR\[\], user_id\)\)\)\)", scan)
        assert re.search(r"AND \(\(list_contains\(\$v\d+::VARCHAR\[\], team\)\)\)", scan)


@pytest.mark.access
def test_a_scope_without_grants_and_a_pick_without_values_are_false():
    assert "AND (false) AND" in statement("sums", part("cost"), chosen(NOTHING)).compiled.text
    nobody = statement("sums", part("cost"), chosen(EVERYTHING, Pick("user", ()))).compiled.text
    assert "AND (false)" in nobody


@pytest.mark.access
@pytest.mark.parametrize("kind", ["sums", "items", "distinct", "spread", "sessions", "latency"])
def test_every_scan_of_every_statement_asks_who_is_asking(kind):
    measures = {"sessions": "session_active_mean", "latency": "latency_p50", "distinct": "users"}
    one = part(measures.get(kind, "cost"), "project", top=2)
    if kind == "spread":
        one = part("sessions", grain=Grain.DAY)
    text = statement(kind, one, chosen(Scope((HERS,)), Pick("team", ("core",)))).compiled.text
    scans = text.split("read_parquet(")[1:]
    assert scans
    for scan in scans:
        assert re.search(
            r"WHERE .* AND \(\(\(list_contains\(\$v\d+::VARCHAR\[\], user_id\)\)\)\)", scan
        )
        assert re.search(r"AND \(\(list_contains\(\$v\d+::VARCHAR\[\], team\)\)\)", scan)


HOSTILE = st.text(min_size=4, max_size=60) | st.sampled_from(
    (
        "'; DROP TABLE events; --",
        "$v0",
        '"; x',
        "\\",
        "%_%",
        "a'||'b",
        "read_parquet('/etc/passwd')",
    )
)


@pytest.mark.access
@given(HOSTILE.map(lambda t: f"§{t}§"), st.sampled_from(sorted(DIMENSIONS)), st.data())
@settings(deadline=None, max_examples=60)
def test_no_value_ever_stands_in_the_text(value, name, data):
    of = chosen(Scope(((Pick(name, (value,)),),)), Pick(f"tag:{value[:60]}", (value, None)))
    kind = data.draw(st.sampled_from(("sums", "distinct", "sessions", "latency")))
    shown = Axis(dimension("model"), (value,))
    measure = {"latency": "latency_p50", "sessions": "sessions_started"}.get(kind, "cost")
    one = Part((MEASURES[measure],), (Axis(dimension(f"tag:{value[:60]}")), shown), top=1)
    texts = [statement(kind, one, of).compiled.text]
    texts.append(sql.found_members(dimension("user"), value, 5, of, DUCK).text)
    texts.append(sql.facts(of, DUCK).text)
    texts.append(sql_rows.listed_events(of, Cut(5, Mark(UNTIL, value)), DUCK).text)
    assert not any("§" in text for text in texts)
