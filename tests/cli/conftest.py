"""Commands run in process, over a small demo that is made once."""

import io
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from analytics_core.access import passwords
from analytics_core.cli.main import main


@dataclass(frozen=True)
class Ran:
    """What a command line came to."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test meets the data, the accounts or the settings of whoever runs it."""
    for name in [n for n in os.environ if n.startswith("TOKENTALLY_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(passwords, "COST", 4)  # the cheapest hash there is
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs one command line; `stdin` is what a pipe would hold."""

    def command(*arguments: object, stdin: str = "") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capfd.readouterr()
        try:
            code = main([str(a) for a in arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capfd.readouterr()
        return Ran(code, said.out, said.err)

    return command


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a small demo, to be read only."""
    place = tmp_path_factory.mktemp("cli") / "data"
    made = main([
        "demo", "--data", str(place), "--events", "2000", "--months", "2",
        "--now", "2025-06-20T16:00",
    ])  # fmt: skip
    assert made == 0
    return place


@pytest.fixture
def copied(demo: Path, tmp_path: Path) -> Path:
    """A data folder of that demo which a test may change."""
    return Path(shutil.copytree(demo, tmp_path / "data"))
