"""Whatever goes wrong is a problem that says what to do, and never more than the caller may know."""

import json
import logging
from datetime import datetime

import pytest

from analytics_core.api import service
from analytics_core.errors import Damaged, StoreBusy, TooSlow
from analytics_core.store.view import View

EVENTS = [{"started_at": datetime(2026, 11, 1), "cost_nano": 5, "project": "Search"}]


MISTAKES = (
    ("/query?measures=cots", {"type": "unknown-name", "parameter": "measures", "nearest": "cost",
     "detail": "No measure is called 'cots'. Did you mean 'cost'?"}),
    ("/query?measure=cots", {"parameter": "measure", "nearest": "cost"}),
    ("/query?by=projct", {"type": "unknown-name", "parameter": "by", "nearest": "project"}),
    ("/query?projct=a", {"type": "unknown-name", "parameter": "projct", "nearest": "project"}),
    ("/query?measurs=cost", {"parameter": "measurs", "nearest": "measures"}),
    ("/query?tag:=a", {"type": "unknown-name", "parameter": "tag:"}),
    ("/query?grain=dy", {"parameter": "grain", "nearest": "day"}),
    ("/query?format=xml", {"type": "unknown-name", "parameter": "format"}),
    ("/query?format=table", {"parameter": "format"}),
    ("/query?order=size", {"parameter": "order"}),
    ("/query?period=mnth", {"parameter": "period", "nearest": "month"}),
    ("/query?period=2026-13", {"type": "bad-value", "parameter": "period"}),
    ("/query?period=2026-11-02..2026-11-01", {"type": "bad-value", "parameter": "period"}),
    ("/query?period=2026-02-30..2026-11-01", {"type": "bad-value", "parameter": "period"}),
    ("/query?period=month&period=week", {"type": "bad-value", "parameter": "period"}),
    ("/query?top=ten", {"type": "bad-value", "parameter": "top",
     "detail": "top: 'ten' cannot be read. Expected a number from 1 to 1,000."}),
    ("/query?top=0", {"parameter": "top"}),
    ("/query?top=99999999999999999999999999", {"parameter": "top"}),
    ("/query?limit=1000001", {"parameter": "limit"}),
    ("/query?by=team,user,model", {"type": "bad-value", "parameter": "by"}),
    ("/query?measures=cost,cost", {"type": "bad-value", "parameter": "measures"}),
    ("/query?compare=last", {"type": "bad-value", "parameter": "compare"}),
    ("/query?compare=previous&grain=day", {"type": "not-asked", "parameter": "grain"}),
    ("/query?measures=stickiness&by=team", {"type": "not-asked", "parameter": "by"}),
    ("/query?measures=stickiness&then=team", {"type": "not-asked", "parameter": "then"}),
    ("/query?measures=requests&by=pricing_rule", {"type": "not-asked", "parameter": "measures"}),
    ("/query?by=pricing_rule&measure=requests", {"type": "not-asked", "parameter": "measure"}),
    ("/export?of=events&by=project", {"type": "not-asked", "parameter": "by"}),
    ("/export?of=focus&format=arrow", {"type": "not-asked", "parameter": "format"}),
    ("/query?rank=nope", {"type": "unknown-name", "parameter": "rank"}),
    ("/query?measures=cost&rank=cots", {"parameter": "rank", "nearest": "cost"}),
    ("/query?by=team&then=projct", {"parameter": "then", "nearest": "project"}),
    ("/query?by=tag:", {"type": "bad-value", "parameter": "by"}),
    ("/query?period=2026-11&" + "&".join(f"user={n}" for n in range(2000)),
     {"type": "bad-value", "parameter": "user",
      "detail": "user: '0, 1, 10, 100 …' cannot be read. Expected at most 200 values in 8 kB,"
      " those of all dimensions together."}),
    ("/query?team=a&project=" + "x" * 9000, {"type": "bad-value", "parameter": "project",
     "detail": f"project: '{'x' * 40} …' cannot be read. Expected at most 200 values in 8 kB,"
     " those of all dimensions together."}),
    ("/" + "x" * 9000 + "/sessions/analytics/summary", {"type": "bad-value", "parameter": "org"}),
    ("/analytics/usage?customerId=" + "x" * 9000, {"parameter": "customerId"}),
    ("/analytics/usage?startDate=x&endDate=2026-11-30", {"parameter": "startDate",
     "detail": "startDate: 'x' cannot be read. Expected a date such as 2026-11-20 or"
     " 2026-11-20T18:00."}),
    ("/analytics/usage?startDate=2026-11-01&endDate=y", {"parameter": "endDate"}),
    ("/analytics/usage?startDate=2026-11-01..2026-11-02&endDate=2026-11-03",
     {"parameter": "startDate"}),
    ("/analytics/usage?startDate=2026-11-02&endDate=2026-11-01", {"parameter": "endDate"}),
    ("/query?period=foo", {"type": "unknown-name", "parameter": "period",
     "detail": "No period is called 'foo'. Known: 2026-11, A..B, days:30, days:7, hour, hours:6,"
     " last-month, last-week, month, quarter, today, week, year, yesterday."}),
    ("/query?period=custom", {"type": "bad-value", "parameter": "period"}),
    ("/options/projct", {"type": "unknown-name", "parameter": "dimension", "nearest": "project"}),
    ("/me?period=month", {"type": "unknown-name", "parameter": "period"}),
)  # fmt: skip


