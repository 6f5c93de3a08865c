"""What the organisation has set, as it is now: the files of data/settings, followed as they change."""

import hashlib
import logging
import os
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self, TypeVar

from analytics_core import settings as configuration
from analytics_core.errors import TokentallyError
from analytics_core.semantics import names as display_names
from analytics_core.semantics import project
from analytics_core.semantics.names import NO_NAMES, Names
from analytics_core.semantics.project import Project
from analytics_core.settings import Settings

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class House:
    """Settings, projects and display names; `problems` are the files that cannot be used now.

    What such a file last said well still holds.
    """

    settings: Settings
    projects: tuple[Project, ...] = ()
    names: Names = NO_NAMES
    problems: tuple[TokentallyError, ...] = ()

    @classmethod
    def of(cls, settings: Settings, before: Self | None = None) -> Self:
        """The house of those settings, its tables read now; a broken one is as it was `before`."""
        last, problems = before or cls(settings), list[TokentallyError]()
        folder = settings.folder
        projects = _or_last(lambda: project.projects(folder), last.projects, problems)
        names = _or_last(lambda: display_names.names(folder), last.names, problems)
        return cls(settings, projects, names, tuple(problems))


def _or_last(read: Callable[[], T], last: T, problems: list[TokentallyError]) -> T:
    try:
        return read()
    except TokentallyError as wrong:
        problems.append(wrong)
        return last


class SettingsFolder:
    """data/settings, read again whenever a file in it changes. Thread-safe; one per process.

    `opened` are the settings it began with, which hold until a restart for what is made only once
    (settings.described). Raises BadFile, BadValue where those cannot be used.
    """

    def __init__(
        self,
        folder: Path,
        environ: Mapping[str, str] = os.environ,
        secrets: Mapping[str, Any] | None = None,
    ) -> None:
        self._folder, self._environ, self._secrets = folder, environ, secrets
        self._lock = threading.Lock()
        self._held = threading.local()  # what `steady` keeps for one thread
        self._stamp = configuration.stamp(folder)
        self.opened = configuration.load(folder, environ, secrets)
        self._house = House.of(self.opened)

    def now(self) -> House:
        """What the folder says now; of a file that cannot be used, what it last said."""
        held: House | None = getattr(self._held, "house", None)
        return held or self._looked_up()

    @contextmanager
    def steady(self) -> Generator[None]:
        """Within it this thread is told of one state of the folder, which is looked at once.

        For a page, which asks some two hundred times and must not change its mind half way.
        """
        outer: House | None = getattr(self._held, "house", None)
        self._held.house = outer or self._looked_up()
        try:
            yield
        finally:
            self._held.house = outer

    def _looked_up(self) -> House:
        stamp = configuration.stamp(self._folder)
        with self._lock:
            if stamp != self._stamp:
                self._house, self._stamp = self._read(self._house, repr(stamp)), stamp
            return self._house

    def _read(self, last: House, seen: str) -> House:
        problems: list[TokentallyError] = []

        def load() -> Settings:
            return configuration.load(self._folder, self._environ, self._secrets)

        # The tables may be new although the settings are not, so answers kept by version are old.
        version = hashlib.sha256(seen.encode()).hexdigest()[:16]
        settings = _or_last(load, replace(last.settings, version=version), problems)
        house = House.of(settings, last)
        problems += house.problems
        for problem in problems:
            log.warning("%s", problem)
        return House(house.settings, house.projects, house.names, tuple(problems))
