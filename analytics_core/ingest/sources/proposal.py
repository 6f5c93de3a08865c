"""What can be guessed of a file that needs a mapping: a start for a person, never applied."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from analytics_core.ingest.names import never_staged, normalised, top_names
from analytics_core.ingest.raw import Head, value_in
from analytics_core.ingest.sources import generic

_ISO = re.compile(
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?)?"
    r"\s*(Z|UTC|[+-]\d{2}(:?\d{2})?)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_DATE = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})"
    r"(?:,?([ T])(\d{1,2}):(\d{2})(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?)?"
)
_WORDED = ("%b %d, %Y %I:%M %p", "%b %d, %Y %H:%M", "%b %d, %Y", "%b %d, %Y, %I:%M %p",
           "%b %d, %Y, %I:%M:%S %p", "%b %d, %Y, %H:%M:%S", "%b %d, %Y %H:%M:%S", "%a, %d %b %Y %H:%M:%S GMT", "%d %b %Y %H:%M:%S",
           "%d %b %Y %H:%M", "%d %b %Y", "%B %d, %Y", "%d %B %Y")  # fmt: skip
# The columns by which a mapping knows its files again, beside the time.
TELLING = ("input_tokens", "output_tokens", "cost_reported")
_COMMA = re.compile(r"-?(\d{1,3}(\.\d{3})+|\d+),(\d{1,2}|\d{4,})")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_MONEY = re.compile(r"-?(?:([$€£¥]|[A-Z]{3})\s*-?\d[\d.,]*|\d[\d.,]*\s*([$€£¥]|[A-Z]{3}))")
_GUESSES = {
    "started_at": r"(^|[_.])(time|date|timestamp|created|ts|zeit|datum|fecha|fecha_hora)(_|$)|_at$",
    "input_tokens": r"(prompt|input|context)\w*(token|length|count)",
    "output_tokens": r"(completion|output|generated)\w*(token|length|count)",
    "model_raw": r"model|mod.le$|(^|[_.])llm$",
    "cost_reported": r"cost|spend|amount|price|kosten|betrag|prix|montant|importe",
    "user_id": r"(^|[_.])(user|email|nutzer|benutzer|usuario|utilisateur)",
}
_NUMBERS = ("input_tokens", "output_tokens", "cost_reported", "total_tokens", "latency_ms")
_CACHE = {
    "cache_read_tokens": r"cache\w*(read|hit)|cached",
    "cache_write_tokens": r"cache\w*(write|creat)",
}


def doubts(head: Head) -> list[str]:
    """What the values of a file with common names leave open, a sentence each."""
    found: list[str] = []
    time = generic.column_of("started_at", head)
    dates = _written(head, time)
    guess = _date_format(dates)
    if guess and 2 * sum(map(_plain_time, dates)) < len(dates):
        found.append(f"The times of '{time}' ({dates[0]}) are not ISO 8601: {_order(guess)}?")
    if anew := written_anew(head):
        found.append(anew)
    costs = _written(head, generic.column_of("cost_reported", head))
    sign = next((said for text in costs if (said := _sign(text))), None)
    if sign:
        found.append(f"Costs are written with their currency ({sign}).")
    return found


def written_anew(head: Head) -> str:
    """How the numbers are written where it is not the way of programs; empty where it is."""
    marks = _marks(_texts(head))
    if marks["decimal"] == ",":
        return "Numbers are written with a decimal comma."
    return "Numbers are written with thousands separators." if marks["thousands"] else ""


def _sign(text: str) -> str | None:
    """The currency sign or code beside an amount."""
    match = _MONEY.fullmatch(text)
    return (match.group(1) or match.group(2)) if match else None


def proposed(head: Head) -> dict[str, Any] | None:
    """A mapping in the shape of its YAML file; None without a column that could be a time.

    `time.zone` is left open, and `convention` unless a row decides it.
    """
    roles = _roles(head)
    time = roles.pop("started_at", None)
    if time is None:
        return None
    marks = _marks(_texts(head))
    made: dict[str, Any] = {
        "name": "my-source",
        "label": "My source",
        "match": {"kinds": [head.kind], "all": [time, *_required(roles)]},
        "grain": "request",
        "time": {"column": time, "unit": _unit(head, time), "zone": None},
        "columns": {role: _column(head, name) for role, name in roles.items() if role != "id"},
    }
    if "id" in roles:
        made["id"] = {"columns": [roles["id"]]}
    if any(role in _CACHE for role in roles) and (said := _convention(head, roles)):
        made["convention"] = said
    if head.kind == "csv":
        made["csv"] = {"delimiter": head.delimiter or ",", **marks}
    return made


def _required(roles: dict[str, str]) -> list[str]:
    return [roles[r] for r in TELLING if r in roles]


def _roles(head: Head) -> dict[str, str]:
    """Role -> column, or place inside one: by its common name, else by what it sounds like."""
    tops = top_names(head.raw_names)
    inner = (name for name in head.columns if name not in tops and not never_staged(name))
    places = [*tops, *inner]
    roles = {r: name for r in generic.ALIASES if (name := generic.column_of(r, head))}
    for role, pattern in {**_GUESSES, **_CACHE}.items():
        if role in roles:
            continue
        free = [name for name in places if name not in roles.values()]
        heard = next((name for name in free if re.search(pattern, name)), None)
        if heard:
            roles[role] = heard
    if "started_at" not in roles and (time := _looks_like_time(head, tops, roles)):
        roles["started_at"] = time
    order = ("started_at", "id", *generic.ALIASES, *_CACHE)
    return {role: roles[role] for role in dict.fromkeys(order) if role in roles}


def _looks_like_time(head: Head, tops: Sequence[str], roles: dict[str, str]) -> str | None:
    """The first column without a role whose every value is written like a date or a time."""
    for name in tops:
        texts = _written(head, name) if name not in roles.values() else []
        if texts and (all(map(_ISO.fullmatch, texts)) or _all_dates(texts)):
            return name
    return None


def _all_dates(texts: Sequence[str]) -> bool:
    return all(_DATE.fullmatch(text) or _date_format([text]) for text in texts)


def _column(head: Head, name: str) -> Any:
    """The column, or a pattern that takes its currency sign off."""
    money = next((m for text in _written(head, name) if (m := _MONEY.fullmatch(text))), None)
    if money is None:
        return name
    if money.group(2):
        return {"column": name, "match": f"^(.+?) *{re.escape(money.group(2))}$"}
    return {"column": name, "match": f"^{re.escape(money.group(1))} *(.+)$"}


def _unit(head: Head, time: str) -> str:
    texts = _written(head, time)
    guess = _date_format(texts)
    if guess and 2 * sum(map(_plain_time, texts)) < len(texts):
        return guess
    numbers = [float(text) for text in texts if _NUMBER.fullmatch(text)]
    if not numbers or len(numbers) < len(texts):
        return "auto"
    size = max(map(abs, numbers))
    return next((u for u, top in (("s", 1e11), ("ms", 1e14), ("us", 1e17)) if size < top), "ns")


def _plain_time(text: str) -> bool:
    return bool(_ISO.fullmatch(text) or _NUMBER.fullmatch(text))


def _date_format(texts: Iterable[str]) -> str | None:
    """The strptime format most of the texts have; None where none is recognised."""
    texts = list(texts)
    numeric = [m for text in texts if (m := _DATE.fullmatch(text))]
    if numeric:
        first = any(int(m.group(1)) > 12 for m in numeric)
        second = any(int(m.group(3)) > 12 for m in numeric)
        formats = Counter(
            _format(m, day_first=_day_first(m.group(2), first=first, second=second))
            for m in numeric
        )
        return formats.most_common(1)[0][0]
    for written in _WORDED:
        for text in texts[:1]:
            with suppress(ValueError):
                datetime.strptime(text, written)  # noqa: DTZ007 (only the shape is asked)
                return written
    return None


def _day_first(separator: str, *, first: bool, second: bool) -> bool:
    """Whether the day comes before the month: by a value above 12, else by the separator."""
    return first or (not second and separator != "/")


def _format(match: re.Match[str], *, day_first: bool) -> str:
    separator = match.group(2)
    year = "%Y" if len(match.group(4)) == 4 else "%y"
    date = separator.join(("%d", "%m", year) if day_first else ("%m", "%d", year))
    if not match.group(6):
        return date
    half = match.group(10)
    clock = "%I:%M" if half else "%H:%M"
    clock += ":%S" if match.group(8) else ""
    clock += ".%f" if match.group(9) else ""
    comma = "," if "," in match.group(0)[: match.start(6) - match.start(0)] else ""
    return f"{date}{comma}{match.group(5)}{clock}" + (
        half.replace(half.strip(), "%p") if half else ""
    )


def _order(written: str) -> str:
    words = {"%d": "day", "%m": "month", "%Y": "year", "%y": "year", "%b": "month", "%B": "month"}
    date = written.split(" %H")[0].split(" %I")[0]
    return re.sub(r"%[a-zA-Z]", lambda m: words.get(m.group(0), ""), date).strip(", ")


def _marks(texts: Iterable[str]) -> dict[str, str]:
    """The decimal mark and thousands separator of the numbers."""
    mark = r"[$€£¥]|[A-Z]{3}"
    bare = [re.sub(rf"^(?:{mark})\s*|\s*(?:{mark})$", "", text) for text in texts]
    if any(_COMMA.fullmatch(text) for text in bare):
        return {"decimal": ",", "thousands": "." if any("." in t for t in bare) else ""}
    grouped = [text for text in bare if _GROUPED.fullmatch(text)]
    return {"decimal": ".", "thousands": "," if grouped else ""}


def _texts(head: Head) -> Iterator[str]:
    """The sample's texts in columns that should hold numbers."""
    for role, name in _roles(head).items():
        if role in _NUMBERS:
            yield from _written(head, name)


def _written(head: Head, name: str | None) -> list[str]:
    """The sample's non-empty texts and numbers of one column, or one place inside."""
    if name is None:
        return []
    tops = dict(zip(top_names(head.raw_names), head.raw_names, strict=True))
    if name in tops:
        exact = tops[name]
        values = (
            next((v for k, v in record.items() if k == exact or normalised(k) == name), None)
            for record in head.sample
        )
    else:
        values = (value_in(record, name.split(".")) for record in head.sample)
    plain = (v for v in values if isinstance(v, str | int | float) and not isinstance(v, bool))
    return [text for v in plain if (text := str(v).strip())]


def _convention(head: Head, roles: dict[str, str]) -> str | None:
    """Exclusive when a row has more cached tokens than input; nothing else is certain."""
    whole = _written(head, roles.get("input_tokens"))
    for part in (role for role in _CACHE if role in roles):
        for total, cached in zip(whole, _written(head, roles[part]), strict=False):
            with suppress(ValueError):
                if float(cached) > float(total):
                    return "exclusive"
    return None
