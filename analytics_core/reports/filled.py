"""Which dimensions the data have at all, so that nobody is offered an empty one."""

from collections.abc import Sequence

from analytics_core.semantics.dimension import dimension
from analytics_core.store.view import View


def filled(view: View, names: Sequence[str]) -> tuple[str, ...]:
    """Those of `names` (dimensions) that some event within the scope, of any time, has a member of."""

    def found() -> tuple[str, ...]:
        return tuple(name for name in names if _has_members(view, name))

    return view.derived(("filled", *names), found)


def _has_members(view: View, name: str) -> bool:
    tag = dimension(name).tag
    if tag is not None:
        return tag in view.tag_keys()["key"]
    newest = view.options(name, limit=2)["member"]  # one of the two may be (unattributed)
    return newest.null_count() < len(newest)
