"""/health: that the process answers, and which version it is."""

import json

from analytics_core.api.call import Call, Reply
from analytics_core.api.operation import Operation
from analytics_core.api.parameter import TEXT
from analytics_core.api.schemas import record
from analytics_core.api.version import VERSION
from analytics_core.export.document import MIME


def _health(_: Call) -> Reply:
    return Reply(body=json.dumps({"status": "ok", "version": VERSION}).encode(), mime=MIME)


HEALTH = Operation(
    name="health",
    path="/health",
    summary="Whether the process answers",
    about="It reads nothing and tells nothing else.",
    example="/health",
    schema=record({"status": {"const": "ok"}, "version": TEXT}),
    run=_health,
    open=True,
)
