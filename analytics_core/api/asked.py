"""What a call asked for, as the audit keeps it: what was declared, and nothing that opens a door."""

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode

from analytics_core.api.parameter import Parameter, declared
from analytics_core.ingest.texts import SECRET_INSIDE

LONGEST = 200  # characters of one value
_KEY = re.compile(SECRET_INSIDE)
_TOKEN = re.compile(r"(tt_[0-9a-f]{8})_[A-Za-z0-9_-]+")


def asked(
    path: Mapping[str, str], given: Iterable[tuple[str, str]], known: Sequence[Parameter]
) -> str:
    """The values of the path and of the query as URL parameters, also those of a refused call.

    Of a parameter that does not exist only the name: its value may be anything, `password=` too.
    A token among the values keeps its public id, any other key nothing.
    """
    said = [(name, _safe(value)) for name, value in path.items()]
    for name, value in given:
        exists = declared(name, known) is not None
        said.append((_safe(name), _safe(value) if exists else "…"))
    return urlencode(said, errors="replace")


def _safe(value: str) -> str:
    safe = _KEY.sub("…", _TOKEN.sub(r"\1…", value))
    return safe if len(safe) <= LONGEST else f"{safe[:LONGEST]}…"
