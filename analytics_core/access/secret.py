"""Random values and their digests: only digests are kept."""

import hashlib
import secrets


def fresh() -> str:
    """32 random bytes as URL-safe text, for a cookie or a ticket."""
    return secrets.token_urlsafe(32)


def digest(*parts: str) -> str:
    """SHA-256 of the parts as 64 hex digits; the separator keeps ("ab", "c") from ("a", "bc")."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def binding_of(cookie: object) -> str:
    """The digest of a browser's own cookie; "" where there is none.

    Anything but text counts as none: test harnesses hand out objects that answer to everything.
    """
    return digest(cookie) if isinstance(cookie, str) and cookie else ""
