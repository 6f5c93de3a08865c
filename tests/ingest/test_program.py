"""A command of ours beside the app: what it answers, line by line, and why it fails."""

import json

from analytics_core.ingest.program import run


def test_a_command_answers_and_says_its_lines_as_they_come(tmp_path):
    (tmp_path / "events").mkdir()
    heard: list[str] = []
    ran = run(("files", "--json"), tmp_path, heard.append)
    assert (ran.code, json.loads(ran.out)) == (0, [])
    assert "".join(heard) == ran.out


def test_a_mistake_is_told_in_its_own_words(tmp_path):
    ran = run(("forget", "0123456789abcdef"), tmp_path)
    assert ran.code == 1
    assert ran.mistake == "No file is called '0123456789abcdef'. There is none yet."
