"""What a download of a panel holds."""

from datetime import UTC, datetime

from analytics_core.export.csv import content
from analytics_core.export.sheet import of_breakdown, of_prices, of_timeline
from analytics_core.prices.price import Price
from analytics_core.reports.breakdown import breakdown
from analytics_core.reports.timeline import timeline

EVENTS = [
    {"started_at": datetime(2026, 11, 1, 9), "project": "Atlas", "cost_nano": 1_500_000_001},
    {"started_at": datetime(2026, 11, 2, 9), "project": "=HYPERLINK(1)", "cost_nano": 500_000_000},
    {"started_at": datetime(2026, 11, 2, 10), "project": None, "cost_nano": None},
]
NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)


def _lines(sheet) -> list[str]:
    return content(sheet).decode("utf-8-sig").splitlines()


def test_a_timeline_has_a_line_per_bucket_and_member_with_both_clocks(viewed):
    view = viewed(EVENTS, now=NOW, zone="Europe/Madrid")
    assert _lines(of_timeline(timeline(view, "cost", "project"))) == [
        "start (Europe/Madrid),start (UTC),end (UTC),project,project id,kind,cost (USD)",
        "2026-11-01T00:00:00+01:00,2026-10-31T23:00:00Z,2026-11-01T23:00:00Z,Atlas,Atlas,member,1.500000001",
        "2026-11-01T00:00:00+01:00,2026-10-31T23:00:00Z,2026-11-01T23:00:00Z,'=HYPERLINK(1),'=HYPERLINK(1),member,0",
        "2026-11-01T00:00:00+01:00,2026-10-31T23:00:00Z,2026-11-01T23:00:00Z,(unattributed),,unattributed,0",
        "2026-11-02T00:00:00+01:00,2026-11-01T23:00:00Z,2026-11-02T23:00:00Z,Atlas,Atlas,member,0",
        "2026-11-02T00:00:00+01:00,2026-11-01T23:00:00Z,2026-11-02T23:00:00Z,'=HYPERLINK(1),'=HYPERLINK(1),member,0.5",
        "2026-11-02T00:00:00+01:00,2026-11-01T23:00:00Z,2026-11-02T23:00:00Z,(unattributed),,unattributed,",
    ]


def test_a_timeline_of_one_series_names_no_member(viewed):
    lines = _lines(of_timeline(timeline(viewed(EVENTS, now=NOW), "requests")))
    assert lines[0] == "start (UTC),end (UTC),requests"
    assert [line.rsplit(",", 1)[1] for line in lines[1:]] == ["1", "2"]


def test_hidden_members_are_not_in_the_download(viewed):
    shown = timeline(viewed(EVENTS, now=NOW), "cost", "project").without(
        frozenset({"member:Atlas"})
    )
    assert not any("Atlas" in line for line in _lines(of_timeline(shown)))


def test_a_breakdown_has_a_line_per_part_with_its_share(viewed):
    events = [EVENTS[0] | {"cost_nano": 1_500_000_000}, *EVENTS[1:]]
    assert _lines(of_breakdown(breakdown(viewed(events), "cost", "project"))) == [
        "project,project id,kind,cost (USD),share",
        "Atlas,Atlas,member,1.5,0.75",
        "'=HYPERLINK(1),'=HYPERLINK(1),member,0.5,0.25",
        "(unattributed),,unattributed,,",
    ]


def test_a_member_with_a_display_name_is_named_and_keeps_its_id(viewed):
    files = {"names.csv": "dimension,value,name\nproject,Atlas,=Atlas (maps)\n"}
    view = viewed(EVENTS, now=NOW, files=files)
    lines = _lines(of_breakdown(breakdown(view, "cost", "project")))
    assert lines[1].startswith("'=Atlas (maps),Atlas,member,")
    assert (
        ",'=Atlas (maps),Atlas,member," in _lines(of_timeline(timeline(view, "cost", "project")))[1]
    )


def test_prices_have_a_line_each_with_what_they_are_for_and_how_long_they_hold():
    dated = Price(
        provider="self", model="house", rule="input", price_pico=400_000, list_price_pico=500_000,
        valid_from=datetime(2026, 5, 1), origin="prices.csv line 4",
    )  # fmt: skip
    searched = Price(provider="self", model="house", rule="web_search", price_pico=10**10)
    assert _lines(of_prices((dated, searched))) == [
        "pricing_rule,tier,above input tokens,valid from (UTC),valid to (UTC),price (USD),per"
        ",list price (USD),borrowed,origin",
        "input,,,2026-05-01T00:00:00Z,,0.4,1M tokens,0.5,,prices.csv line 4",
        "web_search,,,,,0.01,search,,,",
    ]


def test_further_measures_of_a_breakdown_follow_its_share(viewed):
    found = breakdown(viewed(EVENTS), "cost", "project", also=("events",))
    assert _lines(of_breakdown(found))[0] == "project,project id,kind,cost (USD),share,events"
    assert _lines(of_breakdown(found))[1].endswith(",1")
