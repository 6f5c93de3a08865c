"""What the source of one file says: the columns of `mapped`, and what reading them depends on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from duckdb import DuckDBPyConnection

from analytics_core.ingest.sources.source import Source

MAPPED, TYPED, PRICED = "mapped", "stage.typed", "stage.priced"
DIMENSIONS: tuple[str, ...] = (
    "organization", "team", "user_id", "project", "repository", "customer", "feature", "agent",
    "session_id", "conversation_id", "environment", "api_key", "provider", "model_raw",
    "service_type", "operation", "event_type", "service_tier", "context_window", "status",
    "error_type", "finish_reason", "trace_id",
)  # fmt: skip
# Columns whose dimension has another name.
DIMENSION: dict[str, str] = {
    "user_id": "user", "session_id": "session", "conversation_id": "conversation"
}  # fmt: skip
_STEERING = ("id", "currency", "source", "grain")  # texts that are read but are no dimension


@dataclass(frozen=True, slots=True)
class Said:
    """The columns of `mapped` and their DuckDB types, and the circumstances of the file."""

    types: Mapping[str, str]
    source: Source
    file_id: str
    now: datetime  # naive UTC
    typed_file: bool  # the file has types: a number stored as text is worth a remark
    aliases: Mapping[str, Mapping[str, str]]  # dimension -> value -> canonical

    def has(self, *names: str) -> bool:
        """Whether any of these is said."""
        return any(name in self.types for name in names)

    def those(self, names: Iterable[str]) -> tuple[str, ...]:
        """The names among these that are said."""
        return tuple(name for name in names if name in self.types)

    @property
    def texts(self) -> tuple[str, ...]:
        """The columns that are text: dimensions, the id, and words that steer the row."""
        return self.those((*DIMENSIONS, *_STEERING))

    @property
    def aliased(self) -> tuple[str, ...]:
        """The dimensions that are said and have aliases."""
        return tuple(name for name in self.those(DIMENSIONS) if self.aliases.get(name))

    @property
    def converts(self) -> bool:
        """Whether amounts may be in another currency than USD."""
        return self.has("cost_reported", "cost_list", "items") and (
            self.has("currency") or self.source.currency.upper() != "USD"
        )


def columns(con: DuckDBPyConnection) -> dict[str, str]:
    """The columns of the view `mapped` and their types; binds it without reading a row."""
    relation = con.table(MAPPED)
    return dict(zip(relation.columns, map(str, relation.types), strict=True))
