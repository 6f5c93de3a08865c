"""What things cost: prices, reprice."""

import argparse
import json
import os
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

from analytics_core import settings as configuration
from analytics_core.cli.call import OK, Call, Command, many
from analytics_core.cli.deeds import Doing, noted
from analytics_core.errors import BadValue, NotAsked
from analytics_core.export.table import aligned, printable
from analytics_core.prices.listing import Unpriced
from analytics_core.prices.overrides import COLUMNS, FILE
from analytics_core.settings import Settings


def _prices_arguments(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--unpriced", action="store_true", help="models without a price, with lines to fill in"
    )


def _prices(call: Call) -> int:
    from analytics_core.prices import book
    from analytics_core.reports.unpriced import unpriced
    from analytics_core.semantics.filters import DEFAULT_PERIOD, EVERYTHING, Filters
    from analytics_core.semantics.format import cell
    from analytics_core.semantics.period import Period
    from analytics_core.semantics.unit import Unit
    from analytics_core.store.view import View

    prices = book.load(call.settings)
    if not call.options.unpriced:
        models, own = len(prices.prices), call.folders.settings / FILE
        said = {"version": prices.version, "as_of": str(book.PRICES_AS_OF), "models": models,
                "overrides": [asdict(o) for o in prices.overrides]}  # fmt: skip
        lines = [
            f"Price book {prices.version}: {models:,} models, prices of {book.PRICES_AS_OF}.",
            f"{many(len(prices.overrides), 'line')} of your own in {own}.",
        ]
        call.say(said, lines)
        return OK
    with call.store() as store:
        month = Period.parse(DEFAULT_PERIOD, call.now, call.calendar)
        found = unpriced(View(store, EVERYTHING, Filters(month)))
    rows = [(m.provider or "–", m.model or "–", cell(m.tokens, Unit.TOKENS)) for m in found]
    call.say(
        [asdict(m) for m in found],
        [*aligned(("provider", "model", "tokens"), rows, left=2), *_to_fill_in(call, found)]
        if rows
        else ["Every event has a price."],
    )
    return OK


def _to_fill_in(call: Call, found: Sequence[Unpriced]) -> Iterable[str]:
    """What to put into prices.csv, ready to be copied."""
    path = call.folders.settings / FILE
    yield ""
    yield f"Put these lines into {path}, with USD per million tokens in place of the ?:"
    if not path.exists():
        yield ",".join(COLUMNS)
    yield from (printable(line) for model in found for line in model.lines)


def _reprice_arguments(one: argparse.ArgumentParser) -> None:
    one.add_argument("--apply", action="store_true", help="change the store; without it: only show")
    one.add_argument(
        "--settings", metavar="DIR", help="show what the prices.csv of another folder would change"
    )
    one.add_argument("--progress", action="store_true", help="print each step as a line of JSON")


def _reprice(call: Call) -> int:
    from analytics_core.ingest.reprice import reprice
    from analytics_core.semantics.format import cell
    from analytics_core.semantics.unit import Unit

    options, settings = call.options, _tried(call)
    far = _say_far if options.progress else None
    with noted(call, "reprice") if options.apply else nullcontext(Doing()) as doing:
        changes = reprice(call.folders.events, settings, apply=options.apply, far=far)
        doing.rows = sum(c.rows for c in changes)
    rows = [
        (
            c.month, c.model or "–", f"{c.rows:,}", cell(c.before_nano, Unit.USD),
            cell(c.after_nano, Unit.USD), f"{c.unpriced_before:,}", f"{c.unpriced_after:,}",
        )
        for c in changes
    ]  # fmt: skip
    header = ("month", "model", "events", "before", "after", "unpriced before", "after")
    done = "Applied." if call.options.apply else "Nothing was changed; --apply does it."
    call.say(
        {"applied": call.options.apply, "changes": [asdict(c) for c in changes]},
        [*aligned(header, rows, left=2), done] if rows else ["Every price is as it was."],
    )
    return OK


def _tried(call: Call) -> Settings:
    """The settings to price by: those of another folder are only ever tried."""
    folder = call.options.settings
    if folder is None:
        return call.settings
    if call.options.apply:
        raise NotAsked("--settings only shows; --apply takes the prices of the data folder.")
    if not Path(folder).is_dir():
        raise BadValue("--settings", folder, "a folder")
    return configuration.load(Path(folder), os.environ)


def _say_far(done: int, of: int) -> None:
    print(json.dumps({"done": done, "of": of}), flush=True)


PRICES = Command(
    name="prices",
    summary="the price book, and models without a price",
    about="Which price book is in use, and how many lines of your own prices.csv stand above it."
    "\n--unpriced lists the models whose usage has no cost for lack of a price, the largest first,"
    "\nand the lines to fill in and put into data/settings/prices.csv; 'reprice' then counts them.",
    examples=("prices", "prices --unpriced"),
    arguments=_prices_arguments,
    run=_prices,
)
REPRICE = Command(
    name="reprice",
    summary="what today's prices would change, then change it",
    about="Prices everything that has landed with today's price book and prices.csv, and shows the"
    "\ndifference by month and model. Nothing is changed without --apply. A cost that a source"
    "\nreported never changes. --settings tries the files of a copy of data/settings.",
    examples=("reprice", "reprice --settings tried", "reprice --apply"),
    arguments=_reprice_arguments,
    run=_reprice,
    stopped="Stopped. Changes are made in one step at the end; 'reprice' shows what is left.",
)
