"""Anthropic usage and costs: the console's CSV and pages of the Admin API."""

import json

import pytest

from analytics_core.ingest.sources.detect import Unrecognised

HEAD = (
    "usage_date_utc,model_version,api_key,workspace,usage_type,context_window,"
    "usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,"
    "usage_input_tokens_cache_read,usage_output_tokens,web_search_count,inference_geo,speed\n"
)


def test_a_row_of_the_console_is_a_day(mapped):
    first, second = mapped(
        HEAD
        + "2026-10-01,claude-opus-4-8,web,Default,standard,≤ 200k,100000,10,20,30,5000,4,global,\n"
        "2026-10-01,claude-opus-4-8,web,Default,batch,> 200k,50000,0,0,0,2000,0,global,fast\n"
    )
    assert first == {
        "source": "anthropic-usage", "_row": 1, "started_at": "2026-10-01 00:00:00",
        "ended_at": "2026-10-02 00:00:00", "provider": "anthropic", "project": "Default",
        "api_key": "web", "model_raw": "claude-opus-4-8", "service_type": "text_generation",
        "service_tier": "standard", "context_window": "0-200k", "input_tokens": "100000",
        "output_tokens": "5000", "cache_read_tokens": "30", "cache_write_tokens": "30",
        "cache_write_1h_tokens": "20", "tags": {"inference_geo": "global"},
        "items": [{"rule": "web_search", "quantity": "4", "unit": "searches"}],
    }  # fmt: skip
    assert (second["service_tier"], second["context_window"]) == ("fast", "200k-1M")


def test_older_exports_lack_columns(mapped):
    (row,) = mapped(
        "usage_date_utc,model_version,usage_input_tokens_no_cache,usage_input_tokens_cache_write,"
        "usage_input_tokens_cache_read,usage_output_tokens\n2025-03-01T10:00,claude-x,5,6,7,8\n"
    )
    assert (row["cache_write_tokens"], row.get("cache_write_1h_tokens"), row.get("ended_at")) == (
        "6",
        None,
        None,
    )


def _page(**result):
    usage = {"uncached_input_tokens": 1500, "output_tokens": 500, "cache_read_input_tokens": 200,
             "cache_creation": {"ephemeral_1h_input_tokens": 1000, "ephemeral_5m_input_tokens": 500},
             "server_tool_use": {"web_search_requests": 0}, "model": "claude-sonnet-4-5",
             "service_tier": "priority_on_demand", "workspace_id": "w-1", "rbac_group_id": None}  # fmt: skip
    bucket = {
        "starting_at": "2026-10-01T00:00:00Z",
        "ending_at": "2026-10-02T00:00:00Z",
        "results": [usage | result],
    }
    return json.dumps({"data": [bucket], "has_more": False, "next_page": None})


def test_a_page_of_the_api(mapped):
    (row,) = mapped(_page())
    shown = ("source", "started_at", "ended_at", "input_tokens", "cache_read_tokens",
             "cache_write_tokens", "cache_write_1h_tokens", "service_tier", "project")  # fmt: skip
    assert tuple(row[name] for name in shown) == (
        "anthropic-usage", "2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z", "1500", "200", "1500",
        "1000", "priority", "w-1",
    )  # fmt: skip
    assert not {"requests", "items"} & row.keys()


def test_cost_reports_are_cents(mapped, detected):
    page = {"data": [{"starting_at": "2026-10-01T00:00:00Z", "ending_at": "2026-10-02T00:00:00Z",
            "results": [{"currency": "USD", "amount": "123.78912", "cost_type": "tokens",
                         "description": "Input tokens", "model": "claude-sonnet-4-5"}]}]}  # fmt: skip
    (row,) = mapped(json.dumps(page))
    assert (row["source"], row["cost_reported"]) == ("anthropic-costs", "123.78912")
    assert detected(json.dumps(page)).cost_unit == "cents"


def test_a_report_by_group_is_known_to_repeat_the_cost(detected):
    assert detected(_page()).repeats == ""
    assert "rbac_group_id" in detected(_page(rbac_group_id="g-1")).repeats


def test_a_page_of_idle_days_is_one_of_usage(detected):
    day = {"starting_at": "2026-10-01T00:00:00Z", "ending_at": "2026-10-02T00:00:00Z"}
    page = {"data": [day | {"results": []}], "has_more": False}
    assert detected(json.dumps(page)).name == "anthropic-usage"
    with pytest.raises(Unrecognised):
        detected(json.dumps({"data": day | {"results": [1]}}))
