"""How far an ingest is, for whoever watches it."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal

Step = Literal["taking", "reading", "pricing", "landing", "done"]


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of one file of a batch; `number` counts from 1. `verdict` is known when done."""

    name: str
    number: int
    files: int
    step: Step
    rows: int | None = None
    verdict: str | None = None


Watch = Callable[[Progress], None]


def unwatched(progress: Progress) -> None:
    """Nobody watches."""


def line(progress: Progress) -> str:
    """The step as one line of JSON: what `ingest --progress` prints and the inbox reads."""
    return json.dumps(asdict(progress), ensure_ascii=False)
