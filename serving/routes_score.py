"""`POST /v1/score`, `/v1/shortlist` and `/v1/explain`."""

from __future__ import annotations

from starlette.routing import BaseRoute

from serving.answers import json_bytes
from serving.context import Context
from serving.explain_schemas import ExplainRequest
from serving.explaining import explain
from serving.handler import is_quick
from serving.live import Answered
from serving.responses import read_model
from serving.schemas import ScoreRequest
from serving.shortlist import shortlist
from serving.shortlist_request import ShortlistRequest
from serving.working import work_route

_SMALL = 4_096
"""A body of so many bytes is read in no time, whatever is in it."""


def routes(context: Context) -> list[BaseRoute]:
    """Scores of 1 to 1,000 candidates, or of the best of the catalogue, for one brief."""

    async def scored(body: bytes) -> bytes:
        if len(body) > _SMALL:
            return await context.run(lambda: at_length(read_model(body, ScoreRequest)))
        request = read_model(body, ScoreRequest)
        live = context.of_version(request.model_version)
        # Handing a millisecond of work to a thread and back would take a good part of it.
        if is_quick(request, live.catalogue):
            return said(await context.answer(live, request))
        return await context.run(at_length, request)

    def at_length(request: ScoreRequest) -> bytes:
        return said(context.of_version(request.model_version).answer(request, context.now()))

    def said(answered: Answered) -> bytes:
        context.metrics.answered(answered.response)
        for tell in context.on_answer:
            tell(answered)
        return json_bytes(answered.response)

    def chosen(body: bytes) -> bytes:
        request = read_model(body, ShortlistRequest)
        response = shortlist(request, context.of_version(request.model_version))
        context.metrics.answered(response)
        return json_bytes(response)

    def explained(body: bytes) -> bytes:
        request = read_model(body, ExplainRequest)
        return json_bytes(explain(request, context.of_version(request.model_version), context.now()))

    return [
        work_route(context, "/v1/score", scored),
        work_route(context, "/v1/shortlist", lambda body: context.run(chosen, body)),
        work_route(context, "/v1/explain", lambda body: context.run(explained, body)),
    ]
