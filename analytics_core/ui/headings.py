"""What measures are called where there is little room: on cards and above columns."""

from analytics_core.semantics.measure import Measure

_SHORT = {
    "input_tokens": "Input tokens",
    "output_tokens": "Output tokens",
    "cache_read_tokens": "Cached tokens",
    "agent_conversations": "Agent conversations",
    "session_duration_mean": "Session duration",
}


def heading(measure: Measure) -> str:
    """The measure's short name; its label where that is short enough."""
    return _SHORT.get(measure.name, measure.label)
