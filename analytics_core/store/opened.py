"""The one store of this process for a data folder: pages and routes share it, and its cache."""

import threading
from collections.abc import Callable
from pathlib import Path
from weakref import WeakValueDictionary

from analytics_core.semantics.house import House
from analytics_core.settings import Settings
from analytics_core.store.view import Store

_OPEN: WeakValueDictionary[Path, Store] = WeakValueDictionary()
_LOCK = threading.Lock()


def opened(data: Path, settings: Settings, house: Callable[[], House] | None) -> Store:
    """The store of that folder, opened by the first who asks; theirs to keep."""
    key = data.resolve()
    with _LOCK:
        store = _OPEN.get(key)
        if store is None:
            store = _OPEN[key] = Store(data, settings, house=house)
        return store
