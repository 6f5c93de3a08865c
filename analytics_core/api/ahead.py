"""The page asks at once for the scripts its first picture needs, not when it comes to draw them."""

import re
from collections.abc import Iterator
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# What stands at the top of a page. Streamlit's frontend finds out that it needs the script of an
# element when it first draws one: by then the browser is busy for half a second, and what has
# arrived waits.
ELEMENTS = ("PageLink", "Button", "Selectbox", "Multiselect", "ButtonGroup", "Metric")
_SCRIPT = re.compile(r'"\./static/js/([^"]+\.js)"')
_IMPORT = re.compile(r'(?:from|import)\s*["`]\./([^"`]+\.js)["`]')
END_OF_HEAD = "</head>"


def with_links(index: Path) -> str:
    """Streamlit's page as installed, with a link to every script that ELEMENTS need.

    An element whose script cannot be found has no link: it is asked for when it is drawn.
    """
    page = index.read_text("utf-8")
    links = (
        f'<link rel="modulepreload" crossorigin href="./static/js/{name}">\n'
        for name in _scripts(index.parent / "static" / "js", set(_SCRIPT.findall(page)))
    )
    return page.replace(END_OF_HEAD, "".join(links) + END_OF_HEAD, 1)


def _scripts(folder: Path, asked: set[str]) -> Iterator[str]:
    """The names of the scripts of ELEMENTS and of what they import, beyond those `asked` for."""
    wanted = [path.name for element in ELEMENTS for path in sorted(folder.glob(f"{element}.*.js"))]
    while wanted:
        name = wanted.pop(0)
        if name in asked or not (folder / name).is_file():
            continue
        asked.add(name)
        yield name
        wanted += _IMPORT.findall((folder / name).read_text("utf-8"))


class Ahead:
    """Answers with `with_links` where the application answers with the page at `index`."""

    def __init__(self, app: ASGIApp, index: Path) -> None:
        self.app = app
        self._page, self._linked = index.read_bytes(), with_links(index).encode()
        self._size = str(len(self._page))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on; the page, whatever its address, goes out with its links."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        start: Message | None = None  # of what may turn out to be the page
        body = b""

        async def linking(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and self._like_the_page(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    await self._answer(start, body, send)

        await self.app(scope, receive, linking)

    def _like_the_page(self, start: Message) -> bool:
        said = Headers(raw=start["headers"])
        html = said.get("content-type", "").startswith("text/html")
        return start["status"] == 200 and html and said.get("content-length") == self._size

    async def _answer(self, start: Message, body: bytes, send: Send) -> None:
        if body == self._page:
            # Its ETag stays: it changes with the installed page, and so do the links.
            body = self._linked
            headers = MutableHeaders(raw=list(start["headers"]))
            headers["content-length"] = str(len(body))
            start = {**start, "headers": headers.raw}
        await send(start)
        await send({"type": "http.response.body", "body": body})
