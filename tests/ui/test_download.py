"""Files of panels and pages: made at the click, for whoever may see them then, and noted."""

import io
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs

import polars as pl
import pytest

from analytics_core.ui import download, login

pytestmark = pytest.mark.slow

USD = 1_000_000_000
EVENTS = [
    {"started_at": datetime(2025, 10, 3, 9), "cost_nano": 2 * USD + 1, "user_id": "bo",
     "project": "Secret", "service_type": "text_generation", "model": "m", "agent": "a"},
    {"started_at": datetime(2025, 10, 4, 9), "cost_nano": USD, "user_id": "bo", "project": "Atlas",
     "service_type": "embedding", "model": "m", "agent": "a"},
]  # fmt: skip
PROJECTS, PAGE = "panel.overview.projects", "panel.overview.page"
Files = dict[str, Callable[[], bytes]]


@pytest.fixture
def opened(app, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Files]:
    """Opens a page with those menus open: what each of their buttons would give, by its key."""

    def open_page(*menus: str, **more: str) -> Files:
        files: Files = {}

        def button(label: str, *, data, key: str, **_: object) -> None:
            files[key] = data

        monkeypatch.setattr(download.st, "download_button", button)
        page = app(EVENTS, period="2025-10", keep={f"{m}.download": True for m in menus}, **more)
        assert not page.exception
        assert not page.error
        return files

    return open_page


def test_nothing_is_offered_or_made_until_a_menu_is_open(opened):
    assert opened() == {}


@pytest.mark.access
def test_a_role_taken_away_takes_the_downloads_of_an_open_page_with_it(opened, tmp_path: Path):
    files = opened(PROJECTS, PAGE)
    assert b"Secret" in files[f"{PROJECTS}.csv"]()
    auth = tmp_path / "auth.yaml"
    auth.write_text(auth.read_text("utf-8").replace("roles: [admin]", "roles: [member]"), "utf-8")
    assert {data() for data in files.values()} == {download.GONE}
    ((_, last),) = login.gate().audit.newest(1)
    assert (last.action, last.result, last.rows) == ("export", "gone", 0)


def test_a_panel_gives_the_same_figures_in_every_format(opened, sheets):
    files = opened(PROJECTS)
    assert list(files) == [f"{PROJECTS}.{kind}" for kind in ("csv", "xlsx", "parquet")]
    assert files[f"{PROJECTS}.csv"]().decode("utf-8-sig").splitlines()[1:] == [
        "Secret,Secret,member,2.000000001,0.6666666667777777",
        "Atlas,Atlas,member,1,0.3333333332222222",
    ]
    made = sheets(files[f"{PROJECTS}.xlsx"]())
    assert [row[3] for row in made["Cost by project"]] == ["cost (USD)", 2.000000001, 1]
    assert dict(made["About this file"])["Scope"] == "all usage"
    table = pl.read_parquet(io.BytesIO(files[f"{PROJECTS}.parquet"]()))
    assert table["cost_nano"].to_list() == [2 * USD + 1, USD]


def test_who_takes_a_file_is_in_the_audit_with_its_rows_and_without_its_content(opened):
    files = opened(PROJECTS)
    files[f"{PROJECTS}.parquet"]()
    ((_, deed),) = login.gate().audit.newest(1)
    assert (deed.principal, deed.action, deed.rows, deed.result) == ("ada", "export", 2, "ok")
    assert parse_qs(deed.asked) == {
        "page": ["overview"], "panel": ["projects"], "format": ["parquet"], "period": ["2025-10"],
    }  # fmt: skip


def test_the_whole_page_is_one_workbook_with_a_worksheet_for_each_panel(opened, sheets):
    made = sheets(opened(PAGE)[f"{PAGE}.pagexlsx"]())
    assert list(made) == [
        "Figures", "Cost overview", "Cost by project", "Top models", "Project usage trends",
        "Top agents", "Top users", "Charts", "Chart data", "About this file",
    ]  # fmt: skip
    assert made["Figures"][0][:2] == ["figures of", "Cost (USD)"]
    assert made["Figures"][1][:3] == ["this period", 3.000000001, 2]
    column = made["Cost overview"][0].index("cost (USD)")
    assert sum(row[column] for row in made["Cost overview"][1:]) == 3.000000001
    said = dict(made["About this file"])
    assert (said["Page"], said["Rows of 'Cost by project'"]) == ("Overview", "2 of 2")


@pytest.mark.money
def test_costs_and_explore_offer_focus_rows_that_sum_to_the_cost(opened, monkeypatch):
    key = "panel.costs.page"
    files = opened(key, path="costs")
    lines = files[f"{key}.focuscsv"]().decode("utf-8-sig").splitlines()
    place = lines[0].split(",").index("EffectiveCost")
    assert sum(Decimal(line.split(",")[place]) for line in lines[1:]) == Decimal("3.000000001")
    table = pl.read_parquet(io.BytesIO(files[f"{key}.focusparquet"]()))
    assert table["EffectiveCost"].sum() == Decimal("3.000000001")
    ((_, deed),) = login.gate().audit.newest(1)
    assert (deed.rows, parse_qs(deed.asked)["panel"]) == (2, ["focus"])
    monkeypatch.setattr("analytics_core.ui.focus_files.MOST", 1)
    assert f"{key}.focuscsv" not in opened(key, path="costs")


def test_lists_stand_in_the_pages_workbook_with_raw_figures_and_rows_of_how_many(
    opened, sheets, monkeypatch
):
    monkeypatch.setattr("analytics_core.ui.listing.IN_A_WORKBOOK", 1)
    key = "panel.activity.page"
    made = sheets(opened(key, path="activity")[f"{key}.pagexlsx"]())
    requests = next(rows for rows in made.values() if rows and "input_tokens" in rows[0])
    assert requests[1][requests[0].index("cost (USD)")] == 1
    assert requests[2] == ["1 of 2 rows; the others are not in this file."]
    assert "1 of 2" in dict(made["About this file"]).values()
