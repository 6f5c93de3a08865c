"""Everything the app keeps between runs, by key, and the one way from page to page.

The URL decides, widgets move it: when the URL is not the one last written, it seeds the widgets;
when the widgets say something else than the URL, it is written, which is one step of Back.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from analytics_core.errors import BadValue, TokentallyError, did_you_mean
from analytics_core.export.csv import nonce as file_nonce
from analytics_core.semantics.dimension import DIMENSIONS
from analytics_core.semantics.filters import DEFAULT_PERIOD, Filters, is_dimension
from analytics_core.semantics.period import PRESETS, Calendar, Period

_URL = "url"  # the path and the parameters last read or written
_FILTERS = "filters"  # what they mean
_NONCE = "nonce"
_READER = "reader"
_BOXES = "boxes"  # the dimensions a widget was ever made to pick on
_MOVED = "moved"  # a panel changed the selection: the page runs again
DRAWN = "drawn"  # how far this tab is with its first page (ui/first_page.py)
_OWN = "own"  # (path, keys) of the open page
PERIOD, COUNT, START, END = "f.period", "f.n", "f.start", "f.end"
SHOWN = "shown"  # charts or tables, for the whole page
CHARTS, TABLES = "charts", "tables"
CLEAR, REFRESH = "clear", "refresh"
EARLIER, LATER = "month.earlier", "month.later"
_MONTH = re.compile(r"\d{4}-\d{2}")
DEFAULT_COUNT = {"days": 14, "hours": 6}


@dataclass(frozen=True, slots=True)
class Key:
    """One URL parameter that belongs to a page, not to the selection; `default` is not written."""

    name: str
    default: str = ""


def open_page(path: str, keys: Sequence[Key]) -> None:
    """Makes `keys` those of the page this run draws; the first thing said of it."""
    st.session_state[_OWN] = (path, tuple(keys))


def of_own(name: str) -> str:
    """The key of the widget behind a URL key of the open page; it holds the text of the URL."""
    return f"k.{st.session_state[_OWN][0]}.{name}"


def own(name: str) -> str:
    """What a URL key of the open page says, its default where it says nothing."""
    said: str | None = st.session_state.get(of_own(name))
    return _default(name) if said is None else said


def _default(name: str) -> str:
    return next(key.default for key in _own_keys() if key.name == name)


def own_choice(name: str, choices: Sequence[str]) -> str:
    """The key of a widget that chooses one of `choices`; the default where the URL says another."""
    said, default = own(name), _default(name)
    fallback = default if default in choices else choices[0]
    st.session_state[of_own(name)] = said if said in choices else fallback
    return of_own(name)


def _own_keys() -> tuple[Key, ...]:
    return st.session_state.get(_OWN, ("", ()))[1]


def path() -> str:
    """The path of the open page."""
    return st.session_state.get(_OWN, ("", ()))[0]


def of_dimension(name: str) -> str:
    """The key of the widget that picks on a dimension; it holds URL values ('' is NULL)."""
    return f"f.{name}"


def of_search(name: str) -> str:
    """The key of the text box that searches the members of a dimension."""
    return f"find.{name}"


def searched(name: str) -> str | None:
    """What is searched among the members of a dimension."""
    return st.session_state.get(of_search(name)) or None


def of_panel(panel: str, part: str) -> str:
    """The key of one control of one panel."""
    return f"panel.{panel}.{part}"


def url() -> dict[str, list[str]]:
    """The parameters of the URL that are a selection, a view of it, or the open page's own."""
    mine = {key.name for key in _own_keys()}
    return {
        k: st.query_params.get_all(k)
        for k in sorted(st.query_params)
        if k in ("period", "view") or k in mine or is_dimension(k)
    }


def shared_params(filters: Filters) -> dict[str, list[str]]:
    """What every page has in its URL: the selection, and charts or tables."""
    view = {"view": ["table"]} if tables() else {}
    return filters.to_params() | view


def params(filters: Filters) -> dict[str, list[str]]:
    """The URL of the open page."""
    mine = {key.name: [own(key.name)] for key in _own_keys() if own(key.name) != key.default}
    return shared_params(filters) | mine


def tables() -> bool:
    """Whether the page shows tables in place of charts."""
    return st.session_state.get(SHOWN, CHARTS) == TABLES


