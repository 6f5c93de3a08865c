"""A mapping while a person makes it: every choice of the mapping screen, and the file it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from analytics_core.ingest.raw import JSON_KINDS
from analytics_core.ingest.sources.language import PARTS, UNITS

CONVENTIONS = ("inclusive", "exclusive", "disjoint")
Value = str | Mapping[str, Any]  # a column, or an operator of the mapping language


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column of the event that a file may fill; `help` says what belongs there."""

    name: str
    label: str
    help: str = ""
    constant: bool = False  # whether one text for every row makes sense


FIRST: tuple[Field, ...] = (
    Field(name="model", label="Model"),
    Field(name="input_tokens", label="Input tokens"),
    Field(name="output_tokens", label="Output tokens"),
    Field(name="cache_read_tokens", label="Cached input tokens", help="Read from the cache."),
    Field(name="cost_reported", label="Cost", help="What the file says a row cost."),
    Field(name="user_id", label="User", help="Who caused it.", constant=True),
    Field(name="project", label="Project", constant=True),
    Field(name="provider", label="Provider", constant=True),
)
MORE: tuple[Field, ...] = (
    Field(name="organization", label="Organisation", constant=True),
    Field(name="team", label="Team", constant=True),
    Field(name="customer", label="Customer", constant=True),
    Field(name="feature", label="Feature", constant=True),
    Field(name="agent", label="Agent", help="Assistants are agents here.", constant=True),
    Field(name="session_id", label="Session"),
    Field(name="conversation_id", label="Conversation"),
    Field(name="environment", label="Environment", constant=True),
    Field(name="repository", label="Repository", constant=True),
    Field(name="api_key", label="API key", help="An alias; what looks like a key is hashed."),
    Field(name="service_type", label="Service type", constant=True),
    Field(name="status", label="Status", help="ok, error or cancelled."),
    Field(name="error_type", label="Error type"),
    Field(name="latency_ms", label="Latency, ms"),
    Field(name="ttft_ms", label="Time to first token, ms"),
    Field(name="ended_at", label="End of the call"),
    Field(name="requests", label="Requests", help="How many calls a row stands for."),
    Field(name="total_tokens", label="Total tokens", help="Only compared with the sum."),
    Field(name="cache_write_tokens", label="Tokens written to cache"),
    Field(name="cache_write_1h_tokens", label="Written to cache for 1 hour"),
    Field(name="reasoning_tokens", label="Reasoning tokens"),
    Field(name="credits", label="Credits"),
    Field(name="trace_id", label="Trace id"),
)
FIELDS: dict[str, Field] = {field.name: field for field in (*FIRST, *MORE)}
_FROM_LANGUAGE = {"model_raw": "model"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was chosen so far; `text` is the file. Columns are named as an inspection names them."""

    name: str = "my-source"
    label: str = ""
    kind: str = "csv"
    required: tuple[str, ...] = ()
    unnest: str | None = None
    grain: str = "request"
    convention: str | None = None
    time: str | None = None
    unit: str = "auto"
    zone: str | None = None
    ids: tuple[str, ...] = ()
    columns: tuple[tuple[str, Value], ...] = ()
    cost_unit: str = "usd"
    currency: str = "USD"
    zero_free: bool = False
    delimiter: str | None = None
    decimal: str = "."
    thousands: str = ""

    @property
    def has_parts(self) -> bool:
        """Whether the file counts parts of its tokens, so that a convention must be stated."""
        return any(name in PARTS for name, _ in self.columns)

    @property
    def lacks(self) -> str:
        """What is still missing before it can be tried; "" when nothing is."""
        if self.time is None:
            return "Choose the column with the time."
        if self.has_parts and self.convention is None:
            return "Say whether the input tokens include the cached ones."
        if not self.required:
            return "Name at least one column by which your files are recognised."
        return ""

    @property
    def document(self) -> dict[str, Any]:
        """The mapping in the shape of its YAML file."""
        made: dict[str, Any] = {"name": self.name, "label": self.label or self.name}
        kinds = list(JSON_KINDS) if self.kind in JSON_KINDS else [self.kind]
        made["match"] = {"kinds": kinds, "all": list(self.required)}
        if self.unnest:
            made["rows"] = {"unnest": self.unnest}
        made["grain"] = self.grain
        if self.has_parts and self.convention:
            made["convention"] = self.convention
        if self.zero_free:
            made["zero_cost"] = "free"
        made["time"] = {"column": self.time, "unit": self.unit}
        if self.zone:
            made["time"]["zone"] = self.zone
        if self.ids:
            made["id"] = {"columns": list(self.ids)}
        made["columns"] = {name: self._value(name, value) for name, value in self.columns}
        if self.kind == "csv":
            made["csv"] = {"delimiter": self.delimiter or ",", "decimal": self.decimal}
            if self.thousands:
                made["csv"]["thousands"] = self.thousands
        return made

    @property
    def text(self) -> str:
        """The file data/settings/sources/<name>.yaml."""
        return yaml.safe_dump(self.document, sort_keys=False, allow_unicode=True, width=100)

    def _value(self, name: str, value: Value) -> Any:
        if name != "cost_reported":
            return value if isinstance(value, str) else dict(value)
        said: dict[str, Any] = {"column": value} if isinstance(value, str) else dict(value)
        if self.cost_unit != "usd":
            said["unit"] = self.cost_unit
        return said | {"currency": self.currency}


def of_proposal(proposal: Mapping[str, Any] | None, kind: str, delimiter: str | None) -> Draft:
    """Where a person starts: what was guessed of the file, or next to nothing."""
    if proposal is None:
        return Draft(kind=kind, delimiter=delimiter)
    time, csv = proposal["time"], proposal.get("csv", {})
    named = (
        (_FROM_LANGUAGE.get(name, name), value)
        for name, value in proposal.get("columns", {}).items()
    )
    unit = str(time.get("unit") or "auto")
    return Draft(
        kind=kind,
        required=tuple(proposal["match"]["all"]),
        convention=proposal.get("convention"),
        time=time["column"],
        unit=unit if unit in UNITS or "%" in unit else "auto",
        ids=tuple(proposal.get("id", {}).get("columns", ())),
        columns=tuple((name, value) for name, value in named if name in FIELDS),
        delimiter=csv.get("delimiter") or delimiter,
        decimal=csv.get("decimal", "."),
        thousands=csv.get("thousands", ""),
    )
