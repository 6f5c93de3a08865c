"""Demo events as canonical rows: an Arrow table an analyst could have exported."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from analytics_core.ingest.demo import cast
from analytics_core.ingest.demo.cast import TEAMS
from analytics_core.ingest.demo.columns import NONE, Draw, Events, Ints, Month
from analytics_core.ingest.demo.figures import ERRORS
from analytics_core.ingest.demo.stories import missing_day
from analytics_core.ingest.demo.traffic import PEOPLE

SERVICE = {
    "chat": "text_generation", "coding": "text_generation", "batch": "text_generation",
    "embedding": "embedding",
}  # fmt: skip
OPERATION = {"embedding": "embeddings", "agent": "invoke_agent"}
ITEM = {
    "speech_to_text": ("audio_second", "seconds"),
    "text_to_speech": ("character", "characters"),
    "image_generation": ("image", "images"),
    "video_generation": ("video_second", "seconds"),
    "rerank": ("request", "requests"),
    "search": ("web_search", "searches"),
    "agent": ("code_session", "sessions"),
}
HTTP = (429, 504, 400, 500)
WORKFLOWS = ("intake", "triage", "review", "publish", "research")
GLOBEX = cast.ORGANIZATIONS.index("Globex")


def table(month: Month, parts: Sequence[Events]) -> pa.Table:
    """The month's events of every kind, oldest first, in canonical columns."""
    made = pa.concat_tables([_part(month, n, events) for n, events in enumerate(parts)])
    return made.sort_by([("started_at", "ascending"), ("event_id", "ascending")])


def _named(names: Sequence[str], index: Ints) -> pa.Array:
    """The names at those indexes; NONE is NULL."""
    dictionary = pa.array(names, pa.string())
    return dictionary.take(pa.array(index, mask=index < 0))


def _known(values: Ints, kind: pa.DataType | None = None) -> pa.Array:
    return pa.array(values, kind or pa.int64(), mask=values < 0)


def _texts(prefix: str, values: Ints) -> pa.Array:
    return pa.array([None if v < 0 else f"{prefix}{v:05d}" for v in values.tolist()], pa.string())


def _constant(value: str | None, n: int) -> pa.Array:
    return pa.array(np.full(n, value, dtype=object) if value else [None] * n, pa.string())


def _part(month: Month, part: int, e: Events) -> pa.Table:
    n, stamp = len(e), f"{month.first:%Y%m}-{part:02d}-"
    who = np.array([p.team for p in PEOPLE])[e.person]
    organization = np.array([cast.ORGANIZATIONS.index(t.organization) for t in TEAMS])[who]
    session = pa.array(
        [None if s < 0 else f"{e.kind[:2]}-{stamp}{s:05d}" for s in e.session.tolist()], pa.string()
    )
    ended = np.where(e.latency >= 0, e.started + e.latency * 1000, NONE)
    coding = e.kind == "coding"
    columns: dict[str, pa.Array] = {
        "event_id": _texts(f"demo:{stamp}", np.arange(n)),
        "source": _constant("coding-log" if coding else "gateway", n),
        "grain": _constant("request", n),
        "requests": pa.array(np.full(n, 0 if e.kind == "agent" else 1)),
        "started_at": pa.array(e.started, pa.timestamp("us")),
        "ended_at": pa.array(ended, pa.timestamp("us"), mask=ended < 0),
        "organization": _named(cast.ORGANIZATIONS, organization),
        "team": _named([t.name for t in TEAMS], e.team),
        "user_id": _named([p.user_id for p in PEOPLE], e.person),
        "project": _named(cast.PROJECT_NAMES, e.project),
        "repository": _named(cast.REPOSITORIES, e.repository),
        "customer": _named(cast.CUSTOMERS, e.customer),
        "feature": _named(cast.FEATURES, e.feature),
        "agent": _named(cast.AGENTS, e.agent),
        "session_id": session,
        "conversation_id": _constant(None, n) if e.batch or e.kind == "embedding" else session,
        "environment": _named(cast.ENVIRONMENTS, e.environment),
        "api_key": _constant(None, n) if coding else _named(cast.KEYS, e.key),
        "provider": _named([m.provider for m in cast.MODELS], e.model),
        "model_raw": _named([m.name for m in cast.MODELS], e.model),
        "service_type": _constant(SERVICE.get(e.kind, e.kind), n),
        "operation": _constant(OPERATION.get(e.kind, "chat"), n),
        "service_tier": _constant("batch" if e.batch else "standard", n),
        "status": _named(("ok", "error", "cancelled"), e.status),
        "error_type": _named(ERRORS, e.error),
        "http_status": _known(np.where(e.error >= 0, np.array(HTTP)[e.error], 200), pa.int16()),
        "latency_ms": _known(e.latency, pa.int32()),
        "ttft_ms": _known(e.ttft, pa.int32()),
        "stream": pa.array(e.ttft >= 0),
        "input_tokens": _known(e.input),
        "output_tokens": _known(e.output),
        "cache_read_tokens": _known(e.cache_read),
        "cache_write_tokens": _known(e.cache_write),
        "cache_write_1h_tokens": _known(e.cache_write_1h),
        "reasoning_tokens": _known(e.reasoning),
        "cost_reported_nano": _known(e.cost),
        "credits": _credits(e, organization),
        "items": _items(e),
        "tags": _tags(e),
    }
    return pa.table(columns)


