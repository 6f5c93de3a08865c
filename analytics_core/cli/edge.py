"""The edge of the command line: whatever goes wrong inside is one sentence and an exit code."""

import contextlib
import errno
import os
import sys
from collections.abc import Callable
from typing import TextIO

from analytics_core.access import failures
from analytics_core.cli.call import ERROR, OK, note
from analytics_core.errors import TokentallyError
from analytics_core.export.table import printable

STOPPED = 130  # what a shell reports for Ctrl-C
# Not faults of ours: a path, its rights or the machine. Anything else that the system refuses is.
_OUTSIDE = frozenset({
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EISDIR,
    errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EMFILE, errno.ENFILE, errno.EIO,
})  # fmt: skip


def guarded(job: Callable[[], int], where: str, who: str = "", stopped: str = "Stopped.") -> int:
    """The exit code of the job, which has written all it had to say.

    A person's mistake is its own sentence, a fault of ours an id that is in the log (standard
    error, one line of JSON). `where` names the command, `who` the account it was asked for.
    """
    _never_fail(sys.stdout)
    try:
        code = job()
        if sys.stdout is not None:
            sys.stdout.flush()
    except TokentallyError as mistake:
        note(printable(str(mistake)))
        return ERROR
    except BrokenPipeError:  # the reader of our output has gone: `… | head`
        _discard_output()
        return OK
    except (SystemExit, GeneratorExit):
        raise
    except BaseException as wrong:  # a panic of Polars is no Exception
        if _interrupted(wrong):
            note(stopped)
            _discard_output()
            return STOPPED
        if isinstance(wrong, OSError) and wrong.errno in _OUTSIDE:
            note(printable(_refused(wrong)))
            _discard_output()
        else:
            note(failures.sentence(failures.report(wrong, where, who), "command"))
        return ERROR
    return code


def _interrupted(wrong: BaseException) -> bool:
    """Whether it is Ctrl-C, which DuckDB 2.0 reports as a RuntimeError with this text."""
    return isinstance(wrong, KeyboardInterrupt) or (
        isinstance(wrong, RuntimeError) and str(wrong) == "Query interrupted"
    )


def _refused(wrong: OSError) -> str:
    why = wrong.strerror or str(wrong)
    if wrong.filename is None:
        return f"Stopped by the system: {why}. Mend that and run the command again."
    return (
        f"{os.fsdecode(wrong.filename)} cannot be used ({why}). Check the path, and the rights of"
        " the user that runs Tokentally."
    )


def _never_fail(out: TextIO | None) -> None:
    """A name that the terminal's encoding lacks is written with an escape, not refused."""
    reconfigure = getattr(out, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def _discard_output() -> None:
    """What is still in the buffer goes nowhere, so that Python does not fail over it at exit."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
