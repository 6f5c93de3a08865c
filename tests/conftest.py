"""What every test may use."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real and broken inputs beside the checkout; skips where it is absent."""
    folder = ROOT.parent / "shared"
    if not (folder / "real").is_dir():
        pytest.skip(f"no real and broken inputs here ({folder.name}/ beside the checkout)")
    return folder
