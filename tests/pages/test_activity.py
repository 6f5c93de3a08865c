"""The Activity page: the rows behind the figures, whose they are, and one event whole."""

import json
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

START = datetime(2025, 10, 1, 9)
REQUESTS, ITEMS = 1, 2  # their tables, in the order of the page, where charts are tables


def _event(minute: int, **more) -> dict:
    return {
        "event_id": f"e{minute}", "started_at": START + timedelta(minutes=minute),
        "user_id": "ann", "team": "field", "project": "Search", "model": "m-large",
        "input_tokens": 1000, "output_tokens": 100, "cost_nano": 2_500_000,
        "cost_input_nano": 1_500_000, "cost_output_nano": 1_000_000, "latency_ms": 1250,
    } | more  # fmt: skip


IMAGE = _event(
    1, event_id="image", user_id="cy", team="core", project="Secret plan", model="m-image",
    event_type="image_generation", input_tokens=None, output_tokens=None, cost_nano=160_000_000,
    cost_input_nano=None, cost_output_nano=None, cost_source="reported", session_id="s1",
    items=[{"rule": "image", "quantity": Decimal(4), "unit": "images", "cost_nano": 160_000_000}],
    tags=[("flow", "intake")], metadata='{"prompt_id": "p7"}', row=41,
)  # fmt: skip
UNPRICED = _event(2, event_id="unpriced", user_id="bo", cost_nano=None, cost_input_nano=None,
                  cost_output_nano=None, status="error")  # fmt: skip
EVENTS = [_event(0), IMAGE, UNPRICED]


@pytest.fixture
def activity(app):
    """Opens the page over events of October 2025."""

    def open_page(events=None, who="ada", **params) -> AppTest:
        page = app(events, who, "activity", period="2025-10", view="table", **params)
        assert not page.exception
        assert not page.error
        return page

    return open_page


def _rows(page: AppTest, table: int = REQUESTS) -> list[dict]:
    return page.dataframe[table].value.to_dict("records")


def _words(page: AppTest) -> str:
    drawn = [*page.markdown, *page.caption, *page.info, *page.subheader]
    return "\n".join(str(element.value) for element in drawn).replace("\\", "")


def _press(page: AppTest, key: str) -> AppTest:
    return next(b for b in page.button if b.key == key).click().run()


def test_every_request_is_a_row_with_its_figures_newest_first(activity):
    rows = _rows(activity(EVENTS))
    assert [row["time"] for row in rows] == [
        "1 Oct 2025, 09:02:00", "1 Oct 2025, 09:01:00", "1 Oct 2025, 09:00:00",
    ]  # fmt: skip
    shown = ("event_type", "project", "user_id", "model", "input_tokens", "output_tokens",
             "cost_nano", "latency_ms", "status")  # fmt: skip
    assert [tuple(row[name] for name in shown) for row in rows] == [
        ("Token usage", "Search", "bo", "m-large", "1,000", "100", "–", "1.2 s", "Error"),
        ("Image generation", "Secret plan", "cy", "m-image", "–", "–", "$0.16", "1.2 s", "OK"),
        ("Token usage", "Search", "ann", "m-large", "1,000", "100", "$0.0025", "1.2 s", "OK"),
    ]


def test_every_usage_item_is_a_row_with_its_price(activity):
    page = activity(EVENTS)
    assert [(row["rule"], row["quantity_micro"], row["unit"], row["unit_price"], row["cost_nano"])
            for row in _rows(page, ITEMS)] == [
        ("Input", "1,000", "tokens", "–", "–"),
        ("Output", "100", "tokens", "–", "–"),
        ("Image", "4", "images", "$0.04", "$0.16"),
        ("Input", "1,000", "tokens", "$1.50 / 1M", "$0.0015"),
        ("Output", "100", "tokens", "$10.00 / 1M", "$0.001"),
    ]  # fmt: skip
    assert {"Search", "Secret plan"} == {row["project"] for row in _rows(page, ITEMS)}
    assert "rows 1–3 of 3" in _words(page)
    assert "rows 1–5 of 5" in _words(page)


