"""The Costs page as a script draws it: figures, splits, service types, and what a reader may see."""

from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

USD = 1_000_000_000
OCTOBER = {"period": "2025-10", "path": "costs"}
HOSTILE = "![x](http://evil.example/x.png) **b** :smile:"


def _event(day: int, cost: int | None, user: str, project: str | None, **more) -> dict:
    nano = None if cost is None else cost * USD
    return {
        "started_at": datetime(2025, 10, day, 9), "cost_nano": nano, "user_id": user,
        "project": project, "team": "core" if user in ("leo", "cy") else "field",
        "model": "m-large", "session_id": f"{user}{day}", "input_tokens": 900_000,
        "output_tokens": 100_000,
    } | more  # fmt: skip


EVENTS = [
    _event(1, 40, "ann", "Search"),
    _event(2, 25, "bo", "Secret plan", cost_source="reported"),
    _event(3, 10, "cy", "Voice Bot", service_type="speech_to_text", model="m-voice",
           items=[{"rule": "audio_second", "quantity": 60, "unit": "seconds", "cost_nano": 10 * USD}]),
    _event(4, None, "cy", "Voice Bot", model="m-unknown"),
    _event(4, 0, "cy", None, service_type="moderation", model="m-free", cost_source="free"),
    {"started_at": datetime(2025, 11, 2, 9), "cost_nano": 1, "user_id": "dee"},
]  # fmt: skip


def _metrics(page: AppTest) -> dict[str, str]:
    return {m.label: m.value for m in page.metric}


def _words(page: AppTest) -> str:
    drawn = [*page.markdown, *page.caption, *page.info, *page.warning, *page.error, *page.subheader]
    return "\n".join(str(element.value) for element in drawn)


def _titles(page: AppTest) -> list[str]:
    return [s.value.replace("\\", "") for s in page.subheader]


def _tables(page: AppTest) -> list[list[list[str]]]:
    """The texts of every table, from top to bottom; colours, bars and courses left out."""
    shown = (d.value.drop(columns="dot", errors="ignore") for d in page.dataframe)
    frames = (table.select_dtypes(exclude="number") for table in shown)
    return [frame.to_numpy().tolist() for frame in frames]


def test_the_page_holds_its_figures_panels_and_a_card_per_service_type_by_cost(app):
    page = app(EVENTS, **OCTOBER)
    assert not page.exception
    assert not page.error
    assert list(_metrics(page).items()) == [
        ("Cost", "$75.00"), ("Cost per request", "$18.75"), ("Cost per session", "$18.75"),
        ("Cost per user", "$25.00"), ("Cost per 1M tokens", "$18.75"), ("Cache savings", "–"),
    ]  # fmt: skip
    assert _titles(page) == [
        "Cost over time", "Cost breakdown", "Service types",
        ":material/notes: Text generation", "$65.00", ":material/mic: Speech to text", "$10.00",
        ":material/shield: Moderation", "$0", "Where the figures come from",
    ]  # fmt: skip
    words = _words(page)
    assert "All of it is free: cost is $0." in words
    assert "One model has usage without a price" in words


def test_of_many_service_types_the_six_largest_have_a_card_until_all_are_asked_for(app):
    types = ("text_generation", "embedding", "agent", "speech_to_text", "image_generation",
             "moderation", "rerank", "search")  # fmt: skip
    events = [_event(n + 1, n, "ann", "Search", service_type=t) for n, t in enumerate(types)]
    page = app(events, **OCTOBER)
    assert len([t for t in _titles(page) if t.startswith(":material/")]) == 6
    assert not any("Text generation" in title for title in _titles(page))  # the smallest
    page.toggle(key="panel.costs.service.all").set_value(True).run()
    assert len([t for t in _titles(page) if t.startswith(":material/")]) == 8
    assert not page.exception


def test_only_dimensions_the_data_have_are_offered(app):
    page = app(EVENTS, **OCTOBER)
    by = next(s for s in page.selectbox if s.key == "panel.costs.trend.by")
    assert by.options == [
        "By service type", "By project", "By model", "By user", "By team",
    ]  # fmt: skip
    split = next(s for s in page.button_group if s.key == "panel.costs.split.by")
    assert split.options == ["Model", "Project", "User", "Team"]


