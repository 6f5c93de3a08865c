"""Token counts and other whole numbers of a file, and what is wrong with those that are none."""

from dataclasses import dataclass

from analytics_core.ingest.kinds import family
from analytics_core.ingest.literals import one_of

# NaN is a number, and worth a remark; \N is how databases dump NULL.
NO_NUMBER = ("", "NULL", "null", "None", "N/A", "-", "\\N")
YES, NO = ("true", "t", "1", "1.0", "yes", "y"), ("false", "f", "0", "0.0", "no", "n")
REQUEST_LIMIT, BUCKET_LIMIT = 1_000_000_000, 10_000_000_000_000


@dataclass(frozen=True, slots=True)
class Count:
    """SQL of a number before it is judged: integer or DOUBLE; NULL where unknown.

    `nan` and `unreadable` are boolean SQL of what became NULL on the way.
    """

    sql: str
    whole: bool  # an integer type: neither fractions, nor NaN, nor infinity
    nan: str = "false"
    unreadable: str = "false"

    def fine(self, limit: str) -> str:
        """Whether the number is unknown, or whole and within 0 and the limit."""
        if self.whole:
            return f"coalesce({self.sql} BETWEEN 0 AND {limit}, true)"
        return (
            f"coalesce({self.sql} BETWEEN 0 AND {limit} AND {self.sql} = floor({self.sql}), true)"
        )

    def fault(self, limit: str) -> str:
        """The code of a number that is not fine."""
        return (
            f"CASE WHEN isinf({self.sql}::DOUBLE) THEN 'tokens_not_finite'"
            f" WHEN {self.sql} < 0 THEN 'negative_tokens'"
            f" WHEN {self.sql} > {limit} THEN 'tokens_too_large' ELSE 'fractional_tokens' END"
        )

    def value(self) -> str:
        """The number as BIGINT; NULL where it does not fit."""
        return f"TRY_CAST({self.sql} AS BIGINT)"


def count(sql: str, kind: str) -> Count:
    """The number an expression of type `kind` stands for."""
    match family(kind):
        case "integer":
            return Count(sql, whole=True)
        case "decimal":
            return Count(f"CAST({sql} AS DOUBLE)", whole=False)
        case "float":
            return Count(
                f"CASE WHEN isnan({sql}) THEN NULL ELSE {sql} END",
                False,
                f"coalesce(isnan({sql}), false)",
            )
        case _:
            text = f"CAST({sql} AS VARCHAR)"
            double = f"TRY_CAST({text} AS DOUBLE)"
            nothing = one_of(text, NO_NUMBER)
            return Count(
                f"CASE WHEN isnan({double}) THEN NULL ELSE {double} END",
                False,
                f"coalesce(isnan({double}), false)",
                f"({sql} IS NOT NULL AND {double} IS NULL AND NOT {nothing})",
            )


def milliseconds(sql: str, kind: str) -> str:
    """A duration as DOUBLE, NULL where it is no number."""
    if family(kind) in ("integer", "float", "decimal"):
        made = f"CAST({sql} AS DOUBLE)"
    else:
        made = f"TRY_CAST(CAST({sql} AS VARCHAR) AS DOUBLE)"
    return f"CASE WHEN isnan({made}) THEN NULL ELSE {made} END"


def truth(sql: str, kind: str) -> str:
    """A yes or no, NULL where it is neither."""
    if family(kind) == "boolean":
        return sql
    text = f"CAST({sql} AS VARCHAR)"
    yes, no = one_of(text, YES, any_case=True), one_of(text, NO, any_case=True)
    return f"CASE WHEN {yes} THEN true WHEN {no} THEN false END"
