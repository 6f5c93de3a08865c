"""What damaged, odd and hostile files produce: EVENTS.md 3.8, each alone into an empty store."""

import gzip
import json
import os
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow

Door = Any
NOON = datetime(2026, 11, 1, 12)
SHARED = "05_naive_local.parquet"


def base(**changed: Any) -> pa.Table:
    """The five sound requests; a column given replaces that column, None takes it out."""
    columns: dict[str, Any] = {
        "request_id": ["a", "b", "c", "d", "e"],
        "timestamp": [NOON + timedelta(seconds=n) for n in range(5)],
        "model": ["gpt-5"] * 5,
        "input_tokens": [10, 20, 30, 40, 50],
        "output_tokens": [1, 2, 3, 4, 5],
        "cost": [0.1, 0.2, 0.3, 0.4, 0.5],
    } | changed
    return pa.table({name: values for name, values in columns.items() if values is not None})


def totals(door: Door) -> tuple[Any, ...]:
    return door.ask(
        "SELECT count(*), sum(input_tokens)::BIGINT, sum(output_tokens)::BIGINT,"
        " sum(cost_reported_nano)::BIGINT FROM events"
    )[0]


def counts(entry: Any) -> tuple[int, int, int, int, int]:
    return entry.read, entry.accepted, entry.rejected, entry.skipped, entry.duplicate


SOUND = (5, 150, 15, 1_500_000_000)
FIVE = (5, 5, 0, 0, 0)
ASSUMED = {"zone_assumed": 5}

LANDED: dict[str, tuple[tuple[int, ...], dict[str, int], tuple[int, ...]]] = {
    "01_strings_everywhere.parquet": (FIVE, ASSUMED | {"cast_from_text": 5}, SOUND),
    "03_epoch_ms.parquet": (FIVE, {}, SOUND),
    "05_naive_local.parquet": (FIVE, ASSUMED, SOUND),
    "06_tz_berlin.parquet": (FIVE, {}, SOUND),
    "08_negative_tokens.parquet": (
        (5, 4, 1, 0, 0), {"negative_tokens": 1, "zone_assumed": 4}, (4, 130, 13, 1_300_000_000)),
    "09_nan_inf_cost.parquet": (
        FIVE, ASSUMED | {"cost_not_finite": 3}, (5, 150, 15, 600_000_000)),
    "10_duplicate_ids.parquet": (
        (5, 3, 0, 0, 2), {"id_conflict": 2, "zone_assumed": 3}, (3, 110, 11, 1_100_000_000)),
    "12_renamed_columns.parquet": (FIVE, ASSUMED, SOUND),
    "13_csv_named.parquet": (
        (1, 1, 0, 0, 0), {"date_only": 1, "zone_assumed": 1}, (1, 1, 2, 100_000_000)),
    "18_decimal38.parquet": (FIVE, ASSUMED, (5, 150, 15, 617_283_945)),
    "19_nested_struct.parquet": (FIVE, ASSUMED, SOUND),
    "22_col_injection.parquet": (FIVE, ASSUMED, SOUND),
    "25_future_and_1970.parquet": (
        (5, 3, 2, 0, 0), {"time_out_of_range": 2, "zone_assumed": 3}, (3, 120, 12, 1_200_000_000)),
    "26_html_in_values.parquet": (
        FIVE, ASSUMED | {"control_characters": 2, "model_unknown": 5}, SOUND),
    "28_tokens_float.parquet": (
        (5, 3, 2, 0, 0),
        {"fractional_tokens": 1, "tokens_too_large": 1, "tokens_nan": 1, "zone_assumed": 3},
        (3, 10, 8, 800_000_000)),
}  # fmt: skip
REFUSED = {
    "14_truncated.parquet": "unreadable",
    "15_empty_0_bytes.parquet": "empty_file",
    "31_encrypted.parquet": "encrypted",
    "32_bom_semicolon.csv": "needs_mapping",
    "34_jsonl_bad_line.jsonl": "unknown_columns",
}


