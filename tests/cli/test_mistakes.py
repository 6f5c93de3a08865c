"""What careless people type, and the one sentence they get."""

from pathlib import Path

import pytest

QUERY = ("query", "--measures", "cost")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--measures", "cots"), "No measure is called 'cots'. Did you mean 'cost'?"),
        (
            ("--measures", "zzz"),
            "No measure is called 'zzz'. 'query --help' lists every measure.",
        ),
        (("--measures", " , "), "--measures: '' cannot be read. Expected at least one measure."),
        (
            ("--measures", "cost,cost"),
            "--measures: 'cost,cost' cannot be read. Expected each measure once.",
        ),
        (("--by", "projct"), "No dimension is called 'projct'. Did you mean 'project'?"),
        (
            ("--by", "team,user,model"),
            "--by: 'team,user,model' cannot be read. Expected at most two dimensions.",
        ),
        (
            ("--by", "tag:"),
            "dimension: 'tag:' cannot be read. Expected tag:KEY with a key of 1 to 64 characters.",
        ),
        (("--grain", "dayy"), "No grain is called 'dayy'. Did you mean 'day'?"),
        (
            ("--from", "2025-02-30", "--to", "2025-03-01"),
            "--from: '2025-02-30' cannot be read. Expected a date such as 2026-11-20 or"
            " 2026-11-20T18:00.",
        ),
        (
            ("--from", "2025-06-02", "--to", "2025-06-01"),
            "--from/--to: '2025-06-02..2025-06-01' cannot be read. Expected an end after the"
            " start.",
        ),
        (
            ("--from", "2025-06-02"),
            "--from/--to: '2025-06-02' cannot be read. Expected both of them, or --period alone.",
        ),
        (
            ("--from", "2025-06-02", "--to", "2025-06-03", "--period", "month"),
            "--period: 'month' cannot be read. Expected either a period or --from and --to.",
        ),
        (
            ("--period", "days:99999999999999999999"),
            "--period: 'days:99999999999999999999' cannot be read. Expected days:N with N from 1"
            " to 3660.",
        ),
        (
            ("--period", "2025-13"),
            "--period: '2025-13' cannot be read. Expected a month such as 2026-11.",
        ),
        (
            ("--top", "99999999999999999999"),
            "--top: '99999999999999999999' cannot be read. Expected a number from 1 to 1,000.",
        ),
        (
            ("--limit", "99999999999999999999"),
            "--limit: '99999999999999999999' cannot be read. Expected a number from 1 to"
            " 1,000,000,000.",
        ),
        (
            ("--where", "project"),
            "--where: 'project' cannot be read. Expected DIMENSION=value,value.",
        ),
        (("--where", "projct=a"), "No dimension is called 'projct'. Did you mean 'project'?"),
        (
            ("--where", 'project="a'),
            "--where: 'project=\"a' cannot be read. Expected text as in CSV, such as"
            ' project=Search,"Maps, Routes".',
        ),
        (
            ("--where", "user=" + ",".join(map(str, range(201)))),
            "--where: '0, 1, 10, 100 …' cannot be read. Expected at most 200 values in 8 kB, those"
            " of all dimensions together.",
        ),
        (("--as", "nina"), "No account is called 'nina'. Known: ada, ana, leo, max, mia."),
        (("--format", "jsn"), "No format is called 'jsn'. Did you mean 'json'?"),
        (("--out", "."), "--out: '.' cannot be read. Expected a file, not a folder."),
        (
            ("--out", "none/x.csv"),
            "none/x.csv cannot be written (No such file or directory). Give the user that runs"
            " Tokentally write access to it, or name another file with --out.",
        ),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, tuple) else "",
)
def test_a_wrong_option_of_query_is_named(run, demo: Path, words, says) -> None:
    command = ("query",) if "--measures" in words else QUERY
    ran = run(*command, "--data", demo, *words)
    assert (ran.code, ran.out, ran.err) == (1, "", says + "\n")


