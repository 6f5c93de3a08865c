"""The Settings page: what administrators change in the files of data/settings, and who may not."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics_core.access.audit import Audit
from analytics_core.ingest.program import Ran
from analytics_core.ui import login
from analytics_core.ui.house import trial
from tests.conftest import ACCOUNTS, HASH

HOSTILE = "![x](http://evil.example/x.png)"
EVENTS = [
    {
        "started_at": datetime(2025, 10, day, 9), "cost_nano": cost, "user_id": user,
        "project": project, "team": "core", "provider": "self", "model": model, "input_tokens": 900,
    }
    for day, user, project, model, cost in [
        (1, "ann", "Search", "m-large", 40 * 10**9),
        (2, "bo", HOSTILE, "m-large", 25 * 10**9),
        (3, "bo", "Atlas", "m-new", None),
    ]
]  # fmt: skip
THIS_MONTH = datetime.now(UTC).replace(
    tzinfo=None, day=1, hour=0, minute=0, second=0, microsecond=0
)
EVENTS += [
    EVENTS[0] | {"started_at": THIS_MONTH, "cost_nano": 3 * 10**9},
    EVENTS[1] | {"started_at": THIS_MONTH, "cost_nano": 5 * 10**9},
]


class Editors:
    """Stands for the browser's grids: what was typed into which row and column."""

    def __init__(self) -> None:
        self.typed: dict[tuple[str, str], str | bool] = {}  # (text of a row, column) -> cell
        self.added: list[dict[str, str]] = []
        self.shown: list[pl.DataFrame] = []
        self.heights: list[object] = []

    def __call__(self, frame: pl.DataFrame, **how: object) -> pl.DataFrame:
        self.shown.append(frame)
        self.heights.append(how.get("height"))
        rows = list(frame.iter_rows(named=True))
        for (text, column), cell in self.typed.items():
            for row in rows:
                if text in row.values() and column in row:
                    row[column] = cell
        rows += [{**dict.fromkeys(frame.columns, ""), "listed": True, **row} for row in self.added]
        return pl.DataFrame(rows, schema=frame.schema)


@pytest.fixture
def editors(monkeypatch: pytest.MonkeyPatch) -> Editors:
    made = Editors()
    monkeypatch.setattr(st, "data_editor", made)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data" / "settings"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def page(
    app: Callable[..., AppTest], editors: Editors, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., AppTest]:
    """Opens the Settings page at a section."""

    def open_page(section: str = "general", who: str = "ada", zone: str = "") -> AppTest:
        monkeypatch.delenv("TOKENTALLY_ZONE")
        if zone:
            monkeypatch.setenv("TOKENTALLY_ZONE", zone)
        return app(EVENTS, who, path="settings", section=section)

    return open_page


def _words(page: AppTest) -> str:
    drawn = [
        *page.markdown, *page.caption, *page.info, *page.warning, *page.error, *page.success, *page.code,
        *page.subheader, *page.toast,
    ]  # fmt: skip
    return "\n".join(str(e.value) for e in drawn).replace("\\", "").replace("\u2060", "")


def _button(page: AppTest, label: str):
    return next(b for b in page.button if b.label == label)


def _field(page: AppTest, label: str):
    fields = [*page.selectbox, *page.text_input, *page.number_input]
    return next(f for f in fields if f.label == label)


def _write(path: Path, text: str) -> None:
    aside = path.with_name(f".{path.name}")
    aside.write_text(text, "utf-8")
    aside.replace(path)


@pytest.mark.access
@pytest.mark.parametrize("who", ["ann", "leo", "mel"])
def test_others_are_told_that_the_page_is_not_theirs_and_nothing_else(page, folder, who: str):
    _write(folder / "settings.yaml", "contact: Ada in room 3\n")
    tab = page("people", who)
    assert not tab.exception
    assert "This page is not part of your role." in _words(tab)
    assert "Ask Ada in room 3 for wider access." in _words(tab)
    sent = repr(tab._tree)
    for foreign in ("Accounts", "ada@x.example", "settings.yaml", "analytics_core user"):
        assert foreign not in sent


