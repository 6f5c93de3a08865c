"""What the static import graph cannot see, and what must never come into the repository."""

import subprocess
import sys
from pathlib import Path

import pytest


def loaded(module: str, root: Path) -> set[str]:
    """Top-level packages in sys.modules after importing `module` in a fresh interpreter."""
    code = f"import sys, {module}; print(' '.join({{m.split('.')[0] for m in sys.modules}}))"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


@pytest.mark.parametrize("module", ["analytics_core.api.routes", "analytics_core.cli.main"])
def test_programs_do_not_load_the_app_nor_its_charts(module: str, root: Path) -> None:
    assert loaded(module, root).isdisjoint({"streamlit", "altair", "genai_prices"})


def test_the_store_does_not_load_the_price_data_package(root: Path) -> None:
    assert "genai_prices" not in loaded("analytics_core.store.view", root)


def tracked(root: Path) -> list[str]:
    run = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=False)
    if run.returncode:
        pytest.skip("not a git checkout")
    return run.stdout.split("\n")


def test_no_lock_file_that_would_win_over_requirements_is_tracked(root: Path) -> None:
    names = tracked(root)
    assert "requirements.txt" in names
    assert not {"uv.lock", "Pipfile", "environment.yml"} & set(names)


def test_nothing_of_the_data_folder_but_its_signposts_is_tracked(root: Path) -> None:
    inside = [n for n in tracked(root) if n.startswith("data/")]
    assert sorted(inside) == ["data/inbox/README.md", "data/settings/README.md"]


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("st.cache_data", "a cache without the scope in its key"),
        ("unsafe_allow_html", "markup from names would run in the reader's page"),
        ("st.altair_chart", "validates each spec on every rerun"),
        ("timezone($", "per-row zone arithmetic, 16 times slower than the offset CASE"),
        ("approx_", "approximate figures"),
        ("quantile_cont", "lists of values"),
    ],
)
def test_banned_calls_appear_nowhere(words: str, where: str, root: Path) -> None:
    files = [*(root / "analytics_core").rglob("*.py"), *(root / "pages").rglob("*.py")]
    assert len(files) > 50
    guilty = [str(f.relative_to(root)) for f in files if words in f.read_text("utf-8")]
    assert guilty == [], where


def test_what_a_member_is_called_is_asked_of_the_display_names(root: Path) -> None:
    # Names.label and Member.label know display names; label_of alone does not.
    allowed = {"member.py", "names.py"}
    files = [*(root / "analytics_core").rglob("*.py"), *(root / "pages").rglob("*.py")]
    guilty = [f.name for f in files if "label_of(" in f.read_text("utf-8")]
    assert set(guilty) == allowed


def test_a_module_stays_small_enough_to_read(root: Path) -> None:
    long = {
        str(f.relative_to(root)): lines
        for f in (root / "analytics_core").rglob("*.py")
        if (lines := len(f.read_text("utf-8").splitlines())) > 410
    }
    assert long == {}
