"""Which events a command is about: period, picks and whose eyes, as a command line says them."""

import argparse
from collections.abc import Generator
from contextlib import contextmanager

from analytics_core.cli.call import Call
from analytics_core.cli.where import params_of_where
from analytics_core.errors import BadValue, TokentallyError, UnknownName
from analytics_core.semantics.filters import Filters, Scope, is_dimension

# How the options are called whose values the types of a question refuse.
_OPTIONS = {"start": "--from", "end": "--to"} | {
    name: f"--{name}" for name in ("measures", "by", "top", "limit", "period")
}
_LISTED = ("measure", "dimension")


def arguments(one: argparse.ArgumentParser) -> None:
    """The options of a selection."""
    add = one.add_argument
    period_arguments(one, "month (the default)")
    add(
        "--where",
        action="append",
        default=[],
        metavar="DIM=V1,V2",
        help="keep these values; repeated, all of them hold. Nothing after = means unattributed;"
        ' a value with a comma stands in double quotes: project="Maps, Routes"',
    )
    add("--as", dest="username", metavar="USER", help="see what that account sees")


def period_arguments(one: argparse.ArgumentParser, default: str) -> None:
    """The options of a period; `default` is what is meant without any."""
    add = one.add_argument
    add(
        "--period",
        metavar="NAME",
        help=f"{default}, last-month, today, yesterday, week, last-week, quarter, year,"
        " hour, days:30, hours:6, a month such as 2026-11 or a day such as 2026-11-27",
    )
    add("--from", dest="start", metavar="T", help="2026-11-01 or 2026-11-01T08:00; with --to")
    add("--to", dest="end", metavar="T", help="a day, which is included, or a time, which is not")


@contextmanager
def in_words_of_the_command_line(options: argparse.Namespace) -> Generator[None]:
    """Mistakes inside name the option they are about."""
    try:
        yield
    except BadValue as wrong:
        name = "--where" if is_dimension(wrong.name) else _OPTIONS.get(wrong.name, wrong.name)
        if wrong.name == "period" and options.start is not None:
            name = "--from/--to"
        raise BadValue(name, wrong.value, wrong.expected) from None
    except UnknownName as wrong:
        if wrong.kind in _LISTED and wrong.nearest is None:
            raise TokentallyError(f"{wrong} 'query --help' lists every {wrong.kind}.") from None
        raise


def filters(call: Call) -> Filters:
    """The period and the picks. Raises BadValue, UnknownName."""
    params = params_of_where(call.options.where) | {"period": [period_name(call.options)]}
    return Filters.from_params(params, call.now, call.calendar)


def period_name(options: argparse.Namespace) -> str:
    """The period as an address has it, "" where none is given. Raises BadValue."""
    if options.start is None and options.end is None:
        return options.period or ""
    if options.start is None or options.end is None:
        given = options.start or options.end
        raise BadValue("--from/--to", given, "both of them, or --period alone")
    if options.period:
        raise BadValue("--period", options.period, "either a period or --from and --to")
    return f"{options.start}..{options.end}"


def scope(call: Call) -> tuple[Scope, str | None]:
    """The scope of --as and that account's own id; everything for whoever runs the machine."""
    from analytics_core.access.roles import scope_of
    from analytics_core.semantics.filters import EVERYTHING

    if call.options.username is None:
        return EVERYTHING, None
    principal = call.account(call.options.username).principal
    return scope_of(principal), principal.user_id
