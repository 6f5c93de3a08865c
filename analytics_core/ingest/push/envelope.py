"""What stands around each pushed event in its file: who pushed it, what it may not say itself.

The file says it on every line, so it is read the same way again from the archive.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from analytics_core.access.tokens import FIXABLE, SOURCE_NAME
from analytics_core.ingest.dropped import ROWS
from analytics_core.ingest.literals import literal
from analytics_core.ingest.raw import ENVELOPE, Head, RawColumns
from analytics_core.ingest.said import DIMENSION
from analytics_core.ingest.sources import canonical, litellm, otel
from analytics_core.ingest.sources.detect import candidates
from analytics_core.ingest.sources.source import Source

# How the events of a body are written; the door reads each with the source that reads dropped files.
SHAPES: Mapping[str, Source] = {
    "canonical": canonical.SOURCE,
    "litellm-payload": litellm.PAYLOAD,
    "litellm-callback": litellm.CALLBACK,
    "litellm-log": litellm.SPEND_LOGS,
    "otlp": otel.OTLP,
}
_COLUMN = {dimension: column for column, dimension in DIMENSION.items()}
# By column: where a line says what its token fixes.
_FIXED = {
    _COLUMN.get(name, name): f"json_extract_string(fixed, {literal('$.' + name)})"
    for name in FIXABLE
}
_LINES = " ".join(
    (
        f"(SELECT _row, json_extract(doc, {literal(f'$.{ENVELOPE}.fixed')}) AS fixed,",
        f"json_extract_string(doc, {literal(f'$.{ENVELOPE}.apart')}) AS apart",
        f"FROM {ROWS}) AS lines",
    )
)
_ID = "coalesce(apart || ':', '') || id AS id"
# Whatever a source leaves out is there to be fixed.
_NOT_SAID = " ".join(
    (
        "SELECT",
        ", ".join(f"NULL::VARCHAR AS {column}" for column in ("id", *_FIXED)),
        "WHERE false",
    )
)


def envelope(
    source: str, shape: str, receipt: str, fixed: Mapping[str, str], hour: str, apart: str = ""
) -> dict[str, Any]:
    """What `pushed_source` reads; `fixed` are dimensions whose values the events cannot say.

    `hour` (2026-11-20T12, UTC) is when the body came: its line of the ledger is of that hour.
    `apart` stands before the ids of events that must reach no others of the source, "" before none.
    """
    around = {"source": source, "shape": shape, "receipt": receipt, "fixed": dict(fixed)}
    return {ENVELOPE: around | {"hour": hour} | ({"apart": apart} if apart else {})}


def pushed_source(head: Head, saved: Sequence[Source]) -> Source | None:
    """The source of a file of pushed events, None when it is none: they say so themselves."""
    said = head.sample[0].get(ENVELOPE) if head.sample else None
    if not isinstance(said, Mapping):
        return None
    shape, name = said.get("shape"), said.get("source")
    plain = SHAPES.get(str(shape))
    if plain is None or not isinstance(name, str) or not re.fullmatch(SOURCE_NAME, name):
        return None
    known = [s for s in candidates(saved) if (s.name, s.required) == (plain.name, plain.required)]
    return under(known[0] if known else plain, name)


def under(source: Source, name: str) -> Source:
    """The same source for what was pushed under `name`: ids and rows are of that name alone.

    What is fixed stands on each line, since bodies of several tokens may be in one file.
    """

    def select(columns: RawColumns, head: Head) -> str:
        replaced = ", ".join(
            literal(column) for column in ("source", "id", "fixed", "apart", *_FIXED)
        )
        shown = [f"COLUMNS(lambda c: c NOT IN ({replaced}))", f"{literal(name)} AS source", _ID]
        shown += [
            f"coalesce({place}, {column}::VARCHAR) AS {column}" for column, place in _FIXED.items()
        ]
        said = f"({source.select(columns, head)} UNION ALL BY NAME {_NOT_SAID}) AS said"
        return " ".join(("SELECT", ", ".join(shown), "FROM", said, "JOIN", _LINES, "USING (_row)"))

    return replace(source, name=name, namespace=name, select=select)
