"""Writing the SELECT of a source: what the file's columns say, as mapped columns."""

from collections.abc import Iterable, Mapping, Sequence

from analytics_core.ingest import labels
from analytics_core.ingest.literals import literal, one_of
from analytics_core.ingest.raw import JSON_KINDS, Head, Raw, RawColumns
from analytics_core.ingest.sources import expression
from analytics_core.ingest.sources.elements import inner
from analytics_core.ingest.sources.expression import Fields

MICROS = "DECIMAL(38,9)"  # wide enough for nanoseconds since 1970 and for fractions of a second


class Reading:
    """The places of one file, and which top-level columns were read (the rest is metadata).

    Every method takes alternative paths, best first, and returns SQL, or None where the file has
    none of them: the statement then leaves that column out.
    """

    def __init__(self, columns: RawColumns, head: Head, fields: Fields | None = None) -> None:
        self.columns, self.head = columns, head
        self.fields = fields or columns
        self.used: set[str] = set()
        self.texts = _texts(head)

    def raw(self, *paths: str) -> Raw | None:
        """The first known of the places, row by row."""
        raws = self._raws(paths)
        return expression.coalesced(raws) if raws else None

    def value(self, *paths: str) -> str | None:
        """The value in the file's own type."""
        raw = self.raw(*paths)
        return raw.sql if raw else None

    def text(self, *paths: str) -> str | None:
        """The value as VARCHAR, NULL where it stands for nothing."""
        raws = [Raw(expression.text(raw), "VARCHAR") for raw in self._raws(paths)]
        if len(raws) == 1:
            return expression.known(raws[0].sql)
        return expression.coalesced(raws).sql if raws else None

    def lower(self, *paths: str) -> str | None:
        """The text in lower case."""
        text = self.text(*paths)
        return f"lower(trim({text}))" if text else None

    def number(self, *paths: str) -> str | None:
        """The value as an exact number, NULL where it is none."""
        raw = self.raw(*paths)
        return expression.number(raw) if raw else None

    def json(self, *paths: str) -> str | None:
        """The value as JSON: nested values, or text that holds JSON."""
        raw = self.raw(*paths)
        return expression.json(raw) if raw else None

    def instant(self, *paths: str) -> str | None:
        """The value as a naive UTC TIMESTAMP; epochs by magnitude, naive text read as UTC."""
        raw = self.raw(*paths)
        return instant(raw) if raw else None

    def ignored(self, *paths: str) -> None:
        """Keeps columns out of metadata that say nothing more."""
        self.used.update(self._top(path) for path in paths)

    def rest(self) -> str:
        """Everything not read, as JSON text."""
        return self.columns.rest(self.used)

    def _raws(self, paths: Sequence[str]) -> list[Raw]:
        found = [(path, self._find(path)) for path in paths]
        self.used.update(self._top(path) for path, raw in found if raw is not None)
        return [raw for _, raw in found if raw is not None]

    def _find(self, path: str) -> Raw | None:
        """The place; inside a text where JSON lines keep JSON as text (a dumped database)."""
        top, _, inside = path.partition(".")
        if inside and top in self.texts and (around := self.fields.find(top)):
            return inner(f"TRY_CAST({around.sql} AS JSON)", inside.split("."))
        return self.fields.find(path)

    def _top(self, path: str) -> str:
        whole = self.columns.has(path) and path.casefold() in self.columns.tops
        return path if whole else path.split(".")[0]


def _texts(head: Head) -> frozenset[str]:
    """Keys of JSON records whose value is a text that holds an object."""
    if head.kind not in JSON_KINDS:
        return frozenset()
    return frozenset(
        key
        for record in head.sample
        for key, value in record.items()
        if isinstance(value, str) and value.startswith("{")
    )


