import base64
import hashlib
import importlib.util
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from analytics_core.api.middleware import content_security_policy, inline_script_hashes, middleware
from analytics_core.api.version import VERSION

pytestmark = pytest.mark.access

PATHS = [
    "/", "/costs", "/media/1.csv", "/static/app.js", "/_stcore/health", "/_stcore/metrics",
    "/auth/session.js", "/auth/session", "/api/v1/health", "/nowhere",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_security_headers(client, path):
    headers = client.get(path).headers
    assert headers["content-security-policy"] == content_security_policy()
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["permissions-policy"] == "camera=(), microphone=(), geolocation=()"
    assert "strict-transport-security" not in headers
    assert not [value for value in headers.values() if value.startswith(" ")]


def test_the_policy_admits_this_host_and_the_one_line_of_the_installed_index_page():
    index = Path(importlib.util.find_spec("streamlit").origin).parent / "static" / "index.html"
    text = index.read_text("utf-8")
    inline = text.split("<script>")[1].split("</script>")[0]
    assert text.count("<script>") == 1
    assert "window.prerenderReady = false" in inline
    hashed = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    assert hashed == "THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA="
    assert content_security_policy() == (
        f"default-src 'self'; script-src 'self' 'sha256-{hashed}'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self'; worker-src 'self' blob:; frame-src 'self'; frame-ancestors 'self'; "
        "object-src 'none'; base-uri 'self'; form-action 'self'"
    )


def test_every_inline_script_is_hashed(tmp_path):
    index = tmp_path / "index.html"
    index.write_text('<script>a</script><script src="x.js"></script>\n<script>b\n</script>')
    assert inline_script_hashes(index) == (
        "'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='",
        "'sha256-AmOCmYm2/ZVPcrqvL8ZLwuLwHWktTecphuqAj26ZgT8='",
    )


def test_a_host_that_frames_the_app_is_named_in_the_settings(gate, client_of):
    headers = client_of(gate, frame_ancestors="'self' https://host.example").get("/").headers
    assert "frame-ancestors 'self' https://host.example;" in headers["content-security-policy"]
    assert "x-frame-options" not in headers  # it knows no list of hosts and would win


def test_https_is_insisted_on_once_it_is_configured(gate, client_of):
    answer = client_of(gate, https=True).get("/")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert "; Secure" in answer.headers["set-cookie"]


def test_a_page_plants_the_browsers_own_cookie_once(client):
    first = client.get("/costs")
    cookie = first.headers["set-cookie"]
    assert cookie.startswith("tokentally_browser=")
    for part in ("; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=31536000"):
        assert part in cookie
    assert len(client.cookies["tokentally_browser"]) == 43  # 32 random bytes
    assert "set-cookie" not in client.get("/").headers


def test_a_browser_that_kept_the_page_but_not_the_cookie_gets_another(client):
    kept = {"If-None-Match": "x"}
    page = client.get("/kept", headers=kept | {"Accept": "text/html,*/*"})
    assert page.status_code == 304
    assert page.headers["set-cookie"].startswith("tokentally_browser=")
    client.cookies.clear()
    assert "set-cookie" not in client.get("/kept", headers=kept | {"Accept": "*/*"}).headers


def test_two_browsers_get_two_cookies(gate, client_of):
    first, second = client_of(gate), client_of(gate)
    first.get("/")
    second.get("/")
    assert first.cookies["tokentally_browser"] != second.cookies["tokentally_browser"]


@pytest.mark.parametrize("path", ["/static/app.js", "/api/v1/health", "/auth/session.js"])
def test_nothing_but_a_page_plants_it(client, path):
    assert "set-cookie" not in client.get(path).headers


@pytest.mark.parametrize(
    "path",
    ["/_stcore/metrics", "/_stcore/metrics/", "/_stcore/agent/openapi.json", "/_stcore/agent",
     "/costs/_stcore/metrics", "/media/1.csv", "/media/", "/media", "//media/1.csv"],
)  # fmt: skip
def test_what_streamlit_tells_anybody_is_not_found(client, path):
    client.cookies.set("tokentally", "made up")
    answer = client.get(path)
    assert (answer.status_code, answer.text) == (404, "Not Found")


@pytest.mark.parametrize("path", ["/_stcore/health", "/mediation", "/static/app.js"])
def test_other_paths_are_passed_on(client, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/health", "/api/nowhere", "/media/1.csv"])
def test_answers_with_data_are_never_stored(client, path):
    assert client.get(path).headers["cache-control"] == "no-store"


def test_large_answers_are_packed(client):
    answer = client.get("/static/app.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == "x" * 5000


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_an_answer_that_two_could_pack_varies_once(gate, coding):
    packed = [*middleware(gate), Middleware(GZipMiddleware)]  # as Streamlit has it inside
    app = Starlette(routes=[Route("/large", large)], middleware=packed)
    answer = TestClient(app).get("/large", headers={"Accept-Encoding": coding})
    assert answer.headers.get_list("vary") == ["Origin, Accept-Encoding"]
    assert answer.text == "x" * 5000


def large(_: Request) -> Response:
    return Response("x" * 5000, media_type="text/plain", headers={"Vary": "Origin"})


@pytest.mark.parametrize(
    "path",
    ["/api/v1/query/%00", "/api/%2e%2e/x", "/api/v1/..%2fx", "//api/v1/health",
     "/api/v1/a%5c..%5cb"],
)  # fmt: skip
def test_an_address_that_the_server_does_not_look_at_is_a_problem(client, path):
    answer = client.get(f"http://testserver{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/api/v1/docs#not-found"
    assert answer.headers["cache-control"] == "no-store"


def test_a_websocket_passes_untouched_and_hears_the_cookie(client):
    client.get("/")
    with client.websocket_connect("/_stcore/stream") as socket:
        assert socket.receive_text() == client.cookies["tokentally_browser"]


def test_health_says_no_more_than_that_and_its_version(client):
    assert client.get("/api/v1/health").json() == {"status": "ok", "version": VERSION}