@pytest.mark.parametrize("name", LANDED)
def test_a_file_that_can_be_read_lands_with_exactly_these_figures(
    name: str, door: Door, shared: Path
) -> None:
    rows, reasons, figures = LANDED[name]
    entry = door.take(shared / "broken" / name)
    assert (entry.verdict, entry.source) == ("landed", "generic")
    assert (counts(entry), dict(entry.reasons), totals(door)) == (rows, reasons, figures)
    assert door.take(shared / "broken" / name).verdict == "duplicate_file"
    assert totals(door) == figures


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_is_quarantined_and_changes_nothing(
    name: str, door: Door, shared: Path
) -> None:
    broken = shared / "broken" / name
    door.take(shared / "broken" / SHARED)
    entry = door.take(broken)
    assert (entry.verdict, door.reason(entry)["code"]) == (REFUSED[name], REFUSED[name])
    assert totals(door) == SOUND
    assert door.take(broken).verdict == REFUSED[name]


def test_every_broken_input_has_its_test(shared: Path) -> None:
    there = {path.name for path in (shared / "broken").iterdir() if path.name != "README.md"}
    assert there == {*LANDED, *REFUSED}


@pytest.mark.slow
@pytest.mark.slow
def test_a_whole_folder_lands_what_can_land(door: Door, shared: Path) -> None:
    verdicts = {entry.name: entry.verdict for entry in door.ingest(shared / "broken")}
    assert {name: v for name, v in verdicts.items() if v != "landed" and name in REFUSED} == REFUSED
    assert all(verdicts[name] == "landed" for name in LANDED)


def test_the_times_of_a_zoned_or_epoch_column_are_exact(door: Door, shared: Path) -> None:
    for name in ("03_epoch_ms.parquet", "06_tz_berlin.parquet"):
        door.take(shared / "broken" / name)
    found = door.ask("SELECT DISTINCT started_at FROM events ORDER BY 1")
    assert found == [(NOON + timedelta(seconds=n),) for n in range(5)]


def test_a_naive_time_is_read_in_the_zone_of_its_source(door: Door, shared: Path) -> None:
    door.setting("sources/generic.yaml", "extends: generic\noptions: {zone: Europe/Berlin}\n")
    entry = door.take(shared / "broken" / SHARED)
    assert dict(entry.reasons) == {}
    assert door.ask("SELECT min(started_at) FROM events") == [(NOON - timedelta(hours=1),)]


def test_a_cost_that_is_no_number_is_computed_instead(door: Door, shared: Path) -> None:
    door.take(shared / "broken" / "09_nan_inf_cost.parquet")
    computed = "SELECT cost_nano FROM events WHERE cost_source = 'computed' ORDER BY 1"
    assert door.ask(computed) == [(45_000,), (67_500,), (90_000,)]
    assert door.ask("SELECT sum(cost_nano)::BIGINT FROM events") == [(600_202_500,)]


def test_the_same_requests_under_other_column_names_are_the_same_requests(
    door: Door, shared: Path
) -> None:
    door.take(shared / "broken" / SHARED)
    again = door.take(shared / "broken" / "12_renamed_columns.parquet")
    assert (totals(door), again.accepted + again.duplicate) == (SOUND, 5)
    assert sum(entry.duplicate for entry in door.ledger()) == 5


def test_nested_columns_become_tags_and_metadata(door: Door, shared: Path) -> None:
    door.take(shared / "broken" / "19_nested_struct.parquet")
    ((tags, metadata),) = door.ask("SELECT DISTINCT tags, metadata FROM events")
    assert tags == {"a": "true", "b": "true"}
    assert json.loads(metadata) == {"usage": {"input": 1, "output": 2, "details": {"cached": 1}}}


def test_names_of_columns_are_never_executed(door: Door, shared: Path) -> None:
    door.take(shared / "broken" / "22_col_injection.parquet")
    ((metadata,),) = door.ask("SELECT DISTINCT metadata FROM events")
    assert list(json.loads(metadata).values()) == [1, 1]
    assert not set("\"';") & set("".join(json.loads(metadata)))
    assert not Path("/tmp/pwn").exists()


def test_hidden_characters_do_not_make_a_model_look_like_another(door: Door, shared: Path) -> None:
    door.take(shared / "broken" / "26_html_in_values.parquet")
    models = [model for (model,) in door.ask("SELECT DISTINCT model_raw FROM events")]
    assert len(models) == 5
    assert "gpt-5" not in models
    assert sum("\N{REPLACEMENT CHARACTER}" in model for model in models) == 2
    assert door.ask("SELECT DISTINCT cost_source FROM events") == [("reported",)]


