"""`POST /v1/score`."""

from __future__ import annotations

import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from serving.answers import json_bytes
from serving.context import Context
from serving.problems import Problem
from serving.responses import JSON, read_body, read_model
from serving.schemas import ScoreRequest

PATH = "/v1/score"


def read_request(body: bytes) -> ScoreRequest:
    """The request in a body; raises Problem 400 when it is no JSON and 422 naming every fault."""
    return read_model(body, ScoreRequest)


def routes(context: Context) -> list[BaseRoute]:
    """Scores of 1 to 1,000 candidates for one brief."""

    def scored(body: bytes) -> bytes:
        answered = context.ready().answer(read_request(body), context.now())
        context.metrics.answered(answered.response)
        for tell in context.on_answer:
            tell(answered)
        return json_bytes(answered.response)

    async def score(request: Request) -> Response:
        body = await read_body(request, context.settings.max_body_bytes)
        started = time.perf_counter()
        status = 500
        try:
            answer = await context.run(scored, body)
            status = 200
        except Problem as problem:
            status = problem.status
            raise
        finally:
            context.metrics.request(PATH, status, time.perf_counter() - started)
        return Response(answer, media_type=JSON)

    return [Route(PATH, score, methods=["POST"])]
