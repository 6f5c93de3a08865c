"""Where every member of a dimension stands: several measures, its share, its change, its course."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from analytics_core.reports.breakdown import members, share_of
from analytics_core.reports.compare import Change, Figure, change
from analytics_core.reports.span import based, before
from analytics_core.reports.timeline import timeline
from analytics_core.semantics.dimension import Dimension, dimension
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.member import Member
from analytics_core.semantics.period import Grain
from analytics_core.semantics.query import Query
from analytics_core.store.view import View


@dataclass(frozen=True, slots=True)
class Row:
    """One member: a figure per measure, its share of the first and how that changed.

    `idle` has no event in the selection and is listed nevertheless.
    """

    member: Member
    label: str
    values: tuple[Figure, ...]
    share: float | None
    change: Change
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Every member of `by` in the order of the first measure, idle ones, (unattributed) last.

    `totals` are asked, never summed: a user may stand in several rows. Source: METRICS.md 3.
    """

    by: Dimension
    measures: tuple[Measure, ...]
    rows: tuple[Row, ...]
    totals: tuple[Figure, ...]

    def found(self, words: str) -> "Standing":
        """Those whose label or id contains `words`, whatever the case."""
        asked = words.casefold()
        kept = tuple(
            row
            for row in self.rows
            if asked in row.label.casefold() or asked in (row.member.name or "").casefold()
        )
        return replace(self, rows=kept)


def questions(measures: Sequence[str], by: str) -> tuple[Query, Query]:
    """What `standing` asks of the period itself: the members and the whole."""
    return Query(tuple(measures), (by,)), Query(tuple(measures))


def standing(view: View, measures: Sequence[str], by: str, known: Collection[str] = ()) -> Standing:
    """`measures` of every member of `by`; the first ranks, and is compared with the period before.

    Those of `known` without an event are listed too, by name. Raises UnknownName, NotAsked.
    """
    parts, whole = view.ask_all(questions(measures, by))
    first = MEASURES[measures[0]]
    has_base = based(view)
    earlier = _earlier(view, first, by) if has_base else {}
    none = 0 if first.zero_when_empty else None
    total: Figure = whole[first.name][0]

    def row(member: Member, values: tuple[Figure, ...], *, idle: bool = False) -> Row:
        then = earlier.get((member.kind, member.name), none)
        share = share_of(values[0], total) if first.additive else None
        moved = change(values[0], then, based=has_base)
        return Row(member, member.label(by), values, share, moved, idle)

    named = tuple(MEASURES[name] for name in measures)
    figures = parts.select(measures).rows()
    pairs = zip(members(parts, by, view.names), figures, strict=True)
    rows = [row(member, values) for member, values in pairs]
    nothing = tuple(0 if measure.zero_when_empty else None for measure in named)
    unused = sorted(set(known).difference(parts[by]), key=lambda name: (name.casefold(), name))
    last = next((at for at, r in enumerate(rows) if r.member.kind == "unattributed"), len(rows))
    rows[last:last] = [
        row(Member(name, called=view.names.label(by, name)), nothing, idle=True) for name in unused
    ]
    return Standing(dimension(by), named, tuple(rows), whole.row(0))


def _earlier(view: View, first: Measure, by: str) -> dict[tuple[str, str | None], Figure]:
    answer = before(view).ask(Query((first.name,), (by,)))
    rows = answer.select(f"{by}_kind", by, first.name).iter_rows()
    return {(kind, name): value for kind, name, value in rows}


def courses(
    view: View, measure: str, by: str, names: Sequence[str | None], grain: Grain | None = None
) -> dict[str | None, tuple[Figure, ...]]:
    """`measure` bucket by bucket for those members of `by` (None is (unattributed))."""
    if not names:
        return {}
    narrowed = replace(view, filters=view.filters.pick(by, list(names)))
    found = timeline(narrowed, measure, by, grain=grain)
    drawn: dict[str | None, list[Figure]] = {}
    for rank, value in found.frame.select("rank", "value").iter_rows():
        drawn.setdefault(found.members[rank].name, []).append(value)
    return {name: tuple(values) for name, values in drawn.items()}
