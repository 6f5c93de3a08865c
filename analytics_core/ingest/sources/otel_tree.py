"""Spans that tell the usage of the calls inside them once more."""

from collections.abc import Mapping

from analytics_core.ingest.sources.reading import statement

# Ids of the spans around each call, with the tokens of the call inside.
_AROUND = (
    "around AS (SELECT _parent AS id, _in, _out FROM spans WHERE skip IS NULL AND _parent IS NOT NULL"
    " UNION SELECT spans._parent, around._in, around._out FROM around JOIN spans"
    " ON spans.id = around.id WHERE spans._parent IS NOT NULL)"
)
_TOLD_INSIDE = (
    "skip IS NULL AND (_bare AND id IN (SELECT id FROM around)"
    " OR (id, _in, _out) IN (SELECT (id, _in, _out) FROM around))"
)


def innermost(outputs: Mapping[str, str | None], parent: str | None, origin: str = "raw") -> str:
    """The SELECT of spans without those whose usage is that of a call inside them.

    `parent` is the SQL of the span id around. A span without an operation around a call is an
    agent's run: its tokens are the sum of what it called. One with the very tokens of a call inside
    it is the same call, told by a framework or a gateway as well as by the client underneath.
    """
    own = {
        "_parent": parent or "NULL::VARCHAR",
        "_bare": f"{outputs['operation']} IS NULL",
        "_in": f"CAST({outputs['input_tokens'] or 'NULL'} AS VARCHAR)",
        "_out": f"CAST({outputs['output_tokens'] or 'NULL'} AS VARCHAR)",
    }
    shown = (
        f"* EXCLUDE ({', '.join(own)})"
        f" REPLACE (CASE WHEN {_TOLD_INSIDE} THEN 'not_usage' ELSE skip END AS skip)"
    )
    spans = f"WITH RECURSIVE spans AS MATERIALIZED ({statement({**outputs, **own}, origin)}),"
    return " ".join((spans, _AROUND, "SELECT", shown, "FROM spans"))
