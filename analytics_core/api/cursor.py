"""Where a page of rows ended, as text that a caller sends back for the next one."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from analytics_core.errors import BadValue
from analytics_core.store.sql_rows import LAST, Mark


def to_text(mark: Mark) -> str:
    """The cursor of a row."""
    parts = [mark.started_at.isoformat(), mark.event_id, mark.place]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def from_text(text: str) -> Mark:
    """The row of a cursor, which anybody may have written. Raises BadValue."""
    try:
        padded = text + "=" * (-len(text) % 4)
        return _mark(*json.loads(base64.urlsafe_b64decode(padded)))
    # Too deep to be read, and an instant that is outside the calendar in UTC, are no ValueError.
    except (ValueError, TypeError, RecursionError, OverflowError):
        raise BadValue("cursor", text[:80], "what `next` of the page before says") from None


def _mark(started_at: Any, event_id: Any, place: Any) -> Mark:
    """Raises ValueError, TypeError, OverflowError for what `to_text` never wrote."""
    moment = datetime.fromisoformat(started_at)
    if moment.tzinfo is None:
        raise ValueError("an instant without a zone")
    utc = moment.astimezone(UTC)
    _ = utc + timedelta.resolution  # rows before it are those before the next instant
    if not isinstance(event_id, str) or "\0" in event_id:
        raise ValueError("no id of an event")
    event_id.encode()  # half a surrogate pair is a ValueError
    if type(place) is not int or not LAST <= place <= 0:
        raise ValueError("no place among the items of an event")
    return Mark(utc, event_id, place)
