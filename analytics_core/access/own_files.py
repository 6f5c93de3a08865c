"""Whose the files of pages are: each tab puts a random part of its own into their names."""

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

MOST = 100_000  # tabs that are remembered
_RANDOM = re.compile(r"-([0-9a-f]{8})\.\w+\"?$")  # at the end of a file's name


@dataclass(slots=True)
class OwnFiles:
    """The sign-in (its id) of each tab, by the random part of its file names; for one process."""

    _of: OrderedDict[str, str] = field(default_factory=OrderedDict[str, str])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def claim(self, random: str, sign_in: str) -> None:
        """Says whose the files with that part in their names are."""
        with self._lock:
            self._of[random] = sign_in
            self._of.move_to_end(random)
            while len(self._of) > MOST:
                self._of.popitem(last=False)

    def sign_in_of(self, disposition: str) -> str | None:
        """Whose the file of that header (Content-Disposition) is; None where nobody's."""
        found = _RANDOM.search(disposition)
        return self._of.get(found[1]) if found else None
