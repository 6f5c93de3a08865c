"""The shapes that tools of this field ask for, over a month reckoned by hand."""

from datetime import datetime, timedelta

import pytest

from analytics_core.semantics.filters import Pick


def event(day: int, minute: int, nano: int, session: str | None, **more: object) -> dict:
    start = datetime(2026, 11, day, 9) + timedelta(minutes=minute)
    return {
        "started_at": start, "ended_at": start + timedelta(minutes=1), "cost_nano": nano,
        "session_id": session, "organization": "acme", "agent": "coder", "user_id": "mia",
        "model": "m-large", "project": "Search", "customer": "Globex", "feature": "chat",
        "provider": "anthropic", "input_tokens": 100, "output_tokens": 10,
    } | more  # fmt: skip


EVENTS = [
    event(1, 0, 1_000_000_000, "s1"), event(1, 9, 500_000_000, "s1", model="m-small"),
    event(3, 0, 3_000_000_000, "s2", agent="triage", user_id="ana"),
    event(3, 5, 250_000_000, None, agent=None, project=None, feature="search"),
    event(4, 0, 9_000_000_000, "s3", organization="globex", customer=None, provider="openai"),
    event(20, 0, 0, None, organization="zed"),
]  # fmt: skip
DATES = "startDate=2026-11-01&endDate=2026-11-03"
ACME = "/acme/sessions/analytics"


@pytest.fixture
def here(world):
    return world(EVENTS)


def test_the_summary_has_the_cards_of_the_sessions_page(here):
    document = here.get(f"{ACME}/summary?{DATES}").json()
    assert document["summary"] == {
        "totalSessions": 2,
        "totalCost": "4.75",
        "totalTokens": 440,
        "inputTokens": 400,
        "outputTokens": 40,
        "averageSessionDurationSeconds": 330.0,  # 10 minutes and 1 minute
        "medianSessionDurationSeconds": 330.0,
        "averageCostPerSession": "2.25",
        "uniqueUsers": 2,
    }
    assert document["filters"] == {"organization": ["acme"]}
    assert document["period"]["end"] == "2026-11-04T00:00:00+00:00"


def test_the_timeseries_counts_a_session_in_every_bucket(here):
    days = here.get(f"{ACME}/timeseries?{DATES}&grain=day").json()
    assert (days["grain"], days["timeseries"]) == ("day", [
        {"bucket": "2026-11-01", "sessions": 1, "cost": "1.5", "totalTokens": 220},
        {"bucket": "2026-11-03", "sessions": 1, "cost": "3.25", "totalTokens": 220},
    ])  # fmt: skip
    assert here.get(f"{ACME}/timeseries?{DATES}").json()["grain"] == "hour"
    weeks = here.get(f"{ACME}/timeseries?{DATES}&grain=week").json()["timeseries"]
    assert [point["bucket"] for point in weeks] == ["2026-10-26", "2026-11-02"]


def test_agents_stand_by_how_often_they_are_used(here):
    agents = here.get(f"{ACME}/by-agent?{DATES}").json()["agents"]
    assert [(a["agent"], a["kind"], a["sessions"], a["averageCostPerSession"]) for a in agents] == [
        ("coder", "member", 1, "1.5"), ("triage", "member", 1, "3"),
        (None, "unattributed", None, None),
    ]  # fmt: skip
    top = here.get(f"{ACME}/by-agent?{DATES}&top=1&agent=coder").json()["agents"]
    assert [(a["agent"], a["averageSessionDurationSeconds"]) for a in top] == [("coder", 600.0)]


