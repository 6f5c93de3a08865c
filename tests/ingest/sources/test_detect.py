"""Which source reads a file, and what is said when none does."""

import re

import pytest
import yaml

from analytics_core.ingest.names import top_names
from analytics_core.ingest.raw import Head
from analytics_core.ingest.sources.detect import Unrecognised, detect
from analytics_core.ingest.sources.mapping import sources_of


def _head(names, *rows, kind="csv", **more):
    names = names.split(",")
    sample = tuple(dict(zip(names, row, strict=True)) for row in rows)
    tops = top_names(names)
    nested = tuple(name.lower() for name in more.pop("nested", ()))
    types = dict.fromkeys(tops, "VARCHAR" if kind == "csv" else "JSON")
    return Head(kind, "drop", (*tops, *nested), tuple(names), types, sample, **more)


GPT = {"message": {"usage": {"input_tokens": 1}}, "type": "assistant"}


@pytest.mark.parametrize(
    ("head", "source"),
    [
        (_head("event_id,started_at,input_tokens"), "canonical"),
        (_head("event_id,started_at,prompt,cost"), "generic"),  # no measure of ours
        (_head("timestamp,prompt_tokens,completion_tokens"), "generic"),
        (_head("Date,Cost USD"), "generic"),
        (_head("request_id,startTime,endTime,spend,prompt_tokens,call_type,model"), "litellm"),
        (_head("Request_ID,STARTTIME,EndTime,Spend,prompt_tokens,call_type"), "litellm"),
        (_head("response_cost,call_type,startTime,custom_llm_provider,metadata", kind="jsonl"), "litellm-payload"),
        (_head("request_id,start_time,spend,key_alias,cache_read_tokens", kind="jsonl"), "litellm-payload"),
        (_head("date,spend,api_requests,successful_requests,failed_requests,team_id"), "litellm-daily"),
        (_head("trace_id,start_time,type,usage_details,provided_model_name,id"), "langfuse"),
        (_head("id,timestamp,user_id,session_id,tags"), "langfuse-traces"),
        (_head("type,message", ("assistant", {}), kind="jsonl", nested=("message.usage",)), "claude-code"),
        (_head("sessionId,message,timestamp", kind="jsonl"), "claude-code"),
        (_head("type,payload,timestamp", ("session_meta", {}, ""), kind="jsonl"), "codex"),
        (_head("num_model_requests,input_tokens,start_time,model"), "openai-usage"),
        (_head("num_model_requests,images,start_time,model"), "openai-usage"),
        (_head("amount_value,line_item,start_time"), "openai-costs"),
        (_head("usage_date_utc,model_version,usage_input_tokens_no_cache"), "anthropic-usage"),
        (_head("generation_id,cost_total,tokens_prompt,model_permaslug,created_at"), "openrouter"),
        (_head("request_created_at,request_id,completion_tokens,properties"), "helicone"),
        (_head("schemaType,modelId,requestId", ("ModelInvocationLog", "", ""), kind="jsonl"), "bedrock-log"),
        (_head("resourceSpans", kind="json"), "otel"),
        (_head("span_id,attributes", kind="jsonl", nested=("attributes.gen_ai.system",)), "otel"),
        (_head("BilledCost,EffectiveCost,ChargePeriodStart,ChargeCategory,BillingCurrency"), "focus"),
    ],
)  # fmt: skip
def test_a_file_is_recognised_by_its_columns(head, source):
    assert detect(head, (), None).name == source


def _mapping(name, *columns, time="time"):
    (source,) = sources_of(
        f"name: {name}\nmatch: {{all: [{', '.join(columns)}]}}\ntime: {{column: {time}}}\n", name
    )
    return source


def test_most_required_columns_win_and_a_saved_mapping_wins_a_tie():
    head = _head("request_created_at,request_id,completion_tokens,properties")
    columns = ("request_created_at", "request_id", "completion_tokens", "properties")
    assert detect(head, (_mapping("mine", *columns),), None).name == "mine"
    assert detect(head, (_mapping("mine", *columns[:3]),), None).name == "helicone"


