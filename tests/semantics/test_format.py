from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_core.semantics import format as written
from analytics_core.semantics.filters import Filters, Pick
from analytics_core.semantics.names import NO_NAMES
from analytics_core.semantics.period import Calendar, Grain, Period
from analytics_core.semantics.unit import Unit

MADRID = Calendar("Europe/Madrid")
NEW_YORK = Calendar("America/New_York")
NOW = datetime(2026, 11, 20, 16, 45, 30, tzinfo=UTC)


def nano(usd: str) -> int:
    return int(Decimal(usd) * 1_000_000_000)


@pytest.mark.parametrize(
    ("usd", "expected"),
    [
        ("0", "$0"),
        ("0.00005", "<$0.0001"),
        ("0.00006", "$0.0001"),
        ("0.0031", "$0.0031"),
        ("0.00995", "$0.01"),
        ("0.4", "$0.40"),
        ("999.995", "$1,000.00"),
        ("9999.994", "$9,999.99"),
        ("9999.995", "$10k"),
        ("12345.67", "$12.3k"),
        ("12350", "$12.4k"),
        ("999499", "$999k"),
        ("999999", "$1M"),
        ("1234567", "$1.23M"),
        ("5600000000", "$5.6B"),
        ("-42.1", "−$42.10"),
        ("-0.00002", ">−$0.0001"),
    ],
)
def test_money_is_shown_in_the_short_form(usd, expected):
    assert written.text(nano(usd), Unit.USD) == expected


@pytest.mark.parametrize(
    ("usd", "expected"),
    [
        (0.0123456, "$0.0123"),
        (0.00012345, "$0.000123"),
        (0.5, "$0.50"),
        (0.9996, "$1.00"),
        (0.0000004, "<$0.000001"),
        (12.345, "$12.34"),
        (0.0, "$0"),
        (-0.0123456, "−$0.0123"),
    ],
)
def test_a_unit_cost_keeps_three_figures_below_a_dollar(usd, expected):
    assert written.text(usd * 1e9, Unit.USD, additive=False) == expected


@pytest.mark.parametrize("unit", [Unit.COUNT, Unit.TOKENS])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (9_999, "9,999"),
        (10_000, "10k"),
        (12_345, "12.3k"),
        (99_950, "100k"),
        (999_499, "999k"),
        (999_999, "1M"),
        (3_456_000_000, "3.46B"),
        (4.26, "4.3"),
        (4.0, "4"),
        (0.04, "<0.1"),
        (23.4, "23"),
        (9_999.6, "10k"),
        (-1_234, "−1,234"),
    ],
)
def test_counts_and_tokens_are_whole_then_three_figures(value, unit, expected):
    assert written.text(value, unit) == expected


def test_credits_are_held_in_nano_and_shown_like_counts():
    assert written.text(12_345_000_000_000, Unit.CREDITS) == "12.3k"
    assert written.cell(12_345_600_000_000, Unit.CREDITS) == "12,345.6"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ("0", "0 ms"),
        ("0.0004", "<1 ms"),
        ("0.9994", "999 ms"),
        ("0.9995", "1.0 s"),
        ("59.94", "59.9 s"),
        ("59.96", "1 min 00 s"),
        ("61", "1 min 01 s"),
        ("599.4", "9 min 59 s"),
        ("599.6", "10 min"),
        ("3570", "1 h 00 min"),
        ("4000", "1 h 07 min"),
        ("172800", "2 d 0 h"),
        ("-61", "−1 min 01 s"),
    ],
)
def test_a_duration_is_rounded_before_its_unit_is_chosen(seconds, expected):
    assert written.text(float(seconds), Unit.SECONDS) == expected
    assert written.text(float(Decimal(seconds) * 1000), Unit.MILLISECONDS) == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0, "0%"),
        (0.0005, "<0.1%"),
        (0.0006, "0.1%"),
        (0.031, "3.1%"),
        (0.0996, "10%"),
        (0.126, "13%"),
        (0.994, "99%"),
        (0.9996, ">99%"),
        (1, "100%"),
        (12.5, "1,250%"),
    ],
)
def test_less_than_all_is_never_100_percent(share, expected):
    assert written.text(share, Unit.RATIO) == expected


