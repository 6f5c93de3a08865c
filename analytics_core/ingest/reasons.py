"""What is counted of single rows, by code: what it means and what it does to the row (EVENTS 3.3)."""

from dataclasses import dataclass
from typing import Literal

Effect = Literal["rejected", "skipped", "unknown", "noted"]

EFFECTS: dict[Effect, str] = {
    "rejected": "row rejected",
    "skipped": "row skipped: no usage",
    "unknown": "value unknown, row kept",
    "noted": "row kept as it is",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One code of a ledger line, the sentence for people, and what became of such rows."""

    code: str
    words: str
    effect: Effect


_ALL = (
    Reason("no_time", "The time is missing or cannot be read.", "rejected"),
    Reason("time_out_of_range", "Before 2020, or more than a day ahead.", "rejected"),
    Reason("negative_tokens", "A token count below 0.", "rejected"),
    Reason("fractional_tokens", "A token count that is no whole number.", "rejected"),
    Reason("tokens_not_finite", "A token count that is infinite.", "rejected"),
    Reason("tokens_too_large", "More tokens than one row can stand for.", "rejected"),
    Reason("negative_cost", "A cost below 0 from a source that has no refunds.", "rejected"),
    Reason("cost_out_of_range", "A cost larger than one row can stand for.", "rejected"),
    Reason("bad_json", "The line is not a JSON object.", "rejected"),
    Reason("bad_row", "The line has another number of fields, or an open quote.", "rejected"),
    Reason("nothing_measured", "No tokens, cost, item, credit or request.", "rejected"),
    Reason("not_usage", "Not a record of usage.", "skipped"),
    Reason("repeated_total", "The same running total told again.", "skipped"),
    Reason("empty_bucket", "A day or hour in which nothing happened.", "skipped"),
    Reason("tokens_nan", "A token count that is not a number.", "unknown"),
    Reason("tokens_unreadable", "A token count that cannot be read.", "unknown"),
    Reason("cost_not_finite", "The reported cost is infinite or not a number.", "unknown"),
    Reason("cost_unreadable", "The reported cost cannot be read.", "unknown"),
    Reason("no_rate", "No exchange rate within the week before.", "unknown"),
    Reason("latency_unusable", "A latency of 0 or less, or above a day.", "unknown"),
    Reason("parts_exceed_total", "Cached or reasoning tokens exceed their total.", "unknown"),
    Reason("zero_cost_reported", "A reported cost of 0 for usage, which is no price.", "unknown"),
    Reason("item_unpriced", "A usage item without a price.", "unknown"),
    Reason("column_left_out", "A column too wide to keep beside the usage.", "unknown"),
    Reason("total_mismatch", "The file's total is not input plus output.", "noted"),
    Reason("cost_outlier", "Reported at more than a hundred times its computed cost.", "noted"),
    Reason("mixed_time_units", "Seconds, milliseconds … mixed in one column of times.", "noted"),
    Reason("zone_assumed", "A time without a zone, read as UTC.", "noted"),
    Reason("local_time_ambiguous", "A time in the hour that a clock change repeats.", "noted"),
    Reason("date_only", "A date without a time of day.", "noted"),
    Reason("future_time", "Up to a day ahead of the clock.", "noted"),
    Reason("cast_from_text", "A number that the file stores as text.", "noted"),
    Reason("text_truncated", "A text cut to the longest that is kept.", "noted"),
    Reason("control_characters", "A text with invisible characters, now shown as �.", "noted"),
    Reason("model_unknown", "A model the price book does not know.", "noted"),
    Reason("batch_assumed", "A batch request at half price, for lack of a batch price.", "noted"),
    Reason("tier_assumed", "A service tier at the standard price, for lack of its own.", "noted"),
    Reason("id_conflict", "A repeat of a request with other tokens or cost.", "noted"),
    Reason("id_reused", "An id seen before more than a day apart.", "noted"),
    Reason("late_row", "A row of a month that had been over for days.", "noted"),
)
REASONS: dict[str, Reason] = {reason.code: reason for reason in _ALL}


def reason_of(code: str) -> Reason:
    """The reason of that code; one that is not known (a source's own) speaks for itself."""
    return REASONS.get(code) or Reason(code, code.replace("_", " ").capitalize() + ".", "noted")
