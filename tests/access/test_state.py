import sqlite3
import stat
import subprocess
import sys
import threading

import pytest

from analytics_core.access.state import State

pytestmark = pytest.mark.access


def test_the_file_is_made_readable_by_its_owner_alone(tmp_path):
    path = tmp_path / "data" / "state.db"
    state = State(path)
    state.write("INSERT INTO epochs VALUES ('ana', 'x')")
    assert state.lasting
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in path.parent.iterdir()}
    assert modes == {"state.db": 0o600, "state.db-wal": 0o600, "state.db-shm": 0o600}
    state.close()


def test_what_is_written_is_there_after_a_restart(tmp_path):
    first = State(tmp_path / "state.db")
    first.write("INSERT INTO epochs VALUES ('ana', 'x')")
    first.close()
    second = State(tmp_path / "state.db")
    assert second.rows("SELECT * FROM epochs") == [("ana", "x")]
    second.close()


def test_a_file_with_too_open_rights_is_narrowed(tmp_path):
    path = tmp_path / "state.db"
    path.touch(0o644)
    State(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_damaged_file_is_left_alone_and_memory_used_instead(tmp_path):
    path = tmp_path / "state.db"
    path.write_bytes(b"no database" * 100)
    state = State(path)
    assert not state.lasting
    assert "state.db" in (state.problem or "")
    state.write("INSERT INTO epochs VALUES ('ana', 'x')")
    assert state.rows("SELECT * FROM epochs") == [("ana", "x")]
    assert path.read_bytes() == b"no database" * 100
    state.close()


def test_a_place_that_cannot_be_written_is_replaced_by_memory(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    state = State(tmp_path / "data" / "state.db")
    assert not state.lasting
    assert state.rows("SELECT * FROM sign_ins") == []
    state.close()


def test_a_transaction_happens_whole_or_not_at_all(state):
    def half() -> None:
        with state.transaction():
            state.write("INSERT INTO epochs VALUES ('ana', 'x')")
            state.write("INSERT INTO epochs VALUES ('ana', 'again')")

    with pytest.raises(sqlite3.IntegrityError):
        half()
    assert state.rows("SELECT * FROM epochs") == []
    with state.transaction():
        state.write("INSERT INTO epochs VALUES ('ana', 'x')")
    assert state.rows("SELECT * FROM epochs") == [("ana", "x")]


def test_threads_share_the_connection(state):
    def put(number: int) -> None:
        with state.transaction():
            state.write("INSERT INTO epochs VALUES (?, 'x')", f"user{number}")

    threads = [threading.Thread(target=put, args=(i,)) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert state.rows("SELECT count(*) FROM epochs") == [(20,)]


OTHER = """
import sys
from pathlib import Path
from analytics_core.access.state import State
state = State(Path(sys.argv[1]))
print(state.rows("SELECT username FROM epochs ORDER BY username"))
state.write("INSERT INTO epochs VALUES (?, ?)", sys.argv[2], "1")
state.close()
"""


def test_another_process_that_comes_and_goes_cuts_nobody_off(tmp_path):
    path = tmp_path / "state.db"
    ours = [State(path), State(path)]
    for name in ("ana", "bo"):
        command = [sys.executable, "-c", OTHER, str(path), name]
        ours[0].write("INSERT INTO epochs VALUES (?, '1')", f"{name} before")
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        assert f"{name} before" in said
        for state in ours:
            assert (name,) in state.rows("SELECT username FROM epochs")
    assert (tmp_path / "state.db-wal").exists()
    for state in ours:
        state.close()
