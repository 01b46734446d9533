"""`POST /v1/score`."""

from __future__ import annotations

from starlette.routing import BaseRoute

from serving.answers import json_bytes
from serving.context import Context
from serving.responses import read_model
from serving.schemas import ScoreRequest
from serving.working import work_route

PATH = "/v1/score"


def routes(context: Context) -> list[BaseRoute]:
    """Scores of 1 to 1,000 candidates for one brief."""

    def scored(body: bytes) -> bytes:
        answered = context.ready().answer(read_model(body, ScoreRequest), context.now())
        context.metrics.answered(answered.response)
        for tell in context.on_answer:
            tell(answered)
        return json_bytes(answered.response)

    return [work_route(context, PATH, scored)]
