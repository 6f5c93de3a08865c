"""The audit on the Settings page: newest first, found, paged, as CSV, for administrators alone."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics_core.access.audit import Audit, Deed
from analytics_core.ui import download, login
from analytics_core.ui.house import audit as section

pytestmark = [pytest.mark.slow, pytest.mark.access]

PANEL = "panel.settings.audit"
HOSTILE = "=HYPERLINK(![x](http://evil.example))"
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def opened(app, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """The section over deeds: the newest first 60 API calls, then an export of long ago."""
    monkeypatch.setattr(section, "PAGE", 50)
    app([], who="ada")
    audit = Audit(login.gate().state)
    audit.add(Deed(time=NOW - timedelta(days=40), action="export", result="ok", principal="ann",
                   asked=f"project={HOSTILE}", rows=1234))  # fmt: skip
    for number in range(60):
        audit.add(Deed(time=NOW, action="api query", result="ok", principal="leo", token="0a1b2c3d",
                       address="::1", asked="by=team", rows=number))  # fmt: skip

    def open_section(who: str = "ada") -> AppTest:
        return app(who=who, path="settings", section="audit")

    return open_section


def _rows(page: AppTest) -> list[dict[str, object]]:
    (table,) = page.dataframe
    return table.value.to_dict("records")


def _pager(page: AppTest) -> str:
    return next(c.value for c in page.caption if c.value.startswith("rows "))


def test_the_newest_stand_first_a_page_at_a_time(opened):
    page = opened()
    assert not page.exception
    assert not page.error
    assert [row["action"] for row in _rows(page)[:2]] == ["sign-in", "api query"]
    assert _rows(page)[1]["who"] == "leo, token 0a1b2c3d"
    assert (_rows(page)[0]["rows"], _rows(page)[1]["rows"]) == ("", "59")
    assert len(_rows(page)) == 50
    assert _pager(page) == "rows 1–50 of 63"
    page.button(key=f"{PANEL}.Older ›").click().run()
    assert _pager(page) == "rows 51–63 of 63"
    assert page.button(key=f"{PANEL}.Older ›").disabled
    assert _rows(page)[-2]["asked"] == f"project={HOSTILE}"
    page.button(key=f"{PANEL}.‹ Newer").click().run()
    assert _pager(page) == "rows 1–50 of 63"


def test_deeds_are_found_by_who_what_and_when(opened):
    page = opened()
    page.selectbox(key=f"{PANEL}.who").set_value("ann").run()
    assert [(row["action"], row["rows"]) for row in _rows(page)] == [("export", "1,234")]
    page.selectbox(key=f"{PANEL}.period").set_value("30").run()
    assert [i.value for i in page.info] == ["Nothing was done that matches."]
    page.selectbox(key=f"{PANEL}.who").set_value("").run()
    page.selectbox(key=f"{PANEL}.action").set_value("api query").run()
    assert _pager(page) == "rows 1–50 of 60"


def test_all_that_match_are_a_csv_which_is_itself_in_the_audit(
    opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    given: list[Callable[[], bytes]] = []
    monkeypatch.setattr(download.st, "download_button", lambda *_, data, **more: given.append(data))
    page = opened()
    page.selectbox(key=f"{PANEL}.who").set_value("ann").run()
    lines = list(csv.DictReader(io.StringIO(given[-1]().decode("utf-8-sig"))))
    assert [(line["who"], line["rows"], line["asked"]) for line in lines] == [
        ("ann", "1234", f"project={HOSTILE}"),
    ]
    ((_, deed),) = login.gate().audit.newest(1)
    assert (deed.action, deed.principal, deed.rows) == ("export", "ada", 1)
    assert deed.asked == "page=settings&panel=audit&format=csv&who=ann"
    auth = tmp_path / "auth.yaml"
    text = auth.read_text("utf-8").replace("roles: [admin]", "roles: [manager]")
    auth.write_text(text, "utf-8")  # a manager of every organization sees as much
    assert given[-1]() == download.GONE


def test_verify_says_whether_the_chain_holds(opened):
    page = opened()
    page.button(key=f"{PANEL}.verify").click().run()
    assert [s.value for s in page.success] == ["63 rows are as they were written."]
    state = login.gate().state
    state.write("DROP TRIGGER audit_never_changes")
    state.write("UPDATE audit SET rows = 0 WHERE id = 5")
    page.button(key=f"{PANEL}.verify").click().run()
    assert not page.success
    assert [e.value for e in page.error] == ["Number 5 was changed."]


@pytest.mark.parametrize("who", ["ann", "leo", "pam", "mel"])
def test_nobody_else_sees_it(opened, who: str):
    page = opened(who)
    assert not page.dataframe
    assert not [s for s in page.selectbox if (s.key or "").startswith(PANEL)]
