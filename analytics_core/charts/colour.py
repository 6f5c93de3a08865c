"""How far apart two colours look, to every kind of eye, and how to mend one that is too pale.

Sources: contrast from WCAG 2.2, OKLab from B. Ottosson (2020), colour vision deficiency from
Machado, Oliveira and Fernandes (2009), severity 1.0.
"""

import re
from typing import Literal, TypeAlias

from analytics_core.errors import BadValue

Vision: TypeAlias = Literal["normal", "protan", "deutan", "tritan"]
Triple: TypeAlias = tuple[float, float, float]
Matrix: TypeAlias = tuple[Triple, Triple, Triple]

VISIONS: tuple[Vision, ...] = ("normal", "protan", "deutan", "tritan")
ENOUGH = 3.0  # contrast of a graphical object against its background, WCAG 1.4.11

_SEEN_BY: dict[Vision, Matrix] = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
_TO_CONES: Matrix = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_FROM_CONES: Matrix = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)
_TO_LAB: Matrix = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_FROM_LAB: Matrix = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (#rrggbb), 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def distance(one: str, other: str, vision: Vision = "normal") -> float:
    """How far apart two colours are in OKLab, times 100, as eyes of that `vision` see them."""
    pairs = zip(_oklab(_seen(one, vision)), _oklab(_seen(other, vision)), strict=True)
    return 100 * sum((a - b) ** 2 for a, b in pairs) ** 0.5


def nudged(colour: str, background: str) -> str:
    """`colour` made darker or lighter, hue kept, until it stands out from `background` by 3:1."""
    if contrast(colour, background) >= ENOUGH:
        return colour
    lightness, a, b = _oklab(_linear(colour))
    step = 0.01 if _luminance(background) < 0.18 else -0.01
    while contrast(colour, background) < ENOUGH and -step <= lightness <= 1 - step:
        lightness += step
        colour = _hexed(_rgb((lightness, a, b)))
    return colour


def _linear(colour: str) -> Triple:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise BadValue("colour", colour, "six hexadecimal digits such as #029be6")
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return _expanded(red), _expanded(green), _expanded(blue)


def _expanded(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _compressed(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _times(matrix: Matrix, vector: Triple) -> Triple:
    first, second, third = (sum(m * v for m, v in zip(r, vector, strict=True)) for r in matrix)
    return first, second, third


def _clipped(vector: Triple) -> Triple:
    red, green, blue = (min(1.0, max(0.0, part)) for part in vector)
    return red, green, blue


def _seen(colour: str, vision: Vision) -> Triple:
    return _clipped(_times(_SEEN_BY[vision], _linear(colour)))


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklab(linear: Triple) -> Triple:
    long, middle, short = (cone ** (1 / 3) for cone in _times(_TO_CONES, linear))
    return _times(_TO_LAB, (long, middle, short))


def _rgb(lab: Triple) -> Triple:
    long, middle, short = (root**3 for root in _times(_FROM_LAB, lab))
    return _clipped(_times(_FROM_CONES, (long, middle, short)))


def _hexed(linear: Triple) -> str:
    return "#" + "".join(f"{round(255 * _compressed(part)):02x}" for part in linear)