def test_pages_lead_older_and_newer_and_say_where_they_are(activity):
    page = activity([_event(minute) for minute in range(120)])
    assert "rows 1–50 of 120" in _words(page)
    assert page.toggle[0].value
    page = _press(page, "panel.activity.requests.Older ›")
    assert "rows 51–100 of 120" in _words(page)
    assert _rows(page)[0]["time"] == "1 Oct 2025, 10:09:00"
    assert not page.toggle[0].value
    page = _press(page, "panel.activity.requests.Older ›")
    assert "rows 101–120 of 120" in _words(page)
    page = _press(page, "panel.activity.requests.‹ Newer")
    assert "rows 51–100 of 120" in _words(page)
    page = _press(page, "panel.activity.requests.‹ Newer")
    assert "rows 1–50 of 120" in _words(page)
    assert page.toggle[0].value


def test_another_selection_begins_at_its_newest_row(activity):
    page = activity([_event(minute) for minute in range(120)])
    page = _press(page, "panel.activity.requests.Older ›")
    next(s for s in page.multiselect if s.label == "Project").select("Search").run()
    assert "rows 1–50 of 120" in _words(page)


def test_live_shows_what_has_just_landed_and_a_held_list_stays(activity, landed):
    page = activity([_event(0)])
    landed([_event(0), _event(1)])
    assert [row["time"] for row in _rows(page.run())] == [
        "1 Oct 2025, 09:01:00", "1 Oct 2025, 09:00:00",
    ]  # fmt: skip
    page = page.toggle[0].set_value(False).run()
    landed([_event(0), _event(1), _event(2)])
    page = page.run()
    assert _rows(page)[0]["time"] == "1 Oct 2025, 09:01:00"
    assert "rows 2–3 of 3" in _words(page)
    page = page.toggle[0].set_value(True).run()
    assert _rows(page)[0]["time"] == "1 Oct 2025, 09:02:00"


def test_a_reader_chooses_columns_but_never_loses_the_project(activity):
    page = activity(EVENTS)
    columns = page.get_by_key("panel.activity.requests.columns")
    columns.set_value(["session_id", "user_id"]).run()
    assert list(page.dataframe[REQUESTS].value) == ["time", "project", "user_id", "session_id"]


@pytest.mark.access
def test_a_member_sees_own_rows_only(activity):
    page = activity(EVENTS, who="ann")
    assert [row["user_id"] for row in _rows(page)] == ["ann"]
    assert [row["rule"] for row in _rows(page, ITEMS)] == ["Input", "Output"]
    assert "Secret plan" not in repr(page._tree)


@pytest.mark.access
def test_a_lead_sees_the_rows_of_the_team(activity):
    page = activity(EVENTS, who="leo")
    assert [(row["user_id"], row["project"]) for row in _rows(page)] == [("cy", "Secret plan")]
    assert [row["rule"] for row in _rows(page, ITEMS)] == ["Image"]


def test_a_pricing_rule_picks_items_and_leaves_the_requests(activity):
    page = activity(EVENTS, pricing_rule="image")
    assert [row["rule"] for row in _rows(page, ITEMS)] == ["Image"]
    assert len(_rows(page)) == 3
    none = activity(pricing_rule="output", model="m-image")
    assert "No usage item matches these filters." in _words(none)


def test_both_lists_explain_themselves(activity):
    page = activity(EVENTS, pricing_rule="image")
    for name in ("requests", "items"):
        page.session_state[f"panel.activity.{name}.explain"] = True
    words = _words(page.run())
    assert not page.error
    assert "**Events**: 3" in words
    assert "**Cost**: $0.16" in words


