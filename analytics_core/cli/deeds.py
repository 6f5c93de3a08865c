"""What is done on the command line, written into the audit."""

import os
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from analytics_core.cli.call import Call, note
from analytics_core.errors import TokentallyError
from analytics_core.ingest.program import NOTED


@dataclass(slots=True)
class Doing:
    """A deed while it is done; `rows` is how many events it changed."""

    rows: int | None = None


@contextmanager
def noted(call: Call, action: str, **asked: str | Sequence[str]) -> Generator[Doing]:
    """Notes what the block does with what came of it: ok, refused (a person's mistake) or failed.

    Without a principal: whoever may run commands here. `asked` never holds a secret. The deed is
    done whether or not it can be noted. Where the app runs the command, the app notes whose it is.
    """
    doing, result = Doing(), "failed"
    try:
        yield doing
        result = "ok"
    except TokentallyError:
        result = "refused"
        raise
    finally:
        if NOTED not in os.environ:
            _add(call, action, urlencode(asked, doseq=True), result, doing.rows)


def _add(call: Call, action: str, asked: str, result: str, rows: int | None) -> None:
    from analytics_core.access.audit import Audit, Deed
    from analytics_core.access.state import State

    state = State(call.folders.data / "state.db")
    try:
        deed = Deed(time=call.now, action=action, result=result, asked=asked, rows=rows)
        Audit(state).add(deed)
        problem = state.problem
    except sqlite3.Error as wrong:
        problem = str(wrong)
    finally:
        state.close()
    if problem:
        note(f"The audit does not know of it: {problem}.")
