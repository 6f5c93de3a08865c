import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from analytics_core import settings
from analytics_core.access.accounts import NOBODY, AccountsFile
from analytics_core.access.gate import Gate
from analytics_core.access.secret import binding_of
from analytics_core.access.state import State
from analytics_core.access.tokens import PUSH, Wish
from analytics_core.api.middleware import middleware
from analytics_core.api.operation import Operation
from analytics_core.api.push import EXAMPLE_SOURCE
from analytics_core.api.routes import routes

Event = dict[str, Any]
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


def download(request: Request) -> PlainTextResponse:
    name = f"tokentally-costs-split-2026-11-01_2026-11-30-{request.path_params['random']}.csv"
    return PlainTextResponse("x", headers={"Content-Disposition": f'attachment; filename="{name}"'})


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
            Route("/media/1.csv", file), Route("/media/of/{random}", download),
            Route("/mediation", file), Route("/static/app.js", file),
            Route("/_stcore/metrics", file), Route("/_stcore/agent/openapi.json", file),
            Route("/_stcore/health", file), Route("/_stcore/upload_file/{tab}/{file}", file,
                                                  methods=["PUT", "DELETE"]),
            WebSocketRoute("/_stcore/stream", echo),
        ]  # fmt: skip
        folder = changed.file.path.parent / "data"
        app = Starlette(routes=[*routes(changed, folder), *own], middleware=middleware(changed))
        return TestClient(app)

    return make


@pytest.fixture
def client(gate, client_of) -> TestClient:
    return client_of(gate)


@pytest.fixture
def ticket(gate) -> str:
    now = datetime.now(UTC)
    return gate.begin(gate.accounts(now)["ana"], binding_of(BROWSER), now)[1]


@contextmanager
def _served(app: ASGIApp) -> Iterator[str]:
    with socket.socket(socket.AF_INET) as listening:  # the protocol is left to the system
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        ready = threading.Event()

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                ready.set()

        server = Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            assert ready.wait(20)
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def served() -> Callable[[ASGIApp], AbstractContextManager[str]]:
    """Serves an application on a socket made as Streamlit makes it; says host and port."""
    return _served


ACCOUNTS = """
credentials:
  usernames:
    ada: {email: ada@x.example, roles: [admin], password: "%s"}
    max: {email: max@x.example, roles: [manager], organizations: [acme], password: "%s"}
    ana: {email: ana@x.example, user_id: ana, roles: [project_admin], projects: [Search], password: "%s"}
    leo: {email: leo@x.example, user_id: leo, roles: [lead], teams: [core], password: "%s"}
    mia: {email: mia@x.example, user_id: mia, roles: [member], password: "%s"}
    nil: {email: nil@x.example, user_id: nil, password: "%s"}
"""
ROLES = ("ada", "max", "ana", "leo", "mia", "nil")


class World:
    """The application's API over literal events, and tokens of everybody."""

    def __init__(self, gate: Gate, client: TestClient) -> None:
        self.gate, self.client = gate, client

    def token(self, owner: str = "ada", *, now: datetime | None = None, **wish: object) -> str:
        now = now or datetime.now(UTC)
        principal = self.gate.accounts(now)[owner].principal
        return self.gate.tokens.make(principal, Wish(**{"name": "test"} | wish), now)[1]

    def get(
        self,
        address: str,
        token: str | None = None,
        method: str = "GET",
        content: bytes | None = None,
        **headers: str,
    ) -> Any:
        """The answer; with a token of ada's unless another is given ("" for none)."""
        token = self.token() if token is None else token
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        return self.client.request(method, f"/api/v1{address}", headers=sent, content=content)

    def call(self, op: Operation, token: str | None = None, **headers: str) -> Any:
        """The answer to an operation's example; with a token of ada's unless another is given."""
        token = (self.token() if op.method == "GET" else self.pusher()) if token is None else token
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if op.takes:
            sent["Content-Type"] = op.takes.mimes[0]
        if token:
            sent["Authorization"] = f"Bearer {token}"
        path = f"/api/v1{op.example}"
        return self.client.request(op.method, path, content=op.body, headers=sent)

    def pusher(self, owner: str = "ada", *abilities: str, **wish: object) -> str:
        """A token that pushes what the examples push."""
        return self.token(
            owner, abilities=abilities or (PUSH,), **{"source": EXAMPLE_SOURCE} | wish
        )

    def rows(self, address: str, token: str | None = None) -> list[dict[str, Any]]:
        answer = self.get(address, token)
        assert answer.status_code == 200, answer.text
        return answer.json()["rows"]


@pytest.fixture
def world(landed: Callable[..., Path], tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Makes a World of events; `changes` are settings."""
    states: list[State] = []

    def make(events: Sequence[Event] = (), **changes: object) -> World:
        data = landed(events)
        auth = tmp_path / "auth.yaml"
        auth.write_text(ACCOUNTS % ((HASH,) * 6), "utf-8")
        states.append(State(data / "state.db"))
        loaded = settings.load(data / "settings", environ={})
        loaded = replace(loaded, **{"api_requests_per_minute": 10_000} | changes)
        gate = Gate(AccountsFile(auth), states[-1], loaded, lambda: False, NOBODY)
        app = Starlette(routes=routes(gate, data), middleware=middleware(gate))
        return World(gate, TestClient(app))

    yield make
    for state in states:
        state.close()
