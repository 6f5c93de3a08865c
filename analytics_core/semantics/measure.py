"""Every number about a set of events, declared once. Source: METRICS.md 1 (docs/measures.md)."""

from dataclasses import dataclass
from typing import Literal

from analytics_core.semantics.unit import Unit

Relation = Literal["events", "items", "sessions", "latency", "ttft", "period"]
Better = Literal["lower", "higher", "neither"]

USD, TOKENS, COUNT, SECONDS, MILLISECONDS, RATIO, CREDITS = Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number about a set of events, and everything a screen needs to show it.

    `sql` is an aggregate over the columns of `relation`, without values. A ratio also has a
    `denominator`, over the same rows (N4); it is divided once, after the query, times `scale`
    (alone, `scale` is 1 over the number of integer steps in one of its unit). Where the denominator is not above zero the figure is unknown, or `otherwise` (numerator,
    denominator) where that is declared. `known` counts the rows whose input is known.
    `report` names the report that answers it when one Query cannot.
    """

    name: str
    label: str
    unit: Unit
    additive: bool
    better: Better
    formula: str  # in words, for people
    description: str
    sql: str = ""
    denominator: str | None = None
    otherwise: tuple[str, str] | None = None
    scale: float = 1.0
    clickhouse: str | None = None  # only where ClickHouse says it in other words
    relation: Relation = "events"
    distinct: str | None = None  # the column whose values it counts, each once
    quantile: float | None = None  # percentile measures: 0.5, 0.95, 0.99
    least: int = 0  # below this many known rows the figure is unknown
    zero_when_empty: bool = False  # N1: additive and distinct measures are 0 without rows
    known: str = "count(*)"
    report: str | None = None

    @property
    def aggregates(self) -> tuple[str, ...]:
        """The aggregates it is made of: numerator, denominator, then those of `otherwise`."""
        return (self.sql, *filter(None, (self.denominator, *(self.otherwise or ()))))

    @property
    def whole_number(self) -> bool:
        """Whether it leaves the engine as one integer (nano-USD, tokens, a count)."""
        divided = self.denominator is not None or self.scale != 1 or self.relation == "period"
        return not divided and self.quantile is None


def sums_up(aggregate: str) -> bool:
    """Whether that aggregate over parts, summed, is the aggregate over the whole."""
    return "DISTINCT" not in aggregate


TOTAL_TOKENS = "coalesce(input_tokens + output_tokens, input_tokens, output_tokens)"
KNOWN_STATUS = "status IN ('ok', 'error', 'cancelled')"
OF_KNOWN_STATUS = f"sum(requests) FILTER (WHERE {KNOWN_STATUS})"
STATUS_KNOWN = "count(requests) FILTER (WHERE status IS NOT NULL)"


def _where(kept: str, column: str) -> str:
    """The sum of `column` where `kept` holds; a row known not to be kept is a known 0."""
    return f"sum(CASE WHEN {kept} THEN {column} WHEN {column} IS NOT NULL THEN 0 END)"


def _ended(status: str, column: str) -> str:
    """The sum of `column` where the status is this one; another known status is a known 0."""
    return f"sum(CASE WHEN status = '{status}' THEN {column} WHEN {KNOWN_STATUS} THEN 0 END)"


def _sum(
    name: str, label: str, unit: Unit, column: str, formula: str, description: str,
    *, better: Better = "neither", sql: str = "", known: str = "",
) -> Measure:  # fmt: skip
    """An additive measure: the sum of one column, or of one expression over a row."""
    return Measure(
        name=name, label=label, unit=unit, additive=True, better=better, formula=formula,
        description=description, sql=sql or f"sum({column})",
        known=known or (f"count({column})" if column else "count(*)"), zero_when_empty=True,
    )  # fmt: skip


def _distinct(
    name: str, label: str, column: str, description: str,
    *, better: Better = "neither", kept: str = "",
) -> Measure:  # fmt: skip
    """How many different values of a column there are; none known among some rows is unknown."""
    only = f" FILTER (WHERE {kept})" if kept else ""
    return Measure(
        name=name, label=label, unit=COUNT, additive=False, better=better,
        formula=f"number of different {column}" + (f" where {kept}" if kept else ""),
        description=description, sql=f"nullif(count(DISTINCT {column}){only}, 0)",
        known=f"count({column}){only}", zero_when_empty=True, distinct=None if kept else column,
    )  # fmt: skip


def _ratio(
    name: str, label: str, unit: Unit, above: str, below: str, formula: str, description: str,
    *, better: Better = "neither", scale: float = 1.0, known: str = "count(*)",
    relation: Relation = "events", otherwise: tuple[str, str] | None = None,
) -> Measure:  # fmt: skip
    """Two aggregates over the same rows, divided once at the end."""
    return Measure(
        name=name, label=label, unit=unit, additive=False, better=better, formula=formula,
        description=description, sql=above, denominator=below, scale=scale, known=known,
        relation=relation, otherwise=otherwise,
    )  # fmt: skip


def _percentile(relation: Relation, column: str, label: str, percent: int) -> Measure:
    return Measure(
        name=f"{relation}_p{percent}", label=f"{label} p{percent}", unit=MILLISECONDS,
        additive=False, better="lower", relation=relation, sql=column, quantile=percent / 100,
        least=100 if percent == 99 else 20, known=f"count({column})",
        formula=f"the value that {percent}% of the requests do not exceed (nearest rank over 1% steps)",
        description=f"{label}: {percent} of 100 requests were at most this slow; exact within 0.51%.",
    )  # fmt: skip


def _reported(
    name: str, label: str, unit: Unit, better: Better, report: str, formula: str, description: str
) -> Measure:
    """A measure that one question cannot answer; `report` does."""
    return Measure(
        name=name, label=label, unit=unit, additive=False, better=better, formula=formula,
        description=description, report=report,
    )  # fmt: skip


_MONEY = (
    _sum("cost", "Cost", USD, "cost_nano", "sum of cost",
         "What usage cost, net of refunds. Free usage counts 0; usage without a price is left out"
         " and shown as unpriced."),
    _sum("cost_reported", "Reported cost", USD, "cost_reported_nano", "sum of reported cost",
         "Cost as the source files state it."),
    _sum("cost_computed", "Computed cost", USD, "cost_computed_nano", "sum of computed cost",
         "Cost from the price book: tokens and other quantities times the prices of their date."),
    _sum("cost_gap", "Reported minus computed", USD, "cost_reported_nano - cost_computed_nano",
         "sum of reported minus computed cost, where both are known",
         "How far the sources and the price book differ."),
    _sum("error_cost", "Cost of failed requests", USD, "", "sum of cost where status is error",
         "Money spent on requests that failed.", better="lower",
         sql=_ended("error", "cost_nano"),
         known="count(cost_nano) FILTER (WHERE status IS NOT NULL)"),
    _sum("cache_savings", "Cache savings", USD, "cache_savings_nano",
         "sum of (cost had all input been uncached - computed cost)",
         "What reading input from the provider's cache saved, net of writing.", better="higher"),
    _sum("credits", "Credits", CREDITS, "credits_nano", "sum of credits consumed",
         "Credits consumed: as reported, else cost times the rate valid then."),
)  # fmt: skip

_REQUESTS = (
    _sum("requests", "Requests", COUNT, "requests", "sum of requests",
         "API calls, failed ones and retries included."),
    _sum("events", "Events", COUNT, "", "number of events",
         "Landed rows: requests, buckets a source had already summed, and custom events.",
         sql="count(*)"),
    _sum("errors", "Failed requests", COUNT, "", "sum of requests where status is error",
         "Requests that ended in an error.", better="lower",
         sql=_ended("error", "requests"), known=STATUS_KNOWN),
    _sum("cancelled", "Cancelled requests", COUNT, "", "sum of requests where status is cancelled",
         "Requests the caller gave up.",
         sql=_ended("cancelled", "requests"), known=STATUS_KNOWN),
    Measure(
        name="requests_per_hour", label="Requests per hour", unit=COUNT, additive=False,
        better="neither", relation="period", sql="sum(requests)", known="count(requests)",
        formula="requests / elapsed hours of the period (a local day has 23, 24 or 25)",
        description="Average pace of requests.",
    ),
)  # fmt: skip

_TOKENS = (
    _sum("total_tokens", "Total tokens", TOKENS, TOTAL_TOKENS, "sum of input + output",
         "All tokens: input (cached input included) and output (reasoning included)."),
    _sum("input_tokens", "Input tokens (incl. cached)", TOKENS, "input_tokens", "sum of input",
         "Everything sent to the model, read from and written to cache included."),
    _sum("uncached_input_tokens", "Uncached input", TOKENS,
         "input_tokens - coalesce(cache_read_tokens, 0) - coalesce(cache_write_tokens, 0)",
         "sum of input - read from cache - written to cache", "Input at the full input price."),
    _sum("cache_read_tokens", "Read from cache", TOKENS, "cache_read_tokens",
         "sum of cached input, a part of input", "Input the provider had kept from before."),
    _sum("cache_write_tokens", "Written to cache", TOKENS, "cache_write_tokens",
         "sum of input written to cache, a part of input", "Input the provider was asked to keep."),
    _sum("cache_write_5m_tokens", "Written to cache for 5 minutes", TOKENS,
         "cache_write_tokens - coalesce(cache_write_1h_tokens, 0)",
         "sum of written to cache - written for an hour", "Input kept for less than an hour."),
    _sum("cache_write_1h_tokens", "Written to cache for 1 hour", TOKENS, "cache_write_1h_tokens",
         "sum of input written to cache for an hour", "Input kept for an hour or longer."),
    _sum("output_tokens", "Output tokens (incl. reasoning)", TOKENS, "output_tokens",
         "sum of output", "Everything the model wrote, reasoning included."),
    _sum("visible_output_tokens", "Visible output", TOKENS,
         "output_tokens - coalesce(reasoning_tokens, 0)", "sum of output - reasoning",
         "Output that reached the caller."),
    _sum("reasoning_tokens", "Reasoning", TOKENS, "reasoning_tokens",
         "sum of reasoning, a part of output", "Output spent on thinking."),
    _ratio("tokens_per_request", "Tokens per request", TOKENS,
           f"sum({TOTAL_TOKENS}) FILTER (WHERE requests IS NOT NULL)",
           f"sum(requests) FILTER (WHERE ({TOTAL_TOKENS}) IS NOT NULL)",
           "total tokens / requests, where both are known", "How large a request is.",
           known=f"count({TOTAL_TOKENS}) FILTER (WHERE requests IS NOT NULL)"),
    _ratio("cache_hit_ratio", "Cache hit ratio", RATIO,
           "sum(cache_read_tokens) FILTER (WHERE input_tokens IS NOT NULL)",
           "sum(input_tokens) FILTER (WHERE cache_read_tokens IS NOT NULL)",
           "read from cache / input, where the cache fields are known",
           "Share of input that came from the provider's cache.", better="higher",
           known="count(cache_read_tokens)"),
    _ratio("reasoning_share", "Reasoning share", RATIO,
           "sum(reasoning_tokens) FILTER (WHERE output_tokens IS NOT NULL)",
           "sum(output_tokens) FILTER (WHERE reasoning_tokens IS NOT NULL)",
           "reasoning / output, where reasoning is known", "Share of output spent on thinking.",
           known="count(reasoning_tokens)"),
)  # fmt: skip

_COUNTS = (
    _distinct("users", "Users", "user_id", "People and accounts with an event.", better="higher"),
    _distinct("sessions", "Sessions", "session_id", "Sessions with at least one event here."),
    _distinct("conversations", "Conversations", "conversation_id", "Those with an event here."),
    _distinct("agent_conversations", "Conversations with an agent", "conversation_id",
              "Conversations in which an agent took part.", kept="agent IS NOT NULL"),
    _distinct("models", "Models", "model", "Different models used."),
    _distinct("active_projects", "Active projects", "project", "Projects with usage."),
    *(
        _distinct(name, label, column, f"{label} with usage.")
        for name, label, column in (
            ("teams", "Teams", "team"), ("customers", "Customers", "customer"),
            ("features", "Features", "feature"), ("agents", "Agents", "agent"),
            ("repositories", "Repositories", "repository"), ("api_keys", "API keys", "api_key"),
            ("providers", "Providers", "provider"), ("organizations", "Organisations", "organization"),
        )
    ),
    _reported("total_projects", "Projects", COUNT, "neither", "summary",
              "projects that existed in the period: listed, or seen before its end",
              "All projects, with or without usage."),
)  # fmt: skip

_SESSIONS = (
    Measure(
        name="sessions_started", label="Sessions started", unit=COUNT, additive=False,
        better="neither", relation="sessions", sql="count(*)", known="count(*)",
        zero_when_empty=True, formula="sessions whose first event lies in the period",
        description="Counted once, where they begin; time buckets add up, members do not.",
    ),
    _ratio("session_duration_mean", "Average session duration", SECONDS,
           "sum(duration_us)", "1000000 * count(duration_us)",
           "mean of last end - first start, over finished sessions started in the period",
           "How long a session lasts, pauses included.", relation="sessions",
           known="count(duration_us)"),
    _ratio("session_duration_median", "Median session duration", SECONDS,
           "2 * median(duration_us)", "CASE WHEN count(duration_us) > 0 THEN 2000000 END",
           "the middle of all session durations (mean of the middle two)",
           "How long a typical session lasts; a few very long ones do not move it.",
           relation="sessions", known="count(duration_us)"),
    _ratio("session_active_mean", "Average active time", SECONDS,
           "sum(active_us)", "1000000 * count(active_us)",
           "mean time a session's events cover, gaps up to 5 minutes bridged",
           "How long people really worked in a session.",
           relation="sessions", known="count(active_us)"),
    _ratio("requests_per_session", "Requests per session", COUNT,
           "sum(requests) FILTER (WHERE session_id IS NOT NULL)",
           "count(DISTINCT session_id) FILTER (WHERE requests IS NOT NULL)",
           "requests in sessions / sessions", "How many calls a session makes.",
           known="count(requests) FILTER (WHERE session_id IS NOT NULL)"),
)  # fmt: skip

_SPEED = (
    _ratio("latency_mean", "Average latency", MILLISECONDS,
           "sum(latency_ms)", "count(latency_ms)", "sum of latency / requests with a known latency",
           "How long an answer took, whatever its status.", better="lower",
           known="count(latency_ms)"),
    *(_percentile("latency", "latency_ms", "Latency", p) for p in (50, 95, 99)),
    _ratio("ttft_mean", "Average time to first token", MILLISECONDS,
           "sum(ttft_ms)", "count(ttft_ms)", "sum of time to first token / requests that know it",
           "How long until the answer began.", better="lower", known="count(ttft_ms)"),
    *(_percentile("ttft", "ttft_ms", "Time to first token", p) for p in (50, 95)),
    _ratio("throughput", "Output tokens per second", TOKENS,
           "sum(output_tokens) FILTER (WHERE latency_ms > ttft_ms)",
           "sum(latency_ms - ttft_ms) FILTER (WHERE latency_ms > ttft_ms"
           " AND output_tokens IS NOT NULL)",
           "1000 x output / (latency - time to first token), where all three are known",
           "How fast the model writes.", better="higher", scale=1000.0,
           known="count(output_tokens) FILTER (WHERE latency_ms > ttft_ms)"),
    _ratio("error_rate", "Error rate", RATIO, _ended("error", "requests"), OF_KNOWN_STATUS,
           "failed requests / requests with a known status", "Share of requests that failed.",
           better="lower", known=STATUS_KNOWN),
    _ratio("cancel_rate", "Cancelled share", RATIO, _ended("cancelled", "requests"),
           OF_KNOWN_STATUS, "cancelled requests / requests with a known status",
           "Share of requests given up.", known=STATUS_KNOWN),
)  # fmt: skip


def _cost_per(name: str, label: str, column: str, of: str) -> Measure:
    return _ratio(
        name, label, USD, f"sum(cost_nano) FILTER (WHERE {column} IS NOT NULL)",
        f"count(DISTINCT {column}) FILTER (WHERE cost_nano IS NOT NULL)",
        f"cost of events with a {of} / {of}s", f"What one {of} costs on average.", better="lower",
        known=f"count(cost_nano) FILTER (WHERE {column} IS NOT NULL)",
    )  # fmt: skip


_PER = (
    _ratio("cost_per_request", "Cost per request", USD,
           "sum(cost_nano) FILTER (WHERE requests IS NOT NULL)",
           "sum(requests) FILTER (WHERE cost_nano IS NOT NULL)",
           "cost / requests, where both are known", "What one request costs on average.",
           better="lower", known="count(cost_nano) FILTER (WHERE requests IS NOT NULL)"),
    _cost_per("cost_per_session", "Cost per session", "session_id", "session"),
    _cost_per("cost_per_conversation", "Cost per conversation", "conversation_id", "conversation"),
    _cost_per("cost_per_user", "Cost per user", "user_id", "user"),
    _ratio("cost_per_million_tokens", "Cost per 1M tokens", USD,
           f"sum(cost_nano) FILTER (WHERE ({TOTAL_TOKENS}) IS NOT NULL)",
           f"sum({TOTAL_TOKENS}) FILTER (WHERE cost_nano IS NOT NULL)",
           "1,000,000 x cost / total tokens, where both are known",
           "What a million tokens cost on average.", better="lower", scale=1e6,
           known=f"count(cost_nano) FILTER (WHERE ({TOTAL_TOKENS}) IS NOT NULL)"),
    _ratio("requests_per_user", "Requests per user", COUNT,
           "sum(requests) FILTER (WHERE user_id IS NOT NULL)",
           "count(DISTINCT user_id) FILTER (WHERE requests IS NOT NULL)",
           "requests of known users / users", "How much one user asks.",
           known="count(requests) FILTER (WHERE user_id IS NOT NULL)"),
)  # fmt: skip

_ADOPTION = (
    *(
        _reported(f"{every}_users", f"{label} active users", COUNT, "higher", "adoption",
                  f"mean number of users over the complete local {unit} of the period",
                  f"Users of an average {unit[:-1]}.")
        for every, label, unit in (
            ("daily", "Daily", "days"), ("weekly", "Weekly", "weeks"), ("monthly", "Monthly", "months"),
        )
    ),
    _reported("stickiness", "Stickiness", RATIO, "higher", "adoption", "daily active users / users",
              "Share of users who come on a given day."),
    _reported("adoption", "Adoption", RATIO, "higher", "adoption",
              "users of the member / users of the selection without a pick on its dimension",
              "Share of users who use it."),
    _reported("new_adopters", "New adopters", COUNT, "higher", "adoption",
              "users whose first event of the member lies in the period",
              "Users who used it for the first time."),
    _reported("repeat_adopters", "Repeat use", RATIO, "higher", "adoption",
              "users of the member active in at least two weeks / its users",
              "Share of its users who came back in another week."),
)  # fmt: skip

_COVERAGE = (
    _sum("unpriced_events", "Unpriced events", COUNT, "", "number of events without a cost",
         "Events no price is known for.", better="lower",
         sql="count(*) FILTER (WHERE cost_nano IS NULL)"),
    _sum("unpriced_requests", "Unpriced requests", COUNT, "",
         "sum of requests of events without a cost", "Requests no price is known for.", better="lower",
         sql="sum(CASE WHEN cost_nano IS NULL THEN requests ELSE 0 END)"),
    _sum("unpriced_tokens", "Unpriced tokens", TOKENS, "",
         "sum of tokens of events without a cost", "Tokens no price is known for.", better="lower",
         sql=f"sum(CASE WHEN cost_nano IS NOT NULL THEN 0 ELSE {TOTAL_TOKENS} END)"),
    _ratio("priced_share", "Priced share of tokens", RATIO,
           f"sum(CASE WHEN cost_nano IS NULL THEN 0 ELSE {TOTAL_TOKENS} END)",
           f"sum({TOTAL_TOKENS})",
           "tokens of priced events / tokens; without any tokens by number of events",
           "How much of the usage has a price.", better="higher",
           otherwise=("count(cost_nano)", "count(*)")),
    _ratio("reported_share", "Share of reported cost", RATIO,
           _where("cost_source = 'reported'", "cost_nano"), "sum(cost_nano)",
           "cost as reported by sources / cost", "The rest is computed from the price book.",
           known="count(cost_nano)"),
    _ratio("session_coverage", "Cost with a known session", RATIO,
           _where("session_id IS NOT NULL", "cost_nano"), "sum(cost_nano)",
           "cost of events with a session / cost", "How much of the cost sessions explain.",
           better="higher", known="count(cost_nano)"),
    _ratio("user_coverage", "Cost with a known user", RATIO,
           _where("user_id IS NOT NULL", "cost_nano"), "sum(cost_nano)",
           "cost of events with a user / cost", "How much of the cost is attributed to people.",
           better="higher", known="count(cost_nano)"),
    _ratio("status_coverage", "Requests with a known status", RATIO,
           _where("status IS NOT NULL", "requests"), "sum(requests)",
           "requests with a known status / requests", "How far error rates can be trusted.",
           better="higher", known="count(requests)"),
    _ratio("latency_coverage", "Requests with a known latency", RATIO,
           _where("latency_ms IS NOT NULL", "requests"), "sum(requests)",
           "requests with a known latency / requests", "How far latencies can be trusted.",
           better="higher", known="count(requests)"),
    Measure(
        name="quantity", label="Quantity", unit=COUNT, additive=True, better="neither",
        relation="items", sql="sum(quantity_micro)", scale=1e-6, known="count(quantity_micro)",
        zero_when_empty=True, formula="sum of the priced quantity, in the rule's own unit",
        description="How much of a usage item was used: tokens, images, seconds, searches.",
    ),
)  # fmt: skip

MEASURES: dict[str, Measure] = {
    m.name: m
    for m in (
        *_MONEY, *_REQUESTS, *_TOKENS, *_COUNTS, *_SESSIONS, *_SPEED, *_PER, *_ADOPTION, *_COVERAGE
    )
}  # fmt: skip
