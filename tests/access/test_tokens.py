from datetime import UTC, datetime, timedelta

import pytest

from analytics_core.access.accounts import NOBODY
from analytics_core.access.audit import Deed
from analytics_core.access.caller import Caller
from analytics_core.access.demo_accounts import DEMO_ACCOUNTS
from analytics_core.access.principal import Principal
from analytics_core.access.tokens import MOST_TOKENS, PUSH, READ, Tokens, Wish
from analytics_core.errors import BadValue, UnknownName
from analytics_core.semantics.filters import EVERYTHING, NOTHING, Pick, Scope

pytestmark = pytest.mark.access

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SEARCH = Pick("project", ("Search",))


@pytest.fixture
def tokens(state) -> Tokens:
    return Tokens(state)


@pytest.fixture
def ana(gate):
    return gate.accounts(NOW)["ana"].principal


def made(gate, owner="ana", at=NOW, **wish) -> str:
    principal = gate.accounts(at)[owner].principal
    return gate.tokens.make(principal, Wish(**{"name": "nightly"} | wish), at)[1]


def test_a_token_names_its_public_part_and_32_random_bytes(tokens, ana):
    token, text = tokens.make(ana, Wish(name=" nightly report "), NOW)
    assert (text[:3], text[3:11], text[11], len(text[12:])) == ("tt_", token.id, "_", 43)
    assert (token.name, token.owner, token.abilities) == ("nightly report", "ana", (READ,))
    assert (token.created, token.expires, token.last_used) == (NOW, NOW + 90 * DAY, None)


def test_nothing_that_is_kept_could_be_sent_as_a_token(tokens, state, ana):
    _, text = tokens.make(ana, Wish(name="nightly"), NOW)
    kept = " ".join(str(value) for row in state.rows("SELECT * FROM tokens") for value in row)
    assert text not in kept
    assert text[12:] not in kept


def test_a_living_token_is_its_owner_as_the_accounts_say_now(gate, write_accounts):
    text = made(gate, "bo")
    assert gate.caller(text, NOW).principal.roles == ("admin",)
    assert gate.caller(text, NOW).scope == EVERYTHING
    write_accounts(ana="roles: [member]", bo="roles: []")
    assert gate.caller(text, NOW).scope == NOTHING
    write_accounts(ana="roles: [member]")
    assert gate.caller(text, NOW) is None


@pytest.mark.parametrize(
    "wrong",
    ["", "tt_", "Bearer", "tt_00000000_" + "A" * 43, "tt_" + "é" * 52, "x" * 10_000, "tt_%_" + "A" * 43],
)  # fmt: skip
def test_what_is_no_token_is_nobody(gate, wrong):
    made(gate)
    assert gate.caller(wrong, NOW) is None


def test_every_character_counts(gate):
    text = made(gate)
    for place in (3, 12, len(text) - 1):
        other = "0" if text[place] != "0" else "1"
        assert gate.caller(text[:place] + other + text[place + 1 :], NOW) is None
    assert gate.caller(text + " ", NOW) is None
    assert gate.caller(text, NOW) is not None


def test_a_token_ends_when_it_expires_or_is_revoked(gate):
    short, long = made(gate, days=1), made(gate, days=366)
    assert gate.caller(short, NOW + DAY - timedelta(seconds=1)) is not None
    assert gate.caller(short, NOW + DAY) is None
    assert gate.caller(long, NOW + DAY) is not None
    gate.tokens.revoke(long[3:11])
    assert gate.caller(long, NOW + DAY) is None


def test_a_name_that_another_person_has_now_does_not_inherit_the_tokens(gate, write_accounts):
    write_accounts(ana="roles: [member]\n      email: ana@x.example")
    text = made(gate)
    assert gate.caller(text, NOW) is not None
    write_accounts(ana="roles: [admin]\n      email: ana.other@x.example")
    assert gate.caller(text, NOW) is None


