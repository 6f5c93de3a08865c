"""The one cookie route: it plants and drops the sign-in cookie, which scripts never see."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from analytics_core.access.gate import Gate
from analytics_core.access.secret import binding_of, digest
from analytics_core.access.sign_ins import LIFE

SIGN_IN = "tokentally"
BROWSER = "tokentally_browser"

# Read by `src`: the content security policy stops every script inside the page.
SCRIPT = """\
(() => {
  const script = document.currentScript;
  const ticket = script.dataset.ticket;
  const how = ticket ? { method: "POST", headers: { "X-Ticket": ticket } } : { method: "DELETE" };
  fetch(new URL("session", script.src), { credentials: "same-origin", ...how });
})();
"""


def session_routes(gate: Gate) -> list[Route]:
    """POST with a ticket plants the cookie, DELETE ends the sign-in and drops it."""

    def script(_: Request) -> Response:
        return Response(SCRIPT, media_type="text/javascript", headers={"Cache-Control": "no-store"})

    def session(request: Request) -> Response:
        if request.method == "POST":
            return _plant(gate, request)
        value = request.cookies.get(SIGN_IN)
        if value:
            gate.end(digest(value), datetime.now(UTC))
        answer = Response(status_code=204)
        answer.delete_cookie(SIGN_IN, httponly=True, samesite="lax", secure=_secure(gate, request))
        return answer

    return [
        Route("/auth/session.js", script, methods=["GET"]),
        Route("/auth/session", session, methods=["POST", "DELETE"]),
    ]


def _plant(gate: Gate, request: Request) -> Response:
    binding = binding_of(request.cookies.get(BROWSER))
    value = gate.tickets.redeem(request.headers.get("X-Ticket", ""), binding, datetime.now(UTC))
    if value is None:
        return Response(status_code=403)
    answer = Response(status_code=204)
    answer.set_cookie(
        SIGN_IN,
        value,
        max_age=int(LIFE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=_secure(gate, request),
    )
    return answer


def _secure(gate: Gate, request: Request) -> bool:
    return gate.settings.https or request.url.scheme == "https"
