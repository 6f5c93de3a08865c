"""The chain of the audit: each row carries a hash of itself and of the hash before it.

A row that was changed, taken out or put in between no longer fits. Whoever may write the whole file
can make a new chain: a hash noted elsewhere shows that too.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analytics_core.access.state import State

FIRST = ""  # what stands before the first row
_PAGE = 10_000
_MOST = 20  # faults that are named


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of checking: rows that fit, rows from before there was a chain, and faults.

    `last` is the number and hash of the newest row, to be noted elsewhere.
    """

    fits: int
    unchained: int
    faults: tuple[str, ...]
    last: tuple[int, str] | None

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def link(before: str, row: Sequence[object]) -> str:
    """The hash of a row (its number first) after the hash before it."""
    text = json.dumps([before, *row], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check(state: State, noted: tuple[int, str] | None = None) -> Verdict:
    """Reads every row again; with `noted` also whether a hash noted earlier still stands there.

    The oldest rows are taken out after 400 days, so that the chain may begin anywhere.
    """
    faults: list[str] = []
    fits = unchained = number = 0
    last: tuple[int, str] | None = None
    while page := _rows(state, number):
        for *row, before, found in page:
            number = row[0]
            if found is None and last is None:
                unchained += 1
                continue
            fault = _fault(row, before, found, last)
            if fault:
                faults.append(fault)
            else:
                fits += 1
            last = (number, found or "")
    newest = state.rows("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")
    if newest and newest[0][0] > number:
        faults.append(f"the newest rows are gone: the last was number {newest[0][0]:,}")
    if noted and not _stands(state, *noted):
        faults.append(f"number {noted[0]:,} has not the hash that was noted")
    return Verdict(fits, unchained, tuple(faults[:_MOST]), last)


def _rows(state: State, after: int) -> list[tuple[Any, ...]]:
    return state.rows(
        "SELECT audit.*, audit_chain.before, audit_chain.hash FROM audit"
        " LEFT JOIN audit_chain ON audit_chain.id = audit.id"
        " WHERE audit.id > ? ORDER BY audit.id LIMIT ?",
        after, _PAGE,
    )  # fmt: skip


def _fault(
    row: Sequence[Any], before: str | None, found: str | None, last: tuple[int, str] | None
) -> str:
    if found is None or before is None:
        return f"number {row[0]:,} has no hash"
    if link(before, row) != found:
        return f"number {row[0]:,} was changed"
    if last is not None and before != last[1]:
        return f"rows between number {last[0]:,} and {row[0]:,} are gone or were changed"
    return ""


def _stands(state: State, number: int, noted: str) -> bool:
    rows = state.rows("SELECT hash FROM audit_chain WHERE id = ?", number)
    return bool(rows) and rows[0][0] == noted
