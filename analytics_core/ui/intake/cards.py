"""The figures at the top of the Data page: how much there is, how fresh, how well priced."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import streamlit as st

from analytics_core.prices import book
from analytics_core.reports import ledger
from analytics_core.reports.span import whole
from analytics_core.semantics.format import UNKNOWN, date_text, text
from analytics_core.semantics.unit import Unit
from analytics_core.semantics.zone import local
from analytics_core.store.view import View
from analytics_core.ui.errors import edge


@dataclass(frozen=True, slots=True)
class Fact:
    """One card: its label, the figure, a line below it, and what it means."""

    label: str
    value: str
    below: str
    help: str


def draw(view: View, now: datetime) -> None:
    """The cards; those about files only for a reader who sees every row."""
    with edge("data.cards"):
        known = [*_facts(view, now)]
        with st.grid(columns=len(known), min_column_width=150, gap="small", key="data.cards"):
            for fact in known:
                with st.container(
                    border=True, height="stretch", gap="xxsmall", key=f"data.card.{fact.label}"
                ):
                    st.metric(fact.label, fact.value, help=fact.help)
                    st.caption(fact.below)


def _facts(view: View, now: datetime) -> Iterator[Fact]:
    until, zone = view.store.data_until, view.filters.period.calendar.zone
    everything = whole(view)
    facts = everything.facts() if everything else None
    newest = local(until, zone) if until else None
    yield Fact(
        "Data up to",
        _day(newest) if newest else UNKNOWN,
        f"{_year(newest, now)}{newest:%H:%M} · {_age(now, until)} ago"
        if newest and until
        else "no data yet",
        "The newest event of the whole store.",
    )
    if view.scope.everything:
        yield from _of_files(view)
    else:
        events = facts.rows if facts else 0
        yield Fact("Events", text(events, Unit.COUNT), "that you may see", "Of all times.")
    tokens = facts.unpriced_tokens if facts else 0
    share = facts.unpriced_tokens / facts.tokens if facts and facts.tokens else None
    yield Fact(
        "Unpriced tokens",
        text(tokens, Unit.TOKENS),
        f"{text(share, Unit.RATIO)} of all tokens",
        "Tokens of events for which no price is known; they are in no cost.",
    )
    as_of = book.PRICES_AS_OF
    yield Fact(
        "Price book of",
        _day(as_of),
        f"{_year(as_of, now)}{(now.date() - as_of).days:,} days old",
        "The newest price change in the price book that ships with this version.",
    )


def _of_files(view: View) -> Iterator[Fact]:
    held = view.store.manifest
    known = ledger.totals(held)
    waiting = known.quarantined
    yield Fact(
        "Files",
        text(known.files, Unit.COUNT),
        f"{waiting:,} in quarantine" if waiting else "none in quarantine",
        "Files whose rows stand in the store.",
    )
    yield Fact("Events", text(known.events, Unit.COUNT), "in the store", "Of all times.")
    share = known.rejected / known.read if known.read else None
    yield Fact(
        "Rejected rows",
        text(known.rejected, Unit.COUNT),
        f"{text(share, Unit.RATIO)} of rows read",
        "Rows of the files taken in that could not be used, each for a reason.",
    )


def _day(day: date) -> str:
    """26 Nov: a card has no room for the year, which stands below where it is another one."""
    return date_text(day).removesuffix(f" {day.year}")


def _year(day: date, now: datetime) -> str:
    return "" if day.year == now.year else f"{day.year} · "


def _age(now: datetime, until: datetime) -> str:
    """How old, in its largest unit: "55 min", "2 d"."""
    age = text(max((now - until).total_seconds(), 0), Unit.SECONDS)
    return " ".join(age.split()[:2])
