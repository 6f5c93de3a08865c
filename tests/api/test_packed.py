"""What is packed, what is packed only once, and that neither changes an answer."""

import asyncio
import gzip

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from analytics_core.api.packed import Packed

SCRIPT = "let words = 'words';" * 400
FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}


@pytest.fixture
def site() -> tuple[Starlette, list[str]]:
    """A site that notes each path it answers itself."""
    answered: list[str] = []

    def answer(request: Request) -> Response:
        answered.append(request.url.path)
        name = request.path_params["name"]
        kept = {} if name == "new.js" else FOR_GOOD
        if name == "missing.js":
            return Response("no" * 1000, 404, kept)
        text = "x" if name == "small.js" else SCRIPT
        return Response(text, headers=kept, media_type="text/javascript")

    app = Starlette(routes=[Route("/static/{name}", answer), Route("/{name}", answer)])
    return app, answered


@pytest.fixture
def packed_site(site) -> tuple[TestClient, list[str]]:
    app, answered = site
    return TestClient(Packed(app)), answered


def test_a_file_that_never_changes_is_packed_once_and_says_the_same_each_time(packed_site):
    client, answered = packed_site
    first, second, third = (client.get("/static/a.js") for _ in range(3))
    assert answered == ["/static/a.js"]
    assert first.text == second.text == third.text == SCRIPT
    assert first.headers == second.headers == third.headers
    assert first.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("name", ["static/new.js", "static/missing.js", "static/small.js", "a.js"])
def test_all_else_is_asked_for_anew(packed_site, name):
    client, answered = packed_site
    assert client.get(f"/{name}").text == client.get(f"/{name}").text
    assert answered == [f"/{name}"] * 2


@pytest.mark.parametrize(
    "headers",
    [{"Accept-Encoding": "identity"}, {"Range": "bytes=0-9"}, {"If-None-Match": "x"}],
)
def test_who_asks_for_it_unpacked_in_part_or_anew_gets_what_the_site_says(packed_site, headers):
    client, answered = packed_site
    client.get("/static/a.js")
    client.get("/static/a.js", headers=headers)
    assert len(answered) == 2


def test_what_is_kept_has_a_limit(site):
    app, answered = site
    packed = len(gzip.compress(SCRIPT.encode(), 6))
    small = TestClient(Packed(app, most=packed + packed // 2))
    for name in ("a.js", "b.js", "a.js", "b.js"):
        small.get(f"/static/{name}")
    assert answered == ["/static/a.js", "/static/b.js", "/static/b.js"]


def test_an_answer_that_broke_off_is_not_kept():
    answered: list[int] = []

    async def breaks_off_once(scope, receive, send):
        answered.append(1)
        headers = [(b"content-type", b"text/javascript"), (b"cache-control", b"immutable")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": SCRIPT.encode(), "more_body": True})
        if len(answered) > 1:
            await send({"type": "http.response.body", "body": b"// end", "more_body": False})

    packed, said = Packed(breaks_off_once), []

    async def send(message):
        said.append(message)

    scope = {
        "type": "http", "method": "GET", "path": "/static/a.js",
        "headers": [(b"accept-encoding", b"gzip")],
    }  # fmt: skip
    for _ in range(3):
        said.clear()
        asyncio.run(packed(scope, None, send))
    assert len(answered) == 2  # broken off, whole, kept
    body = b"".join(message.get("body", b"") for message in said)
    assert gzip.decompress(body).decode() == SCRIPT + "// end"