def _credits(e: Events, organization: Ints) -> pa.Array:
    """Globex pays in credits, 100 to the dollar."""
    charged = (organization == GLOBEX) & (e.cost >= 0)
    return pa.array(e.cost / 1e7, pa.float64(), mask=~charged)


_ITEM_TYPE = pa.struct([("rule", pa.string()), ("quantity", pa.int64()), ("unit", pa.string()),
                        ("cost_nano", pa.int64())])  # fmt: skip


def _items(e: Events) -> pa.Array:
    n = len(e)
    if e.kind not in ITEM:
        return pa.nulls(n, pa.list_(_ITEM_TYPE))
    rule, unit = ITEM[e.kind]
    values = pa.StructArray.from_arrays(
        [_constant(rule, n), pa.array(e.quantity), _constant(unit, n), pa.array(e.cost)],
        fields=list(_ITEM_TYPE),
    )
    return pa.ListArray.from_arrays(pa.array(np.arange(n + 1), pa.int32()), values)


def _tags(e: Events) -> pa.Array:
    """Some requests name the workflow they belong to."""
    n = len(e)
    tagged = (e.feature >= 0) & (e.session % 3 == 0)
    counts = np.concatenate([[0], np.cumsum(tagged)])
    workflows = _named(WORKFLOWS, (e.feature % len(WORKFLOWS))[tagged])
    return pa.MapArray.from_arrays(
        pa.array(counts, pa.int32()), _constant("workflow", int(tagged.sum())), workflows
    ) if n else pa.nulls(0, pa.map_(pa.string(), pa.string()))  # fmt: skip


def console(draw: Draw, month: Month, now: datetime, scale: float) -> pa.Table:
    """Daily buckets of a provider's console: no users, no projects, no cost of its own."""
    days = [month.first + timedelta(days=i) for i in range(month.days)]
    rows: list[dict[str, Any]] = []
    for day in days:
        start = datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None)
        over = start + timedelta(days=1) <= now
        if f"{day}" == missing_day(now) or not over:
            continue
        for model in ("gpt-4o", "gpt-5-mini"):
            requests = max(
                1, int(scale * draw.uniform(0.7, 1.3) * (1 if day.weekday() < 5 else 0.3))
            )
            each = int(draw.integers(1_400, 2_200))
            rows.append({
                "event_id": f"demo:console-{day:%Y%m%d}-{model}",
                "source": "provider-console", "grain": "bucket", "requests": requests,
                "started_at": start, "ended_at": start + timedelta(days=1),
                "organization": "Acme", "api_key": "console-legacy", "provider": "openai",
                "model_raw": model, "service_type": "text_generation", "operation": "chat",
                "service_tier": "standard", "input_tokens": requests * each,
                "output_tokens": requests * (each // 4), "cache_read_tokens": 0,
            })  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_console_schema()) if rows else _empty()


def _console_schema() -> pa.Schema:
    texts = ("event_id", "source", "grain", "organization", "api_key", "provider", "model_raw",
             "service_type", "operation", "service_tier")  # fmt: skip
    counts = ("requests", "input_tokens", "output_tokens", "cache_read_tokens")
    return pa.schema(
        [(t, pa.string()) for t in texts]
        + [(t, pa.timestamp("us")) for t in ("started_at", "ended_at")]
        + [(c, pa.int64()) for c in counts]
    )


def _empty() -> pa.Table:
    return _console_schema().empty_table()
