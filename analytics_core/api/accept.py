"""Which format a caller wants: the parameter `format`, else the header Accept, else JSON."""

from collections.abc import Iterator, Sequence

from analytics_core.errors import UnknownName
from analytics_core.export.formats import FORMATS

_OTHER_NAMES = {"application/x-parquet": "parquet", "application/parquet": "parquet"}


def accepted(wanted: str, header: str, known: Sequence[str]) -> str:
    """The name of a format among `known`, whose first one is the default. Raises UnknownName.

    A header that names none of them gets the default: it is often only what a browser says.
    """
    if wanted:
        UnknownName.check("format", wanted, known)
        return wanted
    names = {FORMATS[name].mime: name for name in known} | _OTHER_NAMES
    found = (names.get(mime, "") for mime in _preferred(header))
    return next((name for name in found if name in known), known[0])


def _preferred(header: str) -> Iterator[str]:
    """The media types of an Accept header, the preferred first; those with q=0 left out."""
    weighed: list[tuple[float, str]] = []
    for part in header.split(","):
        mime, *more = (piece.strip().lower() for piece in part.split(";"))
        weight = next((piece[2:] for piece in more if piece.startswith("q=")), "1")
        try:
            weighed.append((float(weight), mime))
        except ValueError:
            continue
    yield from (mime for q, mime in sorted(weighed, key=lambda w: -w[0]) if q > 0)
