"""When members of a dimension were last there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from analytics_core.store.people import LastSeen
from analytics_core.store.view import View


def seen(view: View, by: str, names: Sequence[str | None]) -> Mapping[str | None, datetime]:
    """The last event of all times (aware UTC) of each of those members of `by`.

    Only their own events count, whatever else is picked.
    """
    if not names:
        return {}
    narrowed = replace(view, filters=view.filters.pick(by, list(names)))
    rows = narrowed.study(LastSeen(by)).rows()
    return {name: last.replace(tzinfo=UTC) for name, last in rows}
