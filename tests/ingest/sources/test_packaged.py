"""What holds of every packaged source: it reads files that have no more than it requires."""

import json

import pytest

from analytics_core.ingest.sources import packaged
from analytics_core.ingest.sources.packaged import PACKAGED
from analytics_core.ingest.sources.source import MAPPED

# Beside the required columns: what tells the file apart.
TELLING = {
    "canonical": ("input_tokens",), "otel": ("span_id", "attributes.gen_ai.system"),
    "generic": ("time", "cost"), "openai-usage": ("images",),
}  # fmt: skip
FLAT = [
    source
    for source in PACKAGED
    if "csv" in source.kinds and not any("." in name for name in source.required)
]


@pytest.mark.parametrize("source", FLAT, ids=lambda s: f"{s.name}-{len(s.required)}")
def test_a_csv_with_the_required_columns_alone_can_be_read(mapped, source):
    names = [*dict.fromkeys((*source.required, *TELLING.get(source.name, ())))]
    (row, *_) = mapped(",".join(names) + "\n" + ",".join("1" for _ in names) + "\n", saved=())
    assert row["source"] in (source.name, "1")  # canonical files may name their own source


@pytest.mark.parametrize("source", PACKAGED, ids=lambda s: f"{s.name}-{len(s.required)}")
def test_a_source_maps_to_known_columns_only(mapped, source):
    record: dict = {}
    for name in (*source.required, *TELLING.get(source.name, ())):
        place, *inside = name.split(".")
        _put(record, [place, *inside])
    record |= {
        "codex": {"type": "session_meta"}, "claude-code": {"sessionId": "s"},
        "bedrock-log": {"schemaType": "ModelInvocationLog"},
        "openai-answers": {"object": "response"},
    }.get(source.name, {})  # fmt: skip
    if source.name.startswith("openai-usage") and "results" in str(record):
        record["object"] = "organization.usage.completions.result"
    rows = mapped(json.dumps(record) + "\n" + json.dumps(record) + "\n")
    for row in rows:
        assert set(row) <= {"_row", *MAPPED}


def _put(record, keys):
    """Sets a nested key; arrays of the API stand where their names do."""
    key, *inside = keys
    if not inside:
        record.setdefault(key, [] if key in ("data", "results", "resourcespans") else "1")
        return
    if key in ("data", "results"):
        if not record.get(key):
            record[key] = [{}]
        _put(record[key][0], inside)
    else:
        if not isinstance(record.get(key), dict):
            record[key] = {}
        _put(record[key], inside)


def test_names_and_namespaces_do_not_collide():
    groups = {source.name: source.group for source in PACKAGED}
    assert len({(s.name, s.group) for s in PACKAGED}) == len(groups)
    assert packaged.names()[0] == "canonical"
    assert all(source.zone == "UTC" for source in PACKAGED if source.name != "generic")
