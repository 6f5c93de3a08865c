"""Which pages are for whom, and what stands in their menu."""

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import TypeAlias

from analytics_core.access.principal import Principal
from analytics_core.ui.sidebar import Entry

Pages: TypeAlias = Sequence[tuple[str, Sequence[ModuleType]]]  # sections of page modules


def entries(pages: Pages, principal: Principal) -> list[tuple[str, list[Entry]]]:
    """The sections with the pages that are for this person; empty ones left out."""
    mine = [(title, [e for m in modules for e in _entry(m, principal)]) for title, modules in pages]
    return [(title, entries) for title, entries in mine if entries]


def is_for(module: ModuleType, principal: Principal) -> bool:
    """Whether the page is for this person."""
    return not module.ROLES or principal.has_role(*module.ROLES)


def _entry(module: ModuleType, principal: Principal) -> Iterator[Entry]:
    if is_for(module, principal):
        yield Entry(module.PATH, module.TITLE, module.ICON)
    elif hasattr(module, "INSTEAD"):  # what others have in its place
        path, label, picks = module.INSTEAD
        yield Entry(path, label, module.ICON, picks)
