"""docs/push.md: its commands and configurations are ones that work."""

import json
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from analytics_core.access.tokens import PUSH, Wish
from analytics_core.api.operations import OPERATIONS
from analytics_core.cli.main import parser
from analytics_core.ingest.push import bodies, checks
from analytics_core.settings import described


@pytest.fixture(scope="module")
def text(root: Path) -> str:
    return (root / "docs" / "push.md").read_text("utf-8")


@pytest.fixture(scope="module")
def configurations(text: str) -> list[Any]:
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


def path_of(url: str) -> str:
    return url.removeprefix("http://tokentally.internal:8501/api/v1")


PATHS = {op.path for op in OPERATIONS if op.method == "POST"}


def test_its_command_makes_a_token_that_pushes(text: str) -> None:
    (line,) = re.findall(r"^python -m analytics_core (token create .*)$", text, re.MULTILINE)
    said = parser().parse_args(shlex.split(line))
    wish = Wish(name=said.name, abilities=tuple(said.abilities), source=said.source)
    assert (wish.abilities, wish.source) == ((PUSH,), "litellm")


def test_its_event_is_one(text: str) -> None:
    (block,) = re.findall(r"-d '\n(.*?)\n'", text, re.DOTALL)
    (numbered,) = bodies.records(block.encode())
    assert checks.shape_of(numbered[1]) == "canonical"
    assert checks.checked([numbered], "canonical", datetime.now(UTC)) == [json.loads(block)]


def test_the_proxy_and_the_collector_are_told_addresses_that_there_are(configurations: Any) -> None:
    proxy, collector = configurations
    (name,) = proxy["litellm_settings"]["callbacks"]
    callback = proxy["callback_settings"][name]
    assert callback["callback_type"] == "generic_api"
    assert path_of(callback["endpoint"]) in PATHS
    (exporter,) = collector["exporters"].values()
    assert path_of(exporter["endpoint"] + "/v1/traces") in PATHS
    pipeline = collector["service"]["pipelines"]["traces/tokentally"]
    assert pipeline["exporters"] == list(collector["exporters"])
    assert set(collector["processors"]) <= set(pipeline["processors"])


def test_its_limits_are_those_of_the_code(text: str) -> None:
    settings = {name: default for name, default, _ in described()}
    assert f"{settings['api_pushes_per_minute']} pushes a minute" in text
    assert (
        f"{bodies.MOST_BYTES // 1_000_000} MB (unpacked) or {bodies.MOST_EVENTS:,} events" in text
    )
    assert settings["ingest_push_seconds"] in (1, 1.0, "1.0"), "after a second"
