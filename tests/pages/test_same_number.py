"""One question has one answer: card, doughnut, bars, table, download and command line."""

import csv
import io
import json
import re
import shlex
from datetime import UTC, datetime

import polars as pl
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from analytics_core.access.tokens import Wish
from analytics_core.api.routes import routes
from analytics_core.charts.doughnut import doughnut
from analytics_core.charts.stacked_bar import stacked_bar
from analytics_core.cli.main import main
from analytics_core.export.command import command
from analytics_core.export.csv import content
from analytics_core.export.sheet import of_breakdown, of_timeline
from analytics_core.reports.breakdown import breakdown
from analytics_core.reports.family import FAILURES, RATES, SPEED, TOKENS, course, parts
from analytics_core.reports.family import questions as family_questions
from analytics_core.reports.summary import summary
from analytics_core.reports.timeline import timeline
from analytics_core.semantics.query import Query

OCTOBER = {"period": "2025-10"}
EVENTS = [
    {
        "started_at": datetime(2025, 10, day, 9), "cost_nano": nano, "requests": 1,
        "service_type": kind, "project": "Search, and more", "user_id": "ann",
    }
    for day, kind, nano in (
        (1, "text_generation", 12_345_678_901), (2, "text_generation", 333_333_333),
        (2, "embedding", 1), (3, "speech_to_text", 7_000_000_000), (4, "embedding", None),
        (31, "embedding", -500_000_000),
    )
]  # fmt: skip
EVENTS.append(EVENTS[0] | {"started_at": datetime(2025, 11, 1)})
EXACT, SHORT = "19.179012235", "$19.18"


def _column(made: bytes, name: str) -> list[str]:
    return [row[name] for row in csv.DictReader(io.StringIO(made.decode("utf-8-sig")))]


def _sum(amounts: list[str]) -> int:
    """Exact nano-USD of decimal texts."""
    whole = 0
    for amount in filter(None, amounts):
        dollars, _, decimals = amount.removeprefix("-").partition(".")
        nano = int(dollars) * 10**9 + int(decimals.ljust(9, "0") or 0)
        whole += -nano if amount.startswith("-") else nano
    return whole


def test_every_door_gives_the_same_total(app, viewed, tmp_path, capsys):
    page = app(EVENTS, view="table", **OCTOBER)
    assert next(m.value for m in page.metric if m.label == "Cost") == SHORT
    over_time, projects, *_ = (d.value for d in page.dataframe)
    assert over_time.iloc[0, 1] == SHORT
    assert projects.iloc[-1, 1] == SHORT

    view = viewed(EVENTS, period="2025-10")
    parts, line = breakdown(view, "cost", "service_type"), timeline(view, "cost", "service_type")
    assert summary(view, ["cost"]).cards[0].value == _sum([EXACT])
    assert f"Total {SHORT}" in doughnut(parts).alt
    assert f"Total {SHORT}" in stacked_bar(line).alt
    assert _sum(_column(content(of_breakdown(parts)), "cost (USD)")) == _sum([EXACT])
    assert _sum(_column(content(of_timeline(line)), "cost (USD)")) == _sum([EXACT])

    words = shlex.split(command(Query(("cost",)), view.filters))[3:]
    assert main([*words, "--data", str(tmp_path / "data"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"][0]["cost"] == EXACT


def test_the_curl_line_of_an_explanation_gets_the_pages_number(app, tmp_path):
    from analytics_core.ui import login

    page = app(EVENTS, who="ann", project="Search, and more", **OCTOBER)
    gate, now = login.gate(), datetime.now(UTC)
    gate.served = True
    page.context = {"url": "https://usage.acme.example/"}
    page.session_state["panel.overview.card.cost.explain"] = True
    page.run()
    shown = next(m.value for m in page.markdown if "**Cost**" in m.value)
    line = next(c.value for c in page.code if c.value.startswith("curl "))
    program, _, header, address = shlex.split(line)
    assert (program, header) == ("curl", "Authorization: Bearer $TOKENTALLY_TOKEN")
    host, _, path = address.partition("/api/")
    assert host == "https://usage.acme.example"
    _, token = gate.tokens.make(gate.accounts(now)["ann"].principal, Wish(name="x"), now)
    client = TestClient(Starlette(routes=routes(gate, tmp_path / "data")))
    answer = client.get(f"/api/{path}", headers={"Authorization": f"Bearer {token}"})
    assert re.sub(r"[^\d.]", "", shown) == answer.json()["rows"][0]["cost"] == EXACT


@pytest.mark.parametrize("name", ["Atlas, and more", 'say "hi"', None])
def test_the_command_of_an_explanation_asks_under_the_same_filters(app, capsys, tmp_path, name):
    events = [EVENTS[0] | {"project": name}, *EVENTS[1:]]
    page = app(events, project=name or "", **OCTOBER)
    page.session_state["panel.overview.card.cost.explain"] = True
    page.run()
    line = page.code[0].value
    shown = next(m.value for m in page.markdown if "**Cost**" in m.value)
    words = shlex.split(line)[3:]
    assert main([*words, "--data", str(tmp_path / "data"), "--json"]) == 0
    answered = json.loads(capsys.readouterr().out)["rows"][0]["cost"]
    assert re.sub(r"[^\d.]", "", shown) == answered == "12.345678901"


@pytest.mark.parametrize("family", [TOKENS, SPEED, FAILURES, RATES], ids=lambda f: f.name)
def test_measures_read_together_are_those_of_the_command_line(viewed, tmp_path, capsys, family):
    events = [
        event | {"input_tokens": 1000 + n, "output_tokens": 10, "cache_read_tokens": n or None,
                 "latency_ms": 100 * n + 1, "status": ("ok", "error", "cancelled", None)[n % 4]}
        for n, event in enumerate(EVENTS * 5)
    ]  # fmt: skip
    view = viewed(events, period="2025-10")
    line = command(family_questions(view.filters.period, family)[1], view.filters)
    assert main([*shlex.split(line)[3:], "--data", str(tmp_path / "data"), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    shown = parts(view, family)
    assert [part.value for part in shown.parts] == [row[name] for name in family.measures]
    if family.whole:
        assert shown.total == row[family.whole] == sum(part.value or 0 for part in shown.parts)
    sums = course(view, family).frame.group_by("rank").agg(pl.col("value").sum()).sort("rank")
    if shown.measure.additive:
        assert sums["value"].to_list() == [part.value or 0 for part in shown.parts]
