"""The projects an organisation knows of, from projects.csv: colour, life, admins, cost centre."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analytics_core.errors import BadFile
from analytics_core.settings import Line, table, table_of

FILE = "projects.csv"
COLUMNS = ("name", "colour", "created", "archived", "admins", "cost_center")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Project:
    """One line of projects.csv. `archived` is the first local day on which it is no longer used."""

    name: str
    colour: str | None = None  # #rrggbb
    created: date | None = None
    archived: date | None = None
    admins: tuple[str, ...] = ()
    cost_center: str | None = None


def projects(folder: Path) -> tuple[Project, ...]:
    """The projects of `folder` (data/settings) in the order of the file; () without one.

    Raises BadFile naming line and key.
    """
    return _listed(table(folder / FILE, COLUMNS[:1], COLUMNS[1:]))


def parse(text: str, path: Path) -> tuple[Project, ...]:
    """The projects of a file that holds `text`. Raises BadFile as `projects` does."""
    return _listed(table_of(text, path, COLUMNS[:1], COLUMNS[1:]))


def _listed(lines: Iterable[Line]) -> tuple[Project, ...]:
    listed: dict[str, Project] = {}
    for line in lines:
        project = _project(line)
        if project.name in listed:
            raise line.wrong("name", f"'{project.name}' stands in the file twice.")
        listed[project.name] = project
    return tuple(listed.values())


def _project(line: Line) -> Project:
    name = line.text("name")
    if name is None:
        raise line.wrong("name", "is blank.")
    colour = line.text("colour")
    if colour is not None and not _COLOUR.fullmatch(colour):
        raise line.wrong("colour", f"'{colour}' is not a colour such as #029be6.")
    created, archived = _day(line, "created"), _day(line, "archived")
    if created and archived and archived < created:
        raise line.wrong("archived", f"{archived} lies before created, {created}.")
    admins = tuple(a.strip() for a in (line.text("admins") or "").split(";") if a.strip())
    return Project(name, colour, created, archived, admins, line.text("cost_center"))


def _day(line: Line, key: str) -> date | None:
    text = line.text(key)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise _no_date(line, key, text or "") from None


def _no_date(line: Line, key: str, text: str) -> BadFile:
    return line.wrong(key, f"'{text}' is not a date such as 2026-11-20.")
