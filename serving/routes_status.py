"""What is live, the probes, the metrics and the description of the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio.to_thread
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from serving import openapi
from serving.answers import json_bytes
from serving.context import Context
from serving.responses import JSON


def routes(context: Context) -> list[BaseRoute]:
    """`/v1/model`, `/livez`, `/readyz`, `/metrics` and `/openapi.json`."""

    async def model(_: Request) -> Response:
        return Response(json_bytes(context.ready().about()), media_type=JSON)

    async def readyz(_: Request) -> Response:
        context.ready()
        return Response(b"ready\n", media_type="text/plain")

    async def metrics(_: Request) -> Response:
        text, media_type = await anyio.to_thread.run_sync(context.metrics.text)
        return Response(text, headers={"content-type": media_type})

    def get(path: str, endpoint: Callable[[Request], Awaitable[Response]]) -> Route:
        return Route(path, endpoint, methods=["GET"])

    return [
        get("/v1/model", model),
        get("/livez", _livez),
        get("/healthz", _livez),
        get("/readyz", readyz),
        get("/metrics", metrics),
        get("/openapi.json", _document),
        get("/docs.json", _document),
    ]


async def _livez(_: Request) -> Response:
    return Response(b"alive\n", media_type="text/plain")


async def _document(_: Request) -> Response:
    return Response(to_json(openapi.document()), media_type=JSON)
