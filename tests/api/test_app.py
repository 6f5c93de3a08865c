"""The application as a whole, in a process of its own: st.App is one per process."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

ASK = """
import json, sys
from starlette.testclient import TestClient
from streamlit import config
import app

with TestClient(app.app) as client:
    answers = {p: [(r := client.get(p)).status_code, r.headers.get("x-frame-options")]
               for p in sys.argv[1].split()}
    served = app.gate.served
options = {o: config.get_option(o) for o in sys.argv[2].split()}
print(json.dumps([answers, served, app.gate.served, options]))
"""
PATHS = "/ /costs /_stcore/health /_stcore/metrics /_stcore/agent/openapi.json /media/x.csv /api/v1/health /auth/session.js"  # fmt: skip
EXPECTED = {
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "viewer",
    "client.disableDataExport": True,
    "browser.gatherUsageStats": False,
    "runner.magicEnabled": False,
    "server.address": "127.0.0.1",
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.maxUploadSize": 200,
    "server.disconnectedSessionTTL": 120,
    "server.enableStaticServing": False,
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.enableAgentApi": False,
    "server.trustedUserHeaders": {},
}


def run(root, tmp_path, code: str, *arguments: str, **environ: str):
    given = {"TOKENTALLY_DATA": str(tmp_path / "data"), "TOKENTALLY_AUTH": str(tmp_path / "a.yaml"),
             "TOKENTALLY_DEMO": "false", "TOKENTALLY_INGEST_WATCH": "false"}  # fmt: skip
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=root,
        env=os.environ | given | environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.access
def test_the_whole_application_answers_with_our_headers_and_options(root, tmp_path):
    done = run(root, tmp_path, ASK, PATHS, " ".join(EXPECTED))
    assert done.returncode == 0, done.stderr
    answers, while_serving, after, options = json.loads(done.stdout.splitlines()[-1])
    assert answers == {
        "/": [200, "SAMEORIGIN"],
        "/costs": [200, "SAMEORIGIN"],
        "/_stcore/health": [200, "SAMEORIGIN"],
        "/_stcore/metrics": [404, "SAMEORIGIN"],
        "/_stcore/agent/openapi.json": [404, "SAMEORIGIN"],
        "/media/x.csv": [404, "SAMEORIGIN"],
        "/api/v1/health": [200, "SAMEORIGIN"],
        "/auth/session.js": [200, "SAMEORIGIN"],
    }
    assert (while_serving, after) == (True, False)
    assert options == EXPECTED


def test_a_wrong_setting_stops_the_start_with_a_sentence(root, tmp_path):
    done = run(root, tmp_path, "import app", TOKENTALLY_ZONE="Mars/Olympus")
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("TOKENTALLY_ZONE: 'Mars/Olympus'")


def test_a_password_kept_as_text_stops_the_start(root, tmp_path):
    (tmp_path / "a.yaml").write_text("credentials:\n  usernames:\n    ana: {password: hunter2}\n")
    done = run(root, tmp_path, "import app")
    assert done.returncode == 1
    assert "line 3, key 'ana.password'" in done.stderr
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr


def test_the_program_file_is_short_and_its_app_can_be_found_without_running_it(root):
    text = (root / "app.py").read_text("utf-8")
    assert len(text.splitlines()) <= 60
    assert "\napp = st.App(\n" in text
