"""`POST /v1/outcomes` and `GET /v1/outcomes/{collaboration_id}`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from serving import idempotency, request_id
from serving.answers import json_bytes
from serving.context import Context
from serving.gate import LOCAL, OWNER
from serving.outcomes import OUTCOMES_PATH, OutcomesRequest, outcome_history, record_outcomes
from serving.problems import Problem
from serving.responses import JSON, read_body, read_model
from serving.store_idempotency import Answer
from serving.working import counted


def routes(context: Context) -> list[BaseRoute]:
    """Outcomes in, and what is kept of one."""
    memory = context.memory

    def kept(body: bytes, owner: str, key: str | None) -> tuple[Answer, bool]:
        asked = read_model(body, OutcomesRequest)

        def work() -> Answer:
            told = record_outcomes(store, asked.outcomes, at=context.now(), by=owner, request_id=request_id.current())
            return Answer(200, JSON, json_bytes(told))

        store = memory.store()
        return idempotency.once(store, owner, key, OUTCOMES_PATH.encode() + body, context.now, work)

    async def post(request: Request) -> Response:
        body = await read_body(request, context.settings.max_body_bytes)
        key = idempotency.read_key(request.headers.get(idempotency.HEADER))
        with counted(context, OUTCOMES_PATH) as told:
            answer, again = await memory.run(kept, body, request.scope.get(OWNER, LOCAL), key)
            told.append(answer.status)
        headers = {idempotency.REPLAYED: "true"} if again else None
        return Response(answer.body, answer.status, media_type=answer.media_type, headers=headers)

    def found(name: str) -> bytes:
        history = outcome_history(memory.store(), name)
        if history is None:
            raise Problem(
                404, "unknown-outcome", "There is no such outcome", "No outcome of this collaboration is kept."
            )
        return json_bytes(history)

    async def get(request: Request) -> Response:
        return Response(await memory.run(found, request.path_params["collaboration_id"]), media_type=JSON)

    return [
        Route(OUTCOMES_PATH, post, methods=["POST"]),
        Route(OUTCOMES_PATH + "/{collaboration_id:path}", get, methods=["GET"]),
    ]
