"""Every operation of the API, in the order of its documentation."""

from analytics_core.api.agent_sessions import SESSION_OPERATIONS
from analytics_core.api.export import EXPORT
from analytics_core.api.files import FILES
from analytics_core.api.handbook import handbook
from analytics_core.api.health import HEALTH
from analytics_core.api.lists import DIMENSIONS_LISTED, MEASURES_LISTED, OPTIONS
from analytics_core.api.me import ME
from analytics_core.api.openapi import described
from analytics_core.api.operation import Operation
from analytics_core.api.push import PUSHED, RECEIPT, TRACES
from analytics_core.api.query import QUERY
from analytics_core.api.rows import EVENTS, ITEMS
from analytics_core.api.usage import USAGE

OPERATIONS: tuple[Operation, ...] = (
    QUERY,
    EVENTS,
    ITEMS,
    EXPORT,
    MEASURES_LISTED,
    DIMENSIONS_LISTED,
    OPTIONS,
    *SESSION_OPERATIONS,
    USAGE,
    PUSHED,
    RECEIPT,
    TRACES,
    FILES,
    ME,
    HEALTH,
)

EVERY: tuple[Operation, ...] = (*OPERATIONS, described(OPERATIONS), handbook(OPERATIONS))
