"""The API as one ASGI application: who calls, may they, what do they ask, what do they get."""

import sqlite3
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import anyio
from polars.exceptions import PanicException
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Match, Route
from starlette.types import Message, Receive, Scope, Send

from analytics_core.access import failures
from analytics_core.access.audit import Deed
from analytics_core.access.caller import NOBODY, Caller
from analytics_core.access.gate import Gate
from analytics_core.access.turned_away import Knock
from analytics_core.api.accept import accepted
from analytics_core.api.asked import asked
from analytics_core.api.call import Call, Reply, Sent
from analytics_core.api.limits import Buckets, Turns
from analytics_core.api.operation import Operation, Takes
from analytics_core.api.parameter import checked, one
from analytics_core.api.problem import Refused, of_error, of_fault, of_not_taken
from analytics_core.errors import TokentallyError
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.push.bodies import MOST_BYTES, too_large
from analytics_core.ingest.push.intake import Intake
from analytics_core.ingest.push.not_taken import NotTaken
from analytics_core.ingest.push.receipts import Receipts
from analytics_core.store.view import Store

AT_ONCE = 2  # questions of one principal


@dataclass(slots=True)
class _Visit:
    """One request on its way through: what the audit will say of it."""

    operation: Operation | None = None
    path: Mapping[str, str] = field(default_factory=dict[str, str])
    caller: Caller = NOBODY
    reply: Reply | None = None
    result: str = "ok"
    begun: bool = False  # whether the answer has begun
    knock: Knock | None = None  # what the audit counts of a call that was turned away


