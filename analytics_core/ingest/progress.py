"""How far an ingest is, for whoever watches it."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal

Step = Literal["taking", "reading", "pricing", "landing", "done"]


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of one file of a batch; `number` counts from 1.

    `verdict` is known when done, and `message` says why a file was refused.
    """

    name: str
    number: int
    files: int
    step: Step
    rows: int | None = None
    verdict: str | None = None
    message: str = ""


Watch = Callable[[Progress], None]


def unwatched(progress: Progress) -> None:
    """Nobody watches."""


def line(progress: Progress) -> str:
    """The step as one line of JSON: what `ingest --progress` prints and the inbox reads."""
    return json.dumps(asdict(progress), ensure_ascii=False)


def heard(said: str) -> Progress | None:
    """The step that a line of JSON tells; None for any other line."""
    try:
        return Progress(**json.loads(said))
    except (ValueError, TypeError):
        return None
