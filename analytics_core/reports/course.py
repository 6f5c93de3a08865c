"""One session request by request, in order: with what model, what it cost, what it had cost so far."""

from dataclasses import dataclass
from datetime import UTC, datetime

from analytics_core.reports.compare import Figure
from analytics_core.semantics.member import Member
from analytics_core.store.sql_rows import Cut
from analytics_core.store.view import View

_READ = (
    "started_at", "model", "service_type", "status", "input_tokens", "output_tokens", "latency_ms",
    "cost_nano",
)  # fmt: skip
MOST = 300  # requests drawn; of a longer session the newest


@dataclass(frozen=True, slots=True)
class Step:
    """One request. `cost` and `so_far` are nano-USD; an unpriced request adds nothing."""

    at: datetime  # aware UTC
    model: Member
    service_type: str | None
    status: str | None
    input_tokens: int | None
    output_tokens: int | None
    latency_ms: int | None
    cost: Figure
    so_far: Figure


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The newest MOST requests of a selection, oldest first; `earlier` more came before them.

    `so_far` of the first step holds what those had cost.
    """

    steps: tuple[Step, ...]
    earlier: int

    @property
    def models(self) -> tuple[Member, ...]:
        """The models in the order of their first request."""
        return tuple(dict.fromkeys(step.model for step in self.steps))


def course(view: View, whole: Figure) -> Course:
    """The requests the View selects; `whole` is what they cost together (nano-USD)."""
    rows = view.rows("events", Cut(MOST)).select(_READ).reverse()
    count = view.count("events")
    so_far = (whole or 0) - sum(cost for cost in rows["cost_nano"] if cost is not None)
    steps: list[Step] = []
    names = view.names
    for row in rows.iter_rows(named=True):
        cost: int | None = row["cost_nano"]
        so_far += cost or 0
        name: str | None = row["model"]
        called = names.label("model", name)
        model = Member(name, called=called) if name else Member(None, "unattributed", 0)
        steps.append(
            Step(
                row["started_at"].replace(tzinfo=UTC),
                model,
                row["service_type"],
                row["status"],
                row["input_tokens"],
                row["output_tokens"],
                row["latency_ms"],
                cost,
                so_far,
            )
        )
    return Course(tuple(steps), count - len(steps))
