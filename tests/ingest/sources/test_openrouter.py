"""OpenRouter's activity export and API."""

import json

ACTIVITY = """generation_id,created_at,cost_total,cost_web_search,cost_cache,cost_file_processing,byok_usage_inference,tokens_prompt,tokens_completion,tokens_reasoning,tokens_cached,model_permaslug,provider_name,variant,cancelled,streamed,user,finish_reason_raw,finish_reason_normalized,generation_time_ms,time_to_first_token_ms,app_name,api_key_name
gen-1,2026-10-01 08:00:00.123,0.0123,0.004,0,0.001,0,1000,200,50,300,openai/gpt-5,OpenAI,standard,false,true,ines,stop,stop,2345,300,Search,web
gen-2,2026-10-01 08:01:00,0,0,0,0,0,10,0,0,0,openai/gpt-5,OpenAI,free,true,true,,,,500,,Search,web
gen-3,2026-10-01 08:02:00,0.01,0,0,0,0,10,0,0,0,openai/gpt-5,OpenAI,standard,false,false,,error,error,500,,Search,web
"""


def test_a_generation_is_a_request(mapped):
    first, second, third = mapped(ACTIVITY)
    assert first == {
        "source": "openrouter", "_row": 1, "id": "gen-1", "started_at": "2026-10-01 08:00:00.123",
        "latency_ms": "2345", "ttft_ms": "300", "provider": "openrouter", "model_raw": "openai/gpt-5",
        "user_id": "ines", "project": "Search", "api_key": "web", "operation": "chat",
        "service_type": "text_generation", "status": "ok", "finish_reason": "stop",
        "stream": "true", "input_tokens": "1000", "output_tokens": "200",
        "cache_read_tokens": "300", "reasoning_tokens": "50", "cost_reported": "0.0123",
        "items": [{"rule": "web_search", "cost": "0.004"}, {"rule": "fee", "cost": "0.001"}],
        "tags": {"upstream": "OpenAI", "variant": "standard"},
        "metadata": '{"cost_cache":"0","byok_usage_inference":"0"}',
    }  # fmt: skip
    assert (second["status"], third["status"]) == ("cancelled", "error")


DAY = {
    "date": "2026-10-01", "model": "openai/gpt-5", "model_permaslug": "openai/gpt-5-2025-08-07",
    "endpoint_id": "e-1", "provider_name": "OpenAI", "usage": 0.015, "byok_usage_inference": 0.012,
    "requests": 5, "prompt_tokens": 50, "completion_tokens": 125, "reasoning_tokens": 25,
}  # fmt: skip


def test_a_day_of_the_activity_api_is_a_bucket_with_its_cost(mapped):
    other = DAY | {"endpoint_id": "e-2", "requests": 7}
    paged = mapped(json.dumps({"data": [DAY, other]}, indent=1))
    assert paged[0] == {
        "source": "openrouter-activity", "_row": 1, "started_at": "2026-10-01 00:00:00",
        "ended_at": "2026-10-02 00:00:00", "requests": "5", "provider": "openrouter",
        "model_raw": "openai/gpt-5-2025-08-07", "input_tokens": "50", "output_tokens": "125",
        "reasoning_tokens": "25", "cost_reported": "0.015",
        "tags": {"upstream": "OpenAI", "endpoint": "e-1"},
    }  # fmt: skip
    assert [(row["requests"], row["tags"]["endpoint"]) for row in paged] == [
        ("5", "e-1"),
        ("7", "e-2"),
    ]
    (line, _) = mapped(json.dumps(DAY) + "\n" + json.dumps(other) + "\n")
    assert (line["cost_reported"], line["requests"]) == ("0.015", "5")
