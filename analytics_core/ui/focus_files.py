"""The selection as FOCUS 1.2 rows, for tools that read cost and usage of every provider alike."""

from collections.abc import Callable, Iterator

from analytics_core.export import csv
from analytics_core.export.columnar import PARQUET_MIME
from analytics_core.export.focus import csv_pages, parquet_pages
from analytics_core.export.stream import Tally
from analytics_core.store.view import View
from analytics_core.ui.download import File, Made

MOST = 100_000  # events of a file that is made at once, in memory; several rows each
ELSEWHERE = (
    f"FOCUS rows of more than {MOST:,} events are streamed: `/api/v1/export?of=focus` or"
    " `python -m analytics_core export focus`."
)
_ABOUT = (
    "A row per hour, model, pricing rule, project and tags, whose costs sum to the cost of this"
    " selection. Events without a cost are left out: FOCUS has no row without one"
)


def few(view: View) -> bool:
    """Whether the rows can be made at once."""
    return view.facts().rows <= MOST


def focus_files(view: View) -> Iterator[File]:
    """The rows as CSV and Parquet."""
    yield _file(view, "CSV", "csv", csv.MIME, csv_pages)
    yield _file(view, "Parquet", "parquet", PARQUET_MIME, parquet_pages)


def _file(
    view: View, label: str, ending: str, mime: str,
    pages: Callable[[View, Tally], Iterator[bytes]],
) -> File:  # fmt: skip
    def made() -> Made:
        tally = Tally()
        return Made(b"".join(pages(view, tally)), tally.rows)

    return File(
        label=f"FOCUS 1.2 rows, {label}", ending=ending, mime=mime, about=_ABOUT, made=made,
        name="focus",
    )  # fmt: skip
