"""/files: the ledger of what was taken in, for those who see every row."""

from analytics_core.api.call import Call, Reply
from analytics_core.api.operation import Operation
from analytics_core.api.parameter import TEXT
from analytics_core.api.problem import Refused
from analytics_core.api.schemas import MONEY, TEXT_OR_NULL, WHOLE, many, record
from analytics_core.export.answer import plain
from analytics_core.export.document import MIME, document
from analytics_core.semantics.unit import Unit


def _files(call: Call) -> Reply:
    if not call.caller.scope.everything:
        raise Refused("forbidden", "The files are for those who see every row.")
    held = call.store.manifest
    rows = [
        {
            "file_id": i.file_id,
            "name": i.name,
            "source": i.source,
            "verdict": i.verdict,
            "taken_at": i.taken_at,
            "read": i.read,
            "accepted": i.accepted,
            "rejected": i.rejected,
            "skipped": i.skipped,
            "duplicate": i.duplicate,
            "cost": plain(i.cost_nano, Unit.USD),
            "reasons": dict(i.reasons),
        }
        for i in held.inputs
    ]
    about = {"data_version": held.version, "events": held.rows, "row_count": len(rows)}
    body = "".join(document(about, rows)).encode()
    return Reply(body=body, mime=MIME, rows=len(rows))


FILES = Operation(
    name="files",
    path="/files",
    summary="Every file that was taken in",
    about="The ledger: what became of each file and of its rows (read = accepted + rejected +"
    " skipped + duplicate). Only for those who see every row.",
    example="/files",
    schema=record(
        {
            "data_version": TEXT,
            "events": WHOLE,
            "row_count": WHOLE,
            "rows": many(
                record(
                    {
                        "file_id": TEXT,
                        "name": TEXT,
                        "source": TEXT_OR_NULL,
                        "verdict": TEXT,
                        "taken_at": TEXT,
                        **dict.fromkeys(
                            ("read", "accepted", "rejected", "skipped", "duplicate"), WHOLE
                        ),
                        "cost": MONEY,
                        "reasons": {"type": "object", "additionalProperties": WHOLE},
                    }
                )
            ),
        }
    ),
    run=_files,
)
