import tomllib

import pytest

from analytics_core.charts.colour import ENOUGH, contrast
from analytics_core.charts.theme import DARK, LIGHT, Colours, colours
from analytics_core.semantics.member import Member

OTHERS, UNATTRIBUTED = Member(None, "others", 12), Member(None, "unattributed")


def slots(found: Colours) -> list[int]:
    return [slot for _, slot in found.slots]


def test_the_theme_files_palettes_are_these(root):
    theme = tomllib.loads((root / ".streamlit/config.toml").read_text())["theme"]
    for palette, name in ((LIGHT, "light"), (DARK, "dark")):
        assert tuple(theme[name]["chartCategoricalColors"]) == palette.slots
        assert theme[name]["backgroundColor"] == palette.background


def test_the_accent_is_read_on_its_background_and_white_is_read_on_the_accent(root):
    theme = tomllib.loads((root / ".streamlit/config.toml").read_text())["theme"]
    for of in (theme["light"], theme["dark"]):
        assert contrast(of["primaryColor"], of["backgroundColor"]) > 5  # a legend has a tint of it
        assert contrast("#ffffff", of["primaryColor"]) > ENOUGH  # of a button; names of picks below
        picked = of["sidebar"].get("primaryColor", of["primaryColor"])
        assert contrast("#ffffff", picked) > 4.5


@pytest.mark.parametrize(
    ("names", "homes", "expected"),
    [
        (["a", "b", "c"], {}, [0, 1, 2]),
        (["a", "b", "c"], {"a": 4, "b": 2, "c": 0}, [4, 2, 0]),
        (["a", "b", "c"], {"a": 4, "b": 12, "c": 5}, [4, 6, 5]),  # taken: the next free one
        (["b", "a"], {"a": 4, "b": 12}, [5, 4]),  # one of the first eight keeps its slot
        (["a", "b"], {"a": 7, "b": 7}, [7, 0]),
        ([str(n) for n in range(9)], {}, [0, 1, 2, 3, 4, 5, 6, 7, 8]),  # the grey of Others
    ],
)
def test_an_entity_keeps_its_place_and_the_lower_ranked_moves(names, homes, expected):
    assert slots(colours([Member(name) for name in names], homes)) == expected


def test_others_and_unattributed_have_their_own_slots_and_a_project_of_that_name_has_not():
    found = colours([Member("Others"), Member("(unattributed)"), OTHERS, UNATTRIBUTED])
    assert slots(found) == [0, 1, 8, 9]
    assert found.slot_of(Member("Others")) == 0
    assert found.slot_of(Member(None, "others", 3)) == 8
    assert found.slot_of(Member("never seen")) == 8


def test_without_configured_colours_the_theme_decides():
    found = colours([Member("atlas"), OTHERS])
    assert found.explicit(dark=False) == ()
    assert found.dot(Member("atlas"), dark=True) == DARK.slots[0]
    assert found.dot(OTHERS, dark=False) == LIGHT.slots[8]


def test_a_configured_colour_belongs_to_its_entity_and_is_made_visible_on_each_theme():
    found = colours([Member("atlas"), Member("borealis")], {}, {"borealis": "#ffff00"})
    at = found.slot_of(Member("borealis"))
    light, dark = found.explicit(dark=False), found.explicit(dark=True)
    assert (light[0], dark[0]) == (LIGHT.slots[0], DARK.slots[0])
    assert dark[at] == "#ffff00"
    assert light[at] not in ("#ffff00", LIGHT.slots[at])
    assert found.dot(Member("borealis"), dark=False) == light[at]


def test_nobody_beside_a_configured_colour_looks_like_it():
    members = [Member("atlas"), Member("borealis")]
    found = colours(members, {"atlas": 2}, {"borealis": LIGHT.slots[2]})
    assert slots(found) == [3, 2]
    assert found.explicit(dark=False) == (), "a colour of the theme changes with the theme"
