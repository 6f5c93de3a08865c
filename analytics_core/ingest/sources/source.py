"""A source: how the files of one exporter are recognised and read into mapped columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from analytics_core.ingest.raw import Head, RawColumns

Grain = Literal["request", "bucket"]
Convention = Literal["inclusive", "exclusive", "disjoint"]
Policy = Literal["auto", "reported", "computed"]
Role = Literal["events", "statement", "side"]
ZeroCost = Literal["missing", "free"]
CostUnit = Literal["usd", "cents", "nano"]
Kind = Literal["parquet", "csv", "jsonl", "json"]

ANY_KIND: tuple[Kind, ...] = ("parquet", "csv", "jsonl", "json")
JSON_KINDS: tuple[Kind, ...] = ("jsonl", "json")

# Every column a select may emit, beside `_row`; anything else is a bug of the source.
MAPPED: tuple[str, ...] = (
    "skip", "id", "updated_at", "started_at", "ended_at",
    "organization", "team", "user_id", "project", "repository", "customer", "feature", "agent",
    "session_id", "conversation_id", "environment", "api_key", "provider", "model_raw",
    "service_type", "operation", "event_type", "service_tier", "context_window", "status",
    "error_type", "finish_reason", "trace_id", "http_status", "latency_ms", "ttft_ms", "stream",
    "cache_hit", "requests", "input_tokens", "output_tokens", "cache_read_tokens",
    "cache_write_tokens", "cache_write_1h_tokens", "reasoning_tokens", "total_tokens",
    "cost_reported", "currency", "credits", "cost_list", "items", "tags", "metadata", "reject",
    "flags", "grain", "source",  # the last two: canonical alone
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFormat:
    """What a mapping states about a CSV file; None means as recognised from the file."""

    delimiter: str | None = None
    decimal: str = "."
    thousands: str = ""
    encoding: str | None = None


PLAIN_CSV = CsvFormat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One exporter's file shape. Names in `required` and `forbidden` are normalised and dotted.

    `select(columns, head)` returns one constant SELECT over `raw` whose output columns are `_row`
    and some of MAPPED. Two records may share a name: one exporter, two shapes of file.
    """

    name: str  # the event's `source`
    label: str
    group: str  # the same spend from two sources of one group is refused
    grain: Grain
    convention: Convention
    policy: Policy = "auto"
    role: Role = "events"
    zone: str | None  # zone of naive times; None: not stated, read as UTC and counted
    namespace: str  # prefix of event ids
    zero_cost: ZeroCost = "missing"
    negative_cost: bool = False
    cost_unit: CostUnit = "usd"
    currency: str = "USD"  # when the row gives none
    kinds: tuple[Kind, ...]
    required: tuple[str, ...]
    forbidden: tuple[str, ...] = ()
    matches: Callable[[Head], bool] | None = None  # beyond required and forbidden
    select: Callable[[RawColumns, Head], str]
    packaged: bool = True
    repeats: str = ""  # why one cost stands in it several times: overlapping_source until allowed
    id_conflicts: bool = True  # False where a repeat is normal streaming
    csv: CsvFormat = PLAIN_CSV
    configure: Callable[["Source", Mapping[str, Any]], "Source"] | None = None
    options: tuple[str, ...] = ()  # what `configure` reads beyond the options of every source

    def fits(self, head: Head) -> bool:
        """Whether this source can read a file with that head."""
        present = set(head.columns)
        return (
            head.kind in self.kinds
            and all(name in present for name in self.required)
            and not any(name in present for name in self.forbidden)
            and (self.matches is None or self.matches(head))
        )
