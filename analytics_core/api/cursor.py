"""Where a page of rows ended, as text that a caller sends back for the next one."""

import base64
import binascii
import json
from datetime import datetime

from analytics_core.errors import BadValue
from analytics_core.store.sql_rows import Mark


def to_text(mark: Mark) -> str:
    """The cursor of a row."""
    parts = [mark.started_at.isoformat(), mark.event_id, mark.place]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def from_text(text: str) -> Mark:
    """The row of a cursor. Raises BadValue."""
    try:
        padded = text + "=" * (-len(text) % 4)
        started_at, event_id, place = json.loads(base64.urlsafe_b64decode(padded))
        mark = Mark(datetime.fromisoformat(started_at), str(event_id), int(place))
    except (ValueError, TypeError, binascii.Error):
        raise BadValue("cursor", text, "what `next` of the page before says") from None
    if mark.started_at.tzinfo is None or not -(1 << 62) < mark.place < 1 << 62:
        raise BadValue("cursor", text, "what `next` of the page before says")
    return mark
