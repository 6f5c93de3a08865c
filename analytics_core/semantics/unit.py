"""The units a number can have."""

from enum import StrEnum


class Unit(StrEnum):
    """What one of a measure is; decides how it is formatted (semantics/format.py)."""

    USD = "usd"  # held as integer nano-USD (1e-9 USD)
    TOKENS = "tokens"
    COUNT = "count"
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"
    RATIO = "ratio"  # 0.25 is 25%
    CREDITS = "credits"  # held as integer nano-credits


NANO = 1_000_000_000
