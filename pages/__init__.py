"""The pages, in the order of the menu: sections of modules that each say TITLE … render(view)."""

from types import ModuleType

from pages import (
    account,
    activity,
    agent,
    agents,
    costs,
    data,
    explore,
    features,
    model,
    models,
    overview,
    project,
    projects,
    session,
    sessions,
    settings,
    usage,
    user,
    users,
)

PAGES: tuple[tuple[str, tuple[ModuleType, ...]], ...] = (
    ("Analytics", (overview, costs, usage, activity)),
    ("Breakdowns", (projects, models, agents, users, sessions, features, explore)),
    ("Organisation and account", (data, settings)),
)
# Reached by links: one member, one's own account.
HIDDEN: tuple[ModuleType, ...] = (project, model, agent, user, session, account)
EVERY = (*(module for _, modules in PAGES for module in modules), *HIDDEN)
