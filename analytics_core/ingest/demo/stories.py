"""What went wrong in the demo's year, each with a cause that the pages can find."""

from datetime import UTC, datetime, timedelta

import numpy as np

from analytics_core.ingest.demo import cast
from analytics_core.ingest.demo.cast import MODEL
from analytics_core.ingest.demo.columns import NONE, Draw, Events, Ints, Month
from analytics_core.ingest.demo.figures import fail, gateway_cost
from analytics_core.ingest.demo.traffic import PEOPLE

STORM, OUTAGE, RUNAWAY, MISSING, JOB = 23, 40, 58, 75, 110  # days before now


def told(draw: Draw, month: Month, now: datetime, events: Events) -> list[Events]:
    """The month's chat events with the outage in them, and the extra events of other stories."""
    extra: list[Events] = []
    if (at := _moment(now, OUTAGE, 13)) and _inside(month, at) and events.kind == "chat":
        _outage(draw, events, at)
    if events.kind == "chat" and _inside(month, at := _moment(now, STORM, 9)):
        extra.append(_storm(draw, at))
    if events.kind == "coding" and _inside(month, at := _moment(now, RUNAWAY, 14)):
        extra.append(_runaway(draw, at))
    if events.kind == "batch" and _inside(month, at := _moment(now, JOB, 2)):
        extra.append(_job(draw, at))
    return [events, *extra]


def missing_day(now: datetime) -> str:
    """The UTC day (ISO) that the provider console did not report."""
    return f"{now - timedelta(days=MISSING):%Y-%m-%d}"


def _moment(now: datetime, days: int, hour: int) -> datetime:
    day = now - timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def _inside(month: Month, at: datetime) -> bool:
    return (at.year, at.month) == (month.first.year, month.first.month)


def _us(at: datetime) -> int:
    return int(at.replace(tzinfo=UTC).timestamp()) * 10**6


def _outage(draw: Draw, events: Events, at: datetime) -> None:
    """Three hours in which a third of one provider's requests fail and the rest crawl."""
    openai = np.array([m.provider == "openai" for m in cast.MODELS])[events.model]
    during = openai & (events.started >= _us(at)) & (events.started < _us(at) + 3 * 3_600_000_000)
    fail(draw, events, during & (draw.random(len(events)) < 0.35))
    events.latency = np.where(during, events.latency * 6, events.latency)
    events.cost = gateway_cost(events)


def _plain(kind: str, started: Ints, person: int, project: str, model: str) -> Events:
    n = len(started)
    blank = np.full(n, NONE, dtype=np.int64)
    team = np.full(n, PEOPLE[person].team)
    return Events(
        kind=kind, started=started, session=blank, person=np.full(n, person), team=team,
        project=np.full(n, cast.PROJECT_NAMES.index(project)), model=np.full(n, MODEL[model]),
        input=blank, output=blank, cache_read=blank, cache_write=blank, cache_write_1h=blank,
        reasoning=blank, cost=blank, quantity=blank, latency=blank, ttft=blank,
        status=np.zeros(n, dtype=np.int64), error=blank, agent=blank, feature=blank,
        customer=blank, repository=blank, key=team * 3, environment=np.zeros(n, dtype=np.int64),
    )  # fmt: skip


def _person(team: str, place: int) -> int:
    index = next(i for i, t in enumerate(cast.TEAMS) if t.name == team)
    return [i for i, p in enumerate(PEOPLE) if p.team == index and not p.service][place]


def _storm(draw: Draw, at: datetime) -> Events:
    """An agent that retries for six hours: most attempts fail, each bills its input."""
    n = 900
    started = np.sort(_us(at) + draw.integers(0, 6 * 3_600_000_000, n))
    events = _plain("chat", started, _person("Customer Care", 0), "Support Copilot", "gpt-5-mini")
    events.session = np.arange(n) // 30
    events.agent = np.full(n, cast.STORM_AGENT)
    events.feature = np.full(n, cast.FEATURES.index("Ticket summary"))
    events.input = draw.integers(6_000, 14_000, n)
    events.output = draw.integers(40, 400, n)
    events.cache_read = np.zeros(n, dtype=np.int64)
    events.latency = draw.integers(900, 9_000, n)
    fail(draw, events, draw.random(n) < 0.72)
    events.cost = gateway_cost(events)
    return events


def _runaway(draw: Draw, at: datetime) -> Events:
    """One coding session that goes round in circles with a full context, uncached."""
    n = 620
    started = _us(at) + np.cumsum(draw.integers(20, 60, n)) * 1_000_000
    person = _person("Core Platform", 4)
    events = _plain("coding", started, person, "Code Review", "claude-opus-4-8")
    events.session = np.zeros(n, dtype=np.int64)
    events.agent = np.full(n, cast.CODING_AGENT)
    events.repository = np.full(n, 3)
    events.input = draw.integers(90_000, 150_000, n)
    events.cache_read, events.cache_write = np.zeros(n, np.int64), np.zeros(n, np.int64)
    events.cache_write_1h = np.zeros(n, dtype=np.int64)
    events.output = draw.integers(200, 2_000, n)
    events.latency = draw.integers(9_000, 40_000, n)
    return events


def _job(draw: Draw, at: datetime) -> Events:
    """A one-off ingestion job: a night of long documents through a large model."""
    n = 1_400
    started = np.sort(_us(at) + draw.integers(0, 5 * 3_600_000_000, n))
    events = _plain("batch", started, _person("Finance Systems", 2), "Document Intake", "gpt-5")
    events.session = np.zeros(n, dtype=np.int64)
    events.input = draw.integers(60_000, 160_000, n)
    events.output = draw.integers(500, 3_000, n)
    events.cache_read = np.zeros(n, dtype=np.int64)
    events.latency = draw.integers(8_000, 60_000, n)
    events.cost = gateway_cost(events)
    return events