def test_the_tables_hold_every_member_the_sources_of_cost_and_the_models_without_a_price(app):
    page = app(EVENTS, view="table", **OCTOBER)
    page.session_state["panel.costs.split.by"] = "project"
    page.run()
    trend, split, _, speech, _, sources, unpriced = _tables(page)
    assert trend[0] == ["Total", "$75.00", "$65.00", "$10.00", "$0.00"]
    assert split == [
        ["Search", "$40.00", "53%", "–", "1", "1,000,000", "$40.00"],
        ["Secret plan", "$25.00", "33%", "–", "1", "1,000,000", "$25.00"],
        ["Voice Bot", "$10.00", "13%", "–", "2", "2,000,000", "$10.00"],
        ["(unattributed)", "$0.00", "0%", "–", "1", "1,000,000", "$0"],
        ["Total", "$75.00", "", "", "5", "5,000,000", "$18.75"],
    ]
    assert speech[0] == ["Total", "$10.00", "$10.00"]
    assert sources == [
        ["Computed", "$50.00", "67%"], ["Reported", "$25.00", "33%"], ["Free", "$0.00", "0%"],
        ["Unpriced", "–", "–"], ["Total", "$75.00", ""],
    ]  # fmt: skip
    assert unpriced == [["m-unknown", "1,000,000", "1"]]


def test_a_card_shows_requests_or_quantities_in_one_unit_the_one_with_most_cost_first(app):
    page = app(EVENTS, view="table", service_type="speech_to_text", **OCTOBER)
    assert [t for t in _titles(page) if ":material/" in t] == [":material/mic: Speech to text"]
    card = "panel.costs.service_speech_to_text"
    page.session_state[f"{card}.about"] = "requests"
    page.run()
    assert _tables(page)[2][2] == ["Fri 3 Oct 2025", "1"]
    page.session_state[f"{card}.about"] = "usage"
    page.run()
    assert not page.error
    units = next(s for s in page.button_group if s.key == f"{card}.unit")
    assert units.options == ["Seconds", "Tokens"]
    assert _tables(page)[2][0] == ["Total", "60", "60"]
    page.session_state[f"{card}.unit"] = "tokens"
    page.session_state[f"{card}.explain"] = True
    page.run()
    assert page.code[0].value == (
        "python -m analytics_core query --measures quantity --by pricing_rule --grain day --top 4"
        " --period 2025-10 --where service_type=speech_to_text --where unit=tokens"
    )
    assert _tables(page)[2][0] == ["Total", "1,000,000", "900,000", "100,000"]


def test_cost_that_nobody_knows_is_unknown_everywhere_and_nothing_fails(app):
    page = app([_event(1, None, "ann", "Search"), EVENTS[-1]], **OCTOBER)
    assert not page.exception
    assert not page.error
    assert set(_metrics(page).values()) == {"–"}
    assert "Cost is unknown: nothing in this selection has a price." in _words(page)


def test_a_running_sum_closes_the_switch_of_the_period_before_and_says_why(app):
    page = app(EVENTS, **OCTOBER)
    page.toggle(key="panel.costs.trend.earlier").set_value(True).run()
    assert not page.toggle(key="panel.costs.trend.earlier").disabled
    page.toggle(key="panel.costs.trend.cumulative").set_value(True).run()
    before = page.toggle(key="panel.costs.trend.earlier")
    assert before.disabled
    assert "running sum" in before.help
    page.toggle(key="panel.costs.trend.cumulative").set_value(False).run()
    assert page.toggle(key="panel.costs.trend.earlier").value


def test_a_selection_of_nothing_shows_no_panel(app):
    page = app(EVENTS, project="Search", user="bo", **OCTOBER)
    assert "No usage matches these filters" in _words(page)
    assert not page.metric


@pytest.mark.access
def test_a_member_sees_their_own_costs_and_no_trace_of_others(app):
    page = app(EVENTS, who="ann", view="table", **OCTOBER)
    assert _metrics(page)["Cost"] == "$40.00"
    sent = repr(page._tree) + str(_tables(page))
    assert "Text generation" in sent
    for foreign in ("Secret plan", "Voice Bot", "m-voice", "m-unknown", "Speech", "Unpriced"):
        assert foreign not in sent


@pytest.mark.access
def test_a_lead_sees_the_costs_of_the_team(app):
    page = app(EVENTS, who="leo", view="table", **OCTOBER)
    assert _metrics(page)["Cost"] == "$10.00"
    assert _tables(page)[1][0][:2] == ["m-voice", "$10.00"]
    assert "Secret plan" not in repr(page._tree) + str(_tables(page))


def test_units_with_markdown_stay_text(app):
    items = [{"rule": "odd", "quantity": 1, "unit": HOSTILE, "cost_nano": 1}]
    page = app([_event(1, 5, "ann", "Search", items=items), EVENTS[-1]], **OCTOBER)
    page.session_state["panel.costs.service_text_generation.about"] = "usage"
    page.run()
    assert not page.error
    sent = [o for group in page.button_group for o in group.options] + [_words(page)]
    assert any("evil" in text for text in sent)
    assert all("](http" not in text for text in sent)


def test_names_with_markdown_stay_text(app):
    page = app([_event(1, 5, "ann", HOSTILE), _event(1, 1, "ann", "Search")], **OCTOBER)
    page.session_state["panel.costs.split.by"] = "project"
    page.run()
    labels = [b.label for b in page.button if "evil" in b.label]
    assert labels
    assert all("](http" not in label for label in labels)
    assert "](http" not in _words(page)
