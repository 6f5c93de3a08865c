"""The figures at the top of a page, each with its change, its course and its explanation."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import streamlit as st

from analytics_core.export.sheet import Sheet, of_cards
from analytics_core.reports import breakdown as parts_of
from analytics_core.reports.active_projects import QUESTION as PROJECTS
from analytics_core.reports.active_projects import active_projects
from analytics_core.reports.adoption import NAMES as OF_MEMBERS
from analytics_core.reports.compare import Change
from analytics_core.reports.reported import NEEDS
from analytics_core.reports.span import until
from analytics_core.reports.summary import Card, Summary, earlier, summary
from analytics_core.reports.summary import questions as summary_questions
from analytics_core.semantics.format import UNKNOWN, shown, text
from analytics_core.semantics.format import change as change_text
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.view import View
from analytics_core.ui import links
from analytics_core.ui.errors import edge
from analytics_core.ui.escape import md_escape
from analytics_core.ui.explain import explain
from analytics_core.ui.headings import heading
from analytics_core.ui.page_file import remember

NOTABLE = 0.1  # a change is coloured only beyond this, and only where it is better or worse
_BESIDE = {"session_duration_median": "Median"}  # below the average, which says of what
LARGE = 11  # letters of a name that a card has room for in the size of a figure


def here(view: View) -> View:
    """The page's own View."""
    return view


@dataclass(frozen=True, slots=True)
class Own:
    """A card with a label of its own, or of another View than the page's; compared with what.

    `beside` is a measure that is said in a line below the figure; `otherwise` the measure that
    stands in its place where it is unknown.
    """

    label: str
    measure: str
    how: Callable[[View], View] = here
    versus: str = "vs prev"
    beside: str = ""
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A card of text: its heading; a text and a line below it; the question they answer."""

    label: str
    says: Callable[[View], tuple[str, str]]
    question: Query


def leading(label: str, by: str, measure: str) -> Words:
    """The card of the member with most of an additive measure, and its share of the whole."""
    question, _ = parts_of.questions(measure, by, 1)

    def says(view: View) -> tuple[str, str]:
        parts = parts_of.breakdown(view, measure, by, top=1).parts
        first = next((part for part in parts if part.member.kind == "member"), None)
        if first is None or first.value is None:
            return UNKNOWN, ""
        share = text(first.share, Unit.RATIO)
        return first.label, f"{share} of {MEASURES[measure].label.lower()}"

    return Words(label, says, question)


@dataclass(frozen=True, slots=True)
class Cards:
    """One card each, six in a row on a desk, two on a phone; `page` is in their keys.

    A name stands for that measure of the page's View. `note` is a line below them. Measures in
    `optional` have no card while they are unknown, and were before. `of` is the dimension that
    adoption and its kin are of. With `once` they are of something that happened once: a change
    against the period before and a course over this one would say nothing.
    """

    page: str
    cards: tuple[str | Own | Words, ...]
    note: Callable[[View], str] | None = None
    optional: tuple[str, ...] = ()
    of: str = ""
    once: bool = False

    def questions(self, view: View) -> Sequence[Query]:
        """The figures of the page's View and their course over it."""
        asked = summary_questions(view.filters.period, self._measures(here))
        words = (card.question for card in self.cards if isinstance(card, Words))
        beside = (Query((own.beside,)) for own in self._figures() if own.beside and own.how == here)
        projects = (PROJECTS,) if "active_projects" in self.cards else ()
        return (*asked, *words, *beside, *projects)

    def questions_before(self, view: View) -> Sequence[Query]:
        """The figures of the period before."""
        return earlier(self._measures(here))

    def present(self, view: View) -> bool:
        """Always: a figure nobody knows is shown as unknown."""
        return True

    def draw(self, view: View) -> None:
        """Draws the cards, and below them what has no price."""
        with edge(f"{self.page}.cards"):
            figures = {
                how: summary(how(view), self._measures(how), self.of or None)
                for how in dict.fromkeys((here, *(own.how for own in self._figures())))
            }
            shown = [card for card in self.cards if not self._absent(card, figures[here])]
            with st.grid(
                columns=len(shown),
                min_column_width=150,
                gap="xsmall",
                key=f"{self.page}.cards",
            ):
                for card in shown:
                    if isinstance(card, Words):
                        _words(view, self.page, card)
                        continue
                    own, found = _known(_own(card), figures)
                    _figure(own.how(view), self, own, found)
            remember(view, f"{self.page}.cards", "Figures", lambda: self._sheet(figures))
            if self.note:
                st.caption(md_escape(self.note(view)))
            _unpriced(figures[here])

    def _sheet(self, figures: Mapping[Callable[[View], View], Summary]) -> Sheet:
        shown = [_known(own, figures) for own in self._figures()]
        return of_cards([(own.label, card) for own, card in shown])

    def _absent(self, card: str | Own | Words, figures: Summary) -> bool:
        if not isinstance(card, str) or card not in self.optional:
            return False
        found = figures.card(card)
        return found.value is None and not found.change.previous

    def _figures(self) -> tuple[Own, ...]:
        return tuple(_own(card) for card in self.cards if not isinstance(card, Words))

    def _measures(self, how: Callable[[View], View]) -> tuple[str, ...]:
        """The measures of the cards that look at that View; a question is never without one."""
        mine = [card for card in self._figures() if card.how == how]
        names = [card.measure for card in mine] + [card.otherwise for card in mine]
        return tuple(dict.fromkeys(filter(None, names))) or ("events",)


