import polars as pl
import pytest

from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.period import Grain
from analytics_core.store.engine import Compiled
from analytics_core.store.fold import Fold
from analytics_core.store.sql_parts import OTHERS, UNATTRIBUTED, Axis, Part, Statement

COST = "sum(cost_nano)"
SCHEMA = {"g": pl.Int64, "k0": pl.Int64, "k1": pl.String, "n": pl.Int64, "p0": pl.Int64}
PROJECTS = (Axis(dimension("project")),)


def folded(cells: list[tuple[int, str | None, int, int | None]], one: Part, *keys: str):
    rows = pl.DataFrame([(0, *cell) for cell in cells], SCHEMA, orient="row")
    statement = Statement(Compiled("", {}), {COST: "p0"}, (0,), ((*keys, "", "", "")[:3],))
    return Fold(statement, rows)(0, one)


def part(**more) -> Part:
    return Part((MEASURES["cost"],), **more)


CELLS = [
    (1, "atlas", 2, 30), (2, "atlas", 1, None), (1, "Bolt", 1, 40), (2, "bolt", 1, 40),
    (1, "chat", 4, None), (2, "dune", 1, 5), (2, None, 3, 7),
]  # fmt: skip


def test_cells_are_added_up_per_bucket_and_what_nobody_knows_stays_unknown():
    rows = folded([*CELLS, (3, "chat", 1, None)], part(grain=Grain.DAY), "k0")
    assert rows.select("b", "n", "p0").rows() == [(1, 7, 70), (2, 6, 52), (3, 1, None)]


@pytest.mark.parametrize("keys", [(), ("k0",), ("", "k1")])
def test_without_a_cell_only_a_total_has_a_row(keys):
    one = part(grain=Grain.DAY) if keys == ("k0",) else part(axes=PROJECTS if keys else ())
    rows = folded([], one, *keys)
    assert rows.select("n", "p0").rows() == ([] if keys else [(0, None)])


def test_members_are_ranked_over_everything_by_value_then_by_casefolded_name():
    rows = folded(CELLS, part(axes=PROJECTS), "", "k1")
    assert rows["m0"].to_list() == ["Bolt", "bolt", "atlas", "dune", "chat", None]
    assert rows["s0"].to_list() == [0, 1, 2, 3, 4, UNATTRIBUTED]
    assert rows["p0"].to_list() == [40, 40, 30, 5, None, 7]


def test_members_beyond_the_top_are_one_row_of_others_per_bucket():
    rows = folded(CELLS, part(axes=PROJECTS, grain=Grain.DAY, top=2), "k0", "k1")
    assert rows.select("b", "s0", "m0", "c0", "n", "p0").rows() == [
        (1, 0, "Bolt", 1, 1, 40), (1, OTHERS, None, 3, 6, 30),
        (2, 1, "bolt", 1, 1, 40), (2, OTHERS, None, 3, 2, 5), (2, UNATTRIBUTED, None, 0, 3, 7),
    ]  # fmt: skip


def test_a_single_other_member_keeps_its_name():
    rows = folded(CELLS, part(axes=PROJECTS, top=4), "", "k1")
    assert rows["m0"].to_list() == ["Bolt", "bolt", "atlas", "dune", "chat", None]


def test_members_ranked_before_keep_that_order_and_names_order_the_shown_alone():
    ranked = (Axis(dimension("project"), ("chat", "dune", "atlas", "Bolt", "bolt")),)
    rows = folded(CELLS, part(axes=ranked, top=3), "", "k1")
    assert rows["m0"].to_list() == ["chat", "dune", "atlas", None, None]
    rows = folded(CELLS, part(axes=ranked, top=3, by_name=True), "", "k1")
    assert rows["m0"].to_list() == ["atlas", "chat", "dune", None, None]
    assert rows["c0"].to_list() == [1, 1, 1, 2, 0]


def test_a_ratio_ranks_by_its_summed_parts():
    cells = pl.DataFrame(
        {"g": 0, "k0": ["a", "a", "b"], "n": 1, "p0": [9, 1, 6], "p1": [1, 9, 2]},
    )
    measure = MEASURES["cost_per_request"]
    aliases = dict(zip(measure.aggregates, ("p0", "p1"), strict=True))
    statement = Statement(Compiled("", {}), aliases, (0,), (("", "k0", ""),))
    rows = Fold(statement, cells)(0, Part((measure,), PROJECTS))
    assert rows["m0"].to_list() == ["b", "a"]


def test_a_sum_beyond_64_bits_raises_and_one_within_does_not():
    half = 2**62
    cells = [(1, "a", 1, half), (2, "a", 1, half)]
    with pytest.raises(OverflowError, match="out of range"):
        folded(cells, part())
    rows = folded([*cells, (3, "a", 1, -half)], part())
    assert rows["p0"].to_list() == [half]
