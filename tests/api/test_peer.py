"""The address of a caller is that of the connection, unless headers are believed."""

import urllib.request

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.sync.client import connect

from analytics_core.api.middleware import middleware

pytestmark = pytest.mark.access

CHOSEN = {"X-Forwarded-For": "198.51.100.7"}


def says(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.client.host)


async def says_too(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(socket.client.host)
    await socket.close()


@pytest.mark.parametrize(
    ("believing", "address"), [(None, "127.0.0.1"), ("127.0.0.1", "198.51.100.7")]
)
def test_a_caller_chooses_no_address(gate, served, monkeypatch, believing, address):
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    if believing:
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", believing)
    routes = [Route("/", says), WebSocketRoute("/socket", says_too)]
    with served(Starlette(routes=routes, middleware=middleware(gate))) as host:
        asked = urllib.request.Request(f"http://{host}/", headers=CHOSEN)
        with urllib.request.urlopen(asked) as answer:
            assert answer.read().decode() == address
        with connect(f"ws://{host}/socket", additional_headers=CHOSEN) as opened:
            assert opened.recv(timeout=20) == address
