"""The ten colours of both themes, and which of them an entity has wherever it is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from analytics_core.charts.colour import distance, nudged
from analytics_core.semantics.member import Member

NAMED = 8  # slots for members; the two after them are Others and (unattributed)
OTHERS, UNATTRIBUTED = 8, 9
SLOTS = tuple(str(slot) for slot in range(10))  # the constant colour domain of every chart


@dataclass(frozen=True, slots=True)
class Palette:
    """Ten colours by slot and the background they are drawn on."""

    background: str
    slots: tuple[str, ...]


LIGHT = Palette(
    "#ffffff",
    ("#029be6", "#323b80", "#09785d", "#c18929", "#e453a9",
     "#8743c9", "#ca280f", "#722507", "#7d8085", "#111827"),
)  # fmt: skip
DARK = Palette(
    "#12161c",
    ("#6ec0fa", "#0680f7", "#8ff7e0", "#ffc175", "#fd73a3",
     "#9351ab", "#b9492b", "#a29b24", "#727882", "#c3c3c3"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Colours:
    """The slot of each member of one chart.

    `own` holds configured colours by slot; without any, specs carry no colour at all and the
    browser takes those of its live theme.
    """

    slots: tuple[tuple[Member, int], ...]
    own: tuple[tuple[int, str], ...] = ()

    def slot_of(self, member: Member) -> int:
        """The slot (0 to 9) of one member; a member never given one is grey."""
        known = {(m.kind, m.name): slot for m, slot in self.slots}
        grey = UNATTRIBUTED if member.kind == "unattributed" else OTHERS
        return known.get((member.kind, member.name), grey)

    def palette(self, *, dark: bool) -> tuple[str, ...]:
        """The ten colours of one theme, configured ones nudged until they can be seen on it."""
        theme = DARK if dark else LIGHT
        own = {slot: nudged(colour, theme.background) for slot, colour in self.own}
        return tuple(own.get(slot, colour) for slot, colour in enumerate(theme.slots))

    def explicit(self, *, dark: bool) -> tuple[str, ...]:
        """The palette where some colour is configured; else none, and the theme decides."""
        return self.palette(dark=dark) if self.own else ()

    def dot(self, member: Member, *, dark: bool) -> str:
        """The colour (#rrggbb) of one member, for dots in pills and lists."""
        return self.palette(dark=dark)[self.slot_of(member)]


def colours(
    members: Sequence[Member],
    homes: Mapping[str, int] | None = None,
    configured: Mapping[str, str] | None = None,
) -> Colours:
    """The colours of `members`, given in rank order.

    `homes` is the place of an entity within the scope, from 0, whose slot (modulo 8) it has on every
    page; entities it does not name follow their rank. `configured` colours (#rrggbb) belong to an
    entity on every page: it takes the slot nearest to its colour before the others are placed, so
    that nobody beside it looks alike. Then come the first eight of the scope, which keep their slots
    whoever costs more in this chart. A taken slot moves an entity to the next free one; a ninth
    entity, which stands in place of Others, has its grey.
    Source: SCREENS.md 5.2.
    """
    wanted, places = configured or {}, homes or {}
    named = [(rank, m) for rank, m in enumerate(members) if m.kind == "member"]
    named.sort(key=lambda at: _precedence(at[1].name or "", places, wanted))  # stable: else by rank
    placed: dict[Member, int] = {}
    own: list[tuple[int, str]] = []
    for rank, member in named:
        name = member.name or ""
        colour = wanted.get(name)
        home = _nearest(colour) if colour else places.get(name, rank) % NAMED
        ring = [(home + step) % NAMED for step in range(NAMED)]
        slot = next((slot for slot in ring if slot not in placed.values()), OTHERS)
        placed[member] = slot
        if colour and colour.lower() != LIGHT.slots[slot]:  # a theme's own colour has two themes
            own.append((slot, colour))
    for member in members:
        if member.kind != "member":
            placed[member] = OTHERS if member.kind == "others" else UNATTRIBUTED
    return Colours(tuple((m, placed[m]) for m in members), tuple(own))


def _precedence(
    name: str, places: Mapping[str, int], wanted: Mapping[str, str]
) -> tuple[bool, int]:
    return name not in wanted, places.get(name, 0) // NAMED


@lru_cache(maxsize=256)
def _nearest(colour: str) -> int:
    """The slot whose colour looks most like `colour`."""
    return min(range(NAMED), key=lambda slot: distance(LIGHT.slots[slot], colour))
