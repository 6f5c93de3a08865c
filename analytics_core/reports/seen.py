"""When members of a dimension were last there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from analytics_core.semantics.filters import Filters
from analytics_core.store.view import View


def seen(view: View, by: str, names: Sequence[str | None]) -> Mapping[str | None, datetime]:
    """The last event of all times (aware UTC) of each of those members of `by`.

    Only their own events count, whatever is picked. The lists of the sidebar know it, file by file.
    """
    everything = replace(view, filters=Filters(view.filters.period))
    found = everything.options(by, limit=len(names), among=tuple(names))
    rows = found.select("member", "last_seen").iter_rows()
    return {name: last.replace(tzinfo=UTC) for name, last in rows}
