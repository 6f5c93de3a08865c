"""Where drops, archives, quarantined files, events and settings stand under the data folder."""

import os
from dataclasses import dataclass
from pathlib import Path

from analytics_core.errors import NotWritable


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of one store; `data` is what --data names."""

    data: Path

    @property
    def inbox(self) -> Path:
        """Where files are dropped."""
        return self.data / "inbox"

    @property
    def archive(self) -> Path:
        """Landed drops, by month of landing."""
        return self.data / "archive"

    @property
    def quarantine(self) -> Path:
        """Refused drops with their reason, and rejected rows of landed ones."""
        return self.data / "quarantine"

    @property
    def events(self) -> Path:
        """The truth: landed events and the manifest."""
        return self.data / "events"

    @property
    def cache(self) -> Path:
        """Everything that can be rebuilt."""
        return self.data / "cache"

    @property
    def settings(self) -> Path:
        """Hand-edited settings, prices, mappings, aliases."""
        return self.data / "settings"

    @property
    def staging(self) -> Path:
        """Private copies of drops while this process reads them."""
        return self.cache / "staging" / str(os.getpid())

    def check_writable(self) -> None:
        """Makes every folder that is missing; raises NotWritable naming the first that fails."""
        folders = (
            self.inbox,
            self.archive,
            self.quarantine,
            self.events,
            self.cache,
            self.settings,
        )
        for folder in folders:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as wrong:
                raise NotWritable(folder, wrong.strerror or str(wrong)) from None
            if not os.access(folder, os.W_OK | os.X_OK):
                raise NotWritable(folder, "no permission")
