"""What the door makes of sound files: kinds, words, names, sums."""

import gzip
import json
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow

Door = Any
NOON = datetime(2026, 11, 1, 12)
ROW = {"timestamp": "2026-11-01T12:00:00Z", "cost": 1.5, "model": "gpt-5", "id": "a"}
OTHER = ROW | {"id": "b", "cost": 2.5}


def lines(*rows: dict[str, Any], end: str = "\n") -> str:
    return "".join(json.dumps(row) + end for row in rows)


@pytest.mark.parametrize(
    "content",
    [
        lines(ROW, OTHER),
        lines(ROW, OTHER, end="\r\n"),
        b"\xef\xbb\xbf" + lines(ROW, OTHER).encode(),
        lines(ROW, OTHER).encode("utf-16"),
        lines(ROW, OTHER).encode("utf-16-le"),
        json.dumps([ROW, OTHER]),
        json.dumps([ROW, OTHER], indent=2),
        "id,timestamp,cost,model\na,2026-11-01T12:00:00Z,1.5,gpt-5\nb,2026-11-01T12:00:00Z,2.5,gpt-5",
        "id\ttimestamp\tcost\r\na\t2026-11-01T12:00:00Z\t1.5\nb\t2026-11-01T12:00:00Z\t2.5\r\n",
        '"id"|"timestamp"|"cost"|"a,b,c,d"\r"a"|"2026-11-01T12:00:00Z"|"1.5"|\r'
        '"b"|"2026-11-01T12:00:00Z"|"2.5"|"x"\r',
        gzip.compress(lines(ROW, OTHER).encode(), mtime=0),  # named alike in every process
        pa.compress(lines(ROW, OTHER).encode(), codec="zstd", asbytes=True),
        pa.table({"id": ["a", "b"], "timestamp": [NOON, NOON], "cost": [1.5, 2.5]}),
    ],
)
def test_the_same_rows_in_any_format_are_the_same_events(content: Any, door: Door) -> None:
    entry = door.take(content)
    assert (entry.verdict, entry.read, entry.accepted, entry.cost_nano) == (
        "landed", 2, 2, 4_000_000_000
    )  # fmt: skip
    found = door.ask("SELECT event_id, started_at FROM events ORDER BY 1")
    assert found == [("generic:a", NOON), ("generic:b", NOON)]


@pytest.mark.parametrize("indent", [None, 2])
def test_one_object_is_a_file_of_one_row(indent: int | None, door: Door) -> None:
    assert door.take(json.dumps(ROW, indent=indent)).accepted == 1


def test_text_that_is_not_utf8_is_read_as_windows_1252(door: Door) -> None:
    door.take("id,timestamp,cost,user\na,2026-11-01T12:00:00Z,1,José\n".encode("cp1252"))
    assert door.ask("SELECT user_id FROM events") == [("José",)]


def test_rows_without_an_id_get_one_from_their_values(door: Door) -> None:
    row = "2026-11-01T12:00:00Z,1,gpt-5\n"
    door.take("timestamp,cost,model\n" + row * 3, "three.csv")
    assert len(door.ask("SELECT DISTINCT event_id FROM events")) == 3
    again = door.take(
        "model,timestamp,cost,team\n" + "gpt-5,2026-11-01 12:00:00+00,1.0,\n" * 2, "two"
    )
    assert (again.accepted, again.duplicate) == (0, 2)
    assert len(door.ask("SELECT DISTINCT event_id FROM events")) == 3


def test_people_and_teams_go_by_their_canonical_names(door: Door) -> None:
    door.setting(
        "aliases.csv", "dimension,value,canonical\nuser,Ann@X.com,ann\nteam,Core,platform\n"
    )
    door.take(lines(ROW | {"user": "ann@x.com", "team": "Core"}, OTHER | {"team": "Edge"}))
    found = door.ask("SELECT user_id, team, metadata FROM events ORDER BY event_id")
    assert found[0][:2] == ("ann", "platform")
    assert json.loads(found[0][2]) == {"raw.team": "Core", "raw.user": "ann@x.com"}
    assert found[1] == (None, "Edge", None)


