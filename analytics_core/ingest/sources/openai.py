"""OpenAI organisation usage and costs: the dashboard's CSV exports and pages of the API."""

from collections.abc import Callable

from analytics_core.ingest.raw import Head, RawColumns
from analytics_core.ingest.sources import reading, words
from analytics_core.ingest.sources.elements import elements, results
from analytics_core.ingest.sources.expression import text
from analytics_core.ingest.sources.reading import Reading, buckets
from analytics_core.ingest.sources.source import ANY_KIND, JSON_KINDS, Kind, Source

_GIB = 1 << 30
_OBJECTS = {  # organization.usage.<this>.result -> service type
    "completions": "text_generation",
    "embeddings": "embedding",
    "moderations": "moderation",
    "images": "image_generation",
    "audio_speeches": "text_to_speech",
    "audio_transcriptions": "speech_to_text",
    "vector_stores": "other",
    "code_interpreter_sessions": "other",
    "file_search_calls": "search",
    "web_search_calls": "search",
}


class _Result:
    """Names of a result and of the bucket around it, in a CSV row or in a page of the API."""

    def __init__(self, columns: RawColumns, head: Head, levels: tuple[str, ...]) -> None:
        self.rows = elements(columns, head, levels) if levels else None
        self.at = Reading(columns, head, self.rows)
        self.bucket = f"{levels[0]}." if len(levels) > 1 else ""
        self.result = f"{levels[-1]}." if levels else ""

    def names(self, *names: str) -> tuple[str, ...]:
        return tuple(self.result + name for name in names)

    def value(self, *names: str) -> str | None:
        return self.at.value(*self.names(*names))

    def text(self, *names: str) -> str | None:
        return self.at.text(*self.names(*names))

    def lower(self, *names: str) -> str | None:
        return self.at.lower(*self.names(*names))

    def number(self, *names: str) -> str | None:
        return self.at.number(*self.names(*names))

    def period(self) -> dict[str, str | None]:
        """Start and exclusive end of the bucket."""
        return {
            "started_at": self.at.value(self.bucket + "start_time", self.bucket + "start_time_iso"),
            "ended_at": self.at.value(self.bucket + "end_time", self.bucket + "end_time_iso"),
        }

    def buckets(self, outputs: dict[str, str | None], keys: list[str | None]) -> str:
        """The SELECT. Exports were seen with two rows of one bucket; both count."""
        told = [outputs["started_at"], outputs["ended_at"], *keys]
        values = ("requests", "input_tokens", "output_tokens", "cost_reported")
        if self.rows is not None:
            return buckets(outputs, told, values, self.rows.origin())
        self.at.ignored("start_time", "end_time", "start_time_iso", "end_time_iso", "object")
        return buckets({**outputs, "metadata": self.at.rest()}, told, values)


def _usage(columns: RawColumns, head: Head, levels: tuple[str, ...] = ()) -> str:
    of = _Result(columns, head, levels)
    model = of.text("model")
    batch, tier = of.lower("batch"), words.tier(of.lower("service_tier"))
    outputs = {
        **of.period(),
        "requests": of.value("num_model_requests"),
        "provider": "'openai'",
        "organization": of.text("organization_name", "organization_id"),
        "project": of.text("project_name", "project_id"),
        "user_id": of.text("user_email", "user_id"),
        "api_key": of.text("api_key_name", "api_key_id"),
        "model_raw": model,
        "service_type": _service_type(of.text("object") if levels else None, model, of),
        "service_tier": f"CASE WHEN {batch} IN ('true', '1') THEN 'batch' ELSE {tier or 'NULL'} END"
        if batch
        else tier,
        "input_tokens": of.value("input_tokens"),
        "output_tokens": of.value("output_tokens"),
        # Cached audio and images have items of their own, so only cached text is counted here.
        "cache_read_tokens": of.value("input_cached_text_tokens", "input_cached_tokens"),
        "cache_write_tokens": of.value("input_cache_write_tokens"),
        "cache_write_1h_tokens": of.value("input_cache_write_12h_tokens"),
        "items": reading.items(_items(of)),
    }
    at = of.at
    at.ignored("input_uncached_tokens", "input_text_tokens", "output_text_tokens",
               "input_cached_tokens", "input_cached_text_tokens")  # fmt: skip
    size, origin = of.text("size"), of.text("source")
    outputs["tags"] = reading.tags({"image_size": size, "image_source": origin})
    grouped = ("organization_id", "project_id", "user_id", "api_key_id", "model")
    keys = [*(of.text(name) for name in grouped), outputs["service_tier"], size, origin]
    return of.buckets(outputs, [*keys, outputs["service_type"]])


def _items(of: _Result) -> list[str | None]:
    def less(whole: str, part: str) -> str | None:
        """Audio or image input without what came from the cache."""
        total, cached = of.number(whole), of.number(part)
        return f"({total} - coalesce({cached}, 0))" if total and cached else total

    stored = of.at.raw(*of.names("usage_bytes"))
    gigabytes = f"TRY_CAST({text(stored)} AS DECIMAL(38,0)) / {_GIB}.0" if stored else None
    return [
        reading.item(
            "'input_audio'", less("input_audio_tokens", "input_cached_audio_tokens"), "'tokens'"
        ),
        reading.item(
            "'input_image'", less("input_image_tokens", "input_cached_image_tokens"), "'tokens'"
        ),
        reading.item("'cache_read_audio'", of.number("input_cached_audio_tokens"), "'tokens'"),
        reading.item("'cache_read_image'", of.number("input_cached_image_tokens"), "'tokens'"),
        reading.item("'output_audio'", of.number("output_audio_tokens"), "'tokens'"),
        reading.item("'output_image'", of.number("output_image_tokens"), "'tokens'"),
        reading.item("'image'", of.number("images", "num_images"), "'images'"),
        reading.item("'character'", of.number("characters"), "'characters'"),
        reading.item("'audio_second'", of.number("seconds"), "'seconds'"),
        reading.item("'code_session'", of.number("num_sessions"), "'sessions'"),
        reading.item("'storage_gb_day'", gigabytes, "'GB-days'"),
        reading.item(_calls(of), of.number("num_requests"), "'calls'"),
    ]


