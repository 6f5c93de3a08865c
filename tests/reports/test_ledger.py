"""The ledger of files, as people look through it."""

from analytics_core.reports.ledger import PAGE, loss, page, search, totals
from analytics_core.store.manifest import Input, Manifest


def _line(number: int, verdict: str = "landed", **more) -> Input:
    known = {"source": "litellm", "group": "litellm", "grain": "request"}
    return Input(
        file_id=f"{number:016}", sha256="", name=f"Log {number}.csv",
        taken_at=f"2026-11-{number % 28 + 1:02}T00:00:00", verdict=verdict, **(known | more),
    )  # fmt: skip


HELD = Manifest(
    inputs=(
        _line(1, read=7, rejected=2, accepted=5, cost_nano=70),
        _line(2, "unknown_columns", source=None, rejected=9),
        _line(3, "forgotten", rejected=4),
        _line(4, lost_to=(("0" * 15 + "1", 3),)),
    )
)


def _names(text: str) -> list[str]:
    return [entry.name for entry in search(HELD, text)]


def test_the_file_taken_last_comes_first():
    assert _names("") == ["Log 4.csv", "Log 3.csv", "Log 2.csv", "Log 1.csv"]


def test_a_search_looks_at_name_source_verdict_and_id():
    assert _names("  LOG 3 ") == ["Log 3.csv"]
    assert _names("unknown") == ["Log 2.csv"]
    assert _names("0000001") == ["Log 1.csv"]
    assert len(_names("litellm")) == 3


def test_pages_hold_fifty_lines_and_one_that_is_not_there_is_the_nearest():
    many = search(Manifest(inputs=tuple(map(_line, range(PAGE + 1)))), "")
    second = page(many, 2)
    assert (len(second.entries), second.pages, second.found) == (1, 2, PAGE + 1)
    assert page(many, 99) == second
    assert (page((), -1).number, page((), 1).pages) == (1, 1)


def test_totals_count_what_stands_in_the_store():
    found = totals(HELD)
    assert (found.files, found.quarantined, found.read, found.rejected) == (2, 1, 7, 2)


def test_a_loss_names_the_rows_their_cost_and_what_is_read_again():
    gone = loss(HELD, HELD.inputs[0])
    assert (gone.rows, gone.cost_nano, [e.name for e in gone.again]) == (5, 70, ["Log 4.csv"])