def test_a_quick_filter_is_the_pick_of_the_page(activity):
    page = activity(EVENTS)
    page.session_state["panel.activity.requests.filter.model"] = True  # its button was pressed
    page = page.run()
    box = page.get_by_key("panel.activity.requests.pick.model")
    assert box.options == ["m-image", "m-large"]
    page = box.select("m-image").run()
    assert page.query_params["model"] == "m-image"
    assert [row["model"] for row in _rows(page)] == ["m-image"]
    assert [row["rule"] for row in _rows(page, ITEMS)] == ["Image"]
    (sidebar,) = (s for s in page.sidebar.multiselect if s.label == "Model")
    assert sidebar.value == ["m-image"]


OPEN = "2025-10-01T09:01:00~image"


def test_one_event_is_shown_whole(activity):
    page = activity(EVENTS, event=OPEN)
    words = _words(page)
    assert "The cost, line by line: as the source reports it." in words
    lines = page.dataframe[-1].value.to_dict("records")
    assert lines == [
        {"Pricing rule": "Image", "Quantity": "4", "Unit": "images", "Unit price": "$0.04",
         "Cost": "$0.16"},
        {"Pricing rule": "Total", "Quantity": "", "Unit": "", "Unit price": "", "Cost": "$0.16"},
    ]  # fmt: skip
    pairs = page.table[-1].value.itertuples(index=False)
    said = {name.removeprefix(":gray[").removesuffix("]"): text for name, text in pairs}
    assert (said["User"], said["flow"], said["Row"]) == ("cy", "intake", "41")
    assert said["Name"].replace("\\", "") == "literal.jsonl"
    assert '{"prompt_id": "p7"}' in [c.value for c in page.code]
    copied = json.loads(page.code[-1].value)
    assert (copied["cost"], copied["started_at"]) == ("0.16", "2025-10-01T09:01:00Z")
    assert copied["items"] == [
        {"pricing_rule": "image", "quantity": "4", "unit": "images", "cost": "0.16"}
    ]
    assert (copied["tags"], copied["metadata"]) == ({"flow": "intake"}, {"prompt_id": "p7"})


def test_a_row_opens_its_event_and_has_an_address(activity):
    page = activity(EVENTS)
    box = page.get_by_key("panel.activity.requests.chosen")
    assert box.options[1] == "2. 1 Oct 2025, 09:01:00, Secret plan"
    page = box.set_value(1).run()
    assert page.query_params["event"] == OPEN
    assert "The cost, line by line" in _words(page)


@pytest.mark.access
def test_the_file_of_an_event_is_for_those_who_see_everything(activity):
    page = activity(EVENTS, who="leo", event=OPEN)
    assert "literal.jsonl" not in repr(page._tree)
    copied = json.loads(page.code[-1].value)
    assert not {"file", "file_id", "row"} & set(copied)


@pytest.mark.access
@pytest.mark.parametrize(
    "address", [OPEN, "2025-10-01T09:01:00~nobody", "2025-10-01T09:01:00~'; --\0", "yesterday~x",
                "9999-12-31T23:59:59.999999~x", "~"],
)  # fmt: skip
def test_an_event_of_others_is_not_there_just_like_one_that_does_not_exist(activity, address):
    page = activity(EVENTS, who="ann", event=address)
    assert "This event is not available to you." in _words(page)
    assert "Secret plan" not in repr(page._tree)


def test_names_with_markdown_stay_text(activity):
    evil = "![x](http://evil.example/x.png)"
    page = activity(
        [_event(0, project=evil, user_id=evil, tags=[(evil, evil)], metadata=evil)],
        event="2025-10-01T09:00:00~e0",
    )
    drawn = [str(e.value) for e in [*page.markdown, *page.caption, *page.subheader]]
    drawn += [str(cell) for row in page.table[-1].value.itertuples(index=False) for cell in row]
    assert any("evil" in text for text in drawn)
    assert not any("](http" in text for text in drawn)
    assert _rows(page)[0]["project"] == evil  # a data frame shows text as it is
