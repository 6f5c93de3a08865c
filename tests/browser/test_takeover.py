"""A websocket without a browser: somebody who knows a session id, and somebody who knows none."""

import pytest
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

pytestmark = [pytest.mark.browser, pytest.mark.access]

ANA = "first_name: Ana\nlast_name: Ruiz\nroles: [admin]"


@pytest.fixture(scope="module")
def server(serve, accounts):
    return serve(accounts=accounts(ana=ANA))


def stream(server, *, session: str = "", cookies: str = "", origin: str | None = None) -> str:
    """Everything one rerun sends over a websocket opened by hand."""
    protocols = ["streamlit", "unused", session] if session else ["streamlit"]
    url = server.url.replace("http", "ws", 1) + "/_stcore/stream"
    headers = {"Cookie": cookies} if cookies else {}
    received: list[str] = []
    with connect(
        url, subprotocols=protocols, additional_headers=headers, origin=origin, max_size=None
    ) as socket:
        rerun = BackMsg()
        rerun.rerun_script.query_string = ""
        socket.send(rerun.SerializeToString())
        begun = finished = False
        while not finished:  # what the run before left unsent comes first
            message = ForwardMsg.FromString(socket.recv(timeout=20))
            received.append(str(message))
            begun = begun or message.HasField("new_session")
            finished = begun and message.HasField("script_finished")
    return "".join(received)


def left_open(server, browse, enter) -> tuple[str, str]:
    """The id of a signed-in session whose tab has just been closed, and its cookies."""
    heard: list[bytes] = []
    page = browse(server, hear=heard)
    enter(page, "ana")
    expect(page.get_by_role("button", name="Ana Ruiz")).to_be_visible(timeout=20_000)
    jar = "; ".join(f"{c['name']}={c['value']}" for c in page.context.cookies())
    messages = [ForwardMsg.FromString(payload) for payload in heard]
    ids = {m.new_session.initialize.session_id for m in messages if m.HasField("new_session")}
    page.close()
    return ids.pop(), jar


def test_a_session_id_is_worth_nothing_without_the_cookies_of_its_browser(server, browse, enter):
    session, jar = left_open(server, browse, enter)
    owners = stream(server, session=session, cookies=jar)
    assert f'session_id: "{session}"' in owners  # this is how a session is resumed
    assert "Ana Ruiz" in owners
    assert "popover {" in owners
    theirs = stream(server, session=session, cookies="tokentally_browser=thief")
    assert f'session_id: "{session}"' in theirs
    assert "Username" in theirs
    assert "Ana Ruiz" not in theirs


@pytest.mark.parametrize(
    "cookies", ["", "tokentally=x", "tokentally=x; tokentally_browser=y", "_streamlit_user=admin"]
)
def test_an_anonymous_websocket_gets_the_form(server, cookies):
    seen = stream(server, cookies=cookies)
    assert "Username" in seen or "Signing in needs cookies" in seen
    assert "popover {" not in seen  # such as the one that says who is signed in


def test_a_page_of_another_origin_is_refused(server):
    with pytest.raises(InvalidStatus, match="403"):
        stream(server, origin="https://evil.example")
