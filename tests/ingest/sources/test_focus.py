"""FOCUS lines: what is kept, where dimensions come from, settings."""

import pytest

from analytics_core.errors import BadFile
from analytics_core.ingest.sources.mapping import sources_of

HEAD = (
    "BilledCost,EffectiveCost,ListCost,BillingCurrency,BillingAccountName,SubAccountId,SubAccountName,"
    "ChargeCategory,ChargeDescription,ChargePeriodStart,ChargePeriodEnd,ConsumedQuantity,ConsumedUnit,"
    "ProviderName,ResourceId,ResourceName,ServiceCategory,ServiceName,PricingCurrency,"
    "PricingCurrencyEffectiveCost,Tags\n"
)
PERIOD = "2026-10-01T00:00:00Z,2026-10-02T00:00:00Z"
AI = "AI and Machine Learning"


def _line(
    billed="2",
    effective="1.5",
    category="Usage",
    service=AI,
    resource="r-1",
    unit="Requests",
    tags="",
):
    return (
        f'{billed},{effective},3,USD,Acme,a-1,Atlas,{category},"$1 per token",{PERIOD},4,{unit},AWS,'
        f"{resource},nova-pro,{service},Bedrock,Coins,70,{tags}\n"
    )


def test_a_line_is_a_bucket_with_one_item(mapped):
    tags = '"{""team"": ""search"", ""env"": ""prod""}"'
    (row,) = mapped(HEAD + _line(tags=tags))
    assert {k: v for k, v in row.items() if k not in ("id", "metadata")} == {
        "source": "focus", "_row": 1, "started_at": "2026-10-01T00:00:00Z",
        "ended_at": "2026-10-02T00:00:00Z", "requests": "4", "organization": "Acme",
        "project": "Atlas", "provider": "AWS", "model_raw": "nova-pro", "cost_reported": "1.5",
        "cost_list": "3", "currency": "USD", "credits": "70",
        "items": [{"rule": "$1 per token", "quantity": "4", "unit": "Requests", "cost": "1.5"}],
        "tags": {"service": "Bedrock", "charge_category": "usage", "team": "search", "env": "prod"},
    }  # fmt: skip


def test_only_ai_usage_is_kept_unless_a_setting_keeps_all(mapped):
    content = HEAD + "".join(
        _line(category=category, service=service)
        for category, service in (
            ("Usage", AI), ("Credit", AI), ("Adjustment", AI), ("Tax", AI), ("Purchase", AI), ("Usage", "Storage"),
        )
    )  # fmt: skip
    everything = sources_of("extends: focus\noptions: {keep: all}\n", "focus.yaml")
    assert [row.get("skip") for row in mapped(content)] == [None, None, None, *["not_usage"] * 3]
    kept = mapped(content, saved=everything)
    assert [row.get("skip") for row in kept] == [None, None, None, "not_usage", "not_usage", None]
    assert (kept[5].get("model_raw"), kept[5]["service_type"]) == (None, "other")


def test_settings_name_the_cost_and_the_tags_of_dimensions(mapped):
    saved = sources_of(
        "extends: focus\noptions:\n  cost: BilledCost\n  team: squad\n", "focus.yaml"
    )
    (row,) = mapped(HEAD + _line(tags='"{""squad"": ""search""}"'), saved=saved)
    assert (row["cost_reported"], row["team"]) == ("2", "search")


def test_a_wrong_option_says_which_there_are():
    with pytest.raises(
        BadFile, match=r"focus.yaml, line 2, key 'options.cost': 'Billed' is not one of"
    ):
        sources_of("extends: focus\noptions: {cost: Billed}\n", "focus.yaml")


def test_lines_that_differ_in_a_resource_are_different_buckets(mapped):
    rows = mapped(HEAD + _line() + _line(resource="r-2") + _line(effective="9") + _line())
    ids = [row["id"] for row in rows]
    assert len(set(ids)) == 3
    assert ids[0] == ids[3]


def test_litellm_puts_its_names_into_tags(mapped):
    tags = (
        '"{""team_alias"": ""Search"", ""team_id"": ""t-1"", ""user_id"": ""ines"",'
        ' ""organization_id"": ""o-1"", ""api_key_alias"": ""web"", ""custom_llm_provider"": ""aws""}"'
    )
    (row,) = mapped(HEAD + _line(tags=tags))
    shown = ("team", "user_id", "organization", "api_key", "project")
    assert tuple(row.get(name) for name in shown) == ("Search", "ines", "o-1", "web", None)


def test_a_line_has_one_id_however_its_file_spells_nothing(mapped):
    (empty,) = mapped(HEAD + _line(resource=""))
    (spelled,) = mapped(HEAD + _line(resource="NULL"))
    assert empty["id"] == spelled["id"]


def test_lines_of_one_identity_stand_when_anything_differs(mapped):
    other = _line().replace(",4,Requests", ",5,Requests")
    ids = [row["id"] for row in mapped(HEAD + _line() + other + _line())]
    assert ids[0] == ids[2] != ids[1]
