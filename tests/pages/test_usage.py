"""The Usage page as a script draws it: figures, families of measures, the week, and who sees what."""

from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

USD = 1_000_000_000
OCTOBER = {"period": "2025-10", "path": "usage"}
HOSTILE = "![x](http://evil.example/x.png)"


def _event(day: int, user: str, project: str, **more) -> dict:
    return {
        "started_at": datetime(2025, 10, day, 9), "cost_nano": USD, "user_id": user,
        "project": project, "team": "core" if user in ("leo", "cy") else "field",
        "model": "m-large", "session_id": f"{user}{day}", "input_tokens": 1000,
        "output_tokens": 100, "cache_read_tokens": 600, "latency_ms": 2000,
    } | more  # fmt: skip


EVENTS = [
    _event(1, "ann", "Search", agent="Triage", tags={"workflow": "intake", HOSTILE: "x"}),
    _event(2, "bo", "Secret plan", agent="Secret agent", status="error", latency_ms=1000),
    _event(3, "cy", "Voice Bot", status="cancelled", operation="chat"),
    _event(3, "cy", "Voice Bot", grain="bucket", requests=40, cache_read_tokens=None, status=None,
           latency_ms=None, session_id=None),
    {"started_at": datetime(2025, 11, 2, 9), "cost_nano": 1, "user_id": "dee"},
]  # fmt: skip


def _metrics(page: AppTest) -> dict[str, str]:
    return {m.label: m.value for m in page.metric}


def _words(page: AppTest) -> str:
    drawn = [*page.markdown, *page.caption, *page.info, *page.warning, *page.error, *page.subheader]
    return "\n".join(str(element.value).replace("\\", "") for element in drawn)


def _tables(page: AppTest) -> list[list[list[str]]]:
    """The texts of every table, from top to bottom; bars and courses left out."""
    frames = (d.value.select_dtypes(exclude="number") for d in page.dataframe)
    return [frame.to_numpy().tolist() for frame in frames]


def test_the_page_holds_its_figures_and_its_panels_in_order(app):
    page = app(EVENTS, **OCTOBER)
    assert not page.exception
    assert not page.error
    assert list(_metrics(page).items()) == [
        ("Sessions", "3"), ("Total tokens", "4,400"), ("Requests", "43"),
        ("Average latency", "1.7 s"), ("Cache hit ratio", "60%"), ("Error rate", "33%"),
    ]  # fmt: skip
    assert [s.value for s in page.subheader] == [
        "Usage timeline", "Tokens by kind", "Speed", "Errors", "Error rate", "When it happens",
        "Assistants, workflows, tools, integrations",
    ]  # fmt: skip
    words = _words(page)
    assert "Latency p95 –" in words
    assert "Most on Wed 09:00–10:00: 1." in words
    assert "Not in here: 40 (requests) that sources report already summed" in words


def test_credits_stand_first_where_any_are_known_and_a_percentile_of_enough_beside_the_mean(app):
    events = [_event(1, "ann", "Search", credits_nano=2_500_000_000) for _ in range(20)]
    page = app([*events, EVENTS[-1]], **OCTOBER)
    assert next(iter(_metrics(page).items())) == ("Credits", "50")
    assert "Latency p95 2.0 s" in _words(page)


def test_the_tables_hold_the_parts_of_all_tokens_the_failures_and_the_hours_of_the_week(app):
    page = app(EVENTS, view="table", **OCTOBER)
    _, tokens, speed, errors, rate, week, _ = _tables(page)
    assert tokens[0] == ["Total", "4,400", "2,200", "1,800", "–", "400", "–"]
    assert tokens[3] == ["Fri 3 Oct 2025", "2,200", "1,400", "600", "–", "200", "–"]
    assert speed[1][:2] == ["Thu 2 Oct 2025", "1.0 s"]
    assert speed[1][2:] == ["–"] * 4
    assert errors[0] == ["Total", "2", "1", "1"]
    assert rate[1] == ["Thu 2 Oct 2025", "100%", "0%"]
    assert [row[0] for row in week] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert week[2][10] == "1"
    assert week[4][9:12] == ["0", "1", "0"]
    page.session_state["panel.usage.tokens.share"] = True
    page.run()
    assert _tables(page)[1][0] == ["Wed 1 Oct 2025", "36%", "55%", "–", "9.1%", "–"]


def test_assistants_workflows_tools_and_every_tag_are_offered_where_the_data_have_them(app):
    page = app(EVENTS, view="table", **OCTOBER)
    by = next(s for s in page.button_group if s.key == "panel.usage.split.by")
    assert [words.replace("\\", "").replace("\u2060", "") for words in by.options] == [
        "Agent", "Tag workflow", "Operation", "Source", f"Tag {HOSTILE}",
    ]  # fmt: skip
    assert "](http" not in "".join(by.options)
    page.session_state["panel.usage.split.by"] = "tag:workflow"
    page.run()
    assert _tables(page)[-1][0] == ["intake", "1", "2.3%", "–", "1,100", "$1.00"]


def test_every_measure_of_a_family_explains_itself(app):
    page = app(EVENTS, **OCTOBER)
    page.session_state["panel.usage.tokens.explain"] = True
    page.run()
    words = _words(page)
    for said in ("**Uncached input**: 2,200", "**Read from cache**: 1,800", "**Reasoning**: –"):
        assert said in words
    assert "4 events, known values of Uncached input in 4, Read from cache in 3" in words
    assert page.code[0].value.startswith(
        "python -m analytics_core query --measures uncached_input_tokens,cache_read_tokens,"
    )


def test_usage_of_which_little_is_known_leaves_out_what_nobody_says(app):
    bare = {"started_at": datetime(2025, 10, 1, 9), "requests": None, "status": None}
    page = app([bare, EVENTS[-1]], **OCTOBER)
    assert not page.exception
    assert not page.error
    assert [s.value for s in page.subheader] == [
        "Usage timeline", "When it happens", "Assistants, workflows, tools, integrations",
    ]  # fmt: skip
    assert "Requests is unknown" in _words(page)


@pytest.mark.access
def test_a_member_and_a_lead_find_no_trace_of_other_peoples_rows(app):
    page = app(EVENTS, who="ann", view="table", **OCTOBER)
    assert _metrics(page)["Requests"] == "1"
    sent = repr(page._tree) + str(_tables(page))
    assert "'Triage'" in sent
    for foreign in ("Secret plan", "Secret agent", "Voice Bot", "chat"):
        assert f"'{foreign}'" not in sent
    lead = app(who="leo", view="table", **OCTOBER)
    assert _metrics(lead)["Requests"] == "41"
    assert "Secret agent" not in repr(lead._tree) + str(_tables(lead))


def test_a_selection_of_nothing_shows_no_panel(app):
    page = app(EVENTS, project="Search", user="bo", **OCTOBER)
    assert "No usage matches these filters" in _words(page)
    assert not page.metric
