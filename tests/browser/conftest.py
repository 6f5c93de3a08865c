"""The app as people meet it: a server of its own, a real Chromium, nothing unexpected said."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = Path(os.environ.get("TOKENTALLY_CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
# The only console lines allowed: Streamlit's probes on a deep link, the authenticator's iframe on
# the sign-in page, Vega before its data has arrived.
ALLOWED = re.compile(
    r"/_stcore/(health|host-config)|extra_streamlit_components|WARN Infinite extent"
)
PASSWORD = "correct horse battery"


@dataclass
class Server:
    """One running app: `url` without a slash at its end, its folders, and what it has logged."""

    url: str
    data: Path
    auth: Path
    log: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


@dataclass
class Heard:
    """What the browser said and asked for while a test ran."""

    host: str
    console: list[str] = field(default_factory=list)
    off_host: list[str] = field(default_factory=list)

    def note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            line = f"{message.text} {message.location.get('url', '')}"
            if not ALLOWED.search(line):
                self.console.append(line)

    def asked(self, request: Request) -> None:
        if request.url.startswith(("data:", "blob:", "about:")):
            return
        if not request.url.startswith((self.host, self.host.replace("http", "ws", 1))):
            self.off_host.append(request.url)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: name a Chromium in TOKENTALLY_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts the app: `serve(data=…, accounts="yaml text", TOKENTALLY_ZONE="…")` gives a Server.

    Without `data` the folder is new and empty, and no demo data is made. Stopped at the end.
    """
    running: list[Server] = []

    def start(*, data: Path | None = None, accounts: str = "", **environ: str) -> Server:
        folder = tmp_path_factory.mktemp("served")
        auth = folder / "auth.yaml"
        auth.write_text(accounts, "utf-8")
        server = _start(data or folder / "data", auth, folder / "log", environ)
        running.append(server)
        _wait(server)
        return server

    yield start
    for server in running:
        server.stop()


def _start(data: Path, auth: Path, log: Path, environ: dict[str, str]) -> Server:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    given = {"TOKENTALLY_DATA": str(data), "TOKENTALLY_AUTH": str(auth), "TOKENTALLY_DEMO": "false"}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=ROOT,
            env=os.environ | given | environ,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    return Server(f"http://127.0.0.1:{port}", data, auth, log, process)


def _wait(server: Server) -> None:
    """Waits for the socket only: no page is opened, so the first test request is the first."""
    for _ in range(600):
        if server.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(server.url + "/_stcore/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    server.stop()
    pytest.fail("the app did not start:\n" + server.log.read_text("utf-8", "replace"))


def _hear(into: list[bytes], payload: bytes | str) -> None:
    into.append(payload.encode() if isinstance(payload, str) else payload)


@pytest.fixture
def browse(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page in a fresh browser profile: `browse(server, "/costs")`.

    With `beside=page` it is a second tab of that page's profile; `hear` receives what comes over
    the websocket. At the end no console error and no request to another host may have happened.
    """
    heard: list[Heard] = []
    contexts = []

    def open_page(
        server: Server,
        path: str = "/",
        *,
        beside: Page | None = None,
        hear: list[bytes] | None = None,
    ) -> Page:
        if beside is None:
            contexts.append(chromium.new_context(base_url=server.url))
        context = beside.context if beside else contexts[-1]
        page = context.new_page()
        heard.append(Heard(server.url))
        page.on("console", heard[-1].note)
        page.on("request", heard[-1].asked)
        if hear is not None:
            page.on("websocket", lambda socket: socket.on("framereceived", partial(_hear, hear)))
        page.goto(server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [line for h in heard for line in h.console] == []
    assert [url for h in heard for url in h.off_host] == []


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a small year of demo data, for reading only."""
    data = tmp_path_factory.mktemp("demo") / "data"
    command = [sys.executable, "-m", "analytics_core", "demo", "--data", str(data)]
    subprocess.run([*command, "--events", "20000", "--months", "3"], cwd=ROOT, check=True)
    return data


@pytest.fixture
def settled() -> Callable[[Page], None]:
    """Waits until the script has run and nothing is still to come.

    True also just before a rerun, so wait for a text first.
    """

    def wait(page: Page) -> None:
        at_rest = page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')
        at_rest.wait_for()
        expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=30_000)
        at_rest.wait_for()

    return wait


@pytest.fixture
def enter() -> Callable[[Page, str, str], None]:
    """Fills the sign-in form in and sends it."""

    def fill(page: Page, username: str, password: str = PASSWORD) -> None:
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Sign in", exact=True).click()

    return fill


@pytest.fixture(scope="session")
def accounts() -> Callable[..., str]:
    """The text of auth.yaml: `accounts(ana="roles: [member]")`; `enter` knows the password."""
    import bcrypt

    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()

    def text(**people: str) -> str:
        lines = ["credentials:", "  usernames:"]
        for name, record in people.items():
            lines += [
                f"    {name}:",
                f"      password: {hashed}",
                f"      email: {name}@acme.example",
            ]
            lines += [f"      {line}" for line in record.splitlines()]
        return "\n".join(lines) + "\n"

    return text


@pytest.fixture
def visible() -> Callable[[Page, str], None]:
    """Waits until a text can be seen."""

    def look(page: Page, text: str) -> None:
        expect(page.get_by_text(text).first).to_be_visible(timeout=20_000)

    return look
