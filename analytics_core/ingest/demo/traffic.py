"""One month of invented traffic, drawn with numpy from (seed, month) alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from analytics_core.ingest.demo import cast
from analytics_core.ingest.demo.cast import MODEL, TEAMS
from analytics_core.ingest.demo.columns import NONE, Draw, Events, Floats, Ints, Month
from analytics_core.ingest.demo.figures import measure

PEOPLE = cast.people()
OFFICE = np.array(
    [1, 0.5, 0.4, 0.3, 0.3, 0.5, 1, 3, 8, 12, 13, 12, 8, 9, 12, 13, 12, 9, 6, 4, 3, 3, 2, 1.5]
)
NIGHT = np.array([2, 9, 10, 9, 4, 1] + [0] * 18, dtype=float)
ZONES = ("Europe/Madrid", "Asia/Kolkata", "America/Bogota")
DAY_US = 86_400_000_000


def weights(n: int, exponent: float) -> Floats:
    """Zipf weights of n members, summing to 1."""
    raw = 1.0 / np.arange(1, n + 1) ** exponent
    return raw / raw.sum()


def day_weights(month: Month) -> Floats:
    """How busy each day is: weekends a quarter, dips in August and the last week of December."""
    days = [month.first + timedelta(days=i) for i in range(month.days)]
    busy = [
        (0.25 if d.weekday() >= 5 else 1.0)
        * (0.35 if d.month == 12 and d.day >= 25 else 0.7 if d.month == 8 else 1.0)
        * 1.06 ** ((d.day - 1) / 30)
        for d in days
    ]
    if month.age == 0:  # the last day is not over
        busy[-1] *= max(0.02, month.seconds / 86_400 - (month.days - 1))
    return np.array(busy) / sum(busy)


def start_times(draw: Draw, month: Month, zone: Ints, curve: Floats) -> Ints:
    """One start for each session, microseconds since the epoch: day, then local hour."""
    n = len(zone)
    day = draw.choice(month.days, size=n, p=day_weights(month))
    hour = draw.choice(24, size=n, p=curve / curve.sum())
    inside = draw.integers(0, 3_600_000_000, size=n)
    offsets = np.empty((len(ZONES), month.days), dtype=np.int64)
    for z, name in enumerate(ZONES):
        for d in range(month.days):
            noon = datetime.combine(
                month.first + timedelta(days=d), datetime.min.time(), ZoneInfo(name)
            ) + timedelta(hours=12)
            gap = noon.utcoffset() or timedelta()
            offsets[z, d] = int(gap.total_seconds()) * 1_000_000
    return month.origin + day * DAY_US + hour * 3_600_000_000 + inside - offsets[zone, day]


def sizes_until(draw: Draw, target: int, size: Callable[[Draw, int], Ints]) -> Ints:
    """Sizes of sessions whose sum is exactly `target`."""
    if target <= 0:
        return np.zeros(0, dtype=np.int64)
    drawn = size(draw, max(8, target))
    upto = np.cumsum(drawn)
    last = int(np.searchsorted(upto, target))
    sizes = drawn[: last + 1].copy()
    sizes[-1] -= upto[last] - target
    return sizes


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of traffic: its share of events, session sizes, pace and who makes it."""

    name: str
    share: float
    size: Callable[[Draw, int], Ints]
    gap_seconds: float
    curve: Floats
    service: bool = False
    teams: tuple[str, ...] = ()
    batch: bool = False


def _sizes(low: int, high: int) -> Callable[[Draw, int], Ints]:
    return lambda draw, n: draw.integers(low, high + 1, size=n)


