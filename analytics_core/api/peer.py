"""From where a request comes: the other end of its connection, whatever a header says."""

from starlette.types import ASGIApp, Receive, Scope, Send


class Peer:
    """Puts the address of the connection back in place of the one in X-Forwarded-For.

    uvicorn takes that header from whoever calls from this machine, and a proxy that only passes
    it on lets its clients choose the address that limits and the audit go by. It is `believed`
    where whoever runs the app says so.
    """

    def __init__(self, app: ASGIApp, *, believed: bool) -> None:
        self.app, self.believed = app, believed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on."""
        peer = None if self.believed else _peer(receive)
        await self.app(scope if peer is None else {**scope, "client": peer}, receive, send)


def _peer(receive: Receive) -> tuple[str, int] | None:
    """The other end of the connection behind a request, which ASGI has no name for."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    info = getattr(transport, "get_extra_info", None)
    name = info("peername") if info else None
    return (name[0], name[1]) if isinstance(name, tuple) and len(name) >= 2 else None
