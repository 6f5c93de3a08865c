"""What a program pushes shows on an open page by itself."""

import json
import os
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]


def test_a_pushed_event_shows_on_the_open_activity_page(serve, browse, enter, accounts, visible):
    server = serve(accounts=accounts(ada="roles: [admin]"))
    made = subprocess.run(
        [
            sys.executable, "-m", "analytics_core", "token", "create", "proxy", "--user", "ada",
            "--ability", "push", "--source", "proxy", "--data", str(server.data),
        ],
        cwd=ROOT, env=os.environ | {"TOKENTALLY_AUTH": str(server.auth)}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    page = browse(server, "/activity?period=today")
    enter(page, "ada")
    visible(page, "No data yet")
    event = {
        "event_id": "e1", "started_at": datetime.now(UTC).isoformat(), "provider": "house",
        "model": "house-model", "input_tokens": 5, "cost_usd": "12.34", "project": "Pushed project",
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {made.stdout.strip()}", "Content-Type": "application/json"}
    asked = urllib.request.Request(
        f"{server.url}/api/v1/events", json.dumps(event).encode(), headers
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        assert answer.status == 202
    expect(page.get_by_text("1 event · 100% reported")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("No data yet")).to_have_count(0)
