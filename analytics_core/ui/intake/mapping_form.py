"""The boxes of the mapping screen: which column is what, and how its values are written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from analytics_core.ingest.inspection import Inspection
from analytics_core.ingest.sources.draft import (
    CONVENTIONS,
    FIRST,
    MORE,
    Draft,
    Field,
    Value,
    of_proposal,
)
from analytics_core.ingest.sources.language import UNITS
from analytics_core.ingest.sources.proposal import TELLING
from analytics_core.ui import state
from analytics_core.ui.escape import md_escape

NOTHING, CONSTANT = "", "\0constant"  # no column is called so
OTHER = "format"
_FOLLOWS = "required.follows"  # the columns a file is known by, as long as nobody chose them
_UNITS = {
    "auto": "As it is written (ISO dates, numbers by their size)",
    "iso": "ISO date and time",
    "s": "Seconds since 1970",
    "ms": "Milliseconds since 1970",
    "us": "Microseconds since 1970",
    "ns": "Nanoseconds since 1970",
    OTHER: "Another way of writing dates …",
}
_DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar"}
_GRAINS = {"request": "One request", "bucket": "A sum of many (a day, an hour)"}
_COST_UNITS = {"usd": "Whole units (1.25)", "cents": "Cents", "nano": "Billionths"}


@dataclass(frozen=True, slots=True)
class Form:
    """The boxes of one file; each keeps its value in the session under the file's id."""

    file_id: str
    found: Inspection

    def key(self, part: str) -> str:
        """The session key of one box."""
        return state.of_panel("data.map", f"{self.file_id}.{part}")

    def seed(self) -> None:
        """Fills the boxes with what was guessed, the first time the file is mapped."""
        if st.session_state.get(self.key("seeded")):
            return
        draft = of_proposal(self.found.proposal, self.found.kind, self.found.delimiter)
        st.session_state[self.key("seeded")] = True
        unit = draft.unit if draft.unit in UNITS else OTHER
        seeds: dict[str, Any] = {
            "name": draft.name, "required": list(draft.required), _FOLLOWS: list(draft.required),
            "unnest": NOTHING,
            "grain": draft.grain, "convention": draft.convention, "time": draft.time or NOTHING,
            "unit": unit, "format": draft.unit if unit == OTHER else "", "zone": draft.zone or NOTHING,
            "ids": list(draft.ids), "cost_unit": draft.cost_unit, "currency": draft.currency,
            "zero_free": draft.zero_free, "delimiter": draft.delimiter or ",",
            "decimal": draft.decimal, "thousands": draft.thousands,
        }  # fmt: skip
        guessed = dict(draft.columns)
        for field in (*FIRST, *MORE):
            seeds[field.name] = _column_of(guessed.get(field.name))
        for part, value in seeds.items():
            st.session_state[self.key(part)] = value

    def draw(self) -> Draft:
        """Draws the boxes; what they say."""
        st.markdown("**When**")
        with st.grid(min_column_width=220, gap="small"):
            time = self._columns_box("Column with the time", "time")
            unit = self._box("How times are written", "unit", _UNITS)
            zone = st.selectbox(
                "Time zone",
                [NOTHING, *_zones()],
                key=self.key("zone"),
                help="Of times that name none themselves.",
                format_func=lambda name: name or "Not known: read as UTC, and counted",
                persist_state="session",
            )
        written = ""
        if unit == OTHER:
            written = st.text_input(
                "The way dates are written",
                key=self.key("format"),
                help="%d day, %m month, %Y year, %H hour, %M minute, %S second, %p AM or PM",
                placeholder="%d.%m.%Y %H:%M",
                persist_state="session",
            )
        st.markdown("**Who, what and how much**")
        columns = self._fields(FIRST)
        with st.expander(self._more_label()):
            columns += self._fields(MORE)
        return Draft(
            kind=self.found.kind, time=time or None, zone=zone or None, columns=tuple(columns),
            unit=(written.strip() or "auto") if unit == OTHER else unit or "auto",
            **self._meaning(columns), **self._shape(), **self._identity(time, dict(columns)),
        )  # fmt: skip

    def _more_label(self) -> str:
        filled = sum(bool(st.session_state.get(self.key(field.name))) for field in MORE)
        return f"More columns ({filled})" if filled else "More columns"

    def _fields(self, fields: Iterable[Field]) -> list[tuple[str, Value]]:
        """A box per column of the event, and the values of those that are filled."""
        found: list[tuple[str, Value]] = []
        with st.grid(min_column_width=220, gap="small"):
            for field in fields:
                with st.container(gap="xsmall"):
                    value = self._value(field)
                if value is not None:
                    found.append((field.name, value))
        return found

    def _value(self, field: Field) -> Value | None:
        chosen = self._columns_box(field.label, field.name, field.help, constant=field.constant)
        if chosen == CONSTANT:
            text = st.text_input(
                f"{field.label} of every row",
                key=self.key(f"{field.name}.constant"),
                persist_state="session",
            ).strip()
            return {"constant": text} if text else None
        if not chosen:
            return None
        guessed = dict((self.found.proposal or {}).get("columns", {})).get(field.name)
        return guessed if isinstance(guessed, Mapping) and _column_of(guessed) == chosen else chosen

    def _columns_box(
        self, label: str, part: str, explained: str = "", *, constant: bool = False
    ) -> str:
        names = [column.name for column in self.found.columns]
        options = [NOTHING, *([CONSTANT] if constant else []), *names]
        samples = {column.name: column.samples for column in self.found.columns}
        if st.session_state.get(self.key(part)) not in options:
            st.session_state[self.key(part)] = NOTHING
        return st.selectbox(
            label,
            options,
            key=self.key(part),
            help=explained or None,
            format_func=lambda name: _option(name, samples),
            persist_state="session",
        )

    def _box(self, label: str, part: str, known: Mapping[str, str]) -> str:
        return st.selectbox(
            label,
            list(known),
            key=self.key(part),
            format_func=known.__getitem__,
            persist_state="session",
        )

    def _meaning(self, columns: Sequence[tuple[str, Value]]) -> dict[str, Any]:
        """What tokens include and what a cost is counted in, where the file has these."""
        made: dict[str, Any] = {}
        named = dict(columns)
        if Draft(columns=tuple(columns)).has_parts:
            st.markdown("**Do the input tokens include the cached ones?**")
            if self._example(named):
                st.caption(md_escape(self._example(named)))
            made["convention"] = st.radio(
                "Tokens",
                CONVENTIONS,
                key=self.key("convention"),
                format_func=str.capitalize,
                captions=(
                    "Yes: input holds the cached tokens, output the reasoning.",
                    "No: cached tokens are counted beside the input.",
                    "Neither: cached tokens and reasoning are all counted apart.",
                ),
                label_visibility="collapsed",
                persist_state="session",
            )
        if "cost_reported" in named:
            with st.grid(min_column_width=220, gap="small"):
                made["cost_unit"] = self._box("Costs are written in", "cost_unit", _COST_UNITS)
                currency = st.text_input(
                    "Currency", key=self.key("currency"), max_chars=3, persist_state="session"
                )
                made["currency"] = currency.strip().upper() or "USD"
            made["zero_free"] = st.checkbox(
                "A cost of 0 means free (else it means that the file knows no price)",
                key=self.key("zero_free"),
                persist_state="session",
            )
        return made

    def _example(self, named: Mapping[str, Value]) -> str:
        """The question put to one row of the file; "" where no row shows it."""
        whole, part = (_column_of(named.get(n)) for n in ("input_tokens", "cache_read_tokens"))
        names = [column.name for column in self.found.columns]
        if whole not in names or part not in names:
            return ""
        at = names.index(whole), names.index(part)
        for record in self.found.records:
            total, cached = (self._number(record[place]) for place in at)
            if total and cached:
                return (
                    f"In one row they are {total:,} and {cached:,} cached. Was all input {total:,}"
                    f" (inclusive), or {total + cached:,} (exclusive)?"
                )
        return ""

    def _number(self, text: str | None) -> int | None:
        thousands = st.session_state.get(self.key("thousands")) or ""
        plain = (text or "").replace(thousands, "") if thousands else text or ""
        return int(plain) if plain.isdecimal() else None

    def _shape(self) -> dict[str, Any]:
        """How the file is laid out."""
        made: dict[str, Any] = {}
        st.markdown("**How the file is written**")
        with st.grid(min_column_width=220, gap="small"):
            made["grain"] = self._box("A row is", "grain", _GRAINS)
            if self.found.kind == "csv":
                made["delimiter"] = self._box("Columns are separated by", "delimiter", _DELIMITERS)
                made["decimal"] = self._box("Decimal mark", "decimal", {".": "1.5", ",": "1,5"})
                others = {"": "none", **{m: f"1{m}000" for m in ".,' " if m != made["decimal"]}}
                if st.session_state.get(self.key("thousands")) not in others:
                    st.session_state[self.key("thousands")] = ""
                made["thousands"] = self._box("Thousands separator", "thousands", others)
            if self.found.arrays:
                places = {
                    NOTHING: "Each record",
                    **{a: f"Each one in {a}" for a in self.found.arrays},
                }
                made["unnest"] = self._box("Rows are", "unnest", places) or None
        return made

    def _identity(self, time: str, named: Mapping[str, Value]) -> dict[str, Any]:
        """What the mapping is called, and by what files and rows are told from others."""
        names = [column.name for column in self.found.columns]
        telling = (time, *(_column_of(named.get(role)) for role in TELLING))
        self._follow([name for name in dict.fromkeys(telling) if name in names])
        st.markdown("**What it is called, and how it is known again**")
        for part in ("required", "ids"):
            held = st.session_state.get(self.key(part)) or []
            st.session_state[self.key(part)] = [name for name in held if name in names]
        with st.grid(min_column_width=220, gap="small"):
            name = st.text_input(
                "Name of the source",
                key=self.key("name"),
                max_chars=40,
                help="Small letters, digits and -. It is the value of the dimension Source.",
                persist_state="session",
            )
            required = st.multiselect(
                "A file is one of these when it has",
                names,
                key=self.key("required"),
                placeholder="Columns",
                select_all=False,
                persist_state="session",
            )
            ids = st.multiselect(
                "A row is known by",
                names,
                key=self.key("ids"),
                placeholder="All its values",
                help="Columns that together are the id of a request: the same request in a later "
                "file then counts once.",
                select_all=False,
                persist_state="session",
            )
        return {"name": name.strip(), "required": tuple(required), "ids": tuple(ids)}

    def _follow(self, wanted: list[str]) -> None:
        """Knows files by the columns chosen above, until somebody says by which.

        By its time alone a mapping would claim any table with a column called so.
        """
        if st.session_state.get(self.key("required")) == st.session_state.get(self.key(_FOLLOWS)):
            st.session_state[self.key("required")] = wanted
            st.session_state[self.key(_FOLLOWS)] = wanted


def _column_of(value: object) -> str:
    """The column a guessed value takes, "" for none."""
    if isinstance(value, Mapping):
        return str(value.get("column", NOTHING))
    return value if isinstance(value, str) else NOTHING


def _option(name: str, samples: Mapping[str, Sequence[str]]) -> str:
    if name == NOTHING:
        return "Not in the file"
    if name == CONSTANT:
        return "The same for every row …"
    shown = ", ".join(samples[name][:2])
    return f"{name} ({shown})" if shown else name


@lru_cache(maxsize=1)
def _zones() -> tuple[str, ...]:
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC"))
