"""A JSON document: what it is about, then a row per line, written as they come."""

import json
from collections.abc import Iterable, Iterator, Mapping

MIME = "application/json"


def document(about: Mapping[str, object], rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """The parts of the text, in order; `about` holds at least one key, `rows` come under `rows`."""
    yield json.dumps(about, ensure_ascii=False, indent=1).removesuffix("\n}") + ',\n "rows": ['
    before = "\n  "
    for row in rows:
        yield before + json.dumps(row, ensure_ascii=False)
        before = ",\n  "
    yield "]\n}\n" if before == "\n  " else "\n ]\n}\n"
