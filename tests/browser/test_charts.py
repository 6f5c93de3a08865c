"""Charts as a browser draws them: labels in any zone, colours of the live theme, no surprises."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from analytics_core.charts.theme import DARK, LIGHT

pytestmark = pytest.mark.browser
CHROMIUM = Path("/usr/bin/chromium")
HARMLESS = ("WARN Infinite extent", "/_stcore/")
SCRIPT = """
import sys
sys.path[:0] = [{root!r}]
from datetime import UTC, datetime
import polars as pl
import streamlit as st
from analytics_core.charts.bars import bars
from analytics_core.charts.doughnut import doughnut
from analytics_core.charts.line import line
from analytics_core.charts.stacked_bar import stacked_bar
from analytics_core.reports.breakdown import Breakdown, Part
from analytics_core.reports.axis import buckets
from analytics_core.reports.timeline import Timeline
from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.member import Member
from analytics_core.semantics.period import Calendar, Period

WHO = (Member("atlas"), Member("a.b[0]"), Member(None, "others", 12))
COST, BY, DOLLAR = MEASURES["cost"], dimension("project"), 10**9

def over(kind, zone, until):
    period = Period.parse(kind, until, Calendar(zone))
    axis = tuple(buckets(period, period.grain(), until))
    rows = [(b.start.replace(tzinfo=None), b.wall, r, (r + 1) * 2000 * DOLLAR, b.partial)
            for b in axis for r in range(len(WHO))]
    schema = {{"utc": pl.Datetime("us"), "start": pl.Datetime("us"), "rank": pl.Int32,
              "value": pl.Int64, "partial": pl.Boolean}}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return Timeline(frame=frame, measure=COST, by=BY, members=WHO, buckets=axis,
                    grain=period.grain(), period=period, until=min(until, period.end))

until = datetime(2026, 11, 20, 16, 45, tzinfo=UTC)
parts = tuple(Part(m, m.label("project"), v * DOLLAR, v / 60_000)
              for m, v in zip(WHO, (30_000, 20_000, 10_000)))
shares = Breakdown(measure=COST, by=BY, parts=parts, total=60_000 * DOLLAR, whole=60_000 * DOLLAR)
st.set_page_config(layout="wide")
for name, drawing in {{
    "days": stacked_bar(over("2026-11", "Europe/Madrid", until)),
    "hours": stacked_bar(over("2026-11-01..2026-11-01", "America/New_York", until)),
    "line": line(over("2026-11", "Europe/Madrid", until)),
    "doughnut": doughnut(shares),
    "bars": bars(shares),
}}.items():
    with st.container(key=name):
        st.vega_lite_chart(None, drawing.vega, key="chart " + name, alt=drawing.alt, width="stretch")
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[str]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    folder = tmp_path_factory.mktemp("charts")
    (folder / "page.py").write_text(SCRIPT.format(root=str(root)))
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit/config.toml").write_text((root / ".streamlit/config.toml").read_text())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "page.py", f"--server.port={port}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        yield url
        process.terminate()
        process.wait(10)


def opened(browser: Browser, url: str, zone: str = "UTC", scheme: str = "light", width: int = 1440):
    context = browser.new_context(
        timezone_id=zone, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(url)
    charts = page.locator("[data-testid=stVegaLiteChart] svg.marks")
    charts.nth(4).wait_for(timeout=60_000)
    page.locator(".mark-arc path").first.wait_for(state="attached")
    page.locator(".mark-text text", has_text="$20k").first.wait_for()
    return page, said


def labels(page: Page, chart: str, axis: int = 0) -> list[str]:
    """The texts of one axis (0: along the bottom) that can be seen, lines joined by a slash."""
    return (
        page.locator(f".st-key-{chart} .role-axis-label")
        .nth(axis)
        .evaluate(
            """group => [...group.querySelectorAll('text')]
            .filter(text => text.getAttribute('opacity') !== '0' && text.textContent)
            .map(text => [...text.childNodes].map(line => line.textContent).join('/'))"""
        )
    )


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Auckland"])
def test_a_browser_in_another_zone_shows_the_days_and_hours_of_the_reporting_zone(
    chromium, address, zone
):
    page, _ = opened(chromium, address, zone)
    assert labels(page, "days") == ["2 Nov", "9 Nov", "16 Nov", "23 Nov", "30 Nov"]
    assert labels(page, "line") == ["2 Nov", "9 Nov", "16 Nov", "23 Nov", "30 Nov"]
    assert labels(page, "hours") == [
        "00:00/1 Nov", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00",
    ]  # fmt: skip
    page.context.close()


def test_an_axis_has_one_unit_and_a_bar_its_amount(chromium, address):
    page, _ = opened(chromium, address)
    assert labels(page, "days", 1) == ["$0", "$2k", "$4k", "$6k", "$8k", "$10k", "$12k"]
    assert labels(page, "bars") == ["atlas", "a.b[0]", "Others (12)"]
    texts = page.locator(".st-key-bars .mark-text.role-mark text").all_text_contents()
    assert texts == ["$30k", "$20k", "$10k"]
    centre = page.locator(".st-key-doughnut .mark-text.role-mark text").all_text_contents()
    assert centre == ["$60k", "Cost"]
    page.context.close()


@pytest.mark.parametrize(("scheme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_the_colours_are_those_of_the_live_theme(chromium, address, scheme, palette):
    page, _ = opened(chromium, address, scheme=scheme)
    fills = page.locator(".st-key-doughnut .mark-arc path").evaluate_all(
        "arcs => arcs.map(arc => arc.getAttribute('fill'))"
    )
    assert fills == [palette.slots[0], palette.slots[1], palette.slots[8]]
    page.context.close()


def test_the_crosshair_reads_all_series_of_the_day_under_the_pointer(chromium, address):
    page, _ = opened(chromium, address)
    plot = page.locator(".st-key-line svg.marks")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box
    for step in (0, 4):  # the second move falls on the crosshair that the first one called
        page.mouse.move(box["x"] + box["width"] / 3 + step, box["y"] + 150)
        page.wait_for_timeout(300)
    rows = page.locator("#vg-tooltip-element td.value").all_text_contents()
    assert rows[1:] == ["$2,000.00", "$4,000.00", "$6,000.00"]
    assert "Nov 2026" in rows[0]
    page.context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_charts_are_light_quiet_and_said_in_a_sentence(chromium, address, width):
    page, said = opened(chromium, address, width=width)
    assert [line for line in said if not any(part in line for part in HARMLESS)] == []
    assert page.locator("canvas").count() == 0
    for chart in page.locator("svg.marks").all():
        assert chart.evaluate("svg => svg.querySelectorAll('*').length") <= 3000
    spoken = page.locator(".st-key-days [role=graphics-document]").first
    assert "Stacked bars of cost by day and project" in (spoken.get_attribute("aria-label") or "")
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0
    page.context.close()
