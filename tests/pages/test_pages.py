"""What every page file is, and what it does alone: nothing."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages import EVERY

FOLDER = Path(__file__).parents[2] / "pages"
FILES = sorted(FOLDER.glob("*.py"))
MODULES = list(EVERY)


@pytest.mark.access
@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_page_file_run_alone_draws_nothing(file: Path):
    page = AppTest.from_file(file, default_timeout=30).run()
    assert not page.exception
    assert page.main.children == {}
    assert page.sidebar.children == {}


def test_every_page_file_is_a_page_once():
    menu = [Path(module.__file__ or "").name for module in MODULES]
    assert sorted(menu) == [file.name for file in FILES if file.stem != "__init__"]


def test_no_address_is_taken_twice_or_belongs_to_a_route():
    paths = [module.PATH for module in MODULES]
    assert len(set(paths)) == len(paths)
    assert paths.count("") == 1
    assert {"api", "auth"}.isdisjoint(paths)


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__)
def test_a_page_says_what_it_is_called_and_for_whom(module):
    assert module.TITLE
    assert module.ICON.startswith(":material/")
    assert set(module.ROLES) <= {"member", "lead", "project_admin", "manager", "admin"}
    assert module.render.__doc__