class Service:
    """Answers every address under /api, and nothing in it with anything but what it declares."""

    def __init__(self, gate: Gate, store: Store, operations: Sequence[Operation]) -> None:
        self._gate, self._store = gate, store
        self._routes = [
            (Route(f"/v1{op.path}", _never, methods=[op.method]), op) for op in operations
        ]
        per_minute = gate.settings.api_requests_per_minute
        self._tokens, self._addresses = Buckets(per_minute), Buckets(per_minute)
        self._pushes = Buckets(gate.settings.api_pushes_per_minute)
        self._intake = Intake(Folders(store.data), Receipts(gate.state))
        self._turns = Turns(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; whatever goes wrong in it is a problem with an id, never a traceback."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        visit, started = _Visit(), time.perf_counter()

        async def noting(message: Message) -> None:
            visit.begun = visit.begun or message["type"] == "http.response.start"
            await send(message)

        request = Request(scope, receive)
        try:
            async with self._answer(request, visit) as response:
                await response(scope, receive, noting)
        except Refused as refused:
            visit.result = refused.kind
            await refused.response()(scope, receive, noting)
        except ClientDisconnect:
            visit.result = "left"
        except (Exception, PanicException) as wrong:
            refused = self._fault(wrong, visit)
            if not visit.begun:  # else the connection ends without the end of the answer
                await refused.response()(scope, receive, noting)
        finally:
            with anyio.CancelScope(shield=True):
                await self._note(request, visit, time.perf_counter() - started)

    @asynccontextmanager
    async def _answer(self, request: Request, visit: _Visit) -> AsyncGenerator[Response]:
        """The answer, while it may be sent. Raises Refused."""
        operation, path = self._found(request.scope)
        visit.operation, visit.path = operation, path
        if operation.open:
            self._addresses.take(_address(request))
            yield await self._run(request, visit, path)
            return
        caller = visit.caller = await self._caller(request, visit)
        (self._pushes if operation.takes else self._tokens).take(caller.token.id)
        if not any(map(caller.token.may, operation.abilities)):
            raise Refused("forbidden", f"This token may not {operation.abilities[0]}.")
        if operation.takes and not caller.may_push:
            raise Refused(
                "forbidden",
                "What this token pushes is not among what its owner may see. Make one that fixes"
                " a dimension of theirs: token create --where, docs/push.md.",
            )
        sent = await _sent(request, operation.takes) if operation.takes else Sent()
        turn = f"push {caller.token.id}" if operation.takes else caller.principal.username
        async with self._turns.of(turn):
            yield await self._run(request, visit, path, sent)

    def _found(self, scope: Scope) -> tuple[Operation, Mapping[str, str]]:
        allowed: list[str] = []
        for route, operation in self._routes:
            match, child = route.matches(scope)
            if match is Match.FULL:
                return operation, child["path_params"]
            if match is Match.PARTIAL:
                allowed += ["GET", "HEAD"] if operation.method == "GET" else [operation.method]
        if allowed:
            methods = " and ".join(method for method in allowed if method != "HEAD")
            raise Refused(
                "method-not-allowed",
                f"Only {methods} {'are' if ' ' in methods else 'is'} answered here.",
                {"Allow": ", ".join(allowed)},
            )
        raise Refused("not-found", "No operation has this address; /api/v1/docs lists them.")

    async def _caller(self, request: Request, visit: _Visit) -> Caller:
        """Who calls. Raises Refused, which is the same for every token that opens nothing."""
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        token, now = text.strip() if scheme.lower() == "bearer" else "", datetime.now(UTC)
        if token:
            caller = await run_in_threadpool(self._gate.caller, token, now)
            if caller is not None:
                return caller
        address = _address(request)
        visit.knock = await run_in_threadpool(self._gate.knock, token, address, now)
        self._addresses.take(address)
        raise Refused(
            "unauthorized",
            "Send the header 'Authorization: Bearer TOKEN' with a token that is valid.",
            {"WWW-Authenticate": 'Bearer realm="Tokentally"'},
        )

    async def _run(
        self, request: Request, visit: _Visit, path: Mapping[str, str], sent: Sent | None = None
    ) -> Response:
        reply = await run_in_threadpool(self._reply, request, visit, path, sent or Sent())
        visit.reply = reply
        status = visit.operation.status if visit.operation else 200
        if isinstance(reply.body, bytes):
            return Response(reply.body, status, dict(reply.headers), reply.mime)
        return StreamingResponse(reply.body, status, dict(reply.headers), reply.mime)

    def _reply(self, request: Request, visit: _Visit, path: Mapping[str, str], sent: Sent) -> Reply:
        operation = visit.operation
        assert operation is not None
        try:
            params = checked(request.query_params.multi_items(), operation.accepted)
            header = request.headers.get("Accept", "")
            call = Call(
                caller=visit.caller,
                store=self._store,
                params=params,
                path=path,
                format=accepted(one(params, "format"), header, operation.formats),
                now=datetime.now(UTC),
                intake=self._intake,
                sent=sent,
            )
            return operation.run(call)
        except NotTaken as wrong:
            raise of_not_taken(wrong) from None
        except TokentallyError as wrong:
            query = request.query_params
            given = {name: query.getlist(name) for name in query}
            refused = of_error(wrong, given | {name: [value] for name, value in path.items()})
            if refused.kind == "fault":
                raise
            raise refused from None

    def _fault(self, wrong: BaseException, visit: _Visit) -> Refused:
        where = f"api {visit.operation.name}" if visit.operation else "api"
        visit.result = "fault"
        return of_fault(wrong, where, visit.caller.principal.username)

    async def _note(self, request: Request, visit: _Visit, seconds: float) -> None:
        """Writes into the audit what somebody asked, and what came of it.

        Calls without a valid token, and those beyond the limit of one, are only counted.
        """
        now, operation = datetime.now(UTC), visit.operation
        caller, knock = visit.caller, visit.knock
        if visit.result == "too-many-requests" and caller is not NOBODY:
            knock = Knock(
                visit.result, caller.token.id, caller.principal.username, _address(request)
            )
        if knock is not None and operation is not None:
            deeds = self._gate.turned_away.came(knock, operation.name, now)
        else:
            deeds = self._gate.turned_away.over(now)
            if caller is not NOBODY and operation is not None:
                deeds = (*deeds, self._deed(request, visit, operation, seconds, now))
        for deed in deeds:
            await self._keep(deed)

    def _deed(
        self, request: Request, visit: _Visit, operation: Operation, seconds: float, now: datetime
    ) -> Deed:
        parameters = request.query_params.multi_items()
        noted = visit.reply.asked if visit.reply else ""
        return Deed(
            time=now,
            action=f"api {operation.name}",
            result=visit.result,
            principal=visit.caller.principal.username,
            token=visit.caller.token.id,
            address=_address(request),
            asked=noted or asked(visit.path, parameters, operation.accepted),
            rows=visit.reply.rows if visit.reply else None,
            ms=round(seconds * 1000),
        )

    async def _keep(self, deed: Deed) -> None:
        try:
            await run_in_threadpool(self._gate.audit.add, deed)
        except sqlite3.Error as wrong:  # the answer has been given; that it was is in the log
            failures.report(wrong, f"audit of {deed.action}", deed.principal)


async def _sent(request: Request, takes: Takes) -> Sent:
    """The body with what its headers say. Raises Refused, before more than allowed was read."""
    mime = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if mime and mime not in takes.mimes:
        raise Refused(
            "unsupported-media-type",
            f"'{mime[:80]}' is not taken here. Send {' or '.join(takes.mimes)}.",
        )
    said = request.headers.get("Content-Length", "")
    if said.isdecimal() and int(said) > MOST_BYTES:
        raise of_not_taken(too_large())
    body = bytearray()
    async for block in request.stream():
        body += block
        if len(body) > MOST_BYTES:
            raise of_not_taken(too_large())
    return Sent(bytes(body), mime, request.headers.get("Content-Encoding", ""))


def _never(_: Request) -> Response:
    """A route's endpoint; only its pattern is used."""
    raise NotImplementedError


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
