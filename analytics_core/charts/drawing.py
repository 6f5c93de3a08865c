"""A chart ready to be drawn: a spec kept by shape, the frames laid into it, and a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import altair as alt
import polars as pl

KEPT = 512  # drawings of each kind, some 0.1 MB of 400 rows, for reports that are asked for again

Spec: TypeAlias = dict[str, Any]  # Vega-Lite, shared between draws: never changed in place

CHECKED = {"validate": False}  # the tests say True
PADDING = {"left": 0, "right": 4, "top": 8, "bottom": 4}  # the panel around it has its own


@dataclass(frozen=True, slots=True)
class Drawing:
    """One chart. `st.vega_lite_chart(None, drawing.vega, key=…, alt=drawing.alt)` draws it.

    `spec` holds no data; `frames` are its named datasets, `rows` first.
    """

    spec: Spec
    frames: tuple[tuple[str, pl.DataFrame], ...]
    alt: str

    @property
    def vega(self) -> Spec:
        """The spec with its frames laid in."""
        return {**self.spec, "datasets": dict(self.frames)}

    @property
    def selections(self) -> frozenset[str]:
        """The names of what can be selected in it."""
        return frozenset(param["name"] for param in self.spec.get("params", ()))

    @property
    def rows(self) -> pl.DataFrame:
        """The frame that holds one row per mark."""
        return self.frames[0][1]


def finished(chart: alt.TopLevelMixin) -> Spec:
    """The chart as Vega-Lite; without schema address, theme and data.

    No value of the data is in a spec, so the tests validate every shape; doing it while a reader
    waits would take a quarter of what the server spends on a page seen for the first time.
    """
    spec: Spec = chart.properties(padding=PADDING).to_dict(validate=CHECKED["validate"])
    return {name: part for name, part in spec.items() if name not in ("$schema", "config")}


def blank(name: str) -> str:
    """A text of a spec that `filled` puts in: what differs between charts of one shape.

    Altair takes some 50 ms for a spec, and a text of another period or member changes nothing else.
    """
    return f"\0{name}"


def filled(shape: Spec, words: Mapping[str, str]) -> Spec:
    """A copy of `shape` with words, by name, in its blanks. Raises KeyError where one is missing."""
    return {name: _filled(part, words) for name, part in shape.items()}


def _filled(part: Any, words: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return filled(part, words)
    if isinstance(part, list):
        return [_filled(one, words) for one in part]
    return words[part[1:]] if isinstance(part, str) and part[:1] == "\0" else part
