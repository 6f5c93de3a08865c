"""Measures every page in the running app: python -m bench.pages [--data DIR].

A tab without a browser opens each page of an administrator: the first run (questions not asked
yet), then reruns with warm caches; milliseconds until the script had finished and bytes on the
websocket. With --paint a Chromium says when Overview was drawn on a warm server. Without --data
the demo data are made first. Prints one JSON document; nothing is asserted.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.run import ROOT, machine
from bench.tab import served

REPEATS = 9
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
PAINTED = {"figures": "[data-testid=stMetric]", "chart": "[data-testid=stVegaLiteChart] svg"}
# Detail pages need one member each; the demo's.
QUERIES = {
    "project": "project=Insights", "model": "model=claude-sonnet-4-5",
    "agent": "agent=Code+companion", "user": "user=%40me",
}  # fmt: skip


def demo(folder: Path) -> Path:
    """A data folder with the demo data, made once."""
    data = folder / "data"
    if not (data / "events" / "manifest.json").exists():
        command = [sys.executable, "-m", "analytics_core", "demo", "--data", str(data)]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return data


def paths() -> list[str]:
    """The paths of all pages, in the order of the menu."""
    from pages import EVERY

    return [module.PATH for module in EVERY if module.PATH != "session"]


def measured(data: Path, username: str) -> dict[str, Any]:
    """Per page: first run, reruns (wall and processor time), bytes of both, errors shown."""
    found: dict[str, Any] = {}
    with served(data) as app:
        app.tab(username).run()  # imports and the first hash of every file
        for path in paths():
            tab = app.tab(username)
            first = tab.run(path, QUERIES.get(path, ""))
            spent = app.cpu_ms()
            again = [tab.run() for _ in range(REPEATS)]
            spent = app.cpu_ms() - spent
            tab.close()
            found[path or "overview"] = {
                "first_ms": round(first.ms, 1),
                "first_kb": round(first.bytes / 1000, 1),
                "rerun_p50_ms": round(statistics.median(run.ms for run in again), 1),
                "rerun_max_ms": round(max(run.ms for run in again), 1),
                "rerun_cpu_ms": round(spent / REPEATS, 1),
                "rerun_kb": round(max(run.bytes for run in again) / 1000, 1),
                "errors": sorted({words for run in (first, *again) for words in run.failed}),
            }
    return found


def painted(data: Path, username: str) -> dict[str, dict[str, int]]:
    """Milliseconds until Overview's figures and its first chart stood: new profile, then reloads."""
    from playwright.sync_api import sync_playwright

    from analytics_core.access.secret import binding_of, fresh

    with served(data) as app, sync_playwright() as playwright:
        app.tab(username).run()
        url, gate = app.url, app.gate
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
        mark, now = fresh(), datetime.now(UTC)
        value = gate.sign_ins.begin(gate.accounts(now)[username], binding_of(mark), now)
        context.add_cookies(
            [
                {"name": name, "value": text, "url": url}
                for name, text in (("tokentally", value), ("tokentally_browser", mark))
            ]
        )
        page = context.new_page()
        times: dict[str, dict[str, int]] = {}
        for name in ("first visit", "reload", "reload again"):
            began = time.perf_counter()
            page.goto("/") if name == "first visit" else page.reload()
            times[name] = {}
            for part, place in PAINTED.items():
                page.locator(place).first.wait_for(timeout=60_000)
                times[name][part] = round((time.perf_counter() - began) * 1000)
        browser.close()
    return times


def main() -> None:
    """Serves, opens, prints."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path)
    options.add_argument("--user", default="ada")
    options.add_argument("--paint", action="store_true")
    given = options.parse_args()
    data = given.data or demo(ROOT / ".tmp" / "bench" / "demo")
    result: dict[str, Any] = {"machine": machine(), "pages": measured(data, given.user)}
    if given.paint:
        result["overview_painted_ms"] = painted(data, given.user)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
