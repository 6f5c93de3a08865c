"""The operators of the mapping language: from a checked document to an expression."""

from collections.abc import Sequence
from decimal import Decimal

import duckdb

from analytics_core.ingest.literals import literal
from analytics_core.ingest.sources import expression
from analytics_core.ingest.sources.document import Node
from analytics_core.ingest.sources.expression import Value

OPERATORS = ("column", "first_of", "sum_of", "difference", "constant")
AFTER = ("times", "per", "map", "default", "match", "split", "take", "json")  # beside `column`
DEPTH = 4  # of operators inside operators
PATTERN = 200  # characters of a regular expression


def path(node: Node) -> str:
    """A dotted path into the file."""
    found = node.text().strip()
    if not found or any(not part for part in found.split(".")):
        raise node.wrong("is not a path such as properties.main_model.")
    return found


def value(node: Node, beside: Sequence[str] = (), depth: int = 0) -> Value:
    """A path, or a table with one operator; keys in `beside` belong to someone else."""
    if depth > DEPTH:
        raise node.wrong(f"is nested deeper than {DEPTH} operators.")
    if not node.is_table:
        return expression.Path(path(node))
    given = node.table((*OPERATORS, *AFTER, *beside))
    named = [key for key in OPERATORS if key in given]
    if len(named) != 1:
        raise node.wrong(f"must have exactly one of {', '.join(OPERATORS)}.")
    operator, operand = named[0], given[named[0]]
    after = [key for key in AFTER if key in given]
    if operator == "constant":
        made: Value = expression.Constant(operand.text())
    elif operator == "column":
        made = expression.Path(path(operand))
    else:
        inner = tuple(value(child, depth=depth + 1) for child in operand.list())
        if operator == "difference":
            if len(inner) != 2:
                raise operand.wrong("takes exactly two values.")
            made = expression.Difference(*inner)
        elif not inner:
            raise operand.wrong("takes at least one value.")
        else:
            made = expression.FirstOf(inner) if operator == "first_of" else expression.SumOf(inner)
    return _after(made, given, after)


def _after(made: Value, given: dict[str, Node], keys: Sequence[str]) -> Value:
    """The value with what stands beside its operator: a factor, a table, a pattern, a piece."""
    if "times" in keys or "per" in keys:
        times, per = (given[k].number() if k in keys else Decimal(1) for k in ("times", "per"))
        if per == 0:
            raise given["per"].wrong("cannot be 0.")
        if times != per:
            made = expression.Scaled(made, times, per)
    if "match" in keys:
        made = expression.Matched(made, _pattern(given["match"]))
    if "split" in keys:
        take = int(given["take"].number()) if "take" in keys else 0
        separator = given["split"].text()
        if not separator:
            raise given["split"].wrong("must be at least one character.")
        made = expression.Piece(made, separator, take)
    elif "take" in keys:
        raise given["take"].wrong("needs 'split' beside it.")
    if "json" in keys and given["json"].flag():
        made = expression.Json(made)
    if "map" in keys:
        table = tuple((old, new.text()) for old, new in given["map"].items().items())
        if not table:
            raise given["map"].wrong("needs at least one 'from: to' line.")
        made = expression.Renamed(
            made, table, given["default"].text() if "default" in keys else None
        )
    elif "default" in keys:
        raise given["default"].wrong("needs 'map' beside it.")
    return made


def _pattern(node: Node) -> str:
    """A regular expression that RE2 takes and that has exactly one group."""
    pattern = node.text()
    if len(pattern) > PATTERN:
        raise node.wrong(f"is longer than {PATTERN} characters.")
    try:
        ask(f"SELECT regexp_extract('', {literal(pattern)}, ['a'])")
    except duckdb.Error as wrong:
        if "Not enough" in str(wrong):
            raise node.wrong("must have one group in parentheses.") from None
        raise node.wrong(f"is not a regular expression RE2 takes ({_first(wrong)}).") from None
    try:
        ask(f"SELECT regexp_extract('', {literal(pattern)}, ['a', 'b'])")
    except duckdb.Error:
        return pattern
    raise node.wrong("must have exactly one group; write others as (?:…).")


def ask(sql: str) -> None:
    """Lets DuckDB judge a literal of a person in a statement of ours."""
    con = duckdb.connect(":memory:")
    try:
        con.execute(sql).fetchall()
    finally:
        con.close()


def _first(wrong: duckdb.Error) -> str:
    return str(wrong).splitlines()[0].split(": ", 1)[-1]
