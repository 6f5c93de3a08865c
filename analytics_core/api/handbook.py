"""The API's documentation as one page that needs nothing but itself."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from analytics_core.api.call import Reply
from analytics_core.api.openapi import ABOUT, BASE, HEADERS, address, curl
from analytics_core.api.operation import Operation
from analytics_core.api.problem import KINDS
from analytics_core.api.selection import SELECTION
from analytics_core.api.version import VERSION

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 62rem; padding: 1rem; }
h1 { margin-bottom: 0; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid; padding-bottom: .2rem; }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid; border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .25rem 1rem .25rem 0; }
td:first-child { white-space: nowrap; }
.wide { overflow-x: auto; }
nav ul { columns: 16rem; padding-left: 1.2rem; }
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS_OF_PAGE = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}
TOKENS = (
    "Every call but those that say so needs a token: make one of your own on the Account page, or"
    " `python -m analytics_core token create NAME --user USER` prints one, once. It sees what its"
    " account sees at that moment. One made with `--ability push --source NAME` sends events instead."
    " Cookies open nothing here."
)
SELECTED = (
    "Which usage is meant: a period, and picks by dimension. A pick may be repeated and keeps any of"
    " its values; an empty value is usage that has none. Picks on several dimensions hold together,"
    " and none shows more than the token may see. Every operation names those it takes."
)
LIMITS = (
    "60 requests a minute and token (600 pushes) unless it is set otherwise, two questions of one"
    " person at once; 429 with Retry-After beyond. Money is decimal text in USD, exact to the last digit;"
    " null is unknown, never 0."
)


def page(operations: Sequence[Operation]) -> str:
    """The HTML of every operation, problem and header."""
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>Tokentally API</title><style>{STYLE}</style></head><body>",
            *_body(operations),
            "</body></html>",
            "",
        )
    )


def _body(operations: Sequence[Operation]) -> Iterator[str]:
    yield f"<h1>Tokentally API</h1><p>Version {escape(VERSION)} · "
    yield f'<a href="{BASE}/openapi.json">OpenAPI 3.1</a></p>'
    yield from (f"<p>{_prose(text)}</p>" for text in (ABOUT, TOKENS, LIMITS))
    entries = (
        f'<li><a href="#{op.name}">{op.method} {escape(address(op))}</a></li>' for op in operations
    )
    yield f'<nav aria-label="Operations"><ul>{"".join(entries)}</ul></nav>'
    yield f"<h2>The selection</h2><p>{_prose(SELECTED)}</p>"
    yield from _table(("parameter", "says"), ((p.name, p.description) for p in SELECTION))
    for operation in operations:
        yield from _section(operation)
    yield "<h2>Headers of an answer</h2>"
    yield from _table(("header", "says"), HEADERS.items())
    yield "<h2>Problems</h2><p>Errors are problem details (RFC 9457), application/problem+json.</p>"
    for kind in KINDS.values():
        yield f'<h3 id="{kind.name}">{kind.status} {escape(kind.title)}</h3>'
        yield f"<p>{_prose(kind.meaning)}</p>"


def _section(op: Operation) -> Iterator[str]:
    yield f'<h2 id="{op.name}">{escape(op.summary)}</h2>'
    yield f"<p><code>{op.method} {escape(BASE + address(op))}</code></p><p>{_prose(op.about)}</p>"
    yield f"<pre>{escape(curl(op))}</pre>"
    if op.open:
        yield "<p>No token is needed.</p>"
    if len(op.formats) > 1:
        yield f"<p>Formats: {', '.join(op.formats)}.</p>"
    yield from _table(("parameter", "says"), parameters(op))


def parameters(op: Operation) -> Iterator[tuple[str, str]]:
    """(name, what it says) of each parameter; those of the selection in one line."""
    selection = [p.name for p in op.accepted if p in SELECTION]
    for parameter in op.accepted:
        if parameter not in SELECTION:
            choices = parameter.schema.get("enum")
            listed = f" One of {', '.join(choices)}." if isinstance(choices, list) else ""
            yield parameter.name, parameter.description + listed
    if selection:
        yield "the selection", ", ".join(f"`{name}`" for name in selection)


def _table(head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield '<div class="wide"><table>'
    yield f"<tr><th>{head[0]}</th><th>{head[1]}</th></tr>"
    for name, text in rows:
        yield f"<tr><td><code>{escape(name)}</code></td><td>{_prose(text)}</td></tr>"
    yield "</table></div>"


def _prose(text: str) -> str:
    """Escaped, what stands in backticks as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{p}</code>" if at % 2 else p for at, p in enumerate(parts))


def handbook(operations: Sequence[Operation]) -> Operation:
    """The operation that shows the documentation of the others."""
    body = page(operations).encode()
    return Operation(
        name="docs",
        path="/docs",
        summary="This documentation",
        about="One page, without scripts, that loads nothing.",
        example="/docs",
        run=lambda _: Reply(body=body, mime="text/html", headers=HEADERS_OF_PAGE),
        open=True,
    )
