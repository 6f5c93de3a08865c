"""The Data page: what each reader finds of the store, and what administrators do to it."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from streamlit.runtime.scriptrunner import StopException
from streamlit.testing.v1 import AppTest

from analytics_core import settings
from analytics_core.access.audit import Audit
from analytics_core.ingest.door import ingest
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.program import Ran
from analytics_core.store import manifest
from analytics_core.ui import login
from analytics_core.ui.intake import work
from tests.conftest import ACCOUNTS, HASH

NOW = datetime(2025, 10, 20, 12, tzinfo=UTC)
MANAGERS = """
    max: {email: max@x.example, roles: [manager], password: "%s"}
    may: {email: may@x.example, roles: [manager], organizations: [acme], password: "%s"}
"""


def _event(name: str, day: int, **more) -> dict:
    return {
        "event_id": name, "started_at": f"2025-10-{day:02}T09:00:00Z", "provider": "openai",
        "model_raw": "gpt-5", "input_tokens": 1000, "output_tokens": 100, "user_id": "ann",
        "organization": "acme", "cost_usd": "1.5",
    } | more  # fmt: skip


LOG = [
    _event("a", 1),
    _event("b", 2, user_id="bo", organization="Secret GmbH", project="Secret plan"),
    _event("c", 4, model_raw="house-model", provider="self", cost_usd=None, input_tokens=7000),
    _event("d", 5, input_tokens=-20),
]
UNKNOWN = "when,what,in,out,Cached\n2025-10-08T10:00:00Z,gpt-5,10,1,900\n"


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "data")


@pytest.fixture(scope="module")
def taken(tmp_path_factory) -> Path:
    """A data folder with one landed and one refused file, to be copied."""
    place = tmp_path_factory.mktemp("taken")
    folders, drops = Folders(place / "data"), place / "drops"
    drops.mkdir()
    (drops / "secret-log.jsonl").write_text("\n".join(map(json.dumps, LOG)), "utf-8")
    (drops / "strange [x](http:evil).csv").write_text(UNKNOWN, "utf-8")
    ingest(sorted(drops.iterdir()), folders, settings.load(folders.settings, {}), now=NOW)
    return folders.data


@pytest.fixture
def data(app, taken: Path, folders: Folders, tmp_path: Path) -> Callable[..., AppTest]:
    """Opens the Data page of a store with one landed and one refused file."""
    accounts = ACCOUNTS.replace("%s", HASH) + MANAGERS.replace("%s", HASH)
    (tmp_path / "auth.yaml").write_text(accounts, "utf-8")
    shutil.copytree(taken, folders.data)

    def open_page(who: str = "ada", **params: str) -> AppTest:
        return app(None, who, "data", **{"period": "2025-10", **params})

    return open_page


def _words(page: AppTest) -> str:
    drawn = [
        *page.markdown, *page.caption, *page.info, *page.warning, *page.error, *page.success,
        *page.subheader,
    ]  # fmt: skip
    return (
        "\n".join(str(element.value) for element in drawn).replace("\\", "").replace("\u2060", "")
    )


def _metrics(page: AppTest) -> dict[str, str]:
    return {m.label: m.value for m in page.metric}


def _rows(page: AppTest, at: int) -> list[list[str]]:
    return page.dataframe[at].value.to_numpy().tolist()


def _file_id(folders: Folders, name: str) -> str:
    return next(i.file_id for i in manifest.load(folders.events).inputs if i.name == name)


def _open(page: AppTest, section: str) -> AppTest:
    return page.button_group(key="k.data.section").set_value(section).run()


def test_the_cards_say_how_much_there_is_and_how_well_it_is_priced(data):
    page = data()
    assert not page.exception
    assert list(_metrics(page).items()) == [
        ("Data up to", "4 Oct"), ("Files", "1"), ("Events", "3"), ("Rejected rows", "1"),
        ("Unpriced tokens", "7,100"), ("Price book of", "9 Nov"),
    ]  # fmt: skip
    assert "1 in quarantine" in _words(page)
    assert "76% of all tokens" in _words(page)


def test_the_ledger_says_of_every_file_what_became_of_it(data):
    rows = {row[0]: row[1:] for row in _rows(data(), 0)}
    assert rows["secret-log.jsonl"] == [
        "canonical", "1–4 Oct 2025", "4", "3", "1", "0", "Taken in", "20 Oct 2025",
    ]  # fmt: skip
    assert rows["strange [x](http:evil).csv"][-2] == "Quarantined: unknown columns"


def test_a_file_in_quarantine_says_why_and_what_to_do_and_its_name_stays_text(data):
    page = data()
    words = _words(page)
    assert "strange [x](http:evil).csv" in words
    assert "No source reads these columns: when, what, in, out, Cached." in words
    assert "Map it: say which column is what" in words
    assert not any("](http" in m.value for m in page.markdown)


def test_searching_narrows_the_ledger(data):
    page = data()
    page.text_input(key="panel.data.files.find").input("SECRET-log").run()
    assert [row[0] for row in _rows(page, 0)] == ["secret-log.jsonl"]
    page.text_input(key="panel.data.files.find").input("zz").run()
    assert "No file is called so." in _words(page)


def test_a_file_that_is_looked_at_says_why_rows_are_missing(data, folders):
    page = data(file=_file_id(folders, "secret-log.jsonl"))
    assert "read as canonical · cost $3.00 · 9.3k tokens" not in _words(page)
    assert ["A token count below 0.", "row rejected", "1", "negative_tokens"] in _rows(page, 1)
    assert _rows(page, 2) == [["4", "A token count below 0.", "input_tokens", "-20.0"]]


def test_prices_name_the_models_at_stake_with_lines_to_fill_in(data):
    page = data(section="prices")
    assert _rows(page, 0) == [["house-model", "self", "7,100", "4 Oct 2025"]]
    assert "self,house-model,input,?,,,,,,,\nself,house-model,output,?,,,,,,," in page.code[0].value
    assert "76% of all tokens have no price" in _words(page)
    assert "Or put these lines" in _words(page)
    (link,) = (p.proto for p in page.get("page_link") if "Enter their prices" in p.proto.label)
    assert link.query_string.endswith("section=prices")


def test_a_manager_is_not_sent_to_settings_that_are_not_theirs(data):
    page = data("may", section="prices")
    assert "An administrator can put these lines" in _words(page)
    assert not [p for p in page.get("page_link") if "Enter their prices" in p.proto.label]


def test_coverage_says_what_is_known_and_where_days_lack(data):
    page = data(section="coverage")
    known = {row[0]: row[1] for row in _rows(page, 0)}
    assert (known["User"], known["Project"], known["Cost"]) == ("100%", "33%", "67%")
    assert _rows(page, 1)[0][:3] == ["canonical", "3", "100%"]
    assert _rows(page, 3) == [["canonical", "3 Oct 2025", "1", ""]]
    assert "**1–4 Oct 2025** · UTC" in _words(page)


def _ask(page: AppTest, kind: str, typed: str) -> str:
    page.button_group(key="panel.data.help.kind").set_value(kind).run()
    page.text_input(key="panel.data.help.typed").input(typed).run()
    return _words(page)


def test_missing_usage_is_followed_from_the_inbox_to_the_filters(data):
    page = data(section="help", project="Secret plan")
    words = _ask(page, "user", "ANN")
    assert "**Inbox**: Nobody watches it" in words
    assert "**Verdict**: 1 file is in quarantine" in words
    assert "**Period**: 2 of the 2 events of ann lie in October 2025" in words
    assert "**Scope**: You see all usage." in words
    assert "**Filters**: 0 of them are left by: October 2025, project Secret plan." in words
    assert "No user called 'zed'" in _ask(page, "user", "zed")
    assert "Called alike: ann" in _ask(page, "user", "an")
    assert "**Verdict**: secret-log.jsonl: Taken in" in _ask(page, "file", "secret-log")
    assert "No file called 'nope' was ever taken." in _ask(page, "file", "nope")


def test_the_checklist_tells_what_waits_in_the_inbox(data, folders):
    status = {"state": "waiting", "files": ["late.csv"], "results": [], "pid": os.getpid()}
    page = data(section="help")
    (folders.cache / "inbox.json").write_text(json.dumps(status), "utf-8")
    assert "**Inbox**: Waiting until late.csv is complete." in _ask(page, "user", "ann")


def test_a_section_that_is_not_for_the_reader_is_the_first_that_is(data):
    assert _rows(data(section="nonsense"), 0)[0][0]
    assert data("may", section="files").button_group(key="k.data.section").value == "prices"


@pytest.mark.access
def test_a_member_is_told_the_page_is_not_theirs_and_nothing_else(data):
    page = data("ann")
    assert "This page is not part of your role." in _words(page)
    assert not page.metric
    assert not page.dataframe
    for name in ("secret-log", "strange", "Secret"):
        assert name not in repr(page._tree)


@pytest.mark.access
def test_a_manager_of_everything_reads_the_ledger_and_changes_nothing(data, folders):
    page = data("max", file=_file_id(folders, "secret-log.jsonl"))
    assert _metrics(page)["Files"] == "1"
    assert ["A token count below 0.", "row rejected", "1", "negative_tokens"] in _rows(page, 1)
    assert "-20" not in repr(page._tree)  # the value of a rejected row
    deeds = ("again", "map", "forget", "reprice", "upload")
    assert not [b.key for b in page.button if b.key and b.key.rsplit(".", 1)[-1] in deeds]
    page = _open(page, "prices")
    assert "Reprice" not in [s.value for s in page.subheader]


@pytest.mark.access
@pytest.mark.parametrize("section", ["files", "prices", "coverage", "help"])
def test_a_manager_of_one_organisation_finds_no_file_and_nothing_of_another(
    data, folders, section: str
):
    page = data("may", section=section, file=_file_id(folders, "secret-log.jsonl"))
    assert list(_metrics(page)) == ["Data up to", "Events", "Unpriced tokens", "Price book of"]
    assert _metrics(page)["Events"] == "2"
    sent = repr(page._tree)
    for foreign in ("secret-log", "strange", "Secret plan", "Secret GmbH", "quarantine"):
        assert foreign not in sent


@pytest.mark.access
def test_a_manager_of_one_organisation_asks_for_others_in_vain(data):
    page = data("may", section="help")
    assert page.button_group(key="panel.data.help.kind").options == ["A user", "A project"]
    words = _ask(page, "user", "bo")
    assert "No user called 'bo' is among what you see" in words
    assert words.replace("'bo'", "'zed'") == _ask(page, "user", "zed")


def test_forgetting_asks_twice_and_takes_the_rows_out(data, folders):
    page = data(file=_file_id(folders, "secret-log.jsonl"))
    page.button(key="panel.data.file.forget").click().run()
    assert "3 events and $3.00 of cost go." in _words(page)
    assert page.button(key="panel.data.files.sure.do").disabled
    page.checkbox(key="panel.data.files.sure").check().run()
    page.button(key="panel.data.files.sure.do").click().run()
    assert "3 events are gone with secret-log.jsonl." in _words(page)
    assert _metrics(page)["Events"] == "0"
    assert manifest.load(folders.events).rows == 0
    file_id = page.query_params["file"]
    assert _noted() == ("ada", "forget", f"file={file_id}", "ok", 3)
    assert ["Taken out again"] in [row[7:8] for row in _rows(page, 0)]


def _noted() -> tuple[str, str, str, str, int | None]:
    """The newest deed of the audit."""
    ((_, deed),) = Audit(login.gate().state).newest(1)
    return deed.principal, deed.action, deed.asked, deed.result, deed.rows


@pytest.mark.access
@pytest.mark.parametrize("ends", ["with an error", "by a click elsewhere"])
def test_what_failed_is_in_the_audit_too(data, folders, monkeypatch, ends: str):
    def run(*_: object) -> Ran:
        if ends == "by a click elsewhere":
            raise StopException
        return Ran(1, "", "Another ingest is running.")

    monkeypatch.setattr(work, "run", run)
    file_id = _file_id(folders, "secret-log.jsonl")
    page = data(file=file_id)
    page.button(key="panel.data.file.forget").click().run()
    page.checkbox(key="panel.data.files.sure").check().run()
    page.button(key="panel.data.files.sure.do").click().run()
    assert _noted() == ("ada", "forget", f"file={file_id}", "failed", None)


def test_a_dialog_that_is_declined_changes_nothing(data, folders):
    page = data(file=_file_id(folders, "secret-log.jsonl"))
    page.button(key="panel.data.file.forget").click().run()
    page.button(key="panel.data.files.sure.no").click().run()
    assert "of cost go" not in _words(page)
    assert manifest.load(folders.events).rows == 3


@pytest.mark.access
def test_a_deed_of_somebody_demoted_meanwhile_is_refused(data, folders, tmp_path):
    page = data(file=_file_id(folders, "secret-log.jsonl"))
    page.button(key="panel.data.file.forget").click().run()
    page.checkbox(key="panel.data.files.sure").check().run()
    auth = tmp_path / "auth.yaml"
    auth.write_text(auth.read_text("utf-8").replace("roles: [admin]", "roles: [manager]"), "utf-8")
    page.button(key="panel.data.files.sure.do").click().run()
    assert manifest.load(folders.events).rows == 3
    assert "3 events" not in _words(page)
    assert (_noted()[:2], _noted()[3:]) == (("ada", "forget"), ("failed", None))


def test_repricing_is_shown_first_and_applied_when_asked_twice(data, folders):
    (folders.settings / "prices.csv").write_text(
        "provider,model,rule,usd,per,discount_pct,tier_above,variant,valid_from,valid_to,note\n"
        "self,house-*,,2,,,,,,,\n", "utf-8",
    )  # fmt: skip
    page = data(section="prices")
    page.button(key="panel.data.reprice.try").click().run()
    assert _rows(page, 1) == [["2025-10", "house-model", "1", "$0.00", "$0.01", "+$0.01", "1", "0"]]
    page.button(key="panel.data.reprice.apply").click().run()
    page.checkbox(key="panel.data.reprice.sure").check().run()
    page.button(key="panel.data.reprice.sure.do").click().run()
    assert "1 change applied." in _words(page)
    assert _noted() == ("ada", "reprice", "", "ok", 1)
    assert _metrics(page)["Unpriced tokens"] == "0"


def _map(page: AppTest, file_id: str, part: str, value: str) -> None:
    page.selectbox(key=f"panel.data.map.{file_id}.{part}").select(value)


def test_a_file_is_mapped_tried_kept_and_taken_in(data, folders):
    file_id = _file_id(folders, "strange [x](http:evil).csv")
    page = data()
    page.button(key=f"quarantined.{file_id}.map").click().run()
    assert page.query_params["map"] == file_id
    assert "Map strange [x](http:evil).csv" in _words(page)
    assert page.selectbox(key=f"panel.data.map.{file_id}.time").value == "when"
    assert page.button(key="data.map.save").disabled
    for part, value in (("input_tokens", "in"), ("output_tokens", "out"), ("model", "what")):
        _map(page, file_id, part, value)
    page.text_input(key=f"panel.data.map.{file_id}.name").input("house").run()
    assert "In one row they are 10 and 900 cached." in _words(page)
    assert "Say whether the input tokens include the cached ones." in _words(page)
    page.radio(key=f"panel.data.map.{file_id}.convention").set_value("exclusive").run()
    assert "1 row read: 1 would land." in _words(page)
    assert "input 910" in _words(page)
    page.button(key="data.map.save").click().run()
    assert "Kept as house.yaml." in _words(page)
    kept = (folders.settings / "sources" / "house.yaml").read_text("utf-8")
    assert "convention: exclusive" in kept
    assert yaml.safe_load(kept)["match"]["all"] == ["when", "in", "out"]
    assert manifest.load(folders.events).input(file_id).verdict == "landed"
    assert "map" not in page.query_params
    assert _metrics(page)["Events"] == "4"


def test_a_mapping_that_lands_nothing_says_why_and_cannot_be_kept(data, folders):
    file_id = _file_id(folders, "strange [x](http:evil).csv")
    page = data(map=file_id)
    page.radio(key=f"panel.data.map.{file_id}.convention").set_value("inclusive")
    _map(page, file_id, "cache_read_tokens", "cached")
    _map(page, file_id, "time", "what")
    page.run()
    assert "Every row is rejected." in _words(page)
    assert page.button(key="data.map.save").disabled
    assert not (folders.settings / "sources").exists()


@pytest.mark.access
def test_the_mapping_screen_is_for_administrators(data, folders):
    page = data("max", map=_file_id(folders, "strange [x](http:evil).csv"))
    assert "In quarantine" in [s.value for s in page.subheader]
    assert "900" not in repr(page._tree)  # a sample of the file


def test_a_refused_file_can_be_tried_again(data, folders):
    file_id = _file_id(folders, "strange [x](http:evil).csv")
    sources = folders.settings / "sources"
    sources.mkdir(parents=True)
    (sources / "house.yaml").write_text(
        "name: house\nmatch: {all: [when, in]}\ntime: {column: when}\n"
        "columns: {input_tokens: in, output_tokens: out}\n", "utf-8",
    )  # fmt: skip
    page = data()
    page.button(key=f"quarantined.{file_id}.again").click().run()
    assert "strange [x](http:evil).csv: taken in, 1 row." in _words(page)
    assert manifest.load(folders.events).input(file_id).source == "house"


HOSTILE = "../../../auth.yaml\n![x](http://e).jsonl"


def test_uploads_wait_in_the_inbox_under_safe_names_and_are_taken_in(data, folders):
    page = data(section="upload")
    assert "Up to 200 MB each. Larger files: copy them into" in _words(page)
    line = json.dumps(_event("z", 9)).encode()
    box = page.get("file_uploader")[0]
    box.set_value([(HOSTILE, line, "application/json"), (".hidden", b"", "text/csv")]).run()
    page.button(key="panel.data.upload.send").click().run()
    assert "In the inbox: e_.jsonl, hidden." in _words(page)
    assert sorted(path.name for path in folders.inbox.iterdir()) == ["e_.jsonl", "hidden"]
    page.button(key="panel.data.upload.ingest").click().run()
    assert "e_.jsonl: taken in, 1 row." in _words(page)
    assert "hidden: quarantined. The file holds nothing." in _words(page)
    assert list(folders.inbox.iterdir()) == []
    assert _metrics(page)["Events"] == "4"


@pytest.mark.access
def test_nobody_but_an_administrator_uploads(data):
    page = data("max", section="upload")
    assert not page.get("file_uploader")
    assert page.button_group(key="k.data.section").value == "files"


def test_what_is_wrong_with_the_setup_is_told_to_administrators_alone(data, folders):
    sources = folders.settings / "sources"
    sources.mkdir(parents=True)
    (sources / "mine.yaml").write_text("name: mine\n", "utf-8")
    words = _words(data())
    assert "The app runs as a plain script" in words
    assert "mine.yaml" in words
    assert "no file is taken in" in words
    assert "mine.yaml" not in _words(data("max"))


def test_accounts_and_memory_that_cannot_be_used_are_told(data, tmp_path, monkeypatch):
    page = data()
    (tmp_path / "auth.yaml").write_text("credentials: [", "utf-8")
    monkeypatch.setattr(login.gate().state, "problem", "state.db cannot be used (disk I/O error)")
    words = _words(page.run())
    assert "auth.yaml, line 1" in words
    assert "state.db cannot be used (disk I/O error). Sign-ins end when the app stops." in words
