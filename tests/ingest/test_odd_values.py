"""Values and shapes of files that real tools write and nobody expects."""

import json
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from analytics_core.ingest import door as door_module

Door = Any
NOON = datetime(2026, 11, 1, 12)
HEAD = "request_id,timestamp,model,input_tokens,output_tokens,cost\n"
ROW = "a,2026-11-01T12:00:00Z,gpt-5,10,1,0.1\n"


def requests(**changed: Any) -> pa.Table:
    columns: dict[str, Any] = {
        "request_id": ["a", "b", "c"],
        "timestamp": [NOON + timedelta(seconds=n) for n in range(3)],
        "model": ["gpt-5"] * 3,
        "input_tokens": [10, 20, 30],
        "output_tokens": [1, 2, 3],
        "cost": [0.1, 0.2, 0.3],
    }
    return pa.table(columns | changed)


def test_bytes_that_are_no_text_cost_no_other_row(door: Door) -> None:
    ids = pa.array([b"a", b"b", b"\xff\xfe"], pa.binary())
    entry = door.take(requests(request_id=ids))
    assert (entry.verdict, entry.accepted) == ("landed", 3)
    found = door.ask("SELECT event_id FROM events ORDER BY row")
    assert found == [("generic:a",), ("generic:b",), ("generic:\\xff\\xfe",)]


def test_text_that_is_no_utf_8_costs_no_other_row(door: Door) -> None:
    ends = pa.array([0, 1, 2, 4], pa.int32()).buffers()[1]
    broken = pa.StringArray.from_buffers(3, ends, pa.py_buffer(b"ab\xff\xfe"))
    columns = {"request_id": broken, "user": broken.dictionary_encode(),
               "team": broken.cast(pa.large_binary()).view(pa.large_string())}  # fmt: skip
    entry = door.take(requests(**columns, model=["gpt-5", "gpt-5", "é"]))
    assert (entry.verdict, entry.accepted) == ("landed", 3)
    assert door.ask("SELECT user_id, team FROM events ORDER BY row")[::2] == [
        ("a", "a"), ("\\xff\\xfe", "\\xff\\xfe"),
    ]  # fmt: skip
    found = door.ask("SELECT event_id, model_raw FROM events ORDER BY row")
    assert found == [
        ("generic:a", "gpt-5"), ("generic:b", "gpt-5"), ("generic:\\xff\\xfe", "é"),
    ]  # fmt: skip


def test_a_time_beyond_what_python_knows_is_one_rejected_row(door: Door) -> None:
    seconds = pa.array([1_793_534_400, 1_793_534_401, 2**42], pa.int64())
    entry = door.take(requests(timestamp=seconds.cast(pa.timestamp("s"))))
    assert (entry.verdict, entry.accepted, entry.rejected) == ("landed", 2, 1)
    assert dict(entry.reasons)["time_out_of_range"] == 1


@pytest.mark.parametrize("above", ["\n", "\r\n\r\n", "\nsep=,\n", "sep=,\n\n"])
def test_lines_above_the_header_are_passed_over(above: str, door: Door) -> None:
    entry = door.take(above + HEAD + ROW)
    assert (entry.verdict, entry.accepted, entry.rejected) == ("landed", 1, 0)
    assert door.ask("SELECT input_tokens FROM events") == [(10,)]


