"""People with two names, teams with three: data/settings/aliases.csv."""

from collections.abc import Mapping
from pathlib import Path

from analytics_core.errors import UnknownName
from analytics_core.ingest.said import DIMENSION, DIMENSIONS
from analytics_core.settings import table

COLUMNS = ("dimension", "value", "canonical")
_COLUMN = {dimension: column for column, dimension in DIMENSION.items()}
_MODEL = "model"  # the price book's business


def load(settings_folder: Path) -> Mapping[str, Mapping[str, str]]:
    """Dimension column -> value -> canonical value. Raises BadFile, UnknownName."""
    path = settings_folder / "aliases.csv"
    found: dict[str, dict[str, str]] = {}
    for line in table(path, COLUMNS):
        dimension, value = line.text("dimension"), line.text("value")
        canonical = line.text("canonical")
        if dimension is None or value is None or canonical is None:
            missing = (
                "dimension" if dimension is None else "value" if value is None else "canonical"
            )
            raise line.wrong(missing, "is blank.")
        column = _COLUMN.get(dimension, dimension)
        if column == _MODEL:
            continue
        UnknownName.check("dimension", column, DIMENSIONS, f"{path}, line {line.number}: ")
        value = value.lower() if column == "user_id" and "@" in value else value
        if found.setdefault(column, {}).setdefault(value, canonical) != canonical:
            raise line.wrong("value", f"'{value}' has another alias already.")
    return found
