import json
import re

import pytest

from analytics_core.access import failures


def fail(secret: str) -> None:
    hidden = secret
    try:
        raise KeyError(hidden)
    except KeyError as first:
        raise ValueError(f"no {hidden}") from first


def reported(caplog, secret: str = "s3cret") -> tuple[str, dict[str, object]]:
    with pytest.raises(ValueError, match="no s3cret") as caught:
        fail(secret)
    name = failures.report(caught.value, "/costs", "ana", "0123abcd")
    return name, json.loads(caplog.records[-1].getMessage())


def test_the_person_gets_an_id_and_the_log_the_cause_under_it(caplog):
    name, line = reported(caplog)
    assert re.fullmatch("[0-9a-f]{4}", name)
    assert failures.sentence(name) == f"This panel failed ({name}). It has been logged."
    assert line["id"] == name
    assert (line["where"], line["who"], line["question"]) == ("/costs", "ana", "0123abcd")
    assert line["type"] == "builtins.ValueError"
    assert any("test_failures.py" in frame and " fail" in frame for frame in line["traceback"])
    assert "KeyError" in line["traceback"]


def test_the_log_line_holds_no_values(caplog):
    reported(caplog)
    assert "s3cret" not in caplog.records[-1].getMessage()
    assert "\n" not in caplog.records[-1].getMessage()


def test_a_message_about_code_is_logged_for_it_names_no_row(caplog):
    failures.report(AttributeError("'View' object has no attribute 'x'"), "/")
    line = json.loads(caplog.records[-1].getMessage())
    assert line["message"] == "'View' object has no attribute 'x'"


def test_no_two_faults_of_a_day_have_one_id(caplog):
    ids = [failures.report(ValueError(), "/") for _ in range(500)]
    assert len(set(ids)) == 500
