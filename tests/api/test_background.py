import sys
import time
from pathlib import Path

import pytest

from analytics_core import settings
from analytics_core.api import background
from analytics_core.api.background import beside, wants_demo


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        ((), True),
        (("inbox/README.md", "inbox/.hidden", "settings/settings.yaml"), True),
        (("inbox/usage.csv",), False),
        (("events/manifest.json",), False),
    ],
)
def test_demo_data_is_made_for_a_store_that_was_never_used(tmp_path, present, expected):
    for name in present:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert wants_demo(tmp_path) is expected


def python(code: str) -> tuple[str, ...]:
    return sys.executable, "-c", code, "demo"


def test_a_command_ends_with_the_block_it_runs_beside(tmp_path):
    pid = tmp_path / "pid"
    code = (
        "import os, pathlib, time;"
        f"pathlib.Path({str(pid) + '.new'!r}).write_text(str(os.getpid()));"
        f"os.rename({str(pid) + '.new'!r}, {str(pid)!r}); time.sleep(600)"
    )
    with beside(python(code)):
        while not pid.exists():
            time.sleep(0.02)
        assert Path(f"/proc/{pid.read_text()}").exists()
    assert not Path(f"/proc/{pid.read_text()}").exists()


def test_a_command_that_fails_is_in_the_log_with_its_last_words(caplog):
    with beside(python("import sys; sys.exit('no room left')")):
        for _ in range(200):
            if caplog.records:
                break
            time.sleep(0.05)
    assert [r.getMessage() for r in caplog.records] == ["demo failed: no room left"]


def test_a_data_folder_that_cannot_be_written_does_not_stop_the_app(tmp_path, caplog):
    (tmp_path / "data").write_text("a file where the folder should be")
    loaded = settings.load(tmp_path / "none", environ={"TOKENTALLY_DEMO": "false"})
    with background.background(tmp_path / "data", loaded):
        pass
    assert "cannot be written" in caplog.records[0].getMessage()
