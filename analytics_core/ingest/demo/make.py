"""Making the demo data: canonical files through the ordinary ingest, the same for the same seed."""

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics_core.ingest.demo import cast, rows
from analytics_core.ingest.demo.columns import Draw, Events, Month
from analytics_core.ingest.demo.stories import told
from analytics_core.ingest.demo.traffic import KINDS, events_of
from analytics_core.semantics.period import months_after

EVENTS, MONTHS, SEED = 250_000, 12, 7
REJECTED, DUPLICATES, LATE = 25, 40, 60


@dataclass(frozen=True, slots=True)
class Recipe:
    """What decides the demo data; `now` is aware and cut to the hour."""

    now: datetime
    events: int = EVENTS
    months: int = MONTHS
    seed: int = SEED


def months_of(recipe: Recipe) -> Iterator[tuple[Month, int]]:
    """(month, number of events): 6% growth a month, the running month in proportion."""
    now = recipe.now.astimezone(UTC).replace(tzinfo=None, minute=0, second=0, microsecond=0)
    newest = now.date().replace(day=1)
    made: list[Month] = []
    for index in range(recipe.months):
        first = months_after(newest, index - recipe.months + 1)
        after = months_after(first, 1)
        end = min(now, datetime(after.year, after.month, 1))  # noqa: DTZ001 - naive UTC
        made.append(Month(index, first, end, recipe.months))
    share = np.array([1.06**m.index * m.days / 30 for m in made])
    upto = np.rint(np.cumsum(share / share.sum()) * recipe.events).astype(int)
    yield from zip(made, np.diff(upto, prepend=0).tolist(), strict=True)


def tables(recipe: Recipe) -> Iterator[tuple[Month, pa.Table, pa.Table]]:
    """(month, gateway and coding events, console buckets), oldest month first."""
    now = recipe.now.astimezone(UTC).replace(tzinfo=None)
    for month, target in months_of(recipe):
        draw = np.random.Generator(
            np.random.PCG64(np.random.SeedSequence([recipe.seed, month.index]))
        )
        parts = [part for part in _parts(draw, month, now, target) if len(part)]
        console = rows.console(draw, month, now, target / 900)
        yield month, rows.table(month, parts), console


def _parts(draw: Draw, month: Month, now: datetime, target: int) -> Iterator[Events]:
    for kind in KINDS:
        events = events_of(draw, month, kind, round(target * kind.share))
        yield from told(draw, month, now, events)


def write(recipe: Recipe, folder: Path, progress: Callable[[int, int], None]) -> list[Path]:
    """Writes the demo's files under `folder` and returns them in the order to ingest them.

    One per month, one of console buckets, a late one and a damaged one. `progress(done, of)`
    counts months.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    consoles: list[pa.Table] = []
    late = None
    for month, events, console in tables(recipe):
        consoles.append(console)
        if month.age == 1:
            events = pa.concat_tables([events, *_faulty(events)])
        if month.age == min(2, recipe.months - 1):
            late, events = events.slice(0, LATE), events.slice(LATE)
        path = folder / f"gateway-{month.first:%Y-%m}.parquet"
        pq.write_table(events, path, compression="zstd")
        paths.append(path)
        progress(month.index + 1, recipe.months)
    for name, extra in (("provider-console", pa.concat_tables(consoles)), ("gateway-late", late)):
        if extra is not None and extra.num_rows:
            pq.write_table(extra, folder / f"{name}.parquet", compression="zstd")
            paths.append(folder / f"{name}.parquet")
    damaged = folder / "gateway-interrupted-copy.parquet"
    whole = paths[0].read_bytes()
    damaged.write_bytes(whole[: len(whole) // 3])
    return [*paths, damaged]


def _faulty(events: pa.Table) -> Iterator[pa.Table]:
    """Rows with negative tokens, which ingest rejects, and rows that repeat, which it folds."""
    chosen = events.slice(events.num_rows // 2, REJECTED)
    at = chosen.schema.get_field_index("input_tokens")
    wrong = chosen.set_column(at, "input_tokens", pa.array([-1] * chosen.num_rows, pa.int64()))
    ids = pa.array([f"demo:rejected-{i:03d}" for i in range(chosen.num_rows)])
    yield wrong.set_column(0, "event_id", ids)
    yield events.slice(events.num_rows // 3, DUPLICATES)


def digest(recipe: Recipe) -> str:
    """A hash of the rows (not of the Parquet bytes): equal for equal recipes on every machine."""
    made = hashlib.sha256()
    for _, events, console in tables(recipe):
        for each in (events, console):
            for column in each.select([c for c in each.column_names if c != "items"]).columns:
                made.update(repr(column.to_pylist()).encode())
    return made.hexdigest()[:16]


def settings_texts(recipe: Recipe) -> dict[str, str]:
    """Settings files written beside the demo where absent: name -> content.

    They speak of the demo's own projects and its self-hosted models alone, so they change nothing
    about usage of one's own.
    """
    first = [month.first for month, _ in months_of(recipe)]
    contract = first[min(5, len(first) - 1)]
    retired = first[min(5, len(first) - 1)]
    project_lines = [
        f"{name},{colour},{first[0]},{retired if name == cast.RETIRED_PROJECT else ''}"
        for name, colour in cast.PROJECTS
    ]
    price_lines = [
        f"self,house-large,input,0.50,,,,,,{contract},own servers",
        f"self,house-large,output,1.50,,,,,,{contract},own servers",
        f"self,house-large,input,0.40,,,,,{contract},,new contract: a fifth less",
        f"self,house-large,output,1.20,,,,,{contract},,new contract: a fifth less",
    ]
    return {
        "projects.csv": "\n".join(["name,colour,created,archived", *project_lines, ""]),
        "prices.csv": "\n".join([
            "provider,model,rule,usd,per,discount_pct,tier_above,variant,valid_from,valid_to,note",
            *price_lines, "",
        ]),
    }  # fmt: skip


def write_settings(recipe: Recipe, folder: Path) -> list[str]:
    """Writes those settings files that are absent; returns their names."""
    folder.mkdir(parents=True, exist_ok=True)
    made: list[str] = []
    for name, text in settings_texts(recipe).items():
        path = folder / name
        if not path.exists():
            path.write_text(text, "utf-8")
            made.append(name)
    return made


def remove_settings(folder: Path) -> list[str]:
    """Takes away those files that are as the demo wrote them; returns their names.

    The dates in them follow the recipe, everything else is the same in every demo.
    """
    texts = settings_texts(Recipe(datetime(2026, 1, 1, tzinfo=UTC)))
    gone: list[str] = []
    for name, text in texts.items():
        path = folder / name
        if path.is_file() and _undated(path.read_text("utf-8", "replace")) == _undated(text):
            path.unlink()
            gone.append(name)
    return gone


def _undated(text: str) -> str:
    return re.sub(r"\d{4}-\d{2}-\d{2}", "", text)


def clear(folder: Path) -> None:
    """Removes the files written for ingest."""
    shutil.rmtree(folder, ignore_errors=True)
