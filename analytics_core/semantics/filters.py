"""What was picked and what may be seen: the same kind of thing, both compiled into every query."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self, TypeAlias

from analytics_core.errors import BadValue
from analytics_core.semantics.dimension import DIMENSIONS, Dimension, dimension
from analytics_core.semantics.period import Calendar, Period

ME = "@me"  # in a user pick: whoever opens the link
MOST_VALUES = 200
MOST_BYTES = 8192
DEFAULT_PERIOD = "month"

Value: TypeAlias = str | None  # None is (unattributed)


@dataclass(frozen=True, slots=True)
class Pick:
    """Events whose `dimension` is one of `values`; no values keep no events."""

    dimension: str
    values: tuple[Value, ...] = ()

    def __post_init__(self) -> None:
        dimension(self.dimension)
        unique = dict.fromkeys(self.values)
        ordered = tuple(sorted(unique, key=lambda v: (v is not None, v or "")))
        object.__setattr__(self, "values", ordered)  # order never matters: equal picks are equal

    @property
    def of(self) -> Dimension:
        """The dimension picked on."""
        return dimension(self.dimension)


Grant: TypeAlias = tuple[Pick, ...]  # every pick holds; the empty grant admits every event


@dataclass(frozen=True, slots=True)
class Scope:
    """What a principal may see: events that at least one grant admits. No grants, no events."""

    grants: tuple[Grant, ...] = ()

    @property
    def everything(self) -> bool:
        """Whether some grant admits every event."""
        return () in self.grants

    @property
    def own_rows_only(self) -> bool:
        """Whether every grant names users: there is nobody to compare with."""
        return all(any(pick.dimension == "user" for pick in grant) for grant in self.grants)

    def narrowed(self, picks: Iterable[Pick]) -> Self:
        """This scope AND `picks`: each grant gets them all."""
        more = tuple(picks)
        return replace(self, grants=tuple((*grant, *more) for grant in self.grants))


EVERYTHING = Scope(((),))
NOTHING = Scope()


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person picked: a period and picks that all hold together."""

    period: Period
    picks: tuple[Pick, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "picks", tuple(sorted(self.picks, key=lambda p: p.dimension)))

    def values(self, name: str) -> tuple[Value, ...]:
        """What is picked on that dimension; () when nothing is."""
        return next((p.values for p in self.picks if p.dimension == name), ())

    def pick(self, name: str, values: Sequence[Value]) -> Self:
        """The same filters with `name` picked as `values`; no values take the pick away."""
        others = tuple(p for p in self.picks if p.dimension != name)
        return replace(self, picks=(*others, Pick(name, tuple(values))) if values else others)

    def resolved(self, me: str | None) -> Self:
        """The same filters with @me replaced by the reader's own id (by nothing, if they have none)."""
        return replace(
            self,
            picks=tuple(
                replace(p, values=_resolve(p.values, me)) if p.dimension == "user" else p
                for p in self.picks
            ),
        )

    def to_params(self) -> dict[str, list[str]]:
        """As URL parameters: defaults are left out, relative periods travel by name."""
        params: dict[str, list[str]] = {}
        if self.period.kind != DEFAULT_PERIOD:
            params["period"] = [self.period.kind]
        return params | params_of(self.picks)

    @classmethod
    def from_params(
        cls, params: Mapping[str, Sequence[str]], now: datetime, calendar: Calendar
    ) -> Self:
        """The filters that URL parameters, an API query or CLI options name.

        Keys that are neither `period` nor a dimension are the caller's business (see `unknown`).
        Raises BadValue, UnknownName.
        """
        kinds = params.get("period") or [DEFAULT_PERIOD]
        if len(kinds) > 1:
            raise BadValue("period", " and ".join(kinds), "one period")
        period = Period.parse(kinds[0] or DEFAULT_PERIOD, now, calendar)
        return cls(period, picks_of(params))


def picks_of(params: Mapping[str, Sequence[str]]) -> Grant:
    """The picks that parameters name; an empty text is what has no member. Raises BadValue."""
    picks = tuple(
        Pick(name, tuple(v or None for v in values))
        for name, values in params.items()
        if is_dimension(name) and values
    )
    if sum(len(p.values) for p in picks) > MOST_VALUES or sum(map(_size, picks)) > MOST_BYTES:
        largest = max(picks, key=lambda p: (len(p.values) > MOST_VALUES, _size(p)))
        said = ", ".join(v or "" for v in largest.values[:4])[:40]
        expected = f"at most {MOST_VALUES} values in 8 kB, those of all dimensions together"
        raise BadValue(largest.dimension, f"{said} …", expected)
    return picks


def _size(pick: Pick) -> int:
    return sum(len((v or "").encode()) for v in pick.values)


def params_of(picks: Grant) -> dict[str, list[str]]:
    """The parameters that name these picks."""
    return {pick.dimension: ["" if v is None else v for v in pick.values] for pick in picks}


def _resolve(values: tuple[Value, ...], me: str | None) -> tuple[Value, ...]:
    return tuple(me if v == ME else v for v in values if v != ME or me is not None)


def is_dimension(name: str) -> bool:
    """Whether a parameter of that name is a pick."""
    return name in DIMENSIONS or (name.startswith("tag:") and 4 < len(name) <= 68)