def test_a_file_in_local_format_proposes_a_mapping_and_lands_with_it(
    door: Door, shared: Path
) -> None:
    broken = shared / "broken" / "32_bom_semicolon.csv"
    proposal = door.reason(door.take(broken))["proposal"]
    assert proposal["csv"]["delimiter"] == ";"
    assert proposal["csv"]["decimal"] == ","
    assert proposal["csv"]["thousands"] == "."
    assert proposal["time"]["unit"].startswith("%d.%m.%Y")
    door.setting("sources/local.yaml", LOCAL)
    entry = door.take(broken)
    assert (entry.verdict, counts(entry)) == ("landed", (1, 1, 0, 0, 0))
    found = door.ask("SELECT started_at, cost_reported_nano FROM events")
    assert found == [(NOON, 1_234_560_000_000)]
    assert not (door.folders.quarantine / entry.file_id).exists()


LOCAL = """
name: local
label: Local format
group: local
match: {kinds: [csv], all: [request_id, timestamp, cost]}
grain: request
time: {column: timestamp, unit: "%d.%m.%Y %H:%M", zone: UTC}
id: {columns: [request_id], namespace: local}
columns: {cost_reported: cost}
csv: {delimiter: ";", decimal: ",", thousands: "."}
"""


def test_the_message_about_unknown_columns_counts_the_lines_that_are_no_json(
    door: Door, shared: Path
) -> None:
    entry = door.take(shared / "broken" / "34_jsonl_bad_line.jsonl")
    assert "1 of 3 lines is not JSON" in entry.message


SECONDS = 1_793_534_400  # 2026-11-01 12:00:00 UTC


def test_epoch_seconds(door: Door) -> None:
    entry = door.take(base(timestamp=[SECONDS + n for n in range(5)]))
    assert (counts(entry), dict(entry.reasons), totals(door)) == (FIVE, {}, SOUND)
    found = door.ask("SELECT min(started_at), max(started_at) FROM events")
    assert found == [(NOON, NOON + timedelta(seconds=4))]


def test_units_mixed_in_one_column_are_told_apart_value_by_value(door: Door) -> None:
    mixed = [
        SECONDS, (SECONDS + 1) * 10**3, (SECONDS + 2) * 10**6, (SECONDS + 3) * 10**9, SECONDS + 4,
    ]  # fmt: skip
    entry = door.take(base(timestamp=mixed))
    assert (counts(entry), totals(door)) == (FIVE, SOUND)
    assert "mixed_time_units" in dict(entry.reasons)
    found = door.ask("SELECT started_at FROM events ORDER BY event_id")
    assert found == [(NOON + timedelta(seconds=n),) for n in range(5)]


def test_nanoseconds(door: Door) -> None:
    nanoseconds = pa.array(
        [SECONDS * 10**9 + n * 10**9 + 999 for n in range(5)], pa.timestamp("ns")
    )
    door.take(base(timestamp=nanoseconds))
    assert totals(door) == SOUND
    assert door.ask("SELECT min(started_at) FROM events") == [(NOON,)]


def test_amounts_in_other_currencies_are_converted_and_never_added(door: Door) -> None:
    door.setting("fx.csv", "date,currency,usd\n2026-10-30,EUR,1.16\n")
    currencies = ["USD", "EUR", "usd", None, "CHF"]
    entry = door.take(base(currency=currencies))
    assert dict(entry.reasons) == {"no_rate": 1, "zone_assumed": 5}
    found = door.ask("SELECT cost_reported_nano FROM events ORDER BY event_id")
    assert found == [(100_000_000,), (232_000_000,), (300_000_000,), (400_000_000,), (None,)]
    ((kept,),) = door.ask("SELECT metadata FROM events WHERE event_id LIKE '%b'")
    assert json.loads(kept) == {"currency": "EUR", "amount": "0.2"}


def test_an_empty_table_lands_with_no_rows(door: Door) -> None:
    entry = door.take(base().slice(0, 0))
    assert (entry.verdict, counts(entry)) == ("landed", (0, 0, 0, 0, 0))


def test_unsigned_integers_near_the_edge_are_too_large(door: Door) -> None:
    tokens = pa.array([10, 20, 30, 40, 2**64 - 5], pa.uint64())
    entry = door.take(base(input_tokens=tokens))
    assert (counts(entry), dict(entry.reasons)["tokens_too_large"]) == ((5, 4, 1, 0, 0), 1)
    assert totals(door) == (4, 100, 10, 1_000_000_000)


