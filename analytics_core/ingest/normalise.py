"""What a source says becomes typed events: one chain of projections over the view `mapped`.

Nothing is copied between the steps: DuckDB reads the file once and writes the table `typed`.
"""

from collections.abc import Iterable, Mapping

import pyarrow as pa
from duckdb import DuckDBPyConnection

from analytics_core.events import COLUMNS, TOKENS
from analytics_core.ingest import (
    counts,
    derive,
    identity,
    labels,
    money,
    rules,
    texts,
    times,
    words,
)
from analytics_core.ingest.counts import Count
from analytics_core.ingest.kinds import family
from analytics_core.ingest.literals import literal
from analytics_core.ingest.money import Amount
from analytics_core.ingest.said import DIMENSION, DIMENSIONS, MAPPED, TYPED, Said
from analytics_core.ingest.times import Instant

_TYPES: dict[str, str] = {column.name: column.sql for column in COLUMNS}
# What pricing reads must be there, even where no row says anything.
_PRICED_BY = (
    "provider", "model_raw", "service_tier", "context_window", "status", "cache_hit", "items",
    "credits_nano", "cost_reported_nano", *TOKENS,
)  # fmt: skip


def typed(con: DuckDBPyConnection, said: Said) -> None:
    """Makes the table `stage.typed`: a row for each row of `mapped`, those that do not land included.

    Columns: the event columns this source says (and those pricing needs), `_updated_at`, `_flags`,
    `_cost_list_nano`, `_unit` (1 to 4: s, ms, us, ns of an epoch time), `_skip` and `_reject`
    (code, column and value, by chr(31)); both are NULL on rows that land.
    """
    con.execute(money.ROUNDING)
    steps = _selected(_list(_values(said)), MAPPED)
    steps = _added(steps, {"unclean": texts.unclean([f"t_{n}" for n in said.texts])})
    steps = _added(steps, _clean(said))
    steps = _added(steps, _worded(said))
    if said.converts:
        steps = _rated(steps)
    for made in (derive.amounts, derive.measured, derive.sound, derive.labels_of):
        steps = _added(steps, made(said))
    steps = _added(steps, {"hashed": identity.hashed(said)})
    for name in said.aliased:
        con.register(f"alias_{name}", _alias_table(said.aliases[name]))
        steps = _aliased(steps, name)
    if said.has("metadata") or said.converts or said.aliased:
        steps = _added(steps, {"full_metadata": _metadata(said)})
    steps = _added(steps, rules.outcome(said))
    con.execute(f"CREATE TABLE {TYPED} AS " + _selected(_list(_event(said)), steps))


def whole(con: DuckDBPyConnection) -> str:
    """The name of a view of `typed` with every event column, NULL where the source says nothing."""
    relation = con.table(TYPED)
    shown = (
        c.name if c.name in relation.columns else f"NULL::{c.sql} AS {c.name}" for c in COLUMNS
    )
    relation.project(", ".join(shown)).create_view("typed_whole", replace=True)
    return "typed_whole"


