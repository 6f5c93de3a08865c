from datetime import UTC, datetime

from analytics_core.charts.line import line
from analytics_core.semantics.member import Member
from analytics_core.semantics.period import Grain


def layers(drawing, mark):
    return [layer for layer in drawing.spec["layer"] if layer["mark"]["type"] == mark]


def test_the_crosshair_reads_every_series_at_once(timeline_of):
    drawing = line(
        timeline_of([(1, 2), (3, 4), (5, 6), (7, None)], ("a.b[0]", "beta"), measure="requests")
    )
    wide = drawing.vega["datasets"]["wide"]
    assert wide.select("bucket", "s0", "s1").rows() == [
        ("2026-11-01", "1", "2"),
        ("2026-11-02", "3", "4"),
        ("2026-11-03", "5", "6"),
        ("2026-11-04", "7", "–"),
    ]
    tooltip = layers(drawing, "rule")[-1]["encoding"]["tooltip"]
    assert [(row["field"], row["title"]) for row in tooltip] == [
        ("when", "Day"), ("s0", "a.b[0]"), ("s1", "beta"),
    ]  # fmt: skip


def test_a_hidden_series_leaves_the_lines_and_the_crosshair(timeline_of):
    timeline = timeline_of([(1, 2)] * 4).without(frozenset({Member("atlas").id}))
    drawing = line(timeline)
    assert drawing.rows["member"].unique().to_list() == ["borealis"]
    assert "s0" not in drawing.vega["datasets"]["wide"].columns
    tooltip = layers(drawing, "rule")[-1]["encoding"]["tooltip"]
    assert [row["field"] for row in tooltip] == ["when", "s1"]


def test_the_line_is_whole_up_to_the_last_whole_bucket_and_pale_after_it(timeline_of):
    rows = line(timeline_of([(1,), (2,), (3,), (4,)], by=None, measure="requests")).rows
    assert rows.select("value", "whole", "part").rows() == [
        (1.0, 1.0, None),
        (2.0, 2.0, None),
        (3.0, 3.0, 3.0),
        (4.0, None, 4.0),
    ]


def test_a_value_between_two_gaps_is_a_dot(timeline_of):
    rows = line(
        timeline_of([(1.0,), (None,), (3.0,), (None,)], by=None, measure="latency_mean")
    ).rows
    assert rows["dot"].to_list() == [1.0, None, 3.0, None]


def test_one_series_is_read_without_looking_at_the_next(timeline_of):
    rows = line(
        timeline_of([(1.0, None), (None, 2.0), (1.0, None), (None, 2.0)], measure="latency_mean")
    ).rows
    assert rows.filter(rank=0)["dot"].to_list() == [1.0, None, 1.0, None]
    assert rows.filter(rank=1)["part"].to_list() == [None, None, None, 2.0]


def test_a_single_bucket_is_bars_side_by_side_and_not_a_line_of_one_point(timeline_of):
    until = datetime(2026, 11, 1, 12, tzinfo=UTC)
    drawing = line(
        timeline_of([(1, 2)], period="2026-11-01..2026-11-01", grain=Grain.DAY, until=until)
    )
    assert layers(drawing, "line") == []
    assert layers(drawing, "bar")[0]["encoding"]["xOffset"]["field"] == "rank"


def test_lines_are_straight_and_from_zero(timeline_of):
    drawn = layers(line(timeline_of([(1, 2)] * 4, measure="users")), "line")
    assert {layer["mark"]["interpolate"] for layer in drawn} == {"linear"}
    assert {layer["encoding"]["y"]["scale"]["zero"] for layer in drawn} == {True}
