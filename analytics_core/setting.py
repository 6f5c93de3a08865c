"""One setting: its default, what it does, and what its value may be."""

from collections.abc import Callable
from dataclasses import field
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from analytics_core.errors import nearest


@cache
def _zones() -> frozenset[str]:
    """The names of all zones; finding them reads the whole folder of zones, 40 ms."""
    return frozenset(available_timezones())


def zone_name(text: str) -> str:
    """The name of a zone, as it is. Raises ValueError with the nearest one."""
    if text not in _zones():
        near = nearest(text, _zones())
        raise ValueError("an IANA time zone" + (f" such as {near}" if near else ""))
    ZoneInfo(text)
    return text


def one_of(*known: str) -> Callable[[str], str]:
    """A check that a text is one of these, whatever its case."""

    def check(text: str) -> str:
        folded = text.casefold()
        if folded not in known:
            raise ValueError("one of " + ", ".join(known))
        return folded

    return check


def between(low: float, high: float) -> Callable[[float], float]:
    """A check that a number lies between two, both included."""

    def check(number: float) -> float:
        if not low <= number <= high:
            raise ValueError(f"a number from {low:g} to {high:g}")
        return number

    return check


def setting(
    default: Any,
    description: str,
    check: Callable[[Any], Any] | None = None,
    *,
    restart: bool = False,
) -> Any:
    """One configurable value: its default, what it does, and a check that may also tidy it.

    With `restart` a change acts only after one, else at the next click or ingest.
    """
    about = {"description": description, "check": check, "restart": restart}
    return field(default=default, metadata=about)
