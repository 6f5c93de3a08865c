"""Zone, weeks, fiscal year, contact and staleness: each with where its value comes from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias
from zoneinfo import available_timezones

import streamlit as st

from analytics_core import settings as configuration
from analytics_core.errors import BadFile
from analytics_core.semantics.format import MONTH_NAMES
from analytics_core.semantics.yaml_edit import Value, with_values
from analytics_core.settings import FILE, PREFIX, Settings
from analytics_core.store.view import View
from analytics_core.ui import login
from analytics_core.ui.escape import md_escape
from analytics_core.ui.house.editing import Editing, Offer, offer

ENVIRONMENT, SECRETS = "environment", "st.secrets"
Box: TypeAlias = dict[str, Any]  # what every widget is given


@dataclass(frozen=True, slots=True)
class Field:
    """One value that is edited here: its label, what a change of it means, and its widget."""

    name: str
    label: str
    means: str
    draw: Callable[[Box], Value]
    words: Callable[[Value], str] = str


def draw(view: View) -> None:
    """The fields, what would change, and what waits for a restart."""
    file = Editing.of(view, FILE)
    house = view.store.house
    typed, mended = dict[str, Value](), dict[str, Value]()
    with st.container(border=True, key="settings.general"):
        for field in FIELDS:
            value = getattr(house.settings, field.name)
            wrong = _wrong(house.problems, field.name)
            given = _field(field, value, house.settings, file, wrong)
            if given != value:
                typed[field.name] = given
            elif wrong:
                mended[field.name] = given
    _waiting(house.settings)
    if not typed:
        offer(file, Offer(file.text))  # opens it again where somebody else changed it
    changed = typed | mended
    if changed:
        words = tuple(_change(f, house.settings, changed) for f in FIELDS if f.name in changed)
        wanted = with_values(file.text, file.path, changed)
        configuration.parse(wanted, file.path)
        offer(file, Offer(wanted, words))


def _field(
    field: Field, value: Value, settings: Settings, file: Editing, wrong: BadFile | None
) -> Value:
    """Draws one field with its origin and its error; what it says now."""
    key, origin = file.key(field.name), settings.origin(field.name)
    st.session_state.setdefault(key, value)
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        given = field.draw(
            {
                "label": field.label,
                "key": key,
                "disabled": origin in (ENVIRONMENT, SECRETS),
                "persist_state": "session",
            }
        )
    with right:
        st.caption(md_escape(_origin(field.name, origin)))
        if wrong:
            st.caption(f":red[:material/error: {md_escape(str(wrong))}]")
    return given


def _origin(name: str, origin: str) -> str:
    if origin == ENVIRONMENT:
        return f"Set by the environment variable {PREFIX}{name.upper()}, which wins over {FILE}."
    if origin == SECRETS:
        return f"Set by {name} in the secrets of the host, which win over {FILE}."
    return f"From {FILE}." if origin == FILE else "The default."


def _wrong(problems: Iterable[Exception], name: str) -> BadFile | None:
    return next((p for p in problems if isinstance(p, BadFile) and p.key == name), None)


def _change(field: Field, settings: Settings, changed: dict[str, Value]) -> str:
    before, after = getattr(settings, field.name), changed[field.name]
    means = f" {field.means}" if field.means else ""
    return f"{field.label}: {field.words(before)} → {field.words(after)}.{means}"


def _waiting(settings: Settings) -> None:
    """What was changed by hand and acts only after a restart."""
    names = configuration.waiting(login.gate().settings, settings)
    if names:
        listed = ", ".join(f"`{name}`" for name in names)
        st.info(
            f"Changed, and in use after a restart of the app: {listed}.",
            icon=":material/restart_alt:",
        )
    st.caption(
        "Everything here acts at everybody's next click. Limits of memory and threads, and others that"
        f" are set in `{FILE}` by hand, may need a restart; docs/settings.md says which."
    )


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(z for z in available_timezones() if z not in ("localtime", "Factory")))


def _zone(box: Box) -> Value:
    value = st.session_state[box["key"]]
    zones = _zones() if value in _zones() else (value, *_zones())
    return st.selectbox(options=zones, filter_mode="contains", **box)


def _weekday(box: Box) -> Value:
    return st.selectbox(options=("monday", "sunday"), format_func=str.capitalize, **box)


def _month(box: Box) -> Value:
    return st.selectbox(options=range(1, 13), format_func=_month_name, **box)


def _text(box: Box) -> Value:
    about = "Whom people ask for wider access; shown on pages that are not for them."
    words = "A name, an address, a channel"
    return st.text_input(max_chars=200, placeholder=words, help=about, **box) or ""


def _hours(box: Box) -> Value:
    hours = st.number_input(min_value=1.0, max_value=8760.0, step=1.0, format="%g", **box)
    return 1.0 if hours is None else hours


def _month_name(month: Value) -> str:
    return MONTH_NAMES[int(month) - 1]


def _quoted(value: Value) -> str:
    return f"“{value}”" if value else "nobody"


FIELDS = (
    Field("zone", "Reporting time zone", "Days are counted anew: every daily figure changes.", _zone),
    Field(
        "week_start", "First day of the week", "Weeks are counted anew.", _weekday,
        lambda value: str(value).capitalize(),
    ),
    Field(
        "fiscal_year_start", "Fiscal year begins in", "Quarters and years are counted anew.", _month,
        _month_name,
    ),
    Field("contact", "Whom to ask for wider access", "", _text, _quoted),
    Field(
        "stale_hours", "Warn when the newest event is older than (hours)", "", _hours,
        lambda value: f"{value:g} hours",
    ),
)  # fmt: skip
