"""Who may ask what: every operation with every kind of token, as every role."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analytics_core.access.secret import binding_of
from analytics_core.access.tokens import PUSH, READ
from analytics_core.api.openapi import address
from analytics_core.api.operations import EVERY
from analytics_core.api.push import PUSHED
from analytics_core.semantics.filters import Pick

pytestmark = pytest.mark.access

TOTAL = "/query?period=2026-11"
CLOSED = [op for op in EVERY if not op.open]
OPEN = [op for op in EVERY if op.open]

# One event of everybody, each with its own cost: a sum says whose rows are in it.
EVENTS = [
    {
        "started_at": datetime(2026, 11, 1), "cost_nano": cost * 10**9, "user_id": user, "team": team,
        "project": project, "organization": organization,
    }
    for cost, user, team, project, organization in (
        (1, "mia", "core", "Search", "acme"), (2, "mia", "web", "Atlas", "acme"),
        (4, "leo", "web", "Atlas", "acme"), (8, "ana", "ops", "Atlas", "acme"),
        (16, "zoe", "core", "Atlas", "acme"), (32, "zoe", "ops", "Search", "acme"),
        (64, "zoe", "ops", "Atlas", "acme"), (128, "kim", "ops", "Atlas", "globex"),
        (256, None, None, None, None),
    )
]  # fmt: skip
SEES = {
    "ada": 511,  # everything
    "max": 127,  # acme
    "ana": 8 + 1 + 32,  # her own, and Search
    "leo": 4 + 1 + 16,  # his own, and team core
    "mia": 1 + 2,  # her own
    "nil": 0,  # no role
}


def names(op: Any) -> str:
    return op.name


@pytest.fixture
def here(world: Any) -> Any:
    return world(EVENTS)


@pytest.mark.parametrize("op", CLOSED, ids=names)
def test_an_operation_answers_to_a_living_token_with_its_ability_and_to_no_other(here, op):
    read, push, both = here.token(), here.pusher(), here.pusher("ada", READ, PUSH)
    assert here.call(PUSHED, push).status_code == 202, "so that there is a receipt to ask for"
    may = {READ: read, PUSH: push}
    for ability, token in may.items():
        answer = here.call(op, token)
        if ability in op.abilities:
            assert answer.status_code == op.status, answer.text
        else:
            assert answer.status_code == 403
            assert answer.json()["type"] == "/api/v1/docs#forbidden"
    assert here.call(op, both).status_code == op.status

    good = may[op.abilities[0]]
    revoked, expired = (
        here.pusher("ada", READ, PUSH, now=now)
        for now in (None, datetime.now(UTC) - timedelta(days=91))
    )
    here.gate.tokens.revoke(revoked[3:11])
    gone = here.pusher("mia", READ, PUSH, picks=(Pick("user", ("mia",)),))
    here.gate.state.write("UPDATE tokens SET owner = 'nobody' WHERE id = ?", gone[3:11])

    here.client.cookies.set("tokentally", "x")
    refused = [
        here.call(op, token)
        for token in ("", "wrong", good[:-1], good + "x", good.upper(), revoked, expired, gone)
    ]
    refused.append(here.call(op, "", Authorization=f"Basic {good}"))
    refused.append(here.call(op, "", Authorization=good))
    refused.append(here.call(op, "", X_Api_Key=good))
    assert {answer.status_code for answer in refused} == {401}
    assert len({answer.text for answer in refused}) == 1, "nothing says why"
    assert {answer.headers["www-authenticate"] for answer in refused} == {
        'Bearer realm="Tokentally"'
    }


@pytest.mark.parametrize("op", OPEN, ids=names)
def test_what_is_open_answers_without_a_token_and_reads_nothing(here, op, monkeypatch):
    monkeypatch.setattr(type(here.gate), "caller", None)
    assert here.get(op.example, "").status_code == 200
    assert here.get(op.example, "wrong").status_code == 200


@pytest.mark.parametrize("op", EVERY, ids=names)
def test_no_answer_is_stored_sets_a_cookie_or_can_be_framed(here, op):
    for token in ("", None):
        headers = here.call(op, token).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in headers
        assert "etag" not in headers
        assert "frame-ancestors 'self'" in headers["content-security-policy"] or (
            "frame-ancestors 'none'" in headers["content-security-policy"]
        )


def test_the_cookie_of_a_signed_in_browser_opens_nothing(here):
    now = datetime.now(UTC)
    account = here.gate.accounts(now)["ada"]
    _, ticket = here.gate.begin(account, binding_of("browser-cookie"), now)
    here.client.cookies.set("tokentally_browser", "browser-cookie")
    assert here.client.post("/auth/session", headers={"X-Ticket": ticket}).status_code == 204
    assert here.client.cookies["tokentally"]
    for op in CLOSED:
        assert here.call(op, "").status_code == 401


@pytest.mark.parametrize("who", SEES)
def test_everybody_gets_the_sum_of_what_their_role_shows(here, who):
    token = here.token(who)
    (row,) = here.rows(TOTAL, token)
    assert row["cost"] == str(SEES[who])
    by_user = {r["user"]: int(r["cost"]) for r in here.rows(f"{TOTAL}&by=user", token)}
    assert sum(by_user.values()) == SEES[who]
    options = {r["member"] for r in here.rows("/options/user", token)}
    assert options == set(by_user)


EVERY_NAME = {text for event in EVENTS for text in event.values() if isinstance(text, str)}
NAMES = {  # those that stand in the rows of each
    "ada": EVERY_NAME,
    "max": EVERY_NAME - {"kim", "globex"},
    "ana": {"ana", "mia", "zoe", "core", "ops", "Search", "Atlas", "acme"},
    "leo": {"leo", "mia", "zoe", "core", "web", "Search", "Atlas", "acme"},
    "mia": {"mia", "core", "web", "Search", "Atlas", "acme"},
    "nil": set[str](),
}


def texts(node: Any) -> set[str]:
    """Every text in a JSON document, names of fields too."""
    if isinstance(node, dict):
        return set(node).union(*map(texts, node.values()))
    if isinstance(node, list):
        return set().union(*map(texts, node))
    return {node} if isinstance(node, str) else set()


def said(answer: Any) -> set[str]:
    """Every text that an answer holds beside the filters that were asked for."""
    if "json" not in answer.headers["content-type"]:
        return set(re.split("[,\r\n]", answer.text))
    return texts({**answer.json(), "filters": {}})


@pytest.mark.parametrize("who", SEES)
def test_every_operation_answers_every_role_and_shows_the_names_it_sees_and_no_other(here, who):
    token, receipt = here.token(who), here.call(PUSHED).json()["id"]
    for_those_who_see_everything = {"files": 403, "receipt": 404}
    found: set[str] = set()
    for op in (op for op in CLOSED if op.method == "GET"):
        takes = {parameter.name for parameter in op.accepted}
        asked = [f"{k}={v}" for k, v in (("period", "2026-11"), ("by", "user,team")) if k in takes]
        for org, dimension in (("acme", "user"), ("globex", "team")):
            path = address(op).format(org=org, dimension=dimension, id=receipt)
            answer = here.get(f"{path}?{'&'.join(asked)}", token)
            expected = 200 if who == "ada" else for_those_who_see_everything.get(op.name, 200)
            assert answer.status_code == expected, (path, answer.text)
            names = said(answer) & EVERY_NAME
            assert names <= NAMES[who], path
            found |= names if op.name != "me" else set()
    assert found == NAMES[who]


@pytest.mark.parametrize("who", SEES)
def test_a_member_out_of_scope_is_like_one_that_does_not_exist(here, who):
    token = here.token(who)
    for dimension, hidden in (("organization", "globex"), ("user", "kim")):
        if who == "ada":
            continue
        answers = [
            here.get(f"{TOTAL}&by={dimension}&{dimension}={value}", token).json()
            for value in (hidden, "x" * len(hidden))
        ]
        for answer in answers:
            del answer["filters"]
        assert answers[0] == answers[1]
        assert answers[0]["rows"] == []
        assert here.rows(f"/options/{dimension}?search={hidden}", token) == []


def test_a_token_that_is_narrowed_sees_its_part_of_what_the_owner_sees(here):
    search = Pick("project", ("Search",))
    for who, expected in (
        ("ada", 33),
        ("max", 33),
        ("ana", 33),
        ("leo", 1),
        ("mia", 1),
        ("nil", 0),
    ):
        token = here.token(who, picks=(search,))
        assert here.rows(TOTAL, token)[0]["cost"] == str(expected)
        assert here.rows(f"{TOTAL}&project=Atlas", token)[0]["cost"] == "0"
        members = [row["member"] for row in here.rows("/options/project", token)]
        assert members == (["Search"] if expected else [])


def test_a_role_that_is_taken_away_acts_at_the_next_call(here):
    token = here.token("ada")
    path = here.gate.file.path
    text = path.read_text("utf-8").replace("email: ada@x.example, roles: [admin]", "email: ada@x.example, roles: [member]")  # fmt: skip
    path.with_name("aside").write_text(text, "utf-8")
    path.with_name("aside").replace(path)
    assert here.rows(TOTAL, token)[0]["cost"] == "0"
    assert here.get("/files", token).status_code == 403


@pytest.mark.parametrize(("who", "status"), [(w, 200 if w == "ada" else 403) for w in SEES])
def test_files_are_for_those_who_see_every_row(here, who, status):
    assert here.get("/files", here.token(who)).status_code == status
    narrowed = here.token(who, picks=(Pick("project", ("Search",)),))
    assert here.get("/files", narrowed).status_code == 403


def test_a_token_knows_whose_eyes_it_has(here):
    said = here.get("/me", here.token("ana", name="nightly", picks=(Pick("team", (None,)),))).json()
    token = said.pop("token")
    assert said == {
        "username": "ana", "name": "ana", "user_id": "ana", "roles": ["project_admin"],
        "role_labels": "Project admin", "sees": "your own usage and everything in Search",
    }  # fmt: skip
    assert (token["name"], token["abilities"], token["only"]) == (
        "nightly",
        ["read"],
        {"team": [""]},
    )


def test_a_caller_who_asks_too_often_is_told_when_to_come_back(world):
    here = world(EVENTS, api_requests_per_minute=3)
    hers, his = here.token("mia"), here.token("leo")
    assert [here.get("/me", hers).status_code for _ in range(4)] == [200, 200, 200, 429]
    late = here.get("/me", hers)
    assert 1 <= int(late.headers["retry-after"]) <= 20
    assert late.json()["detail"].startswith("At most 3 requests a minute. Try again in ")
    assert here.get("/me", his).status_code == 200
    assert [here.get("/me", "wrong").status_code for _ in range(4)] == [401, 401, 401, 429]
    assert here.get("/health", "").status_code == 429
    assert here.get("/me", his).status_code == 200


def test_a_head_request_is_answered_like_get(here):
    assert here.get(TOTAL, method="HEAD").status_code == 200


def test_what_happens_out_of_sight_changes_no_byte_of_any_answer(world):
    hers = [event for event in EVENTS if event["user_id"] == "mia"]
    newest = {"started_at": datetime(2026, 11, 9), "cost_nano": 1, "user_id": "zoe"}
    others = {"organization": "globex", "team": "core", "project": "Search", "model": "secret"}
    answers: list[dict[str, str]] = []
    for rest in ([], [newest | others | {"cost_nano": 10**15}] * 3, [newest | {"session_id": "s"}]):
        here = world([*hers, *rest, newest])
        token = here.token("mia")
        version = here.get("/query", token).json()["data_version"]
        answers.append(
            {
                address: here.get(address, token).text.replace(version, "")
                for op in CLOSED
                if op.method == "GET"
                for address in (op.example, f"{op.path}?period=2026-11")
                if op.name != "me" and "{" not in address
            }
            | {
                address: here.get(address, token).text.replace(version, "")
                for address in (
                    "/options/model", "/options/session?search=s", f"{TOTAL}&by=project,model&top=1",
                    f"{TOTAL}&compare=previous&by=team", f"{TOTAL}&measures=sessions,users,models",
                    f"{TOTAL}&project=Search&user=zoe", "/query?by=secret", f"{TOTAL}&model=secret",
                )
            }
        )  # fmt: skip
    assert len(answers[0]) > 20
    for asked, text in answers[0].items():
        assert text == answers[1][asked] == answers[2][asked], asked
