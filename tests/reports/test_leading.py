"""Who leads within each member of a dimension."""

from datetime import datetime

from analytics_core.reports.leading import leaders


def _event(agent: str | None, project: str | None, cost: int | None) -> dict:
    return {
        "started_at": datetime(2026, 11, 3, 9), "agent": agent, "project": project,
        "cost_nano": cost,
    }  # fmt: skip


EVENTS = [
    _event("triage", "Search", 5), _event("triage", "Support", 7), _event("triage", "Voice", None),
    _event("coder", "Search", 90), _event("lonely", None, 3), _event("free", "Voice", None),
    _event(None, "Voice", 8), _event(None, "Search", 2),
]  # fmt: skip


def test_each_member_has_its_own_leader_whoever_leads_over_all(viewed):
    names = ["triage", "coder", "lonely", "free", None]
    found = leaders(viewed(EVENTS), "cost", "project", "agent", names)
    assert {name: (one.member.name, one.more) for name, one in found.items()} == {
        "triage": ("Support", 2),
        "coder": ("Search", 0),
        "free": ("Voice", 0),
        None: ("Voice", 1),
    }


def test_nobody_leads_where_nobody_is_asked_about(viewed):
    assert leaders(viewed(EVENTS), "cost", "project", "agent", []) == {}
