"""Measures the HTTP API: python -m bench.api [--data DIR --clients 1,8,32 --seconds 20].

Each client is a thread with an account, a token and a connection of its own, that asks again as
soon as it has its answer: summaries of an organization's sessions, then /query by project. First
questions nobody asked before (30 days beginning on any day of the year, whole or narrowed to a
team, project or model), then a few that are known. The limit per token is raised, the others are as
they come. Without --data the demo data are made first. Prints one JSON document; asserts nothing.
"""

import argparse
import http.client
import json
import os
import random
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, product
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import bcrypt

from analytics_core.access.gate import Gate
from analytics_core.access.tokens import Wish
from bench.pages import demo
from bench.run import ROOT, machine
from bench.tab import Served, served

DAYS, YEAR = 30, 365
KNOWN = 20  # questions that are asked again and again
MEASURES = "cost,requests,total_tokens,users"
PATIENCE = 120  # seconds
LIMITS = {"TOKENTALLY_API_REQUESTS_PER_MINUTE": "1000000"}


@dataclass(slots=True)
class Client:
    """One caller: a connection of its own, and what it saw."""

    host: str
    token: str
    ms: list[float] = field(default_factory=list[float])
    received: int = 0
    wrong: Counter[str] = field(default_factory=Counter[str])
    _connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)

    def ask(self, address: str) -> bytes:
        """One question, timed."""
        began = time.perf_counter()
        self._connection.request("GET", address, headers={"Authorization": f"Bearer {self.token}"})
        answer = self._connection.getresponse()
        body = answer.read()
        self.ms.append((time.perf_counter() - began) * 1000)
        self.received += len(body)
        if answer.status != 200:
            self.wrong[f"{answer.status} {json.loads(body).get('title')}"] += 1
        return body

    def ask_until(self, end: float, addresses: Iterator[str]) -> None:
        """Question after question until the time is up."""
        while time.monotonic() < end:
            try:
                self.ask(next(addresses))
            except (OSError, http.client.HTTPException) as broken:
                self.wrong[repr(broken)] += 1
                self._connection.close()
            except StopIteration:
                return


class Shared(Iterator[str]):
    """Addresses that several threads take from."""

    def __init__(self, addresses: Iterator[str]) -> None:
        self._addresses, self._lock = addresses, threading.Lock()

    def __next__(self) -> str:
        """The next one; nobody else gets it."""
        with self._lock:
            return next(self._addresses)


@dataclass(frozen=True, slots=True)
class House:
    """What can be asked of a store: its last day, members of its dimensions."""

    last: date
    organizations: tuple[str, ...]
    picks: tuple[tuple[str, str], ...]

    def questions(self, seed: int) -> Iterator[tuple[date, date, str, tuple[tuple[str, str], ...]]]:
        """Every period, organization and pick once, in the order of the seed."""
        firsts = [self.last - timedelta(days=DAYS - 1 + n) for n in range(YEAR - DAYS)]
        every = list(product(firsts, self.organizations, ((), *((pick,) for pick in self.picks))))
        random.Random(seed).shuffle(every)
        for first, organization, picks in every:
            yield first, first + timedelta(days=DAYS - 1), organization, picks

    def summaries(self, seed: int) -> Iterator[str]:
        """Addresses of /sessions/analytics/summary."""
        for first, last, organization, picks in self.questions(seed):
            query = urlencode([("startDate", first), ("endDate", last), *picks])
            yield f"/api/v1/{quote(organization)}/sessions/analytics/summary?{query}"

    def queries(self, seed: int) -> Iterator[str]:
        """Addresses of /query."""
        for first, last, organization, picks in self.questions(seed):
            asked = [("measures", MEASURES), ("by", "project"), ("top", "10")]
            asked += [("period", f"{first}..{last}"), ("organization", organization), *picks]
            yield f"/api/v1/query?{urlencode(asked)}"


