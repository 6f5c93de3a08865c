"""The pages, in the order of the menu: sections of modules that each say TITLE … render(view)."""

from types import ModuleType

from pages import account, activity, costs, data, explore, overview, session, sessions, usage

PAGES: tuple[tuple[str, tuple[ModuleType, ...]], ...] = (
    ("Analytics", (overview, costs, usage, activity)),
    ("Breakdowns", (sessions, explore)),
    ("Organisation and account", (data,)),
)
HIDDEN: tuple[ModuleType, ...] = (
    session,
    account,
)  # reached by links: one member, one's own account
EVERY = (*(module for _, modules in PAGES for module in modules), *HIDDEN)
