import re

import pytest

from analytics_core.errors import NotAsked, UnknownName
from analytics_core.events import NAMES
from analytics_core.semantics.measure import MEASURES, sums_up
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit

OWN = {"duration_us", "active_us", "quantity_micro"}  # columns of session facts and usage items
SQL_WORDS = {
    "sum", "count", "coalesce", "nullif", "median", "FILTER", "WHERE", "CASE", "WHEN", "THEN",
    "ELSE", "END", "IS", "NOT", "NULL", "AND", "IN", "DISTINCT",
}  # fmt: skip


@pytest.mark.parametrize("measure", MEASURES.values(), ids=lambda m: m.name)
def test_a_measure_says_all_a_screen_needs(measure):
    assert measure.label
    assert measure.label[0].isupper()
    assert measure.description.endswith(".")
    assert measure.formula
    assert bool(measure.report) != bool(measure.sql)


@pytest.mark.parametrize("measure", [m for m in MEASURES.values() if m.sql], ids=lambda m: m.name)
def test_a_measure_reads_columns_of_events_and_nothing_else(measure):
    text = " ".join((*measure.aggregates, measure.known))
    words = set(re.findall(r"[A-Za-z_]\w*", re.sub(r"'[a-z]+'", "", text)))
    assert words - SQL_WORDS <= {*NAMES, *OWN}


def test_what_adds_up_is_a_sum_and_zero_without_rows():
    additive = [m for m in MEASURES.values() if m.additive]
    assert all(all(map(sums_up, m.aggregates)) for m in additive)
    assert all(m.denominator is None and m.zero_when_empty for m in additive)


SPECIFIED = """
    active_projects adoption agent_conversations agents api_keys cache_hit_ratio
    cache_read_tokens cache_savings cache_write_1h_tokens cache_write_5m_tokens
    cache_write_tokens cancel_rate cancelled conversations cost cost_computed cost_gap
    cost_per_conversation cost_per_million_tokens cost_per_request cost_per_session
    cost_per_user cost_reported credits customers daily_users error_cost error_rate errors
    events features input_tokens latency_coverage latency_mean latency_p50 latency_p95
    latency_p99 models monthly_users new_adopters organizations output_tokens priced_share
    providers quantity reasoning_share reasoning_tokens repeat_adopters reported_share
    repositories requests requests_per_hour requests_per_session requests_per_user
    session_active_mean session_coverage session_duration_mean session_duration_median
    sessions sessions_started status_coverage stickiness teams throughput tokens_per_request
    total_projects total_tokens ttft_mean ttft_p50 ttft_p95 uncached_input_tokens
    unpriced_events unpriced_requests unpriced_tokens user_coverage users
    visible_output_tokens weekly_users
"""


def test_the_registry_holds_every_measure_of_the_specification():
    assert sorted(MEASURES) == SPECIFIED.split()


@pytest.mark.parametrize(
    ("name", "unit", "better", "least"),
    [
        ("cost", Unit.USD, "neither", 0), ("error_rate", Unit.RATIO, "lower", 0),
        ("credits", Unit.CREDITS, "neither", 0), ("latency_p50", Unit.MILLISECONDS, "lower", 20),
        ("latency_p99", Unit.MILLISECONDS, "lower", 100), ("users", Unit.COUNT, "higher", 0),
        ("session_duration_mean", Unit.SECONDS, "neither", 0),
        ("throughput", Unit.TOKENS, "higher", 0), ("cache_savings", Unit.USD, "higher", 0),
    ],
)  # fmt: skip
def test_units_and_the_colour_of_a_change_are_declared(name, unit, better, least):
    measure = MEASURES[name]
    assert (measure.unit, measure.better, measure.least) == (unit, better, least)


def test_a_measure_that_needs_several_questions_names_its_report(viewed):
    with pytest.raises(NotAsked, match="answered by the report 'adoption'"):
        viewed([]).ask(Query(("stickiness",)))


def test_an_unknown_measure_is_refused_with_the_nearest_name():
    with pytest.raises(UnknownName, match="Did you mean 'cost'"):
        Query(("cots",))
