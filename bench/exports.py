"""Measures exports of every row: python -m bench.exports --data DIR [--of events,items,focus].

For each kind of rows and format: seconds, rows, size of the file, and how far the memory of the process
rose above what it was before the first row (the store open, one question asked). With --http the same
over HTTP, from the API in a process of its own, read by a client that keeps nothing. Prints one JSON
document; nothing is asserted.
"""

import argparse
import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analytics_core import settings
from analytics_core.export import focus, rows
from analytics_core.export.stream import Tally
from analytics_core.semantics.filters import EVERYTHING, Filters
from analytics_core.semantics.period import Calendar, Period
from analytics_core.semantics.query import Query
from analytics_core.store.view import Store, View
from bench.run import ROOT, machine

PERIOD = "2025-11-01..2026-10-31"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
OF, FORMATS = ("events", "items", "focus"), ("csv", "parquet")


def memory(pid: int | str = "self") -> dict[str, int]:
    """VmRSS and VmHWM of a process, MB."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    held = dict(line.split(":", 1) for line in lines)
    return {name: int(held[name].split()[0]) // 1024 for name in ("VmRSS", "VmHWM")}


def forget_peak(pid: int | str = "self") -> None:
    """Lets VmHWM begin anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", "ascii")


def parts(view: View, of: str, kind: str, tally: Tally) -> Iterator[bytes]:
    """The export as the command line streams it."""
    if of == "focus":
        return {"csv": focus.csv_pages, "parquet": focus.parquet_pages}[kind](view, tally)
    pages = {"csv": rows.csv_pages, "parquet": rows.parquet_pages}[kind]
    return pages(view, "events" if of == "events" else "items", tally)


def one(data: Path, of: str, kind: str, out: Path) -> dict[str, Any]:
    """One export of this process, which has done nothing else."""
    store = Store(data, settings.load(data / "settings", {}))
    view = View(store, EVERYTHING, Filters(Period.parse(PERIOD, NOW, Calendar())))
    cost = view.ask(Query(("cost",)))["cost"][0]
    view.count("events")
    before, tally = memory()["VmRSS"], Tally()
    forget_peak()
    began, cpu = time.perf_counter(), time.process_time()
    with out.open("wb") as into:
        for part in parts(view, of, kind, tally):
            into.write(part)
    seconds = time.perf_counter() - began
    found = {
        "rows": tally.rows, "seconds": round(seconds, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "rows_per_second": round(tally.rows / seconds),
        "file_mb": round(out.stat().st_size / 1e6),
        "memory_before_mb": before, "extra_memory_mb": memory()["VmHWM"] - before,
        "cost_nano": cost,
    }  # fmt: skip
    store.close()
    return found


def apart(data: Path, of: str, kind: str) -> dict[str, Any]:
    """`one` in a process of its own."""
    with tempfile.TemporaryDirectory(dir=data.parent) as folder:
        out = Path(folder) / f"export.{kind}"
        line = [sys.executable, "-m", "bench.exports", "--data", data, "--only", of, kind, out]
        run = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
        if run.returncode:
            sys.exit(run.stderr[-2000:])
        return json.loads(run.stdout)


def serve(data: Path) -> None:
    """The API alone on a free port; prints the port and a token."""
    import uvicorn
    from starlette.applications import Starlette

    from analytics_core.access.accounts import NOBODY, AccountsFile
    from analytics_core.access.gate import Gate
    from analytics_core.access.state import State
    from analytics_core.access.tokens import Wish
    from analytics_core.api.routes import routes

    with tempfile.TemporaryDirectory() as folder:
        auth = Path(folder) / "auth.yaml"
        hashed = "$2b$04$" + "a" * 53
        auth.write_text(
            f"credentials: {{usernames: {{ada: {{roles: [admin], password: '{hashed}'}}}}}}",
            "utf-8",
        )
        state = State(Path(folder) / "state.db")
        loaded = settings.load(data / "settings", {})
        gate = Gate(AccountsFile(auth), state, loaded, lambda: False, NOBODY)
        now = datetime.now(UTC)
        token = gate.tokens.make(gate.accounts(now)["ada"].principal, Wish(name="bench"), now)[1]
        server = uvicorn.Server(
            uvicorn.Config(Starlette(routes=routes(gate, data)), port=0, log_level="warning")
        )

        def say() -> None:
            while not server.started:
                time.sleep(0.05)
            port = server.servers[0].sockets[0].getsockname()[1]
            print(json.dumps({"port": port, "token": token}), flush=True)

        threading.Thread(target=say, daemon=True).start()
        server.run()


def over_http(data: Path, of: str, kind: str) -> dict[str, Any]:
    """The same export, asked for over HTTP."""
    line = [sys.executable, "-m", "bench.exports", "--data", str(data), "--serve"]
    with subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        there = json.loads(server.stdout.readline())

        def get(path: str) -> http.client.HTTPResponse:
            connection = http.client.HTTPConnection("127.0.0.1", there["port"], timeout=600)
            connection.request("GET", path, headers={"Authorization": f"Bearer {there['token']}"})
            return connection.getresponse()

        get(f"/api/v1/query?period={PERIOD}&measures=cost").read()
        before = memory(server.pid)["VmRSS"]
        forget_peak(server.pid)
        began, size = time.perf_counter(), 0
        answer = get(f"/api/v1/export?of={of}&period={PERIOD}&format={kind}")
        first = time.perf_counter() - began
        while part := answer.read(1 << 20):
            size += len(part)
        seconds = time.perf_counter() - began
        found = {
            "status": answer.status, "rows": int(answer.headers["Tokentally-Rows"]),
            "first_byte_seconds": round(first, 1), "seconds": round(seconds, 1),
            "file_mb": round(size / 1e6), "memory_before_mb": before,
            "extra_memory_mb": memory(server.pid)["VmHWM"] - before,
        }  # fmt: skip
        server.terminate()
        return found


def main() -> None:
    """Exports, prints."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--of", default=",".join(OF))
    options.add_argument("--http", action="store_true")
    options.add_argument("--only", nargs=3, metavar=("OF", "FORMAT", "OUT"), help="in this process")
    options.add_argument("--serve", action="store_true", help="the API alone")
    given = options.parse_args()
    if given.serve:
        serve(given.data)
    elif given.only:
        of, kind, out = given.only
        print(json.dumps(one(given.data, of, kind, Path(out))))
    else:
        how = over_http if given.http else apart
        result: dict[str, Any] = {"machine": machine()}
        for of in given.of.split(","):
            for kind in FORMATS:
                result[f"{of} as {kind}"] = how(given.data, of, kind)
                print(of, kind, result[f"{of} as {kind}"], file=sys.stderr)
        print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
