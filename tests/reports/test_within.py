"""One answer for all members of a dimension is the answer for each of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from analytics_core.errors import NotAdditive
from analytics_core.reports.breakdown import breakdown
from analytics_core.reports.timeline import timeline
from analytics_core.reports.within import Within
from analytics_core.semantics.filters import Pick, Scope

USD = 1_000_000_000
NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)


def _event(day: int, kind: str, project: str | None, cost: int | None, **more) -> dict:
    nano = None if cost is None else cost * USD
    return {
        "started_at": datetime(2026, 11, day, 9), "service_type": kind, "project": project,
        "cost_nano": nano,
    } | more  # fmt: skip


EVENTS = [
    _event(1, "embedding", "A", 5), _event(1, "embedding", "b", 3), _event(1, "embedding", "C", 3),
    _event(2, "embedding", "d", 1), _event(2, "embedding", None, 2),
    _event(1, "search", "d", 9), _event(3, "search", "A", None),
]  # fmt: skip
SPLIT = Within("cost", "service_type", "project", top=2)


def test_members_others_and_unattributed_are_those_of_that_service_type(viewed):
    line, parts = SPLIT.found(viewed(EVENTS, now=NOW), "embedding")
    assert [(part.label, part.value) for part in parts.parts] == [
        ("A", 5 * USD), ("b", 3 * USD), ("Others (2)", 4 * USD), ("(unattributed)", 2 * USD),
    ]  # fmt: skip
    assert parts.total == 14 * USD
    values = [
        rows["value"].to_list() for _, rows in line.frame.group_by("utc", maintain_order=True)
    ]
    assert values == [[5 * USD, 3 * USD, 3 * USD, 0], [0, 0, USD, 2 * USD], [0, 0, 0, 0]]


def test_a_project_without_a_price_is_unknown_on_its_day_and_in_all(viewed):
    line, parts = SPLIT.found(viewed(EVENTS, now=NOW), "search")
    assert [(part.label, part.value) for part in parts.parts] == [("d", 9 * USD), ("A", None)]
    assert line.totals()["total"].to_list() == [9 * USD, 0, None]


def test_projects_are_called_by_their_display_names(viewed):
    names = {"names.csv": "dimension,value,name\nproject,A,Atlas\n"}
    line, parts = SPLIT.found(viewed(EVENTS, now=NOW, files=names), "search")
    assert line.labels == ("d", "Atlas")
    assert [part.label for part in parts.parts] == ["d", "Atlas"]


def test_only_what_adds_up_can_be_folded(viewed):
    with pytest.raises(NotAdditive):
        Within("users", "service_type", "project", top=2).found(viewed(EVENTS), "search")


def _random_events(random: Random) -> list[dict]:
    kinds, projects = ("embedding", "search", "rerank"), ("A", "a", "B", "b,c", "Others", "é", None)
    return [
        _event(
            random.randint(1, 3), random.choice(kinds), random.choice(projects),
            random.choice((None, 0, 1, 2, 7, -3)), user_id=random.choice(("ann", "bo")),
        )
        for _ in range(random.randint(1, 40))
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_folding_is_exactly_what_each_service_type_would_be_asked(viewed, seed: int):
    random = Random(seed)
    events = _random_events(random)
    scope = random.choice((Scope(((),)), Scope(((Pick("user", ("ann",)),),))))
    view = viewed(events, now=NOW + timedelta(days=seed % 2), scope=scope)
    for kind in {event["service_type"] for event in events}:
        picked = replace(view, filters=view.filters.pick("service_type", [kind]))
        if not picked.facts().rows:
            continue
        line, parts = SPLIT.found(view, kind)
        asked = timeline(picked, "cost", "project", top=2)
        assert line.frame.equals(asked.frame)
        assert (line.labels, line.idle) == (asked.labels, asked.idle)
        assert line.totals().equals(asked.totals())
        whole = breakdown(picked, "cost", "project", top=2)
        assert (parts.parts, parts.total) == (whole.parts, whole.total)
