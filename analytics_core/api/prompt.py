"""Answers leave at once: the network does not hold their last part back."""

import socket

from starlette.types import ASGIApp, Receive, Scope, Send


class Prompt:
    """Turns off the waiting of small packets (Nagle's algorithm) on every connection.

    asyncio does so by itself unless, as with Streamlit's socket, the protocol was left to the
    system: then the end of an answer waits for the caller's delayed acknowledgement, 40 ms seen.
    Streamlit 1.67, uvicorn 0.54, Python 3.11; other servers are left as they are.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on."""
        _hurry(receive)
        await self.app(scope, receive, send)


def _hurry(receive: Receive) -> None:
    """Finds the connection behind a request, which ASGI has no name for."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    info = getattr(transport, "get_extra_info", None)
    connection = info("socket") if info else None
    if connection is None or connection.family not in (socket.AF_INET, socket.AF_INET6):
        return
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:  # the caller has gone
        return
