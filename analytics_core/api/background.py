"""What runs beside the app, in processes of their own: the inbox, and the first demo data."""

import contextlib
import gc
import logging
import subprocess
import threading
from collections.abc import Generator, Sequence
from pathlib import Path

from analytics_core.errors import TokentallyError
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.inbox import watching
from analytics_core.ingest.program import COMMAND, environment
from analytics_core.settings import Settings
from analytics_core.store import manifest

log = logging.getLogger(__name__)

DEMO = (*COMMAND, "demo")


@contextlib.contextmanager
def background(data: Path, settings: Settings) -> Generator[None]:
    """Watches the inbox and makes the first demo data, as long as the block runs.

    What has been imported by then is left out of full collections, which halt everybody.

    Where the data folder cannot be written neither happens, and the app still shows what is there.
    """
    gc.collect()
    gc.freeze()
    with contextlib.ExitStack() as running:
        running.callback(gc.unfreeze)
        try:
            if settings.demo and wants_demo(data):
                running.enter_context(beside((*DEMO, "--data", str(data.resolve()))))
            running.enter_context(watching(Folders(data), settings))
        except TokentallyError as wrong:
            log.warning("%s", wrong)
        yield


def wants_demo(data: Path) -> bool:
    """Whether the store has never been used and nothing waits in its inbox."""
    folders = Folders(data)
    if manifest.path_of(folders.events).exists():
        return False
    waiting = folders.inbox.iterdir() if folders.inbox.is_dir() else ()
    return all(path.name.startswith(".") or path.name == "README.md" for path in waiting)


@contextlib.contextmanager
def beside(command: Sequence[str]) -> Generator[None]:
    """Runs a command while the block runs, ends it with the block, logs it when it fails."""
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        env=environment(),
    )
    stopped = threading.Event()

    def follow() -> None:
        _, said = child.communicate()
        if child.returncode and not stopped.is_set():
            log.error("%s failed: %s", command[3], said.strip()[-500:])

    thread = threading.Thread(target=follow, name="demo", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        child.terminate()
        thread.join(timeout=10)
