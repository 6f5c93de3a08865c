"""Errors as people and programs read them: problem details (RFC 9457)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from starlette.responses import Response

from analytics_core.access import failures
from analytics_core.errors import (
    BadValue,
    Damaged,
    NotAsked,
    StoreBusy,
    TokentallyError,
    TooSlow,
    UnknownName,
)
from analytics_core.ingest.push.not_taken import NotTaken

MIME = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of problem: its name in the type's address, its status, what it means."""

    name: str
    status: int
    title: str
    meaning: str
    of_body: bool = False  # only where a body is taken

    @property
    def type(self) -> str:
        """The address that says more."""
        return f"/api/v1/docs#{self.name}"


_ALL = (
    Kind("unknown-name", 400, "A name that does not exist",
         "A parameter, measure, dimension, grain, period or format of that name does not exist;"
         " `parameter` says where it was given, `nearest` what was probably meant."),
    Kind("bad-value", 400, "A value that cannot be read",
         "`parameter` names it, `detail` says what is expected."),
    Kind("not-asked", 400, "A question that has no answer",
         "The parts of the question do not go together; `detail` says why, `parameter` which one to"
         " change, where it is one."),
    Kind("unauthorized", 401, "A valid token is needed",
         "There was no token, or it opens nothing. Which of the two is not said."),
    Kind("forbidden", 403, "Not for this token", "The token is good, but not for this."),
    Kind("bad-events", 400, "Events that cannot be taken",
         "Nothing of the body was kept: `row` and `key` name the first fault.", of_body=True),
    Kind("unreadable-body", 400, "A body that cannot be read",
         "It is packed otherwise than said, cut off, or no JSON; `detail` says what.", of_body=True),
    Kind("not-found", 404, "There is nothing at this address",
         "No operation has this address, or you may not know what has."),
    Kind("method-not-allowed", 405, "Not with this method", "The header `Allow` names those."),
    Kind("too-large", 413, "The body is too large", "Send it in several.", of_body=True),
    Kind("unsupported-media-type", 415, "No such body is taken here",
         "`detail` names the media types that are.", of_body=True),
    Kind("too-slow", 422, "The question took too long",
         "Choose a shorter period or fewer members."),
    Kind("too-many-requests", 429, "Too many requests", "`Retry-After` says when to come back."),
    Kind("fault", 500, "A fault of ours",
         "It was logged under the id that ends `instance`; whoever runs Tokentally finds it there."),
    Kind("damaged", 503, "A file of the store is damaged",
         "Whoever runs Tokentally finds it with the command `verify`."),
    Kind("inbox-full", 503, "There is no room for more events",
         "Keep them and send them again after `Retry-After`.", of_body=True),
    Kind("busy", 503, "Too many questions are waiting", "`Retry-After` says when to come back."),
)  # fmt: skip
KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}

# Where a name or value of a question may have been given; the first one where it was not.
_PLACES: dict[str, tuple[str, ...]] = {
    "measure": ("measures", "measure", "rank"),
    "measures": ("measures", "measure", "rank"),
    "dimension": ("by", "then", "dimension"),
    "by": ("by", "then"),
    "period": ("period", "endDate", "startDate"),
    "start": ("period", "startDate"),
    "end": ("period", "endDate"),
    "organization": ("organization", "org"),
    "customer": ("customer", "customerId"),
}
Given: TypeAlias = Mapping[str, Sequence[str]]  # the values of the path and of the query


@dataclass(slots=True)
class Refused(Exception):
    """A request that gets a problem for an answer."""

    kind: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    more: Mapping[str, object] = field(default_factory=dict[str, object])

    def response(self) -> Response:
        """The problem as an answer."""
        kind = KINDS[self.kind]
        body = {
            "type": kind.type,
            "title": kind.title,
            "status": kind.status,
            "detail": self.detail,
            **self.more,
        }
        text = json.dumps(body, ensure_ascii=False, indent=1) + "\n"
        return Response(text, kind.status, dict(self.headers), MIME)


def of_error(error: TokentallyError, given: Given) -> Refused:
    """The problem that an error of the caller's, or a state of the store, is."""
    if isinstance(error, UnknownName):
        own = error.kind == "parameter"
        name = error.asked if own else _parameter(error.kind, error.asked, given)
        nearest = {"nearest": error.nearest} if error.nearest else {}
        return Refused("unknown-name", str(error), more={"parameter": name, **nearest})
    if isinstance(error, BadValue):
        name = _parameter(error.name, str(error.value), given)
        said = BadValue(name, error.value, error.expected)
        return Refused("bad-value", str(said), more={"parameter": name})
    if isinstance(error, NotAsked):
        name = _parameter(error.name, "", given) if error.name else ""
        return Refused("not-asked", str(error), more={"parameter": name} if name in given else {})
    if isinstance(error, TooSlow):
        return Refused("too-slow", str(error))
    if isinstance(error, StoreBusy):
        return Refused("busy", str(error), {"Retry-After": "2"})
    if isinstance(error, Damaged):  # its own text names files of the machine
        return Refused("damaged", KINDS["damaged"].meaning)
    return of_fault(error, "api")


def of_not_taken(wrong: NotTaken) -> Refused:
    """The problem that a body is of which nothing is kept."""
    headers = {"Retry-After": "60"} if wrong.why == "inbox-full" else {}
    return Refused(wrong.why, wrong.detail, headers, wrong.where)


def _parameter(name: str, value: str, given: Given) -> str:
    """The parameter that holds the value, else one of those that may and were given."""
    places = _PLACES.get(name, (name,))
    here = [place for place in places if place in given]
    holding = (p for p in here if value in ",".join(given[p]).split(","))
    return next(holding, None) or (here[0] if here else places[0])


def of_fault(error: BaseException, where: str, who: str = "") -> Refused:
    """The problem that a fault of ours is: an id, under which the log has the rest."""
    name = failures.report(error, where, who)
    more = {"instance": f"urn:tokentally:error:{name}"}
    return Refused("fault", failures.sentence(name, "request"), more=more)
