"""One call of an operation: who calls, over which data, with which parameters."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from analytics_core.access.caller import Caller
from analytics_core.api.parameter import Params
from analytics_core.ingest.push.intake import Intake
from analytics_core.semantics.filters import Filters
from analytics_core.semantics.period import Calendar
from analytics_core.store.view import Store, View


@dataclass(frozen=True, slots=True)
class Sent:
    """The body of a POST as it came, and what its headers say of it (lower case, no parameters)."""

    body: bytes = b""
    mime: str = ""
    encoding: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What an operation is given; `path` holds the parameters of its path, `format` a name."""

    caller: Caller
    store: Store
    params: Params
    path: Mapping[str, str]
    format: str
    now: datetime
    intake: Intake
    sent: Sent = Sent()

    @property
    def calendar(self) -> Calendar:
        """The reporting calendar of the settings."""
        s = self.store.settings
        return Calendar(s.zone, s.week_start, s.fiscal_year_start)

    def view(self, params: Params | None = None) -> View:
        """What the caller may see, under the filters that the parameters name.

        Raises BadValue, UnknownName.
        """
        given = self.params if params is None else params
        filters = Filters.from_params(given, self.now, self.calendar)
        me = self.caller.principal.user_id
        return View(self.store, self.caller.scope, filters.resolved(me))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an operation answers. `rows` is how many of them it holds.

    `asked` goes to the audit in place of the parameters, where it says more than they do.
    """

    body: bytes | Iterator[bytes]
    mime: str
    rows: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    asked: str = ""