WORDS: list[tuple[dict[str, Any], tuple[str, Any]]] = [
    ({"environment": "PRD"}, ("environment", "production")),
    ({"environment": "QA"}, ("environment", "qa")),
    ({"provider": "vertex_ai"}, ("provider", "gcp.vertex_ai")),
    ({"provider": "Azure", "model": "own"}, ("provider", "azure.ai.openai")),
    ({"user": "Ann@X.com"}, ("user_id", "ann@x.com")),
    ({"user": "Ann"}, ("user_id", "Ann")),
    ({"user": " N/A "}, ("user_id", None)),
    ({"session": "s1"}, ("conversation_id", "s1")),
    ({"conversation": "c1"}, ("session_id", "c1")),
    ({"model": "text-embedding-3-small"}, ("service_type", "embedding")),
    ({"operation": "embeddings"}, ("service_type", "embedding")),
    ({"service_type": "rerank"}, ("service_type", "rerank")),
    ({"service_type": "image_generation"}, ("event_type", "image_generation")),
    ({"input_tokens": 5}, ("event_type", "token_usage")),
    ({}, ("event_type", "custom")),
    ({"stream": "True"}, ("stream", True)),
    ({"cache_hit": 0}, ("cache_hit", False)),
    ({"http_status": "429"}, ("http_status", 429)),
    ({"http_status": 7}, ("http_status", None)),
    ({"latency_ms": 0.2}, ("latency_ms", 1)),
    ({"latency_ms": "2.5"}, ("latency_ms", 2)),
    ({"ttft_ms": -1}, ("ttft_ms", None)),
    ({"tags": ["prod", "k:v"]}, ("tags", {"prod": "true", "k": "v"})),
]


def test_values_are_said_in_the_words_of_the_event(door: Door) -> None:
    door.take(lines(*(ROW | given | {"id": f"{n:02}"} for n, (given, _) in enumerate(WORDS))))
    columns = ", ".join(dict.fromkeys(column for _, (column, _) in WORDS))
    found = [dict(zip(columns.split(", "), row, strict=True))
             for row in door.ask(f"SELECT {columns} FROM events ORDER BY event_id")]  # fmt: skip
    said = [(column, found[n][column]) for n, (_, (column, _)) in enumerate(WORDS)]
    assert said == [expected for _, expected in WORDS]


def test_a_row_that_counts_several_requests_is_a_bucket(door: Door) -> None:
    rows = [{"event_id": f"x:{n}", "started_at": "2026-11-01T12:00:00Z", "requests": n,
             "input_tokens": 10, "latency_ms": 5} for n in (0, 1, 7)]  # fmt: skip
    door.take(lines(*rows))
    found = door.ask("SELECT grain, requests, latency_ms FROM events ORDER BY 2")
    assert found == [("request", 0, 5), ("request", 1, 5), ("bucket", 7, None)]


def test_parts_that_exceed_their_total_are_unknown_and_the_row_stays(door: Door) -> None:
    at = {"started_at": "2026-11-01T12:00:00Z", "model": "gpt-5", "output_tokens": 1}
    rows = [
        at | {"event_id": "x:a", "input_tokens": 10, "cache_read_tokens": 11},
        at | {"event_id": "x:b", "input_tokens": 10, "cache_read_tokens": 9, "reasoning_tokens": 2},
        at | {"event_id": "x:c", "input_tokens": 10, "cache_read_tokens": 4, "reasoning_tokens": 1},
    ]
    entry = door.take(lines(*rows))
    assert dict(entry.reasons) == {"parts_exceed_total": 2}
    found = door.ask(
        "SELECT input_tokens, cache_read_tokens, reasoning_tokens, cost_source FROM events ORDER BY event_id"
    )
    assert found == [
        (10, None, None, "unpriced"), (10, 9, None, "unpriced"), (10, 4, 1, "computed")
    ]  # fmt: skip


def test_a_file_whose_parts_often_exceed_their_totals_has_another_convention(door: Door) -> None:
    rows = [
        {"event_id": f"x:{n}", "started_at": "2026-11-01T12:00:00Z", "input_tokens": 10,
         "cache_read_tokens": 11 if n < 5 else 1}
        for n in range(400)
    ]  # fmt: skip
    assert door.take(lines(*rows)).verdict == "wrong_convention"