KINDS: tuple[Kind, ...] = (
    Kind("chat", 0.42, _sizes(1, 12), 75, OFFICE),
    Kind("coding", 0.30, lambda d, n: np.clip(d.lognormal(3.6, 0.6, n), 10, 200).astype(np.int64),
         38, OFFICE, teams=("Core Platform", "Search Relevance", "Data Science", "Mobile")),
    Kind("batch", 0.085, _sizes(20, 120), 4, NIGHT, service=True, batch=True),
    Kind("embedding", 0.09, _sizes(5, 60), 2, NIGHT + OFFICE / 20, service=True),
    Kind("speech_to_text", 0.022, _sizes(1, 3), 60, OFFICE, teams=("Customer Care", "Operations")),
    Kind("text_to_speech", 0.015, _sizes(1, 3), 60, OFFICE, teams=("Customer Care", "Mobile")),
    Kind("image_generation", 0.014, _sizes(1, 6), 90, OFFICE, teams=("Studio", "Growth")),
    Kind("video_generation", 0.002, _sizes(1, 2), 300, OFFICE, teams=("Studio",)),
    Kind("moderation", 0.027, _sizes(1, 8), 10, OFFICE, teams=("Customer Care", "Mobile")),
    Kind("rerank", 0.012, _sizes(1, 10), 5, OFFICE, teams=("Search Relevance",)),
    Kind("search", 0.008, _sizes(1, 4), 30, OFFICE, teams=("Growth", "Data Science")),
    Kind("agent", 0.005, _sizes(1, 1), 0, OFFICE, teams=("Customer Care", "Operations")),
)  # fmt: skip


def _ramp(month: Month, first: float, last: float) -> float:
    """0 before month `first`, 1 from month `last` on, straight between."""
    return float(np.clip((month.index + 0.5 - first) / (last - first), 0, 1))


def _mix(month: Month, kind: str) -> dict[str, float]:
    """Shares of models: a migration over six weeks, a cheap model taking over, one unpriced."""
    new, cheap = _ramp(month, 4, 5.5), _ramp(month, 7.5, 11)
    if kind == "coding":
        return {"claude-opus-4-8": 0.18, "claude-sonnet-4-5": 0.57, "claude-haiku-4-5": 0.13,
                "gemini-2.5-pro": 0.12}  # fmt: skip
    if kind == "batch":
        return {"gpt-5-mini": 0.6, "gpt-5-nano": 0.25, "house-large": 0.15}
    preview = 0.035 if month.age < 2 else 0.0
    return {
        "gpt-4o": 0.42 * (1 - new) + 0.02,
        "gpt-5": 0.42 * new * (1 - 0.6 * cheap),
        "gpt-5-mini": 0.10 + 0.30 * cheap,
        "gemini-2.5-flash": 0.14,
        "gemini-2.5-pro": 0.05,
        "claude-haiku-4-5": 0.09,
        "house-large": 0.12,
        "house-preview": preview,
    }


FIXED = {
    "embedding": "text-embedding-3-small",
    "speech_to_text": "whisper-1",
    "text_to_speech": "tts-1",
    "image_generation": "gpt-image-1",
    "video_generation": "veo-3.0",
    "moderation": "omni-moderation-latest",
    "rerank": "rerank-v3.5",
    "search": "gpt-5-mini",
    "agent": "gpt-5",
}