@pytest.mark.parametrize(
    ("current", "previous", "unit", "expected"),
    [
        (103.1, 100, Unit.COUNT, "+3.1%"),
        (87.4, 100, Unit.COUNT, "−13%"),
        (100.04, 100, Unit.COUNT, "+<0.1%"),
        (99.96, 100, Unit.COUNT, "−<0.1%"),
        (100, 100, Unit.COUNT, "0%"),
        (1100, 100, Unit.COUNT, "×11"),
        (1099.6, 100, Unit.COUNT, "×11"),
        (250, 100, Unit.COUNT, "+150%"),
        (199.9, 100, Unit.COUNT, "+100%"),
        (5, 0, Unit.USD, "new"),
        (0, 0, Unit.USD, "no change"),
        (0, 5, Unit.USD, "−100%"),
        (0.01, 100, Unit.COUNT, "−>99%"),
        (5, -2, Unit.USD, "–"),
        (None, 5, Unit.USD, "–"),
        (5, None, Unit.USD, "–"),
        (0.512, 0.5, Unit.RATIO, "+1.2 pp"),
        (0.3, 0.5, Unit.RATIO, "−20 pp"),
        (0.5, 0.5, Unit.RATIO, "0 pp"),
        (1.0, 0.0, Unit.RATIO, "+100 pp"),
    ],
)
def test_a_change_is_a_signed_share_or_a_factor_or_a_word(current, previous, unit, expected):
    assert written.change(current, previous, unit) == expected


@pytest.mark.parametrize(
    ("usd", "expected"),
    [
        ("12345.67", "$12,345.67"),
        ("0", "$0.00"),
        ("0.004", "<$0.01"),
        ("-0.004", ">−$0.01"),
        ("1234567.891", "$1,234,567.89"),
        ("-42.1", "−$42.10"),
    ],
)
def test_tables_show_cents(usd, expected):
    assert written.cell(nano(usd), Unit.USD) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1_234_567, Unit.TOKENS, "1,234,567"),
        (12_345.67, Unit.COUNT, "12,345.7"),
        (0.04, Unit.COUNT, "<0.1"),
        (0.126, Unit.RATIO, "13%"),
        (61, Unit.SECONDS, "1 min 01 s"),
        (-1_234, Unit.COUNT, "−1,234"),
    ],
)
def test_tables_show_counts_in_full(value, unit, expected):
    assert written.cell(value, unit) == expected


def test_a_table_shows_a_unit_cost_with_its_three_figures():
    assert written.cell(12_345_600.0, Unit.USD, additive=False) == "$0.0123"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (123_456, Unit.USD, "$0.000123456"),
        (0, Unit.USD, "$0.00"),
        (39_138_220_000_000, Unit.USD, "$39,138.22"),
        (-42_100_000_000, Unit.USD, "−$42.10"),
        (1e9 / 3, Unit.USD, "$0.333333333"),
        (1_234_567, Unit.TOKENS, "1,234,567"),
        (0.123456, Unit.RATIO, "12.3456%"),
        (1234.5, Unit.MILLISECONDS, "1,234.5 ms"),
        (4000, Unit.SECONDS, "4,000 s"),
    ],
)
def test_the_exact_form_has_every_digit(value, unit, expected):
    assert written.exact(value, unit) == expected


@pytest.mark.parametrize("unit", list(Unit))
@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_an_unknown_number_is_a_dash_and_an_empty_field(value, unit):
    assert (
        written.text(value, unit) == written.cell(value, unit) == written.exact(value, unit) == "–"
    )
    assert written.csv_number(value, unit) == ""


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (123_456, Unit.USD, "0.000123456"),
        (100_000_000_000, Unit.USD, "100"),
        (-42_100_000_000, Unit.USD, "-42.1"),
        (9_223_372_036_854_775_807, Unit.USD, "9223372036.854775807"),
        (0, Unit.USD, "0"),
        (1_000, Unit.TOKENS, "1000"),
        (0.000001, Unit.RATIO, "0.000001"),
    ],
)
def test_a_csv_number_is_plain_exact_digits(value, unit, expected):
    assert written.csv_number(value, unit) == expected


def test_a_difference_carries_its_sign():
    assert written.signed(nano("412"), Unit.USD) == "+$412.00"
    assert written.signed(nano("-1162.49"), Unit.USD) == "−$1,162.49"
    assert written.signed(0, Unit.USD) == "$0"
    assert written.signed(None, Unit.USD) == "–"


