"""The door in a process of its own: same ledger lines, and a killed child costs one file."""

import contextlib
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from analytics_core.errors import BadFile, TokentallyError
from analytics_core.ingest.bounded import Bounds, ingest
from analytics_core.ingest.progress import Progress
from analytics_core.settings import Settings

pytestmark = pytest.mark.slow  # a process of its own takes a second
Door = Any
HEADER = "request_id,timestamp,model,cost\n"


def line(name: str) -> str:
    return f"{HEADER}{name},2026-11-01T12:00:00Z,gpt-5,1\n"


def bounded(door: Door, *paths: Path, **options: Any) -> list[Any]:
    settings = Settings(door.folders.settings)
    return ingest(paths, door.folders, settings, now=datetime(2026, 11, 20, tzinfo=UTC), **options)


def test_a_batch_lands_as_in_this_process_and_tells_its_steps(door: Door) -> None:
    steps: list[tuple[str, str]] = []
    paths = (
        door.write(line("a"), "a.csv"),
        door.write(b"", "b.csv"),
        door.write(line("c"), "c.csv"),
    )
    done = bounded(door, *paths, progress=lambda p: steps.append((p.name, p.step)))
    assert [(e.name, e.verdict, e.accepted) for e in done] == [
        ("a.csv", "landed", 1), ("b.csv", "empty_file", 0), ("c.csv", "landed", 1)
    ]  # fmt: skip
    assert steps[:5] == [("a.csv", s) for s in ("taking", "reading", "pricing", "landing", "done")]
    assert done == list(door.ledger())


def _children() -> Iterator[int]:
    """The ingests among the children of this process, and not the browser of other tests."""
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):  # a thread or a child that has just ended
            for child in (task / "children").read_text().split():
                if b"analytics_core.ingest.bounded" in Path(f"/proc/{child}/cmdline").read_bytes():
                    yield int(child)


def test_a_killed_child_costs_one_file_and_not_the_batch(door: Door) -> None:
    def kill(step: Progress) -> None:
        if step.name == "b.csv" and step.step == "taking":
            for child in _children():
                os.kill(child, signal.SIGKILL)

    paths = [door.write(line(name), f"{name}.csv") for name in "abc"]
    done = bounded(door, *paths, progress=kill)
    assert [(e.name, e.verdict) for e in done] == [
        ("a.csv", "landed"), ("b.csv", "out_of_limits"), ("c.csv", "landed")
    ]  # fmt: skip
    assert door.reason(done[1])["code"] == "out_of_limits"
    assert door.ask("SELECT event_id FROM events ORDER BY 1") == [("generic:a",), ("generic:c",)]


def test_names_with_any_bytes_reach_the_child(door: Door) -> None:
    folder = door.write(line("a"), "a.csv").parent
    odd = folder / os.fsdecode(b"\xff 'x\n.csv")
    (folder / "a.csv").rename(odd)
    (entry,) = bounded(door, odd)
    assert (entry.verdict, "\n" in entry.name) == ("landed", False)


def test_a_settings_file_that_cannot_be_used_is_said_here(door: Door) -> None:
    door.setting("sources/odd.yaml", "name: odd\nlabel: [\n")
    with pytest.raises(TokentallyError, match=r"odd\.yaml"):
        bounded(door, door.write(line("a"), "a.csv"))
    with pytest.raises(BadFile, match="does not exist"):
        bounded(door, door.data / "nothing")


def test_the_bounds_follow_the_settings() -> None:
    settings = Settings(
        Path(),
        ingest_memory_mb=1024,
        ingest_threads=2,
        ingest_unpacked_gib=8.0,
        ingest_file_gib=4.0,
    )
    assert Bounds.of(settings) == Bounds(memory=(1024 + 2048 + 256) << 20, file=8 << 30)
