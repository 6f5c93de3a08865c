"""Every page, as every role, over usage of every shape: no page breaks, no panel lies."""

import json
import re
import shlex
from collections.abc import Iterable
from datetime import datetime, timedelta
from types import ModuleType

import pytest
from streamlit.testing.v1 import AppTest

from analytics_core.cli.main import main
from analytics_core.export.answer import plain
from analytics_core.export.command import command
from analytics_core.reports.span import until
from analytics_core.semantics.format import text
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.unit import Unit
from analytics_core.ui.headings import heading
from pages import EVERY

USD = 1_000_000_000
OCTOBER = {"period": "2025-10"}
HOSTILE = (
    "![x](http://evil.example/x.png)", "<img src=x onerror=alert(1)>", '=HYPERLINK("x")',
    "שלום עולם", "🦄" * 8, "a'b\"c`d$e^f", "Others", "(unattributed)", "x" * 120, "[l](javascript:1)",
)  # fmt: skip


def _event(day: int, user: str | None, project: str | None, cost: int | None, **more) -> dict:
    return {
        "started_at": datetime(2025, 10, day, 9 + day % 7), "user_id": user, "project": project,
        "cost_nano": None if cost is None else cost * USD + day, "organization": "acme",
        "team": {"leo": "core", "cy": "core"}.get(user or "", "field"), "provider": "anthropic",
        "model": "m-large", "input_tokens": 900 + day, "output_tokens": 100, "latency_ms": 40 * day,
        "cache_read_tokens": 300, "cost_input_nano": None,
    } | more  # fmt: skip


EVENTS = [
    _event(1, "ann", "Search", 40, agent="Triage", session_id="s1", conversation_id="s1"),
    _event(1, "ann", "Search", 2, agent="Triage", session_id="s1", conversation_id="s1"),
    _event(2, "bo", "Secret plan", 25, organization="other", feature="Chat", customer="Umbrella"),
    _event(3, "cy", "Voice Bot", 10, service_type="speech_to_text", model="m-voice"),
    _event(9, "leo", "Search", 3, status="error", repository="acme/app", session_id="s2"),
    _event(10, "pam", None, None, model="m-unknown", status="cancelled"),
    _event(17, "mel", "Voice Bot", 7, feature="Search box", customer="Acme", agent="Writer"),
    _event(30, "bo", "Search", 1, tags=[("tool", "grep"), ("workflow", "nightly")]),
    _event(1, "ann", "Search", 1, started_at=datetime(2025, 8, 2)),
    _event(1, "cy", "Search", 5, started_at=datetime(2025, 9, 3, 10)),
]  # fmt: skip
OUTSIDE = {
    "ada": (),
    "mel": ("Secret plan", "Umbrella"),
    "leo": ("Secret plan", "Umbrella", "Triage", "Writer"),
    "pam": ("Secret plan", "Voice Bot", "m-voice", "Umbrella", "Writer"),
    "ann": ("Secret plan", "Voice Bot", "m-voice", "Umbrella", "Writer"),
}  # fmt: skip
# Panels of which the command line has no rows: a list of prices, the steps of one session (their
# last sum is its card), and what people did week by week, proven in tests/reports.
OTHERWISE = ("model.prices", "session.steps", "sessions.lengths", "user.lengths", "users.returning")
ONE_OF = {
    "project": "Search", "model": "m-large", "agent": "Triage", "user": "@me", "session": "s1",
}  # fmt: skip


def _open(app, module: ModuleType, who: str, events=None, one=ONE_OF, **params) -> AppTest:
    picks = {module.OF: one[module.OF]} if hasattr(module, "OF") else {}
    return app(events, who, module.PATH, **(OCTOBER | picks | params))


def _faults(page: AppTest) -> list[str]:
    """What a page says of itself when something is wrong."""
    said = [e.value for e in page.error] + [e.message for e in page.exception]
    return [words for words in said if words]


def _answered(seen, who: str, data, capsys) -> list[dict]:
    """The rows of the command that the panel prints."""
    name = None if seen.view.scope.everything else who
    words = shlex.split(command(seen.question, seen.view.filters, name))[3:]
    assert main([*words, "--data", str(data), "--json"]) in (0, 1), words
    return json.loads(capsys.readouterr().out)["rows"]


def _figures(values: Iterable[object]) -> list[str]:
    """Known figures but zero, in order of size as text: empty buckets may be filled or left out."""
    return sorted(str(v) for v in values if v not in (None, 0, "0", 0.0))


def _heading(measure: str) -> str:
    units = {Unit.USD: "USD", Unit.SECONDS: "s", Unit.MILLISECONDS: "ms"}
    unit = units.get(MEASURES[measure].unit)
    return f"{measure} ({unit})" if unit else measure