def events_of(draw: Draw, month: Month, kind: Kind, target: int) -> Events:
    """About `target` events of one kind, newest month cut off at its end."""
    sizes = sizes_until(draw, target, kind.size)
    sessions = len(sizes)
    pool = np.array([
        i for i, p in enumerate(PEOPLE)
        if p.service == kind.service and (not kind.teams or TEAMS[p.team].name in kind.teams)
    ])  # fmt: skip
    who = pool[draw.choice(len(pool), size=sessions, p=_activity(pool, kind))]
    team = np.array([p.team for p in PEOPLE])[who]
    zone = np.array([ZONES.index(t.zone) for t in TEAMS])[team]
    began = start_times(draw, month, zone, kind.curve)
    of = np.repeat(np.arange(sessions), sizes)
    n = len(of)
    place = np.arange(n) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    gap = (draw.exponential(kind.gap_seconds, n) * 1e6).astype(np.int64)
    waited = np.cumsum(gap)
    waited -= np.repeat(waited[np.cumsum(sizes) - sizes], sizes) if n else 0
    started = np.asarray(began[of] + waited)
    project = _project(draw, month, team)
    lost = draw.random(sessions) < 0.06
    team, project = np.where(lost, NONE, team), np.where(lost, NONE, project)
    model = _models(draw, month, kind, sessions)
    blank = np.full(n, NONE, dtype=np.int64)
    feature, customer = _features(draw, month, kind, sessions)
    chat = kind.name in ("chat", "agent")
    agent = np.where(
        draw.random(sessions) < (0.45 if chat else 0.0),
        draw.choice(len(cast.AGENTS), size=sessions, p=weights(len(cast.AGENTS), 0.8)),
        NONE,
    )
    if kind.name == "agent":
        agent = draw.choice(len(cast.AGENTS), size=sessions, p=weights(len(cast.AGENTS), 0.8))
    if kind.name == "coding":
        agent = np.full(sessions, cast.CODING_AGENT)
    environment = draw.choice(3, size=sessions, p=[0.8, 0.12, 0.08])
    key = np.where(lost, len(cast.KEYS) - 3, np.maximum(team, 0) * 3 + environment)
    repository = np.where(
        kind.name == "coding", (who * 7 + np.maximum(project, 0)) % len(cast.REPOSITORIES), NONE
    )
    events = Events(
        kind=kind.name, started=started, session=of, person=who[of], team=team[of],
        project=project[of], model=model[of], input=blank, output=blank, cache_read=blank,
        cache_write=blank, cache_write_1h=blank, reasoning=blank, cost=blank, quantity=blank,
        latency=blank, ttft=blank, status=np.zeros(n, dtype=np.int64), error=blank,
        agent=agent[of], feature=feature[of], customer=customer[of], repository=repository[of],
        key=key[of], environment=environment[of], batch=kind.batch,
    )  # fmt: skip
    measure(draw, events, place)
    end = month.origin + int(month.seconds) * 10**6
    return events.where((events.started < end) & (events.started >= month.origin))


def _activity(pool: Ints, kind: Kind) -> Floats:
    """How much each of the pool does; people with a demo account have a page worth looking at."""
    order = np.random.Generator(np.random.PCG64(len(pool))).permutation(len(pool))
    share = weights(len(pool), 0.6 if kind.service else 1.1)[order]
    shown = {address for address, _ in cast.NAMED}
    busy = np.array([PEOPLE[i].user_id in shown for i in pool])
    share = np.where(busy, np.maximum(share, 0.012), share)
    return share / share.sum()


def _project(draw: Draw, month: Month, team: Ints) -> Ints:
    options = [[cast.PROJECT_NAMES.index(p) for p in t.projects] for t in TEAMS]
    retired = cast.PROJECT_NAMES.index(cast.RETIRED_PROJECT)
    pick = draw.random(len(team))
    chosen = np.empty(len(team), dtype=np.int64)
    for index, projects in enumerate(options):
        here = team == index
        alive = [p for p in projects if p != retired or month.index < 5]
        share = np.cumsum(weights(len(alive), 0.9))
        chosen[here] = np.array(alive)[np.searchsorted(share, pick[here] * 0.999999)]
    return chosen


def _models(draw: Draw, month: Month, kind: Kind, n: int) -> Ints:
    if kind.name in FIXED:
        return np.full(n, MODEL[FIXED[kind.name]])
    mix = _mix(month, kind.name)
    share = np.array(list(mix.values()))
    return np.array([MODEL[m] for m in mix])[draw.choice(len(mix), size=n, p=share / share.sum())]


def _features(draw: Draw, month: Month, kind: Kind, n: int) -> tuple[Ints, Ints]:
    if kind.name in ("coding", "batch", "embedding"):
        return np.full(n, NONE), np.full(n, NONE)
    share = weights(len(cast.FEATURES), 0.7)
    share[cast.NEW_FEATURE] = 0.10 * _ramp(month, 8, 11)
    share[cast.DYING_FEATURE] = 0.08 * (1 - _ramp(month, 2, 10))
    feature = draw.choice(len(share), size=n, p=share / share.sum())
    customer = draw.choice(len(cast.CUSTOMERS), size=n, p=weights(len(cast.CUSTOMERS), 1.3))
    inside = draw.random(n) < 0.25  # internal use has no customer
    return feature, np.where(inside, NONE, customer)
