"""One question has one answer: View, command line and HTTP, as JSON, CSV, Parquet and Arrow."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from shlex import split
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from analytics_core.access.accounts import NOBODY, AccountsFile
from analytics_core.access.gate import Gate
from analytics_core.access.roles import scope_of
from analytics_core.access.state import State
from analytics_core.access.tokens import Wish
from analytics_core.api.routes import routes
from analytics_core.cli.main import main
from analytics_core.export.answer import answered, rows
from analytics_core.export.command import command
from analytics_core.export.curl import url
from analytics_core.semantics.filters import Filters, Pick
from analytics_core.semantics.measure import MEASURES
from analytics_core.semantics.period import Calendar, Grain, Period
from analytics_core.semantics.query import Query
from analytics_core.settings import load
from analytics_core.store.view import Store, View

pytestmark = [pytest.mark.access, pytest.mark.money]

HASH = "$2b$04$abcdefghijklmnopqrstuuKj5O9jbEH8nYbqbVnHoBGyN1VZXQdFS"
ACCOUNTS = """
credentials:
  usernames:
    ada: {email: ada@x.example, roles: [admin], password: "%s"}
    max: {email: max@x.example, roles: [manager], organizations: [acme], password: "%s"}
    pam: {email: pam@x.example, user_id: ana, roles: [project_admin], projects: ["Maps, Routes"], password: "%s"}
    leo: {email: leo@x.example, user_id: bo, roles: [lead], teams: [core], password: "%s"}
    mia: {email: mia@x.example, user_id: "=cy", roles: [member], password: "%s"}
    nil: {email: nil@x.example, password: "%s"}
