"""A file is made for whoever may see it at the moment of the click."""

from datetime import datetime
from pathlib import Path

import pytest

from analytics_core.ui import download, panel

EVENTS = [
    {"started_at": datetime(2025, 10, 3), "cost_nano": 10**9, "user_id": "bo", "project": "Secret"}
]


@pytest.mark.access
def test_a_role_taken_away_takes_the_downloads_of_an_open_page_with_it(
    app, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    made = {}

    def button(label: str, *, data, key: str, **_: object) -> None:
        made[key] = data

    monkeypatch.setattr(download.st, "download_button", button)
    app(EVENTS, period="2025-10")
    assert panel.download is download.download
    files = {key: data for key, data in made.items() if key.startswith("panel.overview.")}
    assert any(b"Secret" in data() for data in files.values())
    auth = tmp_path / "auth.yaml"
    auth.write_text(auth.read_text("utf-8").replace("roles: [admin]", "roles: [member]"), "utf-8")
    assert {data() for data in files.values()} == {download.GONE}
