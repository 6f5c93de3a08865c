"""The Overview page as a script draws it: figures, states, and what a reader may see."""

from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

USD = 1_000_000_000
OCTOBER = {"period": "2025-10"}
AUGUST = datetime(2025, 8, 31, 9)


def _event(day: int, cost: int | None, user: str, project: str, **more) -> dict:
    nano = None if cost is None else cost * USD
    return {
        "started_at": datetime(2025, 10, day, 9), "cost_nano": nano, "user_id": user,
        "project": project, "team": "core" if user in ("leo", "cy") else "field",
        "model": "m-large", "conversation_id": f"{user}{day}", "input_tokens": 900,
        "output_tokens": 100,
    } | more  # fmt: skip


EVENTS = [
    _event(1, 40, "ann", "Search"),
    _event(2, 25, "bo", "Secret plan"),
    _event(3, 10, "cy", "Voice Bot", service_type="speech_to_text", model="m-voice"),
    _event(4, None, "cy", "Voice Bot", model="m-unknown"),
    {"started_at": datetime(2025, 11, 2, 9), "cost_nano": 1, "user_id": "dee"},
]


def _metrics(page: AppTest) -> dict[str, str]:
    return {m.label: m.value for m in page.metric}


def _words(page: AppTest) -> str:
    """Every text on the page, in the order drawn."""
    drawn = [*page.markdown, *page.caption, *page.info, *page.warning, *page.error, *page.subheader]
    return "\n".join(str(element.value) for element in drawn)


def _links(page: AppTest) -> list[str]:
    return [link.proto.label for link in page.get("page_link")]


def _everything(page: AppTest) -> str:
    """The whole message stream of the run: what a browser was sent."""
    return repr(page._tree)


@pytest.mark.access
@pytest.mark.parametrize(("who", "told"), [("ada", True), ("mel", False), ("ann", False)])
def test_where_a_damaged_file_lies_is_told_to_administrators_alone(app, tmp_path, who, told):
    app(EVENTS)
    (file,) = (tmp_path / "data" / "events").glob("month=2025-10/*.parquet")
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:50])
    page = app(None, who, **OCTOBER)
    said = " ".join(e.value for e in page.error).replace("\\", "")
    sent = _everything(page).replace("\\", "") + said
    assert "damaged" in said
    assert (file.name in sent) is told
    assert (file.parent.name in sent) is told
    assert ("Ask your administrator" in said) is not told


def test_six_cards_stand_in_order_with_cost_first(app):
    page = app(EVENTS, **OCTOBER)
    assert not page.exception
    assert list(_metrics(page).items()) == [
        ("Cost", "$75.00"), ("Requests", "4"), ("Total tokens", "4,000"), ("Models", "3"),
        ("Active projects", "3/3"), ("Conversations", "4"),
    ]  # fmt: skip


def test_the_first_month_says_when_the_data_start_instead_of_a_change(app):
    page = app(EVENTS, **OCTOBER)
    assert {m.delta for m in page.metric} == {"–"}
    assert "**October 2025** · no comparison, data start 1 Oct 2025 · UTC" in _words(page)


def test_what_has_no_price_is_said_below_the_cards(app):
    page = app(EVENTS, **OCTOBER)
    assert "1 request has no price and is not in the cost" in _words(page)
    (link,) = (p.proto for p in page.get("page_link") if "how to price" in p.proto.label)
    assert (link.page, "section=prices" in link.query_string) == ("data", True)
    own = app([_event(5, None, "ann", "Search", model="m-unknown")], who="ann", **OCTOBER)
    assert "1 request has no price" in _words(own)
    assert not [p for p in own.get("page_link") if "how to price" in p.proto.label]


def test_the_lines_above_say_period_zone_and_how_far_the_data_reach(app):
    words = _words(app([_event(1, 1, "bo", "Search", started_at=AUGUST), *EVENTS], **OCTOBER))
    assert "**October 2025** · compared with September 2025 · UTC" in words
    assert "Data up to 2 Nov 2025, 09:00 · 4 events · 100% computed" in words
    assert "25% of tokens unpriced" in words


def test_a_period_the_data_do_not_reach_is_compared_with_nothing(app):
    words = _words(app(EVENTS, period="2025-12"))
    assert "**December 2025** · UTC" in words


def test_data_that_end_long_ago_are_a_warning(app):
    page = app(EVENTS, **OCTOBER)
    assert [w.value.startswith("Data up to 2 Nov 2025") for w in page.warning] == [True]


@pytest.mark.access
def test_a_member_finds_no_trace_of_other_peoples_rows(app):
    page = app(EVENTS, who="ann", **OCTOBER)
    assert _metrics(page)["Cost"] == "$40.00"
    assert _metrics(page)["Active projects"] == "1/1"
    sent = _everything(page)
    assert "Search" in sent
    for foreign in ("Secret plan", "Voice Bot", "m-voice", "m-unknown", "speech", "bo", "cy"):
        assert f"'{foreign}'" not in sent
        assert foreign not in _words(page)
    assert [s.label for s in page.multiselect] == ["Project", "Model"]


