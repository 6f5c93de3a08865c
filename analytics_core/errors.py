"""Every error a person can cause and mend. Imports nothing of ours.

TokentallyError
├── UnknownName        a measure, dimension, preset, setting … that does not exist (did-you-mean)
├── BadValue           a value that cannot be read: a date, a number, a parameter
├── NotAsked           a question that a measure or report cannot answer, and which one can
│   └── NotAdditive    something that may not be stacked or shared out
├── BadFile            a settings, mapping, price or account file: names file, line and key
├── NotKept            something to be remembered whose name is taken, or one too many
├── Changed            a file that somebody else wrote since it was opened
├── NotWritable        a folder or file that must be written and cannot
├── StoreBusy          another ingest holds the lock, or too many questions wait
├── TooSlow            a question took longer than its limit
└── Damaged            a landed file whose bytes are not those that were landed
"""

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Self


class TokentallyError(Exception):
    """Something a person asked for that cannot be done; the text says what to do instead."""


def nearest(asked: str, known: Iterable[str]) -> str | None:
    """The known name closest to `asked`, or None when nothing is close.

    Close means a slip: a third of the letters at most, or another end to the same beginning.
    Letters in common are not enough: 'cursor' has most of those of 'customer'.
    """
    folded, said = {name.casefold(): name for name in known}, asked.casefold()
    close = difflib.get_close_matches(said, folded, n=3, cutoff=0.6)
    return next((folded[name] for name in close if _slip(said, name)), None)


def _slip(said: str, name: str) -> bool:
    begun = said[:4] == name[:4] and len(said) > 4
    return begun or _edits(said, name) <= max(1, max(len(said), len(name)) // 3)


def _edits(a: str, b: str) -> int:
    """Letters to put in, take out, change, or swap with their neighbour, to make one the other."""
    two_ago, ago = [0] * (len(b) + 1), list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        now = [i]
        for j, other in enumerate(b, 1):
            least = min(ago[j] + 1, now[-1] + 1, ago[j - 1] + (letter != other))
            if i > 1 and j > 1 and (letter, a[i - 2]) == (b[j - 2], other):
                least = min(least, two_ago[j - 2] + 1)
            now.append(least)
        two_ago, ago = ago, now
    return ago[-1]


def did_you_mean(asked: str, known: Iterable[str]) -> str:
    """A sentence suggesting the nearest known name (with a leading space), or nothing."""
    name = nearest(asked, known)
    return f" Did you mean '{name}'?" if name else ""


class UnknownName(TokentallyError):
    """A name that does not exist; `kind`, `asked` and `nearest` are kept for the API."""

    def __init__(
        self, kind: str, asked: str, known: Iterable[str], where: str = "", *, listed: int = 20
    ) -> None:
        """Where nothing is near, the text lists what is known if that is no more than `listed`."""
        names = tuple(known)
        self.kind, self.asked, self.nearest = kind, asked, nearest(asked, names)
        hint = did_you_mean(asked, names)
        if not hint and len(names) <= listed:
            hint = f" Known: {', '.join(sorted(names))}." if names else " There is none yet."
        super().__init__(f"{where}No {kind} is called '{asked}'.{hint}")

    @classmethod
    def check(cls, kind: str, asked: str, known: Iterable[str], where: str = "") -> None:
        """Raises unless `asked` is one of `known`."""
        names = tuple(known)
        if asked not in names:
            raise cls(kind, asked, names, where)


class BadValue(TokentallyError):
    """A value that cannot be read; `name` is the parameter it was given for."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        self.name, self.value, self.expected = name, value, expected
        super().__init__(f"{name}: '{value}' cannot be read. Expected {expected}.")


class NotAsked(TokentallyError):
    """A question this door cannot answer; `name` is the parameter to mend, where it is one."""

    def __init__(self, text: str, name: str | None = None) -> None:
        self.name = name
        super().__init__(text)


class NotAdditive(NotAsked):
    """A measure that may not be stacked, shared out or summed over rows."""

    @classmethod
    def stacked(cls, label: str) -> Self:
        """For a chart whose parts would not add up to its whole."""
        return cls(f"{label} cannot be stacked: its parts do not add up to the total.")


class BadFile(TokentallyError):
    """A file a person writes by hand that cannot be used as it is."""

    def __init__(
        self, path: Path | str, problem: str, *, line: int | None = None, key: str | None = None
    ) -> None:
        self.path, self.problem, self.line, self.key = str(path), problem, line, key
        at = f", line {line}" if line else ""
        named = f", key '{key}'" if key else ""
        super().__init__(f"{path}{at}{named}: {problem}")


class NotKept(TokentallyError):
    """Something a person wants to have remembered that cannot be."""

    @classmethod
    def taken(cls, kind: str, name: str) -> Self:
        """For a name that something of theirs already has."""
        return cls(f"You already have a {kind} called '{name}'. Choose another name.")

    @classmethod
    def too_many(cls, kinds: str, most: int) -> Self:
        """For one beyond `most`."""
        return cls(f"You have {most} {kinds}, which is the most. Delete one first.")


class Changed(TokentallyError):
    """A file that is no longer as it was when its editor was opened; nothing was written."""

    def __init__(self, path: Path | str) -> None:
        self.path = str(path)
        super().__init__(f"{path} was changed by somebody else since it was opened here.")


class NotWritable(TokentallyError):
    """A place that must be written and cannot be; `instead` says how to name another one."""

    def __init__(
        self, path: Path | str, why: str, instead: str = "name another folder with --data"
    ) -> None:
        self.path = str(path)
        super().__init__(
            f"{path} cannot be written ({why}). Give the user that runs Tokentally write access"
            f" to it, or {instead}."
        )


class StoreBusy(TokentallyError):
    """Somebody else is at work; trying again later helps."""


class TooSlow(TokentallyError):
    """A question that took longer than its limit."""

    @classmethod
    def after(cls, seconds: float) -> Self:
        """For a statement stopped after `seconds`."""
        return cls(f"Took longer than {seconds:.0f} s. Choose a shorter period or fewer filters.")


class Damaged(TokentallyError):
    """A landed file that is missing or whose SHA-256 is not the manifest's."""

    def __init__(self, path: Path | str, why: str) -> None:
        self.path = str(path)
        super().__init__(
            f"{path} is damaged ({why}). Restore it from a backup, or move data/events aside and"
            " take the originals in again: 'python -m analytics_core ingest data/archive'."
        )
