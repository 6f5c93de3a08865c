"""Names of columns and keys: how sources compare them, and which are never read."""

import re
from collections.abc import Iterable

from analytics_core.events import NEVER_STAGED, NEVER_STAGED_PREFIXES

# A flattened messages.0.content or gen_ai_prompt is the same thing under another spelling.
_PRIVATE = frozenset(name.replace(".", "_") for name in NEVER_STAGED)
_PRIVATE_PREFIXES = tuple(prefix.replace(".", "_") for prefix in NEVER_STAGED_PREFIXES)


def normalised(name: str) -> str:
    """The name as sources compare it: lower case, other characters than letters and . as _."""
    return re.sub(r"[^\w.]", "_", name.strip().lower())


def top_names(raw_names: Iterable[str]) -> tuple[str, ...]:
    """The normalised names of top-level columns, in order; a repeat gets _2, _3 and so on."""
    names: dict[str, None] = {}
    for raw in raw_names:
        name, n = normalised(raw) or "_", 2
        while name in names:
            name, n = f"{normalised(raw)}_{n}", n + 1
        names[name] = None
    return tuple(names)


def never_staged(name: str) -> bool:
    """Whether a column or attribute of that name may hold a prompt, an answer or an address."""
    dotted = normalised(name)
    flat = dotted.replace(".", "_")
    return (
        flat in _PRIVATE or dotted.split(".")[0] in _PRIVATE or flat.startswith(_PRIVATE_PREFIXES)
    )


def spelled(name: str) -> str:
    """A pattern (RE2) of every name that is normalised to this one."""
    return "".join(
        "[^a-z0-9.]" if letter == "_" else re.escape(letter) for letter in name
    )  # fmt: skip


def private_names(end: str) -> str:
    """A pattern of the beginnings of what `never_staged` names; `end` ends a whole name."""
    any_mark = "[^a-z0-9]"  # \pL under (?i) makes automata too large to be fast
    names = "|".join("".join(any_mark if c == "_" else c for c in n) for n in sorted(_PRIVATE))
    begun = "|".join("".join(any_mark if c == "_" else c for c in p) for p in _PRIVATE_PREFIXES)
    return f"(?:{names}){end}|(?:{begun})"


_WHOLE = r"(?:[.]|\s*$)"
PRIVATE_KEY = rf"(?i)^\s*(?:{private_names(_WHOLE)})"  # RE2: what `never_staged` says of a key
