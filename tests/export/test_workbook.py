"""A workbook runs nothing, says every digit it can, and opens in a spreadsheet with the right totals."""

import csv
import io
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from analytics_core.errors import NotAsked
from analytics_core.export import csv as as_csv
from analytics_core.export import workbook as made_by
from analytics_core.export.columnar import of_sheet
from analytics_core.export.native_chart import chart
from analytics_core.export.sheet import Column, Sheet, of_breakdown, of_standing, of_timeline
from analytics_core.export.workbook import MOST, Part, workbook
from analytics_core.reports.breakdown import breakdown
from analytics_core.reports.standing import standing
from analytics_core.reports.timeline import timeline
from analytics_core.semantics.unit import Unit

USD = 1_000_000_000
EVENTS = [
    {"started_at": datetime(2026, 11, day, 9), "cost_nano": nano, "project": project}
    for day, nano, project in (
        (1, 12_345_678_901, "=HYPERLINK(\"http://evil.example\")"), (2, 333_333_333, "Atlas"),
        (2, 1, "-1+1"), (3, 7_000_000_000, "Atlas"), (4, None, "Unpriced"), (5, -USD // 2, None),
    )
]  # fmt: skip
TOTAL = Decimal("19.179012235")
AMOUNT = Column("cost (USD)", Unit.USD)


def _column(rows: Sequence[Sequence[object]], name: str) -> list[object]:
    place = list(rows[0]).index(name)
    return [row[place] for row in rows[1:] if len(row) > place]


def test_a_workbook_has_the_rows_of_the_csv_and_the_parquet(viewed, sheets):
    view = viewed(EVENTS, now=datetime(2026, 11, 6, tzinfo=UTC), zone="Europe/Madrid")
    sheet = of_timeline(timeline(view, "cost", "project"))
    rows = sheets(workbook([Part("Cost", sheet)], ()))["Cost"]
    lines = list(csv.reader(io.StringIO(as_csv.content(sheet).decode("utf-8-sig"))))
    table = of_sheet(sheet, {})
    assert rows[0] == lines[0]
    assert len(rows) == len(lines) == table.num_rows + 1
    assert [name for name in table.column_names if name != "cost_nano"] == lines[0]
    costs = [cost for cost in _column(rows, "cost (USD)") if cost is not None]
    exact = [value for value in table["cost (USD)"].to_pylist() if value is not None]
    assert [round(float(str(cost)) * USD) for cost in costs] == [int(v * USD) for v in exact]
    assert sum(table["cost_nano"].drop_null().to_pylist()) == int(TOTAL * USD)
    assert sum(exact) == TOTAL


def test_text_that_looks_like_a_formula_a_link_or_a_number_stays_text(sheets):
    texts = ["=1+1", "+1", "@SUM(A1)", "http://evil.example", "internal:A1", "{=1}", "007", "\ttab"]
    made = workbook([Part("=Names", Sheet((Column("=cmd"),), tuple((t,) for t in texts)))], ())
    assert sheets(made)["=Names"] == [["=cmd"], *([text] for text in texts)]
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        assert not [name for name in book.namelist() if "externalLink" in name]
        assert b"hyperlink" not in book.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    "nano", [1, 999_999_999_999_999, -123_456_789_012_345, 100_000_000_000_001]
)
def test_an_amount_below_a_million_is_exact_to_the_nano_dollar(sheets, nano):
    (_, (cell,)) = sheets(workbook([Part("x", Sheet((AMOUNT,), ((nano,),)))], ()))["x"]
    assert round(Decimal(repr(cell)) * USD) == nano


def test_a_column_with_a_larger_amount_has_all_its_digits_beside_it(sheets):
    rows = ((1_234_567_890_123_456_789,), (None,), (5,))
    made = sheets(workbook([Part("x", Sheet((AMOUNT,), rows))], ()))["x"]
    assert made[0] == ["cost (USD)", "cost (USD) to the last digit"]
    assert [row[-1] for row in made[1:] if row] == ["1234567890.123456789", "0.000000005"]


