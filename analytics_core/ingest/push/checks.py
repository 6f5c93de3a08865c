"""What a pushed record must say to be worth a receipt; the door's own rules come after."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from analytics_core.ingest.names import normalised
from analytics_core.ingest.push.bodies import Record
from analytics_core.ingest.push.envelope import SHAPES
from analytics_core.ingest.push.not_taken import NotTaken
from analytics_core.ingest.push.own_columns import own_columns
from analytics_core.ingest.push.row import Row, hint
from analytics_core.ingest.sources import canonical

MOST_KEYS = 200  # of all events of a body; a file has at most 256 columns
_NOT_READ = ("hidden_params", "model_map_information", "guardrail_information", "error_str")
_WRITTEN = ", ".join(("event_id", "started_at", "one of " + ", ".join(canonical.MEASURES)))


def shape_of(record: Record) -> str:
    """Which of SHAPES the record is written in, by its keys. Raises NotTaken."""
    keys = {normalised(key) for key in record}
    fitting = [
        (len(source.required), name)
        for name, source in SHAPES.items()
        if name != "otlp" and keys.issuperset(source.required)
    ]
    if fitting:
        return max(fitting)[1]
    key = "event_id" if "event_id" not in keys else "started_at"
    raise NotTaken(
        "bad-events",
        f"Row 1 has no {key}.{hint(key, record)} An event has {_WRITTEN}; a LiteLLM payload is"
        " known by response_cost, call_type, startTime, custom_llm_provider and metadata.",
        {"row": 1, "key": key},
    )


def checked(numbered: Sequence[tuple[int, Record]], shape: str, now: datetime) -> list[Record]:
    """The records as they are kept. Raises NotTaken, naming row and key of the first fault."""
    check = _CHECKS[shape]
    names: set[str] = set()
    made: list[Record] = []
    for number, record in numbered:
        names.update(record)
        if len(names) > MOST_KEYS:
            raise NotTaken(
                "bad-events",
                f"The events have more than {MOST_KEYS} different keys by row {number}. Put what is"
                " particular into tags or metadata.",
                {"row": number},
            )
        made.append(check(Row(number, record, now)))
    return made


def _payload(row: Row) -> Record:
    row.identified("id")
    row.timed("startTime")
    row.paid(("response_cost",))
    kept = {key: value for key, value in row.record.items() if key not in _NOT_READ}
    given = kept.get("model_parameters")
    if isinstance(given, Mapping):
        kept["model_parameters"] = {"stream": given.get("stream")}
    return kept


def _callback(row: Row) -> Record:
    row.identified("request_id")
    row.timed("start_time")
    row.paid(("spend",))
    return row.record


def _log(row: Row) -> Record:
    row.identified("request_id")
    row.timed("startTime")
    row.paid(("spend",))
    return row.record


_CHECKS: Mapping[str, Callable[[Row], Record]] = {
    "canonical": own_columns,
    "litellm-payload": _payload,
    "litellm-callback": _callback,
    "litellm-log": _log,
}
