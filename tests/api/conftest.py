from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from analytics_core import settings
from analytics_core.access.accounts import NOBODY, AccountsFile
from analytics_core.access.gate import Gate
from analytics_core.access.secret import binding_of
from analytics_core.access.state import State
from analytics_core.api.middleware import middleware
from analytics_core.api.routes import routes

HASH = "$2b$04$abcdefghijklmnopqrstuuKj5O9jbEH8nYbqbVnHoBGyN1VZXQdFS"
BROWSER = "browser-cookie"


@pytest.fixture
def gate(tmp_path) -> Iterator[Gate]:
    auth = tmp_path / "auth.yaml"
    auth.write_text(f"credentials:\n  usernames:\n    ana: {{password: {HASH}, roles: [member]}}\n")
    state = State(tmp_path / "state.db")
    loaded = settings.load(tmp_path / "settings", environ={})
    yield Gate(AccountsFile(auth), state, loaded, lambda: False, NOBODY)
    state.close()


def page(request: Request) -> HTMLResponse:
    return HTMLResponse("<p>page</p>")


def file(request: Request) -> PlainTextResponse:
    return PlainTextResponse("x" * 5000)


def kept(request: Request) -> Response:
    return Response(status_code=304)


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(socket.cookies.get("tokentally_browser", ""))
    await socket.close()


@pytest.fixture
def client_of() -> Callable[..., TestClient]:
    """A client of our routes and middleware around stand-ins for Streamlit's own routes."""

    def make(gate: Gate, **changes: object) -> TestClient:
        changed = replace(gate, settings=replace(gate.settings, **changes))
        own = [
            Route("/", page), Route("/costs", page), Route("/kept", kept),
            Route("/media/1.csv", file),
            Route("/mediation", file), Route("/static/app.js", file),
            Route("/_stcore/metrics", file), Route("/_stcore/agent/openapi.json", file),
            Route("/_stcore/health", file), WebSocketRoute("/_stcore/stream", echo),
        ]  # fmt: skip
        app = Starlette(routes=[*routes(changed), *own], middleware=middleware(changed))
        return TestClient(app)

    return make


@pytest.fixture
def client(gate, client_of) -> TestClient:
    return client_of(gate)


@pytest.fixture
def ticket(gate) -> str:
    now = datetime.now(UTC)
    return gate.begin(gate.accounts(now)["ana"], binding_of(BROWSER), now)[1]
