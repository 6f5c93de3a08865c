"""Passwords: what may be one, and its bcrypt hash."""

import bcrypt

from analytics_core.errors import BadValue

SHORTEST = 12  # characters
LONGEST = 72  # bytes; bcrypt refuses more
COST = 12


def hashed(password: str) -> str:
    """The bcrypt hash to keep. Raises BadValue, which never shows the password."""
    problem = _problem(password)
    if problem:
        raise BadValue("password", "…", problem)
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(COST)).decode()


def _problem(password: str) -> str | None:
    if password != password.strip():
        return "no spaces around it: the sign-in form takes them away"
    if "\0" in password:
        return "no NUL character"
    if len(password) < SHORTEST:
        return f"at least {SHORTEST} characters"
    if len(password.encode()) > LONGEST:
        return f"at most {LONGEST} bytes"
    return None
