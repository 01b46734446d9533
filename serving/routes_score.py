"""`POST /v1/score`, `/v1/shortlist` and `/v1/explain`."""

from __future__ import annotations

from starlette.routing import BaseRoute

from serving.answers import json_bytes
from serving.context import Context
from serving.explain_schemas import ExplainRequest
from serving.explaining import explain
from serving.responses import read_model
from serving.schemas import ScoreRequest
from serving.shortlist import shortlist
from serving.shortlist_request import ShortlistRequest
from serving.working import work_route


def read_request(body: bytes) -> ScoreRequest:
    """The request in a body; raises Problem 400 when it is no JSON and 422 naming every fault."""
    return read_model(body, ScoreRequest)


def routes(context: Context) -> list[BaseRoute]:
    """Scores of 1 to 1,000 candidates, or of the best of the catalogue, for one brief."""

    def scored(body: bytes) -> bytes:
        request = read_request(body)
        answered = context.of_version(request.model_version).answer(request, context.now())
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
        work_route(context, "/v1/score", scored, small=True),
        work_route(context, "/v1/shortlist", chosen),
        work_route(context, "/v1/explain", explained),
    ]
