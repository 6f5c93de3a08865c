"""A question is checked when it is made."""

import pytest

from analytics_core.errors import BadValue, UnknownName
from analytics_core.semantics.dimension import DIMENSIONS, dimension
from analytics_core.semantics.query import Query


def test_a_misspelt_measure_or_dimension_suggests_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'cost'"):
        Query(("cots",))
    with pytest.raises(UnknownName, match="Did you mean 'project'"):
        Query(("cost",), ("projet",))


@pytest.mark.parametrize(
    "wrong",
    [
        {"measures": ()},
        {"measures": ("cost", "cost")},
        {"measures": ("cost",), "by": ("project", "model", "user")},
        {"measures": ("cost",), "by": ("project", "project")},
        {"measures": ("cost",), "top": 0},
        {"measures": ("cost",), "top": 1001},
        {"measures": ("cost",), "limit": 0},
    ],
)
def test_what_cannot_be_answered_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadValue):
        Query(**wrong)  # type: ignore[arg-type]


def test_any_tag_key_is_a_dimension() -> None:
    assert (dimension("tag:workflow").tag, dimension("tag:workflow").column) == ("workflow", "tags")
    with pytest.raises(BadValue):
        dimension("tag:")


def test_a_dimensions_parent_is_a_dimension() -> None:
    assert all(d.parent is None or d.parent in DIMENSIONS for d in DIMENSIONS.values())
