"""Routes that read a JSON body, work in the thread for work and answer JSON: all timed and counted alike."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data.errors import InputError
from serving.context import Context
from serving.pinned import VersionNeeded
from serving.problems import Problem
from serving.responses import JSON, read_body

_REFUSED = 422
SMALL = 4_096
"""A body of so many bytes asks for little work, whatever is in it."""


def work_route(context: Context, path: str, work: Callable[[bytes], bytes], *, small: bool = False) -> Route:
    """`POST path`, answered with what `work` makes of the body. `small`: a short body asks for a few milliseconds."""

    async def endpoint(request: Request) -> Response:
        body = await read_body(request, context.settings.max_body_bytes)
        started = time.perf_counter()
        status = 500
        try:
            run = context.run_small if small and len(body) <= SMALL else context.run
            try:
                answer = await run(work, body)
            except VersionNeeded as needed:
                await context.load_version(needed.version)
                answer = await run(work, body)
            status = 200
        except Problem as problem:
            status = problem.status
            raise
        except InputError:
            status = _REFUSED
            raise
        finally:
            context.metrics.request(path, status, time.perf_counter() - started)
        return Response(answer, media_type=JSON)

    return Route(path, endpoint, methods=["POST"])
