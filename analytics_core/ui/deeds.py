"""What the person of this tab did, written into the audit."""

import sqlite3
from datetime import UTC, datetime

from analytics_core.access import failures
from analytics_core.access.audit import Audit, Deed
from analytics_core.ui import login


def note(
    action: str, asked: str, result: str = "ok", rows: int | None = None, token: str = ""
) -> None:
    """Writes a deed of this person into the audit; the deed is done whether or not that works."""
    who = login.who()
    deed = Deed(
        time=datetime.now(UTC), action=action, result=result, asked=asked, rows=rows, token=token,
        principal=who.username if who else "",
    )  # fmt: skip
    try:
        Audit(login.gate().state).add(deed)
    except sqlite3.Error as wrong:
        failures.report(wrong, f"audit of {action}", deed.principal)
