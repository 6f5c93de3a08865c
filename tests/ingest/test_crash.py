"""Ingest of the real command: killed at any point, or twice at once, the store stays whole."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics_core.settings import Settings
from analytics_core.store import manifest
from analytics_core.store.verify import verify

pytestmark = pytest.mark.slow
KILLS = 20


def drop(path: Path, start: int, rows: int, output: int) -> Path:
    """A canonical log of `rows` calls, ten minutes apart, from number `start` on."""
    first = datetime(2025, 1, 10)
    with path.open("w") as out:
        for number in range(start, start + rows):
            moment = first + timedelta(minutes=10 * number)
            event = {
                "event_id": f"e:{number}", "started_at": f"{moment.isoformat()}Z",
                "provider": "openai", "model": "gpt-5-mini", "input_tokens": 100,
                "output_tokens": output, "cost_usd": "0.5",
            }  # fmt: skip
            out.write(json.dumps(event) + "\n")
    return path


def command(data: Path, *paths: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "analytics_core", "ingest", "--data", str(data), *map(str, paths)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip


def held(data: Path) -> tuple[int, int, list[tuple[str, str, int, int]]]:
    """(rows, output tokens, ledger) of an intact store."""
    assert verify(data / "events", Settings(data / "settings")) == ()
    listed = manifest.load(data / "events")
    ledger = [(i.name, i.verdict, i.accepted, i.duplicate) for i in listed.inputs]
    return listed.rows, sum(f.output_tokens for f in listed.files), ledger


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """A store with one file landed, and beside it the next one."""
    data = tmp_path / "data"
    assert command(data, drop(tmp_path / "one.jsonl", 0, 6_000, 1)).wait() == 0
    drop(tmp_path / "two.jsonl", 3_000, 6_000, 2)  # beats half of the first
    return data


BEFORE: Any = (6_000, 6_000, [("one.jsonl", "landed", 6_000, 0)])
AFTER: Any = (
    9_000, 15_000, [("one.jsonl", "landed", 3_000, 3_000), ("two.jsonl", "landed", 6_000, 0)],
)  # fmt: skip


def test_killed_at_any_point_nothing_is_lost_or_doubled(before: Path, tmp_path: Path) -> None:
    assert held(before) == BEFORE
    whole = tmp_path / "whole"
    shutil.copytree(before, whole)
    start = time.monotonic()
    command(whole, tmp_path / "two.jsonl").wait()
    lasts = time.monotonic() - start
    assert held(whole) == AFTER
    chance = random.Random(20)
    seen = []
    for number in range(KILLS):
        data = tmp_path / f"data-{number}"
        shutil.copytree(before, data)
        (data / "inbox").mkdir(exist_ok=True)
        shutil.copy(tmp_path / "two.jsonl", data / "inbox")
        child = command(data)
        time.sleep(lasts * chance.uniform(0.2, 1.0))
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        seen.append(held(data))
        assert command(data).wait() == 0
        assert held(data) == AFTER
        assert list((data / "inbox").iterdir()) == []
        archived = manifest.load(data / "events").inputs[-1].archived
        assert archived is not None
        assert (data / archived).read_bytes() == (tmp_path / "two.jsonl").read_bytes()
        shutil.rmtree(data)
    assert [outcome for outcome in seen if outcome not in (BEFORE, AFTER)] == []


def test_two_ingests_at_once_take_turns(before: Path, tmp_path: Path) -> None:
    three = drop(tmp_path / "three.jsonl", 20_000, 1_000, 3)
    both = [command(before, tmp_path / "two.jsonl"), command(before, three)]
    assert [child.wait() for child in both] == [0, 0]
    rows, output, ledger = held(before)
    assert (rows, output) == (10_000, 18_000)
    assert sorted(ledger) == sorted([*AFTER[2], ("three.jsonl", "landed", 1_000, 0)])
