"""Looking into a file without taking it in, in a process of its own with the limits of ingest."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from analytics_core.errors import NotAsked, NotWritable, TokentallyError
from analytics_core.ingest.bounded import (
    Bounds,
    WithoutPandas,
    bounded_environment,
    plain,
    settings_of,
)
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.inspection import Inspection, inspection
from analytics_core.ingest.inspection import from_plain as inspection_of
from analytics_core.ingest.sources.mapping import saved
from analytics_core.ingest.trial import Trial, trial
from analytics_core.ingest.trial import from_plain as trial_of
from analytics_core.ingest.verdict import Refused
from analytics_core.settings import Settings

GRACE_SECONDS = 5.0  # the engine ends its own statement first, which explains more


def inspect(path: Path, name: str, folders: Folders, settings: Settings) -> Inspection:
    """What a file offers, which is called `name`. Raises NotAsked where it cannot be read."""
    return inspection_of(_answer(folders, settings, path=str(path), name=name))


def attempt(
    path: Path, name: str, mapping: str, folders: Folders, settings: Settings, now: datetime
) -> Trial:
    """What the mapping (the text of its file) would make of it; nothing lands. `now` is aware.

    Raises NotAsked where it cannot be read, TokentallyError for a mapping that cannot be used.
    """
    said = {"path": str(path), "name": name, "mapping": mapping, "now": now.isoformat()}
    return trial_of(_answer(folders, settings, **said))


def _answer(folders: Folders, settings: Settings, **asked: str) -> dict[str, Any]:
    with _desk(folders) as desk:
        request = {**asked, "desk": str(desk), "settings": plain(settings)}
        try:
            ran = subprocess.run(
                (sys.executable, "-m", __name__), input=json.dumps(request, default=str),
                capture_output=True, text=True, encoding="utf-8", errors="replace", check=False,
                env=bounded_environment(), timeout=settings.ingest_seconds + GRACE_SECONDS,
            )  # fmt: skip
            answer: dict[str, Any] = json.loads(ran.stdout)
        except (subprocess.TimeoutExpired, ValueError):
            raise NotAsked(Refused("out_of_limits").message) from None
    if "refused" in answer:
        raise NotAsked(answer["refused"])
    if "error" in answer:
        raise TokentallyError(answer["error"])
    return answer


@contextmanager
def _desk(folders: Folders) -> Iterator[Path]:
    """A folder for the child's copies, which goes with it however it ends."""
    try:
        folders.cache.mkdir(parents=True, exist_ok=True)
        desk = Path(tempfile.mkdtemp(prefix="desk-", dir=folders.cache))
    except OSError as wrong:
        raise NotWritable(folders.cache, wrong.strerror or str(wrong)) from None
    try:
        yield desk
    finally:
        shutil.rmtree(desk, ignore_errors=True)


def _main() -> None:
    """The child: reads the request from stdin, answers with one JSON document."""
    said = json.loads(sys.stdin.read())
    settings = settings_of(said["settings"])
    Bounds.of(settings).apply()
    sys.meta_path.insert(0, WithoutPandas())
    try:
        answer: dict[str, Any] = asdict(_done(said, settings))
    except Refused as refused:
        answer = {"refused": refused.message}
    except TokentallyError as wrong:
        answer = {"error": str(wrong)}
    print(json.dumps(answer, default=str))  # noqa: T201 (this is the answer)


def _done(said: dict[str, Any], settings: Settings) -> Inspection | Trial:
    path, desk = Path(said["path"]), Path(said["desk"])
    known = saved(settings.folder)
    if "mapping" not in said:
        return inspection(path, said["name"], settings, known, desk)
    now = datetime.fromisoformat(said["now"])
    return trial(path, said["name"], said["mapping"], settings, known, desk, now)


if __name__ == "__main__":
    _main()