def test_any_saved_mapping_wins_over_common_names():
    assert detect(_head("time,cost,a"), (_mapping("mine", "a"),), None).name == "mine"


def test_two_saved_mappings_of_equal_rank_are_ambiguous():
    with pytest.raises(Unrecognised, match="those of one and two") as found:
        detect(_head("time,cost,a,b"), (_mapping("one", "a"), _mapping("two", "b")), None)
    assert found.value.code == "ambiguous_source"


def test_a_mapping_may_forbid_columns_and_ask_for_one_of_several():
    text = "name: mine\nmatch: {all: [a], any: [b, c], none: [d]}\ntime: {column: a}\n"
    saved = sources_of(text, "mine.yaml")
    assert detect(_head("a,C"), saved, None).name == "mine"
    for names in ("a", "a,b,D"):
        with pytest.raises(Unrecognised):
            detect(_head(names), saved, None)


def _refusal(head, saved=()):
    with pytest.raises(Unrecognised) as found:
        detect(head, saved, None)
    return found.value


def test_unknown_columns_names_what_is_there_and_what_is_missing():
    nearly = _refusal(_head("request_id,start_time_,endTime,spend,prompt_tokens,call_type"))
    assert nearly.code == "unknown_columns"
    assert str(nearly) == (
        "No source reads these columns: request_id, start_time_, endTime, spend, prompt_tokens, call_type."
        " As litellm it lacks starttime (is it 'start_time_'?)."
    )
    assert str(_refusal(_head("a"))).endswith(
        "no column with a time (timestamp, time, created_at, date …)."
    )
    assert str(_refusal(_head("time,a"))).endswith("It has neither a cost nor both token counts.")


def test_unknown_columns_also_counts_lines_that_are_no_json():
    head = _head("a", kind="jsonl", lines=3, bad_lines=1)
    assert str(_refusal(head)).endswith(" 1 of 3 lines is not JSON.")
    assert str(_refusal(_head("a", kind="jsonl", lines=9, bad_lines=2))).endswith(
        " 2 of 9 lines are not JSON."
    )


def test_names_of_a_file_are_shown_short_and_without_control_characters():
    text = str(_refusal(_head("x" * 100 + ",\x1b[31m")))
    assert "x" * 63 + "…" in text
    assert "\x1b" not in text


def test_cache_columns_need_a_stated_convention():
    names = "timestamp,input_tokens,output_tokens,Cached Tokens,cache_hit"
    refused = _refusal(_head(names, ("2026-10-01", "10", "1", "4", "no")))
    assert refused.code == "needs_mapping"
    assert "Cached Tokens: do the input tokens include these?" in str(refused)
    assert refused.proposal["columns"]["cache_read_tokens"] == "cached_tokens"
    assert "convention" not in refused.proposal
    more_than_all = _refusal(_head(names, ("2026-10-01", "10", "1", "40", "no")))
    assert more_than_all.proposal["convention"] == "exclusive"


def test_a_cache_column_that_counts_nothing_needs_no_convention():
    names = "timestamp,input_tokens,output_tokens,cache_hit,cache_status,cached"
    assert (
        detect(_head(names, ("2026-10-01", "10", "1", "1", "MISS", "0")), (), None).name
        == "generic"
    )
    counted = _head(names, ("2026-10-01", "10", "1", "1", "MISS", "8"))
    assert "cached: do the input tokens" in str(_refusal(counted))


def test_cached_tokens_inside_a_value_need_a_stated_convention(detected):
    row = '{"timestamp": "2026-10-01T08:00:00Z", "prompt_tokens": 10, "completion_tokens": 1, %s}\n'
    with pytest.raises(Unrecognised, match=r"prompt_tokens_details\.cached_tokens: do the input"):
        detected(row % '"prompt_tokens_details": {"cached_tokens": 0}')
    assert detected(row % '"options": {"cache": true, "ttl": 5}').name == "generic"