def house_of(client: Client) -> House:
    """What the store knows, as the API says it."""

    def members(dimension: str) -> list[str]:
        rows = json.loads(client.ask(f"/api/v1/options/{dimension}?limit=40"))["rows"]
        return [row["member"] for row in rows if row["member"]]

    until = json.loads(client.ask("/api/v1/query"))["data_until"]
    return House(
        datetime.fromisoformat(until).date(),
        tuple(members("organization")),
        tuple((name, member) for name in ("team", "project", "model") for member in members(name)),
    )


def accounts(folder: Path, count: int) -> Path:
    """An auth.yaml with so many administrators."""
    nobody_knows = bcrypt.hashpw(os.urandom(16), bcrypt.gensalt(4)).decode()
    lines = [
        f"    bench{n}: {{email: bench{n}@x.example, roles: [admin], password: '{nobody_knows}'}}"
        for n in range(count)
    ]
    path = folder / "auth.yaml"
    path.write_text("\n".join(["credentials:", "  usernames:", *lines, ""]), "utf-8")
    return path


def tokens(gate: Gate, count: int) -> list[str]:
    """A token of each account."""
    now = datetime.now(UTC)
    people = gate.accounts(now)
    wish = Wish(name="bench", days=1)
    return [gate.tokens.make(people[f"bench{n}"].principal, wish, now)[1] for n in range(count)]


def series(
    app: Served, clients: list[Client], addresses: Iterator[str], seconds: float
) -> dict[str, Any]:
    """What all clients saw while they asked for so long, and what each answer cost the server."""
    shared, began, spent = Shared(addresses), time.monotonic(), app.cpu_ms()
    threads = [
        threading.Thread(target=client.ask_until, args=(began + seconds, shared))
        for client in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    ms = sorted(one for client in clients for one in client.ms)
    return {
        "requests": len(ms),
        "per_second": round(len(ms) / took, 1),
        "p50_ms": round(statistics.median(ms), 1),
        "p95_ms": round(ms[int(len(ms) * 0.95)], 1),
        "max_ms": round(ms[-1], 1),
        "cpu_ms": round((app.cpu_ms() - spent) / len(ms), 1),
        "mean_bytes": round(sum(client.received for client in clients) / len(ms)),
        "errors": dict(sum((client.wrong for client in clients), Counter())),
        "load": round(os.getloadavg()[0], 1),
    }


def measured(data: Path, counts: list[int], seconds: float) -> dict[str, Any]:
    """Per shape, kind of question and number of clients: latencies and errors."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        auth = accounts(Path(folder), max(counts))
        with served(data, auth, LIMITS) as app:
            host, texts = urlsplit(app.url).netloc, tokens(app.gate, max(counts))
            try:
                house = house_of(Client(host, texts[0]))
                shapes: dict[str, Callable[[int], Iterator[str]]] = {
                    "summary": house.summaries, "query": house.queries,
                }  # fmt: skip
                for name, shape in shapes.items():
                    new, known = shape(1), [a for a, _ in zip(shape(2), range(KNOWN), strict=False)]
                    for count in counts:
                        seen = found.setdefault(f"{name}, {count} clients", {})
                        clients = [Client(host, text) for text in texts[:count]]
                        seen["asked first"] = series(app, clients, new, seconds)
                        for address in known:
                            Client(host, texts[0]).ask(address)
                        clients = [Client(host, text) for text in texts[:count]]
                        seen["asked again"] = series(app, clients, cycle(known), seconds)
            finally:
                for text in texts:
                    app.gate.tokens.revoke(text[3:11])
    return found


def main() -> None:
    """Serves, asks, prints."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path)
    options.add_argument("--clients", default="1,8,32")
    options.add_argument("--seconds", type=float, default=20)
    given = options.parse_args()
    data = given.data or demo(ROOT / ".tmp" / "bench" / "demo")
    counts = [int(text) for text in given.clients.split(",")]
    result = {"machine": machine(), "api": measured(data, counts, given.seconds)}
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
