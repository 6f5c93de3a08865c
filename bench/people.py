"""Measures one process under many people: python -m bench.people [--people 30 --seconds 120].

Everybody has a tab without a browser and, after thinking for about five seconds, goes to another
page, picks another period or project, or looks again. Reports errors, and how long runs took.
Prints one JSON document; nothing is asserted.
"""

import argparse
import json
import random
import statistics
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.pages import demo
from bench.run import ROOT, machine
from bench.tab import Run, Tab, served

THINK = (3.0, 7.0)  # seconds, evenly spread: five on average
PERIODS = ("", "period=last-month", "period=days%3A7", "period=days%3A30", "period=2026-08")
PROJECTS = ("", "project=Insights", "project=Search&project=Voice+Bot")
PATHS = ("", "costs", "usage", "activity", "projects", "models", "agents", "sessions", "explore")


@dataclass(slots=True)
class Log:
    """What everybody's runs took."""

    runs: list[Run] = field(default_factory=list[Run])
    broken: list[str] = field(default_factory=list[str])


def person(tab: Tab, seed: int, until: float, log: Log) -> None:
    """Thinks and clicks until the time is up."""
    chance = random.Random(seed)
    tab.run()
    while time.monotonic() < until:
        time.sleep(chance.uniform(*THINK))
        page = chance.choice(PATHS) if chance.random() < 0.5 else None
        query = None
        if chance.random() < 0.5:
            query = "&".join(filter(None, (chance.choice(PERIODS), chance.choice(PROJECTS))))
        try:
            log.runs.append(tab.run(page, query))
        except (OSError, TimeoutError) as wrong:
            log.broken.append(repr(wrong))
            return


def measured(data: Path, people: int, seconds: int) -> dict[str, Any]:
    """Median, 95th percentile and worst of all runs; errors."""
    log, accounts = Log(), ("ada", "max", "leo", "ana", "mia")
    with served(data) as app:
        names = [n for n in accounts if n in app.gate.accounts(datetime.now(UTC))]
        tabs = [app.tab(names[i % len(names)]) for i in range(people)]
        tabs[0].run()
        until = time.monotonic() + seconds
        threads = [
            threading.Thread(target=person, args=(tab, seed, until, log))
            for seed, tab in enumerate(tabs)
        ]
        for thread in threads:
            thread.start()
            time.sleep(0.2)  # they do not all arrive in one instant
        for thread in threads:
            thread.join()
    took = sorted(run.ms for run in log.runs)
    return {
        "people": people,
        "runs": len(took),
        "p50_ms": round(statistics.median(took), 1),
        "p95_ms": round(took[int(len(took) * 0.95)], 1),
        "max_ms": round(took[-1], 1),
        "errors": sorted({words for run in log.runs for words in run.failed}) + log.broken,
    }


def main() -> None:
    """Serves, lets them click, prints."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path)
    options.add_argument("--people", type=int, default=30)
    options.add_argument("--seconds", type=int, default=120)
    given = options.parse_args()
    data = given.data or demo(ROOT / ".tmp" / "bench" / "demo")
    result = {"machine": machine(), "people": measured(data, given.people, given.seconds)}
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