"""  # fmt: skip
ROLES = ("ada", "max", "pam", "leo", "mia", "nil")
VALUES: dict[str, tuple[str | None, ...]] = {
    "user": ("ana", "bo", "=cy", None), "project": ("Maps, Routes", 'say "hi"', "Ünï", None),
    "team": ("core", "web", None), "organization": ("acme", "globex"), "model": ("m1", "m2", None),
    "status": ("ok", "error", None), "tag:flow": ("v", "a,b", None), "session": ("s1", "s2", None),
}  # fmt: skip
COLUMNS = {"user": "user_id", "session": "session_id"}
ASKED = tuple(n for n, m in MEASURES.items() if not m.report and m.relation != "items")
NOW = datetime(2025, 12, 20, 16, 45, 30, tzinfo=UTC)


def events() -> list[dict[str, Any]]:
    """180 events in which every value of every dimension stands beside many others."""
    made: list[dict[str, Any]] = []
    for n in range(180):
        started = datetime(2025, 10, 3) + timedelta(hours=9 * n, minutes=n % 7)
        row: dict[str, Any] = {
            "started_at": started, "ended_at": started + timedelta(minutes=n % 5),
            "cost_nano": None if n % 11 == 0 else (n * 7919) % 3_000_000_007 - 5,
            "input_tokens": None if n % 13 == 0 else n, "output_tokens": n % 17,
            "latency_ms": None if n % 3 == 0 else n * 31 % 4001 + 1,
        }  # fmt: skip
        for at, (name, values) in enumerate(VALUES.items()):
            value = values[(n // (at + 1) + at) % len(values)]
            if name.startswith("tag:"):
                row["tags"] = [("flow", value)] if value else []
            else:
                row[COLUMNS.get(name, name)] = value
        made.append(row)
    return made


class House:
    """The same events behind a View, the command line and the API."""

    def __init__(self, folder: Path, land: Any) -> None:
        self.data, self.out = land(folder / "data", events()), folder / "out"
        (folder / "auth.yaml").write_text(ACCOUNTS % ((HASH,) * 6), "utf-8")
        self.loaded = load(
            self.data / "settings", {"TOKENTALLY_API_REQUESTS_PER_MINUTE": "1000000"}
        )
        self.state = State(self.data / "state.db")
        self.gate = Gate(
            AccountsFile(folder / "auth.yaml"), self.state, self.loaded, lambda: False, NOBODY
        )
        self.store = Store(self.data, self.loaded)
        self.client = TestClient(Starlette(routes=routes(self.gate, self.data)))
        now = datetime.now(UTC)
        people = self.gate.accounts(now)
        self.people = {name: people[name].principal for name in ROLES}
        self.tokens = {
            name: self.gate.tokens.make(person, Wish(name="x"), now)[1]
            for name, person in self.people.items()
        }

    def over_http(self, who: str, address: str, kind: str) -> bytes:
        sent = {"Authorization": f"Bearer {self.tokens[who]}"}
        answer = self.client.get(f"{address}&format={kind}", headers=sent)
        assert answer.status_code == 200, answer.text
        return answer.content

    def on_the_command_line(self, words: list[str], kind: str) -> bytes:
        words = [*words, "--data", str(self.data), "--format", kind, "--out", str(self.out)]
        assert main(words) == 0
        return self.out.read_bytes()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, land: Any) -> Iterator[House]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("same")
        patch.setenv("TOKENTALLY_AUTH", str(folder / "auth.yaml"))
        patch.setenv("TOKENTALLY_ZONE", "UTC")
        made = House(folder, land)
        yield made
        made.store.close()
        made.state.close()


@st.composite
def picks(draw: st.DrawFn) -> tuple[Pick, ...]:
    names = draw(st.lists(st.sampled_from(list(VALUES)), max_size=2, unique=True))
    return tuple(
        Pick(name, tuple(draw(st.lists(st.sampled_from((*VALUES[name], "nobody")), min_size=1, max_size=3))))
        for name in names
    )  # fmt: skip


@st.composite
def questions(draw: st.DrawFn) -> tuple[Query, bool]:
    measures = draw(st.lists(st.sampled_from(ASKED), min_size=1, max_size=3, unique=True))
    by = draw(st.lists(st.sampled_from(list(VALUES)), max_size=2, unique=True))
    grain = draw(st.none() | st.sampled_from((Grain.DAY, Grain.WEEK, Grain.MONTH)))
    query = Query(
        tuple(measures), tuple(by), grain, draw(st.none() | st.integers(1, 3)),
        draw(st.sampled_from(("value", "name"))), draw(st.none() | st.integers(1, 4)),
    )  # fmt: skip
    return query, grain is None and draw(st.booleans())


CASES = st.tuples(
    st.sampled_from(ROLES), picks(), questions(),
    st.sampled_from(("2025-10", "2025-11", "2025-10-15..2025-11-04", "2025-01")),
)  # fmt: skip
SOME = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def compared(house: House, sheets: Any, case: Any) -> None:
    who, picked, (query, compare), kind = case
    filters = Filters(Period.parse(kind, NOW, Calendar()), picked)
    view = View(house.store, scope_of(house.people[who]), filters)
    answer = answered(view, query, compare=compare)

    beside = [
        ("order", query.order),
        ("limit", query.limit),
        ("compare", "previous" if compare else None),
    ]
    words = split(command(query, filters, who))[3:]
    words += [word for name, value in beside if value for word in (f"--{name}", str(value))]
    address = url("", query, filters)
    address += "".join(f"&{name}={value}" for name, value in beside[1:] if value)

    document = json.loads(house.over_http(who, address, "json"))
    assert document["rows"] == json.loads(json.dumps(list(rows(answer))))
    assert document == json.loads(house.on_the_command_line(words, "json"))
    assert house.over_http(who, address, "csv") == house.on_the_command_line(words, "csv")
    parquet = pl.read_parquet(house.over_http(who, address, "parquet"))
    assert parquet.equals(pl.read_parquet(house.on_the_command_line(words, "parquet")))
    assert parquet.equals(pl.read_ipc_stream(house.over_http(who, address, "arrow")))
    made = house.over_http(who, address, "xlsx")
    assert made == house.on_the_command_line(words, "xlsx")
    in_workbook(sheets(made)["Answer"], house.over_http(who, address, "csv"))
    for name in query.measures:  # and the decimals are the integers
        if f"{name}_nano" in parquet.columns:
            nano = answer.frame[name].to_list()
            assert parquet[f"{name}_nano"].to_list() == nano
            assert parquet[name].to_list() == [
                None if v is None else Decimal(v).scaleb(-9) for v in nano
            ]


def in_workbook(rows: list[list[Any]], text: bytes) -> None:
    """Every cell is that of the CSV: text as it is, figures to the digits a spreadsheet has."""
    head, *lines = csv.reader(io.StringIO(text.decode("utf-8-sig"), newline=""))
    assert rows[0] == head
    for row, line in zip(rows[1:], lines, strict=False):
        for cell, said in zip([*row, *[None] * (len(line) - len(row))], line, strict=True):
            if isinstance(cell, float) and said[4:5] == "-" == said[7:8]:  # a day
                said = str((date.fromisoformat(said) - date(1899, 12, 30)).days)
            if isinstance(cell, float):
                assert cell == float(f"{float(said):.16g}")  # a sheet keeps 16 digits
            else:
                assert (cell or "") in (said, said.removeprefix("'"))


@pytest.mark.parametrize(
    "examples",
    [8, pytest.param(60, marks=pytest.mark.slow), pytest.param(500, marks=pytest.mark.nightly)],
)
def test_a_question_has_one_answer_through_every_door(
    house: House, sheets: Any, examples: int
) -> None:
    @given(case=CASES)
    @settings(SOME, max_examples=examples)
    def asked(case: Any) -> None:
        compared(house, sheets, case)

    asked()