def test_the_cost_is_broken_down_by_model_project_and_user(here):
    found = here.get(f"{ACME}/cost-breakdown?{DATES}&top=1").json()
    assert found["totalCost"] == "4.75"
    assert found["byModel"] == [
        {"model": "m-large", "kind": "member", "cost": "4.25", "share": 4.25 / 4.75},
        {"model": "m-small", "kind": "member", "cost": "0.5", "share": 0.5 / 4.75},
    ]
    assert [(p["project"], p["kind"], p["cost"]) for p in found["byProject"]] == [
        ("Search", "member", "4.5"), (None, "unattributed", "0.25"),
    ]  # fmt: skip
    assert [(u["user"], u["cost"]) for u in found["byUser"]] == [("ana", "3"), ("mia", "1.75")]


@pytest.mark.access
def test_an_organization_out_of_sight_is_like_one_that_does_not_exist(here):
    manager = here.token("max")  # sees acme
    for name in ("summary", "timeseries", "by-agent", "cost-breakdown"):
        hidden, absent = (
            here.get(f"/{org}/sessions/analytics/{name}?{DATES}", manager).json()
            for org in ("globex", "nowhere")
        )
        assert hidden.pop("filters") == {"organization": ["globex"]}
        assert absent.pop("filters") == {"organization": ["nowhere"]}
        assert hidden == absent
    assert here.get(f"/globex/sessions/analytics/summary?{DATES}", manager).json()["summary"][
        "totalCost"
    ] == "0"  # fmt: skip


def test_an_organization_may_have_a_slash_in_its_name(world):
    here = world([event(1, 0, 7, "s", organization="R&D/Ops")])
    found = here.get(f"/R%26D%2FOps/sessions/analytics/summary?{DATES}").json()["summary"]
    assert found["totalCost"] == "0.000000007"


def test_usage_of_a_customer_is_listed_by_day_model_and_feature(here):
    address = f"/analytics/usage?customerId=Globex&{DATES}"
    document = here.get(address).json()
    assert [(r["bucket"], r["model"], r["feature"], r["requests"], r["cost"]) for r in document["rows"]] == [
        ("2026-11-01", "m-large", "chat", 1, "1"), ("2026-11-01", "m-small", "chat", 1, "0.5"),
        ("2026-11-03", "m-large", "chat", 1, "3"), ("2026-11-03", "m-large", "search", 1, "0.25"),
    ]  # fmt: skip
    assert document["filters"] == {"customer": ["Globex"]}
    narrowed = here.rows(f"{address}&provider=anthropic&model=m-large&feature=search&grain=month")
    assert [(r["bucket"], r["cost"]) for r in narrowed] == [("2026-11-01", "0.25")]
    assert here.rows(f"{address}&provider=openai") == []
    lines = here.get(f"{address}&format=csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("bucket,model,model_kind,feature,feature_kind,cost,requests")
    everybody = here.rows("/analytics/usage?period=2026-11&grain=year")
    assert [r["cost"] for r in everybody] == ["13", "0.25", "0.5"]


def test_dates_are_both_given_and_stand_in_place_of_a_period(here):
    for asked, parameter in (
        ("startDate=2026-11-01", "endDate"),
        ("endDate=2026-11-01", "startDate"),
        (f"{DATES}&period=month", "period"),
        ("startDate=2026-11-02&endDate=2026-11-01", "endDate"),
        (f"{DATES}&customerId=", "customerId"),
        (f"{DATES}&organization=", None),
        (f"{DATES}&customer=Globex", "customer"),
    ):
        answer = here.get(f"/analytics/usage?{asked}")
        got = answer.json().get("parameter") if answer.status_code == 400 else None
        assert (asked, got) == (asked, parameter)
    instants = "startDate=2026-11-01T09:00:00Z&endDate=2026-11-01T09:09:00Z"
    assert here.get(f"{ACME}/summary?{instants}").json()["summary"]["totalCost"] == "1"


def test_a_token_that_is_narrowed_sees_no_more_of_an_organization(here):
    token = here.token("ada", picks=(Pick("agent", ("triage",)),))
    found = here.get(f"{ACME}/cost-breakdown?{DATES}", token).json()
    assert (found["totalCost"], [u["user"] for u in found["byUser"]]) == ("3", ["ana"])