@pytest.mark.parametrize(
    "words",
    [
        (*QUERY, "--period", "month", "--period", "week"),
        (*QUERY, "--period", "month", "--period", "month"),
        (*QUERY, "--top", "3", "--to", "2025-06-01", "--top", "3"),
        (*QUERY, "--as", "ana", "--as", "ada"),
        ("export", "events", "--format", "csv", "--format", "parquet"),
        ("audit", "--who", "ana", "--who", "ada"),
        ("token", "create", "x", "--user", "ana", "--days", "3", "--days", "4"),
        ("user", "add", "bob", "--email", "a@x.example", "--email", "b@x.example"),
        ("--data", "a", "files", "--data", "b"),
        ("files", "--data", "a", "--data", "b"),
    ],
    ids=" ".join,
)
def test_an_option_of_one_value_is_not_given_two(run, words) -> None:
    ran = run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith(": stands twice; it has one value\n")


@pytest.mark.parametrize("text", ["project=a\nb", "project=\udcff"])
def test_a_value_that_is_no_text_is_refused(run, demo: Path, text: str) -> None:
    ran = run(*QUERY, "--data", demo, "--where", text)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("--where: ")


@pytest.mark.parametrize(
    "words",
    [
        ("querry",), ("query",), ("user",), ("forget",), ("query", "--measures"),
        ("user", "add", "bob"), ("demo", "--events", "many"), ("files", "--jsn"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_line_that_is_no_command_ends_with_the_usage(run, words) -> None:
    ran = run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("usage: python -m analytics_core")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("--events", "0"),
            "--events: '0' cannot be read. Expected a number from 1 to 100,000,000.",
        ),
        (("--months", "61"), "--months: '61' cannot be read. Expected a number from 1 to 60."),
        (
            ("--seed", "-1"),
            "--seed: '-1' cannot be read. Expected a number from 0 to 9,223,372,036,854,775,807.",
        ),
        (
            ("--now", "noon"),
            "--now: 'noon' cannot be read. Expected a time such as 2026-11-20T16:00.",
        ),
        (
            ("--now", "9999-12-31"),
            "--now: '9999-12-31' cannot be read. Expected a moment from 2015 on, up to now.",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_recipe_of_the_demo_is_named_before_anything_is_written(
    run, tmp_path: Path, words, says
) -> None:
    ran = run("demo", "--data", tmp_path / "new", *words)
    assert (ran.code, ran.out, ran.err) == (1, "", says + "\n")
    assert not (tmp_path / "new").exists()


READING = [
    ("query", "--measures", "cost"), ("files",), ("verify",), ("prices", "--unpriced"),
    ("reprice",), ("forget", "0123456789abcdef"), ("demo", "--remove"),
]  # fmt: skip


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_a_folder_that_is_not_there_is_not_made_by_reading(run, tmp_path: Path, words) -> None:
    ran = run(*words, "--data", tmp_path / "dta")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"There is no folder {tmp_path / 'dta'}. Name the data folder with")
    assert not (tmp_path / "dta").exists()


@pytest.mark.parametrize("words", [*READING, ("sources",), ("ingest",)], ids=" ".join)
def test_a_file_is_no_data_folder(run, tmp_path: Path, words) -> None:
    (tmp_path / "file").write_text("")
    ran = run(*words, "--data", tmp_path / "file")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"--data: '{tmp_path / 'file'}' cannot be read. Expected a folder.\n"


def test_an_empty_name_is_no_data_folder(run) -> None:
    ran = run("files", "--data", "")
    assert (ran.code, ran.err) == (1, "--data: '' cannot be read. Expected a folder.\n")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("settings.yaml", "zone: Europe/Madird\n", ", line 1, key 'zone': 'Europe/Madird' cannot"),
        ("settings.yaml", "zon: UTC\n", ", line 1, key 'zon': unknown setting. Did you mean"),
        ("settings.yaml", "zone: UTC\nzone: UTC\n", ", line 2, key 'zone': stands in the file twi"),
        ("settings.yaml", "zone: [a\n", ", line 2: is not YAML ("),
        ("settings.yaml", "- a\n", ", line 1: must hold 'key: value' lines."),
        ("settings.yaml", "a: &a\n  b: *a\n", ", line 2, key 'a_b': must be written out, not"),
        ("prices.csv", "provider,model,usd\nself,x\n", ", line 2, key 'usd': give either usd or"),
        ("prices.csv", "provider,modl\nself,x\n", ", line 1, key 'modl': unknown column. Did you"),
        ("prices.csv", 'provider,model,usd\n"self,x,1\n', ", line 2: is not CSV ("),
        ("prices.csv", "provider;model;usd\n", ", line 1: separates its cells by semicolons;"),
        ("prices.csv", "provider,model,usd\nself,x,1e400\n", ", line 2, key 'usd': '1E+400' is mo"),
        ("fx.csv", "date,currency,usd\n2025-06-01,EUR,x\n", ", line 2, key 'usd': 'x' is no num"),
        ("projects.csv", "name,colour\nSearch,red\n", ", line 2, key 'colour': 'red' is not a"),
        ("names.csv", "dimension,value,name\nuser,u1,\n", ", line 2, key 'name': is blank."),
        ("sources/own.yaml", "name: own\n", ", line 1: lacks 'match'."),
        ("sources/own.yaml", "name: [own\n", ", line 2: is not YAML ("),
    ],
)
def test_a_broken_file_is_named_with_line_and_key(run, tmp_path: Path, name, text, says) -> None:
    path = tmp_path / "data" / "settings" / name
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    ran = run("sources", "--check")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"{path}{says}")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("name", ["settings.yaml", "prices.csv", "fx.csv", "projects.csv"])
def test_a_folder_in_the_place_of_a_settings_file_is_named(run, tmp_path: Path, name) -> None:
    path = tmp_path / "data" / "settings" / name
    path.mkdir(parents=True)
    ran = run("sources", "--check")
    assert (ran.code, ran.err) == (1, f"{path}: cannot be read (Is a directory).\n")


