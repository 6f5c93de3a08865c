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

pytestmark = [pytest.mark.slow, pytest.mark.nightly]  # every page some forty times

USD = 1_000_000_000
OCTOBER = {"period": "2025-10"}
ROLES = ("ada", "mel", "leo", "pam", "ann")
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
@pytest.mark.parametrize("who", ROLES)
def test_every_figure_of_every_page_is_what_the_command_line_answers(
    app, caught, capsys, tmp_path, who: str
):
    app(EVENTS, who)
    compared = 0
    for module in EVERY:
        caught.clear()
        page = _open(app, module, who)
        assert _faults(page) == [], module.PATH
        shown = {m.label.lower().replace(" ", "_"): m.value for m in page.metric}
        for card in caught.cards:
            (measure,) = card.question.measures
            if card.question.by or until(card.view) == card.view.filters.period.start:
                continue  # a name and not a figure, or a time of which nothing is known yet
            (row,) = _answered(card, who, tmp_path / "data", capsys)
            declared, value = MEASURES[measure], row[measure]
            if declared.unit in (Unit.USD, Unit.CREDITS) and value is not None:
                value = round(float(value) * USD) if declared.additive else float(value) * USD
            spelled = text(value, declared.unit, additive=declared.additive)
            own, usual = card.name.rpartition(".")[2], heading(declared).lower().replace(" ", "_")
            drawn = shown[own] if own in shown else shown[usual]
            assert drawn.split("/")[0] == spelled, (module.PATH, measure)
            compared += 1
        for seen in caught.panels:
            rows = _answered(seen, who, tmp_path / "data", capsys)
            headings = [column.heading for column in seen.sheet.columns]
            for measure in seen.question.measures:
                if _heading(measure) not in headings:
                    continue
                place = headings.index(_heading(measure))
                mine = [plain(row[place], MEASURES[measure].unit) for row in seen.sheet.rows]
                assert _figures(mine) == _figures(r[measure] for r in rows), (seen.name, measure)
                compared += 1
    assert compared > 12


@pytest.mark.access
@pytest.mark.parametrize("who", [role for role in ROLES if role != "ada"])
def test_no_page_sends_a_name_from_outside_the_scope(app, who: str):
    theirs = {
        "ann": ("Secret plan", "Voice Bot", "m-voice", "Umbrella", "Writer"),
        "leo": ("Secret plan", "Umbrella", "Triage", "Writer"),
        "pam": ("Secret plan", "Voice Bot", "m-voice", "Umbrella", "Writer"),
        "mel": ("Secret plan", "Umbrella"),
    }[who]
    app(EVENTS, who)
    for module in EVERY:
        sent = repr(_open(app, module, who)._tree)
        assert [name for name in theirs if name in sent] == [], module.PATH


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


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("view", [{}, {"view": "table"}], ids=["charts", "tables"])
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
