"""Documentation that says what the code does."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def build(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_build", root / "docs" / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_what_the_declarations_say(build: ModuleType) -> None:
    assert build.stale() == []


def test_every_relative_link_of_the_docs_leads_somewhere(root: Path) -> None:
    pages = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    dead = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert dead == []


def test_every_command_in_the_readme_exists(root: Path) -> None:
    from analytics_core.cli.main import COMMANDS

    text = "\n".join(p.read_text("utf-8") for p in [root / "README.md", root / "docs/deploy.md"])
    named = set(re.findall(r"-m analytics_core ([a-z]+)", text))
    assert named
    assert named <= {c.name for c in COMMANDS}


def test_the_readme_has_the_two_commands_that_do_everything(root: Path) -> None:
    text = (root / "README.md").read_text("utf-8")
    for mark in ("<!-- run -->", "<!-- test -->"):
        block = text.split(mark)[1].split("```sh\n")[1].split("```")[0].strip()
        assert "\n" not in block, "one line each"
        assert block.startswith("python3 -m venv .venv && ")


def test_every_page_is_described_with_its_address(root: Path) -> None:
    from pages import EVERY

    text = (root / "docs" / "pages.md").read_text("utf-8")
    assert [m.PATH for m in EVERY if f"`/{m.PATH}`" not in text] == []