def _list(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{sql} AS {name}" for name, sql in columns.items())


def _selected(columns: str, origin: str) -> str:
    """One SELECT around another. A text, since a chain of relations is bound anew at each step."""
    return " ".join(("SELECT", columns, "FROM", origin if origin == MAPPED else f"({origin})"))


def _added(steps: str, columns: Mapping[str, str]) -> str:
    return _selected("*, " + _list(columns), steps) if columns else steps


def _values(said: Said) -> dict[str, str]:
    """Every value in its own type, its faults beside it: t_ text, n_ number, c_ amount, at_ time."""
    made: dict[str, str] = {"_row": "_row"}
    for name in ("skip", "reject"):
        made[name] = f"CAST({name} AS VARCHAR)" if said.has(name) else "NULL::VARCHAR"
    made["given_flags"] = "CAST(flags AS VARCHAR[])" if said.has("flags") else "NULL::VARCHAR[]"
    made |= {f"t_{name}": _text(name, said) for name in said.texts}
    made |= _times(said)
    made |= _numbers(said)
    for name in said.those(("cost_reported", "cost_list", "credits")):
        unit = said.source.cost_unit if name != "credits" else "usd"
        made |= _amount(name, money.amount(name, said.types[name], unit), said)
    made |= {f"g_{name}": name for name in said.those(("items", "tags", "metadata"))}
    return made


def _text(name: str, said: Said) -> str:
    """The value as text: a whole number held as a fraction, for want of a null, is 1 and not 1.0."""
    text = f"CAST({name} AS VARCHAR)"
    return f"regexp_replace({text}, '[.]0$', '')" if family(said.types[name]) == "float" else text


def _times(said: Said) -> dict[str, str]:
    start = _instant(said, "started_at")
    made = {
        "at_start": start.at, "naive": start.naive, "date_only": start.date_only,
        "ambiguous": start.ambiguous, "unit": start.unit,
        "at_given": "started_at" if said.has("started_at") else "NULL::VARCHAR",
    }  # fmt: skip
    for name in said.those(("ended_at", "updated_at")):
        made[f"at_{name}"] = _instant(said, name).at
    return made


def _instant(said: Said, name: str) -> Instant:
    if not said.has(name):
        return Instant("NULL::TIMESTAMP")
    return times.instant(name, said.types[name], said.source.zone)


def _numbers(said: Said) -> dict[str, str]:
    found: dict[str, Count] = {
        name: counts.count(name, said.types[name])
        for name in said.those((*TOKENS, "total_tokens", "requests"))
    }
    made = {f"n_{name}": number.sql for name, number in found.items()}
    tokens = [number for name, number in found.items() if name in TOKENS]
    made["tokens_nan"] = _any(n.nan for n in tokens)
    made["tokens_unreadable"] = _any(n.unreadable for n in tokens)
    for name in said.those(("latency_ms", "ttft_ms", "http_status")):
        made[f"n_{name}"] = counts.milliseconds(name, said.types[name])
    for name in said.those(("stream", "cache_hit")):
        made[f"n_{name}"] = counts.truth(name, said.types[name])
    return made


def _any(conditions: Iterable[str]) -> str:
    return " OR ".join(c for c in conditions if c != "false") or "false"


def _amount(name: str, found: Amount, said: Said) -> dict[str, str]:
    made = {
        f"c_{name}": found.nano, f"c_{name}_given": found.given,
        f"c_{name}_finite": found.finite, f"c_{name}_readable": found.readable,
    }  # fmt: skip
    return made | ({f"c_{name}_exact": found.exact} if said.converts else {})


def _clean(said: Said) -> dict[str, str]:
    """Texts without what must not be shown: d_ beside each t_."""
    names = [f"t_{name}" for name in said.texts]
    made = {
        # AND computes both its sides on every row, CASE only where it must.
        "controlled": f"CASE WHEN unclean THEN {texts.controlled(names)} ELSE false END",
        "too_long": f"CASE WHEN unclean THEN ({texts.too_long(names)}) ELSE false END",
    }
    for name in said.texts:
        nothing = (*texts.NOTHING, "unknown") if name == "model_raw" else texts.NOTHING
        made[f"d_{name}"] = texts.cleaned(f"t_{name}", "unclean", nothing)
    return made


def _worded(said: Said) -> dict[str, str]:
    """Texts in the words of the event (w_), the grain and the currency of the row."""
    changed = {
        "environment": words.environment, "provider": words.provider, "status": words.status,
        "api_key": texts.key_name, "user_id": texts.person, "service_tier": words.lower,
        "operation": words.lower, "source": texts.source_name,
    }  # fmt: skip
    made = {
        f"w_{name}": changed[name](f"d_{name}") if name in changed else f"d_{name}"
        for name in said.texts
        if name not in ("grain", "currency")
    }
    made["w_grain"] = derive.grain(said)
    if said.converts:
        own = literal(said.source.currency.upper())
        made["money"] = f"coalesce(upper(d_currency), {own})" if said.has("currency") else own
    return made


def _rated(steps: str) -> str:
    """The worth of the row's currency at its time: `usd_pico`, NULL without a rate."""
    joined = (
        f"({steps}) AS event LEFT JOIN fx_rate AS fx ON fx.currency = event.money"
        " AND event.at_start >= fx.start_at AND event.at_start < fx.end_at"
    )
    return " ".join(("SELECT event.*, fx.usd_pico AS usd_pico FROM", joined))


def _alias_table(names: Mapping[str, str]) -> pa.Table:
    return pa.table({"value": list(names), "canonical": list(names.values())})


def _aliased(steps: str, name: str) -> str:
    """w_ under its canonical name, the raw one kept as raw_."""
    shown = (
        f"event.* REPLACE (coalesce(alias.canonical, event.w_{name}) AS w_{name}),"
        f" CASE WHEN alias.canonical IS NOT NULL THEN event.w_{name} END AS raw_{name}"
    )
    joined = f"({steps}) AS event LEFT JOIN alias_{name} AS alias ON event.w_{name} = alias.value"
    return " ".join(("SELECT", shown, "FROM", joined))


def _metadata(said: Said) -> str:
    """The file's own, and what was replaced: another currency's amount, a name by its alias."""
    own = "safe_metadata" if said.has("metadata") else "NULL::VARCHAR"
    replaced: list[tuple[str, str]] = [
        (f"raw.{DIMENSION.get(n, n)}", f"raw_{n}") for n in said.aliased
    ]
    if said.converts and said.has("cost_reported"):
        changed = "CASE WHEN money <> 'USD' AND c_cost_reported_given THEN {} END".format
        amount = "rtrim(rtrim(CAST(c_cost_reported_exact AS VARCHAR), '0'), '.')"
        replaced += [("currency", changed("money")), ("amount", changed(amount))]
    if not replaced:
        return own
    members = ", ".join(f"{literal(key)}, {sql}" for key, sql in replaced)
    merged = f"json_merge_patch(coalesce({own}, '{{}}'), json_merge_patch('{{}}', json_object({members})))"
    any_of = f"coalesce({', '.join(sql for _, sql in replaced)}) IS NOT NULL"
    return f"CASE WHEN {any_of} THEN CAST({merged} AS VARCHAR) ELSE {own} END"


def _event(said: Said) -> dict[str, str]:
    """The columns of `typed`."""
    made = {
        "event_id": "event_id", "file_id": literal(said.file_id), "row": "_row", "grain": "grain",
        "requests": "requests", "started_at": "at_start", "service_type": "service_type",
        "event_type": "event_type",
    }  # fmt: skip
    own = literal(said.source.name)
    made["source"] = f"coalesce(w_source, {own})" if said.has("source") else own
    if said.has("ended_at"):
        made["ended_at"] = "CASE WHEN at_ended_at >= at_start THEN at_ended_at END"
    for name in said.those(DIMENSIONS):
        if name not in ("service_type", "event_type", "session_id", "conversation_id"):
            made[name] = f"w_{name}"
    made |= derive.threads(said)
    made |= {name: name for name in derive.produced(said)}
    made |= {name: f"n_{name}" for name in said.those(("stream", "cache_hit"))}
    if said.has("cost_reported"):
        made["cost_reported_nano"] = "usd_cost_reported"
    if said.has("credits"):
        made["credits_nano"] = "usd_credits"
    if said.has("metadata") or said.converts or said.aliased:
        made["metadata"] = labels.bounded_metadata("full_metadata")
    made |= {name: f"NULL::{_TYPES[name]}" for name in _PRICED_BY if name not in made}
    made["_hashed"] = "w_id IS NULL" if said.has("id") else "true"
    made["_updated_at"] = "at_updated_at" if said.has("updated_at") else "NULL::TIMESTAMP"
    made["_cost_list_nano"] = "usd_cost_list" if said.has("cost_list") else "NULL::BIGINT"
    made |= {"_flags": "flags", "_unit": "unit", "_skip": "skipped", "_reject": "rejected"}
    return made
