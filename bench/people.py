"""Measures one process under many people: python -m bench.people [--people 30 --seconds 180].

They come one by one within a minute to a server that has just started. Everybody has a tab without
a browser and, after thinking for about five seconds, goes to another page, picks another period or
project, or looks again. Reports errors, how long all runs took, those of the first minute and those
after it, and the processor time of a run. Prints one JSON document; nothing is asserted.
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
RAMP = 60  # seconds in which everybody comes
PERIODS = ("", "period=last-month", "period=days%3A7", "period=days%3A30", "period=2026-08")
PROJECTS = ("", "project=Insights", "project=Search&project=Voice+Bot")
PATHS = ("", "costs", "usage", "activity", "projects", "models", "agents", "sessions", "explore")


@dataclass(slots=True)
class Log:
    """What everybody's runs took, and when they began (seconds since the first came)."""

    began: float = field(default_factory=time.monotonic)
    runs: list[tuple[float, Run]] = field(default_factory=list[tuple[float, Run]])
    broken: list[str] = field(default_factory=list[str])


def person(tab: Tab, seed: int, until: float, log: Log) -> None:
    """Comes, then thinks and clicks until the time is up."""
    chance = random.Random(seed)
    page, query = "", ""
    while time.monotonic() < until:
        at = time.monotonic() - log.began
        try:
            log.runs.append((at, tab.run(page, query)))
        except (OSError, TimeoutError) as wrong:
            log.broken.append(repr(wrong))
            return
        time.sleep(chance.uniform(*THINK))
        page = chance.choice(PATHS) if chance.random() < 0.5 else None
        query = None
        if chance.random() < 0.5:
            query = "&".join(filter(None, (chance.choice(PERIODS), chance.choice(PROJECTS))))


def measured(data: Path, people: int, seconds: int) -> dict[str, Any]:
    """Median, 95th percentile and worst of runs; errors."""
    accounts = ("ada", "max", "leo", "ana", "mia")
    with served(data) as app:
        names = [n for n in accounts if n in app.gate.accounts(datetime.now(UTC))]
        tabs = [app.tab(names[i % len(names)]) for i in range(people)]
        log, cpu = Log(), app.cpu_ms()
        until = log.began + seconds
        threads = [
            threading.Thread(target=person, args=(tab, seed, until, log))
            for seed, tab in enumerate(tabs)
        ]
        for thread in threads:
            thread.start()
            time.sleep(RAMP / people)
        for thread in threads:
            thread.join()
        cpu = app.cpu_ms() - cpu
    return {
        "people": people,
        "all": spread([run.ms for _, run in log.runs]),
        "while_they_come": spread([run.ms for at, run in log.runs if at < RAMP]),
        "after": spread([run.ms for at, run in log.runs if at >= RAMP]),
        "cpu_ms_per_run": round(cpu / len(log.runs), 1),
        "errors": sorted({words for _, run in log.runs for words in run.failed}) + log.broken,
    }


def spread(took: list[float]) -> dict[str, float]:
    """How many runs, their median, 95th percentile and the longest, in milliseconds."""
    ordered = sorted(took)
    return {
        "runs": len(ordered),
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)], 1),
        "max_ms": round(ordered[-1], 1),
    }


def main() -> None:
    """Serves, lets them click, prints."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path)
    options.add_argument("--people", type=int, default=30)
    options.add_argument("--seconds", type=int, default=180)
    given = options.parse_args()
    data = given.data or demo(ROOT / ".tmp" / "bench" / "demo")
    result = {"machine": machine(), "people": measured(data, given.people, given.seconds)}
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
