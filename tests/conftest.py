"""What every test may use."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from analytics_core import settings
from analytics_core.charts.drawing import CHECKED
from analytics_core.events import SCHEMA_NUMBER, schema
from analytics_core.semantics.filters import EVERYTHING, Filters, Pick, Scope
from analytics_core.semantics.period import Calendar, Period
from analytics_core.store import manifest
from analytics_core.store.view import Store, View

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 20, 16, 45, 30, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the approved texts")


@pytest.fixture(scope="session", autouse=True)
def validated_charts() -> None:
    """Every chart that any test draws is held against the schema of Vega-Lite."""
    CHECKED["validate"] = True


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real and broken inputs beside the checkout; skips where it is absent."""
    folder = ROOT.parent / "shared"
    if not (folder / "real").is_dir():
        pytest.skip(f"no real and broken inputs here ({folder.name}/ beside the checkout)")
    return folder


Event = dict[str, Any]
_DEFAULTS: Event = {
    "source": "literal",
    "file_id": "0123456789abcdef",
    "grain": "request",
    "requests": 1,
    "service_type": "text_generation",
    "event_type": "token_usage",
    "status": "ok",
}


def land_literally(data: Path, events: Sequence[Event], *, demo: bool = False) -> Path:
    """Writes `events` as landed Parquet with a manifest; cost_source follows from cost_nano."""
    rows = [
        _DEFAULTS
        | {"event_id": f"literal:{number}", "row": number}
        | {"cost_source": "unpriced" if event.get("cost_nano") is None else "computed"}
        | event
        for number, event in enumerate(events, 1)
    ]
    months: dict[str, list[Event]] = {}
    for row in rows:
        months.setdefault(f"{row['started_at']:%Y-%m}", []).append(row)
    files = tuple(_month_file(data / "events", month, months[month]) for month in sorted(months))
    entry = manifest.Input(
        file_id="0123456789abcdef", sha256="0" * 64, name="literal.jsonl", source="literal",
        group=None, grain="request", taken_at="2026-11-20T16:45:00", verdict="landed",
        read=len(rows), accepted=len(rows), demo=demo,
    )  # fmt: skip
    manifest.save(data / "events", manifest.Manifest(files, (entry,)))
    return data


def _month_file(events: Path, month: str, rows: list[Event]) -> manifest.EventFile:
    rows = sorted(rows, key=lambda row: (row["started_at"], row["event_id"]))
    table = pa.Table.from_pylist(rows, schema=schema())
    path = events / f"month={month}" / "literal.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)

    def total(name: str) -> int:
        return sum(row.get(name) or 0 for row in rows)

    return manifest.EventFile(
        path=path.relative_to(events).as_posix(), month=month, schema=SCHEMA_NUMBER,
        rows=len(rows), bytes=path.stat().st_size,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        min_started_at=rows[0]["started_at"].isoformat(),
        max_started_at=rows[-1]["started_at"].isoformat(),
        requests=total("requests"), input_tokens=total("input_tokens"),
        output_tokens=total("output_tokens"), cost_nano=total("cost_nano"),
        unpriced_rows=sum(row.get("cost_nano") is None for row in rows),
    )  # fmt: skip


@pytest.fixture(scope="session")
def land() -> Callable[..., Path]:
    """`land_literally`, for a folder that several tests share."""
    return land_literally


@pytest.fixture
def landed(tmp_path: Path) -> Callable[..., Path]:
    """A function that lands literal events and gives the data folder that holds them."""

    def land(events: Sequence[Event], **more: Any) -> Path:
        return land_literally(tmp_path / "data", events, **more)

    return land


@pytest.fixture
def viewed(landed: Callable[..., Path]) -> Iterator[Callable[..., View]]:
    """A function from literal events to a View of them, all of them and of November 2026 at first.

    `now` is the clock of both the store and the period; `files` are written to data/settings.
    """
    opened: list[Store] = []

    def view(
        events: Sequence[Event],
        *,
        period: str = "2026-11",
        picks: tuple[Pick, ...] = (),
        scope: Scope = EVERYTHING,
        now: datetime = NOW,
        zone: str = "UTC",
        files: Mapping[str, str] | None = None,
    ) -> View:
        data = landed(events)
        folder = data / "settings"
        folder.mkdir(exist_ok=True)
        for name, text in (files or {}).items():
            (folder / name).write_text(text, "utf-8")
        opened.append(Store(data, settings.load(folder, {}), now=lambda: now))
        return View(opened[-1], scope, Filters(Period.parse(period, now, Calendar(zone)), picks))

    yield view
    for store in opened:
        store.close()


