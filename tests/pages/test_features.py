"""The Features page: what drives usage and who takes to it; turned to customers and repositories."""

from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

USD = 1_000_000_000
OCTOBER = {"period": "2025-10"}


def _event(day: int, user: str, feature: str | None, cost: int, month: int = 10, **more) -> dict:
    return {
        "started_at": datetime(2025, month, day, 9), "user_id": user, "feature": feature,
        "cost_nano": cost * USD, "team": "core" if user in ("leo", "cy") else "field",
        "project": "Search", "model": "m-large", "input_tokens": 900, "output_tokens": 100,
    } | more  # fmt: skip


# METRICS.md 4.10 in October: five users, three use F, one for the first time, two in two weeks
EVENTS = [
    _event(20, "ann", "F", 1, 8), _event(1, "cy", "F", 5, 9),
    _event(1, "ann", "F", 10), _event(15, "ann", "F", 10), _event(2, "cy", "F", 5),
    _event(16, "cy", "F", 5), _event(3, "leo", "F", 2),
    _event(7, "bo", "Secret", 40, customer="Umbrella", project="Hidden"),
    _event(8, "mel", None, 8, customer="Acme"),
    {"started_at": datetime(2025, 11, 9, 9), "cost_nano": 1, "user_id": "ann"},
]  # fmt: skip


def _metrics(page: AppTest) -> dict[str, tuple[str, str]]:
    return {m.label: (m.value, m.delta) for m in page.metric}


def _table(page: AppTest, place: int = 0) -> list[list]:
    """The rows of a table, by its place among those of the page; an empty number is None."""
    frame = page.dataframe[place].value
    return [[None if str(v) == "nan" else v for v in row] for row in frame.to_numpy().tolist()]


def _words(page: AppTest) -> str:
    drawn = [*page.markdown, *page.caption, *page.subheader, *page.info]
    return "\n".join(str(e.value) for e in drawn).replace("\\", "")


def test_a_long_name_on_a_card_is_smaller_so_that_it_is_not_cut_off(app):
    long = [event | {"feature": "Answer suggestions"} for event in EVENTS]
    figures = _metrics(app(long, "ada", "features", **OCTOBER))
    assert figures["Largest adoption"] == (":small[**Answer suggestions**]", "100% of users")


def test_features_have_their_adoption_new_users_and_repeat_use(app):
    page = app(EVENTS, "ada", "features", **OCTOBER)
    assert not page.exception
    assert not page.error
    figures = _metrics(page)
    assert list(figures) == ["Features", "Cost", "Users", "Largest adoption", "New adopters"]
    assert figures["Largest adoption"] == ("F", "60% of users")
    assert figures["New adopters"][0] == "2"
    assert _table(page) == [
        ["Secret", "$40.00", "50%", 0.5, "new", "1", "1,000", "$40.00", "1", "20%", "1", "0%"],
        ["F", "$32.00", "40%", 0.4, "+540%", "5", "5,000", "$6.40", "3", "60%", "1", "67%"],
        ["(unattributed)", "$8.00", "10%", 0.1, "new", "1", "1,000", "$8.00", "1", "–", "–", "–"],
        ["Total", "$80.00", "", None, "", "7", "7,000", "$11.43", "5", "80%", "2", "50%"],
    ]
    assert [s.value for s in page.subheader] == [
        "All features", "Adoption over time", "Cost over time",
    ]  # fmt: skip


def test_the_address_turns_the_whole_page(app):
    page = app(EVENTS, "ada", "features", by="customer", **OCTOBER)
    assert [row[0] for row in _table(page)] == [
        "Umbrella", "Acme", "(unattributed)", "Total",
    ]  # fmt: skip
    assert "Customers" in _metrics(page)
    (turn,) = (g for g in page.get("button_group") if "k.features.by" in g.proto.id)
    assert turn.value == "customer"
    other = app(None, "ada", "features", by="nonsense", **OCTOBER)
    assert not other.error
    assert "All features" in _words(other)


def test_what_no_source_fills_is_said_and_nothing_is_drawn(app):
    page = app(EVENTS, "ada", "features", by="repository", **OCTOBER)
    assert not page.error
    assert "No event of this selection names a repository" in _words(page)
    assert not page.metric
    assert not page.subheader


def test_the_table_may_stand_in_the_order_of_new_adopters_and_be_drawn(app):
    page = app(EVENTS, "ada", "features", **OCTOBER)
    page.session_state["panel.features.feature_all.rank"] = "new_adopters"
    page.session_state["panel.features.feature_all.shown.own"] = "charts"
    page.run()
    assert not page.error


def test_adoption_explains_itself_and_names_its_command(app):
    page = app(EVENTS, "ada", "features", **OCTOBER)
    page.session_state["panel.features.feature.card.new_adopters.explain"] = True
    page.run()
    words = _words(page)
    assert "**New adopters**: 2" in words
    assert "users whose first event of the member lies in the period" in words
    assert "the report 'adoption'" in words
    assert page.code[0].value == (
        "python -m analytics_core query --measures new_adopters --by feature --period 2025-10"
    )


@pytest.mark.access
@pytest.mark.parametrize(
    ("who", "features"), [("ann", ["F", "Total"]), ("leo", ["F", "Total"]), ("pam", ["F"])]
)
def test_features_of_others_and_their_users_are_not_there(app, who: str, features: list[str]):
    page = app(EVENTS, who, "features", **OCTOBER)
    assert not page.error
    assert [row[0] for row in _table(page)][: len(features)] == features
    sent = repr(page._tree)
    assert [name for name in ("Secret", "Umbrella", "Hidden", "'bo'") if name in sent] == []


@pytest.mark.access
def test_adoption_among_ones_own_rows_is_of_oneself(app):
    page = app(EVENTS, "ann", "features", **OCTOBER)
    assert _table(page)[0][9] == "100%"
    assert _metrics(page)["Users"][0] == "1"


def test_one_day_hostile_names_and_no_data_break_nothing(app):
    evil = "![x](http://evil.example/x.png)"
    page = app([_event(1, "ann", evil, 4), EVENTS[-1]], "ada", "features",
               period="2025-10-01..2025-10-01")  # fmt: skip
    assert not page.error
    assert _table(page)[0][0] == evil
    assert all("](http" not in str(m.value) for m in page.metric)
    assert "No data yet" in _words(app([], "ada", "features"))
