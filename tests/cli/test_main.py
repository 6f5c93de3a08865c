"""The edge: one sentence for a mistake, an id for a fault, and an exit code for programs."""

import errno
import json
import logging
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from polars.exceptions import PanicException

from analytics_core.cli import main as module
from analytics_core.cli.call import Call
from analytics_core.cli.main import COMMANDS
from analytics_core.errors import StoreBusy

ACTIONS = [
    *(["user", action] for action in ("add", "list", "passwd", "remove")),
    *(["token", action] for action in ("create", "list", "revoke")),
]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch):
    """Makes `sources` raise."""

    def fail(wrong: BaseException) -> None:
        def run(_: Call) -> int:
            raise wrong

        commands = [replace(c, run=run) if c.name == "sources" else c for c in COMMANDS]
        monkeypatch.setattr(module, "COMMANDS", commands)

    return fail


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
def test_every_command_explains_itself_with_an_example(run, command) -> None:
    ran = run(command.name, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert command.about.splitlines()[0] in ran.out
    assert f"  python -m analytics_core {command.name}" in ran.out
    assert all(example.split()[0] == command.name for example in command.examples)


@pytest.mark.parametrize("words", ACTIONS, ids=" ".join)
def test_every_action_on_accounts_and_tokens_explains_itself(run, words) -> None:
    ran = run(*words, "--help")
    assert ran.code == 0
    assert "--data DIR" in ran.out


def test_query_names_every_measure_it_can_be_asked_for(run) -> None:
    named = re.search(r"^measures: (.*?)\n\n", run("query", "--help").out, re.DOTALL | re.MULTILINE)
    assert named
    names = named[1].replace("\n ", "").split(", ")
    assert {"cost", "requests", "latency_p95", "cost_per_request"} <= set(names)


def test_without_a_command_there_is_help_and_the_code_of_a_usage_error(run) -> None:
    ran = run()
    assert (ran.code, ran.out) == (2, "")
    assert "take files or folders in" in ran.err


def test_the_data_folder_may_be_named_before_or_after_the_command(run, demo: Path) -> None:
    before = run("--data", demo, "--json", "files")
    after = run("files", "--json", "--data", demo)
    assert before == after
    assert len(json.loads(before.out)) == 5


def test_the_data_folder_may_come_from_the_environment(run, demo, monkeypatch) -> None:
    monkeypatch.setenv("TOKENTALLY_DATA", str(demo))
    assert "gateway-2025-06.parquet" in run("files").out


def test_a_fault_of_ours_is_an_id_whose_cause_is_in_the_log(run, failing, caplog) -> None:
    failing(ValueError("sk-secret"))
    with caplog.at_level(logging.ERROR):
        ran = run("sources")
    (record,) = caplog.records
    line = json.loads(record.getMessage())
    assert (ran.code, ran.out) == (1, "")
    assert f"This command failed ({line['id']}). It has been logged." in ran.err
    assert (line["where"], line["type"]) == ("cli sources", "builtins.ValueError")
    assert "sk-secret" not in ran.err + record.getMessage()


def test_a_panic_of_the_engine_is_a_fault_like_any_other(run, failing, caplog) -> None:
    failing(PanicException("index out of bounds"))
    ran = run("sources")
    assert ran.code == 1
    assert re.search(r"This command failed \([0-9a-f]{4}\)\. It has been logged\.\n", ran.err)


@pytest.mark.parametrize(
    ("wrong", "code", "says"),
    [
        (StoreBusy("Another ingest is running."), 1, "Another ingest is running.\n"),
        (KeyboardInterrupt(), 130, "Stopped.\n"),
        (RuntimeError("Query interrupted"), 130, "Stopped.\n"),  # DuckDB's word for Ctrl-C
        (BrokenPipeError(), 0, ""),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            1,
            "Stopped by the system: No space left on device. Mend that and run the command"
            " again.\n",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "data/x"),
            1,
            "data/x cannot be used (Permission denied). Check the path, and the rights of the user"
            " that runs Tokentally.\n",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_fault_of_ours_is_one_sentence(run, failing, wrong, code, says) -> None:
    failing(wrong)
    ran = run("sources")
    assert (ran.code, ran.out, ran.err) == (code, "", says)


def test_a_sentence_cannot_move_the_cursor(run, demo: Path) -> None:
    ran = run("query", "--data", demo, "--measures", "cost\x1b[2J")
    assert ran.err == "No measure is called 'cost\ufffd[2J'. Did you mean 'cost'?\n"


def test_a_reader_that_stops_early_is_no_failure(demo: Path, root: Path) -> None:
    command = [sys.executable, "-m", "analytics_core", "sources", "--json", "--data", str(demo)]
    with subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout
        assert child.stderr
        child.stdout.close()
        assert child.stderr.read() == b""
    assert child.returncode == 0


def test_a_killed_command_ends_as_ctrl_c_does(root: Path) -> None:
    code = (
        "import os, signal, runpy, analytics_core.cli.main as m\n"
        "m.main = lambda _: os.kill(os.getpid(), signal.SIGTERM) or signal.pause()\n"
        "runpy.run_module('analytics_core', run_name='__main__')"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=False)
    assert (ran.returncode, ran.stderr) == (128 + signal.SIGTERM, b"")


def test_the_module_is_what_the_readme_calls() -> None:
    assert isinstance(module, ModuleType)
    assert [c.name for c in COMMANDS][:3] == ["ingest", "demo", "query"]
