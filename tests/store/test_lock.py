"""One writer at a time."""

import subprocess
import sys
from pathlib import Path

import pytest

from analytics_core.errors import StoreBusy
from analytics_core.store.lock import locked


def test_a_second_writer_is_told_that_the_store_is_busy(tmp_path: Path) -> None:
    busy = pytest.raises(StoreBusy, match="Another ingest is running")
    with locked(tmp_path), busy, locked(tmp_path, wait=0):
        pass


def test_the_lock_is_free_after_its_holder_ended(tmp_path: Path) -> None:
    with locked(tmp_path):
        pass
    with locked(tmp_path, wait=0):
        assert (tmp_path / ".lock").exists()


def test_a_child_that_was_handed_the_descriptor_keeps_the_store_locked(tmp_path: Path) -> None:
    with locked(tmp_path) as handle:
        child = subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.read()"],
            stdin=subprocess.PIPE, pass_fds=(handle,),
        )  # fmt: skip
    with pytest.raises(StoreBusy), locked(tmp_path, wait=0):
        pass
    child.communicate()
    with locked(tmp_path, wait=0):
        pass
