from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_core.charts.colour import ENOUGH, VISIONS, contrast, distance, nudged
from analytics_core.charts.theme import DARK, LIGHT, NAMED
from analytics_core.errors import BadValue


@pytest.mark.parametrize(
    ("palette", "expected"),
    [
        (LIGHT, [3.07, 10.13, 5.45, 3.05, 3.44, 5.71, 5.49, 10.59, 3.96, 17.74]),
        (DARK, [9.15, 4.70, 14.30, 11.35, 7.05, 3.46, 3.50, 6.27, 4.08, 10.30]),
    ],
    ids=["light", "dark"],
)
def test_every_slot_stands_out_from_its_background(palette, expected):
    found = [round(contrast(colour, palette.background), 2) for colour in palette.slots]
    assert found == expected
    assert min(found) >= ENOUGH


@pytest.mark.parametrize(
    ("palette", "expected"),
    [(LIGHT, [18.7, 11.7, 11.8, 9.6]), (DARK, [17.2, 14.1, 12.1, 13.1])],
    ids=["light", "dark"],
)
def test_any_two_named_slots_are_apart_for_every_kind_of_eye(palette, expected):
    found = [
        round(min(distance(*pair, eye) for pair in combinations(palette.slots[:NAMED], 2)), 1)
        for eye in VISIONS
    ]
    assert found == expected


@pytest.mark.parametrize(("palette", "least"), [(LIGHT, 7.1), (DARK, 7.8)], ids=["light", "dark"])
def test_others_and_unattributed_are_apart_from_every_named_slot(palette, least):
    pairs = product(palette.slots[:NAMED], palette.slots[NAMED:])
    assert round(min(distance(*pair, eye) for pair in pairs for eye in VISIONS), 1) == least


def test_a_bluish_grey_is_one_colour_with_slot_five_to_a_deuteranope():
    assert round(distance("#8b93a1", LIGHT.slots[4], "deutan"), 1) == 0.8


def test_contrast_goes_from_one_to_twenty_one():
    assert contrast("#ffffff", "#ffffff") == 1
    assert round(contrast("#000000", "#ffffff"), 9) == 21


@pytest.mark.parametrize(
    ("colour", "background"),
    [("#ffff00", "#ffffff"), ("#000080", "#12161c"), ("#888888", "#777777")],
)
def test_a_colour_too_pale_or_too_dark_is_nudged_until_it_can_be_seen(colour, background):
    assert contrast(colour, background) < ENOUGH <= contrast(nudged(colour, background), background)


def test_a_colour_that_can_be_seen_is_left_alone():
    assert nudged("#ca280f", "#ffffff") == "#ca280f"


@given(st.integers(0, 0xFFFFFF), st.sampled_from([LIGHT.background, DARK.background]))
def test_any_configured_colour_ends_up_visible_on_both_themes(number, background):
    assert contrast(nudged(f"#{number:06x}", background), background) >= ENOUGH


@pytest.mark.parametrize("colour", ["red", "#12345", "#12345g", "029be6", "#029be6;", ""])
def test_only_six_hexadecimal_digits_are_a_colour(colour):
    with pytest.raises(BadValue, match="hexadecimal"):
        contrast(colour, "#ffffff")
