"""/events, /items and /export: every selected row, a page at a time or as one file."""

import base64
import csv
import io
import json
from datetime import datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from analytics_core.access.audit import Audit
from analytics_core.api import export
from analytics_core.errors import TooSlow
from analytics_core.export.stream import ending_in_an_error
from analytics_core.store import rows as store_rows

START = datetime(2026, 11, 1, 9)
EVENTS = [
    {"event_id": f"e{n}", "started_at": START + timedelta(minutes=n // 2), "project": project,
     "user_id": user, "cost_nano": nano, "input_tokens": 10, "output_tokens": 4,
     "cost_input_nano": nano, "tags": [("flow", "x")], "metadata": '{"a": [1]}'}
    for n, (project, user, nano) in enumerate((
        ("=Search", "ana", 1_000_000_001), ("Atlas", "mia", 5), ("Atlas", "mia", None),
        (None, "leo", 7), ("Atlas", "ana", 9),
    ))
]  # fmt: skip
EVENTS[3]["items"] = [
    {"rule": "page", "quantity": Decimal("1.5"), "unit": "pages", "cost_nano": 3},
]
NOVEMBER = "period=2026-11"


def walked(here, address: str, token: str) -> list[list[dict]]:
    """The rows of each page, following `next`."""
    pages, cursor = [], ""
    while True:
        document = here.get(f"{address}{cursor}", token).json()
        pages.append(document["rows"])
        if document["next"] is None:
            return pages
        cursor = f"&cursor={document['next']}"


def test_events_come_newest_first_and_each_once_whatever_the_page(world):
    here = world(EVENTS)
    token = here.token()
    for limit, sizes in ((2, [2, 2, 1]), (5, [5]), (3, [3, 2])):
        pages = walked(here, f"/events?{NOVEMBER}&limit={limit}", token)
        assert [len(page) for page in pages] == sizes
        ids = [row["event_id"] for page in pages for row in page]
        assert ids == ["e4", "e3", "e2", "e1", "e0"]
    assert [len(p) for p in walked(here, f"/events?{NOVEMBER}&user=mia&limit=1", token)] == [1, 1]


def test_an_event_has_every_column_with_exact_money(world):
    document = world(EVENTS).get(f"/events?{NOVEMBER}&tag:flow=x").json()
    assert (document["row_count"], document["row_total"], document["next"]) == (5, 5, None)
    first = document["rows"][-1]
    assert (first["started_at"], first["cost"], first["cost_reported"]) == (
        "2026-11-01T09:00:00Z", "1.000000001", None,
    )  # fmt: skip
    assert (first["tags"], first["metadata"], first["items"]) == ({"flow": "x"}, {"a": [1]}, None)
    assert (first["file_id"], first["row"]) == ("0123456789abcdef", 1)
    assert document["rows"][1]["items"] == [
        {"pricing_rule": "page", "quantity": "1.5", "unit": "pages", "cost": "0.000000003"}
    ]
    assert document["rows"][2]["cost"] is None


def test_items_of_an_event_sum_to_its_cost_and_are_picked_by_rule(world):
    here = world(EVENTS)
    token = here.token()
    rows = [row for page in walked(here, f"/items?{NOVEMBER}&limit=2", token) for row in page]
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row["event_id"]] = sums.get(row["event_id"], Decimal()) + Decimal(row["cost"] or 0)
    events = {
        r["event_id"]: Decimal(r["cost"] or 0) for r in here.rows(f"/events?{NOVEMBER}", token)
    }
    assert sums == events
    (page,) = here.rows(f"/items?{NOVEMBER}&pricing_rule=page", token)
    assert (page["quantity"], page["unit_price"], page["cost"], page["user_id"]) == (
        "1.5", "0.000000002", "0.000000003", "leo",
    )  # fmt: skip
    all_events = here.get(f"/events?{NOVEMBER}&pricing_rule=page", token).json()
    assert (all_events["row_total"], all_events["filters"]) == (5, {})


def test_a_page_comes_in_every_format_with_its_cursor_in_a_header(world):
    here = world(EVENTS)
    token = here.token()
    for of in ("events", "items"):
        address = f"/{of}?{NOVEMBER}&limit=2"
        document = here.get(address, token).json()
        ids = [row["event_id"] for row in document["rows"]]
        text = here.get(f"{address}&format=csv", token)
        assert [r["event_id"] for r in _lines(text.content)] == ids
        parquet = here.get(f"{address}&format=parquet", token)
        assert pl.read_parquet(parquet.content)["event_id"].to_list() == ids
        arrow = here.get(f"{address}&format=arrow", token)
        assert pl.read_ipc_stream(arrow.content)["event_id"].to_list() == ids
        for answer in (text, parquet, arrow):
            assert answer.headers["tokentally-next"] == document["next"]
            assert answer.headers["tokentally-rows"] == "2"
            assert answer.headers["tokentally-rows-total"] == str(document["row_total"])


