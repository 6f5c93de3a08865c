"""Events that programs push: taken at once, safe, counted once, and traceable to their fate."""

import gzip
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from jsonschema import Draft202012Validator

from analytics_core.access.tokens import PUSH, READ
from analytics_core.api.operations import OPERATIONS
from analytics_core.api.push import PUSHED
from analytics_core.ingest.door import ingest
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.push import bodies, spool
from analytics_core.semantics.filters import Pick

pytestmark = [pytest.mark.access, pytest.mark.slow]

HERS = (Pick("user", ("mia",)),)


def event(number: int = 1, **said: object) -> dict[str, Any]:
    return {
        "event_id": f"e{number}", "started_at": "2026-11-02T10:00:00Z", "provider": "house",
        "model": "house-model", "input_tokens": 100, "output_tokens": 10, "cost_usd": "0.5",
    } | said  # fmt: skip


def item(**said: object) -> dict[str, Any]:
    return {"rule": "web_search", "quantity": 3, "unit": "calls"} | said


class Pushing:
    """A World with a token that pushes as `proxy`, and an ingest for what it pushed."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.token = world.pusher()
        self.folders = Folders(world.gate.file.path.parent / "data")

    def push(
        self, body: Any, token: str | None = None, path: str = "/events", **headers: str
    ) -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content_Type": "application/json"} | headers
        token = self.token if token is None else token
        return self.world.get(path, token, "POST", content, **sent)

    def pushed(self, body: Any, token: str | None = None, **headers: str) -> dict[str, Any]:
        answer = self.push(body, token, **headers)
        assert answer.status_code == 202, answer.text
        return answer.json()

    def land(self) -> list[tuple[str, int, int, int]]:
        now = datetime.now(UTC)
        done = ingest(None, self.folders, self.world.gate.settings, now=now)
        return [(i.verdict, i.accepted, i.rejected, i.duplicate) for i in done]

    def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        shown = self.world.rows("/events?period=2026-11")
        return sorted(tuple(row[c] for c in ("event_id", *columns)) for row in shown)

    def fate(self, receipt: dict[str, Any], token: str | None = None) -> dict[str, Any]:
        answer = self.world.get(f"/events/receipts/{receipt['id']}", token or self.token)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def counts(self, receipt: dict[str, Any]) -> tuple[str, int, int, int]:
        said = self.fate(receipt)
        return said["state"], said["accepted"], said["rejected"], said["duplicate"]

    def waiting(self) -> int:
        return sum(body.events for body in spool.waiting(self.folders))


@pytest.fixture
def here(world: Callable[..., Any]) -> Pushing:
    return Pushing(world())


def lines(*events: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(each) for each in events).encode()


@pytest.mark.parametrize(
    ("body", "mime"),
    [
        (lines(event(1)), "application/json"),
        (json.dumps(event(1), indent=2).encode(), "application/json"),
        (json.dumps([event(1)], indent=2).encode(), "application/json; charset=utf-8"),
        (lines(event(1)), "application/x-ndjson"),
        (b"\xef\xbb\xbf" + lines(event(1)) + b"\r\n\r\n", "text/plain"),
        (b"[null, " + lines(event(1)) + b"]", "application/x-www-form-urlencoded"),
    ],
)
def test_one_event_an_array_and_lines_are_taken_and_land(here, body, mime):
    receipt = here.pushed(body, Content_Type=mime)
    assert (receipt["events"], len(receipt["sha256"])) == (1, 64)
    assert receipt["url"] == f"/api/v1/events/receipts/{receipt['id']}"
    assert here.counts(receipt) == ("received", 0, 0, 0)
    assert here.rows() == []
    assert here.land() == [("landed", 1, 0, 0)]
    assert here.counts(receipt) == ("landed", 1, 0, 0)
    assert here.rows("source", "cost", "input_tokens") == [("proxy:e1", "proxy", "0.5", 100)]


def test_many_bodies_become_one_file_and_each_knows_its_own_rows(here):
    ahead = (datetime.now(UTC) + timedelta(hours=23, minutes=59)).isoformat()
    one = here.pushed([event(1), event(2)])
    two = here.pushed([event(2), event(3, items=[]), event(3)])
    three = here.pushed([event(4, started_at=ahead), event(5, input_tokens="10")])
    assert here.land() == [("landed", 5, 0, 2)]
    assert [here.counts(receipt) for receipt in (one, two, three)] == [
        ("landed", 2, 0, 0), ("landed", 1, 0, 2), ("landed", 2, 0, 0),
    ]  # fmt: skip
    assert len(here.rows()) >= 4
    assert len({here.fate(receipt)["file_id"] for receipt in (one, two, three)}) == 1


def test_rows_that_the_door_rejects_are_told_by_their_place_in_the_body(here):
    good = here.pushed([event(n) for n in range(1, 8)])
    bad = here.pushed([event(8), event(9, cost_reported_nano=-5, cost_usd=None)])
    assert here.land() == [("landed", 8, 1, 0)]
    assert here.counts(good) == ("landed", 7, 0, 0)
    said = here.fate(bad)
    assert here.counts(bad) == ("landed", 1, 1, 0)
    assert said["reasons"] == [
        {
            "code": "negative_cost",
            "rows": 1,
            "meaning": "A cost below 0 from a source that has no refunds.",
        }
    ]
    assert [(row["row"], row["code"]) for row in said["rejected_rows"]] == [(2, "negative_cost")]


def test_one_body_that_is_refused_costs_no_other(here):
    good = here.pushed([event(n) for n in range(20)])
    bad = here.pushed([event(100 + n, cost_usd=None, cost_reported_nano=-1) for n in range(90)])
    assert [verdict for verdict, *_ in here.land()] == ["parted"]
    assert here.counts(good) == here.counts(bad) == ("received", 0, 0, 0)
    assert sorted(here.land()) == [("landed", 20, 0, 0), ("nothing_accepted", 0, 90, 0)]
    assert here.counts(good) == ("landed", 20, 0, 0)
    refused = here.fate(bad)
    assert refused["state"] == "refused"
    assert refused["reason"].startswith("Every row is rejected. In 90 of them, first in row 1")
    assert refused["remedy"]
    assert len(here.rows()) == 20
    again = here.pushed([event(100 + n, cost_usd=None, cost_reported_nano=-1) for n in range(90)])
    assert (again["id"], here.waiting()) == (bad["id"], 90), "what was refused may be sent again"


def test_the_same_body_again_has_the_same_receipt_and_is_not_kept_twice(here):
    first = here.pushed([event(1), event(2)])
    assert here.pushed([event(1), event(2)]) == first
    assert here.waiting() == 2
    assert here.land() == [("landed", 2, 0, 0)]
    assert here.pushed([event(1), event(2)]) == first
    assert here.land() == []
    assert here.counts(first) == ("landed", 2, 0, 0)


def test_an_event_id_counts_once_however_it_comes_again(here):
    here.pushed([event(1), event(2)])
    here.land()
    again = here.pushed(lines(event(2), event(1), event(3)))
    assert here.land() == [("landed", 1, 0, 2)]
    assert here.counts(again) == ("landed", 1, 0, 2)
    assert here.rows("cost") == [("proxy:e1", "0.5"), ("proxy:e2", "0.5"), ("proxy:e3", "0.5")]


def test_a_later_copy_replaces_the_earlier_and_the_receipts_say_so(here):
    first = here.pushed(event(1, ended_at="2026-11-02T10:00:01Z"))
    here.land()
    here.pushed(event(1, ended_at="2026-11-02T10:00:09Z", output_tokens=99, cost_usd="0.7"))
    here.land()
    assert here.rows("cost", "output_tokens") == [("proxy:e1", "0.7", 99)]
    assert here.counts(first) == ("landed", 0, 0, 1)


def test_a_token_writes_only_under_its_own_name_and_what_it_fixes(here):
    fixed = here.world.pusher(
        source="mobile", picks=(Pick("project", ("Maps",)), Pick("user", ("Mia@X.example",)))
    )
    claim = event(
        1, source="litellm", project="Search", user="eve", team="core", file_id="x", row=9,
        _pushed={"source": "eve", "shape": "otlp"},
    )  # fmt: skip
    here.pushed(claim, fixed)
    here.pushed(claim)
    here.land()
    assert here.rows("source", "project", "user_id", "team", "metadata") == [
        ("mobile:e1", "mobile", "Maps", "mia@x.example", "core", None),
        ("proxy:e1", "proxy", "Search", "eve", "core", None),
    ]


def test_ids_of_other_sources_are_out_of_reach(here):
    here.pushed(event(1))
    here.land()
    thief = here.world.pusher(source="thief")
    here.pushed([event(1, cost_usd="0"), event("proxy:e1", event_id="proxy:e1")], thief)
    here.land()
    assert here.rows("cost", "source")[0] == ("proxy:e1", "0.5", "proxy")
    assert {row[0] for row in here.rows()} == {"proxy:e1", "thief:e1", "thief:proxy:e1"}


def test_a_member_reaches_no_event_of_others_under_the_same_name(here):
    later = "2026-11-02T12:00:00Z"
    hers = here.world.pusher("mia", picks=HERS)
    here.pushed([event(1, user="leo"), event(2, user="leo")])
    here.land()
    here.pushed(event(1, cost_usd="0.1", updated_at=later), hers)
    assert here.land() == [("landed", 1, 0, 0)]
    assert here.rows("user_id", "cost")[-2:] == [
        ("proxy:e1", "leo", "0.5"),
        ("proxy:e2", "leo", "0.5"),
    ]
    assert [row[1:] for row in here.rows("user_id", "cost")[:-2]] == [("mia", "0.1")]


def test_whoever_fixes_the_same_pushes_the_same_events(here):
    hers, again = (here.world.pusher("mia", picks=HERS) for _ in range(2))
    other = here.world.pusher("leo", picks=(Pick("team", ("core",)),))
    receipt = here.pushed(event(1), hers)
    assert here.pushed(event(1), again)["id"] == receipt["id"]
    here.land()
    here.pushed([event(1), event(2)], again)
    assert here.land() == [("landed", 1, 0, 1)]
    here.pushed(event(1, cost_usd="0.7", updated_at="2026-11-02T12:00:00Z"), again)
    here.pushed(event(1), other)
    here.land()
    rows = here.rows("user_id", "cost", "team")
    assert {(row[0].rsplit(":", 1)[1], *row[1:]) for row in rows} == {
        ("e1", "mia", "0.7", None), ("e1", None, "0.5", "core"), ("e2", "mia", "0.5", None),
    }  # fmt: skip
    assert len(rows) == 3


@pytest.mark.parametrize(
    ("who", "picks", "status"),
    [
        ("ada", (), 202),  # everything
        ("max", (), 403),  # a manager of acme
        ("max", (Pick("organization", ("acme",)),), 202),
        ("max", (Pick("organization", ("globex",)),), 403),
        ("ana", (Pick("project", ("Search",)),), 202),
        ("ana", (Pick("user", ("ana",)),), 202),
        ("leo", (Pick("team", ("core",)), Pick("project", ("Atlas",))), 202),
        ("leo", (Pick("project", ("Atlas",)),), 403),
        ("mia", HERS, 202),
        ("mia", (Pick("user", ("leo",)),), 403),
        ("nil", (Pick("user", ("nil",)),), 403),  # no role
    ],
)
def test_a_token_pushes_only_what_its_owner_may_see(here, who, picks, status):
    token = here.world.pusher(who, picks=picks)
    assert here.push(event(1), token).status_code == status
    assert here.waiting() == (1 if status == 202 else 0)


def test_a_role_that_is_taken_away_ends_pushing_at_once(here):
    assert here.push(event(1)).status_code == 202
    path = here.world.gate.file.path
    path.with_name("aside").write_text(
        path.read_text("utf-8").replace("roles: [admin]", "roles: [member]")
    )
    path.with_name("aside").replace(path)
    answer = here.push(event(2))
    assert (answer.status_code, answer.json()["type"]) == (403, "/api/v1/docs#forbidden")


def test_a_receipt_is_for_its_token_and_for_those_who_see_every_row(here):
    hers = here.world.pusher("mia", picks=HERS)
    receipt = here.pushed(event(1), hers)
    address = f"/events/receipts/{receipt['id']}"
    allowed = (hers, here.world.token("ada"), here.world.pusher("ada", READ, PUSH))
    assert [here.world.get(address, token).status_code for token in allowed] == [200] * 3
    others = (
        here.world.pusher("mia", picks=HERS), here.token, here.world.token("mia"),
        here.world.token("max"), here.world.token("ada", picks=(Pick("project", ("Maps",)),)),
    )  # fmt: skip
    unknown = here.world.get("/events/receipts/" + "0" * 32, here.token)
    for token in others:
        answer = here.world.get(address, token)
        assert (answer.status_code, answer.text) == (404, unknown.text)
    same = here.world.pusher("mia", picks=HERS)
    assert here.pushed(event(1), same)["id"] == receipt["id"]
    assert here.world.get(address, same).status_code == 200, "it pushed the same itself"


@pytest.mark.parametrize(
    ("body", "row", "key", "words"),
    [
        ([event(1), event(2, started_at="yesterday")], 2, "started_at", "is no time"),
        ([event(1), event(2, started_at="1999-01-01T00:00:00Z")], 2, "started_at", "before 2020"),
        ([event(1), event(2, started_at="2999-01-01T00:00:00Z")], 2, "started_at", "ahead"),
        ([event(1), {"id": "x"} | event(2, event_id=None)], 2, "event_id", "is missing"),
        ([event(1), event(2, event_id=True)], 2, "event_id", "neither text nor a whole number"),
        ([event(1), event(2, event_id="x" * 201)], 2, "event_id", "1 to 200 characters"),
        ([event(1), event(2, event_id="a\0b")], 2, "event_id", "holds a character"),
        ([event(1), event(2, event_id="a\ud83d")], 2, "event_id", "holds a character"),
        ([event(1), event(2, event_id="a\u200bb")], 2, "event_id", "holds a character"),
        ([event(1), event(2, event_id="None")], 2, "event_id", "stands for nothing"),
        ([event(1), event(2, input_tokens=-1)], 2, "input_tokens", "between 0 and"),
        ([event(1), event(2, input_tokens=1.5)], 2, "input_tokens", "no whole number"),
        ([event(1), event(2, output_tokens="many")], 2, "output_tokens", "no whole number"),
        ([event(1), event(2, cost_usd="1,5")], 2, "cost_usd", "no decimal number"),
        ([event(1), event(2, cost_usd=-1)], 2, "cost_usd", "between 0 and"),
        ([event(1), event(2, grain="bucket")], 2, "grain", "one event a call"),
        ([event(1), {"event_id": "x", "started_at": "2026-11-02"}], 2, "input_tokens", "every other"),
        ([event(1), event(2, requests=5)], 2, "requests", "is not 0 or 1. An event is one call"),
        ([event(1), event(2, requests=-3)], 2, "requests", "is not 0 or 1"),
        ([event(1), event(2, requests=0.5)], 2, "requests", "no whole number"),
        ([event(1), event(2, Requests=5)], 2, "Requests", "is written requests"),
        ([event(1), event(2, http_status=99999)], 2, "http_status", "between 100 and 599"),
        ([event(1), event(2, latency_ms=-5)], 2, "latency_ms", "between 0 and 86,400,000"),
        ([event(1), event(2, ttft_ms="slow")], 2, "ttft_ms", "is no number"),
        ([event(1), event(2, status="weird")], 2, "status", "is not ok, error or cancelled"),
        ([event(1), event(2, stream="maybe")], 2, "stream", "is not true or false"),
        ([event(1), event(2, cache_hit=[True])], 2, "cache_hit", "is not true or false"),
        ([event(1), event(2, user=["a"])], 2, "user", "is no text"),
        ([event(1), event(2, project={"id": 1})], 2, "project", "is no text"),
        ([event(1), event(2, ended_at="later")], 2, "ended_at", "is no time"),
        ([event(1), event(2, updated_at="2999-01-01")], 2, "updated_at", "ahead"),
        ([event(1), event(2, credits_nano="x")], 2, "credits_nano", "no whole number"),
        ([event(1), event(2, items="x")], 2, "items", "is no array of objects"),
        ([event(1), event(2, items=["x"])], 2, "items[1]", "is no object"),
        ([event(1), event(2, items=[item(), item(quantity=-3)])], 2, "items[2].quantity", "between 0"),
        ([event(1), event(2, items=[item(rule=None)])], 2, "items[1].rule", "must be text"),
        ([event(1), event(2, items=[item(quantity=None)])], 2, "items[1].quantity", "so is a cost"),
        ([event(1), event(2, items=[item(cost_usd=-1)])], 2, "items[1].cost_usd", "between 0"),
        ([event(1), event(2, items=[item(pricing_rule="x")])], 2, "items[1].pricing_rule", "second"),
        ([event(1), event(2, items=[item(quantiti=1)])], 2, "items[1].quantiti", "Is it 'quantity'?"),
        ([event(1), event(2, items=[item() | {"\ud800": 1}])], 2, "items[1].?", "no key of an item"),
        ([event(1), event(2, items=[item()] * 101)], 2, "items", "more than 100"),
        ([event(1), {"event_id": "x", "started_at": "2026-11-02", "items": []}], 2, "input_tokens",
         "every other"),
        ([event(1), 7], 2, None, "no JSON object but a number"),
        (lines(event(1)) + b"\n{broken", 2, None, "no JSON (Expecting property name"),
        (lines(event(1)) + b'\n{"cost_usd": NaN}', 2, None, "NaN is no number of JSON"),
        ({"eventid": "x", "started_at": 1}, 1, "event_id", "Is it 'eventid'?"),
        ({"event_id\ud800": "x", "started_at": 1}, 1, "event_id", "Is it 'event_id?'?"),
        ({"event_id": "x", "timestamp": 1}, 1, "started_at", "has no started_at"),
        ({"event_id": "x", "started_at": "2026-11-02"} | {f"k{n}": 1 for n in range(200)}, 1, None,
         "more than 200 different keys"),
    ],
)  # fmt: skip
def test_garbage_is_refused_at_once_with_its_row_and_key(here, body, row, key, words):
    answer = here.push(body)
    said = answer.json()
    assert (answer.status_code, said["type"]) == (400, "/api/v1/docs#bad-events")
    assert (said["row"], said.get("key")) == (row, key)
    assert words in said["detail"]
    assert here.waiting() == 0


def test_items_are_taken_under_the_names_of_the_column_and_of_the_api(here):
    named = {"pricing_rule": "web_search", "quantity": 3, "unit": "calls", "cost": "0.03"}
    own = item(cost_usd=0.03)
    counted = item(quantity="3", cost_nano=30_000_000)
    off = {"rule": "discount", "cost_usd": "-0.01"}
    bodies_of = [
        event(n, cost_usd=None, items=[each]) for n, each in enumerate((named, own, counted))
    ]
    here.pushed([*bodies_of, event(3, items=[item(), off])])
    assert here.land() == [("landed", 4, 0, 0)]
    found = here.world.rows("/items?period=2026-11")
    searches = [(i["quantity"], i["unit"]) for i in found if i["pricing_rule"] == "web_search"]
    assert searches == [("3", "calls")] * 4
    (less,) = [i["cost"] for i in found if i["pricing_rule"] == "discount"]
    assert less == "-0.01"


@pytest.mark.parametrize(
    "said",
    [
        {"requests": 0}, {"requests": "1"}, {"status": "Success"}, {"stream": "no"}, {"stream": 1},
        {"http_status": "429"}, {"latency_ms": 12.5}, {"latency_ms": 0}, {"status": None},
        {"ended_at": ""}, {"user": 17}, {"cache_hit": "-"},
    ],
)  # fmt: skip
def test_what_the_door_can_read_is_taken(here, said):
    here.pushed(event(1, **said))
    assert here.land() == [("landed", 1, 0, 0)]
    (row,) = here.world.rows("/events?period=2026-11")
    assert row["grain"] == "request"


def test_the_description_and_the_server_agree_on_which_arrays_are_bodies(here):
    described = Draft202012Validator(PUSHED.takes.schema)
    for body in ([], [None], [7], [[event(1)]], [event(1), 7], [event(1)], [None, event(2)]):
        assert (here.push(body).status_code == 202) == described.is_valid(body), body


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "The body is empty."),
        (b"[]", "holds no event"),
        (b"[null]", "holds no event"),
        (b"<html>", "begins with neither { nor ["),
        (b"\xff\xfe", "Byte 1 is not UTF-8."),
        (b'[{"event_id": 1}', "line 1, column 17"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "The body is no JSON"),
    ],
)
def test_a_body_that_is_none_is_refused_with_what_is_wrong(here, body, words):
    answer = here.push(body)
    assert (answer.status_code, answer.json()["type"]) == (400, "/api/v1/docs#unreadable-body")
    assert words in answer.json()["detail"]


def test_a_packed_body_is_unpacked_and_a_bomb_is_not(here):
    receipt = here.pushed(gzip.compress(lines(event(1))), Content_Encoding="gzip")
    assert here.pushed(lines(event(1))) == receipt, "packed or not, it is the same body"
    two = gzip.compress(lines(event(2)) + b"\n") + gzip.compress(lines(event(3)))
    assert here.pushed(two, Content_Encoding="gzip")["events"] == 2
    bomb = gzip.compress(b" " * 200_000_000, 9)
    for body, status in (
        (bomb, 413),
        (bomb[:50_000], 413),
        (bomb[:500], 400),
        (b"\x1f\x8b", 400),
        (b"{}", 400),
    ):
        answer = here.push(body, Content_Encoding="gzip")
        assert answer.status_code == status
    answer = here.push(event(1), Content_Encoding="br")
    assert (answer.status_code, answer.json()["key"]) == (400, "Content-Encoding")


def test_a_body_beyond_the_limits_is_refused_whole(here, monkeypatch):
    assert here.push(b"[" + b" " * bodies.MOST_BYTES).status_code == 413
    monkeypatch.setattr(bodies, "MOST_EVENTS", 3)
    for body in ([event(n) for n in range(4)], lines(*(event(n) for n in range(4)))):
        answer = here.push(body)
        assert (answer.status_code, answer.json()["type"]) == (413, "/api/v1/docs#too-large")
        assert "at most 3 events, not 4" in answer.json()["detail"]
    assert here.push([event(n) for n in range(3)]).status_code == 202


def test_a_body_that_says_nothing_of_its_length_is_cut_off_at_the_limit(here):
    scope = {
        "type": "http", "method": "POST", "path": "/api/v1/events", "root_path": "",
        "query_string": b"", "headers": [(b"authorization", f"Bearer {here.token}".encode())],
    }  # fmt: skip
    sent, answers = 0, []

    async def endless() -> dict[str, Any]:
        nonlocal sent
        sent += 1 << 20
        return {"type": "http.request", "body": b" " * (1 << 20), "more_body": True}

    async def answer(message: Any) -> None:
        answers.append(message)

    anyio.run(here.world.client.app, scope, endless, answer)
    assert answers[0]["status"] == 413
    assert sent <= bodies.MOST_BYTES + (2 << 20)


def test_other_media_types_are_refused(here):
    answer = here.push(event(1), Content_Type="multipart/form-data; boundary=x")
    assert (answer.status_code, answer.json()["type"]) == (
        415,
        "/api/v1/docs#unsupported-media-type",
    )
    assert "application/x-ndjson" in answer.json()["detail"]


def test_a_full_inbox_says_what_to_do_and_when_to_come_back(here, monkeypatch):
    monkeypatch.setattr(spool, "room", lambda _: 4_999_999_990)
    answer = here.push(event(1))
    assert (answer.status_code, answer.json()["type"]) == (503, "/api/v1/docs#inbox-full")
    assert answer.headers["retry-after"] == "60"
    assert answer.json()["detail"].startswith(
        "5.0 GB wait in the inbox to be taken in. Keep the events"
    )


def test_a_full_disk_is_no_receipt(here, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise spool.Full("inbox", "No space left on device")

    monkeypatch.setattr(spool, "keep", full)
    answer = here.push(event(1))
    assert (answer.status_code, answer.json()["type"]) == (503, "/api/v1/docs#inbox-full")
    assert here.world.gate.state.rows("SELECT * FROM receipts") == []


def test_who_pushes_too_often_is_told_when_to_come_back(world):
    here = Pushing(world(api_pushes_per_minute=2, api_requests_per_minute=1))
    other = here.world.pusher()
    assert [here.push(event(1)).status_code for _ in range(3)] == [202, 202, 429]
    late = here.push(event(1))
    assert 1 <= int(late.headers["retry-after"]) <= 30
    assert here.push(event(1), other).status_code == 202


def test_prompts_and_addresses_never_reach_the_disk(here):
    secret = "CANARY-7f3a"
    here.pushed(
        event(
            1, prompt=secret, messages=[{"content": secret}], response=secret,
            metadata={"requester_ip_address": secret, "input": secret, "deep": {"output": secret}},
        )
    )  # fmt: skip
    here.land()
    for folder, _, names in os.walk(here.folders.data):
        for name in names:
            assert secret.encode() not in (Path(folder) / name).read_bytes(), name


def test_no_digit_of_an_amount_is_lost(here):
    raw = lines(event(1)).replace(b'"0.5"', b"0.123456789499999999")
    here.pushed(raw)
    here.land()
    assert here.rows("cost_reported") == [("proxy:e1", "0.123456789")]


def test_a_push_stands_in_the_audit_with_its_events_and_receipt(here):
    receipt = here.pushed([event(1), event(2)])
    deed = here.world.gate.audit.newest(1)[0][1]
    assert (deed.action, deed.principal, deed.rows) == ("api push", "ada", 2)
    assert deed.asked == f"receipt={receipt['id']}"


def test_only_a_post_pushes(here):
    assert {op.name for op in OPERATIONS if op.method == "POST"} == {"push", "traces"}
    answer = here.world.get("/otlp/v1/traces", here.token)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    answer = here.world.get("/events", here.token, "DELETE")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")
