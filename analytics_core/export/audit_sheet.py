"""The audit as rows and columns."""

from collections.abc import Iterable

from analytics_core.access.audit import Deed
from analytics_core.export.sheet import Column, Sheet
from analytics_core.semantics.unit import Unit


def of_deeds(deeds: Iterable[tuple[int, Deed]]) -> Sheet:
    """One row per deed, as given: its number, when, who, with which token, from where, what of what."""
    rows = tuple(
        (
            number, deed.time, deed.principal, deed.token, deed.address, deed.action, deed.asked,
            deed.result, deed.rows, deed.ms,
        )
        for number, deed in deeds
    )  # fmt: skip
    texts = ("time (UTC)", "who", "token", "address", "action", "asked", "result")
    return Sheet(
        (
            Column("number", Unit.COUNT),
            *map(Column, texts),
            Column("rows", Unit.COUNT),
            Column("ms", Unit.COUNT),
        ),
        rows,
    )
