"""Commands of ours that run beside the app, in a process of their own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import analytics_core

COMMAND = (sys.executable, "-m", "analytics_core")
NOTED = "TOKENTALLY_NOTED"  # in its environment, the audit learns of a command from the app
_SAID = 500  # characters of what a failed command said


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command came to: its exit code, its answer, and what it said beside it."""

    code: int
    out: str
    err: str

    @property
    def mistake(self) -> str:
        """Why it failed, in its own words."""
        lines = [line for line in self.err.splitlines() if line.strip()]
        return (lines[-1] if lines else f"The command ended with code {self.code}.")[:_SAID]


def environment() -> Mapping[str, str]:
    """That of this process, in which our package is found from any folder."""
    root = str(Path(analytics_core.__file__).parents[1])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    return os.environ | {"PYTHONPATH": path}


def run(words: Sequence[str], data: Path, heard: Callable[[str], None] | None = None) -> Ran:
    """Runs `python -m analytics_core` with these words over a data folder, to its end.

    `heard` gets each line of the answer as it comes; when it raises, the command is ended.
    """
    line = (*COMMAND, words[0], "--data", str(data.resolve()), *words[1:])
    said: list[str] = []
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as beside,
        subprocess.Popen(
            line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=beside,
            text=True, encoding="utf-8", errors="replace", env={**environment(), NOTED: "app"},
        ) as child,
    ):  # fmt: skip
        try:
            for answer in child.stdout or ():
                said.append(answer)
                if heard:
                    heard(answer)
            code = child.wait()
        finally:
            child.terminate()
        beside.seek(0)
        return Ran(code, "".join(said), beside.read())
