"""What is kept of refused files and rejected rows, read back."""

import json

from analytics_core.ingest.quarantine import folder_of, refusal, rejected_rows
from analytics_core.ingest.verdict import Rejected

EVENTS = "\n".join(
    json.dumps({"event_id": str(n), "started_at": "2026-11-01T00:00:00Z", "input_tokens": n - 2})
    for n in range(4)
)


def test_rejected_rows_are_read_back_in_the_order_of_the_file(door):
    entry = door.take(EVENTS)
    assert [(r.row, r.code) for r in rejected_rows(door.folders, entry.file_id, 5)] == [
        (1, "negative_tokens"), (2, "negative_tokens"),
    ]  # fmt: skip
    assert len(rejected_rows(door.folders, entry.file_id, 1)) == 1
    assert rejected_rows(door.folders, "0" * 16, 5) == ()


def test_a_refusal_holds_its_message_its_proposal_and_the_copy(door):
    entry = door.take("when,model,in,out\n2026-11-01,gpt-5,1,2\n", "odd.csv")
    found = refusal(door.folders, entry.file_id)
    assert entry.verdict == "unknown_columns"
    assert found.message == entry.message
    assert found.file == folder_of(door.folders, entry.file_id) / "odd.csv"


def test_examples_of_a_refused_file_are_its_rejected_rows(door):
    entry = door.take(EVENTS.splitlines()[0])
    assert refusal(door.folders, entry.file_id).examples == (
        Rejected(1, "negative_tokens", "input_tokens", "-2.0"),
    )


def test_a_refusal_that_cannot_be_read_is_an_empty_one(door):
    assert refusal(door.folders, "0" * 16).file is None


def test_a_file_that_is_refused_again_keeps_its_first_name(door):
    first = door.take("when,model\n", "a ünusual name.csv")
    copy = refusal(door.folders, first.file_id).file
    assert door.take(copy).name == first.name