def test_dictionary_and_null_columns(door: Door) -> None:
    models = pa.array(["gpt-5"] * 5).dictionary_encode()
    entry = door.take(base(model=models, team=pa.nulls(5)))
    assert (counts(entry), totals(door)) == (FIVE, SOUND)
    assert door.ask("SELECT DISTINCT model_raw, team FROM events") == [("gpt-5", None)]


def test_column_names_that_are_equal_are_refused_also_by_case_only(door: Door) -> None:
    twice = pa.table([[NOON], [0.1], [0.2]], names=["timestamp", "cost", "cost"])
    assert door.take(twice, "twice").verdict == "duplicate_columns"
    cases = pa.table([[NOON], [0.1], [0.2]], names=["timestamp", "cost", "COST"])
    assert door.take(cases, "cases").verdict == "duplicate_columns"
    text = "timestamp,cost,Cost\n2026-11-01T12:00:00Z,1,2\n"
    assert door.take(text, "cases.csv").verdict == "duplicate_columns"


def test_words_for_nothing_are_nothing(door: Door) -> None:
    entry = door.take(base(model=[None, "", "unknown", "NULL", "gpt-5"]))
    assert (counts(entry), totals(door)) == (FIVE, SOUND)
    found = door.ask("SELECT model_raw, count(*) FROM events GROUP BY 1 ORDER BY 1 NULLS LAST")
    assert found == [("gpt-5", 1), (None, 4)]


def test_a_total_that_is_not_the_sum_of_its_parts_is_a_remark(door: Door) -> None:
    entry = door.take(base(total_tokens=[11, 22, 99, 44, 55]))
    assert dict(entry.reasons) == {"total_mismatch": 1, "zone_assumed": 5}
    assert totals(door) == SOUND


def test_utf16_is_decoded(door: Door) -> None:
    lines = "request_id,timestamp,model,cost\na,2026-11-01T12:00:00Z,gpt-5,0.5\n"
    assert door.take(lines.encode("utf-16"), "a.csv").verdict == "landed"
    assert door.ask("SELECT cost_reported_nano FROM events") == [(500_000_000,)]
    entry = door.take("name,cost\nx,1\n".encode("utf-16"), "b.csv")
    assert entry.verdict == "unknown_columns"


