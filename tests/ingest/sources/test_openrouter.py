"""OpenRouter's activity export."""

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
