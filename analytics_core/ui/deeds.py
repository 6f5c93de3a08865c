"""What the person of this tab did, written into the audit."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from analytics_core.access import failures
from analytics_core.access.audit import Audit, Deed
from analytics_core.access.principal import Principal
from analytics_core.ui import login


def note(
    action: str, asked: str, result: str = "ok", rows: int | None = None, token: str = ""
) -> None:
    """Writes a deed of this person into the audit; the deed is done whether or not that works."""
    _write(login.who(), action, asked, result, rows, token, _address())


@dataclass(slots=True)
class Doing:
    """A deed while it is done: what came of it by now."""

    result: str = "failed"
    rows: int | None = None

    def done(self, rows: int) -> None:
        """It went well; `rows` is how many events it changed."""
        self.result, self.rows = "ok", rows


@contextmanager
def noted(action: str, asked: str) -> Generator[Doing]:
    """Notes what the block does, and that it failed unless the block says that it is done.

    Also when the run is ended in the middle of it, by a click or a closed tab.
    """
    doing, finished = Doing(), later(action, asked)
    try:
        yield doing
    finally:
        finished(doing.rows, doing.result)


def later(action: str, asked: str) -> Callable[[int | None, str], None]:
    """Notes a deed of this tab with its rows and result, when that is called, from anywhere."""
    there, address = login.whoever(), _address()
    return lambda rows, result: _write(there(), action, asked, result, rows, "", address)


def _write(
    who: Principal | None, action: str, asked: str, result: str, rows: int | None, token: str,
    address: str,
) -> None:  # fmt: skip
    deed = Deed(
        time=datetime.now(UTC), action=action, result=result, asked=asked, rows=rows, token=token,
        principal=who.username if who else "", address=address,
    )  # fmt: skip
    try:
        Audit(login.gate().state).add(deed)
    except sqlite3.Error as wrong:
        failures.report(wrong, f"audit of {action}", deed.principal)


def _address() -> str:
    address = st.context.ip_address
    return address if isinstance(address, str) else ""
