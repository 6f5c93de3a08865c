"""Exports of any size: streamed into place, whole or saying that they are not."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from analytics_core.access.audit import Audit
from analytics_core.access.state import State
from analytics_core.export import focus, rows
from analytics_core.store import rows as store_rows

pytestmark = pytest.mark.slow

WHOLE = ("--from", "2025-01-01", "--to", "2025-12-31")


def _lines(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


@pytest.mark.parametrize("of", ["events", "items", "focus"])
def test_an_export_is_the_same_rows_as_csv_and_parquet_and_sums_to_the_cost(
    run, copied: Path, monkeypatch, of: str
):
    monkeypatch.setattr(store_rows, "PAGE", {"events": 50, "items": 50})
    monkeypatch.setattr(focus.focus, "EVENTS", 50)
    said = run("export", of, *WHOLE, "--out", "made.csv")
    assert said.code == 0
    assert run("export", of, *WHOLE, "--format", "parquet", "--out", "made.parquet").code == 0
    lines, table = _lines(Path("made.csv")), pl.read_parquet("made.parquet")
    assert len(lines) == table.height > 50
    assert f"{len(lines):,} rows" in said.err
    cost = json.loads(run("query", "--measures", "cost", *WHOLE, "--json").out)["rows"][0]["cost"]
    column = "EffectiveCost" if of == "focus" else "cost (USD)"
    assert sum(Decimal(line[column] or 0) for line in lines) == Decimal(cost)
    exact = (
        table["EffectiveCost"].sum() if of == "focus" else Decimal(table["cost_nano"].sum()) / 10**9
    )
    assert exact == Decimal(cost)
    assert not list(Path().glob("*.part"))


def test_an_export_goes_to_standard_output_without_out(run, copied: Path):
    printed = run("export", "events", *WHOLE)
    assert run("export", "events", *WHOLE, "--out", "made.csv").code == 0
    assert printed.out.encode() == Path("made.csv").read_bytes()


@pytest.mark.parametrize("wrong", [ValueError("secret"), KeyboardInterrupt()])
def test_a_stop_in_the_middle_leaves_a_csv_that_says_so_and_no_parquet(
    run, copied: Path, monkeypatch, wrong: BaseException
):
    def breaks(*_: object):
        yield b"head\r\nline\r\n"
        raise wrong

    monkeypatch.setattr(rows, "csv_pages", breaks)
    monkeypatch.setattr(rows, "parquet_pages", breaks)
    stopped = run("export", "events", "--out", "made.csv")
    assert stopped.code in (1, 130)
    *kept, last = Path("made.csv").read_text("utf-8").splitlines()
    assert kept == ["head", "line"]
    assert last.startswith('"ERROR: this export is not complete. It ')
    assert run("export", "events", "--format", "parquet", "--out", "made.parquet").code
    assert [path.name for path in Path().glob("made*")] == ["made.csv"]


def test_a_disk_that_is_full_leaves_no_file(run, copied: Path, monkeypatch):
    def breaks(*_: object):
        yield b"head\r\n"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rows, "csv_pages", breaks)
    refused = run("export", "events", "--out", "made.csv")
    assert refused.code == 1
    assert "No space left on device" in refused.err
    assert not list(Path().glob("made*"))


def test_a_file_is_replaced_only_by_a_whole_one(run, copied: Path, monkeypatch):
    Path("made.parquet").write_bytes(b"before")

    def breaks(*_: object):
        yield b"PAR1"
        raise ValueError

    monkeypatch.setattr(rows, "parquet_pages", breaks)
    assert run("export", "items", "--format", "parquet", "--out", "made.parquet").code == 1
    assert Path("made.parquet").read_bytes() == b"before"


def test_an_export_is_in_the_audit_with_its_rows(run, copied: Path):
    assert (
        run("export", "events", *WHOLE, "--where", "provider=openai", "--out", "made.csv").code == 0
    )
    state = State(copied / "state.db")
    ((_, deed),) = Audit(state).newest(1)
    state.close()
    assert (deed.action, deed.result, deed.rows) == ("export", "ok", len(_lines(Path("made.csv"))))
    assert deed.asked == "of=events&format=csv&period=2025-01-01..2025-12-31&provider=openai"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("evnts",), "No export is called 'evnts'. Did you mean 'events'?"),
        (("events", "--format", "xlsx"), "No format is called 'xlsx'."),
        (("events", "--where", "projct=x"), "Did you mean 'project'?"),
        (("events", "--out", "nowhere/made.csv"), "nowhere/made.csv"),
    ],
)
def test_mistakes_are_named(run, copied: Path, words: tuple[str, ...], said: str):
    refused = run("export", *words)
    assert refused.code == 1
    assert said in refused.err
