"""How far the making of the demo data is, for the pages."""

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "demo.json"


@dataclass(frozen=True, slots=True)
class DemoStatus:
    """`share` of the work that is done, 0 to 1, and the process that does it."""

    share: float
    pid: int

    @classmethod
    def load(cls, cache: Path) -> "DemoStatus | None":
        """What the process making the demo data last said; None when none is at it."""
        try:
            status = cls(**json.loads((cache / NAME).read_text("utf-8")))
            os.kill(status.pid, 0)
        except (OSError, ValueError, TypeError):
            return None
        return status

    def save(self, cache: Path) -> None:
        """Replaces what was said before; a full disk costs the pages their progress only."""
        aside = cache / f".demo-{self.pid}.json"
        with contextlib.suppress(OSError):
            cache.mkdir(parents=True, exist_ok=True)
            aside.write_text(json.dumps(asdict(self)), "utf-8")
            aside.replace(cache / NAME)


def ended(cache: Path) -> None:
    """Nobody is making demo data any more."""
    (cache / NAME).unlink(missing_ok=True)
