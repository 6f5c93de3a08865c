"""Which source reads a file: by its columns, never by its name (EVENTS.md 4.1)."""

from collections.abc import Mapping, Sequence
from typing import Any

from analytics_core.errors import TokentallyError, nearest
from analytics_core.ingest.raw import Head
from analytics_core.ingest.sources import generic, packaged, proposal
from analytics_core.ingest.sources.source import Source
from analytics_core.settings import Settings

SHOWN = 20  # columns named in a message


class Unrecognised(TokentallyError):
    """A file that no source reads as it is.

    `code` is unknown_columns, ambiguous_source or needs_mapping. `proposal` is a mapping in the
    shape of its YAML file (4.3), to be completed by a person; None where nothing can be guessed.
    """

    def __init__(self, code: str, message: str, proposal: Mapping[str, Any] | None = None) -> None:
        self.code, self.message, self.proposal = code, message, proposal
        super().__init__(message)


def candidates(saved: Sequence[Source]) -> tuple[Source, ...]:
    """The saved sources, and the packaged ones that no saved file configures."""
    configured = {source.name for source in saved}
    return (*saved, *(s for s in packaged.PACKAGED if s.name not in configured))


def detect(head: Head, saved: Sequence[Source], settings: Settings) -> Source:  # noqa: ARG001
    """The source with the most required columns; a saved mapping wins a tie. Raises Unrecognised.

    The generic source is the last resort: it has no columns of its own, only common names.
    """
    fitting = [source for source in candidates(saved) if source.fits(head)]
    own = [source for source in fitting if source.name != generic.SOURCE.name]
    if own:
        best = _best(own)
        _check_numbers(best, head)
        return best
    if not fitting:
        raise _unknown(head, saved)
    _check_stated(head)
    return fitting[0]


def _best(fitting: Sequence[Source]) -> Source:
    most = max(_rank(source) for source in fitting)
    best = [source for source in fitting if _rank(source) == most]
    if len({source.name for source in best}) > 1:
        names = " and ".join(sorted({source.name for source in best}))
        raise Unrecognised(
            "ambiguous_source",
            f"Its columns are those of {names}. Save a mapping that requires a column which only"
            " this file has (docs/sources.md).",
        )
    return best[0]


def _rank(source: Source) -> tuple[int, bool]:
    return len(source.required), not source.packaged


def _unknown(head: Head, saved: Sequence[Source]) -> Unrecognised:
    """What was found, what the nearest sources lack, and how many lines are no JSON."""
    found = [_shown(name) for name in head.raw_names[:SHOWN]]
    more = len(head.raw_names) - len(found)
    text = f"No source reads these columns: {', '.join(found) or '(none)'}"
    text += f" and {more} more." if more > 0 else "."
    text += _lacking(head, saved)
    if head.bad_lines:
        verb = "is" if head.bad_lines == 1 else "are"
        text += f" {head.bad_lines} of {head.lines or head.bad_lines} lines {verb} not JSON."
    return Unrecognised("unknown_columns", text, proposal.proposed(head))


def _lacking(head: Head, saved: Sequence[Source]) -> str:
    present = set(head.columns)
    near = [
        (len(source.required) - len(missing), source, missing)
        for source in candidates(saved)
        if head.kind in source.kinds and source.required
        and (missing := [n for n in source.required if n not in present])
        and 2 * len(missing) <= len(source.required)
    ]  # fmt: skip
    if near:
        _, source, missing = max(near, key=lambda entry: entry[0])
        hints = [_renamed(name, head) for name in missing]
        return f" As {source.name} it lacks {', '.join(hints)}."
    if generic.column_of("started_at", head) is None:
        return " It has no column with a time (timestamp, time, created_at, date …)."
    if not generic.measured(head):
        return " It has neither a cost nor both token counts."
    return ""


def _renamed(name: str, head: Head) -> str:
    near = nearest(name, head.columns)
    return f"{name} (is it '{_shown(near)}'?)" if near else name


def _check_stated(head: Head) -> None:
    """Refuses a generic file whose meaning its columns do not state: needs_mapping."""
    cached = generic.cache_columns(head)
    if cached:
        raise Unrecognised(
            "needs_mapping",
            f"{', '.join(map(_shown, cached))}: do the input tokens include these? State the"
            " convention in a mapping: inclusive, exclusive or disjoint.",
            proposal.proposed(head),
        )
    costs = generic.unread_costs(head)
    if costs:
        raise Unrecognised(
            "needs_mapping",
            f"{', '.join(map(_shown, costs[:SHOWN]))}: is this the cost, and in which currency and"
            " unit? No column has a common name of a cost (cost, cost_usd, total_cost, spend …).",
            proposal.proposed(head),
        )
    doubts = proposal.doubts(head)
    if doubts:
        raise Unrecognised("needs_mapping", " ".join(doubts), proposal.proposed(head))


def _check_numbers(source: Source, head: Head) -> None:
    """Refuses a CSV of a known exporter that some other program has written anew: needs_mapping.

    Its costs would all be unreadable, which the rows say one by one and the total does not.
    """
    written = proposal.written_anew(head) if source.packaged and head.kind == "csv" else ""
    if written:
        raise Unrecognised(
            "needs_mapping",
            f"{written} An export of {source.label} never has that: a spreadsheet may have saved it."
            " Take the export itself, or map this file.",
            proposal.proposed(head),
        )


def _shown(name: str) -> str:
    """A name of the file, short enough for a message."""
    flat = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name
    )
    return flat if len(flat) <= 64 else flat[:63] + "…"
