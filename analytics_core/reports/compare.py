"""A figure against the same figure of the period before. Source: METRICS.md 2.3."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Figure: TypeAlias = int | float | None  # nano-USD for money; None is unknown
State = Literal["ok", "new", "none", "no_base", "unknown"]


@dataclass(frozen=True, slots=True)
class Change:
    """How `current` stands to `previous`; `ratio` is delta / previous, None unless `ok`.

    ok: both known, previous above 0 (a fall to 0 is -100%). new: 0 before, something now.
    none: 0 before and now. no_base: previous below 0, or before the first visible event.
    unknown: either figure is unknown.
    """

    current: Figure
    previous: Figure
    delta: Figure
    ratio: float | None
    state: State


def change(current: Figure, previous: Figure, *, based: bool = True) -> Change:
    """The change of one figure; `based` is False where the period before precedes all events."""
    if not based:
        return Change(current, previous, None, None, "no_base")
    if current is None or previous is None:
        return Change(current, previous, None, None, "unknown")
    delta = current - previous
    if previous < 0:
        return Change(current, previous, delta, None, "no_base")
    if previous == 0:
        return Change(current, previous, delta, None, "none" if current == 0 else "new")
    return Change(current, previous, delta, delta / previous, "ok")