@pytest.mark.access
@pytest.mark.money
@pytest.mark.parametrize("who", OUTSIDE)
def test_every_page_says_what_the_command_line_answers_and_no_name_from_outside_the_scope(
    app, caught, capsys, tmp_path, who: str
):
    app(EVENTS, who)
    compared: list[str] = []
    for module in EVERY:
        caught.clear()
        page = _open(app, module, who)
        assert _faults(page) == [], module.PATH
        sent = repr(page._tree)
        assert [name for name in OUTSIDE[who] if name in sent] == [], module.PATH
        shown = {m.label.lower().replace(" ", "_"): m.value for m in page.metric}
        for card in caught.cards:
            if card.question.by or until(card.view) == card.view.filters.period.start:
                continue  # a name and not a figure, or a time of which nothing is known yet
            (row,) = _answered(card, who, tmp_path / "data", capsys)
            _check_card(card, row, shown)
            compared.append(card.name)
        for seen in caught.panels:
            held = _check_panel(seen, _answered(seen, who, tmp_path / "data", capsys))
            assert held or seen.name in OTHERWISE, seen.name
            compared += [seen.name] * held
    assert len(compared) > 120


def _check_card(card, row: dict, shown: dict[str, str]) -> None:
    (measure,) = card.question.measures
    declared, value = MEASURES[measure], row[measure]
    if declared.unit in (Unit.USD, Unit.CREDITS) and value is not None:
        value = round(float(value) * USD) if declared.additive else float(value) * USD
    spelled = text(value, declared.unit, additive=declared.additive)
    own, usual = card.name.rpartition(".")[2], heading(declared).lower().replace(" ", "_")
    drawn = shown[own] if own in shown else shown[usual]
    assert drawn.split("/")[0] == spelled, (card.name, measure)


def _check_panel(seen, rows: list[dict]) -> int:
    """Compares what the panel downloads with `rows`; how many measures were compared."""
    headings = [column.heading for column in seen.sheet.columns]
    held = 0
    for measure in seen.question.measures:
        if _heading(measure) in headings:
            place, mine = headings.index(_heading(measure)), seen.sheet.rows
        elif "measure id" in headings:  # several measures, one below the other
            place, of = len(headings) - 1, headings.index("measure id")
            mine = [row for row in seen.sheet.rows if row[of] == measure]
        elif f"sum of {measure}" in headings:  # the same hours of all weeks together
            place = headings.index(f"sum of {measure}")
            whole = sum(row[place] or 0 for row in seen.sheet.rows)
            assert whole == sum(r[measure] or 0 for r in rows), (seen.name, measure)
            held += 1
            continue
        else:
            continue
        shown = [plain(row[place], MEASURES[measure].unit) for row in mine]
        assert _figures(shown) == _figures(r[measure] for r in rows), (seen.name, measure)
        held += 1
    if seen.question.measures == ("sessions",) and "session" in headings:
        assert len(seen.sheet.rows) == rows[0]["sessions"], seen.name
        held += 1
    return held


def _crowd() -> list[dict]:
    """60 projects and 5,000 users with hostile names among them, over a year."""
    names = [*HOSTILE, *(f"Project {n}" for n in range(50))]
    begin = datetime(2024, 11, 1)
    return [
        _event(
            1, HOSTILE[n % 10] if n % 11 == 0 else f"user-{n % 5000}@x.example",
            names[n % 60], n % 9, started_at=begin + timedelta(hours=1.46 * n),
            model=names[n % 10], agent=names[n % 13], feature=names[n % 17],
            customer=names[n % 7], session_id=f"{names[n % 10]}{n // 3}", team=names[n % 12],
            tags=[("tool", names[n % 10])],
        )
        for n in range(6000)
    ]  # fmt: skip


SHAPES = {
    "a crowd, twelve months": (_crowd, {"period": "2024-11-01..2025-10-31"}),
    "a crowd, one month": (_crowd, OCTOBER),
    "one single day": (lambda: [_event(5, "ann", "Search", 4)], {"period": "2025-10-05..2025-10-05"}),
    "no price at all": (lambda: [_event(5, "ann", "Search", None)], OCTOBER),
    "refunds only": (lambda: [_event(5, "ann", "Search", -4)], OCTOBER),
    "nothing in the period": (lambda: [_event(5, "ann", "Search", 4)], {"period": "2025-09"}),
    "no data at all": (list, OCTOBER),
}  # fmt: skip

DAILY = (("a crowd, twelve months",), ("no data at all", "view"))  # the others at night


@pytest.mark.parametrize(
    ("shape", "view"),
    [
        pytest.param(
            shape, view, id=f"{shape}, {'tables' if view else 'charts'}",
            marks=[] if (shape, *view) in DAILY else pytest.mark.nightly,
        )
        for shape in SHAPES
        for view in ({}, {"view": "table"})
    ],
)  # fmt: skip
def test_no_page_breaks_whatever_the_data(app, caught, shape: str, view: dict):
    make, period = SHAPES[shape]
    events = make()
    app(events, "ada")
    first = HOSTILE[0] if len(events) > 100 else None
    one = ONE_OF if first is None else dict.fromkeys(ONE_OF, first) | {"session": f"{first}0"}
    for module in EVERY:
        caught.clear()
        page = _open(app, module, "ada", one=one, **period, **view)
        assert _faults(page) == [], (shape, module.PATH)
        assert [rows for rows in caught.rows if rows[1] > 1000] == [], (shape, module.PATH)
        drawn = [*page.markdown, *page.caption, *page.subheader, *page.title, *page.button]
        texts = [str(getattr(e, "label", "") or getattr(e, "value", "")) for e in drawn]
        live = [t for t in texts if re.search(r"(?<!\\)(\]\((http|javascript)|<img)", t)]
        assert live == [], (shape, module.PATH)