@pytest.mark.parametrize(
    ("parts", "step", "expected"),
    [
        (
            (33_333_333_333, 33_333_333_333, 33_333_333_334),
            10_000_000,
            (33_330_000_000, 33_330_000_000, 33_340_000_000),
        ),
        ((5, 5, 5, 5), 10, (10, 10, 0, 0)),
        ((-15, 45), 10, (-10, 40)),
        ((-15, 40), 10, (-20, 40)),
        ((), 10, ()),
    ],
)
def test_rounded_parts_add_up_to_the_rounded_whole(parts, step, expected):
    assert written.adding_up(parts, step) == expected


@given(st.lists(st.integers(-(10**15), 10**15), max_size=20), st.sampled_from([1, 10, 10**7]))
def test_no_rounded_part_is_a_whole_step_away(parts, step):
    rounded = written.adding_up(parts, step)
    assert all(abs(a - b) < step or a == b for a, b in zip(parts, rounded, strict=True))
    assert abs(sum(rounded) - sum(parts)) * 2 <= step


SUFFIXES = {"k": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}


def read_back(shown: str) -> Decimal:
    """The number a reader sees: bounds ("<$0.0001") count as half of theirs."""
    bound = Decimal("0.5") if shown[0] in "<>" else Decimal(1)
    digits = shown.strip("<>").replace("−", "-").replace("$", "").replace(",", "")
    factor = SUFFIXES.get(digits[-1], 1)
    return Decimal(digits.rstrip("kMBT")) * factor * bound


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(10**12), 10**12))
def test_the_smaller_of_two_amounts_never_prints_as_the_larger(amount, apart):
    low, high = sorted((amount, max(-(2**63), min(2**63 - 1, amount + apart))))
    shown = [read_back(written.text(value, Unit.USD)) for value in (low, high)]
    assert shown[0] <= shown[1]


@pytest.mark.parametrize(
    ("largest", "unit", "expected"),
    [
        (3_164.0, Unit.USD, written.AxisUnit("$", 1.0, "", ",.6~r")),
        (12_345.0, Unit.USD, written.AxisUnit("$", 1000.0, "k", ",.6~r")),
        (980_000.0, Unit.USD, written.AxisUnit("$", 1_000_000.0, "M", ",.6~r")),
        (3.1, Unit.USD, written.AxisUnit("$", 1.0, "", ",.2f")),
        (0.004, Unit.USD, written.AxisUnit("$", 1.0, "", ",.6~r")),
        (2.5e9, Unit.TOKENS, written.AxisUnit("", 1e9, "B", ",.6~r")),
        (0.4, Unit.RATIO, written.AxisUnit("", 0.01, "%", ",.6~r")),
        (505.0, Unit.MILLISECONDS, written.AxisUnit("", 1.0, " ms", ",.6~r")),
        (1_900.0, Unit.MILLISECONDS, written.AxisUnit("", 1000.0, " s", ",.6~r")),
        (9_000.0, Unit.SECONDS, written.AxisUnit("", 3600.0, " h", ",.6~r")),
        (0.0, Unit.USD, written.AxisUnit("$", 1.0, "", ",.6~r")),
        (None, Unit.COUNT, written.AxisUnit("", 1.0, "", ",.6~r")),
    ],
)
def test_an_axis_has_one_unit_that_of_its_largest_tick(largest, unit, expected):
    assert written.axis_unit(largest, unit) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), "20 Nov 2026"),
        (date(2026, 11, 1), date(2026, 11, 20), "1–20 Nov 2026"),
        (date(2026, 10, 28), date(2026, 11, 3), "28 Oct – 3 Nov 2026"),
        (date(2025, 12, 28), date(2026, 1, 3), "28 Dec 2025 – 3 Jan 2026"),
    ],
)
def test_a_range_of_days_says_month_and_year_once(first, last, expected):
    assert written.days_text(first, last) == expected


@pytest.mark.parametrize(
    ("kind", "until", "expected"),
    [
        ("2026-11", None, "November 2026"),
        ("month", NOW, "1–20 Nov 2026"),
        ("month", datetime(2026, 10, 1, tzinfo=UTC), "November 2026"),
        ("today", NOW, "20 Nov 2026"),
        ("days:30", NOW, "22 Oct – 20 Nov 2026"),
        ("last-month", NOW, "October 2026"),
        ("quarter", None, "1 Oct – 31 Dec 2026"),
        ("hour", NOW, "20 Nov 2026, 16:45–17:45"),
        ("hours:20", NOW, "19 Nov 2026, 21:45 – 20 Nov 2026, 17:45"),
        ("2026-10-28..2026-11-03", None, "28 Oct – 3 Nov 2026"),
        ("2026-11-03T08:00..2026-11-03T12:30", None, "3 Nov 2026, 08:00–12:30"),
    ],
)
def test_a_period_is_named_by_its_local_days(kind, until, expected):
    assert written.period_text(Period.parse(kind, NOW, MADRID), until) == expected