@pytest.mark.parametrize(
    ("cost", "sign", "pattern"),
    [
        ("$0.10", r"\$", r"^\$ *(.+)$"),
        ("USD 0.10", "USD", "^USD *(.+)$"),
        ("0.10 USD", "USD", "^(.+?) *USD$"),
        ("0,10 €", "€", "^(.+?) *€$"),
    ],
)
def test_costs_with_their_currency_need_a_mapping(cost, sign, pattern):
    refused = _refusal(_head("timestamp,cost", ("2026-10-01", cost), delimiter=";"))
    assert refused.code == "needs_mapping"
    assert re.search(f"Costs are written with their currency .{sign}", str(refused))
    assert refused.proposal["columns"] == {"cost_reported": {"column": "cost", "match": pattern}}


@pytest.mark.parametrize(
    ("time", "cost", "unit", "column", "marks"),
    [
        ("01.11.2026 12:00", "1.234,56", "%d.%m.%Y %H:%M", "cost", {"decimal": ",", "thousands": "."}),
        ("13/11/2026", "0,5", "%d/%m/%Y", "cost", {"decimal": ",", "thousands": ""}),
        ("11/13/2026 1:05 PM", "1.5", "%m/%d/%Y %I:%M %p", "cost", {"decimal": ".", "thousands": ""}),
        ("1-2-26 12:00:01.5", "1.5", "%d-%m-%y %H:%M:%S.%f", "cost", {"decimal": ".", "thousands": ""}),
        ("Nov 1, 2026", "$1.5", "%b %d, %Y", {"column": "cost", "match": r"^\$ *(.+)$"},
         {"decimal": ".", "thousands": ""}),
        ("2026-11-01", "1,234.5", "auto", "cost", {"decimal": ".", "thousands": ","}),
    ],
)  # fmt: skip
def test_dates_and_numbers_that_are_no_standard_get_a_proposal(time, cost, unit, column, marks):
    refused = _refusal(_head("timestamp,cost", (time, cost), delimiter=";"))
    assert refused.code == "needs_mapping"
    assert refused.proposal["time"] == {"column": "timestamp", "unit": unit, "zone": None}
    assert refused.proposal["columns"] == {"cost_reported": column}
    assert refused.proposal["csv"] == {"delimiter": ";"} | marks


def test_a_proposal_is_a_mapping_once_it_is_saved(mapped):
    head = _head("request_id,timestamp,cost", ("a", "01.11.2026 12:00", "1.234,56"), delimiter=";")
    proposal = _refusal(head).proposal | {"name": "bills"}
    proposal["time"]["zone"] = "UTC"
    saved = sources_of(yaml.safe_dump(proposal), "bills.yaml")
    content = "request_id;timestamp;cost\na;01.11.2026 12:00;1.234,56\n"
    assert mapped(content, saved=saved) == [
        {"source": "bills", "_row": 1, "id": "a", "started_at": "2026-11-01 12:00:00",
         "cost_reported": "1234.56"},
    ]  # fmt: skip


def test_unknown_names_still_get_a_proposal():
    rows = ((1790812800, 10, 2), (1790812801, 11, 3))
    refused = _refusal(_head("event_time,prompt_len_tokens,completion_count", *rows, kind="jsonl"))
    assert refused.code == "unknown_columns"
    assert refused.proposal["time"] == {"column": "event_time", "unit": "s", "zone": None}
    assert refused.proposal["columns"] == {
        "input_tokens": "prompt_len_tokens", "output_tokens": "completion_count",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("spend", "written"), [("0,0125", "decimal comma"), ("1,250.5", "thousands")]
)
def test_an_export_that_a_spreadsheet_wrote_anew_needs_a_mapping(spend, written):
    names = "request_id,startTime,endTime,spend,prompt_tokens,call_type"
    at = "2026-10-01 08:00:00"
    refused = _refusal(_head(names, ("r-1", at, at, spend, "10", "acompletion"), delimiter=";"))
    assert refused.code == "needs_mapping"
    assert written in str(refused)
    assert "LiteLLM spend logs never has that" in str(refused)
    sound = _head(names, ("r-1", at, at, "0.0125", "10", "acompletion"))
    assert detect(sound, (), None).name == "litellm"
