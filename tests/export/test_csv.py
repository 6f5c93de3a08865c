"""Downloads open everywhere, hold every digit, and run nothing."""

from datetime import UTC, datetime

import pytest

from analytics_core.export.csv import content, file_name, guarded
from analytics_core.export.sheet import Column, Sheet
from analytics_core.semantics.period import Calendar, Period
from analytics_core.semantics.unit import Unit
from analytics_core.semantics.zone import zone_info

MADRID = Calendar("Europe/Madrid")
NOW = datetime(2026, 11, 20, 16, 45, tzinfo=UTC)


def test_money_is_written_as_decimal_usd_with_every_digit_and_unknown_as_nothing():
    sheet = Sheet(
        (Column("project"), Column("cost (USD)", Unit.USD), Column("requests", Unit.COUNT)),
        (("Atlas", 39_138_220_000_001, 12), ("Borealis", None, 0), ("Refund", -5_500_000_000, 1)),
    )
    assert content(sheet) == (
        b"\xef\xbb\xbfproject,cost (USD),requests\r\n"
        b"Atlas,39138.220000001,12\r\n"
        b"Borealis,,0\r\n"
        b"Refund,-5.5,1\r\n"
    )


def test_times_are_iso_with_the_zones_offset_and_again_in_utc():
    start = datetime(2026, 10, 31, 23, tzinfo=UTC)
    sheet = Sheet(
        (Column("start (Europe/Madrid)"), Column("start (UTC)")),
        ((start.astimezone(zone_info("Europe/Madrid")), start),),
    )
    assert content(sheet).decode("utf-8-sig").splitlines()[1] == (
        "2026-11-01T00:00:00+01:00,2026-10-31T23:00:00Z"
    )


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1+1", "'  =1+1"),
        ("\t=1", "'\t=1"),
        ("\rx", "'\rx"),
        ("\uff1d1", "'\uff1d1"),
        ("\u3000\uff0b1", "'\u3000\uff0b1"),
        ("a=b", "a=b"),
        ("Ticket triage", "Ticket triage"),
        ("", ""),
    ],
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(cell: str, written: str):
    assert guarded(cell) == written


def test_a_heading_made_of_a_name_is_guarded_too():
    assert content(Sheet((Column("=cmd"),), ())) == b"\xef\xbb\xbf'=cmd\r\n"


def test_quotes_commas_and_line_breaks_inside_a_name_stay_inside_its_cell():
    sheet = Sheet((Column("agent"),), (('say "hi", now\nplease',),))
    assert content(sheet).decode("utf-8-sig") == 'agent\r\n"say ""hi"", now\nplease"\r\n'


def test_the_file_name_says_page_panel_and_the_days_that_are_in_it():
    november = Period.parse("2026-11", NOW, MADRID)
    assert file_name("overview", "cost", november, "4f7a01bc") == (
        "tokentally-overview-cost-2026-11-01_2026-11-30-4f7a01bc.csv"
    )