def test_each_value_says_where_it_comes_from_and_what_is_not_for_the_page(page, folder: Path):
    _write(folder / "settings.yaml", "week_start: sunday\n")
    tab = page(zone="Asia/Kolkata")
    zone = _field(tab, "Reporting time zone")
    assert (zone.value, zone.disabled) == ("Asia/Kolkata", True)
    assert "environment variable TOKENTALLY_ZONE, which wins over settings.yaml" in _words(tab)
    assert "From settings.yaml." in _words(tab)
    assert "The default." in _words(tab)
    assert not [b for b in tab.button if b.label == "Save"]


def test_a_change_is_shown_then_saved_in_its_place_and_acts_at_once(page, folder: Path):
    _write(folder / "settings.yaml", "# ours\nzone: UTC # head office\ndemo: no\n")
    tab = page()
    _field(tab, "Reporting time zone").set_value("Asia/Kolkata")
    _field(tab, "Whom to ask for wider access").set_value("Ana, *room 3*").run()
    words = _words(tab)
    assert (
        "Reporting time zone: UTC → Asia/Kolkata. Days are counted anew: every daily figure"
        in words
    )
    assert "-zone: UTC # head office\n+zone: Asia/Kolkata # head office" in words
    assert (folder / "settings.yaml").read_text().startswith("# ours\nzone: UTC")
    _button(tab, "Save").click().run()
    assert not tab.exception
    assert (folder / "settings.yaml").read_text() == (
        "# ours\nzone: Asia/Kolkata # head office\ndemo: no\ncontact: Ana, *room 3*\n"
    )
    assert "settings.yaml is saved." in _words(tab)
    assert not [b for b in tab.button if b.label == "Save"]
    assert login.gate().house().settings.zone == "Asia/Kolkata"
    (_, deed), *_ = Audit(login.gate().state).newest(5)
    assert (deed.principal, deed.asked) == ("ada", "settings.yaml")


def test_a_broken_value_is_told_at_its_field_and_can_be_mended_there(page, folder: Path):
    tab = page()
    _write(folder / "settings.yaml", "week_start: friday\n")
    tab.run()
    assert "line 1, key 'week_start': 'friday' cannot be used" in _words(tab)
    _button(tab, "Save").click().run()
    assert (folder / "settings.yaml").read_text() == "week_start: monday\n"
    tab.run()
    assert "cannot be used" not in _words(tab)


def test_what_waits_for_a_restart_is_said(page, folder: Path):
    tab = page()
    _write(folder / "settings.yaml", "query_threads: 77\nzone: UTC\n")
    assert "in use after a restart of the app: `query_threads`" in _words(tab.run())


def test_somebody_elses_change_is_shown_and_not_overwritten(page, folder: Path):
    _write(folder / "settings.yaml", "contact: Ana\n")
    tab = page()
    _field(tab, "Whom to ask for wider access").set_value("Mine").run()
    _write(folder / "settings.yaml", "contact: Theirs\n")
    _button(tab, "Save").click().run()
    assert "changed by somebody else since you opened it" in _words(tab)
    assert "-contact: Ana\n+contact: Theirs" in _words(tab)
    assert (folder / "settings.yaml").read_text() == "contact: Theirs\n"
    next(b for b in tab.button if b.label.startswith("Open it as it is now")).click().run()
    assert _field(tab, "Whom to ask for wider access").value == "Theirs"


@pytest.mark.access
def test_a_role_taken_away_saves_nothing_any_more(page, folder: Path, tmp_path: Path):
    tab = page()
    _field(tab, "Whom to ask for wider access").set_value("Mine").run()
    _write(tmp_path / "auth.yaml", ACCOUNTS.replace("[admin]", "[member]").replace("%s", HASH))
    _button(tab, "Save").click().run()
    assert "This page is not part of your role." in _words(tab)
    assert not (folder / "settings.yaml").exists()


def test_projects_of_the_usage_are_offered_and_mistakes_told_row_by_row(page, folder, editors):
    _write(folder / "projects.csv", "# ours\nname,colour\nSearch,#029be6\n")
    editors.typed = {("Atlas", "colour"): "red", ("Search", "archived"): "soon"}
    tab = page("projects")
    assert not tab.exception
    rows = editors.shown[-1].select("listed", "name", "colour").rows()
    assert rows == [
        (True, "Search", "#029be6"), (False, HOSTILE, ""), (False, "Atlas", ""),
    ]  # fmt: skip
    assert "**Atlas, colour**: 'red' is not a colour such as #029be6." in _words(tab)
    assert "**Search, archived**: 'soon' is not a date such as 2026-11-20." in _words(tab)
    assert not [b for b in tab.button if b.label == "Save"]


