"""Asking: query."""

import argparse
import csv
import sys
from pathlib import Path
from typing import Any

from analytics_core.cli.call import OK, Call, Command


def _query_arguments(one: argparse.ArgumentParser) -> None:
    add = one.add_argument
    add("--measures", required=True, metavar="A,B", help="measures, the first one ranks")
    add("--by", default="", metavar="DIM[,DIM]", help="break down by at most two dimensions")
    add("--grain", help="hour, day, week, month, quarter or year")
    add("--period", help="a preset such as month, last-month, days:30, or 2026-11 (default: month)")
    add("--from", dest="start", metavar="T", help="a date or time; with --to")
    add("--to", dest="end", metavar="T", help="a date (that whole day) or a time (exclusive)")
    add(
        "--where",
        action="append",
        default=[],
        metavar="DIM=V1,V2",
        help="keep these values (empty: unattributed, quoted as in CSV); may be repeated",
    )
    add("--top", type=int, help="the most by the first measure; the rest become Others")
    add("--order", choices=("value", "name"), default="value", help="how members are sorted")
    add("--limit", type=int, help="cut the rows")
    add("--as", dest="username", metavar="USER", help="with that account's scope")
    add("--format", default="table", help="table, csv, json or parquet")
    add("--out", type=Path, metavar="FILE", help="write there instead of printing")


def _query(call: Call) -> int:
    from analytics_core.export import answer
    from analytics_core.semantics.period import Grain
    from analytics_core.semantics.query import Query
    from analytics_core.store.view import Store, View

    options = call.options
    kind = answer.check_format("json" if options.json else options.format)
    query = Query(
        measures=tuple(options.measures.split(",")),
        by=tuple(filter(None, options.by.split(","))),
        grain=Grain.of(options.grain) if options.grain else None,
        top=options.top,
        order=options.order,
        limit=options.limit,
    )
    scope, me = _scope(call)
    store = Store(call.folders.data, call.settings)
    try:
        view = View(store, scope, _filters(call).resolved(me))
        made = answer.of(view, query, kind)
    finally:
        store.close()
    if options.out:
        options.out.write_bytes(made)
    else:
        sys.stdout.buffer.write(made)
        sys.stdout.buffer.flush()
    return OK


def _scope(call: Call) -> tuple[Any, str | None]:
    """The scope of --as and that account's own id; everything for whoever runs the machine."""
    from analytics_core.access import account_book
    from analytics_core.access.demo_accounts import DEMO_ACCOUNTS
    from analytics_core.access.roles import scope_of
    from analytics_core.errors import UnknownName
    from analytics_core.semantics.filters import EVERYTHING
    from analytics_core.store.manifest import load

    if call.options.username is None:
        return EVERYTHING, None
    demo = DEMO_ACCOUNTS if load(call.folders.events).demo_only else {}
    accounts = {**demo, **account_book.accounts(call.accounts_path)}
    UnknownName.check("account", call.options.username, accounts)
    principal = accounts[call.options.username].principal
    return scope_of(principal), principal.user_id


def _filters(call: Call) -> Any:
    from analytics_core.errors import BadValue
    from analytics_core.semantics.dimension import dimension
    from analytics_core.semantics.filters import Filters

    options = call.options
    params: dict[str, list[str]] = {}
    if (options.start is None) != (options.end is None):
        raise BadValue("--from/--to", options.start or options.end, "both of them, or --period")
    if options.start is not None:
        params["period"] = [f"{options.start}..{options.end}"]
    elif options.period:
        params["period"] = [options.period]
    for where in options.where:
        name, equals, values = where.partition("=")
        if not equals:
            raise BadValue("--where", where, "DIMENSION=value,value")
        dimension(name)
        params.setdefault(name, []).extend(next(csv.reader([values])) or [""])
    return Filters.from_params(params, call.now, call.calendar)


QUERY = Command("query", "ask any measures by any dimensions", _query_arguments, _query)