def test_items_keep_their_quantities_and_costs_exactly(door: Door) -> None:
    items = [{"rule": "web_search", "quantity": "2.5", "unit": "searches", "cost_nano": 25}]
    row = {
        "event_id": "x:a",
        "started_at": "2026-11-01T12:00:00Z",
        "items": items,
        "cost_usd": "0.1",
    }
    door.take(lines(row))
    ((found,),) = door.ask("SELECT items FROM events")
    assert [(i["rule"], str(i["quantity"]), i["unit"], i["cost_nano"]) for i in found] == [
        ("web_search", "2.500000", "searches", 25)
    ]


def test_a_statement_stands_beside_the_events(door: Door) -> None:
    amount = {"value": 1.5, "currency": "usd"}
    day = {
        "object": "bucket",
        "start_time": 1793491200,
        "end_time": 1793577600,
        "results": [
            {"object": "organization.costs.result", "amount": amount, "line_item": "gpt-5, input"}
        ],
    }
    entry = door.take(json.dumps({"object": "page", "data": [day], "has_more": False}))
    assert (entry.verdict, entry.source, entry.accepted) == ("statement", "openai-costs", 1)
    assert door.ask("SELECT count(*) FROM events") == [(0,)]
    name = f"statement-openai-costs-{entry.file_id}.parquet"
    assert (door.folders.events / "side" / name).is_file()
    assert door.take(json.dumps({"object": "page", "data": [day], "has_more": False})).verdict == (
        "duplicate_file"
    )  # fmt: skip


OBSERVATION = {
    "id": "o1", "trace_id": "t1", "start_time": "2026-11-01T12:00:00Z",
    "end_time": "2026-11-01T12:00:01Z", "type": "GENERATION", "provided_model_name": "gpt-5",
    "usage_details": {"input": 10, "output": 5}, "total_cost": 0.5,
}  # fmt: skip
TRACE = {"id": "t1", "timestamp": "2026-11-01T12:00:00Z", "user_id": "ann", "session_id": "s1",
         "tags": []}  # fmt: skip


@pytest.mark.parametrize("order", [1, -1])
def test_traces_complete_their_observations_whichever_comes_first(order: int, door: Door) -> None:
    observations = lines(OBSERVATION, OBSERVATION | {"id": "o2", "trace_id": "t2"})
    drops = [(lines(TRACE), "traces"), (observations, "observations")]
    for content, name in drops[::order]:
        door.take(content, name)
    found = door.ask("SELECT user_id, session_id, conversation_id FROM events ORDER BY event_id")
    assert found == [("ann", "s1", "s1"), (None, None, None)]
    assert {e.name: e.verdict for e in door.ledger()} == {
        "traces": "statement", "observations": "landed"
    }  # fmt: skip


def test_a_drop_leaves_the_inbox_and_stands_in_the_archive(door: Door) -> None:
    door.folders.check_writable()
    (door.folders.inbox / "team").mkdir()
    drop = door.folders.inbox / "team" / "log.jsonl"
    drop.write_text(lines(ROW))
    (door.folders.inbox / "half.csv.part").write_text("not yet")
    (entry,) = door.ingest()
    assert (entry.name, entry.archived) == (
        "team/log.jsonl", f"archive/2026-11/{entry.file_id}-log.jsonl"
    )  # fmt: skip
    assert (door.folders.data / entry.archived).read_text() == lines(ROW)
    assert [p.name for p in door.folders.inbox.rglob("*") if p.is_file()] == ["half.csv.part"]


def test_a_quarantined_drop_leaves_the_inbox_with_its_reason(door: Door) -> None:
    door.folders.check_writable()
    (door.folders.inbox / "page.html").write_text("<html></html>")
    (entry,) = door.ingest()
    place = door.folders.quarantine / entry.file_id
    assert sorted(p.name for p in place.iterdir()) == ["page.html", "reason.json"]
    assert list(door.folders.inbox.iterdir()) == []


def test_damage_that_a_page_checksum_reveals_is_unreadable(door: Door, tmp_path: Any) -> None:
    table = pa.table({"timestamp": [NOON] * 1000, "cost": [float(n) for n in range(1000)]})
    pq.write_table(
        table,
        tmp_path / "sound",
        write_page_checksum=True,
        compression="none",
        use_dictionary=False,
    )
    damaged = bytearray((tmp_path / "sound").read_bytes())
    damaged[len(damaged) // 2] ^= 1
    assert door.take(bytes(damaged)).verdict == "unreadable"
