"""`POST /v1/plan`."""

from __future__ import annotations

from starlette.routing import BaseRoute

from serving.answers import json_bytes
from serving.context import Context
from serving.plan_schemas import PlanRequest
from serving.planning import plan
from serving.responses import read_model
from serving.working import work_route

PATH = "/v1/plan"


def routes(context: Context) -> list[BaseRoute]:
    """A set of creators under a budget."""

    def planned(body: bytes) -> bytes:
        request = read_model(body, PlanRequest)
        live = context.of_version(request.model_version)
        return json_bytes(plan(request, live.scorer, live.info, live.catalogue, now=context.now()))

    return [work_route(context, PATH, lambda body: context.run(planned, body))]
