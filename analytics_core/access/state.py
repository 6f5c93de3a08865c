"""state.db: what the app must remember between runs and that is no event (SQLite, 0600)."""

import contextlib
import logging
import os
import sqlite3
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)
_OPENING = threading.Lock()

SCHEMA = """
CREATE TABLE IF NOT EXISTS sign_ins (
    id TEXT PRIMARY KEY,          -- SHA-256 of the cookie's value
    username TEXT NOT NULL,
    digest TEXT NOT NULL,         -- SHA-256 of username, password hash and epoch
    binding TEXT NOT NULL,        -- SHA-256 of the browser's own cookie
    created INTEGER NOT NULL,     -- times are whole seconds since 1970, UTC
    expires INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    address TEXT,
    agent TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS sign_ins_username ON sign_ins (username);
CREATE TABLE IF NOT EXISTS epochs (username TEXT PRIMARY KEY, epoch TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS throttle (
    key TEXT PRIMARY KEY,         -- SHA-256 of a name or an address
    failures INTEGER NOT NULL,
    until INTEGER NOT NULL,       -- milliseconds since 1970
    last INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS tokens (
    id TEXT PRIMARY KEY,          -- public: it stands in the token and in the audit
    digest TEXT NOT NULL,         -- SHA-256 of the token
    owner TEXT NOT NULL,
    person TEXT NOT NULL,         -- SHA-256 of who the owner is: a name can change hands
    name TEXT NOT NULL,
    abilities TEXT NOT NULL,      -- comma separated
    picks TEXT NOT NULL,          -- JSON, as in a URL
    source TEXT,                  -- under which pushed events are kept
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    last_used INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS tokens_owner ON tokens (owner);
CREATE TABLE IF NOT EXISTS audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,        -- milliseconds since 1970
    principal TEXT NOT NULL,
    token TEXT NOT NULL,          -- its public id
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    asked TEXT NOT NULL,          -- URL parameters
    rows INTEGER,
    ms INTEGER,
    result TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS audit_never_changes BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'rows of the audit never change'); END;
CREATE TRIGGER IF NOT EXISTS audit_is_kept BEFORE DELETE ON audit
WHEN OLD.time > unixepoch() * 1000 - 34560000000  -- 400 days
BEGIN SELECT RAISE(ABORT, 'rows of the audit are kept for 400 days'); END;
CREATE INDEX IF NOT EXISTS audit_time ON audit (time);
CREATE INDEX IF NOT EXISTS audit_revoked ON audit (token) WHERE action = 'token revoked';
CREATE TABLE IF NOT EXISTS audit_chain (
    id INTEGER PRIMARY KEY,       -- of the row in audit
    before TEXT NOT NULL,         -- the hash of the row before
    hash TEXT NOT NULL            -- SHA-256 of that and of the row
) STRICT;
CREATE TRIGGER IF NOT EXISTS audit_chain_never_changes BEFORE UPDATE ON audit_chain
BEGIN SELECT RAISE(ABORT, 'the chain of the audit never changes'); END;
CREATE TRIGGER IF NOT EXISTS audit_chain_is_kept BEFORE DELETE ON audit_chain
WHEN EXISTS (SELECT 1 FROM audit WHERE audit.id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'the chain of the audit is kept with its rows'); END;
CREATE TABLE IF NOT EXISTS saved_views (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    person TEXT NOT NULL,         -- SHA-256 of who the owner is
    name TEXT NOT NULL,
    page TEXT NOT NULL,           -- its path
    params TEXT NOT NULL,         -- JSON, those of the URL
    shared INTEGER NOT NULL,      -- 1: with everyone
    landing INTEGER NOT NULL,     -- 1: opens when the owner signs in
    changed INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS saved_views_owner ON saved_views (owner);
CREATE TABLE IF NOT EXISTS receipts (
    id TEXT NOT NULL,             -- SHA-256 of what was pushed and under which name
    token TEXT NOT NULL,          -- public id of the token that pushed it
    sha256 TEXT NOT NULL,         -- of the body
    events INTEGER NOT NULL,
    received INTEGER NOT NULL,    -- milliseconds since 1970
    PRIMARY KEY (id, token)
) STRICT;
CREATE INDEX IF NOT EXISTS receipts_received ON receipts (received);
CREATE TABLE IF NOT EXISTS receipt_places (
    id TEXT PRIMARY KEY,          -- of a receipt
    file_id TEXT NOT NULL,        -- of the file into which its events were gathered
    first INTEGER NOT NULL        -- the line of the first of them
) STRICT;
CREATE TABLE IF NOT EXISTS receipt_files (
    file_id TEXT PRIMARY KEY,     -- of a file into which events were gathered
    hour TEXT NOT NULL            -- SHA-256 of the source, shape and hour
) STRICT;
"""


class State:
    """One connection to state.db, safe to use from any thread.

    Where the file cannot be written or is damaged, everything is kept in memory instead:
    `lasting` is False and sign-ins end with the process (docs/decisions/).
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self.problem: str | None = None
        try:
            self._connection = _opened(path)
        except (sqlite3.Error, OSError) as wrong:
            self.problem = f"{path.name} cannot be used ({wrong})"
            log.warning("%s: sign-ins last until the app stops", self.problem)
            self._connection = _connected(":memory:")

    @property
    def lasting(self) -> bool:
        """Whether what is written survives the process."""
        return self.problem is None

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows a constant statement answers with."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def write(self, statement: str, *values: object) -> int:
        """Runs one constant statement; the number of rows it changed."""
        with self._lock:
            return self._connection.execute(statement, values).rowcount

    @contextlib.contextmanager
    def transaction(self) -> Generator[None]:
        """Everything inside happens at once or not at all, also among several processes."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Closes the connection."""
        with self._lock:
            self._connection.close()


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    with _OPENING:
        # Closing any descriptor of the file drops all locks this process holds on it: the next
        # process would take itself for the last user and delete the -wal file that is in use. So
        # it is opened by hand only while it does not exist.
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        path.chmod(0o600)  # SQLite gives -wal and -shm the mode of the file itself
        connection = _connected(str(path))
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")  # a read-only file system shows here, not at a sign-in
    connection.execute("COMMIT")
    return connection


def _connected(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(name, timeout=5, isolation_level=None, check_same_thread=False)
    connection.executescript(SCHEMA)
    return connection