def test_settings_in_another_encoding_are_named(run, tmp_path: Path) -> None:
    path = tmp_path / "data" / "settings" / "settings.yaml"
    path.parent.mkdir(parents=True)
    path.write_bytes("contact: Müller\n".encode("latin-1"))
    ran = run("sources")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"{path}: is not UTF-8 text (")


def test_a_wrong_variable_of_the_environment_is_named(run, monkeypatch) -> None:
    monkeypatch.setenv("TOKENTALLY_ZONE", "Mars")
    ran = run("sources")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("TOKENTALLY_ZONE: 'Mars' cannot be read. Expected an IANA time zone")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not a manifest of ours (Expecting value"),
        ("[]", "is not a manifest of ours ("),
        ('{"schema": 1, "files": 3}', "is not a manifest of ours ("),
        ('{"schema": 99}', "is of schema 99, this Tokentally knows 1."),
    ],
)
@pytest.mark.parametrize("words", READING[:6], ids=lambda w: w[0])
def test_a_manifest_that_is_none_stops_every_command(
    run, tmp_path: Path, words, text, says
) -> None:
    path = tmp_path / "data" / "events" / "manifest.json"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    ran = run(*words)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"{path}: {says}")


def test_nothing_taken_in_yet_is_said_beside_the_answer(run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    ran = run(*QUERY, "--format", "csv")
    assert (ran.code, ran.out) == (0, "\ufeffcost\r\n0\r\n")
    assert ran.err == (
        f"Nothing was taken in yet. Put exports into {tmp_path / 'data' / 'inbox'} and run"
        " 'ingest'.\n"
    )


def test_a_selection_without_events_says_so(run, demo: Path) -> None:
    ran = run(*QUERY, "--data", demo, "--period", "2024-01")
    assert (ran.code, ran.out) == (0, "January 2024 · UTC\n cost\n$0.00\n")
    assert ran.err == "No events match.\n"
