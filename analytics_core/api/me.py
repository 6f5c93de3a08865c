"""/me: whose eyes a token has, and for how long."""

import json

from analytics_core.access.roles import described, labels
from analytics_core.api.call import Call, Reply
from analytics_core.api.operation import Operation
from analytics_core.api.parameter import TEXT
from analytics_core.api.schemas import MOMENT, PICKS, TEXT_OR_NULL, many, record
from analytics_core.export.document import MIME
from analytics_core.semantics.filters import params_of


def _me(call: Call) -> Reply:
    principal, token = call.caller.principal, call.caller.token
    said = {
        "username": principal.username,
        "name": principal.name,
        "user_id": principal.user_id,
        "roles": list(principal.roles),
        "role_labels": labels(principal),
        "sees": described(principal, call.store.house.names),
        "token": {
            "id": token.id,
            "name": token.name,
            "abilities": list(token.abilities),
            "only": params_of(token.picks),
            "expires": token.expires.isoformat(),
        },
    }
    return Reply(body=json.dumps(said, ensure_ascii=False, indent=1).encode() + b"\n", mime=MIME)


ME = Operation(
    name="me",
    path="/me",
    summary="Whose eyes this token has",
    about="The account as it is now, what it sees in words, and the token itself: `only` are the"
    " picks that narrow it.",
    example="/me",
    schema=record(
        {
            "username": TEXT,
            "name": TEXT,
            "user_id": TEXT_OR_NULL,
            "roles": many(TEXT),
            "role_labels": TEXT,
            "sees": TEXT,
            "token": record(
                {
                    "id": TEXT,
                    "name": TEXT,
                    "abilities": many({"enum": ["read", "push"]}),
                    "only": PICKS,
                    "expires": MOMENT,
                }
            ),
        }
    ),
    run=_me,
)
