"""What people are called on the page, and who may not learn it."""

from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

pytestmark = pytest.mark.slow

OCTOBER = {"period": "2025-10"}
NAMES = """dimension,value,name
project,p-1,Search
project,p-2,Search
project,p-3,Secret plan
user,ann,Ana Ruiz
user,bo,Bo Lind
team,core,Platform
"""


def _event(day: int, user: str, project: str | None) -> dict:
    return {
        "started_at": datetime(2025, 10, day, 9), "cost_nano": day * 10**9, "user_id": user,
        "project": project, "team": "core",
    }  # fmt: skip


EVENTS = [_event(1, "ann", "p-1"), _event(2, "bo", "p-2"), _event(3, "bo", "p-3")]


@pytest.fixture
def named(app, tmp_path: Path):
    folder = tmp_path / "data" / "settings"
    folder.mkdir(parents=True)
    (folder / "names.csv").write_text(NAMES, "utf-8")
    return app


def _options(page: AppTest, label: str) -> list[str]:
    return next(list(box.options) for box in page.multiselect if box.label == label)


def test_names_stand_in_lists_chips_and_tables_while_ids_stay_in_the_address(named):
    page = named(EVENTS, project="p-1", view="table", **OCTOBER)
    assert not page.exception
    assert _options(page, "Project") == ["Search (p-1)", "Search (p-2)", "Secret plan"]
    assert _options(page, "User") == ["Me (ada@x.example)", "Ana Ruiz", "Bo Lind"]
    assert "Project\\: Search \\(p\\-1\\)" in [b.label for b in page.button]
    assert page.dataframe[1].value.iloc[0].to_list()[:2] == ["Search (p-1)", "$1.00"]
    assert page.query_params["project"] == "p-1"


def test_the_legend_and_the_explanation_say_names_and_the_command_ids(named):
    page = named(EVENTS, project="p-3", **OCTOBER)
    page.session_state["panel.overview.card.cost.explain"] = True
    page.run()
    words = "\n".join(m.value for m in page.markdown).replace("\\", "")
    assert "**Filters** Project: Secret plan" in words
    assert page.code[0].value.endswith("--where project=p-3")
    assert any("Secret plan" in b.label for b in page.button)


@pytest.mark.access
def test_names_of_what_is_out_of_scope_are_not_sent(named, tmp_path: Path):
    page = named(EVENTS, who="ann", **OCTOBER)
    sent = repr(page._tree)
    assert "Search" in sent
    assert "Secret plan" not in sent
    assert "Bo Lind" not in sent
    assert not any(box.label == "User" for box in page.multiselect)


def test_what_one_sees_is_said_by_name(named):
    page = named(EVENTS, who="leo", keep={"account": True}, **OCTOBER)
    assert any("everything in Platform" in c.value for c in page.caption)


def test_an_edit_is_seen_at_the_next_run(named, tmp_path: Path):
    page = named(EVENTS, **OCTOBER)
    aside = tmp_path / "aside"
    aside.write_text("dimension,value,name\nuser,bo,Bob\n", "utf-8")
    aside.replace(tmp_path / "data" / "settings" / "names.csv")
    page.run()
    assert _options(page, "User") == ["Me (ada@x.example)", "ann", "Bob"]
    assert _options(page, "Project") == ["p-1", "p-2", "p-3"]


def test_a_name_with_markdown_stays_text(named, tmp_path: Path):
    (tmp_path / "data" / "settings" / "names.csv").write_text(
        "dimension,value,name\nproject,p-1,![x](http://evil.example/x.png)\n", "utf-8"
    )
    page = named(EVENTS, project="p-1", **OCTOBER)
    labels = [b.label for b in page.button if "evil" in b.label]
    assert labels
    assert all("](http" not in label for label in labels)


@pytest.mark.parametrize(("who", "told"), [("ada", 1), ("ann", 0)])
def test_a_broken_file_is_named_to_administrators_alone_and_stops_nobody(
    named, tmp_path: Path, who: str, told: int
):
    page = named(EVENTS, who=who, **OCTOBER)
    (tmp_path / "data" / "settings" / "names.csv").write_text("dimension,value,name\nuser,bo,\n")
    page.run()
    assert not page.exception
    said = [w.value.replace("\\", "") for w in page.warning if "names" in w.value]
    assert len(said) == told
    assert all("names.csv, line 2, key 'name': is blank." in words for words in said)
    assert next(m.label for m in page.metric) == "Cost"


@pytest.mark.parametrize("path", ["activity", "sessions", "projects"])
def test_lists_of_rows_and_members_say_names(named, path: str):
    page = named([e | {"session_id": f"s{e['project']}"} for e in EVENTS], path=path, **OCTOBER)
    assert not page.exception
    cells = {str(c) for d in page.dataframe for c in d.value.to_numpy().ravel()}
    assert any("Secret plan" in cell for cell in cells | {str(m.value) for m in page.markdown})
    assert "p-3" not in cells
