"""Settings: one frozen value, each with its origin, each mistake with its place."""

from pathlib import Path
from typing import Any

import pytest

from analytics_core import settings
from analytics_core.errors import BadFile, BadValue


def load(folder: Path, **more: Any) -> settings.Settings:
    return settings.load(folder, more.get("environ", {}), more.get("secrets"))


def test_an_empty_folder_gives_the_defaults(tmp_path: Path) -> None:
    made = load(tmp_path)
    assert (made.zone, made.week_start, made.ingest_rows) == ("UTC", "monday", 50_000_000)
    assert made.origin("zone") == "default"


def test_the_last_of_file_environment_and_secrets_wins(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("zone: Europe/Madrid\ningest:\n  rows: 10\n")
    assert load(tmp_path).zone == "Europe/Madrid"
    assert load(tmp_path).ingest_rows == 10
    assert load(tmp_path).origin("zone") == "settings.yaml"
    over = load(tmp_path, environ={"TOKENTALLY_ZONE": "Asia/Kolkata"})
    assert (over.zone, over.origin("zone")) == ("Asia/Kolkata", "environment")
    secret = load(
        tmp_path,
        environ={"TOKENTALLY_ZONE": "Asia/Kolkata"},
        secrets={"tokentally": {"zone": "America/Bogota"}},
    )
    assert (secret.zone, secret.origin("zone")) == ("America/Bogota", "st.secrets")


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        ("zone: Europe/Madird\n", 1, "zone", "Europe/Madrid"),
        ("# mine\nzoen: UTC\n", 2, "zoen", "Did you mean 'zone'?"),
        ("ingest:\n  rows: many\n", 2, "ingest_rows", "a number"),
        ("ingest_rows: 0\n", 1, "ingest_rows", "a number from 1"),
        ("fiscal_year_start: 1.5\n", 1, "fiscal_year_start", "a whole number"),
        ("demo: perhaps\n", 1, "demo", "true or false"),
        ("week_start: friday\n", 1, "week_start", "one of monday, sunday"),
        ("zone: [UTC]\n", 1, "zone", "a single value"),
        ("- zone\n", 1, None, "key: value"),
        ("zone: 'UTC\n", 2, None, "is not YAML"),
    ],
)
def test_a_mistake_names_file_line_and_key(
    tmp_path: Path, text: str, line: int, key: str | None, says: str
) -> None:
    (tmp_path / "settings.yaml").write_text(text)
    with pytest.raises(BadFile) as caught:
        load(tmp_path)
    assert "settings.yaml" in str(caught.value)
    assert (caught.value.line, caught.value.key) == (line, key)
    assert says in str(caught.value)


def test_a_bad_environment_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="TOKENTALLY_QUERY_SECONDS"):
        load(tmp_path, environ={"TOKENTALLY_QUERY_SECONDS": "soon"})


def test_the_version_changes_with_any_settings_file_or_override(tmp_path: Path) -> None:
    versions = [load(tmp_path).version]
    (tmp_path / "prices.csv").write_text("provider,model\n")
    versions.append(load(tmp_path).version)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "own.yaml").write_text("name: own\n")
    versions.append(load(tmp_path).version)
    versions.append(load(tmp_path, environ={"TOKENTALLY_ZONE": "Asia/Kolkata"}).version)
    assert len(set(versions)) == 4
    assert load(tmp_path).version == versions[2]


def test_a_hand_edited_table_knows_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "fx.csv"
    path.write_text("\ufeffdate,currency,usd\n# a note\n\n2026-11-01, EUR ,1.10\n", "utf-8")
    lines = settings.table(path, ("date", "currency", "usd"))
    assert [(line.number, line.text("currency")) for line in lines] == [(4, "EUR")]
    wrong = lines[0].wrong("usd", "must be a number.")
    assert str(wrong) == f"{path}, line 4, key 'usd': must be a number."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("date,curency,usd\n", "unknown column. Did you mean 'currency'?"),
        ("date,usd\n", "the header lacks this column"),
        ("date,currency,usd\n1,2,3,4\n", "has 4 cells, the header 3."),
    ],
)
def test_a_wrong_table_is_refused_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "fx.csv"
    path.write_text(text)
    with pytest.raises(BadFile) as caught:
        settings.table(path, ("date", "currency", "usd"))
    assert says in str(caught.value)


def test_an_absent_table_is_empty(tmp_path: Path) -> None:
    assert settings.table(tmp_path / "fx.csv", ("date",)) == []


def test_every_option_is_described() -> None:
    described = list(settings.described())
    assert len(described) >= 20
    assert all(text.endswith(".") for _, _, text in described)


def test_a_cell_may_hold_a_line_break_and_a_comment_may_hold_anything(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    text = 'value,name\r\n# it,"s\n"#1","a\nb"\n\n#2,x\n'
    path.write_text(text, "utf-8", newline="")
    lines = settings.table(path, ("value", "name"))
    assert [(line.text("value"), line.text("name")) for line in lines] == [("#1", "a\nb")]
    records = list(settings.records_of(text, path))
    assert "".join(record.text for record in records) == text
    assert [record.number for record in records] == [1, 2, 4, 5, 6]


def test_what_acts_only_after_a_restart_is_known(tmp_path: Path) -> None:
    opened = load(tmp_path)
    (tmp_path / "settings.yaml").write_text("zone: Asia/Kolkata\nquery_threads: 77\nhttps: true\n")
    changed = load(tmp_path, environ={"TOKENTALLY_QUERY_MEMORY_MB": "512"})
    assert settings.waiting(opened, changed) == ["query_memory_mb", "query_threads", "https"]
    assert settings.waiting(opened, opened) == []