def read(now: datetime, calendar: Calendar) -> list[str]:
    """Lets the URL decide when it is not the one last written; says what it could not use.

    The sentences hold text from the URL.
    """
    asked = url()
    if st.session_state.get(_URL) == (path(), asked):
        return []
    problems = [
        f"There is no filter called '{name}'.{did_you_mean(name, ('period', *DIMENSIONS))}"
        for name in st.query_params
        if name not in asked
    ]
    try:
        filters = Filters.from_params(asked, now, calendar)
    except TokentallyError as wrong:
        problems.append(str(wrong))
        filters = _usable(asked, now, calendar)
    seed(filters)
    for key in _own_keys():
        st.session_state[of_own(key.name)] = (asked.get(key.name) or [key.default])[0]
    wanted = TABLES if asked.get("view") == ["table"] else CHARTS
    if st.session_state.get(SHOWN) != wanted:
        st.session_state[SHOWN] = wanted
        follow_page()
    return problems


def _usable(asked: Mapping[str, Sequence[str]], now: datetime, calendar: Calendar) -> Filters:
    """What can be used of parameters that cannot be used together: each part by itself."""
    good: dict[str, Sequence[str]] = {}
    for name, values in asked.items():
        try:
            Filters.from_params(good | {name: values}, now, calendar)
        except TokentallyError:
            continue
        good[name] = values
    return Filters.from_params(good, now, calendar)


def seed(filters: Filters) -> None:
    """Makes the widgets, not yet drawn in this run, say `filters`."""
    keep = st.session_state
    _seed_period(filters.period)
    for name in keep.get(_BOXES, ()):
        keep.pop(of_dimension(name), None)
    for pick in filters.picks:
        _put(pick.dimension, ["" if v is None else v for v in pick.values])
    keep[_FILTERS] = filters


def _seed_period(period: Period) -> None:
    keep = st.session_state
    name, _, number = period.kind.partition(":")
    if period.kind in PRESETS or _MONTH.fullmatch(period.kind):
        keep[PERIOD] = period.kind
    elif name in DEFAULT_COUNT:
        keep[PERIOD], keep[COUNT] = name, int(number)
    else:
        keep[PERIOD] = "custom"
    keep[START], keep[END] = period.local_start, period.local_end


def _put(name: str, values: Sequence[str]) -> None:
    """Makes the widget of a dimension say `values`."""
    st.session_state[of_dimension(name)] = list(values)
    st.session_state.setdefault(_BOXES, set()).add(name)


def picked_dimensions() -> list[str]:
    """The dimensions whose widget has a pick, in the order of their declaration, tags last."""
    # To go through st.session_state would look every value of it up.
    names = [name for name in st.session_state.get(_BOXES, ()) if picked(name)]
    order = {name: i for i, name in enumerate(DIMENSIONS)}
    return sorted(names, key=lambda n: (order.get(n, len(order)), n))


def picked(name: str) -> list[str]:
    """The URL values picked on a dimension; [] when nothing is."""
    return list(st.session_state.get(of_dimension(name), []))


def prune(name: str, allowed: Iterable[str]) -> list[str]:
    """Takes picks that are not `allowed` out, before the widget exists; returns them."""
    allowed, had = set(allowed), picked(name)
    _put(name, [v for v in had if v in allowed])
    return [v for v in had if v not in allowed]


def period(now: datetime, calendar: Calendar) -> Period:
    """The period the widgets say. Raises BadValue when a custom range is none."""
    keep = st.session_state
    name: str = keep.get(PERIOD) or DEFAULT_PERIOD
    if name in PRESETS and PRESETS[name].counted:
        return Period.parse(f"{name}:{keep.get(COUNT) or DEFAULT_COUNT[name]}", now, calendar)
    if name != "custom":
        return Period.parse(name, now, calendar)
    start, end = keep.get(START), keep.get(END)
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        raise BadValue("period", "", "a start and an end")
    return Period.parse(f"{start.isoformat()}..{end.isoformat()}", now, calendar)


def selection(now: datetime, calendar: Calendar) -> Filters:
    """What the widgets say; a period they cannot say stays as it was."""
    keep = st.session_state
    try:
        chosen = period(now, calendar)
    except TokentallyError:
        chosen = filters().period
    picks = Filters(chosen)
    for name in picked_dimensions():
        picks = picks.pick(name, [v or None for v in picked(name)])
    keep[_FILTERS] = picks
    return picks


