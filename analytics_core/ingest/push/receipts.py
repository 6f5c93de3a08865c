"""Receipts of state.db: what was pushed with which token, and into which file it was gathered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analytics_core.access.state import State

KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One body that was taken; `id` is the same for the same body under the same name."""

    id: str
    token: str  # public id
    sha256: str  # of the body
    events: int
    received: datetime  # aware UTC


@dataclass(frozen=True, slots=True)
class Place:
    """The lines of a gathered file that are the events of a receipt: from `first` on."""

    id: str
    file_id: str
    first: int


@dataclass(frozen=True, slots=True)
class Receipts:
    """The receipts that are remembered; the bodies themselves never depend on them."""

    state: State

    def add(self, receipt: Receipt) -> Receipt:
        """Remembers a receipt; returns the one that the same token has for the same body."""
        self.state.write(
            "INSERT OR IGNORE INTO receipts VALUES (?, ?, ?, ?, ?)",
            receipt.id, receipt.token, receipt.sha256, receipt.events,
            int(receipt.received.timestamp() * 1000),
        )  # fmt: skip
        return self.of(receipt.id, receipt.token) or receipt

    def of(self, known: str, token: str | None = None) -> Receipt | None:
        """The receipt of that id, of one token or of whichever pushed it first."""
        rows = self.state.rows(
            "SELECT id, token, sha256, events, received FROM receipts"
            " WHERE id = ? AND token = coalesce(?, token) ORDER BY received, token LIMIT 1",
            known, token,
        )  # fmt: skip
        if not rows:
            return None
        found, by, sha256, events, received = rows[0]
        return Receipt(found, by, sha256, events, datetime.fromtimestamp(received / 1000, UTC))

    def place(self, known: str) -> Place | None:
        """Where the events of a receipt were gathered, None while they were not."""
        rows = self.state.rows("SELECT id, file_id, first FROM receipt_places WHERE id = ?", known)
        return Place(*rows[0]) if rows else None

    def hour(self, file_id: str) -> str | None:
        """The key of the hour into whose ledger line a gathered file goes, None without one."""
        rows = self.state.rows("SELECT hour FROM receipt_files WHERE file_id = ?", file_id)
        return rows[0][0] if rows else None

    def put(self, places: Iterable[Place], hour: str | None = None) -> None:
        """Notes where events are gathered, in place of where they were before.

        `hour` is the key of the hour of these files.
        """
        with self.state.transaction():
            for place in places:
                self.state.write(
                    "INSERT OR REPLACE INTO receipt_places VALUES (?, ?, ?)",
                    place.id, place.file_id, place.first,
                )  # fmt: skip
                if hour is not None:
                    self.state.write(
                        "INSERT OR REPLACE INTO receipt_files VALUES (?, ?)", place.file_id, hour
                    )

    def forget(self, before: datetime) -> None:
        """Drops receipts of bodies that came before that, and their places."""
        old = int(before.timestamp() * 1000)
        with self.state.transaction():
            self.state.write(
                "DELETE FROM receipt_places WHERE id IN (SELECT id FROM receipts WHERE received < ?)"
                " AND NOT EXISTS (SELECT 1 FROM receipts AS newer"
                " WHERE newer.id = receipt_places.id AND newer.received >= ?)",
                old, old,
            )  # fmt: skip
            self.state.write("DELETE FROM receipts WHERE received < ?", old)
            self.state.write(
                "DELETE FROM receipt_files WHERE file_id NOT IN (SELECT file_id FROM receipt_places)"
            )
