"""Answers as replies: the body in the format asked for, and what it is about in the headers."""

from collections.abc import Mapping
from urllib.parse import urlencode

from analytics_core.api.call import Call, Reply
from analytics_core.export import csv
from analytics_core.export.answer import Answer, about
from analytics_core.export.formats import format_of
from analytics_core.semantics.period import Period


def reply_of(answer: Answer, call: Call, name: str) -> Reply:
    """An answer as the call wants it; `name` is part of the file's name."""
    form = format_of(call.format)
    said = headers(about(answer))
    return Reply(
        body=form.written(answer),
        mime=form.mime,
        rows=answer.frame.height,
        headers=said | attached(call.format, name, answer.view.filters.period),
    )


def headers(about: Mapping[str, object]) -> dict[str, str]:
    """What an answer is about, for formats that have no place for it; ASCII."""
    period, filters = about["period"], about["filters"]
    assert isinstance(period, Mapping)
    assert isinstance(filters, Mapping)
    said = {
        "Period": f"{period['start']}/{period['end']}",
        "Zone": str(period["zone"]),
        "Filters": urlencode(filters, doseq=True),
        "Data-Version": str(about["data_version"]),
        "Data-Until": str(about["data_until"] or ""),
        "Rows": str(about["row_count"]),
        "Rows-Total": str(about["row_total"]),
    }
    return {f"Tokentally-{name}": text for name, text in said.items()}


def attached(kind: str, name: str, period: Period) -> dict[str, str]:
    """The header that names the file; JSON is shown, not saved."""
    if kind == "json":
        return {}
    file = csv.file_name("api", name, period, csv.nonce(), kind)
    return {"Content-Disposition": f'attachment; filename="{file}"'}
