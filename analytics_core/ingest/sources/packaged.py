"""The exporters this product knows, and the options a person may set for them."""

from dataclasses import replace
from typing import Any
from zoneinfo import available_timezones

from analytics_core.ingest.sources import (
    anthropic,
    bedrock,
    canonical,
    claude_code,
    codex,
    focus,
    generic,
    helicone,
    langfuse,
    litellm,
    openai,
    openai_answers,
    openrouter,
    otel,
)
from analytics_core.ingest.sources.document import Node
from analytics_core.ingest.sources.source import Source

PACKAGED: tuple[Source, ...] = (
    canonical.SOURCE,
    *litellm.SOURCES,
    *langfuse.SOURCES,
    claude_code.SOURCE,
    codex.SOURCE,
    *openai.SOURCES,
    *openai_answers.SOURCES,
    *anthropic.SOURCES,
    *openrouter.SOURCES,
    helicone.SOURCE,
    bedrock.SOURCE,
    *otel.SOURCES,
    focus.SOURCE,
    generic.SOURCE,
)
COMMON = ("zone", "policy", "currency", "zero_cost", "role", "group")


def names() -> tuple[str, ...]:
    """Every packaged name once, in order."""
    return tuple(dict.fromkeys(source.name for source in PACKAGED))


def configured(source: Source, options: Node | None) -> Source:
    """The source with a person's options. Raises BadFile for unknown or unusable ones."""
    if options is None:
        return source
    given = options.table((*COMMON, *source.options))
    changes: dict[str, Any] = {}
    for key, node in given.items():
        if key == "zone":
            if node.text() not in available_timezones():
                raise node.wrong(f"'{node.text()}' is not an IANA time zone.")
            changes["zone"] = node.text()
        elif key == "policy":
            changes["policy"] = node.choice(("auto", "reported", "computed"))
        elif key == "zero_cost":
            changes["zero_cost"] = node.choice(("missing", "free"))
        elif key == "role":
            usage = node.choice(("usage", "statement"))
            changes["role"] = "events" if usage == "usage" else "statement"
        elif key in ("currency", "group"):
            changes[key] = node.text()
    changed = replace(source, **changes)
    own = {key: node for key, node in given.items() if key in source.options}
    return source.configure(changed, own) if own and source.configure else changed
