from datetime import UTC, datetime, timedelta

import jwt
import pytest

from analytics_core.access.secret import binding_of, digest, fresh

pytestmark = pytest.mark.access

BROWSER = "browser-cookie"


def plant(client, ticket: str, browser: str = BROWSER):
    client.cookies.set("tokentally_browser", browser)
    return client.post("/auth/session", headers={"X-Ticket": ticket})


def test_a_ticket_becomes_a_cookie_that_no_script_reads(client, gate, ticket):
    answer = plant(client, ticket)
    cookie = answer.headers["set-cookie"]
    assert (answer.status_code, answer.content) == (204, b"")
    for part in ("HttpOnly", "Max-Age=604800", "Path=/", "SameSite=lax"):
        assert part in cookie
    assert "Secure" not in cookie
    sign_in = digest(client.cookies["tokentally"])
    assert gate.principal(sign_in, binding_of(BROWSER), datetime.now(UTC)).username == "ana"


@pytest.mark.parametrize(("changes", "base"), [({"https": True}, "http"), ({}, "https")])
def test_over_https_the_cookie_never_travels_in_the_clear(gate, client_of, ticket, changes, base):
    client = client_of(gate, **changes)
    client.cookies.set("tokentally_browser", BROWSER)
    answer = client.post(f"{base}://testserver/auth/session", headers={"X-Ticket": ticket})
    assert "; Secure" in answer.headers["set-cookie"]


def test_a_ticket_works_once(client, gate, ticket, client_of):
    assert plant(client, ticket).status_code == 204
    again = plant(client_of(gate), ticket)
    assert again.status_code == 403
    assert "set-cookie" not in again.headers


def test_a_ticket_works_only_in_the_browser_that_signed_in(client, ticket):
    assert plant(client, ticket, browser="another").status_code == 403
    assert plant(client, ticket).status_code == 403  # the attempt has spent it


@pytest.mark.parametrize("given", ["", "x", "a" * 43, "None"])
def test_a_made_up_ticket_plants_nothing(client, given):
    answer = plant(client, given)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_ticket_in_the_query_or_body_is_not_looked_at(client, ticket):
    client.cookies.set("tokentally_browser", BROWSER)
    assert client.post(f"/auth/session?ticket={ticket}").status_code == 403
    assert client.post("/auth/session", json={"ticket": ticket}).status_code == 403


def test_the_session_cannot_be_read(client):
    assert client.get("/auth/session").status_code == 405


def test_leaving_ends_the_sign_in_and_drops_the_cookie(client, gate, ticket):
    plant(client, ticket)
    value = client.cookies["tokentally"]
    answer = client.delete("/auth/session")
    assert answer.status_code == 204
    assert "tokentally" not in client.cookies
    assert gate.principal(digest(value), binding_of(BROWSER), datetime.now(UTC)) is None


def test_leaving_without_a_cookie_is_no_error(client):
    assert client.delete("/auth/session").status_code == 204


def downloads(client, cookie: str | None = None, browser: str = BROWSER) -> bool:
    if cookie is not None:  # instead of what the client has been given
        client.cookies.clear()
        client.cookies.update({"tokentally": cookie, "tokentally_browser": browser})
    return client.get("/media/1.csv").status_code == 200


def test_a_download_needs_a_living_sign_in_of_that_browser(client, gate, ticket):
    assert not downloads(client)
    plant(client, ticket)
    assert downloads(client)
    value = client.cookies["tokentally"]
    assert downloads(client, value)
    assert not downloads(client, value, browser="another")
    gate.sign_ins.end(digest(value))
    assert not downloads(client, value)  # a replayed cookie


def test_a_file_is_for_the_browser_of_its_tab_while_that_tab_is_signed_in(
    client, client_of, gate, ticket
):
    def had(by, random: str = "0a1b2c3d") -> bool:
        return by.get(f"/media/of/{random}").status_code == 200

    plant(client, ticket)
    sign_in = digest(client.cookies["tokentally"])
    assert not had(client)  # nobody's yet
    gate.own_files.claim("0a1b2c3d", sign_in)
    assert had(client)
    assert not had(client, "ffffffff")

    now, other = datetime.now(UTC), client_of(gate)
    other.cookies.set("tokentally_browser", "another")
    again = gate.begin(gate.accounts(now)["ana"], binding_of("another"), now)[1]
    other.post("/auth/session", headers={"X-Ticket": again})
    assert downloads(other)
    assert not had(other)  # not even the same person elsewhere

    del client.cookies["tokentally"]  # as when another account has signed in beside it
    assert had(client)
    gate.sign_ins.end(sign_in)
    assert not had(client)


@pytest.mark.parametrize(("role", "status"), [("member", 404), ("manager", 404), ("admin", 200)])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_only_administrators_upload(client, gate, ticket, role, status, method):
    path = gate.file.path
    path.write_text(path.read_text().replace("[member]", f"[{role}]"))
    where = "/_stcore/upload_file/a-tab/a-file"
    assert client.request(method, where, content=b"x").status_code == 404
    plant(client, ticket)
    assert client.request(method, where, content=b"x").status_code == status


def expired(now: datetime) -> str:
    claims = {"username": "ana", "exp_date": (now + timedelta(days=30)).timestamp()}
    return jwt.encode(claims, "some_key" + " " * 24, algorithm="HS256")


@pytest.mark.parametrize(
    "forged",
    [
        "ana",
        "tt",
        fresh(),
        "' OR 1=1 --",
        "a" * 5000,
        jwt.encode({"sub": "ana", "exp": 4102444800, "jti": "x"}, None, algorithm="none"),
        expired(datetime(2026, 11, 20, tzinfo=UTC)),
        "null",
    ],
    ids=["a name", "a token's start", "random", "sql", "long", "unsigned", "expired", "null"],
)
def test_a_forged_cookie_opens_nothing(client, gate, ticket, forged):
    plant(client, ticket)
    assert not downloads(client, forged)
    assert gate.principal(digest(forged), binding_of(BROWSER), datetime.now(UTC)) is None


def test_the_digest_in_the_database_is_no_cookie(client, gate, state_rows, ticket):
    plant(client, ticket)
    assert not downloads(client, state_rows(gate)[0])


def test_a_sign_in_that_has_run_out_opens_nothing(client, gate, ticket):
    plant(client, ticket)
    gate.state.write("UPDATE sign_ins SET expires = 1")
    assert not downloads(client)


@pytest.fixture
def state_rows():
    return lambda gate: [row[0] for row in gate.state.rows("SELECT id FROM sign_ins")]


def test_the_script_is_served_for_the_page_to_run(client):
    answer = client.get("/auth/session.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "document.currentScript" in answer.text
