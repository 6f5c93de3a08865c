"""What can be asked for, and which members there are."""

from datetime import datetime

from analytics_core.semantics.dimension import DIMENSIONS
from analytics_core.semantics.measure import MEASURES

EVENTS = [
    {
        "started_at": datetime(2026, 11, day), "cost_nano": 1, "project": project, "user_id": user,
        "team": team, "tags": [("env", "prod")] if day == 1 else [],
    }
    for day, project, user, team in (
        (1, "Search", "ana", "core"), (2, "Sea Maps", "bo", "web"), (3, None, "cy", "core"),
    )
]  # fmt: skip


def test_every_measure_and_dimension_is_listed_as_it_is_declared(world):
    here = world()
    measures = {row["name"]: row for row in here.rows("/measures")}
    assert list(measures) == list(MEASURES)
    assert measures["cost"]["unit"] == "usd"
    dimensions = {row["name"]: row for row in here.rows("/dimensions")}
    assert list(dimensions) == list(DIMENSIONS)
    assert dimensions["user"]["parent"] == "team"


def test_options_are_those_of_the_sidebar(world):
    here = world(EVENTS)
    for asked, expected in (
        ("project", ["Sea Maps", "Search", None]),
        ("project?search=SEA", ["Sea Maps", "Search"]),
        ("project?search=%25", []),
        ("project?limit=2", ["Sea Maps", None]),
        ("user?team=core", ["ana", "cy"]),
        ("project?team=core", ["Sea Maps", "Search", None]),
        ("tag:env", ["prod", None]),
        ("tag:k8s.io/app", [None]),
        ("status", ["ok"]),
    ):
        members = [row["member"] for row in here.rows(f"/options/{asked}")]
        assert (asked, members) == (asked, expected)


def test_an_option_says_how_often_and_when_last(world):
    row = world(EVENTS).rows("/options/project?search=search")[0]
    assert row == {"member": "Search", "last_seen": "2026-11-01T00:00:00+00:00", "events": 1}


def test_the_ledger_says_what_became_of_each_file(world):
    document = world(EVENTS).get("/files").json()
    assert (document["events"], document["row_count"]) == (3, 1)
    (row,) = document["rows"]
    assert (row["name"], row["verdict"], row["read"], row["reasons"]) == (
        "literal.jsonl", "landed", 3, {},
    )  # fmt: skip