def _lines(made: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"), newline="")))


def test_a_cursor_that_is_none_is_refused(world):
    here = world(EVENTS)
    token = here.token()
    for cursor in (
        "x",
        "e30",
        "W10",
        "WzEsMiwzXQ",
        "é",
        "WyIyMDI2LTExLTAxIiwgImEiLCAwXQ",
        "A" * 300,
    ):
        answer = here.get(f"/events?cursor={cursor}", token)
        assert (cursor, answer.status_code, answer.json()["parameter"]) == (cursor, 400, "cursor")
    assert here.get("/events?limit=1001", token).json()["parameter"] == "limit"


AT = "2026-10-31T00:00:00+00:00"


@pytest.mark.parametrize("of", ["events", "items"])
@pytest.mark.parametrize(
    "inside",
    [
        '["0001-01-01T00:00:00+14:00","a",0]',
        '["9999-12-31T23:59:59-14:00","a",0]',
        '["9999-12-31T23:59:59.999999+00:00","a",0]',
        f'["{AT}","a",1e999]',
        f'["{AT}","a",0.5]',
        f'["{AT}","a",true]',
        f'["{AT}","a",1]',
        f'["{AT}","a",-{10**30}]',
        f'["{AT}","a\\u0000\\ud800",0]',
        f'["{AT}","a\\u0000",0]',
        f'["{AT}","a\\ud800",0]',
        f'["{AT}",["a"],0]',
        f'["{AT}","a",0,0]',
        '[0,"a",0]',
        "[" * 3000,
    ],
    ids=lambda text: text[:48],
)
def test_a_cursor_that_no_page_gave_is_refused(world, of, inside):
    here = world(EVENTS)
    cursor = base64.urlsafe_b64encode(inside.encode()).decode().rstrip("=")
    answer = here.get(f"/{of}?{NOVEMBER}&cursor={cursor}")
    assert answer.status_code == 400, answer.text
    said = answer.json()
    assert (said["type"], said["parameter"]) == ("/api/v1/docs#bad-value", "cursor")
    assert len(said["detail"]) < 200


def test_a_cursor_at_the_ends_of_time_has_no_rows_or_all_of_them_after_it(world):
    here = world(EVENTS)
    token = here.token()
    for moment, rows in (("0001-01-01T00:00:00", 0), ("9999-12-31T23:59:59.999998", 5)):
        cursor = base64.urlsafe_b64encode(f'["{moment}+00:00","a",0]'.encode()).decode()
        assert len(here.rows(f"/events?{NOVEMBER}&cursor={cursor}", token)) == rows


@pytest.mark.access
def test_rows_are_those_of_the_scope_and_say_nothing_of_the_dropped_file(world):
    here = world(EVENTS)
    hers, everything = here.token("mia"), here.token("ada")
    cursor = here.get(f"/events?{NOVEMBER}&limit=1", everything).json()["next"]
    document = here.get(f"/events?{NOVEMBER}&limit=5&cursor={cursor}", hers).json()
    assert [row["event_id"] for row in document["rows"]] == ["e2", "e1"]
    assert document["row_total"] == 2
    assert not {"file_id", "row"} & set(document["rows"][0])
    for of, kind in (
        ("events", "csv"),
        ("items", "csv"),
        ("events", "parquet"),
        ("items", "arrow"),
    ):
        made = here.get(f"/export?of={of}&{NOVEMBER}&format={kind}", hers).content
        rows = {
            "csv": _lines,
            "parquet": lambda b: pl.read_parquet(b).to_dicts(),
            "arrow": lambda b: pl.read_ipc_stream(b).to_dicts(),
        }[kind](made)
        assert {row["user_id"] for row in rows} == {"mia"}
        assert not {"file_id", "row"} & set(rows[0])


@pytest.mark.parametrize("of", ["events", "items"])
def test_an_export_streams_every_row_and_says_how_many(world, monkeypatch, of):
    monkeypatch.setattr(store_rows, "PAGE", {"events": 1, "items": 1})
    here = world(EVENTS)
    token = here.token()
    expected = here.get(f"/{of}?{NOVEMBER}&limit=1000", token).json()
    ids = [row["event_id"] for row in expected["rows"]]
    text = here.get(f"/export?of={of}&{NOVEMBER}", token)
    assert text.headers["content-type"] == "text/csv; charset=utf-8"
    assert "content-length" not in text.headers
    assert [row["event_id"] for row in _lines(text.content)] == ids
    parquet = here.get(f"/export?of={of}&{NOVEMBER}&format=parquet", token)
    assert pl.read_parquet(parquet.content)["event_id"].to_list() == ids
    arrow = here.get(
        f"/export?of={of}&{NOVEMBER}", token, Accept="application/vnd.apache.arrow.stream"
    )
    assert pl.read_ipc_stream(arrow.content)["event_id"].to_list() == ids
    for answer in (text, parquet, arrow):
        assert (
            answer.headers["tokentally-rows"]
            == answer.headers["tokentally-rows-total"]
            == str(len(ids))
        )
        assert (
            f'filename="tokentally-api-{of}-2026-11-01_2026-11-30-'
            in answer.headers["content-disposition"]
        )


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_an_export_as_focus_streams_rows_that_sum_to_the_cost_and_counts_the_unpriced(world, kind):
    here = world(EVENTS)
    token = here.token()
    answer = here.get(f"/export?of=focus&{NOVEMBER}&format={kind}", token)
    assert answer.status_code == 200
    assert "content-length" not in answer.headers
    costs = (
        [Decimal(line["EffectiveCost"]) for line in _lines(answer.content)]
        if kind == "csv"
        else pl.read_parquet(answer.content)["EffectiveCost"].to_list()
    )
    (total,) = here.rows(f"/query?{NOVEMBER}&measures=cost,unpriced_requests", token)
    assert sum(costs) == Decimal(total["cost"])
    rows = answer.headers["tokentally-rows"], answer.headers["tokentally-rows-total"]
    assert rows == (str(len(costs)), str(len(costs)))
    assert answer.headers["tokentally-unpriced-events"] == str(total["unpriced_requests"])
    ((_, _), (_, deed)) = Audit(here.gate.state).newest(2)
    assert (deed.action, deed.rows) == ("api export", len(costs))


@pytest.mark.access
def test_focus_rows_are_those_of_the_scope(world):
    here = world(EVENTS)
    hers = here.token("mia")
    lines = _lines(here.get(f"/export?of=focus&{NOVEMBER}", hers).content)
    (total,) = here.rows(f"/query?{NOVEMBER}&measures=cost", hers)
    assert sum(Decimal(line["EffectiveCost"]) for line in lines) == Decimal(total["cost"])
    assert sum(Decimal(line["EffectiveCost"]) for line in lines) < sum(
        Decimal(line["EffectiveCost"])
        for line in _lines(here.get(f"/export?of=focus&{NOVEMBER}").content)
    )


def test_an_export_of_a_query_is_the_query_without_a_limit_of_rows(world, monkeypatch):
    monkeypatch.setattr("analytics_core.api.selection.MOST_ROWS", 2)
    here = world(EVENTS)
    token = here.token()
    asked = f"{NOVEMBER}&by=user,project&measures=cost,events&compare=previous"
    cut = here.get(f"/query?{asked}", token).json()
    assert (cut["row_count"], cut["row_total"]) == (2, 4)
    whole = here.get(f"/export?{asked}", token)
    assert (len(_lines(whole.content)), whole.headers["tokentally-rows"]) == (4, "4")
    two = here.get(f"/export?{asked}&limit=1", token)
    assert (two.headers["tokentally-rows"], two.headers["tokentally-rows-total"]) == ("1", "4")


def test_what_belongs_to_a_question_does_not_go_with_rows(world):
    here = world(EVENTS)
    for asked in ("of=events&limit=5", "of=items&by=team", "of=rows", "of=events&format=json",
                  "of=events&format=xlsx", "of=focus&format=arrow", "of=focus&by=team"):  # fmt: skip
        assert here.get(f"/export?{asked}").status_code == 400


def test_a_csv_that_breaks_off_says_so_in_its_last_line(world, monkeypatch, caplog):
    def breaks(*_: object):
        yield b"head\r\n"
        raise TooSlow.after(30)

    parts = ending_in_an_error(breaks())
    assert next(parts) == b"head\r\n"
    assert next(parts).startswith(b'"ERROR: this export is not complete. Took longer than 30 s.')
    with pytest.raises(TooSlow):
        next(parts)

    monkeypatch.setitem(export._PAGES, "csv", breaks)
    here = world(EVENTS)
    answer = here.get("/export?of=events")
    assert answer.text.splitlines()[-1].startswith('"ERROR: ')
    ((_, deed),) = Audit(here.gate.state).newest(9)
    assert (deed.action, deed.result) == ("api export", "fault")
    assert "TooSlow" in caplog.text


def test_an_empty_selection_is_a_page_and_a_file_without_rows(world):
    here = world()
    token = here.token()
    for of in ("events", "items"):
        document = here.get(f"/{of}", token).json()
        assert (document["rows"], document["row_total"], document["next"]) == ([], 0, None)
        assert len(_lines(here.get(f"/export?of={of}", token).content)) == 0
        assert (
            pl.read_parquet(here.get(f"/export?of={of}&format=parquet", token).content).height == 0
        )


def test_a_document_of_rows_is_json_line_by_line(world):
    text = world(EVENTS).get(f"/events?{NOVEMBER}").text
    lines = [line.rstrip(",") for line in text.splitlines() if line.startswith("  {")]
    assert [json.loads(line)["event_id"] for line in lines] == ["e4", "e3", "e2", "e1", "e0"]
