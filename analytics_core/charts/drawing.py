"""A chart ready to be drawn: a spec kept by shape, the frames laid into it, and a sentence."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import altair as alt
import polars as pl

KEPT = 128  # drawings of each kind that are kept for reports that are asked for again

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
