"""One event as a dialog with an address of its own: the URL key `event` of a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl
import streamlit as st

from analytics_core.export.event import as_json
from analytics_core.reports.activity import Event, event
from analytics_core.semantics.dimension import DIMENSIONS
from analytics_core.semantics.format import exact, text
from analytics_core.semantics.names import Names, beside_id
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.sql_rows import Mark
from analytics_core.store.view import View
from analytics_core.ui import links, state
from analytics_core.ui.errors import edge
from analytics_core.ui.escape import md_escape
from analytics_core.ui.row_columns import ITEM_COLUMNS, time_text
from analytics_core.ui.tables import TOTAL, table

KEY = state.Key("event")
WIDTH = 620  # pixels of the drawer; a phone gives it all it has
_LINE = ("rule", "quantity_micro", "unit", "unit_price")  # columns of one line of the cost
_HOW = {
    "reported": "as the source reports it",
    "computed": "computed from the price book",
    "free": "free",
    "unpriced": "no price is known",
}
_BY_COLUMN = {d.column: d for d in DIMENSIONS.values() if not d.items}
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Whose", ("organization", "team", "user_id", "project", "repository", "customer", "feature",
               "agent", "session_id", "conversation_id", "environment", "api_key")),
    ("What", ("event_type", "service_type", "operation", "provider", "model", "model_raw",
              "service_tier", "context_window", "requests", "grain")),
    ("How it went", ("status", "error_type", "finish_reason", "http_status", "latency_ms",
                     "ttft_ms", "stream", "cache_hit", "ended_at")),
    ("Tokens", ("input_tokens", "cache_read_tokens", "cache_write_tokens",
                "cache_write_1h_tokens", "output_tokens", "reasoning_tokens")),
    ("Money", ("cost_reported_nano", "cost_computed_nano", "cost_list_nano", "cache_savings_nano",
               "credits_nano", "price_version")),
    ("Where it is from", ("event_id", "source", "trace_id")),
)  # fmt: skip
_LABELS = {
    "model_raw": "Model as given", "requests": "Requests", "grain": "Row stands for",
    "context_window": "Context window", "error_type": "Error", "finish_reason": "Finish reason",
    "http_status": "HTTP status", "latency_ms": "Latency", "ttft_ms": "Time to first token",
    "stream": "Streamed", "cache_hit": "From the gateway's cache", "ended_at": "Ended",
    "input_tokens": "Input tokens (incl. cached)", "cache_read_tokens": "Read from cache",
    "cache_write_tokens": "Written to cache", "cache_write_1h_tokens": "Written for 1 hour",
    "output_tokens": "Output tokens (incl. reasoning)", "reasoning_tokens": "Reasoning",
    "cost_reported_nano": "Reported cost", "cost_computed_nano": "Computed cost",
    "cost_list_nano": "At list prices", "cache_savings_nano": "Cache savings",
    "credits_nano": "Credits", "price_version": "Price book", "event_id": "Event",
    "trace_id": "Trace",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class EventDialog:
    """The dialog of the event that the URL names; no part of the page when it names none."""

    def questions(self, view: View) -> Sequence[Query]:
        """None."""
        return ()

    def present(self, view: View) -> bool:
        """Whether an event is open."""
        return bool(state.own(KEY.name))

    def draw(self, view: View) -> None:
        """Draws the dialog over the page."""
        with edge("event"):
            mark = mark_of(state.own(KEY.name))
            found = event(view, mark) if mark else None
            zone = view.filters.period.calendar.zone
            names = view.names
            title = _title(found, zone, names) if found else "Event"
            dialog = st.dialog(title, width=WIDTH, position="right", on_dismiss=close)
            dialog(_draw)(found, zone, names)


def show(mark: Mark) -> None:
    """For callbacks: opens the event of a mark."""
    at = mark.started_at.astimezone(UTC).replace(tzinfo=None).isoformat()
    st.session_state[state.of_own(KEY.name)] = f"{at}~{mark.event_id}"
    state.move()


def close() -> None:
    """For callbacks: closes the dialog."""
    st.session_state[state.of_own(KEY.name)] = ""


def mark_of(text: str) -> Mark | None:
    """The mark that a URL names; None where it names none."""
    at, _, event_id = text.partition("~")
    try:
        started = datetime.fromisoformat(at).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Mark(started, event_id) if 1970 <= started.year < 9999 else None


def _title(found: Event, zone: str, names: Names) -> str:
    kind = names.label("event_type", found.fields["event_type"])
    return f"{md_escape(kind)}, {time_text(found.fields, zone)}"


def _draw(found: Event | None, zone: str, names: Names) -> None:
    with edge("event"):
        if found is None:
            st.info("This event is not available to you.")
            return
        _cards(found)
        st.caption(f"All times in {md_escape(zone)}.")
        _cost(found, names)
        _links(found, names)
        _table(found, zone, names)
        _unsaid(found)
        _metadata(found)
        with st.expander("Copy as JSON", icon=":material/data_object:"):
            st.code(as_json(found), language="json", wrap_lines=True)


def _cards(found: Event) -> None:
    fields = found.fields
    with st.grid(columns=4, min_column_width=120, gap="small"):
        for label, name, unit in (
            ("Cost", "cost_nano", Unit.USD),
            ("Input tokens", "input_tokens", Unit.TOKENS),
            ("Output tokens", "output_tokens", Unit.TOKENS),
            ("Latency", "latency_ms", Unit.MILLISECONDS),
        ):
            value = text(fields[name], unit, additive=unit is not Unit.USD)
            st.metric(label, md_escape(value), border=True)


def _cost(found: Event, names: Names) -> None:
    """The lines the cost is made of, to the last digit, and how it is known."""
    rows = list(found.items.iter_rows(named=True))
    costs = [*found.items["cost_nano"], found.fields["cost_nano"]]
    lines = {
        c.label: [*(c.text(row, names) for row in rows), ""]
        for c in ITEM_COLUMNS
        if c.field in _LINE
    }
    lines["Pricing rule"][-1] = TOTAL
    lines["Cost"] = [exact(cost, Unit.USD) for cost in costs]
    config = {
        name: st.column_config.TextColumn(alignment="right")
        for name in ("Quantity", "Unit price", "Cost")
    }
    st.caption(f"The cost, line by line: {_HOW[found.fields['cost_source']]}.")
    order = ("Pricing rule", "Cost", "Quantity", "Unit", "Unit price")
    table(pl.DataFrame(lines), config, "event.cost", seen=len(costs), order=order)


def _links(found: Event, names: Names) -> None:
    """To the pages of whom it belongs to, with the same selection."""
    there = [
        (name, found.fields[DIMENSIONS[name].column])
        for name in links.DETAIL
        if links.leads_to(links.DETAIL[name]) and found.fields[DIMENSIONS[name].column]
    ]
    if there:
        with st.container(horizontal=True, gap="small"):
            for name, value in there:
                label = f"{DIMENSIONS[name].label}: {md_escape(names.label(name, value))}"
                links.link(links.DETAIL[name], label, picks={name: value})


def _known(found: Event, fields: Sequence[str], zone: str, names: Names) -> list[tuple[str, str]]:
    """Label and text of the fields that the source says."""
    return [
        (_label(name), _text(found.fields, name, zone, names))
        for name in fields
        if found.fields[name] is not None
    ]


def _label(name: str) -> str:
    return _LABELS[name] if name in _LABELS else _BY_COLUMN[name].label


def _text(fields: Mapping[str, Any], name: str, zone: str, names: Names) -> str:
    value = fields[name]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return time_text({"started_at": value}, zone)
    if name.endswith("_nano"):
        return exact(value, Unit.CREDITS if name == "credits_nano" else Unit.USD)
    if name.endswith("_ms"):
        return text(value, Unit.MILLISECONDS)
    if name.endswith("_tokens"):
        return f"{value:,}"
    of, said = _BY_COLUMN[name].name if name in _BY_COLUMN else "", str(value)
    label = names.label(of, said)
    return beside_id(label, said) if label == names.given.get((of, said)) else label


def _table(found: Event, zone: str, names: Names) -> None:
    """Every known field, in groups; names and texts are untrusted."""
    groups = [(title, _known(found, fields, zone, names)) for title, fields in GROUPS]
    groups.append(("Tags", sorted((found.fields["tags"] or {}).items())))
    if found.file is not None:
        groups.append(("File", [("Name", found.file), ("Row", f"{found.fields['row']:,}")]))
    rows: list[dict[str, str]] = []
    for title, pairs in groups:
        if pairs:
            rows.append({"name": f"**{title}**", "text": ""})
            rows += [{"name": f":gray[{md_escape(k)}]", "text": md_escape(v)} for k, v in pairs]
    st.table(rows, border="horizontal", hide_index=True, hide_header=True)


def _metadata(found: Event) -> None:
    said = found.fields["metadata"]
    if said:
        st.caption("Metadata")
        st.code(said, language="json", wrap_lines=True)


def _unsaid(found: Event) -> None:
    names = [_label(n) for _, fields in GROUPS for n in fields if found.fields[n] is None]
    if names:
        st.caption(f"The source does not say: {', '.join(names)}.")
