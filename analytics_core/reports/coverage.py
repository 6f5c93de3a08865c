"""How much of the usage says who, what and how: what is known by column and by source."""

from dataclasses import dataclass

from analytics_core.store.view import View


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the event whose absence makes figures unknown, and which figures those are."""

    column: str
    label: str
    needed: str


FIELDS: tuple[Field, ...] = (
    Field("user_id", "User", "users, cost per user"),
    Field("project", "Project", "cost by project"),
    Field("session_id", "Session", "sessions, their length and cost"),
    Field("status", "Status", "error rate"),
    Field("latency_ms", "Latency", "latency"),
    Field("cache_read_tokens", "Cache reads", "cache hit ratio, cache savings"),
    Field("cache_write_tokens", "Cache writes", "cache savings"),
    Field("cost_nano", "Cost", "every cost"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One source (None: all of them): its events, and how many know each of FIELDS."""

    source: str | None
    events: int
    known: tuple[int, ...]

    @property
    def shares(self) -> tuple[float | None, ...]:
        """The known share of the events, field by field; None without an event."""
        return tuple(n / self.events if self.events else None for n in self.known)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The selection as a whole, and by source, most events first."""

    whole: Line
    sources: tuple[Line, ...]


def coverage(view: View) -> Coverage:
    """What is known of the View's selection. Source: METRICS.md 1.1, N3."""
    frame = view.known([field.column for field in FIELDS])
    lines = [Line(source, rows, tuple(known)) for source, rows, *known in frame.iter_rows()]
    whole = Line(
        None,
        sum(line.events for line in lines),
        tuple(sum(line.known[at] for line in lines) for at in range(len(FIELDS))),
    )
    return Coverage(whole, tuple(sorted(lines, key=lambda line: (-line.events, line.source or ""))))
