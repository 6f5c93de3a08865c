"""The mapping language: what is refused, with which line; what each operator gives."""

import json
from pathlib import Path

import duckdb
import pytest

from analytics_core.errors import BadFile
from analytics_core.ingest.sources import language, operators, packaged
from analytics_core.ingest.sources.mapping import saved, sources_of

GOOD = """name: mine
match: {kinds: [jsonl], all: [t]}
time: {column: t, unit: s, zone: UTC}
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: mine\nmatch: {all: [t]}\n", "line 1: lacks 'time'."),
        (GOOD + "colums: {model: m}\n", "line 4, key 'colums': unknown key. Did you mean 'columns'?"),
        (GOOD.replace("mine", "My Source"), "line 1, key 'name': must be 1 to 40 of a-z, 0-9 and -."),
        (GOOD.replace("mine", "litellm"), "line 1, key 'name': 'litellm' is a packaged source"),
        (GOOD.replace("jsonl", "json5"), "line 2, key 'match.kinds[0]': 'json5' is not one of"),
        (GOOD.replace("[t]", "[]"), "line 2, key 'match.all': must name at least one column."),
        (GOOD.replace("unit: s", "unit: sec"), "line 3, key 'time.unit': 'sec' is neither one of"),
        (GOOD.replace("unit: s", "unit: '%Q'"), "line 3, key 'time.unit': '%Q' is not a strptime format."),
        (GOOD.replace("zone: UTC", "zone: Europe/Madird"), "not an IANA time zone. Did you mean 'Europe/Madrid'?"),
        (GOOD.replace("unit: s", "offset_from: 2026-01-01"), "key 'time.offset_from': needs 'unit' s, ms, us or ns."),
        (GOOD + "columns:\n  modle: m\n", "line 5, key 'columns.modle': is not an event column. Did you mean"),
        (GOOD + "columns: {started_at: t}\n", "'started_at' has its own place: time."),
        (GOOD + "columns: {model: a, model_raw: b}\n", "'model_raw' is mapped twice."),
        (GOOD + "columns: {model: a..b}\n", "is not a path such as properties.main_model."),
        (GOOD + "columns: {cache_read_tokens: c}\n", "'cache_read_tokens' needs 'convention'"),
        (GOOD + "convention: included\n", "'included' is not one of inclusive, exclusive, disjoint."),
        (GOOD + "columns: {model: {upper: a}}\n", "key 'columns.model.upper': unknown key."),
        (GOOD + "columns: {model: {column: a, constant: b}}\n", "must have exactly one of"),
        (GOOD + "columns: {model: {difference: [a]}}\n", "takes exactly two values."),
        (GOOD + "columns: {model: {column: a, per: 0}}\n", "cannot be 0."),
        (GOOD + "columns: {model: {column: a, times: many}}\n", "'many' is not a number."),
        (GOOD + "columns: {model: {column: a, default: x}}\n", "needs 'map' beside it."),
        (GOOD + "columns: {model: {column: a, take: 1}}\n", "needs 'split' beside it."),
        (GOOD + "columns: {model: {column: a, match: 'abc'}}\n", "must have one group in parentheses."),
        (GOOD + "columns: {model: {column: a, match: '(a)(b)'}}\n", "must have exactly one group"),
        (GOOD + "columns: {model: {column: a, match: '(a'}}\n", "is not a regular expression RE2 takes"),
        (GOOD + "columns: {model: {column: a, match: '(?=(a))'}}\n", "is not a regular expression RE2 takes"),
        (GOOD + "columns: {cost_reported: {column: a, currency: dollars}}\n", "must be a currency such as USD"),
        (GOOD + "items:\n- {rule: x, unit: y}\n", "line 5, key 'items[0]': needs 'quantity', 'cost' or both."),
        (GOOD + "csv: {decimal: ',', thousands: ','}\n", "is the decimal mark, too."),
        (GOOD + "dedupe: {first_of: [started_at]}\n", "needs 'id.columns'"),
        (GOOD + "name: again\n", "line 4, key 'name': is given twice."),
        (GOOD + "drop: &a [x]\n", "line 4: anchors (& and *) are not used here."),
        (GOOD + "columns: [a\n", "is not YAML"),
        ("- a\n", "line 1: must hold 'key: value' lines."),
        (GOOD + "columns: {model: " + "{first_of: [" * 8 + "a" + "]}" * 8 + "}\n", "nested deeper than"),
        (GOOD + f"label: {'x' * 600}\n", "is longer than 512 characters."),
        ("extends: litelm\n", "line 1, key 'extends': 'litelm' is not one of"),
        ("extends: litellm\noptions: {keep: all}\n", "line 2, key 'options.keep': unknown key."),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(text, said):
    with pytest.raises(BadFile) as found:
        sources_of(text, "mine.yaml")
    assert str(found.value).startswith("mine.yaml")
    assert said in str(found.value)


def test_files_of_the_settings_folder_are_read_by_name(tmp_path):
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "b.yaml").write_text(GOOD)
    (folder / "a.yaml").write_text(
        "extends: generic\noptions: {zone: Europe/Berlin, policy: computed}\n"
    )
    (folder / "notes.txt").write_text("not a mapping")
    found = saved(tmp_path)
    assert [(s.name, s.zone, s.policy, s.packaged) for s in found] == [
        ("generic", "Europe/Berlin", "computed", False), ("mine", "UTC", "auto", False),
    ]  # fmt: skip
    (folder / "c.yaml").write_text(GOOD)
    with pytest.raises(BadFile, match=r"c.yaml: the name 'mine' is taken by b.yaml"):
        saved(tmp_path)


def test_a_statement_becomes_events_where_a_person_says_so():
    (first, *_) = sources_of("extends: openai-costs\noptions: {role: usage}\n", "x.yaml")
    assert first.role == "events"


RECORD = {
    "t": 1790841600.5, "a": "7", "b": "3", "none": None, "empty": "", "state": "success", "id": "u-1",
    "path": "team/atlas/web", "cents": "12.5", "json": '{"k": "v"}', "nest": {"x.y": 4, "flag": True},
}  # fmt: skip


def _mapped(mapped, columns, records=(RECORD, RECORD), more=""):
    lines = "".join(json.dumps(record) + "\n" for record in records)
    return mapped(lines, saved=sources_of(f"{GOOD}columns: {columns}\n{more}", "mine.yaml"))[0]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("a", "7"),
        ("nest.x.y", "4"),
        ("missing", None),
        ("{constant: true}", "true"),
        ("{first_of: [none, empty, missing, b]}", "3"),
        ("{first_of: [none, {constant: x}]}", "x"),
        ("{sum_of: [a, b, none]}", "10"),
        ("{sum_of: [none, missing]}", None),
        ("{difference: [a, b]}", "4"),
        ("{difference: [a, none]}", None),
        ("{column: cents, per: 100}", "0.125"),
        ("{column: a, times: 2, per: 3}", "4.666666666666667"),
        ("{column: state, map: {success: ok}}", "ok"),
        ("{column: a, map: {success: ok}, default: other}", "other"),
        ("{column: a, map: {success: ok}}", None),
        ("{column: nest.flag, map: {true: 'yes'}}", "yes"),
        ("{column: path, match: '^([a-z]+)/'}", "team"),
        ("{column: path, match: '^([0-9]+)/'}", None),
        ("{column: path, split: /, take: 1}", "atlas"),
        ("{column: path, split: /, take: -1}", "web"),
        ("{column: path, split: /, take: 9}", None),
        ("{column: json, json: true}", '{"k": "v"}'),
        ("{column: state, json: true}", None),
    ],
)
def test_each_operator(mapped, value, found):
    assert _mapped(mapped, f"{{feature: {value}}}").get("feature") == found


@pytest.mark.parametrize(
    ("time", "value", "found"),
    [
        ("{column: t, unit: s}", 1790841600.5, "2026-10-01 08:00:00.500000"),
        ("{column: t, unit: ms}", "1790841600123", "2026-10-01 08:00:00.123000"),
        ("{column: t, unit: us}", 1790841600123456, "2026-10-01 08:00:00.123456"),
        ("{column: t, unit: ns}", 1790841600123456789, "2026-10-01 08:00:00.123457"),
        (
            "{column: t, unit: ms, offset_from: '2026-01-01T01:00:00+01:00'}",
            1500,
            "2026-01-01 00:00:01.500000",
        ),
        ("{column: t, unit: '%d.%m.%Y %H:%M'}", "31.12.2026 23:59", "2026-12-31 23:59:00"),
        ("{column: t, unit: '%d.%m.%Y'}", "soon", None),
        ("{column: t, unit: iso}", "2026-12-31", "2026-12-31"),
    ],
)
def test_each_way_to_write_a_time(mapped, time, value, found):
    saved_ = sources_of(GOOD.replace("{column: t, unit: s, zone: UTC}", time), "mine.yaml")
    lines = (json.dumps({"t": value}) + "\n") * 2
    assert mapped(lines, saved=saved_)[0].get("started_at") == found


def test_a_timestamp_of_the_file_needs_no_unit(mapped):
    saved_ = sources_of(GOOD.replace("jsonl", "pq").replace("unit: s", "unit: ns"), "mine.yaml")
    table = duckdb.sql("SELECT TIMESTAMP_NS '2026-10-01 08:00:00.123456789' AS t")
    assert mapped(table, saved=saved_)[0]["started_at"].startswith("2026-10-01 08:00:00.123456")


def test_ids_tags_items_and_what_is_left(mapped):
    row = _mapped(
        mapped,
        "{cost_reported: {column: cents, unit: cents, currency: {column: state}}}",
        more="id: {columns: [id, a], namespace: app}\ntags: {team: {column: path, split: /}, none: none}\n"
        "items: [{rule: web_search, quantity: b, unit: searches, cost: none}, {rule: fee, unit: usd, cost: none}]\n"
        "drop: [json, nest]\n",
    )
    assert row == {
        "source": "mine", "_row": 1, "started_at": "2026-10-01 08:00:00.500000", "id": "u-1:7",
        "cost_reported": "12.5", "currency": "success", "tags": {"team": "team"},
        "items": [{"rule": "web_search", "quantity": "3", "unit": "searches"}],
        "metadata": '{"empty":""}',
    }  # fmt: skip


def test_an_id_with_an_unknown_part_is_no_id(mapped):
    assert "id" not in _mapped(mapped, "{model: a}", more="id: {columns: [id, none]}\n")


def test_disjoint_parts_are_added_up(mapped):
    columns = "{input_tokens: a, cache_read_tokens: b, output_tokens: b, reasoning_tokens: a}"
    row = _mapped(mapped, columns, more="convention: disjoint\n")
    assert (row["input_tokens"], row["output_tokens"], row["cache_read_tokens"]) == (
        "10",
        "10",
        "3",
    )


def test_rows_may_be_elements_of_arrays(mapped):
    page = {
        "org": "acme",
        "days": [
            {"t": 1790812800, "rows": [{"m": "x", "n": 1}, {"m": "y", "n": 2}]},
            {"t": 2, "rows": []},
        ],
    }
    text = """name: pages
