"""A panel of what one model costs by the price book, and how that changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

import polars as pl
import streamlit as st

from analytics_core.charts.steps import steps
from analytics_core.charts.theme import Colours, colours
from analytics_core.export.sheet import of_prices
from analytics_core.prices.price import Price
from analytics_core.reports.price_history import (
    PriceHistory,
    listed,
    price_history,
    providers,
    quantity,
    quoted,
)
from analytics_core.semantics.format import date_text, exact
from analytics_core.semantics.member import Member
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.semantics.zone import local
from analytics_core.store.view import View
from analytics_core.ui import controls, links, state
from analytics_core.ui.draw import draw
from analytics_core.ui.entity import is_dark, named
from analytics_core.ui.escape import md_escape
from analytics_core.ui.panel import Content, panel
from analytics_core.ui.tables import table

_ASKED = Query(("cost_per_million_tokens",))  # what Explain explains: what was really paid


@dataclass(frozen=True, slots=True)
class Prices:
    """A panel (`page.panel`) of the prices of the one model that is picked."""

    name: str
    title: str

    def questions(self, view: View) -> Sequence[Query]:
        """Who served the model."""
        return (Query(("requests",), ("provider",)),)

    def present(self, view: View) -> bool:
        """Whether one model is picked by its name."""
        return _model(view) is not None

    def draw(self, view: View) -> None:
        """Draws the panel."""
        panel(view, self.name, self.title, self._content)

    def _content(self, view: View) -> Content:
        served = providers(view) or ("",)
        provider = state.controlled(self.name, "provider", served)
        history = price_history(view, provider or None, _model(view) or "")
        zone = view.filters.period.calendar.zone
        rules = tuple(dict.fromkeys(step.rule for step in history.steps))
        hues = colours([Member(rule) for rule in rules])
        return Content(
            question=_ASKED,
            controls=lambda: self._controls(view, served, history),
            chart=lambda: self._chart(history, hues, zone),
            table=lambda: self._table(history, zone),
            sheet=lambda: of_prices(history.prices),
        )

    def _controls(self, view: View, served: Sequence[str], history: PriceHistory) -> None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            controls.choose_one(
                self.name, "provider", "Provider", served,
                lambda name: view.names.label("provider", name or None),
            )  # fmt: skip
            st.caption(md_escape(f"USD per 1M tokens; {history.origin}"))

    def _chart(self, history: PriceHistory, hues: Colours, zone: str) -> None:
        if not history.prices:
            _unpriced(history)
            return
        if not history.steps:
            st.info("This model is not priced by tokens: its prices are in the table.")
            return
        current = {step.rule: step for step in history.steps}
        with st.container(horizontal=True, gap="small", key=f"{self.name}.legend"):
            for rule, step in current.items():
                price = f":gray[{md_escape(exact(step.nano, Unit.USD))}]"
                dot = named(Member(rule), "pricing_rule", hues)
                st.markdown(f":small[{dot} {price}]", width="content")
        st.space("small")  # the chart's toolbar lies here
        drawing = steps(history, hues, zone, dark=is_dark())
        draw(drawing, state.of_panel(self.name, "chart"))

    def _table(self, history: PriceHistory, zone: str) -> None:
        if not history.prices:
            _unpriced(history)
            return
        rows = [_row(price, zone) for price in history.prices]
        headings = ("Price of", "When", "Valid", "Price", "Per", "List price", "From")
        right = ("Price", "List price")
        columns = {f"c{at}": pl.Series([row[at] for row in rows]) for at in range(len(headings))}
        config = {
            f"c{at}": st.column_config.TextColumn(
                heading, alignment="right" if heading in right else "left", pinned=at == 0
            )
            for at, heading in enumerate(headings)
        }
        table(pl.DataFrame(columns), config, state.of_panel(self.name, "table"))


def _model(view: View) -> str | None:
    picked = view.filters.values("model")
    return picked[0] if len(picked) == 1 else None


def _unpriced(history: PriceHistory) -> None:
    st.info(
        f"The price book knows no price of {md_escape(history.model)}: its usage has a cost only"
        " where the source reports one."
    )
    links.link("data", "Models without a price", ":material/arrow_forward:")


def _row(price: Price, zone: str) -> tuple[str, ...]:
    list_price = listed(price)
    return (
        Member(price.rule).label("pricing_rule"),
        _condition(price),
        _validity(price, zone),
        exact(quoted(price), Unit.USD),
        quantity(price),
        "" if list_price in (None, quoted(price)) else exact(list_price, Unit.USD),
        price.origin,
    )


def _condition(price: Price) -> str:
    """Which requests pay it: "batch, above 200,000 input tokens"; "" for every one."""
    words = [price.variant] if price.variant else []
    if price.tier_above:
        words.append(f"above {price.tier_above:,} input tokens")
    if price.tod_from is not None and price.tod_to is not None:
        words.append(f"{_clock(price.tod_from)}–{_clock(price.tod_to)} UTC")
    if price.folded:
        words.append("no price of its own")
    return ", ".join(words)


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second % 3600 // 60:02}"


def _validity(price: Price, zone: str) -> str:
    """The local days on which it begins and ends: "always", "since 1 May 2026", "until …"."""
    words: list[str] = []
    for word, moment in (("since", price.valid_from), ("until", price.valid_to)):
        if moment is not None:
            words.append(f"{word} {date_text(local(moment.replace(tzinfo=UTC), zone))}")
    return " ".join(words) or "always"
