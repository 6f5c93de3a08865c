"""What the page says of dropped files."""

from datetime import UTC, datetime

import pytest

from analytics_core.ingest.inbox import InboxStatus, Result
from analytics_core.store.manifest import Input, Manifest
from analytics_core.ui.inbox import told

NOW = datetime(2026, 11, 20, 16, 45, tzinfo=UTC)
SOON, LONG_AGO = "2026-11-20T16:40:00+00:00", "2026-11-20T16:00:00+00:00"
LATER = "2026-11-20T16:44:00.5+00:00"


def _said(held: Manifest = Manifest(), **status) -> list[str]:  # noqa: B008 (frozen)
    return [words for _, words in told(InboxStatus(**status), NOW, held)]


def _held(verdict: str, taken_at: str) -> Manifest:
    entry = Input(
        file_id="f1", sha256="f1", name="a.csv", source="mine", group="mine", grain="request",
        taken_at=taken_at, verdict=verdict,
    )  # fmt: skip
    return Manifest(inputs=(entry,))


def test_an_idle_inbox_says_nothing():
    assert _said(state="watching") == []
    assert _said(state="off") == []


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ({"files": ("a.csv",)}, "Taking in a.csv."),
        ({"files": ("a.csv", "b.csv")}, "Taking in 2 files."),
        (
            {"files": ("a.csv", "b.csv"), "current": "a.csv", "step": "pricing", "rows": 12345},
            "Taking in a.csv, pricing, 12,345 rows so far. 1 more waiting.",
        ),
    ],
)
def test_a_running_ingest_says_which_file_and_how_far(status, words: str):
    assert _said(state="ingesting", **status) == [words]


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (Result("a.csv", "landed", 1204, "", SOON), "a.csv: taken in, 1,204 rows."),
        (
            Result("a.csv", "duplicate_file", 0, "", SOON),
            "a.csv: was taken in before; nothing changed.",
        ),
        (Result("a.csv", "unreadable", None, "Cut off at line 9.", SOON),
         "a.csv: quarantined. Cut off at line 9."),
        (Result("a.csv", "encrypted", None, "", SOON), "a.csv: quarantined. The file is encrypted."),
    ],
)  # fmt: skip
def test_a_file_that_is_done_says_what_became_of_it(result: Result, words: str):
    assert _said(state="watching", results=(result,)) == [words]


def test_the_same_said_twice_is_told_once():
    one = Result("a.csv", "encrypted", None, "", SOON)
    assert len(_said(state="watching", results=(one, one))) == 1


REFUSED = Result("a.csv", "unknown_columns", None, "No source reads it.", SOON)


def test_a_refused_file_is_no_longer_told_once_it_is_mapped_and_taken_in():
    assert _said(_held("landed", LATER), results=(REFUSED,)) == []
    assert _said(_held("statement", LATER), results=(REFUSED,)) == []


def test_a_file_refused_after_another_of_its_name_had_landed_is_told():
    assert len(_said(_held("landed", LONG_AGO), results=(REFUSED,))) == 1
    assert len(_said(_held("unknown_columns", SOON), results=(REFUSED,))) == 1


def test_a_file_that_was_taken_out_again_is_not_told_as_taken_in():
    landed = Result("a.csv", "landed", 2, "", SOON)
    assert _said(_held("forgotten", SOON), results=(landed,)) == []
    assert _said(_held("landed", SOON), results=(landed,)) == ["a.csv: taken in, 2 rows."]


def test_results_are_told_for_a_quarter_of_an_hour():
    old = Result("old.csv", "landed", 1, "", LONG_AGO)
    assert _said(state="watching", results=(old,)) == []


def test_a_failed_ingest_says_why():
    assert _said(state="watching", error="The disk is full.") == ["The disk is full."]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (("a.csv",), "Waiting until a.csv is complete."),
        (("a.csv", "b.csv"), "Waiting until 2 files are complete."),
    ],
)
def test_files_that_still_grow_are_waited_for(files, words: str):
    assert _said(state="waiting", files=files) == [words]
