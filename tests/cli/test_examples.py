"""Every line that the help and docs/cli.md show runs as it stands there, on a small demo."""

import json
import re
import shlex
from pathlib import Path

import pytest

from analytics_core.cli import take
from analytics_core.cli.call import PROGRAM
from analytics_core.cli.main import COMMANDS

pytestmark = pytest.mark.slow

DOCS = Path(__file__).resolve().parents[2] / "docs" / "cli.md"
NOVEMBER = (
    "event_id,started_at,provider,model_raw,input_tokens,output_tokens\n"
    "b,2025-06-02T08:00:00Z,openai,gpt-5,10,1\n"
)
LOG = (
    '{"event_id":"a","started_at":"2025-06-02T08:00:00Z","provider":"openai","model_raw":"gpt-5",'
    '"input_tokens":10,"output_tokens":1}\n'
)
MAPPING = """\
name: november
match: {all: [event_id, started_at, input_tokens]}
time: {column: started_at}
columns: {model: model_raw, input_tokens: input_tokens, output_tokens: output_tokens}
"""
SHOWN = "3d3112dda53c43ea"  # the file that an example forgets
SHOWN_TOKEN = "0a1b2c3d"  # the token that an example revokes


def lines_of_the_docs() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


LINES = list(dict.fromkeys([
    *lines_of_the_docs(), *(f"{PROGRAM} {e}" for c in COMMANDS for e in c.examples),
]))  # fmt: skip


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.removeprefix(PROGRAM + " "))
def test_an_example_runs(run, copied: Path, monkeypatch, line: str) -> None:
    monkeypatch.setattr(take, "EVENTS", 300)
    monkeypatch.setattr(take, "MONTHS", 1)
    (copied.parent / "exports" / "logs").mkdir(parents=True)
    (copied.parent / "tried").mkdir()
    (copied.parent / "exports" / "november.csv").write_text(NOVEMBER, "utf-8")
    (copied.parent / "exports" / "mapping.yaml").write_text(MAPPING, "utf-8")
    (copied.parent / "exports" / "logs" / "own.jsonl").write_text(LOG, "utf-8")
    landed = json.loads(run("files", "--json").out)[0]["file_id"]
    words = shlex.split(line.removeprefix(PROGRAM + " ").replace(SHOWN, landed))
    if words[0] == "user" and words[1] in ("passwd", "remove"):
        assert run("user", "add", "ana", "--role", "admin", stdin="a-long-password").code == 0
    if words[:2] == ["token", "create"] and "push" in words:  # demo accounts push nothing
        assert run("user", "add", "ada", "--role", "admin", stdin="a-long-password").code == 0
    if words[:2] == ["token", "revoke"]:
        made = json.loads(run("token", "create", "nightly", "--user", "ana", "--json").out)
        words = ["token", "revoke", words[2].replace(SHOWN_TOKEN, made["id"])]
    ran = run(*words, stdin="another-long-password")
    assert (ran.code, ran.out == "") == (0, "--out" in words)
    said = r"|No events match\.\n|Shown once: keep it now\. .*\n|[\d,]+ rows( of [\d,]+)?\.\n"
    assert re.fullmatch(said, ran.err)


def test_every_command_has_its_chapter_and_a_line_to_copy() -> None:
    text = DOCS.read_text("utf-8")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [c.name for c in COMMANDS]
    assert {line.split()[3] for line in lines_of_the_docs()} == {c.name for c in COMMANDS}
    assert all(line.startswith(PROGRAM + " ") for line in lines_of_the_docs())