match: {all: [days, days.rows]}
rows: {unnest: days.rows, keep: {days.rows.m: [y]}}
grain: bucket
time: {column: days.t, unit: s}
columns: {model: days.rows.m, requests: days.rows.n, organization: org}
"""
    rows = mapped(json.dumps(page), saved=sources_of(text, "pages.yaml"))
    shown = ("started_at", "model_raw", "requests", "organization", "skip")
    assert [tuple(row.get(name) for name in shown) for row in rows] == [
        ("2026-10-01 00:00:00", "y", "2", "acme", None),
        ("2026-10-01 00:00:00", "x", "1", "acme", "not_usage"),
    ]


def test_repeats_fold_into_the_row_that_stays(mapped):
    lines = "".join(
        json.dumps({"t": 1790841600 + n, "id": "a", "n": n, "m": m}) + "\n"
        for n, m in ((1, "x"), (3, None), (2, "y"))
    )
    more = "id: {columns: [id]}\ncolumns: {model: m, input_tokens: n}\n"
    last = f"{GOOD}{more}dedupe: {{keep: last, order_by: [n], first_of: [started_at], last_of: [model]}}\n"
    rows = mapped(lines, saved=sources_of(last, "mine.yaml"))
    kept = next(row for row in rows if "skip" not in row)
    assert sorted(row.get("skip", "kept") for row in rows) == ["duplicate", "duplicate", "kept"]
    assert (kept["input_tokens"], kept["started_at"], kept["model_raw"]) == (
        "3",
        "2026-10-01 08:00:01",
        "y",
    )
    first = f"{GOOD}{more}dedupe: {{keep: first, order_by: [n]}}\n"
    kept = next(
        row for row in mapped(lines, saved=sources_of(first, "mine.yaml")) if "skip" not in row
    )
    assert kept["input_tokens"] == "1"


HOSTILE = (
    "'; DROP TABLE raw; --",
    "') FROM raw; COPY raw TO 'x.csv'; --",
    'a"b',
    "{x}",
    "%s",
    "$1",
    "\\'",
    "''",
    "💥",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_mapping_is_more_than_a_text(mapped, text, tmp_path):
    quoted = json.dumps(text, ensure_ascii=False)
    record = {"t": 1790841600, "v": text, "k" + text.replace(".", ""): "there"}
    columns = (
        f"{{feature: {{constant: {quoted}}}, agent: {{column: v, map: {{{quoted}: hit}}, default: {quoted}}},"
        f" team: {{column: v, split: {quoted}, take: 1}}, project: {quoted},"
        f" customer: {json.dumps('k' + text.replace('.', ''), ensure_ascii=False)}}}"
    )
    more = f"tags: {{{quoted}: {{constant: {quoted}}}}}\nrows: {{keep: {{v: [{quoted}]}}}}\n"
    row = _mapped(mapped, columns, (record, record), more)
    assert (row["feature"], row["agent"], row["tags"]) == (text, "hit", {text: text})
    assert (row.get("team"), row.get("project"), row.get("customer"), row.get("skip")) == (
        None,
        None,
        "there",
        None,
    )
    assert not list(tmp_path.rglob("x.csv"))


@pytest.mark.parametrize("pattern", ["('; DROP TABLE raw; --)", "(a'..version.+'a)", "(\\Qx\\E')"])
def test_a_pattern_is_a_pattern_and_nothing_else(mapped, pattern):
    text = json.dumps(pattern)
    assert "feature" not in _mapped(mapped, f"{{feature: {{column: state, match: {text}}}}}")


def test_the_examples_in_the_documentation_are_mappings(root):
    files = sorted((root / "docs/examples/sources").glob("*.yaml"), key=lambda path: path.stem)
    assert [path.stem for path in files] == [
        "aider",
        "aider-message-send",
        "azure-llm-trace",
        "mooncake-trace",
    ]
    assert [sources_of(path.read_text("utf-8"), Path(path.name))[0].name for path in files] == [
        path.stem for path in files
    ]  # fmt: skip


def test_the_page_about_sources_shows_the_examples_as_they_are(root):
    page = (root / "docs/sources.md").read_text("utf-8")
    for name in ("aider", "azure-llm-trace", "mooncake-trace"):
        lines = (root / f"docs/examples/sources/{name}.yaml").read_text("utf-8").splitlines()
        assert "\n".join(line for line in lines if not line.startswith("#")) in page


def test_the_page_about_sources_names_every_source_operator_and_option(root):
    page = (root / "docs/sources.md").read_text("utf-8")
    for name in packaged.names():
        assert f"[{name}](#" in page
    for word in (*language.KEYS, *operators.OPERATORS, *operators.AFTER, *packaged.COMMON):
        assert word in page
    for source in packaged.PACKAGED:
        assert all(f"`{option}`" in page for option in source.options)
