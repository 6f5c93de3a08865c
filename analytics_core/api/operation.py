"""What can be asked for over HTTP, each declared once: routes, checks and documentation follow."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from analytics_core.access.tokens import READ
from analytics_core.api.call import Call, Reply
from analytics_core.api.parameter import TEXT, Parameter, Schema

JSON_ONLY = ("json",)
FORMATS = ("json", "csv", "parquet", "arrow")

# They stand in addresses of the app, where they choose how an answer is drawn.
DRAWN = tuple(
    Parameter(name=name, description="How a page shows it; changes nothing here.", schema=TEXT)
    for name in ("view", "show")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Takes:
    """The body of a POST: the media types it may have, the first with this schema and example."""

    mimes: tuple[str, ...]
    schema: Schema
    example: Any  # JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation. `path` comes after /api/v1, in the words of Starlette.

    `example` is such a path with parameters that really answers, `schema` the JSON Schema of the
    JSON answer, if `formats` (the first is the default) has it. One that is `open` needs no token; its caller is NOBODY.
    A token needs one of the `abilities`. One that `takes` a body is a POST, any other a GET.
    """

    name: str
    path: str
    summary: str
    about: str
    example: str
    run: Callable[[Call], Reply]
    schema: Schema = field(default_factory=dict[str, object])
    parameters: tuple[Parameter, ...] = ()
    formats: tuple[str, ...] = JSON_ONLY
    open: bool = False
    abilities: tuple[str, ...] = (READ,)
    takes: Takes | None = None
    status: int = 200  # of the answer

    @property
    def body(self) -> bytes:
        """The body of its example, empty for a GET."""
        return json.dumps(self.takes.example).encode() if self.takes else b""

    @property
    def method(self) -> Literal["GET", "POST"]:
        """Its HTTP method."""
        return "POST" if self.takes else "GET"

    @property
    def accepted(self) -> tuple[Parameter, ...]:
        """Every parameter it takes."""
        more = (_format(self.formats),) if len(self.formats) > 1 else ()
        return (*self.parameters, *more, *DRAWN)


def _format(names: Sequence[str]) -> Parameter:
    return Parameter(
        name="format",
        description="The format of the answer, whatever the header `Accept` says.",
        schema={"type": "string", "enum": list(names), "default": names[0]},
    )
