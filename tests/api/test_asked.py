"""The audit says what was asked, also of what was refused, and keeps nothing that opens a door."""

from datetime import datetime

import pytest

from analytics_core.access.tokens import PUSH

pytestmark = pytest.mark.access

EVENTS = [{"started_at": datetime(2026, 11, 1), "cost_nano": 5, "project": "Search"}]
KEY = "sk-abcdefghijklmnopqrstuvwx"


def kept(here) -> tuple[str, str, str]:
    deed = here.gate.audit.newest(1)[0][1]
    return deed.action, deed.result, deed.asked


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/Acme%2FEU/sessions/analytics/summary?period=2026-11",
         ("api sessions-summary", "ok", "org=Acme%2FEU&period=2026-11")),
        ("/options/project?search=a", ("api options", "ok", "dimension=project&search=a")),
        ("/options/projct", ("api options", "unknown-name", "dimension=projct")),
        ("/query?top=ten&user=mia", ("api query", "bad-value", "top=ten&user=mia")),
        ("/query?measures=cots", ("api query", "unknown-name", "measures=cots")),
        ("/query?measures=stickiness&by=team",
         ("api query", "not-asked", "measures=stickiness&by=team")),
        ("/query?tag:flow=x", ("api query", "ok", "tag%3Aflow=x")),
        ("/events/receipts/0000", ("api receipt", "not-found", "id=0000")),
        ("/measures?show=table", ("api measures", "ok", "show=table")),
    ],
)  # fmt: skip
def test_path_and_parameters_are_kept_whatever_came_of_the_call(world, address, expected):
    here = world(EVENTS)
    here.get(address)
    assert kept(here) == expected


def test_what_a_token_may_not_ask_is_kept(world):
    here = world(EVENTS)
    assert here.get("/query?user=mia", here.pusher("ada", PUSH)).status_code == 403
    assert kept(here) == ("api query", "forbidden", "user=mia")
    assert here.get("/files?view=x", here.token("mia")).status_code == 403
    assert kept(here) == ("api files", "forbidden", "view=x")


def test_no_secret_is_kept_and_nothing_without_end(world):
    here = world(EVENTS)
    token = here.token()
    for address in (
        "/query?password=hunter2", f"/query?access_token={token}", f"/query?user={token}",
        f"/query?{token}=x", f"/options/{token}", f"/options/api_key?search={KEY}",
        f"/{KEY}/sessions/analytics/summary",
    ):  # fmt: skip
        here.get(address, token)
    rows = str(here.gate.state.rows("SELECT * FROM audit"))
    for secret in ("hunter2", token[11:], KEY, KEY[8:]):
        assert secret not in rows
    assert token[:11] in rows, "which token it was can be found out"

    here.get("/query?" + "&".join(f"user={n:0500}" for n in range(90)), token)
    _, result, asked = kept(here)
    assert (result, len(asked)) == ("bad-value", 4096)
    assert asked.startswith(f"user={'0' * 200}%E2%80%A6&user=")
