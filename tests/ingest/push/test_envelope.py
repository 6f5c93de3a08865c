"""What stands around pushed events decides how their file is read, also from the archive."""

import json
from typing import Any

import pytest

from analytics_core.ingest.push.envelope import SHAPES, envelope, pushed_source
from analytics_core.ingest.raw import Head

pytestmark = pytest.mark.slow

HOUR = "2026-11-02T10"
LINE = {
    "event_id": "e1", "started_at": "2026-11-02T10:00:00Z", "provider": "house", "model": "m",
    "input_tokens": 100, "cost_usd": "0.5", "project": "Search", "source": "own",
}  # fmt: skip


def head(said: Any) -> Head:
    return Head("jsonl", "drop", (), (), {}, sample=({"_pushed": said},))


@pytest.mark.parametrize(
    "said",
    [
        None, "proxy", {}, {"shape": "canonical", "source": "Proxy!", "fixed": {}},
        {"shape": "csv", "source": "proxy", "fixed": {}},
        {"shape": "canonical", "source": 7, "fixed": {}},
    ],
)  # fmt: skip
def test_what_is_no_envelope_changes_nothing(said):
    assert pushed_source(head(said), ()) is None
    assert pushed_source(Head("jsonl", "drop", (), (), {}), ()) is None


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_read_under_the_name_it_was_pushed_under(shape):
    source = pushed_source(head(envelope("proxy", shape, "r", {}, HOUR)["_pushed"]), ())
    assert source
    assert (source.name, source.namespace, source.group) == ("proxy", "proxy", SHAPES[shape].group)


def test_what_is_fixed_stands_in_place_of_what_the_events_say(door):
    around = envelope(
        "proxy", "canonical", "r", {"project": "O'Neil", "user": "ana", "model": "x"}, HOUR
    )
    entry = door.take(
        json.dumps(LINE | around) + "\n" + json.dumps(LINE | around | {"event_id": 2})
    )
    assert (entry.verdict, entry.source, entry.accepted) == ("landed", "proxy", 2)
    asked = "SELECT event_id, source, project, user_id, model_raw, metadata FROM events ORDER BY 1"
    assert door.ask(asked) == [
        ("proxy:2", "proxy", "O'Neil", "ana", "m", None),
        ("proxy:e1", "proxy", "O'Neil", "ana", "m", None),
    ]


def test_ids_of_lines_that_are_kept_apart_reach_no_others(door):
    mine = envelope("proxy", "canonical", "r", {"user": "mia"}, HOUR, "0123456789abcdef")
    plain = envelope("proxy", "canonical", "r", {}, HOUR)
    door.take("\n".join(json.dumps(LINE | around) for around in (plain, mine, mine)) + "\n")
    assert door.ask("SELECT event_id, user_id FROM events ORDER BY row") == [
        ("proxy:e1", None), ("proxy:0123456789abcdef:e1", "mia"),
    ]  # fmt: skip


def test_each_line_has_what_its_own_token_fixes_though_another_stands_first(door):
    fixed = [{}, {"team": "core", "user": "ana"}, {"project": "Maps"}, {"team": 7}, {"model": "x"}]
    around = [envelope("proxy", "canonical", "r", each, HOUR) for each in fixed]
    said = LINE | {"user": "bo"}
    lines = (json.dumps(said | each | {"event_id": n}) for n, each in enumerate(around))
    door.take("\n".join(lines) + "\n")
    asked = "SELECT row, team, user_id, project, model_raw FROM events ORDER BY row"
    assert door.ask(asked) == [
        (1, None, "bo", "Search", "m"), (2, "core", "ana", "Search", "m"),
        (3, None, "bo", "Maps", "m"), (4, "7", "bo", "Search", "m"), (5, None, "bo", "Search", "m"),
    ]  # fmt: skip


def test_a_file_of_pushed_events_is_read_again_from_the_archive_as_it_was(door):
    around = envelope("proxy", "canonical", "r", {"project": "Maps"}, HOUR)
    entry = door.take(json.dumps(LINE | around))
    before = door.ask("SELECT * EXCLUDE (file_id) FROM events")
    (door.folders.events / "manifest.json").unlink()
    door.ingest(door.folders.data / str(entry.archived))
    assert door.ask("SELECT * EXCLUDE (file_id) FROM events") == before


def test_options_of_a_packaged_source_hold_for_what_is_pushed_too(door):
    door.setting("sources/own.yaml", "extends: canonical\noptions: {policy: computed}\n")
    around = envelope("proxy", "canonical", "r", {}, HOUR)
    door.take(json.dumps(LINE | around | {"provider": "openai", "model": "gpt-5-mini"}))
    # 100 x 0.25 USD per million, and not the 0.5 that was said
    assert door.ask("SELECT cost_source, cost_nano FROM events") == [("computed", 25_000)]
