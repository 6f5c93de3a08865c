"""Addresses under /api that the server refuses to look at get a problem, like every other one."""

from starlette.types import ASGIApp, Receive, Scope, Send

from analytics_core.api.problem import Refused


class Strange:
    """Answers where Streamlit's own guard would say no more than "Bad Request".

    That guard (Streamlit 1.67) refuses paths with `..`, a NUL, or two slashes at the beginning,
    before any route is looked for. No operation has such an address.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on every other address."""
        if scope["type"] == "http" and _strange(scope["path"]):
            said = "No operation has this address; /api/v1/docs lists them."
            await Refused("not-found", said).response()(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _strange(path: str) -> bool:
    segments = path.replace("\\", "/").split("/")
    guarded = path.startswith("//") or "\0" in path or ".." in segments
    return guarded and path.lstrip("/").partition("/")[0] == "api"