def test_a_demo_accounts_token_dies_with_the_demo(gate, write_accounts, state):
    write_accounts(zed="roles: [member]")
    demo = DEMO_ACCOUNTS["ana"].principal
    text = Tokens(state).make(demo, Wish(name="trial"), NOW)[1]
    assert gate.caller(text, NOW) is None
    same_name_and_address = f"roles: [admin]\n      email: {demo.email}"
    write_accounts(ana=same_name_and_address)
    assert gate.accounts(NOW)["ana"].principal.user_id == demo.user_id
    assert gate.caller(text, NOW) is None


@pytest.mark.parametrize(
    ("owner", "picks", "expected"),
    [
        ("bo", (SEARCH,), Scope(((SEARCH,),))),
        ("bo", (), EVERYTHING),
        ("bo", (Pick("project", ()),), Scope(((Pick("project", ()),),))),
        ("bo", (Pick("tag:env", (None, "a,b")),), Scope(((Pick("tag:env", (None, "a,b")),),))),
        ("ana", (SEARCH,), NOTHING),
    ],
)
def test_picks_of_a_token_only_narrow(gate, owner, picks, expected):
    assert gate.caller(made(gate, owner, picks=picks), NOW).scope == expected


def test_a_pick_that_is_no_longer_understood_is_never_dropped(gate, state):
    text = made(gate, "bo", picks=(SEARCH,))
    state.write("UPDATE tokens SET picks = ?", '{"projct": ["Search"]}')
    with pytest.raises(UnknownName):
        gate.caller(text, NOW)


def test_last_used_is_kept_to_the_minute(gate):
    text = made(gate)
    for seconds, expected in ((5, 5), (30, 5), (64, 5), (65, 65)):
        gate.caller(text, NOW + timedelta(seconds=seconds))
        (token,) = gate.tokens.of("ana")
        assert token.last_used == NOW + timedelta(seconds=expected)


def test_an_owner_sees_and_revokes_their_own_tokens_alone(gate):
    hers, his = made(gate, "ana")[3:11], made(gate, "bo", at=NOW + DAY)[3:11]
    assert [t.id for t in gate.tokens.every()] == [his, hers]
    assert [t.id for t in gate.tokens.of("ana")] == [hers]
    with pytest.raises(UnknownName):
        gate.tokens.revoke(his, owner="ana")
    assert gate.tokens.revoke(hers, owner="ana").id == hers
    assert gate.tokens.revoke(his).owner == "bo"
    assert gate.tokens.every() == ()


def test_an_expired_token_is_listed_for_a_month(gate):
    made(gate, name="old", days=1)
    made(gate, name="new", at=NOW + 31 * DAY - timedelta(seconds=1))
    assert [t.name for t in gate.tokens.of("ana")] == ["new", "old"]
    made(gate, name="newer", at=NOW + 31 * DAY)
    assert [t.name for t in gate.tokens.of("ana")] == ["newer", "new"]


def test_nobody_has_more_tokens_than_a_person_can_keep(gate):
    for _ in range(MOST_TOKENS):
        made(gate)
    with pytest.raises(BadValue, match="at most 50 tokens"):
        made(gate)
    assert made(gate, "bo")


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"name": "  "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"abilities": ()}, "read or push"),
        ({"abilities": ("reed",)}, "No ability is called 'reed'. Did you mean 'read'?"),
        ({"days": 0}, "1 to 366"),
        ({"days": 367}, "1 to 366"),
        ({"abilities": (PUSH,)}, "source"),
        ({"abilities": (PUSH,), "source": "Our App"}, "source"),
        ({"source": "ours"}, "only a token that pushes"),
        ({"picks": (Pick("pricing_rule", ("input",)),)}, "dimensions that every event has"),
    ],
)
def test_a_wish_that_cannot_be_met_says_why(wish, says):
    with pytest.raises((BadValue, UnknownName), match=says):
        Wish(**{"name": "nightly"} | wish)


