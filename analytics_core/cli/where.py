"""--where dimension=value,value: picks as a command line writes them."""

import csv
from collections.abc import Iterable

from analytics_core.errors import BadValue
from analytics_core.semantics.dimension import dimension


def params_of_where(wheres: Iterable[str]) -> dict[str, list[str]]:
    """The URL parameters that several --where mean. Raises BadValue, UnknownName."""
    params: dict[str, list[str]] = {}
    for where in wheres:
        name, equals, values = where.partition("=")
        if not equals:
            raise BadValue("--where", where, "DIMENSION=value,value")
        dimension(name)
        params.setdefault(name, []).extend(_values(where, values))
    return params


def _values(where: str, values: str) -> list[str]:
    """Comma separated as in CSV; "" stands for what has no member."""
    try:
        values.encode()
        return next(csv.reader([values], strict=True), None) or [""]
    except (csv.Error, UnicodeEncodeError):
        expected = 'text as in CSV, such as project=Search,"Maps, Routes"'
        raise BadValue("--where", where, expected) from None
