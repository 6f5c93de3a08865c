"""Measures ingest and the Overview page: python -m bench.run --rows 1e6 [--folder DIR].

Generates the rows (bench/gen.py), lands them with the ordinary command, then asks what the Overview
page asks, straight from Parquet and without the result cache. Prints one JSON document; nothing is
asserted. Trust ratios of one run more than single figures: machines are noisy.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from analytics_core import settings
from analytics_core.semantics.filters import EVERYTHING, Filters, Pick, Scope
from analytics_core.semantics.period import Calendar, Period
from analytics_core.store.view import Store, View
from bench import gen

ROOT = Path(__file__).resolve().parent.parent
REPEATS = 7
SIDEBAR = ("organization", "team", "user", "project", "model")
PERIODS = {
    "30 days": "2026-10-02..2026-10-31",
    "month": "2026-10",
    "year": "2025-11-01..2026-10-31",
}


def ingest(files: list[Path], data: Path) -> dict[str, Any]:
    """Lands the files with the ordinary command; seconds, rows per second, peak memory in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    began = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-m", "analytics_core", "ingest", "--json", "--data", data, *files],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"TOKENTALLY_INGEST_ARCHIVE": "none"},
    )  # fmt: skip
    seconds = time.perf_counter() - began
    if run.returncode:
        sys.exit(f"ingest failed: {run.stdout[-2000:]}{run.stderr[-2000:]}")
    accepted = sum(entry["accepted"] for entry in json.loads(run.stdout)["files"])
    peak = max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024
    return {
        "rows": accepted,
        "seconds": round(seconds, 2),
        "rows_per_second": round(accepted / seconds),
        "peak_memory_mb": round(peak),
    }


def timed(ask: Callable[[], object]) -> dict[str, float]:
    """Median and worst of repeated calls after one warm-up, in milliseconds, and CPU of one."""
    ask()
    walls, cpus = [], []
    for _ in range(REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        ask()
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    return {
        "p50_ms": round(statistics.median(walls), 1),
        "max_ms": round(max(walls), 1),
        "cpu_ms": round(statistics.median(cpus), 1),
    }


def questions(data: Path) -> dict[str, Any]:
    """What the Overview page asks, per period and scope, and the sidebar's option lists."""
    from analytics_core.ui import layout
    from pages import overview

    uncached = replace(settings.load(data / "settings", {}), query_cache_mb=0)
    store = Store(data, uncached)
    everyone, one = EVERYTHING, Scope(((Pick("user", ("user-7@example.com",)),),))
    now = datetime(2026, 11, 1, tzinfo=UTC)
    measured: dict[str, Any] = {}
    for name, text in PERIODS.items():
        filters = Filters(Period.parse(text, now, Calendar()))
        for who, scope in (("everyone", everyone), ("one person", one)):
            view = View(store, scope, filters)
            measured[f"overview, {name}, {who}"] = timed(
                lambda view=view: view.ask_all(layout.questions(view, overview.BLOCKS))
            )
    store.close()
    measured |= option_lists(data, everyone)
    measured["overview and lists, first visit"] = first_visit(data, everyone)
    measured["peak_memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return measured


def option_lists(data: Path, scope: Scope) -> dict[str, Any]:
    """The sidebar's lists with the ordinary result cache: read once per landed file, then kept."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    filters = Filters(Period.parse(PERIODS["month"], now, Calendar()))
    store = Store(data, settings.load(data / "settings", {}))
    view = View(store, scope, filters)
    began = time.perf_counter()
    for name in SIDEBAR:
        view.options(name)
    first = (time.perf_counter() - began) * 1000
    again = timed(lambda: [view.options(name) for name in SIDEBAR])
    store.close()
    return {"sidebar lists, first time": {"ms": round(first, 1)}, "sidebar lists, again": again}


def first_visit(data: Path, scope: Scope) -> dict[str, float]:
    """A store just opened: the page of a month and its lists, nothing cached."""
    from analytics_core.ui import layout
    from pages import overview

    now = datetime(2026, 11, 1, tzinfo=UTC)
    filters = Filters(Period.parse(PERIODS["month"], now, Calendar()))
    began = time.perf_counter()
    store = Store(data, settings.load(data / "settings", {}))
    view = View(store, scope, filters)
    view.ask_all(layout.questions(view, overview.BLOCKS))
    for name in SIDEBAR:
        view.options(name)
    store.close()
    return {"ms": round((time.perf_counter() - began) * 1000, 1)}


def machine() -> dict[str, Any]:
    """What ran it."""
    return {
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "at": f"{datetime.now(UTC):%Y-%m-%d}",
    }


def main() -> None:
    """Generates, lands, asks, prints."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=float, default=1e6)
    options.add_argument("--folder", type=Path, default=ROOT / ".tmp" / "bench")
    options.add_argument("--keep", action="store_true", help="ask an existing store again")
    given = options.parse_args()
    rows, folder = int(given.rows), given.folder / f"{int(given.rows)}"
    result: dict[str, Any] = {"rows": rows, "machine": machine()}
    if not given.keep:
        shutil.rmtree(folder, ignore_errors=True)
        result["ingest"] = ingest(gen.generate(rows, folder / "raw"), folder / "data")
    result["disk_mb"] = round(
        sum(f.stat().st_size for f in (folder / "data" / "events").rglob("*.parquet")) / 1e6
    )
    result["questions"] = questions(folder / "data")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
