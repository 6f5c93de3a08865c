import pytest

from analytics_core.charts.axes import TimeAxis, amount_label, labelled, time_axis
from analytics_core.semantics.format import AxisUnit
from analytics_core.semantics.period import Grain


@pytest.mark.parametrize(
    ("unit", "zero", "written"),
    [
        (
            AxisUnit("$", 1000.0, "k"),
            "'$0'",
            "'$' + format(abs(datum.value) / 1000.0, ',.6~r') + 'k'",
        ),
        (AxisUnit("", 0.01, "%"), "'0%'", "'' + format(abs(datum.value) / 0.01, ',.6~r') + '%'"),
        (AxisUnit("", 1.0, " s"), "'0 s'", "'' + format(abs(datum.value) / 1.0, ',.6~r') + ' s'"),
    ],
)
def test_an_amount_has_its_unit_and_zero_needs_no_thousand(unit, zero, written):
    expression = amount_label(unit)
    assert expression.startswith(f"datum.value == 0 ? {zero} : ")
    assert expression.endswith(written)
    assert "'\u2212'" in expression


@pytest.mark.parametrize(
    ("grain", "buckets", "many"),
    [
        (Grain.HOUR, 6, 0),
        (Grain.HOUR, 25, 1),
        (Grain.HOUR, 73, 2),
        (Grain.DAY, 14, 0),
        (Grain.DAY, 31, 1),
        (Grain.DAY, 333, 2),
        (Grain.WEEK, 106, 1),
        (Grain.MONTH, 12, 0),
    ],
)
def test_the_more_buckets_the_fewer_labels(grain, buckets, many):
    assert TimeAxis.of(grain, buckets).many == many


def test_buckets_stand_in_the_order_of_their_rows_on_an_axis_of_text():
    axis = time_axis(crowded=True).to_dict()
    assert (axis["field"], axis["type"], axis["sort"]) == ("tick", "nominal", None)


def test_weeks_are_labelled_where_the_calendar_begins_them():
    monday, sunday = (
        labelled(AxisUnit("", 1.0, ""), TimeAxis.of(Grain.DAY, 31, start))["time"]
        for start in ("monday", "sunday")
    )
    assert " == 1 ? " in monday
    assert " == 0 ? " in sunday
