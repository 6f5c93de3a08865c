"""What can be asked for over HTTP, each declared once: routes, checks and documentation follow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

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
class Operation:
    """One GET operation. `path` comes after /api/v1, in the words of Starlette.

    `example` is such a path with parameters that really answers, `schema` the JSON Schema of the
    JSON answer, if `formats` (the first is the default) has it. One that is `open` needs no token; its caller is NOBODY.
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
