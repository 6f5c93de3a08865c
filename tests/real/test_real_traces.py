"""Inference traces without models or costs, through a mapping."""


def test_the_azure_trace(taken_in, shared, examples):
    landed = taken_in(shared / "real/azure_llm_2023/AzureLLMInferenceTrace_conv.parquet", examples)
    assert landed.counts() == (19_366, 19_366, 0, 0, 0)
    assert landed.totals("input_tokens", "output_tokens", "cost", "unpriced_events") == (
        22_361_870, 4_088_665, None, 19_366,
    )  # fmt: skip
    assert landed.one(
        "median(input_tokens), median(output_tokens), CAST(min(started_at) AS VARCHAR),"
        " CAST(max(started_at) AS VARCHAR), bool_and(cost_source = 'unpriced')"
    ) == (1020, 129, "2023-11-16 18:15:46.68059", "2023-11-16 19:14:08.402527", True)
    assert landed.rows("hour(started_at), count(*)", "GROUP BY 1 ORDER BY 1") == [
        (18, 15_606),
        (19, 3_760),
    ]


def test_the_mooncake_trace(taken_in, shared, examples):
    landed = taken_in(shared / "real/mooncake_fast25/conversation_trace.parquet", examples)
    assert landed.counts() == (12_031, 12_031, 0, 0, 0)
    assert landed.totals("input_tokens", "output_tokens", "cost") == (144_793_823, 4_122_048, None)
    assert landed.one(
        "round(avg(input_tokens)), round(avg(output_tokens)), CAST(min(started_at) AS VARCHAR),"
        " epoch_ms(max(started_at)) - epoch_ms(min(started_at)), count(metadata)"
    ) == (12_035, 343, "2025-02-25 00:00:00", 3_536_999, 0)
    twice = landed.rows(
        "count(*)", "GROUP BY started_at, input_tokens, output_tokens HAVING count(*) > 1"
    )
    assert twice == [(2,)]
