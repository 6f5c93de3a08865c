"""Any measure by any two dimensions: the URL says it, the figures tie out."""

from datetime import datetime

from streamlit.testing.v1 import AppTest

USD = 1_000_000_000
OCTOBER = {"period": "2025-10"}


def _event(day: int, cost: int, user: str, project: str, model: str = "m-large") -> dict:
    return {
        "started_at": datetime(2025, 10, day, 9), "cost_nano": cost * USD, "user_id": user,
        "project": project, "model": model, "team": "core",
        "input_tokens": 100, "output_tokens": 10,
    }  # fmt: skip


EVENTS = [
    _event(1, 40, "ann", "Search"), _event(2, 25, "bo", "Secret plan", "m-small"),
    _event(3, 10, "bo", "Search", "m-small"),
]  # fmt: skip


def _open(app, events=EVENTS, who="ada", **params) -> AppTest:
    page = app(events, who, "explore", **OCTOBER, **params)
    assert not page.exception
    return page


def _box(page: AppTest, label: str):
    return next(b for b in page.selectbox if b.label == label)


def _said(page: AppTest) -> str:
    return "\n".join(str(c.value) for c in [*page.caption, *page.info]).replace("\\", "")


def _table(page: AppTest) -> list[list[str]]:
    return next(d.value for d in page.dataframe).to_numpy().tolist()


def test_it_begins_with_cost_by_project_and_says_that_it_ties_out(app):
    page = _open(app)
    assert [s.value for s in page.subheader] == ["Cost by project"]
    assert "The 2 rows add up to the total, $75.00, exactly." in _said(page)


def test_a_link_holds_the_whole_question(app):
    page = _open(app, by="project", then="model", view="table")
    assert [s.value for s in page.subheader] == ["Cost by project and model"]
    assert _table(page) == [
        ["Search", "$50.00", "$40.00", "$10.00"], ["Secret plan", "$25.00", "$0.00", "$25.00"],
        ["Total", "$75.00", "$40.00", "$35.00"],
    ]  # fmt: skip


def test_a_choice_is_written_into_the_url_and_defaults_are_not(app):
    page = _open(app)
    _box(page, "Measure").select("users").run()
    assert page.query_params["measure"] == "users"
    assert "by" not in page.query_params
    assert "It counts everything once" in _said(page)
    _box(page, "Measure").select("cost").run()
    assert "measure" not in page.query_params


def test_what_a_link_asks_that_does_not_exist_becomes_the_default(app):
    page = _open(app, measure="costs", by="planet")
    assert _box(page, "Measure").value == "cost"
    assert _box(page, "By").value == "project"


def test_a_field_of_two_dimensions_ties_out_and_says_why_it_is_not_over_time(app):
    for shown in ("chart", "table"):
        page = _open(
            app, by="project", then="model", **({"view": "table"} if shown == "table" else {})
        )
        assert "The cells add up to the total, $75.00, exactly." in _said(page)
    time, shown_as = _box(page, "Over time"), _box(page, "Shown as")
    assert time.disabled
    assert "whole period" in time.help
    assert "one dimension" in shown_as.help
    assert not _box(_open(app), "Over time").help


def test_cells_that_count_one_user_twice_claim_no_sum(app):
    assert "add up" not in _said(_open(app, by="project", then="model", measure="users"))


def test_one_row_adds_up_in_the_singular(app):
    assert "The one row adds up to the total, $40.00" in _said(_open(app, who="ann"))


def test_over_time_without_a_dimension_is_the_whole(app):
    page = _open(app, by="", grain="day", view="table")
    assert [s.value for s in page.subheader] == ["Cost by day"]
    assert [row[1] for row in _table(page)[:3]] == ["$40.00", "$25.00", "$10.00"]


def test_a_running_sum_ends_at_the_total(app):
    page = _open(app, by="project", grain="day", show="cumulative", view="table")
    assert _table(page)[2][1] == "$75.00"


def test_quantities_of_several_units_do_not_add_up_and_one_has_to_be_picked(app):
    item = {"rule": "image", "unit": "images", "quantity": 3, "cost_nano": 5 * USD}
    events = [*EVENTS, EVENTS[0] | {"items": [item], "cost_nano": 45 * USD}]
    page = _open(app, events, measure="quantity", by="pricing_rule")
    assert "different units" in _said(page)
    next(b for b in page.button if b.label == "images").click().run()
    assert page.query_params["unit"] == "images"
    assert [s.value for s in page.subheader] == ["Quantity by pricing rule"]


def test_a_member_explores_their_own_rows(app):
    page = _open(app, who="ann", view="table")
    assert _table(page)[-1][:2] == ["Total", "$40.00"]
    assert "Secret plan" not in repr(page._tree)
