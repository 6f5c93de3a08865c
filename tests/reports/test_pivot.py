"""Two dimensions at once: cells, rows, columns and the whole tie out."""

from datetime import datetime

from analytics_core.reports.pivot import pivot
from analytics_core.semantics.filters import Pick


def _event(project: str | None, model: str, cost: int, user: str = "ann") -> dict:
    return {"started_at": datetime(2026, 11, 3), "project": project, "model": model,
            "cost_nano": cost, "user_id": user}  # fmt: skip


EVENTS = [
    _event("A", "m1", 50), _event("A", "m2", 20), _event("B", "m1", 10, "bo"),
    _event("C", "m3", 5), _event("D", "m3", 4), _event(None, "m1", 1),
]  # fmt: skip


def test_cells_add_up_to_rows_columns_and_the_total(viewed):
    found = pivot(viewed(EVENTS), "cost", ("project", "model"), top=2)
    assert [m.label("project") for m in found.down] == ["A", "B", "Others (2)", "(unattributed)"]
    assert [m.label("model") for m in found.across] == ["m1", "m2", "m3"]
    assert found.cells == ((50, 20, 0), (10, 0, 0), (0, 0, 9), (1, 0, 0))
    assert tuple(map(sum, found.cells)) == found.row_totals == (70, 10, 9, 1)
    columns = tuple(map(sum, zip(*found.cells, strict=True)))
    assert columns == found.column_totals == (61, 20, 9)
    assert sum(found.row_totals) == found.total == 90


def test_totals_of_a_distinct_count_are_asked_not_summed(viewed):
    found = pivot(viewed(EVENTS), "users", ("project", "model"))
    assert found.row_totals == (1, 1, 1, 1, 1)
    assert found.total == 2


def test_a_cell_is_what_a_pick_on_both_members_gives(viewed):
    view = viewed(EVENTS, picks=(Pick("project", ("A",)), Pick("model", ("m2",))))
    assert pivot(view, "cost", ("project", "model")).total == 20


def test_another_measure_may_decide_the_order(viewed):
    events = [_event("A", "m1", 9), _event("B", "m1", 1), _event("B", "m2", 1)]
    found = pivot(viewed(events), "cost", ("project", "model"), rank="requests")
    assert [m.label("project") for m in found.down] == ["B", "A"]
    assert found.total == 11
