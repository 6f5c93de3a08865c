"""FOCUS rows of a View: which files and statements find them, the newest hours first."""

from collections.abc import Iterator

import polars as pl

from analytics_core.store.generation import Generation
from analytics_core.store.rows import Rows
from analytics_core.store.sql_focus import counted, focus_rows
from analytics_core.store.sql_relations import Selection
from analytics_core.store.view import View

EVENTS = 50_000  # that one statement looks at, unless one hour has more


def pages(view: View) -> Iterator[pl.DataFrame]:
    """Every FOCUS row of the selection (`sql_focus.focus_rows`), of one state of the store.

    Events without a cost are left out, and so are parts of an event whose own cost nobody says: the
    cost of the event stands in the part that no rule explains. Raises NotAsked, StoreBusy, TooSlow,
    Damaged.
    """
    store = view.store
    with store.in_use() as generation:
        found = _pages(view, generation)
        while (page := store.turn(lambda: next(found, None))) is not None:
            yield page


def count(view: View) -> int:
    """How many rows `pages` gives."""
    store = view.store
    account = store.settings.billing_account
    with store.in_use() as generation:
        run, dialect = generation.engine.run, generation.engine.dialect
        return sum(
            store.turn(lambda chosen=chosen: run(counted(chosen, account, dialect))["rows"][0])
            for chosen in _slices(view, generation)
        )


def _pages(view: View, generation: Generation) -> Iterator[pl.DataFrame]:
    account = view.store.settings.billing_account
    run, dialect = generation.engine.run, generation.engine.dialect
    return (run(focus_rows(chosen, account, dialect)) for chosen in _slices(view, generation))


def _slices(view: View, generation: Generation) -> Iterator[Selection]:
    whole = Rows("events", view.filters, view.scope, generation)
    for part in whole.slices(EVENTS):
        period = part.filters.period
        files = generation.over(period.start, period.end)
        yield Selection(part.filters, view.scope, files, files)
