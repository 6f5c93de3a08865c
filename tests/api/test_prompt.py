"""Behind a socket made as Streamlit makes it, a connection does not wait with small packets."""

import socket
import urllib.request
from collections.abc import Callable

import pytest
from starlette.types import Receive, Scope, Send
from websockets.sync.client import connect

from analytics_core.api.prompt import Prompt


async def waits(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers whether its connection still waits: 0 is yes, 1 is no."""
    connection = receive.__self__.transport.get_extra_info("socket")
    said = str(int(bool(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))))
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": said})
        await send({"type": "websocket.close", "code": 1000})
    else:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": said.encode()})


def over_http(host: str) -> str:
    with urllib.request.urlopen(f"http://{host}") as answer:
        return answer.read().decode()


def over_websocket(host: str) -> str:
    with connect(f"ws://{host}") as opened:
        return str(opened.recv(timeout=20))


@pytest.mark.parametrize("asked", [over_http, over_websocket])
def test_no_connection_waits_with_small_packets(served, asked: Callable[[str], str]):
    with served(Prompt(waits)) as host:
        assert asked(host) == "1"


def test_what_is_no_connection_of_that_kind_is_passed_on(client):
    assert client.get("/api/v1/health").status_code == 200
