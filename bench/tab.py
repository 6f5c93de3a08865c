"""A browser tab without a browser: it signs in, opens pages over the websocket and counts bytes."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.util import calc_hash
from websockets.sync.client import ClientConnection, connect

from analytics_core.access.gate import Gate, gate_of
from analytics_core.access.secret import binding_of, fresh
from analytics_core.store.manifest import demo_only
from analytics_core.ui import first_page

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the script as a tab saw it: until it had finished, and what was sent."""

    ms: float
    bytes: int
    failed: tuple[str, ...]  # what the page said of errors


@dataclass(slots=True)
class Tab:
    """One signed-in tab; `page` and `query` are what its address bar says.

    Like a browser it keeps the messages that may be kept and tells the server which it has.
    """

    socket: ClientConnection
    page: str = ""
    query: str = ""
    kept: set[str] = field(default_factory=set[str])

    @classmethod
    def open(cls, url: str, gate: Gate, username: str) -> Self:
        """A new tab of that account, with cookies of its own."""
        browser, now = fresh(), datetime.now(UTC)
        account = gate.accounts(now)[username]
        cookie = gate.sign_ins.begin(account, binding_of(browser), now)
        address = url.replace("http", "ws", 1) + "/_stcore/stream"
        headers = {"Cookie": f"tokentally={cookie}; tokentally_browser={browser}"}
        made = connect(
            address, subprotocols=["streamlit"], additional_headers=headers, max_size=None
        )
        return cls(made)

    def run(self, page: str | None = None, query: str | None = None) -> Run:
        """Runs the script at that page and query (default: where it is), until the page is whole."""
        self.page = self.page if page is None else page
        self.query = self.query if query is None else query
        run, rest = self._run()
        if not rest:
            return run
        more, _ = self._run(rest)  # a browser waits a second before it asks
        return Run(run.ms + more.ms, run.bytes + more.bytes, (*run.failed, *more.failed))

    def _run(self, fragment: str = "") -> tuple[Run, str]:
        """One run of the script or of a fragment, and the fragment that is to draw the rest."""
        asked = BackMsg()
        asked.rerun_script.query_string = self.query
        asked.rerun_script.page_script_hash = calc_hash(self.page)
        asked.rerun_script.fragment_id = fragment
        asked.rerun_script.cached_message_hashes.extend(sorted(self.kept))
        began = time.perf_counter()
        self.socket.send(asked.SerializeToString())
        size, failed, begun, rest = 0, list[str](), False, ""
        while True:
            payload = self.socket.recv(timeout=PATIENCE)
            size += len(payload)
            message = ForwardMsg.FromString(payload)
            if message.metadata.cacheable:
                self.kept.add(message.hash or message.ref_hash)
            begun = begun or message.HasField("new_session")
            if message.auto_rerun.interval == first_page.SOON:
                rest = message.auto_rerun.fragment_id
            failed += _failures(message)
            if begun and _finished(message):
                return Run((time.perf_counter() - began) * 1000, size, tuple(failed)), rest

    def close(self) -> None:
        """Leaves."""
        self.socket.close()


def _finished(message: ForwardMsg) -> bool:
    early = ForwardMsg.FINISHED_EARLY_FOR_RERUN  # it goes on at once
    return message.HasField("script_finished") and message.script_finished != early


def _failures(message: ForwardMsg) -> list[str]:
    if not message.HasField("delta") or not message.delta.HasField("new_element"):
        return []
    element = message.delta.new_element
    if element.HasField("exception"):
        return [element.exception.message]
    if element.HasField("alert") and "failed (" in element.alert.body:
        return [element.alert.body]
    return []


@dataclass(frozen=True, slots=True)
class Served:
    """A running app: its address, its gate, its process."""

    url: str
    gate: Gate
    pid: int

    def tab(self, username: str) -> Tab:
        """A new tab of that account."""
        return Tab.open(self.url, self.gate, username)

    def cpu_ms(self) -> float:
        """The processor time the server has taken since its start."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(
    data: Path, auth: Path | None = None, environ: Mapping[str, str] | None = None
) -> Generator[Served]:
    """The app over a data folder, as a server of its own; `auth` stands beside the data."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    auth = auth or data.parent / "auth.yaml"
    places = {"TOKENTALLY_DATA": str(data), "TOKENTALLY_AUTH": str(auth)}
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
        cwd=ROOT, env=os.environ | places | dict(environ or {}), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process)
        yield Served(url, gate_of(data, auth, demo_only), process.pid)
    finally:
        process.terminate()
        process.wait(10)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url + "/_stcore/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    sys.exit("the app did not start")