@pytest.mark.slow
def test_a_packed_file_is_unwrapped_and_one_that_grows_too_much_is_not(door: Door) -> None:
    line = json.dumps({"timestamp": "2026-11-01T12:00:00Z", "cost": 1, "id": "a"}) + "\n"
    assert door.take(gzip.compress(line.encode()), "log.jsonl.gz").accepted == 1
    bomb = gzip.compress(b"a,b\n" + b"1,2\n" * 50_000_000)
    assert door.take(bomb, "bomb.gz").verdict == "too_big"
    whole = gzip.compress(os.urandom(5000))
    assert door.take(whole[: len(whole) // 2], "cut.gz").verdict == "unreadable"


def test_links_pipes_and_second_names_are_no_files(door: Door, tmp_path: Path) -> None:
    sound = door.write(base(), "sound.parquet")
    link, pipe, second = (tmp_path / name for name in ("link", "pipe", "second"))
    link.symlink_to(sound)
    os.mkfifo(pipe)
    assert [e.verdict for e in door.ingest(link, pipe)] == ["not_a_file", "not_a_file"]
    os.link(sound, second)
    assert [e.verdict for e in door.ingest(sound, second)] == ["not_a_file", "not_a_file"]
    assert totals(door) == (0, None, None, None)


@pytest.mark.parametrize(
    "name",
    ["..%2f..%2fetc", "a'; DROP TABLE events; --", "glob*[0-9]?.parquet", "é\u202egpj.csv", "<b>x"],
)
def test_the_name_of_a_file_means_nothing(name: str, door: Door) -> None:
    entry = door.take(base(), name)
    assert (entry.verdict, totals(door)) == ("landed", SOUND)
    assert "\u202e" not in entry.name
    archived = door.folders.data / entry.archived
    assert archived.is_file()
    assert archived.parent.parent == door.folders.archive


def test_a_bytes_name_that_is_no_text_lands(door: Door) -> None:
    path = Path(os.fsdecode(os.fsencode(door.write(base(), "x").parent) + b"/\xff\xfe.parquet"))
    door.write(base(), "x").rename(path)
    assert door.ingest(path)[0].verdict == "landed"


def test_two_files_with_different_types_of_time_are_each_read_alone(door: Door) -> None:
    one = door.write(base(timestamp=[SECONDS + n for n in range(5)]), "epoch.parquet")
    two = door.write(base(request_id=["f", "g", "h", "i", "j"]), "stamp.parquet")
    assert [e.accepted for e in door.ingest(one, two)] == [5, 5]
    assert door.ask("SELECT DISTINCT started_at FROM events WHERE event_id LIKE '%a'") == [(NOON,)]
    assert totals(door) == (10, 300, 30, 3_000_000_000)


def test_prompts_are_never_kept(door: Door) -> None:
    secret = "dear model of mine"
    nested = [{"kept": 1, "messages": secret}] * 5
    entry = door.take(
        base(messages=[secret] * 5, response=[secret] * 5, Prompt=[secret] * 5, extra=nested),
        "p.parquet",
    )
    lines = [
        {"timestamp": "2026-11-02T12:00:00Z", "cost": 1, "id": n, "messages": [secret],
         "gen_ai.prompt.0.content": secret, "deep": {"a": {"messages": [{"content": secret}]}},
         "requester_ip_address": secret, "late": 1}
        for n in range(3)
    ]  # fmt: skip
    more = door.take("\n".join(map(json.dumps, lines)), "p.jsonl")
    header = "timestamp,cost,prompt,completion\n"
    csv = door.take(f'{header}2026-11-03T12:00:00Z,1,"{secret}","{secret}"\n', "p.csv")
    assert (entry.accepted, more.accepted, csv.accepted) == (5, 3, 1)
    assert door.ask("SELECT count(*) FROM events WHERE events::VARCHAR LIKE '%dear model%'"
                    ) == [(0,)]  # fmt: skip
    found = door.ask("SELECT DISTINCT metadata FROM events WHERE started_at > '2026-11-02'")
    assert json.loads(found[0][0] or found[1][0]) == {"late": 1}


def test_a_live_key_is_hashed_before_anything_is_written(door: Door) -> None:
    keys = ["sk-proj-abcdefghijklmnop", "team core", "A1" * 24, "risk-team", None]
    door.take(base(api_key=keys, note=["Bearer sk-abcdefghijklmnopqrst", *"wxyz"]))
    found = [key for (key,) in door.ask("SELECT api_key FROM events ORDER BY event_id")]
    assert found[1:2] + found[3:] == ["team core", "risk-team", None]
    assert all(len(key) == 16 and key.startswith("key-") for key in (found[0], found[2]))
    assert door.ask("SELECT count(*) FROM events WHERE events::VARCHAR LIKE '%abcdefgh%'") == [(0,)]


def test_twenty_thousand_columns_are_too_many(door: Door) -> None:
    wide = pa.table({f"c{n}": [1] for n in range(20_000)})
    assert door.take(wide).verdict == "too_many_columns"
    assert door.take(",".join(f"c{n}" for n in range(300)) + "\n", "w.csv").verdict == (
        "too_many_columns"
    )


def bomb(path: Path, table: pa.Table, times: int) -> Path:
    """A Parquet file of the same row group over and over."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        for _ in range(times):
            writer.write_table(table, row_group_size=table.num_rows)
    return path


def constant(rows: int, value: Any, kind: pa.DataType) -> pa.Array:
    return pa.repeat(pa.scalar(value, kind), rows)


@pytest.mark.slow
def test_millions_of_rows_in_a_few_bytes_are_not_read(door: Door, tmp_path: Path) -> None:
    rows = 2_000_000
    table = pa.table({"timestamp": constant(rows, SECONDS, pa.int64()),
                      "cost": constant(rows, 0, pa.int8())})  # fmt: skip
    entry = door.take(bomb(tmp_path / "rows.parquet", table, 26))
    assert entry.verdict == "too_many_rows"


def test_many_rows_in_very_few_bytes_are_too_dense(door: Door, tmp_path: Path) -> None:
    door.setting("settings.yaml", "ingest: {rows_per_byte: 10}")
    rows = 1_000_000
    table = pa.table({"timestamp": constant(rows, SECONDS, pa.int64()),
                      "cost": constant(rows, 0, pa.int8())})  # fmt: skip
    assert door.take(bomb(tmp_path / "dense.parquet", table, 1)).verdict == "too_dense"


def test_a_bomb_without_a_time_is_refused_by_its_footer(door: Door, tmp_path: Path) -> None:
    text = constant(10, "x" * 1_000_000, pa.string())
    entry = door.take(bomb(tmp_path / "text.parquet", pa.table({"note": text}), 6))
    assert entry.verdict == "unknown_columns"


@pytest.mark.slow
def test_texts_of_a_megabyte_are_too_big_where_they_are_read(door: Door, tmp_path: Path) -> None:
    rows = 200
    table = pa.table(
        {
            "timestamp": constant(rows, SECONDS, pa.int64()),
            "cost": pa.array(range(rows)),
            "model": constant(rows, "x" * 1_000_000, pa.string()),
        }
    )
    assert door.take(bomb(tmp_path / "wide.parquet", table, 1)).verdict == "too_big"


def test_a_wide_column_that_nobody_maps_is_left_out(door: Door) -> None:
    entry = door.take(base(note=["y" * 10_000] * 5))
    assert (counts(entry), totals(door)) == (FIVE, SOUND)
    assert door.ask("SELECT DISTINCT metadata FROM events") == [(None,)]
    assert dict(entry.reasons) == {"column_left_out": 1, "zone_assumed": 5}


def test_bad_lines_of_a_csv_are_rejected_one_by_one(door: Door) -> None:
    text = (
        "request_id,timestamp,model,cost\n"
        "a,2026-11-01T12:00:00Z,gpt-5,1\n"
        "b,2026-11-01T12:00:01Z\n"
        "c,2026-11-01T12:00:02Z,gpt-5,3,extra\n"
        'd,2026-11-01T12:00:03Z,"gpt, 5",4\n'
        'e,2026-11-01T12:00:04Z,"open,5\n'
    )
    entry = door.take(text, "lines.csv")
    assert (counts(entry), dict(entry.reasons)) == (
        (5, 2, 3, 0, 0),
        {"bad_row": 3, "model_unknown": 1},
    )
    assert door.ask("SELECT model_raw FROM events ORDER BY 1") == [("gpt, 5",), ("gpt-5",)]


def test_bad_lines_of_a_log_are_rejected_and_kept_with_their_number(door: Door) -> None:
    good = {"timestamp": "2026-11-01T12:00:00Z", "cost": 1, "model": "gpt-5"}
    lines = [json.dumps(good | {"id": "a"}), "{bad", '"text"', "[1]", "null",
             json.dumps(good | {"id": "b"})]  # fmt: skip
    entry = door.take("\n".join(lines) + "\n", "log")
    assert (counts(entry), dict(entry.reasons)) == ((6, 2, 4, 0, 0), {"bad_json": 4})
    kept = pq.read_table(door.folders.quarantine / f"{entry.file_id}.rejects.parquet").to_pylist()
    assert [(row["row"], row["code"]) for row in kept] == [(n, "bad_json") for n in (2, 3, 4, 5)]
    assert door.ask("SELECT row FROM events ORDER BY 1") == [(1,), (6,)]


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (b"PK\x03\x04" + bytes(range(256)) * 4, "unknown_format"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "unknown_format"),
        (bytes(range(1, 32)) * 100, "unknown_format"),
        (b"PAR1" + b"\x00" * 100 + b"PAR1", "unreadable"),
        (b"\n \n", "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        (b"{]", "unknown_columns"),
        (b"[1, 2", "unreadable"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, verdict: str, door: Door) -> None:
    assert door.take(content, "odd").verdict == verdict


def test_a_file_of_which_more_than_a_fifth_is_rejected_is_quarantined_whole(door: Door) -> None:
    rows = [f"{n},2026-11-01T12:00:00Z,{-1 if n < 21 else 1}" for n in range(100)]
    entry = door.take("id,timestamp,cost\n" + "\n".join(rows) + "\n", "most.csv")
    assert (entry.verdict, entry.read, entry.rejected) == ("mostly_rejected", 100, 21)
    assert door.reason(entry)["examples"][0] == {
        "row": 1, "code": "negative_cost", "column": "cost_reported", "value": "-1000000000"
    }  # fmt: skip
    fine = door.take("id,timestamp,cost\n" + "\n".join(rows[1:]) + "\n0,2026-11-01,1\n", "fine.csv")
    assert (fine.verdict, fine.rejected) == ("landed", 20)


def test_rows_that_measure_nothing_are_rejected(door: Door) -> None:
    tokens = [10, None, 30, 40, 50]
    entry = door.take(
        base(input_tokens=tokens, output_tokens=tokens, cost=[0.1, None, 0.3, 0.4, 0.5])
    )
    assert dict(entry.reasons) == {"nothing_measured": 1, "zone_assumed": 4}


def test_costs_and_latencies_out_of_reason(door: Door) -> None:
    entry = door.take(
        base(cost=["0.1", "1000001", "abc", "", "5e-10"], latency_ms=[0.4, 0, 99_999_999, 2.5, 3.5])
    )
    assert dict(entry.reasons) == {
        "cost_out_of_range": 1, "cost_unreadable": 1, "latency_unusable": 1, "cast_from_text": 4,
        "zero_cost_reported": 1, "zone_assumed": 4,
    }  # fmt: skip
    found = door.ask("SELECT cost_reported_nano, latency_ms FROM events ORDER BY event_id")
    assert found == [(100_000_000, 1), (None, None), (None, 2), (None, 4)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("amount", "nano"),
    [
        (Decimal("0.0000000015"), 2), (Decimal("0.0000000025"), 2), (Decimal("900719.9254740993"), 900719925474099),
    ],
)  # fmt: skip
def test_an_amount_is_the_same_integer_from_every_format(
    amount: Decimal, nano: int, door: Door
) -> None:
    stamp = "2026-11-01T12:00:00Z"
    at = {"timestamp": [NOON], "model": ["own"], "requests": [1]}
    door.take(pa.table({**at, "id": ["d"], "cost": pa.array([amount], pa.decimal128(38, 18))}), "d")
    door.take(pa.table({**at, "id": ["t"], "cost": [str(amount)]}), "t")
    door.take(f"id,timestamp,model,cost\nc,{stamp},own,{amount}\n", "c")
    door.take(json.dumps({"id": "j", "timestamp": stamp, "cost": str(amount)}) + "\n", "j")
    found = door.ask("SELECT DISTINCT coalesce(cost_reported_nano, 0) FROM events")
    assert (found, totals(door)[0]) == ([(nano,)], 4)


def test_a_json_object_of_too_many_keys_is_refused_like_a_table_of_too_many_columns(
    door: Door,
) -> None:
    wide = {f"c{n}": n for n in range(20_000)}
    text = json.dumps(wide | {"timestamp": "2026-11-01T12:00:00Z", "cost": 1})
    assert door.take(text + "\n", "wide.json").verdict == "too_many_columns"


@pytest.mark.parametrize("kind", ["parquet", "csv", "jsonl"])
def test_prompts_under_another_spelling_or_inside_text_are_never_stored(
    kind: str, door: Door
) -> None:
    prompt = "a private sentence"
    private = {
        "Request Body": prompt, "request.body": prompt, "Input.Messages": prompt,
        "messages.0.content": prompt, "gen_ai_prompt_0_content": prompt, "PROMPT": prompt,
        "payload": json.dumps({"a": {"messages": [{"content": prompt}]}}),
        "attributes": json.dumps({"gen_ai_input_messages": prompt}),
    }  # fmt: skip
    row = {"timestamp": "2026-11-01T12:00:00Z", "cost": 1.5, "note": "kept"} | private
    if kind == "parquet":
        door.take(pa.Table.from_pylist([row]), "drop")
    elif kind == "csv":
        values = ['"' + str(value).replace('"', '""') + '"' for value in row.values()]
        door.take(",".join(row) + "\n" + ",".join(values) + "\n", "drop")
    else:
        door.take(json.dumps(row) + "\n", "drop")
    assert door.ask("SELECT metadata FROM events") == [('{"note":"kept"}',)]


def test_a_dumped_null_is_nothing_in_every_column(door: Door) -> None:
    header = "id,timestamp,model,input_tokens,output_tokens,cost,user,latency_ms\n"
    entry = door.take(f"{header}a,2026-11-01T12:00:00Z,\\N,10,\\N,\\N,\\N,\\N\n", "dump.csv")
    assert (entry.accepted, entry.reasons) == (1, ())
    found = "model, input_tokens, output_tokens, cost_reported_nano, user_id, latency_ms"
    assert door.ask(f"SELECT {found} FROM events") == [(None, 10, None, None, None, None)]