def test_a_push_token_has_a_source_of_its_own(gate):
    token = gate.caller(made(gate, abilities=(PUSH,), source="our-app"), NOW).token
    assert (token.source, token.may(PUSH), token.may(READ)) == ("our-app", True, False)


def test_an_unreadable_accounts_file_lets_nobody_in(gate, tmp_path):
    text = made(gate, "bo")
    (tmp_path / "auth.yaml").write_text("credentials: [")
    assert gate.caller(text, NOW) is not None  # the last good content, for five minutes
    assert gate.accounts(NOW + timedelta(minutes=6)) == NOBODY
    assert gate.caller(text, NOW + timedelta(minutes=6)) is None


@pytest.mark.parametrize(
    "picks",
    [
        (Pick("model", ("gpt-5",)),),  # what was called is not the token's to say
        (Pick("project", ("Search", "Atlas")),),
        (Pick("project", (None,)),),
        (SEARCH, Pick("team", ())),
    ],
)
def test_what_a_pushing_token_fixes_is_one_value_of_a_dimension_that_events_may_say(picks):
    assert Wish(name="x", picks=picks).picks == picks, "of one that reads they only narrow"
    with pytest.raises(BadValue, match="one value each of organization, team, user"):
        Wish(name="x", abilities=(PUSH,), source="x", picks=picks)


def test_what_a_pushing_token_fixes_is_kept_with_it(tokens, ana):
    wish = Wish(name="x", abilities=(PUSH,), source="x", picks=(SEARCH, Pick("team", ("core",))))
    token, _ = tokens.make(ana, wish, NOW)
    assert token.fixed == {"project": "Search", "team": "core"}


@pytest.mark.parametrize(
    ("roles", "fixed", "may"),
    [
        (("admin",), {}, True),
        (("project_admin",), {"project": "Search"}, True),
        (("project_admin",), {"user": "u"}, True),
        (("project_admin",), {"project": "Atlas"}, False),
        (("project_admin",), {}, False),
        (("member",), {"user": "u", "project": "Atlas"}, True),
        (("member",), {"project": "Search"}, False),
        ((), {"user": "u"}, False),
    ],
)
@pytest.mark.parametrize("demo", [False, True])
def test_a_token_pushes_what_its_owner_may_see_and_of_a_demo_account_nothing(
    tokens, roles, fixed, may, demo
):
    picks = tuple(Pick(name, (value,)) for name, value in fixed.items())
    owner = Principal(
        username="o", name="O", user_id="u", roles=roles, projects=("Search",), demo=demo
    )
    wish = Wish(name="x", abilities=(PUSH,), source="x", picks=picks)
    token, _ = tokens.make(owner, wish, NOW)
    assert Caller(owner, token).may_push is (may and not demo)


def test_the_audit_is_told_why_a_token_opens_nothing_and_never_its_text(gate, write_accounts):
    expired, gone, revoked = made(gate, days=1), made(gate, "bo", days=9), made(gate)
    gate.tokens.revoke(revoked[3:11])
    gate.audit.add(Deed(time=NOW, action="token revoked", result="ok", token=revoked[3:11]))
    write_accounts(ana="roles: [member]")
    later = NOW + 2 * DAY

    def why(text: str) -> tuple[str, str, str, str]:
        assert gate.caller(text, later) is None
        knock = gate.knock(text, "10.0.0.4", later)
        return knock.reason, knock.token, knock.principal, knock.address

    assert [why(text) for text in (expired, gone, revoked)] == [
        ("expired token", expired[3:11], "ana", "10.0.0.4"),
        ("token of an account that is gone", gone[3:11], "bo", "10.0.0.4"),
        ("revoked token", revoked[3:11], "", "10.0.0.4"),
    ]  # fmt: skip
    guessed = gone[:12] + "x" * 43
    for text in (guessed, "tt_00000000_" + "x" * 43, "hunter2"):
        assert why(text) == ("unknown token", "", "", "10.0.0.4")
    assert why("")[0] == "no token"