@pytest.mark.access
def test_a_lead_sees_the_team_and_not_the_others(app):
    page = app(EVENTS, who="leo", **OCTOBER)
    assert _metrics(page)["Cost"] == "$10.00"
    assert "Secret plan" not in _everything(page)
    (users,) = (s for s in page.multiselect if s.label == "User")
    assert users.options == ["Me (leo)", "cy"]


@pytest.mark.access
@pytest.mark.parametrize("value", ["Secret plan", "no such project"])
def test_a_pick_outside_the_scope_is_dropped_in_the_same_words_as_one_that_is_not(app, value: str):
    page = app(EVENTS, who="ann", project=value, **OCTOBER)
    assert _metrics(page)["Cost"] == "$40.00"
    (said,) = (t.value for t in page.toast)
    assert said.replace("\\", "") == f"project={value} is not available to you."
    assert "project" not in page.query_params


def test_filters_that_match_nothing_say_which_and_how_to_be_rid_of_them(app):
    page = app(EVENTS, project="Search", user="bo", **OCTOBER)
    assert not page.metric
    words = _words(page).replace("\\", "")
    assert "No usage matches these filters" in words
    assert "October 2025, project Search, user bo" in words
    clear = next(b for b in page.button if b.key == "empty.clear")
    clear.click().run()
    assert "project" not in page.query_params
    assert "user" not in page.query_params


def test_an_empty_store_says_how_to_fill_it(app, tmp_path):
    page = app([])
    assert "No data yet" in _words(page)
    assert f"`{tmp_path / 'data' / 'inbox'}`" in _words(page)
    assert "Upload the usage exports you have" in _links(page)
    assert "compared" not in _words(page)
    assert not page.multiselect
    assert not page.metric
    assert not page.exception


def test_a_member_before_an_empty_store_is_not_told_where_it_lies(app, tmp_path):
    page = app([], who="ann")
    assert "`data/inbox`" in _words(page)
    assert str(tmp_path) not in _words(page)
    assert "Upload the usage exports you have" not in _links(page)


def test_somebody_without_usage_is_not_told_what_others_have(app):
    page = app([_event(1, 40, "bo", "Secret plan")], who="ann", **OCTOBER)
    assert "There is no usage of yours yet" in _words(page)
    assert "Secret plan" not in _everything(page)


def test_the_table_holds_the_figures_of_the_chart_and_its_total(app):
    page = app(EVENTS, view="table", **OCTOBER)
    over_time, projects, *_ = (d.value for d in page.dataframe)
    assert over_time.iloc[0].to_list() == ["Total", "$75.00", "$65.00", "$10.00"]
    assert over_time.iloc[1].to_list() == ["Wed 1 Oct 2025", "$40.00", "$40.00", "$0.00"]
    assert over_time.iloc[4].to_list() == ["Sat 4 Oct 2025", "–", "–", "$0.00"]
    assert projects.iloc[:, :3].to_numpy().tolist() == [
        ["Search", "$40.00", "53%"], ["Secret plan", "$25.00", "33%"],
        ["Voice Bot", "$10.00", "13%"], ["Total", "$75.00", ""],
    ]  # fmt: skip


def test_names_with_markdown_stay_text(app):
    page = app([_event(1, 5, "ann", "![x](http://evil.example/x.png)")], **OCTOBER)
    labels = [b.label for b in page.button if "evil" in b.label]
    assert labels
    assert all("](http" not in label for label in labels)


def _open(page: AppTest, name: str) -> AppTest:
    page.session_state[f"panel.{name}.explain"] = True
    return page.run()


def test_every_figure_explains_itself_down_to_its_sql_and_its_command(app):
    page = _open(app(EVENTS, project=["Search", "Voice Bot"], **OCTOBER), "overview.card.cost")
    words = _words(page).replace("\\", "")
    for said in (
        "**Cost**: $50.00",
        "Formula: sum of cost",
        "**Period** 1 Oct 2025, 00:00 – 1 Nov 2025, 00:00 (UTC)",
        "**Filters** Project: Search, Voice Bot",
        "**Scope** you see all usage",
        "**Rows** 3 events, 2 of them with a known value",
        "**Provenance** 100% computed from prices",
        "**Left out** 1 event without a price (1,000 tokens)",
        "data up to 2 Nov 2025, 09:00",
    ):
        assert said in words
    code = [c.value for c in page.code]
    assert code[0] == (
        "python -m analytics_core query --measures cost --period 2025-10"
        " --where 'project=Search,Voice Bot'"
    )
    assert any("SELECT" in c for c in code)
    assert not any("Voice Bot" in c for c in code[1::2])  # statements hold no values


@pytest.mark.access
def test_an_explanation_says_the_readers_own_scope_and_no_name_of_others(app):
    page = _open(app(EVENTS, who="ann", **OCTOBER), "overview.card.cost")
    words = _words(page).replace("\\", "")
    assert "**Scope** you see your own usage" in words
    assert "**Rows** 1 events" not in words
    assert "**Rows** 1 event," in words
    assert page.code[0].value.endswith("--period 2025-10 --as ann")
    assert "Secret plan" not in _everything(page)
