"""What the pages of one member have in common: which one, the way back, or which to choose."""

from typing import cast

import streamlit as st

from analytics_core.semantics.dimension import Dimension, dimension
from analytics_core.semantics.filters import ME
from analytics_core.store.view import View
from analytics_core.ui import header, links, state
from analytics_core.ui.escape import md_escape
from analytics_core.ui.links import DETAIL, LISTS

OFFERED = 200  # members in the box that chooses one


def chosen(view: View, of: str) -> str | None:
    """The one member (URL value, "" for none) that is picked; None unless exactly one is."""
    values = view.filters.values(of)
    return (values[0] or "") if len(values) == 1 else None


def title(view: View, page: str, of: str, crumbs: str) -> None:
    """The member's name as the title, and under it the way back to all of them."""
    one = chosen(view, of)
    mine = one is not None and state.picked(of) == [ME]
    name = (
        page
        if one is None
        else "My usage"
        if mine
        else md_escape(view.names.label(of, one or None))
    )
    header.title(name, crumbs)
    what = dimension(of)
    links.link(LISTS[of], f"All {what.plural}", ":material/arrow_back:", without=(of,))


def choose(view: View, of: str) -> None:
    """Asks which member the page is to show; those seen last are offered.

    Who may see no page of users sees themselves alone, so there is nothing to ask.
    """
    if of == "user" and not links.leads_to(LISTS[of]):
        links.go(DETAIL[of], {of: ME})
    what = dimension(of)
    known = view.options(of, limit=OFFERED + 1)["member"]
    values = [cast(str, v) for v in known if v is not None][:OFFERED]
    with st.container(border=True, key="detail.choose"):
        st.subheader(f"Choose one {what.label.lower()}", anchor=False)
        if not values:
            st.markdown(f"No event names a {what.label.lower()}.")
            return
        labels = view.names.labels(of, values)
        picked = st.selectbox(
            what.label,
            values,
            index=None,
            key=f"detail.{of}",
            format_func=labels.__getitem__,
            placeholder=f"Which {what.label.lower()}?",
            label_visibility="collapsed",
        )
        if len(known) > OFFERED:
            st.caption(f"These {OFFERED} were seen last. {_others(of, what)}")
        if picked is not None:
            links.go(DETAIL[of], {of: picked})


def _others(of: str, what: Dimension) -> str:
    """How to get at one that is not offered."""
    if links.leads_to(LISTS[of]):
        return f"“All {what.plural}” above has every one of the period."
    return "Filters in the sidebar find the others."