ACCOUNTS = """
credentials:
  usernames:
    ada: {email: ada@x.example, first_name: Ada, last_name: Novak, roles: [admin], password: "%s"}
    ann: {email: ann@x.example, user_id: ann, roles: [member], password: "%s"}
    leo: {email: leo@x.example, user_id: leo, roles: [lead], teams: [core], password: "%s"}
    pam: {email: pam@x.example, user_id: pam, roles: [project_admin], projects: [Search], password: "%s"}
    mel: {email: mel@x.example, user_id: mel, roles: [manager], organizations: [acme], password: "%s"}
"""
HASH = "$2b$04$abcdefghijklmnopqrstuuKj5O9jbEH8nYbqbVnHoBGyN1VZXQdFS"


@pytest.fixture
def app(
    landed: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., AppTest]]:
    """Opens the app over literal events as a signed-in person, at a path with URL parameters.

    Called again without events it is another tab over the same store. `keep` are session keys of a
    tab that is open already.
    """
    monkeypatch.setenv("TOKENTALLY_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TOKENTALLY_AUTH", str(tmp_path / "auth.yaml"))
    monkeypatch.setenv("TOKENTALLY_ZONE", "UTC")
    (tmp_path / "auth.yaml").write_text(ACCOUNTS.replace("%s", HASH), "utf-8")

    def open_app(
        events: Sequence[Event] | None = None,
        who: str = "ada",
        path: str = "",
        keep: Mapping[str, object] | None = None,
        **params: str | list[str],
    ) -> AppTest:
        if events is not None or not manifest.path_of(tmp_path / "data" / "events").exists():
            landed(events or [])
        from analytics_core.ui import login

        now = datetime.now(UTC)
        account = login.gate().accounts(now)[who]
        sign_in, _ = login.gate().begin(account, "", now)
        tab = AppTest.from_file(ROOT / "analytics_core" / "ui" / "main.py", default_timeout=60)
        tab.session_state[login.SIGN_IN], tab.session_state[login.OWNER] = sign_in, who
        for key, value in (keep or {}).items():
            tab.session_state[key] = value
        for name, value in params.items():
            tab.query_params[name] = value
        if path:
            tab._page_hash = calc_hash(path)  # AppTest can only open pages that are files
        return tab.run()

    yield open_app
    st.cache_resource.clear()


_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@pytest.fixture(scope="session")
def sheets() -> Callable[[bytes], dict[str, list[list[Any]]]]:
    """Reads a workbook as its XML says: rows of every worksheet; numbers float, empty cells None."""

    def read(made: bytes) -> dict[str, list[list[Any]]]:
        with zipfile.ZipFile(io.BytesIO(made)) as book:
            parts = {name: ElementTree.fromstring(book.read(name)) for name in book.namelist()
                     if name.endswith((".xml", ".rels"))}  # fmt: skip
        shared = parts.get("xl/sharedStrings.xml", ElementTree.Element("none"))
        texts = ["".join(t.text or "" for t in one.iter(f"{_MAIN}t")) for one in shared]
        places = {
            link.get("Id"): link.get("Target") for link in parts["xl/_rels/workbook.xml.rels"]
        }
        return {
            str(sheet.get("name")): [
                _row(row, texts)
                for row in parts[f"xl/{places[sheet.get(_ID)]}"].iter(f"{_MAIN}row")
            ]
            for sheet in parts["xl/workbook.xml"].iter(f"{_MAIN}sheet")
        }

    return read


def _row(row: ElementTree.Element, texts: Sequence[str]) -> list[Any]:
    cells: dict[int, Any] = {}
    for cell in row:
        place = 0
        for letter in filter(str.isalpha, cell.get("r", "")):
            place = 26 * place + ord(letter) - 64
        cells[place] = _cell(cell, texts)
    return [cells.get(place) for place in range(1, max(cells, default=0) + 1)]


def _cell(cell: ElementTree.Element, texts: Sequence[str]) -> Any:
    assert cell.find(f"{_MAIN}f") is None, "a formula"
    value = cell.find(f"{_MAIN}v")
    if cell.get("t") == "inlineStr":
        return "".join(t.text or "" for t in cell.iter(f"{_MAIN}t"))
    if value is None or value.text is None:
        return None
    return texts[int(value.text)] if cell.get("t") == "s" else float(value.text)
