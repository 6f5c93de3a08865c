"""What a file offers to somebody who maps it: columns, samples, who reads it, a first proposal."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics_core.ingest import dropped
from analytics_core.ingest.dropped import Dropped
from analytics_core.ingest.names import never_staged
from analytics_core.ingest.raw import Head, value_in
from analytics_core.ingest.reading import source_of
from analytics_core.ingest.recognise import Content, recognise
from analytics_core.ingest.sources import proposal
from analytics_core.ingest.sources.detect import Unrecognised
from analytics_core.ingest.sources.source import Source
from analytics_core.ingest.take import take
from analytics_core.ingest.verdict import Refused
from analytics_core.settings import Settings

SAMPLES, SHOWN = 5, 60  # different values of a column, characters of each
RECORDS = 20
MOST_COLUMNS = 400
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column, or one place inside nested ones, by the name a mapping calls it.

    `empty` is the share of sample records without a value; `samples` are different values, cut.
    """

    name: str
    type: str
    empty: float
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What can be known of a file before anybody says what its columns mean.

    `source` reads it as it is; None with `problem`, why nothing does. `arrays` are places whose
    elements could be rows. `rows` is known of Parquet only. `records`
    are the first ones, column by column, as texts. `proposal` is a mapping in the shape of
    its YAML file, None where no column could be a time.
    """

    name: str
    kind: str
    delimiter: str | None
    bytes: int
    rows: int | None
    source: str | None
    problem: str
    columns: tuple[Column, ...]
    records: tuple[tuple[str | None, ...], ...]
    arrays: tuple[str, ...]
    proposal: Mapping[str, Any] | None


def inspection(
    path: Path, name: str, settings: Settings, saved: Sequence[Source], desk: Path
) -> Inspection:
    """Looks into a file; nothing of it lands. Copies go to the folder `desk`.

    Columns that may hold prompts, answers or addresses are not among its columns. Raises Refused.
    """
    taken = take(path, name, desk, settings)
    content = recognise(taken.path, settings, desk)
    opened = dropped.opened(content, name, settings)
    try:
        head = dropped.sampled(_lines(opened)).head
    finally:
        opened.close()
    source, problem = _source(content, name, settings, saved)
    names = [column for column in head.columns if not never_staged(column)]
    return Inspection(
        name,
        head.kind,
        head.delimiter,
        taken.size,
        head.rows,
        source,
        problem,
        tuple(_column(head, column) for column in names[:MOST_COLUMNS]),
        tuple(zip(*(_texts(head, column) for column in names[:MOST_COLUMNS]), strict=True)),
        tuple(column for column in names if any(map(_of_records, _values(head, column)))),
        proposal.proposed(head),
    )


def _lines(opened: Dropped) -> Dropped:
    """A file of one small object is more likely a log of one line than a document."""
    lines = dropped.as_lines(opened)
    if lines is None or any(_of_records(v) for r in opened.head.sample for v in r.values()):
        return opened
    return lines


def _source(
    content: Content, name: str, settings: Settings, saved: Sequence[Source]
) -> tuple[str | None, str]:
    try:
        file, source = source_of(content, name, saved, settings)
    except Unrecognised as unknown:
        return None, unknown.message
    except Refused as refused:
        return None, refused.message
    file.close()
    return source.name, ""


def _column(head: Head, name: str) -> Column:
    values = list(_values(head, name))
    filled = [v for v in values if v is not None and v != ""]
    texts = dict.fromkeys(_shown(v) for v in filled if not isinstance(v, dict | list))
    empty = 1 - len(filled) / len(values) if values else 1.0
    return Column(name, _type(filled), empty, tuple(texts)[:SAMPLES])


def _texts(head: Head, name: str) -> list[str | None]:
    values = list(_values(head, name))[:RECORDS]
    return [None if v is None or isinstance(v, dict | list) else _shown(v) for v in values]


def _values(head: Head, name: str) -> Iterator[Any]:
    """The value of that place in each sample record, None where there is none."""
    return (value_in(record, name.split(".")) for record in head.sample)


def _of_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _type(values: Sequence[Any]) -> str:
    """The kind of the values in one word; what a CSV holds is text."""
    kinds = {
        "yes or no" if isinstance(v, bool)
        else "number" if isinstance(v, int | float)
        else "list" if isinstance(v, list)
        else "object" if isinstance(v, dict)
        else "text" if isinstance(v, str)
        else type(v).__name__
        for v in values
    }  # fmt: skip
    return kinds.pop() if len(kinds) == 1 else "mixed" if kinds else "empty"


def _shown(value: Any) -> str:
    text = _UNSEEN.sub("\ufffd", str(value))
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def from_plain(said: dict[str, Any]) -> Inspection:
    """The inspection that JSON says: lists become tuples."""
    columns = tuple(Column(**c | {"samples": tuple(c["samples"])}) for c in said["columns"])
    records = tuple(map(tuple, said["records"]))
    arrays = tuple(said["arrays"])
    return Inspection(**said | {"columns": columns, "records": records, "arrays": arrays})