def filters() -> Filters:
    """The selection of this run, @me unresolved."""
    return st.session_state[_FILTERS]


def write() -> None:
    """Writes the selection to the URL if it says something else: one step of Back."""
    wanted = params(filters())
    if wanted != _normal(url()):
        st.query_params.from_dict(wanted)
    st.session_state[_URL] = (path(), url())


def _normal(asked: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Parameters with the values of a pick in the order in which they are written."""
    shown = {k: list(v) for k, v in asked.items()}
    for name in shown:
        if is_dimension(name):
            shown[name] = sorted(dict.fromkeys(shown[name]))
    return shown


def clear() -> None:
    """Every pick to none and the period to the default; the page and its view stay."""
    keep = st.session_state
    for name in keep.get(_BOXES, ()):
        _put(name, [])
    keep[PERIOD] = DEFAULT_PERIOD


def drop(name: str, values: Sequence[str] | None = None) -> None:
    """Takes these values, or all, of a dimension out of the picks."""
    _put(name, [] if values is None else [v for v in picked(name) if v not in values])


def pick(name: str, value: str) -> None:
    """Picks one URL value of a dimension, and no other of it."""
    _put(name, [value])


def choose(name: str, values: Sequence[str]) -> None:
    """Picks exactly these URL values of a dimension; for callbacks of a panel."""
    _put(name, values)
    move()


def show(period: Period) -> None:
    """Chooses that period; for callbacks, also of a panel, which then runs the page again."""
    _seed_period(period)
    move()


def move() -> None:
    """Says that the page must run again, whatever part of it has just run."""
    st.session_state[_MOVED] = True


def moved() -> bool:
    """Whether `move` was called since the last time this was asked."""
    return st.session_state.pop(_MOVED, False)


def show_period(kind: str) -> None:
    """Chooses the period of that name."""
    st.session_state[PERIOD] = kind


def show_days(number: int) -> None:
    """Chooses the last `number` days."""
    st.session_state[PERIOD], st.session_state[COUNT] = "days", number


def period_chosen() -> None:
    """Gives a preset just chosen the numbers or dates it starts from: those of the selection."""
    keep, was = st.session_state, filters().period
    name: str = keep[PERIOD]
    if name == "custom":
        keep[START], keep[END] = was.local_start, was.local_end
    if name in DEFAULT_COUNT:
        keep[COUNT] = DEFAULT_COUNT[name]


def introduce(username: str | None, sees: str) -> None:
    """Remembers how to speak of the reader: an account (None: one who sees all), and their scope."""
    st.session_state[_READER] = (username, sees)


def username() -> str | None:
    """The account whose scope a command has to name; None for one who sees everything."""
    return st.session_state[_READER][0]


def scope_words() -> str:
    """What the reader sees, in words; names as they are."""
    return st.session_state[_READER][1]


def panel_shown(panel: str, *, table_first: bool = False) -> str:
    """The key of a panel's own charts/tables switch, which starts as the page's.

    A panel that is a table first stays one until its own switch says otherwise.
    """
    key = of_panel(panel, f"{SHOWN}.own" if table_first else SHOWN)
    st.session_state.setdefault(key, TABLES if table_first else st.session_state.get(SHOWN, CHARTS))
    return key


def control(panel: str, part: str, choices: Sequence[str]) -> str:
    """The key of a panel's control that holds one of `choices`; the first until it is moved."""
    key = of_panel(panel, part)
    if st.session_state.get(key) not in choices:
        st.session_state[key] = choices[0]
    return key


def controlled(panel: str, part: str, choices: Sequence[str]) -> str:
    """What that control says."""
    said: str | None = st.session_state.get(of_panel(panel, part))
    return said if said is not None and said in choices else choices[0]


def switched(panel: str, part: str) -> bool:
    """Whether a panel's switch is on."""
    return bool(st.session_state.get(of_panel(panel, part)))


def follow_page() -> None:
    """Every panel shows what the page shows."""
    for key in [k for k in st.session_state if isinstance(k, str) and k.endswith(f".{SHOWN}")]:
        st.session_state[key] = st.session_state[SHOWN]


def nonce() -> str:
    """The random part of this tab's file names."""
    if _NONCE not in st.session_state:
        st.session_state[_NONCE] = file_nonce()
    return st.session_state[_NONCE]
