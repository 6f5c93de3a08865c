"""What can become of a dropped file, and the refusal that quarantines it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LANDED, DUPLICATE, STATEMENT = "landed", "duplicate_file", "statement"
FORGOTTEN = "forgotten"
PARTED = "parted"  # a file of several pushed bodies, one of which would have cost the others

# Code of each refusal and what a person should know about it (EVENTS.md 3.3).
REFUSALS: dict[str, str] = {
    "empty_file": "The file holds nothing.",
    "not_a_file": "Only regular files are taken: no links, folders, pipes or devices.",
    "unreadable": "The file is damaged or cut off.",
    "encrypted": "The file is encrypted.",
    "unknown_format": "Neither Parquet, CSV nor JSON.",
    "unknown_columns": "No source is known that has these columns.",
    "ambiguous_source": "Two sources claim these columns.",
    "needs_mapping": "The columns are known, their format is not.",
    "duplicate_columns": "Two columns have the same name.",
    "too_many_columns": "More columns than allowed.",
    "too_many_rows": "More rows than allowed.",
    "too_dense": "More rows for its size than any real export has.",
    "too_big": "Larger than allowed.",
    "out_of_limits": "Reading it took more memory, disk or time than allowed.",
    "wrong_convention": "Cache parts exceed their totals: the token convention is another.",
    "overlapping_source": "Another source already covers this spend in this time.",
    "mostly_rejected": "More than a fifth of the rows are rejected.",
    "nothing_accepted": "Every row is rejected.",
}

# What a person can do about each refusal.
REMEDIES: dict[str, str] = {
    "empty_file": "Export it again, or delete it.",
    "not_a_file": "Put a copy of the file itself into the inbox.",
    "unreadable": "Copy or export it again; this copy is not whole.",
    "encrypted": "Export it without encryption.",
    "unknown_format": "Export it as Parquet, CSV or JSON; unpack zip and spreadsheet files first.",
    "unknown_columns": "Map it: say which column is what, once for all files of its kind.",
    "ambiguous_source": "Map it, and name a column that only such files have.",
    "needs_mapping": "Map it: the proposal only needs your answer to what is open.",
    "duplicate_columns": "Export it again with each column once.",
    "too_many_columns": "Export fewer columns, or raise ingest_columns in settings.yaml.",
    "too_many_rows": "Export shorter periods, or raise ingest_rows in settings.yaml.",
    "too_dense": "Export it again; a file like this is damaged or made to do harm.",
    "too_big": "Export shorter periods, or raise ingest_file_gib in settings.yaml.",
    "out_of_limits": "Export shorter periods, free disk space, or raise the limits of ingest.",
    "wrong_convention": "Map it, and say whether its input tokens include cached ones.",
    "overlapping_source": "Nothing, if the other source is right. Else take that one out first.",
    "mostly_rejected": "See the examples; map it if its columns mean something else.",
    "nothing_accepted": "See the examples; map it if its columns mean something else.",
}
# Refusals that a mapping of one's own can mend.
MAPPABLE = frozenset({
    "unknown_columns", "ambiguous_source", "needs_mapping", "wrong_convention", "mostly_rejected",
    "nothing_accepted",
})  # fmt: skip
_TAKEN = {
    LANDED: "Taken in.",
    DUPLICATE: "Was taken in before; nothing changed.",
    STATEMENT: "Kept as a statement to compare with.",
    FORGOTTEN: "Taken out again.",
    PARTED: "Each of its bodies is taken for itself.",
}


def words_of(verdict: str) -> str:
    """The verdict of a ledger line as a sentence."""
    return _TAKEN.get(verdict) or REFUSALS.get(verdict, verdict)


class Refused(Exception):
    """A file that is quarantined whole: a code of REFUSALS and a sentence for the person."""

    def __init__(self, code: str, message: str = "", **details: Any) -> None:
        self.code, self.details = code, details
        self.message = message or REFUSALS[code]
        super().__init__(f"{code}: {self.message}")


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row that does not land: where it stands, why, and the value that was the reason."""

    row: int
    code: str
    column: str | None
    value: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of one file. read = accepted + rejected + skipped + duplicate once it has landed."""

    read: int = 0
    rejected: int = 0
    skipped: int = 0
    duplicate: int = 0
    reasons: Mapping[str, int] | None = None