def _own(card: str | Own) -> Own:
    return Own(heading(MEASURES[card]), card) if isinstance(card, str) else card


def _known(own: Own, figures: Mapping[Callable[[View], View], Summary]) -> tuple[Own, Card]:
    """The card and its figure, or those that stand in its place."""
    found = {card.measure.name: card for card in figures[own.how].cards}
    if own.otherwise and found[own.measure].value is None:
        own = replace(own, label=MEASURES[own.otherwise].label, measure=own.otherwise, beside="")
    return own, found[own.measure]


def reached(view: View) -> bool:
    """Whether the data reach into the period at all; if not, nothing is known of it."""
    return until(view) > view.filters.period.start


def _figure(view: View, cards: Cards, own: Own, card: Card) -> None:
    measure = card.measure
    name = _name(cards.page, own.measure if own.label == heading(measure) else own.label)
    delta = _delta(card.change, measure) if reached(view) else UNKNOWN
    with st.container(border=True, height="stretch", gap="xxsmall", key=name):
        st.metric(
            own.label,
            _value(view, card),
            delta=None if cards.once else delta,
            delta_color=_colour(card.change, measure),
            delta_arrow=_arrow(card.change),
            delta_description=None if cards.once else own.versus,
            help=NEEDS.get(measure.name) if card.value is None else None,
            chart_data=None if cards.once else _course(card),
            chart_type="area",
            height="stretch",
        )
        if own.beside:
            _beside(view, MEASURES[own.beside])
        by = (cards.of,) if measure.name in OF_MEMBERS else ()
        explain(view, Query((measure.name,), by), name)


def _beside(view: View, measure: Measure) -> None:
    """A second figure in one line; one that is unknown for want of requests says how many it needs."""
    value = view.ask(Query((measure.name,)))[measure.name][0]
    few = value is None and measure.least
    st.caption(
        f"{_BESIDE.get(measure.name, measure.label)} {text(value, measure.unit, additive=measure.additive)}",
        help=f"Needs at least {measure.least} requests that know it" if few else None,
    )


def _words(view: View, page: str, card: Words) -> None:
    value, below = card.says(view)
    shown = md_escape(value)
    name = _name(page, card.label)
    with st.container(border=True, height="stretch", gap="xxsmall", key=name):
        st.metric(
            card.label,
            shown if len(value) <= LARGE else f":small[**{shown}**]",
            delta=md_escape(below),
            delta_color="off",
            delta_arrow="off",
            height="stretch",
        )
        explain(view, card.question, name)


def _name(page: str, label: str) -> str:
    return f"{page}.card.{label.lower().replace(' ', '_')}"


def _value(view: View, card: Card) -> str:
    measure = card.measure
    if not reached(view):
        return UNKNOWN
    if measure.name == "active_projects":
        projects = active_projects(view)
        return f"{text(projects.active, measure.unit)}/{text(projects.total, measure.unit)}"
    return text(card.value, measure.unit, additive=measure.additive)


def _course(card: Card) -> list[float] | None:
    """The figure bucket by bucket as the card draws it; not a number where it is unknown."""
    if all(figure is None for figure in card.course):
        return None
    numbers = (shown(figure, card.measure.unit) for figure in card.course)
    return [math.nan if number is None else float(number) for number in numbers]


def _delta(change: Change, measure: Measure) -> str:
    if change.state == "no_base":
        return UNKNOWN  # the line above the page says why
    return change_text(change.current, change.previous, measure.unit)


def _arrow(change: Change) -> Literal["up", "down", "off"]:
    if change.state not in ("ok", "new") or not change.delta:
        return "off"
    return "up" if change.delta > 0 else "down"


def _colour(change: Change, measure: Measure) -> Literal["off", "green", "red"]:
    if change.ratio is None or abs(change.ratio) <= NOTABLE or measure.better == "neither":
        return "off"
    rose = change.ratio > 0
    return "green" if rose == (measure.better == "higher") else "red"


def _unpriced(figures: Summary) -> None:
    count = figures.unpriced_requests
    if count:
        number = text(count, MEASURES["unpriced_requests"].unit)
        words = "request has no price and is" if count == 1 else "requests have no price and are"
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            said = f":orange[:material/warning:] {number} {words} not in the cost."
            st.caption(said, width="content")
            links.link("data", ":small[Which, and how to price them]", keys=links.PRICES)