def test_what_nobody_thought_of_costs_one_file_and_not_the_batch(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd, sound = door.write("odd"), door.write(HEAD + ROW, "sound.csv")
    whole = door_module.recognise

    def fails(path: Any, *others: Any) -> Any:
        if path.read_bytes() == b"odd":
            raise OverflowError("date value out of range")
        return whole(path, *others)

    monkeypatch.setattr(door_module, "recognise", fails)
    refused, landed = door.ingest(odd, sound)
    assert (refused.verdict, landed.verdict) == ("unreadable", "landed")
    assert "Tokentally failed on this file" in refused.message


def test_a_file_whose_rows_are_all_rejected_says_why_and_where(door: Door) -> None:
    rows = "".join(f"r{n},2026-02-30 12:00:00,gpt-5,10,1,0.1\n" for n in range(3))
    entry = door.take(HEAD + rows)
    assert entry.verdict == "nothing_accepted"
    assert entry.message == (
        "Every row is rejected. In 3 of them, first in row 1, started_at '2026-02-30 12:00:00':"
        " The time is missing or cannot be read."
    )


@pytest.mark.parametrize(
    "ids", [("x" * 600 + "a", "x" * 600 + "b"), ("a\x00", "a\x01", "a\u200b", "a")]
)
def test_ids_that_are_shortened_or_cleaned_stay_apart(ids: tuple[str, ...], door: Door) -> None:
    rows = [{"request_id": one, "timestamp": "2026-11-01T12:00:00Z", "input_tokens": 10,
             "output_tokens": 1} for one in ids]  # fmt: skip
    entry = door.take("".join(json.dumps(row) + "\n" for row in rows))
    assert (entry.accepted, entry.duplicate) == (len(ids), 0)
    door.take("".join(json.dumps(row | {"note": 1}) + "\n" for row in rows))
    assert door.ask("SELECT count(*) FROM events") == [(len(ids),)]


def test_ids_that_became_fractions_for_want_of_a_null_are_the_same_ids(door: Door) -> None:
    door.take(requests(request_id=pa.array([1.0, 2.0, 3.0])))
    door.take(HEAD + ROW.replace("a,", "1,"))
    assert door.ask("SELECT count(*) FROM events") == [(3,)]


def test_half_a_character_costs_no_line(door: Door) -> None:
    row = json.loads(
        '{"timestamp": "2026-11-01T12:00:00Z", "input_tokens": 10, "output_tokens": 1}'
    )
    texts = ["half \ud83d", "\ude00 other half", "whole \U0001f600", "escaped \\ud83d"]
    lines = [json.dumps(row | {"request_id": f"r{n}", "note": t}) for n, t in enumerate(texts)]
    entry = door.take("\n".join(lines) + "\n")
    assert (entry.accepted, entry.rejected) == (4, 0)
    kept = door.ask("SELECT json_extract_string(metadata, '$.note') FROM events ORDER BY row")
    assert [text for (text,) in kept] == [
        "half \ufffd", "\ufffd other half", "whole \U0001f600", "escaped \\ud83d",
    ]  # fmt: skip


def test_json_lines_that_end_as_on_an_old_mac_are_lines(door: Door) -> None:
    row = {"timestamp": "2026-11-01T12:00:00Z", "input_tokens": 10, "output_tokens": 1}
    entry = door.take("".join(json.dumps(row | {"id": n}) + "\r" for n in range(3)))
    assert (entry.verdict, entry.accepted) == ("landed", 3)


@pytest.mark.parametrize("comma", ["2026-11-01 12:00:00,250", "2026-11-01T13:00:00,250+01:00"])
def test_a_comma_before_the_fraction_of_a_second_is_iso_8601(comma: str, door: Door) -> None:
    door.take(HEAD + ROW.replace("2026-11-01T12:00:00Z", f'"{comma}"'))
    assert door.ask("SELECT started_at FROM events") == [(datetime(2026, 11, 1, 12, 0, 0, 250000),)]


def test_keys_that_come_long_after_the_head_are_columns_too(door: Door) -> None:
    row = {"timestamp": "2026-11-01T12:00:00Z", "input_tokens": 10, "output_tokens": 1}
    lines = [json.dumps(row | {"id": n}) for n in range(1_500)]
    last = {"id": "z", "user": "ines", "error_type": "timeout"}
    entry = door.take("\n".join([*lines, json.dumps(row | last)]) + "\n")
    assert (entry.verdict, entry.accepted) == ("landed", 1_501)
    found = door.ask("SELECT user_id, error_type FROM events WHERE user_id IS NOT NULL")
    assert found == [("ines", "timeout")]
    cached = json.dumps(row | {"id": "y", "cached_tokens": 5})
    refused = door.take("\n".join([*lines, cached, *lines]) + "\n", "cached")
    assert refused.verdict == "needs_mapping"


def test_counters_of_two_programs_are_no_repeats_of_each_other(door: Door) -> None:
    ours = requests(request_id=[1, 2, 3])
    door.take(ours)
    door.take(requests(request_id=[1, 2, 3], timestamp=[NOON + timedelta(hours=3)] * 3))
    assert door.ask("SELECT count(*), sum(input_tokens)::BIGINT FROM events") == [(6, 120)]
    told_again = "".join(ROW.replace("a,", f"{n},").replace("00Z", f"0{n - 1}Z") for n in (1, 2, 3))
    again = door.take(HEAD + told_again)
    assert (again.verdict, door.ask("SELECT count(*) FROM events")) == ("landed", [(6,)])
