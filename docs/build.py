"""Writes the generated pages of docs/ from the declarations: python docs/build.py [--check]."""

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from analytics_core import settings  # noqa: E402 - the path above comes first
from analytics_core.api.handbook import SELECTED, parameters  # noqa: E402
from analytics_core.api.openapi import HEADERS, address, curl  # noqa: E402
from analytics_core.api.operation import Operation  # noqa: E402
from analytics_core.api.operations import OPERATIONS  # noqa: E402
from analytics_core.api.problem import KINDS  # noqa: E402
from analytics_core.api.selection import SELECTION  # noqa: E402
from analytics_core.events import COLUMNS  # noqa: E402
from analytics_core.export.focus import COLUMNS as COLUMNS_OF_FOCUS  # noqa: E402
from analytics_core.semantics.dimension import DIMENSIONS  # noqa: E402
from analytics_core.semantics.measure import MEASURES  # noqa: E402

NOTE = "<!-- Made by docs/build.py from the declarations; edit those. -->\n"


def _table(header: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    lines += [f"| {' | '.join(c.replace('|', '¦') for c in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def events() -> str:
    """docs/events.md: the event's columns."""
    rows = (
        (f"`{c.name}`", c.sql.replace("|", "¦"), "always" if c.required else "", c.meaning, c.otel)
        for c in COLUMNS
    )
    return (
        NOTE + "# The event\n\n"
        "One row of the store is one API call (grain `request`), or one line a source has already"
        " summed (grain `bucket`). NULL means the source does not say; 0 means it says zero.\n\n"
        + _table(("column", "type", "filled", "meaning", "OpenTelemetry / FOCUS"), rows)
    )


def measures() -> str:
    """docs/measures.md: every measure and dimension."""
    numbers = (
        (
            f"`{m.name}`", m.label, m.unit.value, "yes" if m.additive else "no", m.formula,
            m.description + (f" Answered by the report `{m.report}`." if m.report else ""),
        )
        for m in MEASURES.values()
    )  # fmt: skip
    ways = (
        (f"`{d.name}`", d.label, d.description, f"`{d.parent}`" if d.parent else "")
        for d in DIMENSIONS.values()
    )
    return (
        NOTE + "# Measures and dimensions\n\n"
        "Money is held as integer nano-USD and summed as integers; a ratio is divided once, at the"
        " end. An unknown figure is shown as “–”, never as 0. Any measure can be asked by"
        " any two dimensions: `python -m analytics_core query --measures cost,requests --by"
        " project,model`.\n\n"
        "## Measures\n\n"
        + _table(("name", "label", "unit", "adds up", "formula", "what it says"), numbers)
        + "\n## Dimensions\n\n"
        "Any dimension can filter and any can break down. `tag:KEY` is a dimension for any key of"
        " an event's tags.\n\n" + _table(("name", "label", "meaning", "narrowed by"), ways)
    )


def options() -> str:
    """docs/settings.md: every setting."""
    rows = (
        (f"`{name}`", f"`{default}`" if default != "" else "", text)
        for name, default, text in settings.described()
    )
    written = (ROOT / "docs" / "settings.head.md").read_text("utf-8")
    return NOTE + written + "\n" + _table(("key", "default", "what it does"), rows)


def api() -> str:
    """docs/api.md: every operation over HTTP."""
    selection = ((f"`{p.name}`", p.description) for p in SELECTION)
    headers = ((f"`{name}`", text) for name, text in HEADERS.items())
    problems = ((f"`{k.name}`", str(k.status), k.title, k.meaning) for k in KINDS.values())
    written = (ROOT / "docs" / "api.head.md").read_text("utf-8")
    return "\n".join(
        (
            NOTE + written,
            "## The selection\n",
            SELECTED + "\n",
            _table(("parameter", "says"), selection),
            *(_operation(op) for op in OPERATIONS),
            "## Headers of an answer\n",
            _table(("header", "says"), headers),
            "## Problems\n",
            "Errors are problem details (RFC 9457): `type`, `title`, `status`, `detail`, and where they"
            " apply `parameter`, `nearest` and `instance`.\n",
            _table(("type", "status", "title", "what to do"), problems),
        )
    )


def _operation(op: Operation) -> str:
    rows = ((f"`{name}`", text) for name, text in parameters(op))
    formats = f" Formats: {', '.join(op.formats)}." if len(op.formats) > 1 else ""
    return (
        f"## {'' if op.method == 'GET' else op.method + ' '}{address(op)}\n\n{op.summary}. {op.about}{formats}\n\n"
        f"```sh\n{curl(op)}\n```\n\n" + _table(("parameter", "says"), rows)
    )


def focus() -> str:
    """docs/focus.md."""
    head = (ROOT / "docs" / "focus.head.md").read_text("utf-8")
    rows = ((c.name, c.source, "yes" if c.filled else "") for c in COLUMNS_OF_FOCUS)
    return NOTE + f"{head}\n" + _table(("column", "holds", "always filled"), rows)


PAGES = {
    "api.md": api,
    "events.md": events,
    "focus.md": focus,
    "measures.md": measures,
    "settings.md": options,
}


def stale() -> list[str]:
    """Names of generated pages that differ from what the declarations say."""
    folder = ROOT / "docs"
    return [
        name
        for name, make in PAGES.items()
        if not (folder / name).exists() or (folder / name).read_text("utf-8") != make()
    ]


def main(arguments: list[str]) -> int:
    """Writes the pages, or with --check names those that are out of date and returns 1."""
    old = stale()
    if "--check" in arguments:
        for name in old:
            sys.stderr.write(f"docs/{name} is out of date: run python docs/build.py\n")
        return 1 if old else 0
    for name in old:
        (ROOT / "docs" / name).write_text(PAGES[name](), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
