"""OpenAI organisation usage and costs, as CSV and as pages of the API."""

import json

import pytest

from analytics_core.ingest.sources.detect import Unrecognised

USAGE = """start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,user_id,api_key_id,model,batch,service_tier,input_tokens,output_tokens,input_cached_tokens,input_uncached_tokens,input_text_tokens,input_audio_tokens,input_cached_audio_tokens,output_audio_tokens
1790812800,1790899200,2026-10-01T00:00:00+00:00,2026-10-02T00:00:00+00:00,proj_a,10.0,user-1,key_1,gpt-5,FALSE,default,59200.0,10646.0,5760.0,53440.0,53440.0,0.0,0.0,0.0
1790812800,1790899200,2026-10-01T00:00:00+00:00,2026-10-02T00:00:00+00:00,proj_a,8.0,user-1,key_1,gpt-5-mini,TRUE,default,46264.0,60000.0,8192.0,38072.0,38072.0,100.0,20.0,30.0
1790899200,1790985600,2026-10-02T00:00:00+00:00,2026-10-03T00:00:00+00:00,,,,,,,,,,,,,,,
"""


def test_usage_rows_are_buckets_of_a_day(mapped):
    first, second, _ = mapped(USAGE)
    assert {k: v for k, v in first.items() if k != "id"} == {
        "source": "openai-usage", "_row": 1, "started_at": "1790812800", "ended_at": "1790899200",
        "requests": "10", "provider": "openai", "project": "proj_a", "user_id": "user-1",
        "api_key": "key_1", "model_raw": "gpt-5", "service_type": "text_generation",
        "service_tier": "standard", "input_tokens": "59200", "output_tokens": "10646",
        "cache_read_tokens": "5760",
    }  # fmt: skip
    assert second["service_tier"] == "batch"
    assert second["items"] == [
        {"rule": "input_audio", "quantity": "80", "unit": "tokens"},
        {"rule": "cache_read_audio", "quantity": "20", "unit": "tokens"},
        {"rule": "output_audio", "quantity": "30", "unit": "tokens"},
    ]


def test_a_day_without_usage_says_nothing(mapped):
    empty = mapped(USAGE)[2]
    assert not {"requests", "input_tokens", "output_tokens", "items"} & empty.keys()


def test_two_rows_of_one_bucket_stand_and_a_row_told_twice_is_one(mapped):
    head, row, *_ = USAGE.splitlines()
    fewer = row.replace(",10.0,", ",8.0,").replace("59200.0", "783.0")
    ids = [row["id"] for row in mapped("\n".join((head, fewer, row, row)) + "\n")]
    assert ids[1] == ids[2] != ids[0]
    assert [made.rsplit("-")[-1] for made in ids] == ["2", "1", "1"]
    fuller = row.replace(",10.0,", ",12.0,")
    assert mapped(f"{head}\n{fuller}\n")[0]["id"] == ids[1]


def _page(**result):
    return json.dumps(
        {
            "object": "page", "has_more": False, "next_page": None,
            "data": [
                {"object": "bucket", "start_time": 1790812800, "end_time": 1790899200,
                 "results": [{"model": "m", "num_model_requests": 2} | result]},
                {"object": "bucket", "start_time": 1790899200, "end_time": 1790985600, "results": []},
            ],
        },
        indent=1,
    )  # fmt: skip


def test_a_page_gives_each_result_the_period_of_its_bucket(mapped):
    (row,) = mapped(
        _page(object="organization.usage.completions.result", input_tokens=1000, output_tokens=500,
              input_cached_tokens=800, project_id=None, api_key_id="key_1", batch=None)
    )  # fmt: skip
    shown = (
        "source",
        "started_at",
        "ended_at",
        "requests",
        "input_tokens",
        "cache_read_tokens",
        "api_key",
    )
    assert tuple(row[name] for name in shown) == (
        "openai-usage", "1790812800", "1790899200", "2", "1000", "800", "key_1",
    )  # fmt: skip


def test_other_results_are_items_of_their_own_unit(mapped):
    (images,) = mapped(_page(object="organization.usage.images.result", images=3, size="1024x1024"))
    (speech,) = mapped(_page(object="organization.usage.audio_speeches.result", characters=45))
    (heard,) = mapped(_page(object="organization.usage.audio_transcriptions.result", seconds=20))
    (code,) = mapped(
        _page(object="organization.usage.code_interpreter_sessions.result", num_sessions=4)
    )
    (vector,) = mapped(_page(object="organization.usage.embeddings.result", input_tokens=16))
    found = [(r["service_type"], r.get("items")) for r in (images, speech, heard, code, vector)]
    assert found == [
        ("image_generation", [{"rule": "image", "quantity": "3", "unit": "images"}]),
        ("text_to_speech", [{"rule": "character", "quantity": "45", "unit": "characters"}]),
        ("speech_to_text", [{"rule": "audio_second", "quantity": "20", "unit": "seconds"}]),
        ("other", [{"rule": "code_session", "quantity": "4", "unit": "sessions"}]),
        ("embedding", None),
    ]
    assert images["tags"] == {"image_size": "1024x1024"}


def test_costs_are_lines_in_their_currency(mapped):
    (row,) = mapped(
        "start_time,end_time,amount_value,amount_currency,line_item,project_id,organization_name\n"
        '1790812800,1790899200,0.8958740000000000,usd,"gpt-5, input",proj_a,Acme\n'
    )
    assert {k: v for k, v in row.items() if k != "id"} == {
        "source": "openai-costs", "_row": 1, "started_at": "1790812800", "ended_at": "1790899200",
        "provider": "openai", "organization": "Acme", "project": "proj_a",
        "cost_reported": "0.895874", "currency": "usd", "service_type": "other",
        "items": [{"rule": "gpt-5, input", "cost": "0.895874"}],
    }  # fmt: skip
    (paged,) = mapped(
        _page(object="organization.costs.result", amount={"value": 0.06, "currency": "usd"})
    )
    assert (paged["source"], paged["cost_reported"], paged["currency"]) == (
        "openai-costs",
        "0.06",
        "usd",
    )


def test_a_page_of_idle_days_is_one_of_usage(detected):
    day = {"object": "bucket", "start_time": 1790812800, "end_time": 1790899200, "results": []}
    assert detected(json.dumps({"object": "page", "data": [day, day]})).name == "openai-usage"
    with pytest.raises(Unrecognised):
        detected(json.dumps({"object": "list", "data": {"start_time": 1, "results": [1]}}))
