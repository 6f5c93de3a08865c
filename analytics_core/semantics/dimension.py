"""What usage can be broken down by and filtered on, declared once."""

from dataclasses import dataclass
from typing import Literal

from analytics_core.errors import BadValue, UnknownName

Cardinality = Literal["few", "many", "huge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One way to break usage down, and everything a filter, header or chart needs of it.

    `column` is the event column (or, for `tag:KEY`, the key inside the `tags` map).
    `parent` is the dimension whose picks narrow this one's option list.
    `cardinality` tells the sidebar how to offer it: few (below 50), many, huge (searched).
    """

    name: str
    label: str
    plural: str
    column: str
    description: str
    cardinality: Cardinality = "few"
    parent: str | None = None
    tag: str | None = None  # the key, for tag:KEY
    items: bool = False  # only usage items have it

    @property
    def noun(self) -> str:
        """The label as it stands inside a sentence: "user", "API key"."""
        label = self.label
        return label if label[:2].isupper() else label[0].lower() + label[1:]


def _dimension(
    name: str,
    label: str,
    plural: str,
    description: str,
    *,
    column: str = "",
    cardinality: Cardinality = "few",
    parent: str | None = None,
    items: bool = False,
) -> Dimension:
    return Dimension(
        name=name,
        label=label,
        plural=plural,
        column=column or name,
        description=description,
        cardinality=cardinality,
        parent=parent,
        items=items,
    )


_ALL = (
    _dimension(
        "organization", "Organisation", "organisations", "The company or account that is billed."
    ),
    _dimension("team", "Team", "teams", "The team the source names for the request."),
    _dimension(
        "user",
        "User",
        "users",
        "The person or service account that caused the request.",
        column="user_id",
        cardinality="huge",
        parent="team",
    ),
    _dimension("project", "Project", "projects", "The project or application.", cardinality="many"),
    _dimension(
        "repository",
        "Repository",
        "repositories",
        "The code repository, as owner/name.",
        cardinality="many",
        parent="project",
    ),
    _dimension(
        "customer",
        "Customer",
        "customers",
        "The paying customer on whose behalf the request was made.",
        cardinality="many",
    ),
    _dimension(
        "feature",
        "Feature",
        "features",
        "The product feature that made the request.",
        cardinality="many",
    ),
    _dimension("agent", "Agent", "agents", "The agent or assistant.", cardinality="many"),
    _dimension(
        "session",
        "Session",
        "sessions",
        "One working session of a person or a coding agent.",
        column="session_id",
        cardinality="huge",
        parent="user",
    ),
    _dimension(
        "conversation",
        "Conversation",
        "conversations",
        "One dialogue thread.",
        column="conversation_id",
        cardinality="huge",
        parent="user",
    ),
    _dimension(
        "environment",
        "Environment",
        "environments",
        "Where the calling software runs: production, staging, development.",
    ),
    _dimension(
        "api_key",
        "API key",
        "API keys",
        "The key's alias, or a hash of it; never the key.",
        cardinality="many",
    ),
    _dimension("provider", "Provider", "providers", "Who served the model."),
    _dimension(
        "model",
        "Model",
        "models",
        "The model, under the price book's name where it is known.",
        cardinality="many",
        parent="provider",
    ),
    _dimension(
        "service_type",
        "Service type",
        "service types",
        "What kind of work: text generation, embedding, images, speech …",
    ),
    _dimension("operation", "Operation", "operations", "The API operation, e.g. chat."),
    _dimension(
        "event_type",
        "Event type",
        "event types",
        "Token usage, image generation, or a custom event.",
    ),
    _dimension(
        "service_tier",
        "Service tier",
        "service tiers",
        "The tier that served the request: standard, batch, flex, priority.",
    ),
    _dimension("status", "Status", "statuses", "ok, error or cancelled."),
    _dimension("source", "Source", "sources", "The export format the event was read from."),
    _dimension(
        "cost_source",
        "Cost source",
        "cost sources",
        "How its cost is known: reported by the source, computed from prices, free, or unpriced.",
    ),
    _dimension(
        "recorded",
        "Recorded as",
        "ways of recording",
        "An event for each request, or a bucket the source had already summed.",
        column="grain",
    ),
    _dimension(
        "pricing_rule",
        "Pricing rule",
        "pricing rules",
        "Which priced quantity: input, cached input, output, image, search …",
        column="rule",
        items=True,
    ),
    _dimension(
        "unit",
        "Unit",
        "units",
        "What a usage item is counted in: tokens, images, seconds, searches …",
        items=True,
    ),
)

DIMENSIONS: dict[str, Dimension] = {d.name: d for d in _ALL}


def dimension(name: str) -> Dimension:
    """The dimension of that name; `tag:KEY` makes one for any key of `tags`.

    Raises UnknownName.
    """
    if name.startswith("tag:"):
        key = name[4:]
        if not key or len(key) > 64:
            raise BadValue("dimension", name, "tag:KEY with a key of 1 to 64 characters")
        return Dimension(
            name=name,
            label=f"Tag {key}",
            plural=f"values of {key}",
            column="tags",
            description=f"The value of the tag '{key}'.",
            cardinality="many",
            tag=key,
        )
    UnknownName.check("dimension", name, (*DIMENSIONS, "tag:KEY"))
    return DIMENSIONS[name]
