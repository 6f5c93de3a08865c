"""The lines of projects.csv: colour, life, admins, cost centre; projects without a line are offered."""

import base64
import re
from collections.abc import Sequence

import polars as pl
import streamlit as st

from analytics_core.charts.colour import ENOUGH, contrast, nudged
from analytics_core.charts.theme import DARK, LIGHT, Palette
from analytics_core.semantics import project
from analytics_core.semantics.csv_edit import Row, mistakes, revised, rows
from analytics_core.semantics.project import COLUMNS, FILE
from analytics_core.store.view import View
from analytics_core.ui.house.editing import Editing, Offer, complain, offer
from analytics_core.ui.house.table import Table, edited

MOST_OFFERED = 1000
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def draw(view: View) -> None:
    """The table, how its colours look, and what would change."""
    file = Editing.of(view, FILE)
    held = rows(file.text, file.path, COLUMNS)
    st.caption(
        "A line gives a project its colour on every page and says when it counts as active. Projects"
        " that appear in the usage but have no line are offered below those that have one."
    )
    wanted = edited(file, _table(), held, _offered(view, held))
    _preview(wanted)
    found = mistakes(file.text, file.path, COLUMNS, wanted, lambda t: project.parse(t, file.path))
    complain(found, "name")
    if not found:
        offer(file, Offer(revised(file.text, file.path, COLUMNS, wanted), _words(held, wanted)))


def _table() -> Table:
    text = st.column_config.TextColumn
    day = r"^\d{4}-\d{2}-\d{2}$"
    return Table(
        {
            "name": text("Name", required=True, help="As the usage calls it (its id)"),
            "colour": text("Colour", validate=f"^{_COLOUR.pattern}$", help="#rrggbb"),
            "created": text("Created", validate=day, help="First day, YYYY-MM-DD"),
            "archived": text("Archived", validate=day, help="First day it is no longer used"),
            "admins": text("Admins", help="E-mail addresses, separated by ;"),
            "cost_center": text("Cost centre"),
        },
        {},
    )


def _offered(view: View, held: Sequence[Row]) -> list[Row]:
    listed = {row.cell("name") for row in held}
    known = view.options("project", limit=MOST_OFFERED)["member"]
    return [Row(None, {"name": name}) for name in known if name is not None and name not in listed]


def _words(held: Sequence[Row], wanted: Sequence[Row]) -> list[str]:
    """What is new, gone or changed, by name."""
    before = {row.number: row for row in held}
    kept = {row.number for row in wanted}
    said = [f"{row.cell('name')} has no line any more." for row in held if row.number not in kept]
    for row in wanted:
        old = before.get(row.number)
        if old is None:
            said.append(f"{row.cell('name')} gets a line.")
        else:
            said += [
                f"{row.cell('name')}, {column}: {old.cell(column) or '–'} → {row.cell(column) or '–'}"
                for column in COLUMNS
                if old.cell(column) != row.cell(column)
            ]
    return said[:10] + [f"and {len(said) - 10:,} more"] * (len(said) > 10)


def _preview(wanted: Sequence[Row]) -> None:
    """Each colour on both backgrounds, as charts draw it, with its contrast."""
    coloured = [row for row in wanted if _COLOUR.fullmatch(row.cell("colour"))]
    if not coloured:
        return
    themes = (("Light", LIGHT), ("Dark", DARK))
    columns = {"name": [row.cell("name") for row in coloured]}
    config = {"name": st.column_config.TextColumn("How it looks", pinned=True)}
    for label, theme in themes:
        shown = [_shown(row.cell("colour"), theme) for row in coloured]
        columns |= {f"{label} dot": [s[0] for s in shown], label: [s[1] for s in shown]}
        config |= {
            f"{label} dot": st.column_config.ImageColumn(f"On {label.lower()}", width="small"),
            label: st.column_config.TextColumn(f"{label}: contrast"),
        }
    st.dataframe(
        pl.DataFrame(columns),
        hide_index=True,
        column_config=config,
        key="settings.projects.preview",
        height=min(420, 35 * (len(coloured) + 1) + 2),
    )
    st.caption(
        f"A colour with less than {ENOUGH:g}:1 against its background is made darker or lighter,"
        " as far as it takes, where it is drawn."
    )


def _shown(colour: str, theme: Palette) -> tuple[str, str]:
    """A swatch of the colour as drawn on that theme, and its contrast in words."""
    drawn, given = nudged(colour, theme.background), contrast(colour, theme.background)
    words = f"{given:.1f}:1"
    if drawn != colour:
        words += f", drawn as {drawn} ({contrast(drawn, theme.background):.1f}:1)"
    return _swatch(drawn, theme.background), words


def _swatch(colour: str, background: str) -> str:
    """A small picture of a dot and a bar in that colour; both are hexadecimal digits."""
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="72" height="24">'
        f'<rect width="72" height="24" rx="4" fill="{background}" stroke="#8888"/>'
        f'<circle cx="14" cy="12" r="6" fill="{colour}"/>'
        f'<rect x="28" y="6" width="36" height="12" fill="{colour}"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()
