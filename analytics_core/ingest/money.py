"""Amounts of a file as integer nano-USD, the same from Parquet, CSV and JSON."""

from dataclasses import dataclass

from analytics_core.ingest.counts import NO_NUMBER
from analytics_core.ingest.kinds import family
from analytics_core.ingest.literals import one_of

_PER_UNIT = {"usd": 1_000_000_000, "cents": 10_000_000, "nano": 1}


@dataclass(frozen=True, slots=True)
class Amount:
    """SQL of an amount in nano units of its currency, and of why it could not be read.

    `nano` is NULL where the amount is unknown, not finite, unreadable or beyond BIGINT; the boolean
    `given`, `finite` and `readable` tell which.
    """

    nano: str
    given: str
    finite: str
    readable: str
    exact: str  # DECIMAL(38,18) in units of the source, for another rounding


def amount(sql: str, kind: str, unit: str = "usd") -> Amount:
    """The amount an expression of type `kind` stands for. `unit` is usd, cents or nano."""
    factor = _PER_UNIT[unit]
    match family(kind):
        case "integer":
            exact = f"TRY_CAST({sql} AS DECIMAL(38,18))"
            nano = f"TRY(CAST(CAST({sql} AS HUGEINT) * {factor} AS BIGINT))"
            return Amount(nano, f"{sql} IS NOT NULL", "true", "true", exact)
        case "float" if kind == "DOUBLE":
            text = f"CAST({sql} AS VARCHAR)"
            exact = f"TRY_CAST({text} AS DECIMAL(38,18))"
            scaled = f"({sql} * {float(factor)!r})"
            # A double is exact enough for its shortest text unless it stands near a half: reading
            # and scaling it err by 2^-52 of the amount at most, which is 0.001 at 4.5e12 nano.
            doubtful = (
                f"abs(abs({scaled} - trunc({scaled})) - 0.5) <= 0.001 OR abs({scaled}) >= 4e12"
            )
            nano = (
                f"CASE WHEN NOT isfinite({sql}) THEN NULL WHEN {doubtful} THEN"
                f" {_rounded(exact, factor)} ELSE CAST(round_even({scaled}, 0) AS BIGINT) END"
            )
            finite = f"coalesce(isfinite({sql}), true)"
            return Amount(nano, f"{sql} IS NOT NULL", finite, "true", exact)
        case "decimal":
            exact = f"TRY_CAST(CAST({sql} AS VARCHAR) AS DECIMAL(38,18))"
            return Amount(_rounded(exact, factor), f"{sql} IS NOT NULL", "true", "true", exact)
        case _:
            text = _known(f"CAST({sql} AS VARCHAR)")
            exact = f"TRY_CAST({text} AS DECIMAL(38,18))"
            double = f"TRY_CAST({text} AS DOUBLE)"
            return Amount(
                _rounded(exact, factor),
                f"({text}) IS NOT NULL",
                f"coalesce(isfinite({double}), true)",
                f"(({text}) IS NULL OR {double} IS NOT NULL)",
                exact,
            )


def _known(text: str) -> str:
    return f"CASE WHEN {one_of(text, NO_NUMBER)} THEN NULL ELSE {text} END"


def _rounded(exact: str, factor: int) -> str:
    if factor == 1:
        return f"TRY_CAST(round_even({exact}, 0) AS BIGINT)"
    return f"TRY_CAST(round_even(TRY({exact} * {factor}), 0) AS BIGINT)"


def converted(exact: str, factor_unit: str, usd_pico: str) -> str:
    """Nano-USD of an amount whose unit is worth `usd_pico` (1e-12 USD), rounded once, half even."""
    pico = f"TRY(CAST(CAST({exact} AS DECIMAL(38,15)) * 1000000000000 AS HUGEINT))"
    weight = f"TRY({pico} * {usd_pico})"
    divisor = 1_000_000_000_000_000 * _PER_UNIT["usd"] // _PER_UNIT[factor_unit]
    return f"TRY(nano_of({weight}, {divisor}))"


# n / d to the nearest whole number, half even, for either sign.
ROUNDING = """
    CREATE OR REPLACE TEMP MACRO nano_of(n, d) AS CAST(CASE WHEN n < 0 THEN -1 ELSE 1 END * (
        abs(n) // d::HUGEINT + CASE WHEN abs(n) % d::HUGEINT * 2 > d::HUGEINT
            OR (abs(n) % d::HUGEINT * 2 = d::HUGEINT AND abs(n) // d::HUGEINT % 2 = 1)
        THEN 1 ELSE 0 END) AS BIGINT)"""
