"""The first page of a tab comes in two steps: what fills the screen, then the rest.

A browser shows nothing before it has built everything it was sent, and a new tab has the whole
application to load besides. Streamlit lets a browser ask for something again after a while; busy, it
asks when it comes round to it, which is when the top of the page stands.
"""

from collections.abc import Callable

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analytics_core.semantics.filters import Scope
from analytics_core.ui import state
from analytics_core.ui.login import still_sees

SOON = 1.0  # seconds until the browser asks
_SHAPES = (340, 340)  # pixels: the panels that are to come
_TOP, _WHOLE = "top", "whole"  # how far the tab is


def rest(scope: Scope, draw: Callable[[], None]) -> None:
    """Draws what `draw` draws below the top of a page: at once, or a little later in a new tab.

    It is at once too where no browser is that could ask for it.
    """
    if st.session_state.get(state.DRAWN) is None and st.context.headers:
        _in_turn(scope, draw)
        return
    st.session_state[state.DRAWN] = _WHOLE
    with st.container():  # as deep as in a fragment, so that the browser keeps what it has
        draw()


@st.fragment(run_every=SOON)
def _in_turn(scope: Scope, draw: Callable[[], None]) -> None:
    drawn = st.session_state.get(state.DRAWN)
    if drawn is None:
        st.session_state[state.DRAWN] = _TOP
        for height in _SHAPES:
            st.skeleton(height)
    elif drawn == _TOP and still_sees(scope):
        st.session_state[state.DRAWN] = _WHOLE
        _ask_no_more()
        draw()
    else:  # something in it was touched: the page runs, and from now on whole
        st.rerun()


def _ask_no_more() -> None:
    """Stops the browser's clock, as Streamlit does for a fragment that is gone.

    There is no public way. If it has no effect one day, the next tick runs the page, which ends it.
    """
    context = get_script_run_ctx()
    if context is not None:
        said = ForwardMsg()
        said.stop_auto_rerun.fragment_ids.extend(context.fragment_ids_this_run or ())
        context.enqueue(said)
