"""One panel's own look at a single member of a dimension: all of them, or one."""

from dataclasses import replace

from analytics_core.semantics.dimension import dimension
from analytics_core.semantics.query import Query
from analytics_core.store.view import View
from analytics_core.ui import controls, state

ALL, NONE = "\0all", ""  # every member (no name holds a NUL); what has no member
MOST = 50  # members offered, those with the most requests


def choose_member(view: View, panel: str, name: str) -> None:
    """The drop-down of a panel that looks at one member of `name`, or at all."""
    of = dimension(name)

    choices = _choices(view, name)
    labels = view.names.labels(name, (value or None for value in choices))

    def words(value: str) -> str:
        return f"All {of.plural}" if value == ALL else labels[value or None]

    controls.choose_one(panel, f"within.{name}", of.label, choices, words)


def narrowed(view: View, panel: str, name: str) -> View:
    """The View of what that drop-down says; the same View when it says all, or there is none."""
    if not name:
        return view
    said = state.controlled(panel, f"within.{name}", _choices(view, name))
    if said == ALL:
        return view
    return replace(view, filters=view.filters.pick(name, [said or None]))


def _choices(view: View, name: str) -> tuple[str, ...]:
    """All, then the members of the selection in the order of their requests, then (unattributed)."""
    found = view.ask(Query(("requests",), (name,), top=MOST))
    kept = found.filter(found[f"{name}_kind"] != "others")
    return (ALL, *(member or NONE for member in kept[name]))