def test_names_of_worksheets_are_short_and_different(sheets):
    title = "Cost of a member with a name: [much] too long for a tab"
    empty = Sheet((Column("a"),), ())
    made = sheets(workbook([Part(t, empty) for t in (title, title, "", "charts", "'")], ()))
    assert list(made) == [
        "Cost of a member with a name", "Cost of a member with a nam (2)", "Sheet",
        "charts (2)", "Sheet (2)", "About this file",
    ]  # fmt: skip
    assert all(len(name) <= 31 for name in made)


def test_more_rows_than_a_worksheet_holds_are_refused_and_nothing_is_cut():
    sheet = Sheet((Column("a"),), (("x",),) * (MOST + 1))
    with pytest.raises(NotAsked, match="Ask for CSV or Parquet"):
        workbook([Part("x", sheet)], ())


def test_many_rows_are_the_same_as_few(sheets, monkeypatch):
    sheet = Sheet((Column("name"), AMOUNT), (("=a", 5), ("b", None)))
    few = sheets(workbook([Part("x", sheet)], (("Page", "Costs"),)))
    monkeypatch.setattr(made_by, "MANY", 0)
    assert sheets(workbook([Part("x", sheet)], (("Page", "Costs"),))) == few


def test_charts_are_native_and_in_the_colours_of_the_pages(viewed):
    view = viewed(EVENTS, now=datetime(2026, 11, 6, tzinfo=UTC))
    over, parts, users = (
        timeline(view, "cost", "service_type"), breakdown(view, "cost", "project"),
        timeline(view, "users"),
    )  # fmt: skip
    made = workbook(
        [Part("a", of_timeline(over), chart(view, "Cost", over)),
         Part("b", of_breakdown(parts), chart(view, "=Projects", parts)),
         Part("c", of_timeline(users), chart(view, "Users", users))], (),
    )  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        first, second = (book.read(f"xl/charts/chart{n}.xml").decode() for n in (1, 2))
        assert 'grouping val="stacked"' in first
        assert "029BE6" in first.upper()  # text generation, as on every page
        assert '<c:barDir val="bar"/>' in second
        assert "<c:f>=" not in second  # a title that looks like a formula is none
        assert "xl/charts/chart3.xml" not in book.namelist()  # nobody knows the users


def test_a_table_of_members_has_a_chart_of_its_first_measure(viewed):
    view = viewed(EVENTS, now=datetime(2026, 11, 6, tzinfo=UTC))
    sheet = of_standing(standing(view, ("cost", "requests"), "project"))
    assert sheet.drawn is not None
    drawn = chart(view, "Projects", sheet.drawn)
    assert drawn is not None
    (series,) = drawn.series
    members = [row for row in sheet.rows if row[2] == "member"]  # (unattributed) is no bar
    assert drawn.categories == tuple(row[0] for row in members)
    assert series.values == tuple(row[3] for row in members)


@pytest.mark.slow
def test_a_spreadsheet_opens_it_with_the_right_totals(viewed, tmp_path: Path):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("no LibreOffice here: apt install libreoffice-calc")
    view = viewed(EVENTS, now=datetime(2026, 11, 6, tzinfo=UTC))
    over = timeline(view, "cost", "project")
    file = tmp_path / "cost.xlsx"
    file.write_bytes(workbook([Part("Cost", of_timeline(over), chart(view, "Cost", over))], ()))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    every = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", every, "--outdir", tmp_path, file],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with (tmp_path / "cost-Cost.csv").open(encoding="utf-8", newline="") as held:
        rows = list(csv.DictReader(held))
    costs = [Decimal(row["cost (USD)"]) for row in rows if row["cost (USD)"]]
    assert sum(costs) == TOTAL
    assert '=HYPERLINK("http://evil.example")' in {row["project"] for row in rows}
    assert {path.name for path in tmp_path.glob("*.csv")} == {
        "cost-Cost.csv", "cost-Charts.csv", "cost-Chart data.csv", "cost-About this file.csv",
    }  # fmt: skip
