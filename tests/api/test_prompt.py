"""Behind a socket made as Streamlit makes it, a connection does not wait with small packets."""

import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
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


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
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


def over_http(host: str) -> str:
    with urllib.request.urlopen(f"http://{host}") as answer:
        return answer.read().decode()


def over_websocket(host: str) -> str:
    with connect(f"ws://{host}") as opened:
        return str(opened.recv(timeout=20))


@pytest.mark.parametrize("asked", [over_http, over_websocket])
def test_no_connection_waits_with_small_packets(asked: Callable[[str], str]):
    with served(Prompt(waits)) as host:
        assert asked(host) == "1"


def test_what_is_no_connection_of_that_kind_is_passed_on(client):
    assert client.get("/api/v1/health").status_code == 200