@pytest.mark.parametrize(
    ("bucket", "grain", "label", "when"),
    [
        (date(2026, 11, 20), Grain.DAY, "20 Nov 2026", "Fri 20 Nov 2026"),
        (date(2026, 11, 16), Grain.WEEK, "Mon 16 Nov (week)", "16–22 Nov 2026"),
        (date(2026, 11, 1), Grain.MONTH, "November 2026", "November 2026"),
        (date(2026, 10, 1), Grain.QUARTER, "1 Oct – 31 Dec 2026", "1 Oct – 31 Dec 2026"),
        (date(2026, 1, 1), Grain.YEAR, "1 Jan – 31 Dec 2026", "1 Jan – 31 Dec 2026"),
        (datetime(2026, 11, 20, 13), Grain.HOUR, "14:00", "Fri 20 Nov 2026, 14:00"),
    ],
)
def test_a_bucket_has_a_short_and_a_full_name(bucket, grain, label, when):
    assert written.bucket_label(bucket, grain, MADRID) == label
    assert written.bucket_when(bucket, grain, MADRID) == when


@pytest.mark.parametrize(
    ("zone", "bucket", "expected"),
    [
        ("America/New_York", datetime(2026, 11, 1, 4), "00:00"),
        ("America/New_York", datetime(2026, 11, 1, 5), "01:00"),
        ("America/New_York", datetime(2026, 11, 1, 6), "01:00 (2nd)"),
        ("America/New_York", datetime(2026, 11, 1, 7), "02:00"),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 14, 0), "01:00"),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 14, 30), "01:00 (2nd)"),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, 30), "02:00"),
        ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 0), "02:00"),
        ("Asia/Kolkata", datetime(2026, 11, 1, 18, 30), "00:00"),
    ],
)
def test_the_two_hours_of_a_clock_change_have_different_names(zone, bucket, expected):
    assert written.bucket_label(bucket, Grain.HOUR, Calendar(zone)) == expected


def test_a_moment_is_said_on_the_clock_of_the_zone():
    assert written.moment_text(NOW, "Europe/Madrid") == "20 Nov 2026, 17:45"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("Others", "member", 1), "Others"),
        ((None, "others", 12), "Others (12)"),
        ((None, "unattributed", 1), "(unattributed)"),
        (("(unattributed)", "member", 1), "(unattributed)"),
    ],
)
def test_a_row_is_named_by_its_kind(row, expected):
    assert written.member_label(*row) == expected


@pytest.mark.parametrize(
    ("picks", "expected"),
    [
        ((), "1–20 Nov 2026"),
        (
            (Pick("user", ("Hugo Silva",)), Pick("project", ("Support Copilot",))),
            "1–20 Nov 2026, project Support Copilot, user Hugo Silva",
        ),
        ((Pick("model", ("b", "a")),), "1–20 Nov 2026, model a or b"),
        ((Pick("user", ("a", "b", "c", "d")),), "1–20 Nov 2026, 4 users"),
        ((Pick("team", (None, "core")),), "1–20 Nov 2026, team (unattributed) or core"),
        ((Pick("api_key", ("k1",)),), "1–20 Nov 2026, API key k1"),
        ((Pick("tag:env", ("prod",)),), "1–20 Nov 2026, tag env prod"),
        ((Pick("user", ("@me",)),), "1–20 Nov 2026, user me"),
        ((Pick("project", ()),), "1–20 Nov 2026, no project"),
    ],
)
def test_filters_are_one_sentence(picks, expected):
    filters = Filters(Period.parse("month", NOW, MADRID), picks)
    assert written.filters_text(filters, NO_NAMES.label, NOW) == expected


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("month", "This month"), ("days:30", "Last 30 days"), ("days:14", "Last 14 days"),
        ("2026-10", "October 2026"), ("2026-10-05..2026-10-06", "5–6 Oct 2026"),
    ],
)  # fmt: skip
def test_a_selection_that_is_kept_names_its_period_rather_than_todays_dates(kind, words):
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    picked = Filters(Period.parse(kind, now, Calendar()), (Pick("user", ("@me",)),))
    assert written.filters_text(picked, NO_NAMES.label, lasting=True) == f"{words}, user me"