def test_a_callers_mistake_names_the_parameter_and_the_nearest_name(world):
    here = world()
    token = here.token()
    for address, expected in MISTAKES:
        answer = here.get(address, token)
        said = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert (address, answer.status_code, said["status"]) == (address, 400, 400)
        said["type"] = said["type"].removeprefix("/api/v1/docs#")
        assert (address, {n: said.get(n) for n in expected}) == (address, expected)
        assert said["detail"].endswith((".", "?"))


def test_a_parameter_that_is_like_none_is_answered_with_those_there_are(world):
    here = world()
    token = here.token()
    for address, known in (
        ("/options/project?period=month", "agent, api_key"), ("/me?organization=a", "show, view."),
        ("/query?cursor=a", "model, operation"), ("/measures?period=month", "show, view."),
    ):  # fmt: skip
        said = here.get(address, token).json()
        assert (said["type"], said.get("nearest")) == ("/api/v1/docs#unknown-name", None)
        assert known in said["detail"], address


def test_an_unknown_address_is_not_found_whoever_asks(world):
    client = world().client
    for path in ("/api", "/api/", "/api/v1", "/api/v2/query", "/api/v1/", "/api/v1/querys",
                 "/api/v1/query/", "/api/v1/options", "/api/v1/options/%0A", "/api/%0Av1/query"):  # fmt: skip
        for method in ("GET", "POST"):
            answer = client.request(method, path)
            assert (path, answer.status_code) == (path, 404)
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["type"] == "/api/v1/docs#not-found"


def test_another_method_is_told_which_one_there_is(world):
    here = world()
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        answer = here.get("/query", "", method=method)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
        assert answer.json()["title"] == "Not with this method"


def test_no_host_is_let_in_from_elsewhere(world):
    answer = world(EVENTS).get("/query", Origin="https://evil.example")
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_fault_of_ours_has_an_id_and_nothing_of_its_cause(world, monkeypatch, caplog):
    def broken(*_: object) -> None:
        raise ValueError("secret value of a row")

    monkeypatch.setattr(View, "ask", broken)
    with caplog.at_level(logging.ERROR):
        answer = world(EVENTS).get("/query?user=someone")
    said = answer.json()
    assert answer.status_code == 500
    assert said["instance"].startswith("urn:tokentally:error:")
    name = said["instance"].rsplit(":", 1)[1]
    assert said["detail"] == f"This request failed ({name}). It has been logged."
    line = json.loads(caplog.records[-1].getMessage())
    assert (line["id"], line["where"], line["who"]) == (name, "api query", "ada")
    for text in ("secret value", "someone", "Traceback"):
        assert text not in answer.text
        assert text not in caplog.text


@pytest.mark.parametrize(
    ("error", "status", "name"),
    [
        (StoreBusy("Busy: 100 people are ahead of you. Try again."), 503, "busy"),
        (TooSlow.after(30), 422, "too-slow"),
        (Damaged("/srv/data/events/x.parquet", "it is cut off"), 503, "damaged"),
    ],
)
def test_a_store_that_cannot_answer_now_says_so(world, monkeypatch, error, status, name):
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(View, "ask", fails)
    answer = world(EVENTS).get("/query")
    assert (answer.status_code, answer.json()["type"]) == (status, f"/api/v1/docs#{name}")
    assert "/srv" not in answer.text


def test_a_panic_of_the_frame_library_is_a_fault_like_any_other(world, monkeypatch):
    def panics(*_: object) -> None:
        raise service.PanicException("rust")

    monkeypatch.setattr(View, "ask", panics)
    assert world(EVENTS).get("/query").json()["type"] == "/api/v1/docs#fault"


def test_an_audit_that_cannot_be_written_takes_no_answer_away(world, caplog):
    here = world(EVENTS)
    token = here.token()
    here.gate.state.write("DROP TABLE audit")
    assert here.get("/query", token).status_code == 200
    assert "audit of api query" in caplog.text


def test_a_websocket_under_the_api_is_closed(world):
    from starlette.websockets import WebSocketDisconnect

    client = world().client
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/api/v1/query"):
        pass
