"""The intake of pushed events: from a body to a receipt, which is given when it is safe on disk."""

import hashlib
import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from analytics_core.ingest.folders import Folders
from analytics_core.ingest.push import bodies, checks, fate, otlp, spool
from analytics_core.ingest.push.bodies import Record
from analytics_core.ingest.push.envelope import envelope
from analytics_core.ingest.push.fate import Fate
from analytics_core.ingest.push.hours import hour_of
from analytics_core.ingest.push.not_taken import NotTaken
from analytics_core.ingest.push.receipts import Receipt, Receipts

INBOX_BYTES = 5_000_000_000
LOOKED_EVERY = 5.0  # seconds that the size of the inbox is believed


@dataclass(frozen=True, slots=True)
class Pusher:
    """Whose events they are: a token, the name it writes under, dimensions it gives them."""

    token: str  # public id
    source: str
    fixed: Mapping[str, str]
    everything: bool = True  # whether the token's owner sees all there is

    @property
    def apart(self) -> str:
        """What keeps the ids of a pusher who does not see everything from those of others.

        Made of what is fixed: whoever fixes the same may see, and so replace, all of these events.
        64 bits, so that nobody finds a value to fix that leads to the ids of others.
        """
        return "" if self.everything else _digest(self.given)[:16]

    @property
    def given(self) -> str:
        """The fixed dimensions as one text."""
        return json.dumps(dict(self.fixed), sort_keys=True, ensure_ascii=False)


@dataclass(slots=True)
class Intake:
    """Takes bodies for one data folder; safe to use from several threads."""

    folders: Folders
    receipts: Receipts
    most_bytes: int = INBOX_BYTES
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _size: int = 0
    _until: float = 0.0

    def events(self, body: bytes, encoding: str, by: Pusher, now: datetime) -> Receipt:
        """Takes events in any shape but OTLP. Raises NotTaken, NotWritable."""
        plain = bodies.unpacked(body, encoding)
        numbered = bodies.records(plain)
        if not numbered:
            raise NotTaken("unreadable-body", "The body holds no event.")
        shape = checks.shape_of(numbered[0][1])
        kept = checks.checked(numbered, shape, now)
        return self._kept(kept, plain, shape, by, now)

    def spans(
        self, body: bytes, encoding: str, words: otlp.Encoding, by: Pusher, now: datetime
    ) -> tuple[Receipt | None, int]:
        """Takes the spans of model calls: (receipt, None without any; spans left out).

        Raises NotTaken, NotWritable.
        """
        plain = bodies.unpacked(body, encoding)
        found = otlp.spans(plain, words)
        if len(found.kept) > bodies.MOST_EVENTS:
            raise bodies.too_many(len(found.kept))
        if not found.kept:
            return None, found.others
        return self._kept(found.kept, plain, "otlp", by, now), found.others

    def fate(self, known: str, token: str | None) -> tuple[Receipt, Fate] | None:
        """The receipt and what became of it; of one token's only, unless `token` is None."""
        receipt = self.receipts.of(known, token)
        return (receipt, fate.fate(receipt, self.receipts, self.folders)) if receipt else None

    def _kept(
        self, events: Sequence[Record], body: bytes, shape: str, by: Pusher, now: datetime
    ) -> Receipt:
        sha256 = hashlib.sha256(body).hexdigest()
        receipt = Receipt(receipt_id(body, shape, by), by.token, sha256, len(events), now)
        if not self._stands(receipt):
            around = envelope(by.source, shape, receipt.id, by.fixed, hour_of(now), by.apart)
            lines = [_line(bodies.without_private(event) | around) for event in events]
            self._make_room(sum(map(len, lines)))
            try:
                spool.keep(
                    self.folders, lines, receipt=receipt.id, source=by.source, shape=shape, now=now
                )  # fmt: skip
            except spool.Full:
                raise _full("The disk is full.") from None
        return self.receipts.add(receipt)

    def _stands(self, receipt: Receipt) -> bool:
        """Whether the same body was taken before and nothing speaks against it."""
        if self.receipts.of(receipt.id) is None:
            return False
        became = fate.fate(receipt, self.receipts, self.folders)
        return became.state in ("received", "landed")

    def _make_room(self, more: int) -> None:
        """Counts the bytes in. Raises NotTaken when the inbox holds too many."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._size = spool.room(self.folders)
                self._until = time.monotonic() + LOOKED_EVERY
            if self._size + more > self.most_bytes:
                raise _full(f"{self._size / 1e9:.1f} GB wait in the inbox to be taken in.")
            self._size += more


def receipt_id(body: bytes, shape: str, by: Pusher) -> str:
    """The id of a receipt: the same for the same body under the same name."""
    sha256 = hashlib.sha256(body).hexdigest()
    apart = (by.apart,) if by.apart else ()
    return _digest("\0".join((by.source, by.given, *apart, shape, sha256)))[:32]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _full(why: str) -> NotTaken:
    return NotTaken(
        "inbox-full",
        f"{why} Keep the events and send them again later. Whoever runs Tokentally sees on the Data"
        " page what holds the inbox up; `python -m analytics_core ingest` takes it in.",
    )


def _line(record: Record) -> bytes:
    return _written(record).encode("utf-8", "replace") + b"\n"


_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # made once
