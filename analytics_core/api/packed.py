"""Answers packed for the way; what never changes is packed once for everybody."""

import gzip
import zlib

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST = 1024  # bytes; less is not worth it
MOST = 16 << 20  # bytes that are kept; Streamlit's own files are about 7 MB packed


class Packed:
    """gzip for whoever takes it. Files that may be kept for good are kept packed in memory.

    Streamlit leaves its scripts unpacked, and a first visit asks for 4 MB of them: packing those
    takes a fifth of a second, in which nobody else would be served.
    """

    def __init__(self, app: ASGIApp, most: int = MOST) -> None:
        self.packing = GZipMiddleware(app, minimum_size=SMALLEST, compresslevel=6)
        self._kept: dict[str, list[Message]] = {}
        self._size, self._most = 0, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers from what is kept, else packs what the application says."""
        if not _plain(scope):
            await self.packing(scope, receive, send)
            return
        path: str = scope["path"]
        if path in self._kept:
            for message in self._kept[path]:
                await send(_copy(message))
            return
        said: list[Message] = []

        async def listening(message: Message) -> None:
            said.append(_copy(message))
            await send(message)

        await self.packing(scope, receive, listening)
        self._keep(path, said)

    def _keep(self, path: str, said: list[Message]) -> None:
        body = b"".join(message.get("body", b"") for message in said)
        size = len(body)
        room = self._size + size <= self._most
        # Whoever goes away in the middle leaves half a file behind.
        if room and said and _for_good(said[0]) and _ended(said[-1]) and _whole(body):
            self._kept[path] = said
            self._size += size


def _copy(message: Message) -> Message:
    """Apart from it, because whoever sends it on adds headers."""
    return {**message, "headers": list(message["headers"])} if "headers" in message else message


def _plain(scope: Scope) -> bool:
    """Whether it asks for a whole file of the page, packed."""
    if scope["type"] != "http" or scope["method"] != "GET" or "/static/" not in scope["path"]:
        return False
    asked = Headers(scope=scope)
    partly = any(name in asked for name in ("range", "if-none-match", "if-modified-since"))
    return "gzip" in asked.get("accept-encoding", "") and not partly


def _ended(last: Message) -> bool:
    return last["type"] == "http.response.body" and not last.get("more_body", False)


def _whole(packed: bytes) -> bool:
    try:
        gzip.decompress(packed)
    except (OSError, EOFError, zlib.error):
        return False
    return True


def _for_good(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    packed = headers.get("content-encoding") == "gzip"
    return start["status"] == 200 and packed and "immutable" in headers.get("cache-control", "")