def test_a_projects_colour_is_shown_on_both_backgrounds_and_saved(page, folder: Path, editors):
    _write(folder / "projects.csv", "# ours\nname,colour\nSearch,#029be6\n")
    editors.typed = {(HOSTILE, "colour"): "#ffe100"}
    tab = page("projects")
    (looks,) = (d.value for d in tab.dataframe)
    assert looks["Light"].to_list()[1] == "1.3:1, drawn as #ae9000 (3.1:1)"
    assert looks["Dark"].to_list()[1] == "13.8:1"
    assert all(cell.startswith("data:image/svg+xml;base64,") for cell in looks["Dark dot"])
    assert "](http" not in "".join(m.value for m in tab.markdown)
    _button(tab, "Save").click().run()
    assert (folder / "projects.csv").read_text() == (
        f"# ours\nname,colour\nSearch,#029be6\n{HOSTILE},#ffe100\n"
    )
    assert [p.colour for p in login.gate().house().projects] == ["#029be6", "#ffe100"]


def test_a_table_that_cannot_be_read_is_named_and_left_alone(page, folder: Path):
    _write(folder / "projects.csv", "nmae\nSearch\n")
    tab = page("projects")
    assert "projects.csv, line 1, key 'nmae': unknown column. Did you mean 'name'?" in _words(tab)
    assert not [b for b in tab.button if b.label == "Save"]


def test_names_are_given_to_members_of_the_usage_and_found_by_both(page, folder: Path, editors):
    _write(folder / "names.csv", "dimension,value,name\nuser,gone,Old friend\n")
    tab = page("names")
    _field(tab, "Names of").set_value("user").run()
    assert editors.shown[-1].rows() == [
        ("ann", "", ""), ("bo", "", ""), ("gone", "Old friend", "not in the usage"),
    ]  # fmt: skip
    editors.typed = {("bo", "name"): "Bo Lind"}
    tab.run()
    editors.typed = {}
    _field(tab, "Search").set_value("lind").run()  # typed, not saved yet
    assert editors.shown[-1].rows() == [("bo", "Bo Lind", "")]
    assert "User bo: – → Bo Lind" in _words(tab)
    _button(tab, "Save").click().run()
    assert (folder / "names.csv").read_text() == (
        "dimension,value,name\nuser,gone,Old friend\nuser,bo,Bo Lind\n"
    )
    users = next(list(box.options) for box in tab.run().multiselect if box.label == "User")
    assert "Bo Lind" in users


def test_two_people_of_one_name_are_announced(page, folder: Path, editors):
    tab = page("names")
    _field(tab, "Names of").set_value("user").run()
    editors.typed = {("bo", "name"): "Bo", ("ann", "name"): "Bo"}
    assert "Somebody else is called so too: it reads Bo (bo)." in _words(tab.run())


def test_no_more_than_fifty_members_are_sent(app, page, editors, monkeypatch):
    from analytics_core.ui.house import names

    monkeypatch.setattr(names, "FOUND", 1)
    tab = page("names")
    _field(tab, "Names of").set_value("user").run()
    assert len(editors.shown[-1]) == 1
    assert "The 1 best matches." in _words(tab)