def instant(raw: Raw) -> str:
    """A time as naive UTC TIMESTAMP: epochs by magnitude (s, ms, us, ns), naive text as UTC."""
    if raw.type in ("DATE", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"):
        return f"CAST({raw.sql} AS TIMESTAMP)"
    if raw.type == "TIMESTAMP WITH TIME ZONE":
        return f"timezone('UTC', {raw.sql})"
    if not expression.is_text(raw):
        return epoch(f"TRY_CAST({raw.sql} AS {MICROS})")
    text = f"trim({expression.text(raw)})"
    parsed = f"timezone('UTC', TRY_CAST({text} AS TIMESTAMPTZ))"
    return f"coalesce({epoch(f'TRY_CAST({text} AS {MICROS})')}, {parsed})"


def epoch(sql: str) -> str:
    """A DECIMAL since 1970, in s, ms, us or ns by its magnitude, as naive UTC TIMESTAMP."""
    micros = (
        f"CASE WHEN abs({sql}) < 100000000000 THEN {sql} * 1000000"
        f" WHEN abs({sql}) < 100000000000000 THEN {sql} * 1000"
        f" WHEN abs({sql}) < 100000000000000000 THEN {sql} ELSE trunc({sql} * 0.001) END"
    )
    return f"TRY(make_timestamp(CAST(round({micros}) AS BIGINT)))"


def between(start: str | None, end: str | None) -> str | None:
    """Milliseconds (fractional) from one TIMESTAMP expression to another."""
    if start is None or end is None:
        return None
    return f"(epoch_us({end}) - epoch_us({start})) * 0.001"


def listed(sql: str, names: Iterable[str]) -> str:
    """Whether a text expression is one of the names (false where unknown)."""
    return f"coalesce({one_of(sql, names)}, false)"


ENTRIES = "STRUCT(k VARCHAR, v VARCHAR)[]"


def tags(
    named: Mapping[str, str | None],
    lists: Sequence[str | None] = (),
    objects: Sequence[str | None] = (),
) -> str | None:
    """A MAP of tags from texts by name, JSON lists of strings and JSON objects.

    The first of a key wins. A string of a list splits at its first `:` or `=`; a plain x is x=true.
    """
    fixed = [
        f"struct_pack(k := {literal(name)}, v := CAST({sql} AS VARCHAR))"
        for name, sql in named.items()
        if sql is not None
    ]
    parts = [f"[{', '.join(fixed)}]"] if fixed else []
    parts += [_of_list(sql) for sql in lists if sql is not None]
    parts += [_of_object(sql) for sql in objects if sql is not None]
    if not parts:
        return None
    merged = "list_concat(" + ", ".join(f"CAST({part} AS {ENTRIES})" for part in parts) + ")"
    filled = f"list_filter({merged}, lambda e: coalesce(e.k, '') <> '' AND coalesce(e.v, '') <> '')"
    return labels.merged(filled, last=False)


def _of_list(sql: str) -> str:
    return labels.split(f"coalesce(TRY_CAST({sql} AS VARCHAR[]), [])")


def _of_object(sql: str) -> str:
    return (
        f"list_transform(map_entries(coalesce(TRY_CAST({sql} AS MAP(VARCHAR, VARCHAR)), MAP {{}})),"
        " lambda e: struct_pack(k := e.key, v := e.value))"
    )


def item(rule: str, quantity: str | None, unit: str, cost: str | None = None) -> str | None:
    """One usage item; `rule` and `unit` are SQL. None where the file has neither number."""
    if quantity is None and cost is None:
        return None
    return (
        f"struct_pack(rule := {rule}, quantity := CAST({quantity or 'NULL'} AS VARCHAR),"
        f" unit := {unit}, cost := CAST({cost or 'NULL'} AS VARCHAR))"
    )


def items(entries: Sequence[str | None]) -> str | None:
    """The list of the items whose quantity or cost is neither unknown nor 0; NULL when empty."""
    present = [entry for entry in entries if entry is not None]
    if not present:
        return None
    held = "coalesce(TRY_CAST({} AS DOUBLE), 0) <> 0".format
    kept = f"lambda e: {held('e.quantity')} OR {held('e.cost')}"
    return filled(f"list_filter([{', '.join(present)}], {kept})")


def filled(sql: str) -> str:
    """A list expression, NULL when the list is empty."""
    return f"CASE WHEN len({sql}) > 0 THEN {sql} END"


def buckets(
    outputs: Mapping[str, str | None],
    keys: Sequence[str | None],
    values: Sequence[str],
    origin: str = "raw",
) -> str:
    """The SELECT of bucket rows that several rows of one file may be of: each gets an id.

    The id is what the row is a bucket of (`keys`, SQL) and its rank by `values` (names of outputs)
    among the rows of the file with equal keys. A fuller export of the same bucket has the same id
    and replaces it; two rows of one export that differ anywhere stand; a row told twice is one.
    """
    keyed = statement({**outputs, "_key": _digest(keys)}, origin)
    sizes = [f"TRY_CAST({name} AS DOUBLE) DESC NULLS LAST" for name in values if outputs.get(name)]
    whole = _digest([name for name, sql in outputs.items() if sql is not None])
    rank = f"dense_rank() OVER (PARTITION BY _key ORDER BY {', '.join([*sizes, whole])})"
    return selected(f"* EXCLUDE (_key), left(_key, 24) || '-' || {rank} AS id", keyed)


def _digest(values: Sequence[str | None]) -> str:
    told = [f"coalesce(CAST({sql} AS VARCHAR), '')" if sql else "''" for sql in values]
    return f"md5(concat_ws(chr(31), {', '.join(told)}))"


def statement(outputs: Mapping[str, str | None], origin: str = "raw", row: str = "_row") -> str:
    """The SELECT of the outputs that have an expression, over `origin`.

    A source that knows a session or a conversation, but not both, has one id for the two.
    """
    made = dict(outputs)
    session, conversation = made.get("session_id"), made.get("conversation_id")
    if session is not None or conversation is not None:
        made["session_id"] = session if session is not None else conversation
        made["conversation_id"] = conversation if conversation is not None else session
    shown = [f"{row} AS _row"]
    shown += [f"{sql} AS {name}" for name, sql in made.items() if sql is not None]
    return " ".join(("SELECT", ", ".join(shown), "FROM", origin))


def selected(columns: str, inner: str) -> str:
    """The columns (SQL) of an inner SELECT."""
    return " ".join(("SELECT", columns, "FROM", f"({inner})"))


def nested(columns: str, origin: str) -> str:
    """The columns (SQL) of a FROM clause, as something to select from."""
    return " ".join(("(SELECT", columns, "FROM", f"{origin})"))
