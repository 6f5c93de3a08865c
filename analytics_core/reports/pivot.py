"""A measure by two dimensions at once, with the totals of rows, columns and all of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics_core.reports.breakdown import members
from analytics_core.reports.compare import Figure
from analytics_core.semantics.dimension import Dimension, dimension
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.member import Member
from analytics_core.semantics.query import Query
from analytics_core.store.view import View


@dataclass(frozen=True, slots=True)
class Pivot:
    """`cells[i][j]` is the figure of down[i] and across[j]; None where it is unknown.

    A pair without any event is 0 where the measure is 0 without rows, else None. Totals are asked,
    never summed: parts may overlap. Source: METRICS.md 3.
    """

    measure: Measure
    rows_by: Dimension
    columns_by: Dimension
    down: tuple[Member, ...]
    across: tuple[Member, ...]
    cells: tuple[tuple[Figure, ...], ...]
    row_totals: tuple[Figure, ...]
    column_totals: tuple[Figure, ...]
    total: Figure


def questions(measures: Sequence[str], by: tuple[str, str], top: int | None) -> tuple[Query, ...]:
    """What `pivot` asks: the cells, the rows, the columns and the whole; the first measure ranks."""
    asked, (down, across) = tuple(measures), by
    return (
        Query(asked, (down, across), top=top),
        Query(asked, (down,), top=top),
        Query(asked, (across,), top=top),
        Query(asked),
    )


def pivot(
    view: View, measure: str, by: tuple[str, str], *, top: int | None = None, rank: str = ""
) -> Pivot:
    """`measure` by two dimensions; both are ranked apart, by `rank` (default: the measure).

    Raises UnknownName, NotAsked.
    """
    asked = (measure,) if rank in ("", measure) else (rank, measure)
    cells, rows, columns, whole = view.ask_all(questions(asked, by, top))
    names = view.names
    down, across = members(rows, by[0], names), members(columns, by[1], names)
    left, right = (members(cells, name, names) for name in by)
    got = {(a.id, b.id): v for a, b, v in zip(left, right, cells[measure], strict=True)}
    empty = 0 if MEASURES[measure].zero_when_empty else None
    return Pivot(
        MEASURES[measure],
        dimension(by[0]),
        dimension(by[1]),
        tuple(down),
        tuple(across),
        tuple(tuple(got.get((a.id, b.id), empty) for b in across) for a in down),
        tuple(rows[measure]),
        tuple(columns[measure]),
        whole[measure][0],
    )
