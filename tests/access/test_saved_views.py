from datetime import UTC, datetime

import pytest

from analytics_core.access.saved_views import MOST_VIEWS, Draft, SavedViews, params_of
from analytics_core.errors import BadValue, NotKept, UnknownName

pytestmark = pytest.mark.access

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SEARCH = params_of({"period": ["days:30"], "project": ["Search", ""]})


@pytest.fixture
def views(state) -> SavedViews:
    return SavedViews(state)


@pytest.fixture
def people(gate):
    """The principals of the accounts as they are now, by name."""
    return lambda: {name: a.principal for name, a in gate.accounts(NOW).items()}


def names(kept) -> list[str]:
    return [view.name for view in kept]


def test_a_view_is_kept_as_it_was(views, people):
    ana = people()["ana"]
    kept = views.make(ana, Draft(name=" My costs ", page="costs", params=SEARCH), NOW)
    assert views.of(ana) == (kept,)
    assert (kept.name, kept.page, kept.owner) == ("My costs", "costs", "ana")
    assert kept.params == (("period", ("days:30",)), ("project", ("Search", "")))
    assert (kept.shared, kept.landing, kept.changed) == (False, False, NOW)


def test_others_see_a_view_only_while_it_is_shared(views, people):
    ana, bo = people()["ana"], people()["bo"]
    private = views.make(ana, Draft(name="Private", page=""), NOW)
    shared = views.make(ana, Draft(name="Shared", page="", shared=True), NOW)
    assert names(views.of(ana)) == ["Private", "Shared"]
    assert (views.of(bo), views.shared_with(ana)) == ((), ())
    assert views.shared_with(bo) == (shared,)
    views.change(ana, private.id, Draft(name="Private", page="", shared=True), NOW)
    assert names(views.shared_with(bo)) == ["Private", "Shared"]


def test_a_name_is_taken_whatever_its_case_but_only_by_the_same_owner(views, people):
    ana, bo = people()["ana"], people()["bo"]
    first = views.make(ana, Draft(name="Costs", page=""), NOW)
    other = views.make(ana, Draft(name="Usage", page=""), NOW)
    views.make(bo, Draft(name="Costs", page="", shared=True), NOW)
    taken = "You already have a saved view called 'costs'. Choose another name."
    with pytest.raises(NotKept, match=taken):
        views.make(ana, Draft(name="costs ", page=""), NOW)
    with pytest.raises(NotKept, match=taken):
        views.change(ana, other.id, Draft(name="costs", page=""), NOW)
    assert views.change(ana, first.id, Draft(name="COSTS", page="x"), NOW).name == "COSTS"


def test_an_owner_has_one_landing(views, people):
    ana, bo = people()["ana"], people()["bo"]
    views.make(bo, Draft(name="Bo's", page="", landing=True), NOW)
    assert views.landing(ana) is None
    first = views.make(ana, Draft(name="First", page="", landing=True), NOW)
    second = views.make(ana, Draft(name="Second", page="", landing=True), NOW)
    assert views.landing(ana) == second
    views.change(ana, first.id, Draft(name="First", page="", landing=True), NOW)
    assert views.landing(ana).id == first.id
    assert views.landing(bo).name == "Bo's"


@pytest.mark.parametrize("name", ["", "  ", "x" * 65, "two\nlines", "\u202eevil"])
def test_a_name_is_one_short_line(name):
    with pytest.raises(BadValue, match="1 to 64 characters on one line"):
        Draft(name=name, page="")


def test_what_is_kept_is_limited(views, people):
    with pytest.raises(BadValue, match="pick less"):
        Draft(name="Much", page="", params=params_of({"project": ["x" * 20_000]}))
    ana = people()["ana"]
    for number in range(MOST_VIEWS):
        views.make(ana, Draft(name=str(number), page=""), NOW)
    with pytest.raises(NotKept, match="You have 100 saved views"):
        views.make(ana, Draft(name="one more", page=""), NOW)


def test_only_its_owner_changes_or_deletes_a_view(views, people, gate):
    ana, bo = people()["ana"], people()["bo"]  # bo is an administrator
    kept = views.make(ana, Draft(name="Costs", page="", shared=True), NOW)
    with pytest.raises(UnknownName):
        views.change(bo, kept.id, Draft(name="Bo's now", page=""), NOW)
    with pytest.raises(UnknownName):
        views.remove(bo, kept.id, gate.accounts(NOW))
    views.remove(ana, kept.id, gate.accounts(NOW))
    assert views.of(ana) == ()


def test_what_was_shared_stays_when_its_owner_goes_and_an_administrator_may_delete_it(
    views, people, gate, write_accounts
):
    ana = people()["ana"]
    shared = views.make(ana, Draft(name="Shared", page="", shared=True), NOW)
    private = views.make(ana, Draft(name="Private", page=""), NOW)
    write_accounts(bo="roles: [admin]", cy="roles: [member]")
    bo, cy = people()["bo"], people()["cy"]
    assert names(views.shared_with(cy)) == ["Shared"]
    for who, public in ((cy, shared.id), (bo, private.id)):
        with pytest.raises(UnknownName):
            views.remove(who, public, gate.accounts(NOW))
    views.remove(bo, shared.id, gate.accounts(NOW))
    assert views.shared_with(cy) == ()


def test_who_gets_the_name_of_a_former_owner_does_not_get_the_views(
    views, people, gate, write_accounts
):
    write_accounts(ana="roles: [member]\n      email: ana@x.example", bo="roles: [admin]")
    kept = views.make(
        people()["ana"], Draft(name="Private", page="", params=SEARCH, landing=True), NOW
    )
    write_accounts(ana="roles: [admin]\n      email: ana.other@x.example")
    other = people()["ana"]
    assert (views.of(other), views.shared_with(other), views.landing(other)) == ((), (), None)
    with pytest.raises(UnknownName):
        views.remove(other, kept.id, gate.accounts(NOW))
    assert views.make(other, Draft(name="Private", page=""), NOW).name == "Private"