def test_a_price_is_tried_before_it_is_applied(page, folder: Path, editors, monkeypatch):
    _write(folder / "prices.csv", "provider,model,usd\nself,other,1\n")
    asked: list[tuple[tuple[str, ...], str]] = []
    change = {
        "month": "2025-10", "model": "m-new", "rows": 1, "before_nano": 0, "after_nano": 1_800_000_000,
        "unpriced_before": 1, "unpriced_after": 0,
    }  # fmt: skip

    def run(words, data, heard) -> Ran:
        place = Path(words[2]) if words[1] == "--settings" else folder
        asked.append((words, (place / "prices.csv").read_text()))
        for line in (json.dumps({"done": n, "of": 2}) for n in (0, 1)):
            heard(line)
        return Ran(
            0, json.dumps({"done": 0, "of": 2}) + "\n" + json.dumps({"changes": [change]}), ""
        )

    monkeypatch.setattr(trial, "run", run)
    editors.typed = {("m-new", "usd"): "2"}
    tab = page("prices")
    assert editors.shown[-1].select("model", "rule", "usd", "tokens").rows() == [
        ("other", "", "1", ""), ("m-new", "input", "", "900"), ("m-new", "output", "", "900"),
    ]  # fmt: skip
    before = (folder / "prices.csv").read_text()
    after = "provider,model,usd,rule\nself,other,1\nself,m-new,2,input\nself,m-new,2,output\n"
    assert _button(tab, "Save and apply").disabled
    _button(tab, "Dry run").click().run()
    assert asked[0][0][0] == "reprice"
    assert asked[0][1] == after
    assert (folder / "prices.csv").read_text() == before
    assert "in all the cost would change by **+$1.80**" in _words(tab)
    assert tab.dataframe[-1].value.iloc[0].to_list()[:3] == ["2025-10", "m-new", "1"]
    _button(tab, "Save and apply").click().run()
    assert asked[1] == (("reprice", "--apply", "--json", "--progress"), after)
    assert "The costs of 1 month are written anew." in _words(tab)
    ((_, deed), (_, before)) = Audit(login.gate().state).newest(2)
    assert (deed.action, deed.result, deed.rows) == ("reprice", "ok", change["rows"])
    assert (before.action, before.asked) == ("settings", "prices.csv")


def test_a_wrong_price_is_told_and_a_failed_dry_run_too(page, folder, editors, monkeypatch):
    editors.typed = {("m-new", "usd"): "two"}
    tab = page("prices")
    assert "**m-new, usd**: 'two' is no number." in _words(tab)
    editors.typed = {("m-new", "usd"): "2"}
    monkeypatch.setattr(trial, "run", lambda *_: Ran(1, "", "Another ingest is running.\n"))
    _button(tab.run(), "Dry run").click().run()
    assert "Another ingest is running." in _words(tab)


def test_a_table_grows_with_the_lines_that_are_added_until_it_scrolls(page, folder, editors):
    tab = page("credits")
    assert editors.heights == ["content"]
    many = "".join(f"p{n},{n},2025-01-{n:02},2025-01-{n + 1:02}\n" for n in range(1, 30))
    _write(folder / "credits.csv", f"name,credits_per_usd,valid_from,valid_to\n{many}")
    tab.run()
    assert isinstance(editors.heights[-1], int)


def test_a_rate_of_credits_is_checked_and_saved(page, folder: Path, editors):
    editors.added = [{"name": "credits", "credits_per_usd": "0"}]
    tab = page("credits")
    assert "**credits, credits_per_usd**: must be a number above 0." in _words(tab)
    editors.added = [{"name": "credits", "credits_per_usd": "100"}]
    tab.run()
    _button(tab, "Save").click().run()
    assert (folder / "credits.csv").read_text() == (
        "name,credits_per_usd,valid_from,valid_to,granted\ncredits,100,,,\n"
    )


@pytest.mark.access
def test_what_somebody_sees_is_seen_in_their_scope(page, folder: Path):
    tab = page("people")
    (accounts,) = (d.value for d in tab.dataframe)
    sees = dict(zip(accounts["username"], accounts["sees"], strict=True))
    assert sees["ada"] == "all usage"
    assert sees["leo"] == "their own usage and everything in core"
    latest = dict(zip(accounts["username"], accounts["last"], strict=True))
    assert (latest["ada"] == "–", latest["leo"]) == (False, "–")
    box = next(s for s in tab.selectbox if s.label == "Account")
    box.set_value("ann").run()
    words = _words(tab)
    assert "**ann** (Member) sees their own usage." in words
    assert "Pages in their menu: Overview, " in words
    assert "Settings" not in words.split("Pages in their menu: ")[1].split("\n")[0]
    assert "in their eyes: **1** event, **$3.00**." in words
    assert "python -m analytics_core user passwd ann" in words
    tab.run()
    looks = [d for _, d in Audit(login.gate().state).every() if d.action == "seen as"]
    assert [(d.principal, d.asked) for d in looks] == [("ada", "user=ann")]
