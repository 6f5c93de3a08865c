"""Charts that the spreadsheet draws itself, from figures on a worksheet of their own."""

from collections.abc import Sequence
from typing import Any

from analytics_core.export import worksheet
from analytics_core.export.native_chart import Chart
from analytics_core.export.worksheet import FORMATS, Formats, put

_KINDS = {
    "columns": {"type": "column", "subtype": "stacked"},
    "lines": {"type": "line"},
    "bars": {"type": "bar"},
}
_ROWS_EACH, _SIZE = 24, {"width": 1100, "height": 440}


def draw(charts: Any, figures: Any, book: Any, drawn: Sequence[Chart], formats: Formats) -> None:
    """Writes the figures of every chart, one below the other, and draws the charts from them."""
    worksheet.on_paper(charts)
    top = 0
    for number, chart in enumerate(drawn):
        made = book.add_chart(_KINDS[chart.kind])
        _write(figures, top, chart, formats)
        for place, series in enumerate(chart.series, 1):
            first, last = top + 2, top + 1 + len(chart.categories)
            colours = series.colours
            one = {
                "name": [figures.name, top + 1, place],
                "categories": [figures.name, first, 0, last, 0],
                "values": [figures.name, first, place, last, place],
            }
            if chart.kind == "lines":
                one |= {"line": {"color": colours[0], "width": 2}}
            else:
                one |= {"fill": {"color": colours[0]}, "gap": 40}
            if len(colours) > 1:
                one["points"] = [{"fill": {"color": colour}} for colour in colours]
            made.add_series(one)
        _style(made, chart)
        charts.insert_chart(number * _ROWS_EACH, 0, made, {"description": chart.title})
        top += len(chart.categories) + 4


def _write(figures: Any, top: int, chart: Chart, formats: Formats) -> None:
    """Title, heading, and a row per category."""
    figures.write_string(top, 0, worksheet.plain(chart.title), formats.heading)
    figures.write_string(top + 1, 0, worksheet.plain(chart.heading), formats.heading)
    for place, series in enumerate(chart.series, 1):
        figures.write_string(top + 1, place, worksheet.plain(series.label), formats.heading)
    for row, category in enumerate(chart.categories):
        put(figures, top + 2 + row, 0, category, None, formats)
        for place, series in enumerate(chart.series, 1):
            put(figures, top + 2 + row, place, series.values[row], chart.unit, formats)


def _style(made: Any, chart: Chart) -> None:
    quiet = {"visible": False}
    title = f" {chart.title}" if chart.title.startswith("=") else chart.title  # else a formula
    made.set_title({"name": worksheet.plain(title), "name_font": {"size": 13}, "overlay": False})
    made.set_size(_SIZE)
    values = {
        "num_format": FORMATS[chart.unit], "line": quiet,
        "major_gridlines": {"visible": True, "line": {"color": "#e3e7ec"}},
    }  # fmt: skip
    bars = chart.kind == "bars"
    made.set_y_axis({"reverse": True, "line": quiet} if bars else values)
    made.set_x_axis(values | {"label_position": "low"} if bars else {"label_position": "low"})
    if len(chart.series) == 1:
        made.set_legend({"none": True})
    else:
        made.set_legend({"position": "bottom"})
