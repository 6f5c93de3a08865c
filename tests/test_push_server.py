"""Pushing to the real server: with people's exporters, and killed while it takes events in."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from analytics_core.settings import Settings
from analytics_core.store import manifest
from analytics_core.store.verify import verify

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
HASH = "$2b$04$abcdefghijklmnopqrstuuKj5O9jbEH8nYbqbVnHoBGyN1VZXQdFS"
ACCOUNTS = f'credentials:\n  usernames:\n    ada: {{email: a@x.example, roles: [admin], password: "{HASH}"}}\n'
PATIENCE = 90.0  # seconds until what was pushed must have landed, on a machine that is busy
EVENTS, BATCH, KILLS = 200_000, 5_000, 3
HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)


@dataclass
class Server:
    """The app under uvicorn, to be started, killed and started again on one port."""

    folder: Path
    port: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "TOKENTALLY_DATA": str(self.data), "TOKENTALLY_AUTH": str(self.folder / "auth.yaml"),
            "TOKENTALLY_DEMO": "false", "TOKENTALLY_API_REQUESTS_PER_MINUTE": "10000",
        }  # fmt: skip

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(self.port)]
        self.processes.append(
            subprocess.Popen(
                command, cwd=ROOT, env=self.environment, start_new_session=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
        )  # fmt: skip

    def kill(self, *, family: bool) -> None:
        """SIGKILL, to the server alone or to the ingest that it started as well."""
        process = self.processes[-1]
        if family:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()

    def token(self, *words: str) -> str:
        command = [sys.executable, "-m", "analytics_core", "token", "create", "test"]
        done = subprocess.run(
            [*command, "--user", "ada", "--data", str(self.data), *words],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    def ask(self, address: str, token: str, body: bytes | None = None) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}{address}", body, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def retried(self, address: str, token: str, body: bytes | None = None) -> Any:
        """As a patient client asks: again after a lost connection and after 429 or 503."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self.ask(address, token, body)
            except urllib.error.HTTPError as refused:
                if refused.code not in (429, 503) or time.monotonic() > until:
                    raise
            except (OSError, ValueError):
                if time.monotonic() > until:
                    raise
            time.sleep(0.1)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "auth.yaml").write_text(ACCOUNTS, "utf-8")
    (tmp_path / "data").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        made = Server(tmp_path, free.getsockname()[1])
    yield made
    for process in made.processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def awaited(look: Callable[[], Any], wanted: Callable[[Any], bool]) -> Any:
    until = time.monotonic() + PATIENCE
    while True:
        found = look()
        if wanted(found) or time.monotonic() > until:
            return found
        time.sleep(0.2)


def totals(server: Server, read: str) -> tuple[int, str]:
    asked = "/api/v1/query?measures=requests,cost&period=days:3"
    (row,) = server.retried(asked, read)["rows"]
    return row["requests"], row["cost"]


def test_spans_of_the_opentelemetry_sdk_show_in_the_totals(server):
    push = server.token("--ability", "push", "--source", "shop")
    read = server.token()
    server.start()
    server.retried("/api/v1/health", read)
    exporter = OTLPSpanExporter(
        endpoint=f"{server.url}/api/v1/otlp/v1/traces",
        headers={"Authorization": f"Bearer {push}"},
        compression=Compression.Gzip,
    )
    provider = TracerProvider(
        resource=Resource({"service.name": "shop", "deployment.environment.name": "prod"})
    )
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("test")
    for number in range(30):
        with tracer.start_as_current_span("invoke_agent helper") as agent:
            agent.set_attribute("gen_ai.operation.name", "invoke_agent")
            agent.set_attribute("gen_ai.usage.input_tokens", 1_000)
            with tracer.start_as_current_span("chat gpt-5-mini") as call:
                call.set_attributes(
                    {
                        "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai",
                        "gen_ai.request.model": "gpt-5-mini", "gen_ai.usage.input_tokens": 1_000,
                        "gen_ai.usage.output_tokens": 100, "user.id": f"u{number % 3}",
                        "gen_ai.response.finish_reasons": ("stop",),
                    }
                )  # fmt: skip
    assert provider.force_flush()
    provider.shutdown()
    # 30 x (1,000 x 0.25 + 100 x 2.00) USD per million
    assert awaited(lambda: totals(server, read), lambda found: found[0] == 30) == (30, "0.0135")
    asked = "/api/v1/query?measures=requests,input_tokens&by=user&period=days:3"
    rows = server.retried(asked, read)["rows"]
    assert sorted((r["user"], r["requests"], r["input_tokens"]) for r in rows) == [
        ("u0", 10, 10_000), ("u1", 10, 10_000), ("u2", 10, 10_000),
    ]  # fmt: skip
    assert [i.source for i in manifest.load(server.data / "events").inputs] == ["shop"]


def batch(first: int, amounts: list[int]) -> bytes:
    lines = []
    for number in range(first, first + BATCH):
        at = HOUR + timedelta(milliseconds=10 * number)
        lines.append(
            json.dumps(
                {
                    "event_id": f"e{number}", "started_at": at.isoformat(), "provider": "house",
                    "model": "house", "input_tokens": number % 1000, "output_tokens": 7,
                    "cost_usd": f"{amounts[number] / 1e9:.9f}",
                }
            )
        )  # fmt: skip
    return "\n".join(lines).encode()


def test_killed_again_and_again_every_event_that_was_answered_counts_exactly_once(server):
    chance = random.Random(7)
    amounts = [chance.randrange(1, 2_000_000) for _ in range(EVENTS)]
    push = server.token("--ability", "push", "--source", "load")
    read = server.token()
    server.start()
    receipts: dict[str, int] = {}
    finished = threading.Event()

    def client(share: int) -> None:
        """Pushes every other batch until each has its receipt, some of them twice."""
        for first in range(share * BATCH, EVENTS, 2 * BATCH):
            body = batch(first, amounts)
            for _ in range(2 if first % (8 * BATCH) == 0 else 1):
                said = server.retried("/api/v1/events", push, body)
                receipts[said["id"]] = said["events"]

    clients = [threading.Thread(target=client, args=(share,)) for share in (0, 1)]
    for each in clients:
        each.start()
    for number in range(KILLS):
        pushed = len(receipts)
        awaited(lambda: len(receipts), lambda n, least=pushed: n > least)  # it is up, and at work
        time.sleep(chance.uniform(0.0, 1.5))
        server.kill(family=number % 2 == 0)
        server.start()
    for each in clients:
        each.join()
    finished.set()
    assert sum(receipts.values()) == EVENTS
    found = awaited(lambda: totals(server, read), lambda found: found[0] == EVENTS)
    assert found[0] == EVENTS
    assert round(float(found[1]) * 1e9) == sum(amounts)
    held = manifest.load(server.data / "events")
    assert sum(file.cost_nano for file in held.files) == sum(amounts)
    assert verify(server.data / "events", Settings(server.data / "settings")) == ()
    for known, events in receipts.items():
        fate = server.retried(f"/api/v1/events/receipts/{known}", push)
        assert (fate["state"], fate["accepted"] + fate["duplicate"]) == ("landed", events)
