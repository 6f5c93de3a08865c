from analytics_core.charts.stacked_bar import stacked_bar

DOLLAR = 1_000_000_000


def bar_of(drawing):
    return drawing.spec["layer"][1]["encoding"]


def test_members_are_stacked_by_rank_and_not_by_name(timeline_of):
    encoding = bar_of(stacked_bar(timeline_of([(1, 2)] * 4, ("zeta", "alpha"))))
    assert encoding["order"] == {"field": "rank", "type": "quantitative"}
    assert encoding["y"]["stack"] == "zero"


def test_a_bucket_that_is_not_whole_is_pale(timeline_of):
    opacity = bar_of(stacked_bar(timeline_of([(1, 2)] * 4)))["opacity"]
    assert opacity == {"condition": {"test": "datum.partial", "value": 0.45}, "value": 1}


def test_the_unit_of_the_axis_is_that_of_the_highest_stack(timeline_of):
    small = stacked_bar(timeline_of([(3_000 * DOLLAR, 3_000 * DOLLAR)] * 4))
    large = stacked_bar(timeline_of([(8_000 * DOLLAR, 8_000 * DOLLAR)] * 4))
    assert "'k'" not in bar_of(small)["y"]["axis"]["labelExpr"]
    assert "'k'" in bar_of(large)["y"]["axis"]["labelExpr"]


def test_a_single_series_has_no_member_and_no_total_to_read(timeline_of):
    tooltip = bar_of(stacked_bar(timeline_of([(1,)] * 4, by=None)))["tooltip"]
    assert [row["title"] for row in tooltip] == ["Day", "Cost"]


def test_a_reader_sees_day_member_amount_and_the_total_of_the_day(timeline_of):
    tooltip = bar_of(stacked_bar(timeline_of([(1, 2)] * 4)))["tooltip"]
    assert [(row["title"], row["field"]) for row in tooltip] == [
        ("Day", "when"), ("Project", "member"), ("Cost", "text"), ("Total", "total"),
    ]  # fmt: skip


def test_whole_things_have_no_ticks_between_them(timeline_of):
    requests = bar_of(stacked_bar(timeline_of([(1, 2)] * 4, measure="requests")))
    assert requests["y"]["axis"]["tickMinStep"] == 1
    assert "tickMinStep" not in bar_of(stacked_bar(timeline_of([(1, 2)] * 4)))["y"]["axis"]


def test_shares_stack_up_to_all_of_a_bucket_and_no_further(timeline_of):
    thirds = [(0.1, 0.2, 0.7)] * 4
    names = ("atlas", "borealis", "c")
    drawing = stacked_bar(timeline_of(thirds, names, measure="error_rate"), shares=True)
    bars = drawing.spec["layer"][1]["encoding"]
    assert bars["y"]["scale"] == {"domain": [0, 1]}
    assert "Total" not in [tooltip["title"] for tooltip in bars["tooltip"]]
