"""Routes that read a JSON body, work and answer JSON: all timed and counted alike."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data.errors import InputError
from serving.context import Context
from serving.pinned import VersionNeeded
from serving.problems import Problem
from serving.responses import JSON, read_body

_REFUSED = 422


@contextmanager
def counted(context: Context, path: str) -> Iterator[list[int]]:
    """Times and counts the request that the block answers; what it adds to the list is the status, which is 200 without
    and, where it raises, the problem's."""
    started = time.perf_counter()
    told: list[int] = []
    status = 500
    try:
        yield told
        status = told[-1] if told else 200
    except Problem as problem:
        status = problem.status
        raise
    except InputError:
        status = _REFUSED
        raise
    finally:
        context.metrics.request(path, status, time.perf_counter() - started)


def work_route(context: Context, path: str, work: Callable[[bytes], Awaitable[bytes]]) -> Route:
    """`POST path`, answered with what `work` makes of the body."""

    async def endpoint(request: Request) -> Response:
        body = await read_body(request, context.settings.max_body_bytes)
        with counted(context, path):
            try:
                answer = await work(body)
            except VersionNeeded as needed:
                await context.load_version(needed.version)
                answer = await work(body)
        return Response(answer, media_type=JSON)

    return Route(path, endpoint, methods=["POST"])
