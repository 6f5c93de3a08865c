"""What every HTTP answer carries, and what is never answered: headers, the browser's own cookie."""

import base64
import hashlib
import importlib.util
import os
import re
from datetime import UTC, datetime
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analytics_core.access.gate import Gate
from analytics_core.access.principal import Principal
from analytics_core.access.secret import binding_of, digest, fresh
from analytics_core.api.ahead import Ahead
from analytics_core.api.packed import Packed
from analytics_core.api.peer import Peer
from analytics_core.api.prompt import Prompt
from analytics_core.api.session import BROWSER, SIGN_IN
from analytics_core.api.strange import Strange

# Streamlit answers these to anybody: names of functions, and an interface that drives the app.
CLOSED = ("/_stcore/metrics", "/_stcore/agent")
# It keeps what is sent there in memory, for as long as a tab is open, for anybody with a tab.
UPLOADS = "/_stcore/upload_file"
A_YEAR = 365 * 24 * 3600


def middleware(gate: Gate) -> list[Middleware]:
    """The stack for st.App, outermost first."""
    return [
        Middleware(Prompt),
        Middleware(Peer, believed="FORWARDED_ALLOW_IPS" in os.environ),  # uvicorn's own name
        Middleware(Headers, gate=gate),
        Middleware(Closed, gate=gate),
        Middleware(Strange),
        Middleware(Packed),
        Middleware(Ahead, index=index_page()),
    ]


def inline_script_hashes(index: Path | None = None) -> tuple[str, ...]:
    """The CSP sources of the inline scripts in Streamlit's own index.html, as installed."""
    text = (index or index_page()).read_text("utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return tuple(f"'sha256-{base64.b64encode(d).decode()}'" for d in digests)


def index_page() -> Path:
    """Streamlit's own index.html, as installed."""
    found = importlib.util.find_spec("streamlit")  # found, not imported
    if found is None or found.origin is None:
        raise ModuleNotFoundError("streamlit is not installed; see requirements.txt")
    return Path(found.origin).parent / "static" / "index.html"


def content_security_policy(frame_ancestors: str = "'self'") -> str:
    """Nothing but this host: no script inside the page, no foreign image, font, frame or call."""
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *inline_script_hashes())),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "frame-src 'self'",
            f"frame-ancestors {frame_ancestors.strip()}",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        )
    )


class Headers:
    """Adds the security headers to every answer and the browser's own cookie to every page."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self.app, self.https = app, gate.settings.https
        ancestors = gate.settings.frame_ancestors
        self.always = {
            "Content-Security-Policy": content_security_policy(ancestors),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        }
        if ancestors.strip() == "'self'":  # the older header knows no list of hosts
            self.always["X-Frame-Options"] = "SAMEORIGIN"
        if self.https:
            self.always["Strict-Transport-Security"] = f"max-age={A_YEAR}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on; HTTP answers get their headers on the way out."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(scope, message["status"], MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _add(self, scope: Scope, status: int, headers: MutableHeaders) -> None:
        segment = _segment(scope["path"])
        for name, value in self.always.items():
            if segment != "api" or name not in headers:  # its pages bring a stricter policy
                headers[name] = value
        if vary := headers.getlist("Vary"):  # Streamlit packs too, and both say so
            headers["Vary"] = ", ".join(dict.fromkeys(", ".join(vary).split(", ")))
        if segment in ("api", "media"):
            headers["Cache-Control"] = "no-store"
        if segment == "api":  # cookies open nothing there, so none is planted
            return
        asked = HTTPConnection(scope)
        page = headers.get("Content-Type", "").startswith("text/html")
        # A browser that forgot its cookies but kept the page gets no type with its 304.
        page = page or (status == 304 and "text/html" in asked.headers.get("Accept", ""))
        if page and not asked.cookies.get(BROWSER):
            secure = "; Secure" if self.https or scope.get("scheme") == "https" else ""
            headers.append(
                "Set-Cookie",
                f"{BROWSER}={fresh()}; Path=/; Max-Age={A_YEAR}; HttpOnly; SameSite=Lax{secure}",
            )


class Closed:
    """Answers 404 where Streamlit would tell or serve something to anybody.

    A file under /media is for the browser whose tab it was made in, as long as that is signed in:
    its address can be known. Uploads are for administrators, who alone have a box for them.
    """

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self.app, self.gate = app, gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what may be asked for."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif not await self._open(scope):
            await _not_found(scope, receive, send)
        elif _segment(scope["path"]) == "media":
            await self._file(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _open(self, scope: Scope) -> bool:
        path: str = scope["path"]
        if any(closed in path for closed in CLOSED):
            return False
        if UPLOADS not in path:
            return True
        principal = await run_in_threadpool(self._principal, HTTPConnection(scope))
        return principal is not None and principal.has_role("admin")

    async def _file(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a file to whom it is for; its name, which says so, is known with the answer."""
        closed = False

        async def guarded(message: Message) -> None:
            nonlocal closed
            if message["type"] == "http.response.start":
                name = MutableHeaders(scope=message).get("Content-Disposition", "")
                owner = await run_in_threadpool(self._principal, HTTPConnection(scope), name)
                closed = owner is None
                if closed:
                    await _not_found(scope, receive, send)
            if not closed:
                await send(message)

        await self.app(scope, receive, guarded)

    def _principal(self, connection: HTTPConnection, name: str = "") -> Principal | None:
        """Whose sign-in the browser has, or whose of its tabs a download of that name is."""
        value = connection.cookies.get(SIGN_IN)
        binding = binding_of(connection.cookies.get(BROWSER))
        sign_in = digest(value) if value else None
        if name:
            sign_in = self.gate.own_files.sign_in_of(name)
        return self.gate.principal(sign_in, binding, datetime.now(UTC))


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("Not Found", status_code=404)(scope, receive, send)


def _segment(path: str) -> str:
    return path.lstrip("/").partition("/")[0]
