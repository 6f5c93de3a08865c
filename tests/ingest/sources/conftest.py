"""What the tests of sources use: a small file in, the columns its source maps out."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analytics_core import settings
from analytics_core.ingest import dropped
from analytics_core.ingest.reading import source_of
from analytics_core.ingest.recognise import recognise
from analytics_core.ingest.sources.source import Source

Row = dict[str, Any]


@pytest.fixture
def dropped_file(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a text (or rows of Parquet) as a file and gives its path."""

    def write(content: str | duckdb.DuckDBPyRelation, name: str = "drop") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str | bytes):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        else:
            content.write_parquet(str(path))
        return path

    return write


@pytest.fixture
def mapped(dropped_file: Callable[..., Path], tmp_path: Path) -> Callable[..., list[Row]]:
    """A function from a file's content to its mapped rows in the order of the file.

    Each row has `source` and what its source says, without what is NULL; times as naive UTC text.
    """

    def read(content: Any, *, name: str = "drop", saved: Sequence[Source] = ()) -> list[Row]:
        path = dropped_file(content, name)
        known = settings.load(tmp_path / "no settings", {})
        file, source = source_of(recognise(path, known, tmp_path), name, saved, known)
        con = duckdb.connect()
        con.execute("SET TimeZone = 'UTC'")
        try:
            dropped.map_rows(con, file, source)
            rows = con.table("mapped").pl().to_dicts()
        finally:
            con.close()
            file.close()
        made = [{"source": source.name} | _said(row) for row in rows]
        return sorted(made, key=lambda row: (row["_row"], row.get("skip") or "", str(row)))

    return read


@pytest.fixture
def detected(dropped_file: Callable[..., Path], tmp_path: Path) -> Callable[..., Source]:
    """A function from a file's content to the source that reads it."""

    def detect(content: Any, *, name: str = "drop", saved: Sequence[Source] = ()) -> Source:
        known = settings.load(tmp_path / "no settings", {})
        content = recognise(dropped_file(content, name), known, tmp_path)
        file, source = source_of(content, name, saved, known)
        file.close()
        return source

    return detect


def _said(row: Row) -> Row:
    plain = {name: _plain(name, value) for name, value in row.items()}
    return {name: value for name, value in plain.items() if value not in (None, {})}


def _plain(name: str, value: Any) -> Any:
    """Numbers as text without trailing zeros, so that types do not matter here; tags as a dict."""
    if name == "tags" and isinstance(value, list):
        return {entry["key"]: entry["value"] for entry in value}
    if name == "items" and value is not None:
        return [{k: _text(v) for k, v in item.items() if v is not None} for item in value]
    return _text(value) if name not in ("_row", "tags", "flags") else value


def _text(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, Decimal):
        value = format(value, "f")
    text = (
        value.isoformat(" ").removesuffix("+00:00") if hasattr(value, "isoformat") else str(value)
    )
    if text.replace(".", "", 1).removeprefix("-").isdigit() and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text