def _calls(of: _Result) -> str:
    object_ = of.text("object")
    if object_ is None:
        return "'web_search'"
    return f"CASE WHEN {object_} LIKE '%file_search%' THEN 'storage_search' ELSE 'web_search' END"


def _service_type(object_: str | None, model: str | None, of: _Result) -> str:
    """By the result's object; a CSV row has none and is told by what it counts, then by model."""
    said = f"regexp_extract({object_}, 'usage[.]([a-z_]+)[.]result', 1)" if object_ else None
    cases = ""
    for name, kind in (("images", "image_generation"), ("characters", "text_to_speech"),
                       ("seconds", "speech_to_text"), ("num_sessions", "other"),
                       ("usage_bytes", "other")):  # fmt: skip
        if not of.result and (held := of.number(name)):
            cases += f" WHEN {held} > 0 THEN '{kind}'"
    named = f"lower({model})" if model else "NULL::VARCHAR"
    told = (
        f"CASE{cases} WHEN {named} LIKE '%embedding%' THEN 'embedding'"
        f" WHEN {named} LIKE '%moderation%' THEN 'moderation' ELSE 'text_generation' END"
    )
    return words.renamed(said, _OBJECTS, told) or told


def _usage_page(columns: RawColumns, head: Head) -> str:
    return _usage(columns, head, ("data", "data.results"))


def _usage_buckets(columns: RawColumns, head: Head) -> str:
    return _usage(columns, head, ("results",))


def _costs(columns: RawColumns, head: Head, levels: tuple[str, ...] = ()) -> str:
    of = _Result(columns, head, levels)
    amount = of.value("amount.value", "amount_value")
    line = of.text("line_item")
    outputs = {
        **of.period(),
        "provider": "'openai'",
        "organization": of.text("organization_name", "organization_id"),
        "project": of.text("project_name", "project_id"),
        "cost_reported": amount,
        "currency": of.text("amount.currency", "amount_currency"),
        "service_type": "'other'",
        "items": reading.items(
            [reading.item(f"coalesce({line}, 'unsplit')", of.value("quantity"), "NULL", amount)]
        ),
    }
    keys = [of.text(name) for name in ("organization_id", "project_id", "api_key_id")]
    return of.buckets(outputs, [*keys, line, outputs["currency"]])


def _costs_page(columns: RawColumns, head: Head) -> str:
    return _costs(columns, head, ("data", "data.results"))


def _costs_buckets(columns: RawColumns, head: Head) -> str:
    return _costs(columns, head, ("results",))


def _usage_source(
    kinds: tuple[Kind, ...],
    required: tuple[str, ...],
    select: Callable[[RawColumns, Head], str],
    matches: Callable[[Head], bool] | None = None,
) -> Source:
    return Source(
        name="openai-usage",
        label="OpenAI usage",
        group="openai",
        grain="bucket",
        convention="inclusive",
        zone="UTC",
        namespace="openai-usage",
        kinds=kinds,
        required=required,
        matches=matches,
        select=select,
    )


def _costs_source(
    kinds: tuple[Kind, ...], required: tuple[str, ...], select: Callable[[RawColumns, Head], str]
) -> Source:
    return Source(
        name="openai-costs",
        label="OpenAI costs",
        group="openai",
        grain="bucket",
        convention="inclusive",
        role="statement",
        zone="UTC",
        namespace="openai-costs",
        negative_cost=True,
        kinds=kinds,
        required=required,
        select=select,
    )


def _counted(head: Head) -> bool:
    return any(name in head.columns for name in ("images", "characters", "seconds"))


def _usage_results(head: Head) -> bool:
    """Whether the sample's results are usage results of OpenAI: their object says so.

    A page of idle days has none; its buckets begin at a number, which no other page's do.
    """
    if "organization.usage." in str(head.sample[:8]):
        return True
    told = results([page for page in head.sample if page.get("object") == "page"])
    return bool(told) and not any(told)


SOURCES = (
    _usage_source(ANY_KIND, ("num_model_requests", "input_tokens", "start_time"), _usage),
    _usage_source(ANY_KIND, ("num_model_requests", "start_time"), _usage, _counted),
    _usage_source(
        JSON_KINDS, ("data", "data.start_time", "data.results"), _usage_page, _usage_results
    ),
    _usage_source(
        JSON_KINDS, ("start_time", "end_time", "results"), _usage_buckets, _usage_results
    ),
    _costs_source(ANY_KIND, ("amount_value", "line_item", "start_time"), _costs),
    _costs_source(
        JSON_KINDS, ("data", "data.start_time", "data.results.amount.value"), _costs_page
    ),
    _costs_source(JSON_KINDS, ("start_time", "results.amount.value"), _costs_buckets),
)
