"""Where a number comes from: value, formula, selection, rows, provenance, SQL (METRICS.md 4.14)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from analytics_core.export.command import command
from analytics_core.export.curl import curl
from analytics_core.reports.reported import behind, figure
from analytics_core.semantics.filters import Pick
from analytics_core.semantics.format import exact, moment_text, text
from analytics_core.semantics.measure import MEASURES, Measure
from analytics_core.semantics.names import Names
from analytics_core.semantics.period import Period
from analytics_core.semantics.query import Query
from analytics_core.semantics.unit import Unit
from analytics_core.store.explained import Explained
from analytics_core.store.view import View
from analytics_core.ui import address, state
from analytics_core.ui.escape import md_escape
from analytics_core.ui.unfold import unfold


def explain(view: View, query: Query, name: str, about: str = "") -> None:
    """A button that opens the explanation of the answer to `query`.

    `about` is the measure it speaks of; by default all of the query's, or the first where a report
    answers that.
    """
    unfold("Explain", name, lambda: _draw(view, query, about))


def _draw(view: View, query: Query, about: str) -> None:
    by = query.by[0] if query.by else None
    plain = tuple(name for name in query.measures if not MEASURES[name].report)
    names = (about,) if about else plain if query.measures[0] in plain else query.measures[:1]
    measures = [MEASURES[name] for name in names]
    if measures[0].report:
        asked = behind(names[0], by)
        how = view.explained(asked)
        known = {names[0]: dict(how.known)[asked.measures[0]]}
    else:
        how = view.explained(replace(query, measures=plain))
        known = dict(how.known)
    for measure in measures:
        whole = figure(view, measure.name, by)
        st.markdown(f"**{measure.label}**: {md_escape(exact(whole, measure.unit))}")
        st.caption(f"{measure.description} Formula: {md_escape(measure.formula)}")
    with st.container(gap="xxsmall"):
        for label, words in _lines(view, measures, how, known):
            st.markdown(f":small[**{label}** {md_escape(words)}]")
    st.caption("The same question on the command line")
    st.code(command(query, view.filters, state.username()), language="bash", wrap_lines=True)
    base = address.base()
    if base is not None:
        st.caption("The same question over HTTP, with an API token")
        st.code(curl(base, query, view.filters), language="bash", wrap_lines=True)
    with st.expander("SQL with its values"):
        for statement, values in zip(how.sql, how.params, strict=True):
            st.code(statement, language="sql", wrap_lines=True)
            st.code("\n".join(f"{k} = {v}" for k, v in values), language=None, wrap_lines=True)


def _lines(
    view: View, measures: Sequence[Measure], how: Explained, known: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    period = view.filters.period
    zone = period.calendar.zone
    yield "Period", f"{_range(period, zone)} ({zone}), the end not included"
    if zone != "UTC":
        yield "in UTC", _range(period, "UTC")
    yield "Filters", "; ".join(_picked(p, view.names) for p in view.filters.picks) or "none"
    yield "Scope", f"you see {state.scope_words()}"
    yield "Rows", f"{_events(how.rows)}, {_known(measures, known)}"
    money = any(measure.unit is Unit.USD for measure in measures)
    if money:
        yield "Provenance", _provenance(how)
    left_out = _left_out(how) if money else ""
    if left_out:
        yield "Left out", left_out
    until = how.data_until
    upto = f", data up to {moment_text(until, zone)}" if until else ""
    yield "Data", f"version {how.version}{upto}"
    report = f"the report '{measures[0].report}' from " if measures[0].report else ""
    yield "Answered by", f"{report}{how.store} in {how.ms:,.0f} ms"


def _known(measures: Sequence[Measure], known: Mapping[str, int]) -> str:
    """How many rows have a known value, of each measure where there are several."""
    if len(measures) == 1:
        return f"{known[measures[0].name]:,} of them with a known value"
    each = ", ".join(f"{measure.label} in {known[measure.name]:,}" for measure in measures)
    return f"known values of {each}"


def _range(period: Period, zone: str) -> str:
    return f"{moment_text(period.start, zone)} – {moment_text(period.end, zone)}"


def _picked(pick: Pick, names: Names) -> str:
    labels = ", ".join(names.label(pick.dimension, value) for value in pick.values)
    return f"{pick.of.label}: {labels or 'nothing'}"


def _provenance(how: Explained) -> str:
    facts = how.facts
    if facts.reported is None or facts.computed is None:
        return "no cost above zero"
    shares = ((facts.reported, "reported by the source"), (facts.computed, "computed from prices"))
    return ", ".join(f"{text(s, Unit.RATIO)} {words}" for s, words in shares if s) or "free"


def _left_out(how: Explained) -> str:
    facts = how.facts
    if not facts.unpriced_events:
        return ""
    return (
        f"{_events(facts.unpriced_events)} without a price"
        f" ({text(facts.unpriced_tokens, Unit.TOKENS)} tokens)"
    )


def _events(number: int) -> str:
    return f"{number:,} {'event' if number == 1 else 'events'}"
