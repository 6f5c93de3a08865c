"""What holds for every chart: a spec of the shape alone, valid, without data, colour or names."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import altair as alt
import polars as pl
import pytest

from analytics_core.charts.area import area
from analytics_core.charts.bars import bars
from analytics_core.charts.doughnut import doughnut
from analytics_core.charts.drawing import Drawing, blank, filled, finished
from analytics_core.charts.line import line
from analytics_core.charts.matrix import fits, matrix
from analytics_core.charts.stacked_bar import stacked_bar
from analytics_core.charts.strip import strip
from analytics_core.charts.theme import SLOTS, colours
from analytics_core.errors import BadValue, NotAdditive
from analytics_core.reports.overlay import Laid, Overlay
from analytics_core.reports.pivot import pivot
from analytics_core.semantics.member import Member

HOSTILE = (
    "a.b[0]",
    "datum.value",
    '"};alert(1)//',
    "![x](https://example.com/x.png)",
    "claude-opus-4.5",
)
OVER_TIME = [stacked_bar, line]
OF_PARTS = [doughnut, bars, strip]


@pytest.fixture
def drawn(timeline_of, breakdown_of) -> Callable[..., Drawing]:
    """Draws any kind of chart of members with the values 1, 2, 3 … times `size`."""

    def draw(kind: Callable[..., Drawing], names: tuple[str, ...] = ("atlas", "b"), size: int = 1):
        values = [size * (n + 1) for n in range(len(names))]
        if kind in OVER_TIME:
            return kind(timeline_of([tuple(values)] * 4, names))
        rows = [
            (name, value, value / sum(values)) for name, value in zip(names, values, strict=True)
        ]
        hues = colours([Member(name) for name in names])
        return kind(breakdown_of(rows, sum(values)), hues)

    return draw


def parts_of(spec: Any, key: str) -> Iterator[Any]:
    """Every value under `key`, however deep."""
    if isinstance(spec, dict):
        for name, value in spec.items():
            if name == key:
                yield value
            yield from parts_of(value, key)
    elif isinstance(spec, list):
        for value in spec:
            yield from parts_of(value, key)


every_kind = pytest.mark.parametrize("kind", [*OVER_TIME, *OF_PARTS])


def test_a_wrong_shape_is_found_by_whichever_test_draws_it():
    wrong = alt.Chart(alt.NamedData("rows")).mark_bar().encode(x="a:N")
    wrong.mark = "blob"
    with pytest.raises(alt.utils.schemapi.SchemaValidationError):
        finished(wrong)


def test_words_stand_in_the_blanks_of_a_shape_and_none_may_be_missing():
    shape = {"layer": [{"title": blank("when"), "size": 2}], "name": "when"}
    words = {"when": HOSTILE[0], "more": "x"}
    assert filled(shape, words) == {"layer": [{"title": HOSTILE[0], "size": 2}], "name": "when"}
    with pytest.raises(KeyError):
        filled(shape, {})


@every_kind
def test_a_spec_is_valid_vega_lite(drawn, kind):
    alt.LayerChart.from_dict(drawn(kind).spec, validate=True)


@every_kind
def test_a_spec_holds_no_data_and_each_dataset_it_names_is_laid_in(drawn, kind):
    drawing = drawn(kind)
    assert list(parts_of(drawing.spec, "values")) == []
    assert list(parts_of(drawing.spec, "datasets")) == []
    named = {data["name"] for data in parts_of(drawing.spec, "data")}
    assert named == set(drawing.vega["datasets"])
    assert drawing.rows is drawing.vega["datasets"]["rows"]


@every_kind
def test_every_field_a_spec_asks_for_is_in_its_frame(drawn, kind):
    drawing = drawn(kind)
    frames = dict(drawing.frames)
    for layer in drawing.spec["layer"]:
        fields = set(parts_of(layer["encoding"], "field"))
        assert fields <= set(frames[layer.get("data", drawing.spec.get("data"))["name"]].columns)


@every_kind
def test_the_same_shape_is_the_same_spec_whatever_the_data(drawn, kind):
    first = drawn(kind)
    kept = copy.deepcopy(first.spec)
    assert first.vega["datasets"]
    second = drawn(kind, size=3)
    assert second.spec is first.spec
    assert second.spec == kept
    assert not second.rows.equals(first.rows)


@every_kind
def test_a_spec_names_no_colour_but_those_a_theme_replaces(drawn, kind):
    spec = drawn(kind).spec
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", json.dumps(spec))
    domains = [scale["domain"] for scale in parts_of(spec, "scale") if "domain" in scale]
    assert domains
    assert all(domain == list(SLOTS) for domain in domains)


@every_kind
def test_a_spec_has_no_title_and_no_legend(drawn, kind):
    spec = drawn(kind).spec
    assert "title" not in spec
    encoded = [
        layer["encoding"]["color"] for layer in spec["layer"] if "color" in layer["encoding"]
    ]
    assert all(colour["legend"] is None for colour in encoded if "field" in colour)


@every_kind
def test_hostile_names_are_neither_fields_nor_expressions(drawn, kind):
    spec = drawn(kind, HOSTILE).spec
    fields = set(parts_of(spec, "field"))
    assert all(re.fullmatch(r"[a-z]+\d*", field) for field in fields)
    code = json.dumps(
        [*parts_of(spec, "labelExpr"), *parts_of(spec, "expr"), *parts_of(spec, "test")]
    )
    assert not any(name in code for name in HOSTILE if name != "datum.value")
    assert list(parts_of(spec, "href")) == list(parts_of(spec, "url")) == []


@every_kind
def test_a_configured_colour_gives_the_chart_a_palette_of_its_own(timeline_of, breakdown_of, kind):
    hues = colours([Member("atlas"), Member("b")], {}, {"b": "#ff0000"})
    report = (
        timeline_of([(1, 2)] * 4, ("atlas", "b"))
        if kind in OVER_TIME
        else breakdown_of([("atlas", 2, 0.67), ("b", 1, 0.33)], 3)
    )
    for dark in (False, True):
        ranges = [
            scale["range"]
            for scale in parts_of(kind(report, hues, dark=dark).spec, "scale")
            if "range" in scale and len(scale["range"]) == len(SLOTS)
        ]
        assert ranges
        assert all(tuple(found) == hues.palette(dark=dark) for found in ranges)


@pytest.mark.parametrize("kind", [stacked_bar, doughnut])
def test_what_does_not_add_up_is_never_stacked(timeline_of, breakdown_of, kind):
    report = (
        timeline_of([(1, 2)] * 4, measure="users")
        if kind is stacked_bar
        else breakdown_of([("atlas", 3, None), ("b", 2, None)], 4, measure="users")
    )
    with pytest.raises(NotAdditive, match="Users cannot be stacked"):
        kind(report)


@pytest.mark.parametrize("kind", [stacked_bar, doughnut, bars])
def test_a_click_picks_a_bucket_or_a_member_by_text(drawn, kind):
    drawing = drawn(kind)
    assert drawing.selections == {"picked"}
    (param,) = drawing.spec["params"]
    (field,) = param["select"]["fields"]
    assert drawing.rows[field].dtype == pl.String


@pytest.mark.parametrize("kind", [stacked_bar, line])
def test_the_period_before_is_a_dashed_line_with_its_own_dates(timeline_of, kind):
    seen = timeline_of([(1, 2)] * 4)
    laid = tuple(Laid(b, "Mon 28 Sep 2026", 5) for b in seen.buckets)
    drawing = kind(seen, before=Overlay(seen.measure, seen.grain, laid, "35 days earlier"))
    alt.LayerChart.from_dict(drawing.spec, validate=True)
    frame = drawing.vega["datasets"]["before"]
    assert frame["when"].to_list() == ["Mon 28 Sep 2026"] * 4
    dashed = [m for m in parts_of(drawing.spec, "mark") if m.get("strokeDash") == [5, 4]]
    assert dashed


def test_an_area_has_one_series(timeline_of):
    drawing = area(timeline_of([(1,)] * 4, by=None))
    alt.LayerChart.from_dict(drawing.spec, validate=True)
    with pytest.raises(BadValue, match="one series"):
        area(timeline_of([(1, 2)] * 4))


def test_a_matrix_is_valid_and_says_its_highest_cell(viewed):
    events = [
        {"started_at": datetime(2026, 11, 3), "cost_nano": 5 * 10**9, "project": name, "model": "m"}
        for name in HOSTILE
    ]
    found = pivot(viewed([*events, events[0]]), "cost", ("project", "model"))
    drawing = matrix(found)
    alt.Chart.from_dict(drawing.spec, validate=True)
    assert fits(found)
    assert f"highest {HOSTILE[0]}, m, $10.00" in drawing.alt
    assert set(parts_of(drawing.spec, "field")) == {"x", "y", "value", "down", "across", "text"}
    read = drawing.spec["mark"]["description"]["expr"]
    assert read == "datum.down + ', ' + datum.across + ': ' + datum.text"
    axes = parts_of(drawing.spec, "axis")
    assert [(a["aria"], a["labelFlush"]) for a in axes] == [(False, False)] * 2


@every_kind
def test_a_chart_says_what_it_shows(drawn, kind):
    assert "cost by" in drawn(kind).alt.lower()
    assert "project" in drawn(kind).alt
